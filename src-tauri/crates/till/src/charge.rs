//! Charging an order: what is checked before a byte leaves, and the one fsync.

use journal::Fact;
use money::{AmountError, Money, Typed};
use payment::{
    Account, AccountId, Actor, Attempt, Capabilities, Charge, Class, Event, IdempotencyKey,
    IntentId, OrderRef, Payment, Provider, State, Warning, Way,
};

use crate::accounts::failure_code;
use crate::api::{
    ApiError, CardInput, Code, LinkInput, MoneyView, PaymentView, ReturnInput, SaleInput,
    StartChargeRequest, StartReturnRequest, TypeAmountRequest, TypedAmountView,
};
use crate::till::{Till, order_code};
use crate::trouble::{append_error, read_error};
use crate::{link, sale, warned};

/// How far back the provider is asked for an order that another till charges, or has charged. An
/// order of a day has its payment within that day.
const ELSEWHERE_SINCE_MS: i64 = 24 * 60 * 60 * 1_000;

/// After so many sendings in a row under one key that all met a fault, and of which the provider's list
/// shows nothing, the fault is taken for one that is kept with the key: the next has another.
const SAME_FAULTS: u32 = 2;

/// The next sending of an order.
pub(crate) struct Next {
    /// Its number.
    pub attempt: Attempt,
    /// Its key.
    pub key: IdempotencyKey,
    /// The key before it, which only repeats a fault: another till may have made a payment with it.
    pub spoilt: Option<IdempotencyKey>,
}

/// Refuses what the provider has under this key after all.
async fn refuse_found(line: &dyn Provider, charge: &Charge) -> Result<(), ApiError> {
    match line.find(charge).await {
        Ok(None) => Ok(()),
        Ok(Some(created)) => {
            let intent = created.intent.map_or_else(String::new, String::from);
            Err(ApiError::with(Code::OrderElsewhere, intent))
        }
        Err(failure) => Err(ApiError::with(failure_code(&failure), failure.said())),
    }
}

/// A charge whose way was checked.
pub(crate) struct Sale<'a> {
    pub(crate) order: OrderRef,
    pub(crate) amount: Money,
    pub(crate) account: &'a Account,
    pub(crate) way: Way,
}

/// How a charge was asked for, not checked yet.
#[derive(Debug, Clone)]
pub enum Asked {
    /// On the card machine of this code.
    Terminal(String),
    /// On the card machine of this code, with something beside the amount.
    Sale(String, SaleInput),
    /// From a card on file.
    Card(CardInput),
    /// By a link.
    Link(LinkInput),
    /// The other way round: back to a card, on the card machine of this code, without a payment.
    Return(String, ReturnInput),
}

impl Till {
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
    /// paid; that the journal takes nothing; [`Code::ChargeWarned`]. Nothing was sent in any of these.
    pub async fn start_charge(&self, request: StartChargeRequest) -> Result<PaymentView, ApiError> {
        self.start(request, &[]).await
    }

    /// A sale, by somebody who has seen these warnings.
    pub(crate) async fn start(
        &self,
        request: StartChargeRequest,
        past: &[Warning],
    ) -> Result<PaymentView, ApiError> {
        let account = self.account(&request.account)?;
        let typed = Typed::from_digits(&request.digits)
            .map_err(|error| ApiError::new(amount_code(error)))?;
        let amount = typed.money(account.currency);
        let actor = self.actor();
        let asked = match (request.link, request.card, request.sale) {
            (Some(link), None, None) => Asked::Link(link),
            (None, Some(card), None) => Asked::Card(card),
            (None, None, Some(sale)) => Asked::Sale(request.terminal, sale),
            (None, None, None) => Asked::Terminal(request.terminal),
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
                return Err(ApiError::new(Code::BadRequest));
            }
        };
        let payment = self
            .charge(&request.order, amount, &account, &asked, actor, past)
            .await?;
        // It may have gone on meanwhile.
        self.board.view(&self.board.payment(payment.id)?)
    }

    /// See [`crate::api::COMMANDS`]. The wish and its reason are durable when this returns; what became
    /// of it, the payment's own state will say.
    ///
    /// # Errors
    /// As [`Till::start_charge`]; [`Code::ReturnReason`]; [`Code::SaleOptionMissing`] where the
    /// account's system has no such thing; [`Code::OrderReturned`].
    pub async fn start_return(&self, request: StartReturnRequest) -> Result<PaymentView, ApiError> {
        let account = self.account(&request.account)?;
        let typed = Typed::from_digits(&request.digits)
            .map_err(|error| ApiError::new(amount_code(error)))?;
        let amount = typed.money(account.currency);
        let actor = self.actor();
        let asked = Asked::Return(request.terminal, request.terms);
        let payment = self
            .charge(&request.order, amount, &account, &asked, actor, &[])
            .await?;
        // It may have gone on meanwhile.
        self.board.view(&self.board.payment(payment.id)?)
    }

    /// Charges an amount given as a decimal text, or gives it back, for the command line. `past` are the
    /// names of the warnings that were seen.
    ///
    /// # Errors
    /// As [`Till::start_charge`].
    pub async fn charge_decimal(
        &self,
        order: &str,
        decimal: &str,
        account: &str,
        asked: &Asked,
        by: Actor,
        past: &[String],
    ) -> Result<PaymentView, ApiError> {
        let account = self.account(account)?;
        let amount = Money::from_decimal(decimal, account.currency)
            .map_err(|error| ApiError::new(amount_code(error)))?;
        let past = warned::past(past)?;
        let payment = self
            .charge(order, amount, &account, asked, by, &past)
            .await?;
        self.board.view(&payment)
    }

    async fn charge(
        &self,
        order: &str,
        amount: Money,
        account: &Account,
        asked: &Asked,
        by: Actor,
        past: &[Warning],
    ) -> Result<Payment, ApiError> {
        if amount.is_zero() {
            return Err(ApiError::new(Code::AmountEmpty));
        }
        let order = OrderRef::new(order).map_err(|error| ApiError::new(order_code(error)))?;
        let way = match asked {
            Asked::Terminal(code) => sale::on_terminal(account, code, None)?,
            Asked::Sale(code, input) => sale::on_terminal(account, code, Some(input))?,
            Asked::Card(input) => sale::card_on_file(account, input)?,
            Asked::Link(input) => link::way(account, input)?,
            Asked::Return(code, input) => sale::give_back(account, code, input)?,
        };
        let sale = Sale {
            order,
            amount,
            account,
            way,
        };
        self.charge_sale(sale, by, past).await
    }

    /// Charges what was checked.
    pub(crate) async fn charge_sale(
        &self,
        sale: Sale<'_>,
        by: Actor,
        past: &[Warning],
    ) -> Result<Payment, ApiError> {
        let Sale {
            order,
            amount,
            account,
            way,
        } = sale;
        self.board.refuse_if_troubled().await?;
        // A missing key is told before anything is written down.
        let line = self.lines.provider(&account.id).await?;
        let able = line.capabilities();
        let gives_back = way.return_terms().is_some();
        // Two presses at once: the second would look for longer than the first payment may live.
        let looks = able.finds_orders && !gives_back;
        let _looking = looks.then(|| self.looking.begin(&order)).transpose()?;
        // What was paid for the order is no reason against giving back.
        if !gives_back {
            self.look_first(&order, amount, account, &way, &*line)
                .await?;
        }
        // Held until the request is durable: two charges at once must not both find the terminal
        // free.
        let _one_at_a_time = self.charging.lock().await;
        let now_ms = self.board.clock.now_ms();
        let id = self.new_payment_id(now_ms);
        let (attempt, key) = if gives_back {
            // Two tills' returns are two: nothing makes one of them.
            let attempt = self.next_return(&order)?;
            (attempt, IdempotencyKey::of_act(id, 0))
        } else {
            let Next { attempt, key, .. } = self.next_attempt(&order, account, able)?;
            (attempt, key)
        };
        self.refuse_busy(account, &way, able)?;
        let warnings = self.warnings(&order, amount, account, &way)?;
        warned::refuse_unseen(&warnings, past)?;
        let passed = self.went_past(id, &warnings, &by)?;
        let event = Event::Requested {
            payment: id,
            key,
            order,
            amount,
            account: account.id.clone(),
            way,
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
            .append(
                now_ms,
                [Fact::Payment { id, event }]
                    .into_iter()
                    .chain(passed)
                    .collect(),
            )
            .await
            .map_err(|error| append_error(&error))?;
        let revision = entries.last().map_or(0, |entry| entry.seq);
        self.drive(payment.clone(), revision, true);
        self.tell_overview();
        Ok(payment)
    }

    /// What the journal, and where it must be asked the provider, has against a charge.
    async fn look_first(
        &self,
        order: &OrderRef,
        amount: Money,
        account: &Account,
        way: &Way,
        line: &dyn Provider,
    ) -> Result<(), ApiError> {
        let able = line.capabilities();
        // What this till itself knows of the order is said first, and costs nothing.
        let Next { spoilt, .. } = self.next_attempt(order, account, able)?;
        if able.finds_orders {
            self.refuse_elsewhere(order, line).await?;
        }
        let Some(spoilt) = spoilt else {
            return Ok(());
        };
        let charge = Charge {
            amount,
            way: way.clone(),
            key: spoilt,
            asked_at_ms: self.board.clock.now_ms(),
        };
        refuse_found(line, &charge).await
    }

    /// Where nothing at the provider keeps two tills from charging one order, it is asked whether it
    /// has the order from somebody else. What this till made of it, its own journal tells. An answer
    /// that does not come is no leave to charge.
    async fn refuse_elsewhere(
        &self,
        order: &OrderRef,
        line: &dyn Provider,
    ) -> Result<(), ApiError> {
        let since_ms = self.board.clock.now_ms().saturating_sub(ELSEWHERE_SINCE_MS);
        let found = line
            .find_order(order, since_ms)
            .await
            .map_err(|failure| ApiError::with(failure_code(&failure), failure.said()))?;
        let ours = self
            .board
            .journal
            .payments_of(order)
            .map_err(|error| read_error(&error))?;
        let is_ours = |intent: &IntentId| {
            let mut ours = ours.iter();
            ours.any(|payment| payment.intent.as_ref() == Some(intent))
        };
        let elsewhere = found.into_iter().find(|intent| !is_ours(intent));
        elsewhere.map_or(Ok(()), |intent| {
            Err(ApiError::with(Code::OrderElsewhere, intent))
        })
    }

    /// The number and the key of the order's next sending, if the last is proved dead.
    fn next_attempt(
        &self,
        order: &OrderRef,
        account: &Account,
        able: Capabilities,
    ) -> Result<Next, ApiError> {
        let earlier = self
            .board
            .journal
            .payments_of(order)
            .map_err(|error| read_error(&error))?;
        let earlier = earlier.into_iter().map(|payment| self.board.now(payment));
        let earlier: Vec<Payment> = earlier.collect();
        sending_after(order, &earlier, &account.id, able)
    }

    /// The number of the order's next sending, where money goes back without a payment: whatever was
    /// paid for it, once for each order.
    fn next_return(&self, order: &OrderRef) -> Result<Attempt, ApiError> {
        let earlier = self
            .board
            .journal
            .payments_of(order)
            .map_err(|error| read_error(&error))?;
        let mut attempt = Attempt::FIRST;
        for payment in earlier {
            let payment = self.board.now(payment);
            refuse_open(&payment)?;
            if payment.gives_back() && payment.state.class() == Class::Paid {
                return Err(ApiError::with(Code::OrderReturned, payment.id));
            }
            attempt = attempt.max(payment.attempt.following());
        }
        Ok(attempt)
    }

    /// A new payment would push the one that waits there off the terminal, or be refused for it. One
    /// that is not known does not hold it: pushing that one off is the cure. What another till, or the
    /// provider's own page, put there nobody can know from here: whoever made that is told that it was
    /// cancelled elsewhere.
    fn refuse_busy(
        &self,
        account: &Account,
        way: &Way,
        able: Capabilities,
    ) -> Result<(), ApiError> {
        let Some(terminal) = way.terminal() else {
            return Ok(());
        };
        let holder = self.board.open_payments().into_iter().find(|payment| {
            payment.account == account.id
                && payment.way.terminal() == Some(terminal)
                && payment.holds_terminal()
        });
        holder.map_or(Ok(()), |payment| {
            let code = if able.replaces_on_terminal {
                Code::TerminalReplaces
            } else {
                Code::TerminalBusy
            };
            Err(ApiError::with(code, payment.id))
        })
    }
}

/// What is open, or not known, of an order: nothing else is begun for it.
fn refuse_open(payment: &Payment) -> Result<(), ApiError> {
    match payment.state.class() {
        Class::Open if payment.state == State::NotKnown => {
            Err(ApiError::with(Code::OrderNotKnown, payment.id))
        }
        Class::Open => Err(ApiError::with(Code::OrderOpen, payment.id)),
        Class::Unpaid if payment.is_contested() => {
            Err(ApiError::with(Code::OrderNotKnown, payment.id))
        }
        Class::Unpaid | Class::Paid => Ok(()),
    }
}

/// The number and the key of the order's next sending, from what the journal has of the order.
///
/// # Errors
/// That the order is open, not known or paid.
pub(crate) fn sending_after(
    order: &OrderRef,
    earlier: &[Payment],
    account: &AccountId,
    able: Capabilities,
) -> Result<Next, ApiError> {
    let mut attempt = Attempt::FIRST;
    let mut key_number = Attempt::FIRST;
    let (mut faults, mut spoilt) = (0_u32, None);
    for payment in earlier {
        // What is open is in the way, whichever way its money flows.
        refuse_open(payment)?;
        attempt = attempt.max(payment.attempt.following());
        if payment.gives_back() {
            continue;
        }
        let is_safe = able.repeats_safely && payment.account == *account;
        let is_free = payment.key_is_free() || (is_safe && payment.was_never_seen());
        faults = if is_safe && payment.met_a_fault() {
            faults.saturating_add(1)
        } else {
            0
        };
        if faults >= SAME_FAULTS {
            spoilt = Some(payment.key.clone());
            faults = 0;
            key_number = key_number.following();
        } else if !is_free {
            key_number = key_number.following();
        }
        match payment.state.class() {
            // All of it went back: the customer owes it again.
            Class::Paid if payment.state == State::Refunded => {}
            Class::Paid => return Err(ApiError::with(Code::OrderPaid, payment.id)),
            Class::Open | Class::Unpaid => {}
        }
    }
    Ok(Next {
        attempt,
        key: IdempotencyKey::of(order, key_number),
        spoilt,
    })
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
