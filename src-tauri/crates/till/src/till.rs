//! The till: what the commands of [`crate::api`] do.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use journal::{Filter, Journal, Summary};
use payment::failure::NoAnswer;
use payment::ids::NameError;
use payment::{
    Account, AccountId, Actor, CancelAnswer, Class, Clock, Event, Failure, Payment, PaymentId,
    Progress, State,
};
use secrets::Vault;
use tokio::sync::{mpsc, oneshot};

use crate::api::{ApiError, Code, Notice, PaymentRequest, PaymentView};
use crate::board::Board;
use crate::engine::drive::{Driver, Message, Wish};
use crate::engine::memory::Memory;
use crate::lines::Lines;
use crate::looking::Looking;
use crate::ports::{Connector, Post, PracticeStore};
use crate::staff::Place;
use crate::trouble::read_error;

/// How many messages may wait for one driver; more is somebody leaning on a key.
const INBOX: usize = 32;

/// How many payments are looked at, at the start, for late news: to come, or not decided yet.
const LATE_SEARCH: usize = 500;

/// What a till is made of.
pub struct Parts {
    /// Its journal.
    pub journal: Journal,
    /// Why nothing may be charged, where the journal on disk could not be opened at all and
    /// `journal` only stands in for it.
    pub blocked: Option<Code>,
    /// Where keys are.
    pub vault: Arc<dyn Vault>,
    /// The way to payment systems.
    pub connector: Arc<dyn Connector>,
    /// The way to the shop's mail server.
    pub post: Option<Arc<dyn Post>>,
    /// Whether to hand letters over. Not for who does one thing and ends: what it queues is handed over by
    /// the till that stays open.
    pub delivers: bool,
    /// Whether to read in the background what was made elsewhere. For a window that stays open: who does
    /// one thing and ends reads it when asked.
    pub looks_elsewhere: bool,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The embedded practice store.
    pub practice: Option<PracticeStore>,
    /// Where files for people are put; `None` where there is no place for them.
    pub exports: Option<PathBuf>,
    /// Whether to take up payments without an end. Not for who only reads: another till drives
    /// them.
    pub takes_up: bool,
    /// Seeds jitter and ids; chance in use, fixed in tests.
    pub seed: u64,
}

/// The till. Cheap to clone.
#[derive(Clone)]
pub struct Till {
    pub(crate) board: Arc<Board>,
    pub(crate) lines: Arc<Lines>,
    pub(crate) random: Arc<Mutex<fastrand::Rng>>,
    pub(crate) charging: Arc<tokio::sync::Mutex<()>>,
    pub(crate) exports: Option<Arc<Path>>,
    pub(crate) place: Arc<Place>,
    /// Who does what is done through this one, where that was decided ([`crate::Gate`]).
    pub(crate) acting: Option<Actor>,
    pub(crate) looking: Arc<Looking>,
}

impl Till {
    /// A till that takes up every payment without an end. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn open(parts: Parts) -> Result<Self, ApiError> {
        let Parts {
            journal,
            blocked,
            vault,
            connector,
            post,
            delivers,
            looks_elsewhere,
            clock,
            practice,
            exports,
            takes_up,
            seed,
        } = parts;
        let board = Arc::new(Board::new(journal, clock, practice, blocked)?);
        let lines = Arc::new(Lines::new(Arc::clone(&board), vault, connector, post));
        let random = Arc::new(Mutex::new(fastrand::Rng::with_seed(seed)));
        let till = Self {
            board,
            lines,
            random,
            charging: Arc::default(),
            exports: exports.map(Arc::from),
            place: Arc::default(),
            acting: None,
            looking: Arc::default(),
        };
        if takes_up {
            till.take_up().await?;
        }
        if delivers {
            till.deliver_letters();
        }
        if looks_elsewhere {
            till.look_elsewhere_on_and_on();
        }
        till.watch();
        Ok(till)
    }

    /// The same till in somebody's hands.
    pub(crate) fn acting(&self, actor: Actor) -> Self {
        Self {
            acting: Some(actor),
            ..self.clone()
        }
    }

    /// Everything that changes, from now on. Nothing is dropped.
    #[must_use]
    pub fn listen(&self) -> mpsc::UnboundedReceiver<Notice> {
        self.board.listen()
    }

    /// Stops where it stands, as a killed process would. What is durable stays.
    pub fn stop(&self) {
        self.board.stop();
    }

    /// How many payments may still become anything.
    #[must_use]
    pub fn open_count(&self) -> usize {
        self.board.open_count()
    }

    /// Whether a card machine may be asking for a card, money that goes back included.
    #[must_use]
    pub fn is_on_machine(&self) -> bool {
        self.board.is_on_machine()
    }

    // --- recovery

    async fn take_up(&self) -> Result<(), ApiError> {
        let journal = &self.board.journal;
        for payment in journal
            .open_payments()
            .map_err(|error| read_error(&error))?
        {
            let payment = self.interrupted(payment).await;
            let payment = self.interrupted_act(payment).await;
            self.drive(payment, 0, false);
        }
        // However old they are: a bank may take days to give money back.
        let acting = journal
            .acting_payments()
            .map_err(|error| read_error(&error))?;
        for payment in acting {
            if payment.state.class() == Class::Paid {
                let payment = self.interrupted_act(payment).await;
                self.drive(payment, 0, false);
            }
        }
        // By the order of the journal and not by the time of day, which may have jumped.
        let recent = journal
            .recent(&Filter::All, None, LATE_SEARCH)
            .map_err(|error| read_error(&error))?;
        for Summary { payment, .. } in recent {
            if payment.is_alarming() {
                self.board.note_late(payment.id);
            }
            let over = payment.state.class() == Class::Unpaid;
            let has_late_news = over && payment.intent.is_some() && !payment.closed;
            if has_late_news {
                self.drive(payment, 0, false);
            }
        }
        Ok(())
    }

    /// A payment found between *saved* and its answer: it may have been sent.
    async fn interrupted(&self, payment: Payment) -> Payment {
        match payment.state {
            State::Saved | State::Sending => {}
            State::NotKnown
            | State::Waiting
            | State::Processing
            | State::NeedsCashier
            | State::Authorised
            | State::Failed
            | State::Declined
            | State::Expired
            | State::Cancelled
            | State::Paid
            | State::PartlyRefunded
            | State::Refunded => return payment,
        }
        let Ok(after) = payment::apply(Some(&payment), &Event::Interrupted) else {
            return payment;
        };
        // Not durable is no harm: the next start finds the same and concludes the same.
        if let Err(error) = self.board.write(&after, vec![Event::Interrupted]).await {
            tracing::error!(payment.id = %after.id, code = error.code.name(), "an interruption could not be written");
        }
        after
    }

    /// An act whose request was durable when the till stopped: it may have been sent. What may not be
    /// sent again is read instead.
    async fn interrupted_act(&self, payment: Payment) -> Payment {
        let Some(acted) = payment.pending_act() else {
            return payment;
        };
        if acted.progress != Progress::Asked || acted.act.repeats_safely() {
            return payment;
        }
        let lost = Event::ActAnswered {
            number: acted.number,
            answer: CancelAnswer::Lost {
                failure: Failure::NoAnswer {
                    why: NoAnswer::ConnectionLost,
                },
            },
            name: None,
        };
        let Ok(after) = payment::apply(Some(&payment), &lost) else {
            return payment;
        };
        // Not durable is no harm: the next start finds the same and concludes the same.
        if let Err(error) = self.board.write(&after, vec![lost]).await {
            tracing::error!(payment.id = %after.id, code = error.code.name(), "an interruption could not be written");
        }
        after
    }

    /// Says something to a payment that may be over and have no driver any more. `None`: its driver
    /// ended before it heard.
    pub(crate) async fn say_again(
        &self,
        payment: &Payment,
        message: impl FnOnce(oneshot::Sender<Result<(), ApiError>>) -> Message,
    ) -> Option<Result<(), ApiError>> {
        let (reply, done) = oneshot::channel();
        let message = message(reply);
        {
            // Two presses at once must not start two drivers.
            let _one_at_a_time = self.charging.lock().await;
            match self.board.inbox(payment.id) {
                Some(inbox) => inbox.send(message).await.ok()?,
                // As it is now, and not as the caller saw it: another press may have come between.
                None => {
                    let now = self.board.payment(payment.id).ok()?;
                    self.drive_telling(now, 0, false, Some(message));
                }
            }
        }
        done.await.ok()
    }

    pub(crate) fn drive(&self, payment: Payment, revision: u64, asked_now: bool) {
        self.drive_telling(payment, revision, asked_now, None);
    }

    fn drive_telling(
        &self,
        payment: Payment,
        revision: u64,
        asked_now: bool,
        first: Option<Message>,
    ) {
        let (sender, inbox) = mpsc::channel(INBOX);
        if let Some(message) = first {
            // The channel is new and has room.
            let _ = sender.try_send(message);
        }
        let driver = Driver::new(
            payment.clone(),
            Memory::new(asked_now),
            Arc::clone(&self.board),
            Arc::clone(&self.lines),
            inbox,
            fastrand::Rng::with_seed(self.random().u64(..)),
        );
        // The driver's first step waits for this lock-free hand-over: it is on the board first.
        let (ready, go) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            if go.await.is_ok() {
                driver.run().await;
            }
        });
        self.board
            .open(payment, revision, sender, task.abort_handle());
        let _ = ready.send(());
    }

    fn random(&self) -> std::sync::MutexGuard<'_, fastrand::Rng> {
        self.random.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn new_payment_id(&self, now_ms: i64) -> PaymentId {
        PaymentId::from_uuid(self.new_uuid(now_ms))
    }

    pub(crate) fn new_uuid(&self, now_ms: i64) -> uuid::Uuid {
        let mut bytes = [0_u8; 10];
        self.random().fill(&mut bytes);
        let since_epoch_ms = u64::try_from(now_ms).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(since_epoch_ms, &bytes).into_uuid()
    }

    // --- what can be said to a payment

    /// See [`crate::api::COMMANDS`]. The wish is durable when this returns; whether it worked, the
    /// payment's own state will say.
    ///
    /// # Errors
    /// [`Code::TooLate`] where it is over; what the journal refuses.
    pub async fn cancel_payment(&self, request: PaymentRequest) -> Result<PaymentView, ApiError> {
        let wish = Wish {
            by: self.actor(),
            reason: None,
            batch: None,
            instead: None,
        };
        self.withdraw(&request.payment, wish).await
    }

    /// The one way to withdraw a payment, alone or with others.
    pub(crate) async fn withdraw(
        &self,
        payment: &str,
        wish: Wish,
    ) -> Result<PaymentView, ApiError> {
        self.say(payment, |reply| Message::Cancel { wish, reply })
            .await
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::TooLate`] where no news is expected any more.
    pub async fn ask_now(&self, request: PaymentRequest) -> Result<PaymentView, ApiError> {
        self.say(&request.payment, |reply| Message::AskNow { reply })
            .await
    }

    pub(crate) async fn say(
        &self,
        payment: &str,
        message: impl FnOnce(oneshot::Sender<Result<(), ApiError>>) -> Message,
    ) -> Result<PaymentView, ApiError> {
        let id = payment_id(payment)?;
        let payment = self.board.payment(id)?;
        let Some(inbox) = self.board.inbox(id) else {
            return Err(ApiError::with(Code::TooLate, payment.id));
        };
        let (reply, done) = oneshot::channel();
        let too_late = || ApiError::with(Code::TooLate, id);
        inbox.send(message(reply)).await.map_err(|_| too_late())?;
        done.await.map_err(|_| too_late())??;
        self.board.view(&self.board.payment(id)?)
    }

    // --- checks shared by the commands

    pub(crate) fn account(&self, id: &str) -> Result<Account, ApiError> {
        let unknown = || ApiError::new(Code::AccountUnknown);
        let id = AccountId::new(id).map_err(|_| unknown())?;
        self.board.account(&id).ok_or_else(unknown)
    }
}

pub(crate) fn payment_id(text: &str) -> Result<PaymentId, ApiError> {
    text.parse()
        .map_err(|_| ApiError::new(Code::PaymentUnknown))
}

pub(crate) const fn order_code(error: NameError) -> Code {
    match error {
        NameError::Empty => Code::OrderEmpty,
        NameError::TooLong => Code::OrderTooLong,
        NameError::BadCharacters => Code::OrderBadCharacters,
    }
}
