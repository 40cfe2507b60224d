//! The till: what the commands of [`crate::api`] do.

use std::sync::{Arc, Mutex, PoisonError};

use journal::{Fact, Filter, Journal, Summary};
use money::{AmountError, Currency, Money, Typed};
use payment::ids::NameError;
use payment::{
    Account, AccountId, Actor, Attempt, Class, Clock, Event, IdempotencyKey, OrderRef, Payment,
    PaymentId, State, TerminalCode,
};
use secrets::Vault;
use tokio::sync::{mpsc, oneshot};

use crate::api::{
    ApiError, Code, MoneyView, Notice, PaymentRequest, PaymentView, StartChargeRequest,
    TypeAmountRequest, TypedAmountView, WitnessRequest,
};
use crate::board::{Board, append_error, read_error};
use crate::engine::drive::{Driver, Message};
use crate::engine::memory::Memory;
use crate::lines::Lines;
use crate::ports::{Connector, PracticeStore};

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
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The embedded practice store.
    pub practice: Option<PracticeStore>,
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
    random: Arc<Mutex<fastrand::Rng>>,
    charging: Arc<tokio::sync::Mutex<()>>,
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
            clock,
            practice,
            takes_up,
            seed,
        } = parts;
        let board = Arc::new(Board::new(journal, clock, practice, blocked)?);
        let lines = Arc::new(Lines::new(Arc::clone(&board), vault, connector));
        let random = Arc::new(Mutex::new(fastrand::Rng::with_seed(seed)));
        let till = Self {
            board,
            lines,
            random,
            charging: Arc::default(),
        };
        if takes_up {
            till.take_up().await?;
        }
        till.watch_health();
        Ok(till)
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
        self.board.open_payments().len()
    }

    /// Tells everybody when the journal stops taking facts, or takes them again. Holds no till: the
    /// last one that is dropped closes the journal, and that ends this too.
    fn watch_health(&self) {
        let (board, lines) = (Arc::downgrade(&self.board), Arc::downgrade(&self.lines));
        let (random, charging) = (Arc::clone(&self.random), Arc::clone(&self.charging));
        let mut health = self.board.journal.watch_health();
        tokio::spawn(async move {
            while health.changed().await.is_ok() {
                let (Some(board), Some(lines)) = (board.upgrade(), lines.upgrade()) else {
                    return;
                };
                let till = Self {
                    board,
                    lines,
                    random: Arc::clone(&random),
                    charging: Arc::clone(&charging),
                };
                till.tell_overview();
            }
        });
    }

    // --- recovery

    async fn take_up(&self) -> Result<(), ApiError> {
        let journal = &self.board.journal;
        for payment in journal
            .open_payments()
            .map_err(|error| read_error(&error))?
        {
            let payment = self.interrupted(payment).await;
            self.drive(payment, 0, false);
        }
        // By the order of the journal and not by the time of day, which may have jumped.
        let recent = journal
            .recent(&Filter::All, None, LATE_SEARCH)
            .map_err(|error| read_error(&error))?;
        for Summary { payment, .. } in recent {
            if payment.late {
                self.board.note_late(payment.id);
            }
            let over = payment.state.class() == Class::Unpaid;
            if over && payment.intent.is_some() && !payment.closed {
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

    fn drive(&self, payment: Payment, revision: u64, asked_now: bool) {
        let (sender, inbox) = mpsc::channel(INBOX);
        let capabilities = payment::Capabilities {
            repeats_safely: true,
            visible_after_ms: 0,
            expiry_grace_ms: 0,
            replaces_on_terminal: false,
        };
        let driver = Driver::new(
            payment.clone(),
            Memory::new(asked_now, capabilities),
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

    fn new_payment_id(&self, now_ms: i64) -> PaymentId {
        let mut bytes = [0_u8; 10];
        self.random().fill(&mut bytes);
        let since_epoch_ms = u64::try_from(now_ms).unwrap_or(0);
        PaymentId::from_uuid(
            uuid::Builder::from_unix_timestamp_millis(since_epoch_ms, &bytes).into_uuid(),
        )
    }

    // --- selling

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::AccountUnknown`].
    pub async fn type_amount(
        &self,
        request: TypeAmountRequest,
    ) -> Result<TypedAmountView, ApiError> {
        let account = self.account(&request.account)?;
        let (typed, problem) = match Typed::from_digits(&request.digits) {
            Ok(typed) => {
                let zero = typed.money(account.currency).is_zero();
                (typed, zero.then_some(Code::AmountEmpty))
            }
            Err(error) => (Typed::default(), Some(amount_code(error))),
        };
        Ok(TypedAmountView {
            digits: typed.digits().to_owned(),
            amount: MoneyView::from(typed.money(account.currency)),
            problem,
        })
    }

    /// See [`crate::api::COMMANDS`]. Digits are those typed on the till's keypad.
    ///
    /// # Errors
    /// What is wrong with amount, order, account or terminal; that the order is open, not known or
    /// paid; that the journal takes nothing. Nothing was sent in any of these.
    pub async fn start_charge(&self, request: StartChargeRequest) -> Result<PaymentView, ApiError> {
        let account = self.account(&request.account)?;
        let typed = Typed::from_digits(&request.digits)
            .map_err(|error| ApiError::new(amount_code(error)))?;
        let amount = typed.money(account.currency);
        let actor = Actor::Cashier {
            name: self.board.shop().cashier,
        };
        let payment = self
            .charge(&request.order, amount, &account, &request.terminal, actor)
            .await?;
        // It may have gone on meanwhile.
        self.board.view(&self.board.payment(payment.id)?)
    }

    /// Charges an amount given as a decimal text, for the command line.
    ///
    /// # Errors
    /// As [`Till::start_charge`].
    pub async fn charge_decimal(
        &self,
        order: &str,
        decimal: &str,
        account: &str,
        terminal: &str,
        by: Actor,
    ) -> Result<PaymentView, ApiError> {
        let account = self.account(account)?;
        let amount = Money::from_decimal(decimal, account.currency)
            .map_err(|error| ApiError::new(amount_code(error)))?;
        let payment = self.charge(order, amount, &account, terminal, by).await?;
        self.board.view(&payment)
    }

    async fn charge(
        &self,
        order: &str,
        amount: Money,
        account: &Account,
        terminal: &str,
        by: Actor,
    ) -> Result<Payment, ApiError> {
        if amount.is_zero() {
            return Err(ApiError::new(Code::AmountEmpty));
        }
        let order = OrderRef::new(order).map_err(|error| ApiError::new(order_code(error)))?;
        let terminal = terminal_of(account, terminal)?;
        self.board.refuse_if_troubled().await?;
        // A missing key is told before anything is written down.
        self.lines.provider(&account.id).await?;
        // Held until the request is durable: two charges at once must not both find the terminal
        // free.
        let _one_at_a_time = self.charging.lock().await;
        let (attempt, key) = self.next_attempt(&order)?;
        self.refuse_busy(account, &terminal)?;
        let now_ms = self.board.clock.now_ms();
        let id = self.new_payment_id(now_ms);
        let event = Event::Requested {
            payment: id,
            key,
            order,
            amount,
            account: account.id.clone(),
            terminal,
            attempt,
            by,
        };
        let payment =
            payment::apply(None, &event).map_err(|_| ApiError::new(Code::JournalDamaged))?;
        // The one fsync before the first byte. The journal itself refuses a second open payment of
        // the order, so a double Enter or a second window cannot pass here together.
        let entries = self
            .board
            .journal
            .append(now_ms, vec![Fact::Payment { id, event }])
            .await
            .map_err(|error| append_error(&error))?;
        let revision = entries.last().map_or(0, |entry| entry.seq);
        self.drive(payment.clone(), revision, true);
        self.tell_overview();
        Ok(payment)
    }

    /// The number and the key of the order's next sending, if the last is proved dead.
    fn next_attempt(&self, order: &OrderRef) -> Result<(Attempt, IdempotencyKey), ApiError> {
        let earlier = self
            .board
            .journal
            .payments_of(order)
            .map_err(|error| read_error(&error))?;
        let mut attempt = Attempt::FIRST;
        let mut key_number = Attempt::FIRST;
        for payment in earlier {
            let payment = self.board.payment(payment.id)?;
            if !payment.key_is_free() {
                key_number = key_number.following();
            }
            match payment.state.class() {
                Class::Open if payment.state == State::NotKnown => {
                    return Err(ApiError::with(Code::OrderNotKnown, payment.id));
                }
                Class::Open => return Err(ApiError::with(Code::OrderOpen, payment.id)),
                Class::Paid => return Err(ApiError::with(Code::OrderPaid, payment.id)),
                Class::Unpaid if payment.is_contested() => {
                    return Err(ApiError::with(Code::OrderNotKnown, payment.id));
                }
                Class::Unpaid => attempt = attempt.max(payment.attempt.following()),
            }
        }
        Ok((attempt, IdempotencyKey::of(order, key_number)))
    }

    /// A new payment would push the one that waits there off the terminal. One that is not known
    /// does not hold it: pushing that one off is the cure.
    fn refuse_busy(&self, account: &Account, terminal: &TerminalCode) -> Result<(), ApiError> {
        let holder = self.board.open_payments().into_iter().find(|payment| {
            payment.account == account.id
                && payment.terminal == *terminal
                && payment.state != State::NotKnown
        });
        holder.map_or(Ok(()), |payment| {
            Err(ApiError::with(Code::TerminalBusy, payment.id))
        })
    }

    /// See [`crate::api::COMMANDS`]. The wish is durable when this returns; whether it worked, the
    /// payment's own state will say.
    ///
    /// # Errors
    /// [`Code::TooLate`] where it is over; what the journal refuses.
    pub async fn cancel_payment(&self, request: PaymentRequest) -> Result<PaymentView, ApiError> {
        let by = Actor::Cashier {
            name: self.board.shop().cashier,
        };
        self.say(&request.payment, |reply| Message::Cancel { by, reply })
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

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::TooLate`] where the till knows, or can find out itself.
    pub async fn witness_payment(&self, request: WitnessRequest) -> Result<PaymentView, ApiError> {
        let by = Actor::Cashier {
            name: self.board.shop().cashier,
        };
        let saw = request.saw;
        self.say(&request.payment, |reply| Message::Witness {
            by,
            saw,
            reply,
        })
        .await
    }

    async fn say(
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

fn terminal_of(account: &Account, code: &str) -> Result<TerminalCode, ApiError> {
    account
        .terminals
        .iter()
        .map(|terminal| &terminal.code)
        .find(|known| known.as_str() == code.trim())
        .cloned()
        .ok_or_else(|| ApiError::new(Code::TerminalUnknown))
}

pub(crate) fn payment_id(text: &str) -> Result<PaymentId, ApiError> {
    text.parse()
        .map_err(|_| ApiError::new(Code::PaymentUnknown))
}

/// The code of what is wrong with an amount.
pub(crate) const fn amount_code(error: AmountError) -> Code {
    match error {
        AmountError::Empty => Code::AmountEmpty,
        AmountError::Negative => Code::AmountNegative,
        AmountError::TooLarge => Code::AmountTooLarge,
        AmountError::TooManyDecimals => Code::AmountDecimals,
        AmountError::NotANumber | AmountError::DifferentCurrencies => Code::AmountInvalid,
    }
}

pub(crate) const fn order_code(error: NameError) -> Code {
    match error {
        NameError::Empty => Code::OrderEmpty,
        NameError::TooLong => Code::OrderTooLong,
        NameError::BadCharacters => Code::OrderBadCharacters,
    }
}

/// The currency of new Compago accounts (docs.compago.com/api-reference/payment-intent/create: MXN
/// only).
pub(crate) const COMPAGO_CURRENCY: Currency = Currency::Mxn;
