//! Charging an order: what is checked before a byte leaves, and the one fsync.

use journal::Fact;
use money::{AmountError, Money, Typed};
use payment::{
    Account, AccountId, Actor, Attempt, Capabilities, Class, Event, IdempotencyKey, OrderRef,
    Payment, State, Way,
};

use crate::api::{
    ApiError, CardInput, Code, LinkInput, MoneyView, PaymentView, SaleInput, StartChargeRequest,
    TypeAmountRequest, TypedAmountView,
};
use crate::board::{append_error, read_error};
use crate::till::{Till, order_code};
use crate::{link, sale};

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
    /// paid; that the journal takes nothing. Nothing was sent in any of these.
    pub async fn start_charge(&self, request: StartChargeRequest) -> Result<PaymentView, ApiError> {
        let account = self.account(&request.account)?;
        let typed = Typed::from_digits(&request.digits)
            .map_err(|error| ApiError::new(amount_code(error)))?;
        let amount = typed.money(account.currency);
        let actor = Actor::Cashier {
            name: self.board.shop().cashier,
        };
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
            .charge(&request.order, amount, &account, &asked, actor)
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
        asked: &Asked,
        by: Actor,
    ) -> Result<PaymentView, ApiError> {
        let account = self.account(account)?;
        let amount = Money::from_decimal(decimal, account.currency)
            .map_err(|error| ApiError::new(amount_code(error)))?;
        let payment = self.charge(order, amount, &account, asked, by).await?;
        self.board.view(&payment)
    }

    async fn charge(
        &self,
        order: &str,
        amount: Money,
        account: &Account,
        asked: &Asked,
        by: Actor,
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
        };
        self.board.refuse_if_troubled().await?;
        // A missing key is told before anything is written down.
        let able = self.lines.provider(&account.id).await?.capabilities();
        // Held until the request is durable: two charges at once must not both find the terminal
        // free.
        let _one_at_a_time = self.charging.lock().await;
        let (attempt, key) = self.next_attempt(&order, account, able)?;
        self.refuse_busy(account, &way)?;
        let now_ms = self.board.clock.now_ms();
        let id = self.new_payment_id(now_ms);
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
            .append(now_ms, vec![Fact::Payment { id, event }])
            .await
            .map_err(|error| append_error(&error))?;
        let revision = entries.last().map_or(0, |entry| entry.seq);
        self.drive(payment.clone(), revision, true);
        self.tell_overview();
        Ok(payment)
    }

    /// The number and the key of the order's next sending, if the last is proved dead.
    fn next_attempt(
        &self,
        order: &OrderRef,
        account: &Account,
        able: Capabilities,
    ) -> Result<(Attempt, IdempotencyKey), ApiError> {
        let earlier = self
            .board
            .journal
            .payments_of(order)
            .map_err(|error| read_error(&error))?;
        let earlier: Result<Vec<Payment>, ApiError> = earlier
            .into_iter()
            .map(|payment| self.board.payment(payment.id))
            .collect();
        sending_after(order, &earlier?, &account.id, able)
    }

    /// A new payment would push the one that waits there off the terminal. One that is not known
    /// does not hold it: pushing that one off is the cure.
    fn refuse_busy(&self, account: &Account, way: &Way) -> Result<(), ApiError> {
        let Some(terminal) = way.terminal() else {
            return Ok(());
        };
        let holder = self.board.open_payments().into_iter().find(|payment| {
            payment.account == account.id
                && payment.way.terminal() == Some(terminal)
                && payment.holds_terminal()
        });
        holder.map_or(Ok(()), |payment| {
            Err(ApiError::with(Code::TerminalBusy, payment.id))
        })
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
) -> Result<(Attempt, IdempotencyKey), ApiError> {
    let mut attempt = Attempt::FIRST;
    let mut key_number = Attempt::FIRST;
    for payment in earlier {
        let is_safe = able.repeats_safely && payment.account == *account;
        let is_free = payment.key_is_free() || (is_safe && payment.was_never_seen());
        if !is_free {
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
