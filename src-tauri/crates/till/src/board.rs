//! What is going on at this till: the payments under way, who listens, and the way into the
//! journal. Everything told is in the journal first.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use journal::{Entry, Fact, Filter, Health, Journal, Summary};
use payment::{
    Account, AccountId, Acts, CancelAnswer, Clock, Event, IntentId, Payment, PaymentId, Shop,
    ShopEvent, State, TerminalCode, TerminalState,
};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::api::{ApiError, Code, Notice, PaymentView};
use crate::changes::Changes;
use crate::engine::drive::Message;
use crate::engine::habit::Habit;
use crate::engine::traffic::Traffic;
use crate::letter::Letters;
use crate::ports::PracticeStore;
use crate::tell::{self, Moment};
use crate::told::Told;
use crate::trouble::{append_error, read_error, trouble_code};
use crate::void::Voids;

mod machines;
mod watched;

/// A payment with a driver.
pub(crate) struct Live {
    pub payment: Payment,
    pub inbox: mpsc::Sender<Message>,
    task: AbortHandle,
    began: Instant,
    pub checked_at_ms: Option<i64>,
    /// When the provider was last asked about it.
    pub tried_at_ms: Option<i64>,
    /// When it is asked again; none while it is being asked, or a person is waited for.
    pub next_at: Option<Instant>,
    revision: u64,
    last_cancel_answer: Option<CancelAnswer>,
    told: Told,
    /// When the last hint about it led to a reading, or the next one will.
    hinted_at: Option<Instant>,
}

/// The board.
pub(crate) struct Board {
    pub journal: Journal,
    pub clock: Arc<dyn Clock>,
    pub practice: Option<PracticeStore>,
    /// What is withdrawn together.
    pub voids: Voids,
    /// What customers are told.
    pub letters: Arc<Letters>,
    /// What is known of the providers' lists.
    pub elsewhere: crate::elsewhere::Books,
    /// Held while a day is closed: two presses close one day.
    pub closing: tokio::sync::Mutex<()>,
    /// Who may send to an account now.
    pub traffic: Arc<Traffic>,
    /// Grows with every change of a payment.
    pub changes: Changes,
    /// Why nothing may be charged whatever the journal says (it could not be opened at all).
    pub blocked: Option<Code>,
    /// As its facts make it.
    written: Mutex<Shop>,
    /// The same with the practice store's accounts last: see [`Board::shop`].
    shop: Mutex<Arc<Shop>>,
    live: Mutex<BTreeMap<PaymentId, Live>>,
    late: Mutex<Vec<PaymentId>>,
    habit: Mutex<Habit>,
    terminals: Mutex<BTreeMap<(AccountId, TerminalCode), TerminalState>>,
    listeners: Mutex<Vec<mpsc::UnboundedSender<Notice>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn with_practice(shop: &Shop, practice: Option<&PracticeStore>) -> Shop {
    let mut shop = shop.clone();
    let accounts = practice.into_iter().flat_map(|practice| &practice.accounts);
    shop.accounts.extend(accounts.cloned());
    shop
}

/// See [`Board::standing`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    open: Vec<(PaymentId, State, bool)>,
    late: Vec<PaymentId>,
}

impl Board {
    pub(crate) fn new(
        journal: Journal,
        clock: Arc<dyn Clock>,
        practice: Option<PracticeStore>,
        blocked: Option<Code>,
    ) -> Result<Self, ApiError> {
        let shop = journal.shop().map_err(|error| read_error(&error))?;
        let story = journal.shop_story().map_err(|error| read_error(&error))?;
        let last = journal.recent(&Filter::All, None, Habit::remembered());
        let habit = Habit::of(&last.map_err(|error| read_error(&error))?);
        let board = Self {
            journal,
            clock,
            elsewhere: crate::elsewhere::Books::default(),
            closing: tokio::sync::Mutex::default(),
            traffic: Arc::default(),
            voids: Voids::of(&story),
            letters: Arc::new(Letters::of(&story)),
            changes: Changes::default(),
            blocked,
            shop: Mutex::new(Arc::new(with_practice(&shop, practice.as_ref()))),
            practice,
            written: Mutex::new(shop),
            live: Mutex::default(),
            late: Mutex::default(),
            habit: Mutex::new(habit),
            terminals: Mutex::default(),
            listeners: Mutex::default(),
        };
        Ok(board)
    }

    // --- the shop

    /// The shop with the practice store's accounts last.
    pub(crate) fn shop(&self) -> Arc<Shop> {
        Arc::clone(&locked(&self.shop))
    }

    pub(crate) fn account(&self, id: &AccountId) -> Option<Account> {
        self.shop().account(id).cloned()
    }

    /// What an account's system offers beside reading and withdrawing.
    pub(crate) fn acts(&self, id: &AccountId) -> Acts {
        self.shop()
            .account(id)
            .map_or(Acts::NONE, |account| account.system.acts())
    }

    /// Writes a fact about the shop and takes it in.
    pub(crate) async fn write_shop(&self, event: ShopEvent) -> Result<(), ApiError> {
        self.refuse_if_troubled().await?;
        let fact = Fact::Shop(event.clone());
        let now_ms = self.clock.now_ms();
        self.journal
            .append(now_ms, vec![fact])
            .await
            .map_err(|error| append_error(&error))?;
        {
            let mut written = locked(&self.written);
            written.apply(&event);
            *locked(&self.shop) = Arc::new(with_practice(&written, self.practice.as_ref()));
        }
        self.voids.take_in(&event, now_ms);
        self.letters.take_in(&event, now_ms);
        Ok(())
    }

    // --- the journal

    /// Why no new charge may start.
    pub(crate) fn trouble(&self) -> Option<Code> {
        self.blocked.or(match self.journal.health() {
            Health::Writable => None,
            Health::ReadOnly(trouble) => Some(trouble_code(&trouble)),
        })
    }

    /// Refuses what needs a journal that takes facts. A disk that was full may have room again:
    /// that is tried before anybody is sent away.
    pub(crate) async fn refuse_if_troubled(&self) -> Result<(), ApiError> {
        if self.trouble() == Some(Code::JournalFull) {
            self.journal.retry_health().await;
        }
        self.trouble()
            .map_or(Ok(()), |code| Err(ApiError::new(code)))
    }

    /// Writes facts of a payment; returns once they are durable.
    pub(crate) async fn write(&self, after: &Payment, events: Vec<Event>) -> Result<(), ApiError> {
        self.refuse_if_troubled().await?;
        let facts = events
            .into_iter()
            .map(|event| Fact::Payment {
                id: after.id,
                event,
            })
            .collect();
        let entries = self
            .journal
            .append(self.clock.now_ms(), facts)
            .await
            .map_err(|error| append_error(&error))?;
        self.raise_revision(after.id, &entries);
        Ok(())
    }

    /// Queues a fact nobody waits for.
    pub(crate) fn write_soon(&self, after: &Payment, event: Event) {
        let fact = Fact::Payment {
            id: after.id,
            event,
        };
        self.journal.append_soon(self.clock.now_ms(), vec![fact]);
        if let Some(live) = locked(&self.live).get_mut(&after.id) {
            live.payment = after.clone();
            live.told.run_ahead();
        }
    }

    fn raise_revision(&self, id: PaymentId, entries: &[Entry]) {
        if let (Some(live), Some(last)) = (locked(&self.live).get_mut(&id), entries.last()) {
            live.revision = live.revision.max(last.seq);
            live.told.add(entries);
        }
    }

    // --- payments under way

    /// Puts a payment on the board, with the task that drives it.
    pub(crate) fn open(
        &self,
        payment: Payment,
        revision: u64,
        inbox: mpsc::Sender<Message>,
        task: AbortHandle,
    ) {
        let live = Live {
            payment: payment.clone(),
            inbox,
            task,
            began: Instant::now(),
            checked_at_ms: None,
            tried_at_ms: None,
            next_at: None,
            revision,
            last_cancel_answer: None,
            told: Told::default(),
            hinted_at: None,
        };
        locked(&self.live).insert(payment.id, live);
        self.tell(&payment);
    }

    /// Takes a payment off the board: it is in the journal and needs no driver.
    pub(crate) fn close(&self, id: PaymentId) {
        locked(&self.live).remove(&id);
    }

    /// Stops every driver where it stands, as a killed process would.
    pub(crate) fn stop(&self) {
        self.voids.stop();
        self.letters.stop();
        self.elsewhere.stop();
        for live in std::mem::take(&mut *locked(&self.live)).into_values() {
            live.task.abort();
        }
    }

    pub(crate) fn inbox(&self, id: PaymentId) -> Option<mpsc::Sender<Message>> {
        locked(&self.live).get(&id).map(|live| live.inbox.clone())
    }

    pub(crate) fn with_live<T>(
        &self,
        id: PaymentId,
        look: impl FnOnce(&mut Live) -> T,
    ) -> Option<T> {
        locked(&self.live).get_mut(&id).map(look)
    }

    /// Whether no payment has a driver.
    pub(crate) fn is_idle(&self) -> bool {
        locked(&self.live).is_empty()
    }

    /// The payment that a provider names so, if it is under way here: how to reach its driver, and when
    /// to. `None` too where a hint before this one has its reading still to come.
    pub(crate) fn hint(
        &self,
        account: &AccountId,
        intent: &IntentId,
        pause: Duration,
    ) -> Option<(mpsc::Sender<Message>, Instant)> {
        let mut live = locked(&self.live);
        let live = live.values_mut().find(|live| {
            live.payment.account == *account && live.payment.intent.as_ref() == Some(intent)
        })?;
        let now = Instant::now();
        let due = live.hinted_at.map_or(now, |at| now.max(at + pause));
        if live.hinted_at.is_some_and(|at| at > now) {
            return None;
        }
        live.hinted_at = Some(due);
        Some((live.inbox.clone(), due))
    }

    /// The payments that may still become anything, newest first.
    pub(crate) fn open_payments(&self) -> Vec<Payment> {
        let live = locked(&self.live);
        live.values()
            .rev()
            .filter(|live| live.payment.state.is_open())
            .map(|live| live.payment.clone())
            .collect()
    }

    /// What the overview tells of the payments: which are open, how each stands and whether it holds its
    /// terminal, and which turned out paid after they had been shown as over.
    pub(crate) fn standing(&self) -> Standing {
        let live = locked(&self.live);
        let open = live.iter().filter(|(_, live)| live.payment.state.is_open());
        let open = open.map(|(id, live)| (*id, live.payment.state, live.payment.holds_terminal()));
        Standing {
            open: open.collect(),
            late: self.late(),
        }
    }

    /// Whether anybody listens.
    pub(crate) fn is_heard(&self) -> bool {
        !locked(&self.listeners).is_empty()
    }

    /// How many payments may still become anything.
    pub(crate) fn open_count(&self) -> usize {
        let live = locked(&self.live);
        live.values()
            .filter(|live| live.payment.state.is_open())
            .count()
    }

    /// Whether a card machine may be asking for a card, money that goes back included.
    pub(crate) fn is_on_machine(&self) -> bool {
        let live = locked(&self.live);
        live.values().any(|live| live.payment.is_on_machine())
    }

    /// The provider answered about it.
    pub(crate) fn checked(&self, id: PaymentId) {
        let now_ms = self.clock.now_ms();
        let payment = locked(&self.live).get_mut(&id).map(|live| {
            live.checked_at_ms = Some(now_ms);
            live.payment.clone()
        });
        if let Some(payment) = payment {
            self.tell_listeners(&payment);
        }
    }

    /// Whether a cancel's answer says anything the timeline does not say already.
    pub(crate) fn is_news(&self, payment: &Payment, event: &Event) -> bool {
        let Event::CancelAnswered { answer } = event else {
            return true;
        };
        let mut live = locked(&self.live);
        let Some(live) = live.get_mut(&payment.id) else {
            return true;
        };
        let known = live.last_cancel_answer.replace(answer.clone());
        known.as_ref() != Some(answer)
    }

    // --- telling

    /// Takes a changed payment in and tells everybody.
    pub(crate) fn tell(&self, payment: &Payment) {
        if let Some(live) = locked(&self.live).get_mut(&payment.id) {
            live.payment = payment.clone();
        }
        if payment.is_alarming() {
            self.note_late(payment.id);
        } else if payment.late {
            self.forget_late(payment.id);
        }
        self.letters.notice(payment);
        self.changes.tell();
        self.tell_listeners(payment);
    }

    pub(crate) fn note_late(&self, id: PaymentId) {
        let mut late = locked(&self.late);
        if !late.contains(&id) {
            late.push(id);
        }
    }

    fn forget_late(&self, id: PaymentId) {
        locked(&self.late).retain(|late| *late != id);
    }

    pub(crate) fn late(&self) -> Vec<PaymentId> {
        locked(&self.late).clone()
    }

    /// Tells a payment anew, about which something changed beside its own facts.
    pub(crate) fn retell(&self, id: PaymentId) {
        if let Ok(payment) = self.payment(id) {
            self.tell_listeners(&payment);
        }
    }

    fn tell_listeners(&self, payment: &Payment) {
        if locked(&self.listeners).is_empty() {
            return;
        }
        match self.view(payment) {
            Ok(view) => self.push(&Notice::Payment {
                view: Box::new(view),
            }),
            Err(error) => {
                tracing::error!(payment.id = %payment.id, code = error.code.name(), "a payment could not be shown");
            }
        }
    }

    /// Sends a notice to every listener. Channels are unbounded: a listener that is slow gets it
    /// late, never not at all.
    pub(crate) fn push(&self, notice: &Notice) {
        locked(&self.listeners).retain(|listener| listener.send(notice.clone()).is_ok());
    }

    pub(crate) fn listen(&self) -> mpsc::UnboundedReceiver<Notice> {
        let (sender, receiver) = mpsc::unbounded_channel();
        locked(&self.listeners).push(sender);
        receiver
    }

    // --- views

    /// A payment as it is shown.
    pub(crate) fn view(&self, payment: &Payment) -> Result<PaymentView, ApiError> {
        let shop = self.shop();
        let mut live = locked(&self.live);
        let live = live.get_mut(&payment.id);
        let mut moment = Moment {
            now_ms: self.clock.now_ms(),
            checked_at_ms: live.as_ref().and_then(|live| live.checked_at_ms),
            began: live.as_ref().map(|live| live.began),
            revision: live.as_ref().map_or(0, |live| live.revision),
        };
        let timeline = match live {
            Some(live) => live.told.story(&self.journal, payment.id),
            None => self.journal.timeline(payment.id).map(Cow::Owned),
        };
        let timeline = timeline.map_err(|error| read_error(&error))?;
        let last = timeline.last().map_or(0, |entry| entry.seq);
        moment.revision = moment.revision.max(last);
        Ok(tell::payment_view(&shop, payment, &timeline, &moment))
    }

    /// The payment of an id: as it is now, or as the journal has it.
    pub(crate) fn payment(&self, id: PaymentId) -> Result<Payment, ApiError> {
        if let Some(live) = locked(&self.live).get(&id) {
            return Ok(live.payment.clone());
        }
        self.journal
            .payment(id)
            .map_err(|error| read_error(&error))?
            .ok_or_else(|| ApiError::new(Code::PaymentUnknown))
    }

    /// The same without a copy, for those who look at many. Whoever looks holds up the board: briefly.
    pub(crate) fn look_at<T>(
        &self,
        id: PaymentId,
        look: impl FnOnce(&Payment) -> T,
    ) -> Result<T, ApiError> {
        if let Some(live) = locked(&self.live).get(&id) {
            return Ok(look(&live.payment));
        }
        self.payment(id).map(|payment| look(&payment))
    }

    /// A payment that the journal has so, as it is now.
    pub(crate) fn now(&self, read: Payment) -> Payment {
        let live = locked(&self.live);
        live.get(&read.id).map_or(read, |live| live.payment.clone())
    }

    /// A payment with its times, for a row of a list.
    pub(crate) fn row(&self, summary: &Summary) -> crate::api::PaymentRowView {
        let live = locked(&self.live);
        let payment = live
            .get(&summary.payment.id)
            .map_or(&summary.payment, |live| &live.payment);
        tell::row_view(&self.shop(), payment, summary.requested_at_ms)
    }
}
