//! Closing by itself what was left open elsewhere and can still be paid by its link, where the shop has
//! said after how long. It is a batch of the void desk like any other, in the till's own name: durable
//! before anything is sent, read before and after, listed among the earlier voids with its proof.

use std::sync::Arc;
use std::time::Duration;

use journal::Elsewhere;
use payment::{Account, Actor, ShopEvent, Standing, Verdict, VoidEvent, VoidLine, VoidTarget};

use super::due::{Rule, is_due};
use crate::engine::traffic::Purpose;
use crate::till::Till;

/// As the journal has the till's own reason. The window words it.
pub(crate) const LEFT_OPEN: &str = "link left open";

/// Of one reading.
const LIMIT: Duration = Duration::from_secs(30);

/// Lines of one batch. The rest comes with the next reading of the list.
const AT_ONCE: usize = 100;

/// What stands open is looked through up to here.
const OPEN_MAX: usize = 10_000;

impl Till {
    /// Closes what is due of an account whose list was just read. Only a till that stays open does that.
    pub(super) async fn close_left_open(&self, account: &Account) {
        let minutes = self.board.shop().void_rules.close_links_after_min;
        let stays_open = self.board.elsewhere.task().is_some();
        if minutes.is_none() || !stays_open || self.board.trouble().is_some() {
            return;
        }
        let now_ms = self.board.clock.now_ms();
        let due = self.open_elsewhere(OPEN_MAX).into_iter().filter(|row| {
            let (intent, voids) = (&row.listed.intent, &self.board.voids);
            let rule = Rule {
                minutes,
                system: account.system,
                now_ms,
                tries: voids.tries_by_till(&row.account, intent),
            };
            row.account == account.id
                && is_due(row, &rule)
                && !voids.is_under_way(&row.account, intent)
        });
        let due: Vec<Elsewhere> = due.take(AT_ONCE).collect();
        let mut lines = Vec::new();
        for row in due {
            if self.can_still_be_paid(&row).await {
                lines.push(line(&row));
            }
        }
        if lines.is_empty() {
            return;
        }
        let id = self.new_batch_id();
        let event = VoidEvent::Asked {
            by: Actor::Till,
            reason: LEFT_OPEN.to_owned(),
            note: minutes
                .map(|minutes| format!("{minutes} min"))
                .unwrap_or_default(),
            undo_ms: 0,
            lines,
        };
        let fact = ShopEvent::Void { batch: id, event };
        match self.board.write_shop(fact).await {
            Ok(()) => self.run(id, None),
            Err(error) => {
                tracing::error!(
                    code = error.code.name(),
                    "what was left open could not be closed"
                );
            }
        }
    }

    /// A list may be old, and does not tell everything of a machine: nobody is to lose the page that he
    /// is paying on, nor a machine its payment.
    async fn can_still_be_paid(&self, row: &Elsewhere) -> bool {
        let Ok(line) = self.lines.provider(&row.account).await else {
            return false;
        };
        let traffic = Arc::clone(&self.board.traffic);
        let reading = async { line.read_link(&row.listed.intent).await };
        let seen = traffic
            .pass(row.account.clone(), Purpose::Void, LIMIT, reading)
            .await;
        match seen {
            Ok(seen) => seen.standing == Standing::Waiting && seen.page.is_some(),
            Err(_) => false,
        }
    }
}

fn line(row: &Elsewhere) -> VoidLine {
    VoidLine {
        given: row.listed.reference.clone(),
        target: VoidTarget::Leftover {
            account: row.account.clone(),
            intent: row.listed.intent.clone(),
            reference: row.listed.reference.clone(),
            amount: row.listed.amount,
        },
        verdict: Verdict::WillCancel,
    }
}
