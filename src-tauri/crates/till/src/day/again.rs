//! What had ended without money is read once more before the day is counted: a card may have been approved
//! after all. And what stands open is held against each provider's own list.

use std::time::Duration;

use payment::{
    Channel, Class, DayCheck, DayChecked, Failure, IntentId, Payment, Provider, Seen, Standing,
};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use crate::api::{AccountRequest, Code};
use crate::engine::drive::{ANSWER_LIMIT, Message};
use crate::engine::traffic::Purpose;
use crate::till::Till;

/// A close does not wait longer than this for what is read again.
const READ_LIMIT: Duration = Duration::from_secs(60);

/// Nor longer than this for a provider's list.
const LIST_LIMIT: Duration = Duration::from_secs(20);

/// How long until what a reading found is in the journal.
const TAKEN_IN_LIMIT: Duration = Duration::from_secs(15);

/// What became of reading again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Again {
    pub read: u64,
    pub unread: u64,
}

/// Whether a payment that is over could still turn out to be paid: its provider has it, and nothing was
/// taken as far as is known.
pub(super) fn could_turn(payment: &Payment) -> bool {
    payment.state.class() == Class::Unpaid && payment.intent.is_some()
}

impl Till {
    /// Reads them again, many at once and after every sale. What turned is told by its own driver.
    pub(super) async fn read_again(&self, payments: Vec<Payment>) -> Again {
        let deadline = Instant::now() + READ_LIMIT;
        let total = u64::try_from(payments.len()).unwrap_or(u64::MAX);
        let mut readings = JoinSet::new();
        for payment in payments {
            let till = self.clone();
            readings.spawn(async move { till.read_one_again(payment).await });
        }
        let mut read: u64 = 0;
        while let Ok(Some(done)) = timeout_at(deadline, readings.join_next()).await {
            if matches!(done, Ok(true)) {
                read = read.saturating_add(1);
            }
        }
        Again {
            read,
            unread: total.saturating_sub(read),
        }
    }

    /// True where it was read, and what it said is in the journal.
    async fn read_one_again(&self, payment: Payment) -> bool {
        let Ok(line) = self.lines.provider(&payment.account).await else {
            return false;
        };
        let Some(intent) = payment.intent.clone() else {
            return false;
        };
        let traffic = std::sync::Arc::clone(&self.board.traffic);
        let account = payment.account.clone();
        let flight = async { read(&*line, &payment, &intent).await };
        let answer = traffic
            .pass(account, Purpose::Void, ANSWER_LIMIT, flight)
            .await;
        match answer {
            Ok(seen) if claims_money(&seen) && payment.is_news(&seen) => {
                self.take_in(&payment, &seen).await
            }
            Ok(_) => true,
            Err(_) => false,
        }
    }

    /// Has the payment's own driver read it: there is one way in which a payment changes.
    async fn take_in(&self, payment: &Payment, seen: &Seen) -> bool {
        let asked = self
            .say_again(payment, |reply| Message::AskNow { reply })
            .await;
        if !matches!(asked, Some(Ok(()))) {
            return false;
        }
        let taken_in = async {
            let mut changes = self.board.changes.subscribe();
            loop {
                match self.board.payment(payment.id) {
                    Ok(now) if !now.is_news(seen) => return true,
                    Ok(_) => {}
                    Err(_) => return false,
                }
                if changes.changed().await.is_err() {
                    return false;
                }
            }
        };
        timeout(TAKEN_IN_LIMIT, taken_in).await.unwrap_or(false)
    }

    /// Every account held against its provider's list of what stands open there.
    pub(super) async fn check_lists(&self) -> Vec<DayCheck> {
        let mut checks = JoinSet::new();
        for (place, account) in self.board.shop().accounts.iter().enumerate() {
            let till = self.clone();
            let (id, name) = (account.id.to_string(), account.name.clone());
            checks.spawn(async move {
                let listed = timeout(LIST_LIMIT, till.leftovers(AccountRequest { account: id }));
                let (outcome, count) = match listed.await {
                    Ok(Ok(left)) if left.is_empty() => (DayChecked::Agrees, 0),
                    Ok(Ok(left)) => (DayChecked::Others, left.len()),
                    Ok(Err(error)) if error.code == Code::NoListHere => (DayChecked::NoList, 0),
                    Ok(Err(_)) | Err(_) => (DayChecked::Unasked, 0),
                };
                let check = DayCheck {
                    account_name: name,
                    outcome,
                    count: u64::try_from(count).unwrap_or(u64::MAX),
                };
                (place, check)
            });
        }
        let mut done = checks.join_all().await;
        done.sort_by_key(|(place, _)| *place);
        done.into_iter().map(|(_, check)| check).collect()
    }
}

/// As the payment's own driver reads it.
async fn read(line: &dyn Provider, payment: &Payment, intent: &IntentId) -> Result<Seen, Failure> {
    if payment.gives_back() {
        line.read_return(intent).await
    } else if payment.way.channel() == Channel::Link {
        line.read_link(intent).await
    } else {
        line.read(intent).await
    }
}

const fn claims_money(seen: &Seen) -> bool {
    match seen.standing {
        Standing::Paid | Standing::PartlyRefunded | Standing::Refunded | Standing::Authorised => {
            true
        }
        Standing::Waiting
        | Standing::Processing
        | Standing::NeedsCashier
        | Standing::Declined
        | Standing::Cancelled
        | Standing::Expired
        | Standing::Unconfirmed
        | Standing::Unrecognised => false,
    }
}
