//! Where somebody stands: who is signed in at this till, what they were just refused, who approved it.
//! Nothing of it outlives the till: after a start nobody is signed in.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use payment::{Approver, Deed, PaymentId, StaffId, State};
use tokio::time::Instant;

use money::Money;

/// How long an approval may be used after the PIN was typed.
const APPROVAL_LIFE: Duration = Duration::from_secs(60);

/// Who is signed in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedIn {
    pub(crate) id: StaffId,
    /// Their PIN was checked. Where it could not be, they sell and do nothing else.
    pub(crate) verified: bool,
    touched: Instant,
}

/// What somebody asked for and may not do alone.
#[derive(Debug, Clone)]
pub(crate) struct AskedFor {
    pub(crate) asked_by: StaffId,
    pub(crate) deed: Deed,
    pub(crate) payment: Option<PaymentId>,
    pub(crate) before: Option<State>,
    pub(crate) amount: Option<Money>,
    /// How many payments are withdrawn together; 0 where none are.
    pub(crate) payments: u32,
    /// What those amount to, by currency.
    pub(crate) sums: Vec<Money>,
    /// The command and its request, word for word: what is approved is this and nothing else.
    pub(crate) request: String,
}

/// A manager's word, to be used once.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(crate) approver: Approver,
    pub(crate) reason: String,
    /// For this request; `None` for the next one that needs it (command line).
    pub(crate) request: Option<String>,
    given: Instant,
}

/// The place.
#[derive(Default)]
pub(crate) struct Place {
    signed_in: Mutex<Option<SignedIn>>,
    asked_for: Mutex<Option<AskedFor>>,
    ticket: Mutex<Option<Ticket>>,
    /// Until when no PIN is looked at, by a clock that nobody can turn.
    waits: Mutex<BTreeMap<StaffId, Instant>>,
    /// One PIN at a time: the second must find the first one counted.
    pub(crate) checking: tokio::sync::Mutex<()>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Place {
    pub(crate) fn signed_in(&self) -> Option<SignedIn> {
        *locked(&self.signed_in)
    }

    pub(crate) fn sign_in(&self, id: StaffId, verified: bool) {
        self.forget_approvals();
        *locked(&self.signed_in) = Some(SignedIn {
            id,
            verified,
            touched: Instant::now(),
        });
    }

    /// Who was signed in. What was asked for and approved goes with them.
    pub(crate) fn sign_out(&self) -> Option<SignedIn> {
        self.forget_approvals();
        locked(&self.signed_in).take()
    }

    /// Somebody touched the till.
    pub(crate) fn touch(&self) {
        if let Some(signed_in) = locked(&self.signed_in).as_mut() {
            signed_in.touched = Instant::now();
        }
    }

    /// Whether nobody touched the till for so long. Never where `minutes` is 0.
    pub(crate) fn is_idle(&self, minutes: u16) -> bool {
        let limit = Duration::from_secs(u64::from(minutes) * 60);
        let since = |signed_in: SignedIn| signed_in.touched.elapsed();
        minutes > 0
            && self
                .signed_in()
                .map(since)
                .is_some_and(|for_| for_ >= limit)
    }

    /// Keeps what was refused. An approval of something else that was not used goes: whoever gave it saw
    /// another question.
    pub(crate) fn ask(&self, asked: AskedFor) {
        *locked(&self.ticket) = None;
        *locked(&self.asked_for) = Some(asked);
    }

    pub(crate) fn asked_for(&self) -> Option<AskedFor> {
        locked(&self.asked_for).clone()
    }

    pub(crate) fn approve(&self, approver: Approver, reason: String, request: Option<String>) {
        *locked(&self.ticket) = Some(Ticket {
            approver,
            reason,
            request,
            given: Instant::now(),
        });
    }

    /// The approval of a request, which is spent with this.
    pub(crate) fn take_ticket(&self, request: &str) -> Option<Ticket> {
        let mut ticket = locked(&self.ticket);
        let fits = ticket.as_ref().is_some_and(|ticket| {
            ticket.given.elapsed() <= APPROVAL_LIFE
                && ticket.request.as_deref().is_none_or(|of| of == request)
        });
        let taken = if fits { ticket.take() } else { None };
        drop(ticket);
        if taken.is_some() {
            *locked(&self.asked_for) = None;
        }
        taken
    }

    fn forget_approvals(&self) {
        *locked(&self.asked_for) = None;
        *locked(&self.ticket) = None;
    }

    /// A wrong PIN: nobody looks at the next one for so long, whatever the clock says.
    pub(crate) fn wait(&self, id: StaffId, for_ms: i64) {
        let wait = Duration::from_millis(u64::try_from(for_ms).unwrap_or(0));
        locked(&self.waits).insert(id, Instant::now() + wait);
    }

    /// A right PIN, or a new one.
    pub(crate) fn forget_waits(&self, id: StaffId) {
        locked(&self.waits).remove(&id);
    }

    /// How long no PIN is looked at, by the clock that nobody can turn, milliseconds. A wait from before
    /// the start begins with what the time of day says is left of it.
    pub(crate) fn waits_ms(&self, id: StaffId, by_day_ms: i64) -> i64 {
        let by_day = Duration::from_millis(u64::try_from(by_day_ms).unwrap_or(0));
        let now = Instant::now();
        let until = *locked(&self.waits).entry(id).or_insert(now + by_day);
        let left = until.saturating_duration_since(now);
        i64::try_from(left.as_millis()).unwrap_or(i64::MAX)
    }
}
