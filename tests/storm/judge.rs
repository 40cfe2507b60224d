//! The judge of a story: looks whenever anything changed, and once more at the end.

use std::time::Duration;

use payment::{Act, Payment, PaymentId, Progress, System};
use till::api::PaymentRequest;
use tokio::time::sleep;

use super::check::{self, Truth};
use super::play::Play;
use crate::world::system_of;

/// How long ends are read again for news that comes late: ten minutes after the end, and some.
/// What is charged after a cancel may be found only then, where every earlier reading was spoilt.
/// Milliseconds.
const LATE_NEWS_MS: u64 = 11 * 60 * 1000;

/// More than this in one story is noise.
const BROKEN_MAX: usize = 8;

impl Play {
    pub(super) fn check(&mut self) {
        let changes = self.world.changes();
        if changes == self.checked_at {
            return;
        }
        self.checked_at = changes;
        let all = self.all_payments();
        let pages = all.iter().filter_map(|payment| payment.page.as_ref());
        self.addresses.extend(pages.map(|page| page.url.clone()));
        let truth = Truth::look(&self.world, &self.addresses);
        truth.check_orders(&all, &mut self.findings);
        truth.check_returned(&all, self.amounts_lie, &mut self.findings);
        self.findings.broken.extend(self.world.net.broken());
        if let Err(error) = self.world.practice.check() {
            self.findings
                .push(format!("the judge contradicts itself: {error}"));
        }
        for seat in 0..self.plan.tills {
            let payments = self.world.payments(seat);
            for payment in &*payments {
                // Where a till sends a key again in a later attempt, that attempt is what it shows
                // of the key.
                let is_superseded = payments
                    .iter()
                    .any(|other| other.key == payment.key && other.attempt > payment.attempt);
                if !is_superseded {
                    let is_shared = self.plan.is_shared(payment.order.as_str());
                    truth.check_shown(&self.world, payment, is_shared, &mut self.findings);
                }
                let before = self.shown.insert((seat, payment.id), payment.state);
                let fell = before.is_some_and(|before| payment.state.class() < before.class());
                if fell {
                    self.findings
                        .push(format!("I6: till {seat} shows {} lower", payment.key));
                }
            }
        }
        self.findings.broken.truncate(BROKEN_MAX);
    }

    fn all_payments(&self) -> Vec<Payment> {
        let seats = 0..self.plan.tills;
        seats
            .flat_map(|seat| self.world.payments(seat).to_vec())
            .collect()
    }

    /// The last looks, over journals and ledger: what must be known by now, and, once late news
    /// has had its time, what was charged.
    pub(super) async fn close(&mut self) {
        if self.findings.broken.is_empty() {
            let truth = Truth::look(&self.world, &self.addresses);
            for seat in 0..self.plan.tills {
                for payment in &*self.world.payments(seat) {
                    truth.check_known(seat, payment, &mut self.findings);
                }
            }
        }
        if self.findings.broken.is_empty() {
            sleep(Duration::from_millis(LATE_NEWS_MS)).await;
            self.check();
        }
        if self.findings.broken.is_empty() {
            let truth = Truth::look(&self.world, &self.addresses);
            let all = self.all_payments();
            truth.check_conservation(&all, &mut self.findings);
            for payment in &all {
                let is_shared = self.plan.is_shared(payment.order.as_str());
                truth.check_acts(payment, is_shared, &mut self.findings);
            }
            self.check_batches().await;
        }
        for seat in 0..self.plan.tills {
            for payment in &*self.world.payments(seat) {
                self.tell_story(seat, payment).await;
            }
        }
        for (mishap, times) in self.world.net.mishaps() {
            self.coverage.add("mishap", mishap.to_owned(), times);
        }
        for seat in 0..self.plan.tills {
            self.world.crash(seat);
        }
    }

    /// Goes through the facts of a payment and counts what it was.
    async fn tell_story(&mut self, seat: usize, payment: &Payment) {
        let states = check::check_story(&self.world, seat, payment.id, &mut self.findings);
        for state in states {
            self.coverage.saw("state", state);
            let system = system_of(&payment.account);
            if system != System::Compago {
                let name = format!("{system:?} {state:?}");
                self.coverage.add("by system", name, 1);
            }
        }
        for acted in &payment.acts {
            let system = system_of(&payment.account);
            let (act, progress) = (act_name(&acted.act), progress_name(&acted.progress));
            let name = format!("{system:?} {act} {progress}");
            self.coverage.add("act", name, 1);
        }
        if payment.is_contested() {
            self.coverage.saw("state", "contested");
        } else if payment.late {
            self.coverage.saw("state", "paid late");
        }
        if payment.by_hand {
            self.coverage.saw("state", "by hand");
        }
        self.show(seat, payment.id).await;
    }

    async fn show(&mut self, seat: usize, id: PaymentId) {
        if let Some(till) = self.world.till(seat).cloned() {
            let payment = id.to_string();
            let answer = till.show_payment(PaymentRequest { payment }).await;
            self.answered(&answer);
        }
    }
}

const fn act_name(act: &Act) -> &'static str {
    match act {
        Act::TryAgain => "try again",
        Act::Sign { accepted: true } => "accept signature",
        Act::Sign { accepted: false } => "reject signature",
        Act::Capture => "capture",
        Act::Reverse => "reverse",
        Act::Refund { .. } => "refund",
    }
}

const fn progress_name(progress: &Progress) -> &'static str {
    match progress {
        Progress::Asked => "asked",
        Progress::Accepted => "accepted",
        Progress::Refused { .. } => "refused",
        Progress::Lost => "lost",
        Progress::Shown => "shown",
        Progress::Unshown => "unshown",
    }
}
