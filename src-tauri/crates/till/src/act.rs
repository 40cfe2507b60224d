//! What can be done with a payment beside cancelling it, and what is asked of an account as a whole:
//! its card machines, and payments that stand open there without a till that knows them.

use money::{Money, Typed};
use payment::failure::NotSent;
use payment::{Act, Failure, Leftover, Payment, ShopEvent};

use crate::accounts::failure_code;
use crate::api::{
    AccountRequest, AccountTerminalsView, ActInput, ActRequest, ApiError, CloseLeftoverRequest,
    Code, LeftoverView, LeftoversView, MoneyView, PaymentRequest, PaymentView, ReceiptsView,
    TerminalSeenView,
};
use crate::charge::amount_code;
use crate::engine::drive::Message;
use crate::tell::time;
use crate::till::{Till, payment_id};
use crate::trouble::read_error;

/// How far back open payments are looked for: what is older was somebody's to look at long ago.
const LEFTOVERS_SINCE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

impl Till {
    /// See [`crate::api::COMMANDS`]. The wish is durable when this returns; what became of it, the
    /// payment's own state will say.
    ///
    /// # Errors
    /// [`Code::TooLate`] where it cannot be done now, [`Code::ActUnderWay`],
    /// [`Code::RefundTooMuch`], what is wrong with an amount; what the journal refuses.
    pub async fn act_payment(&self, request: ActRequest) -> Result<PaymentView, ApiError> {
        let payment = self.board.payment(payment_id(&request.payment)?)?;
        let act = act(&payment, &request.act)?;
        let acts = self.board.acts(&payment.account);
        if payment.pending_act().is_some() {
            return Err(ApiError::with(Code::ActUnderWay, payment.id));
        }
        if !payment.allows(&act, &acts) {
            return Err(ApiError::with(Code::TooLate, payment.id));
        }
        self.board.refuse_if_troubled().await?;
        // A missing key is told before anything is written down.
        self.lines.provider(&payment.account).await?;
        let by = self.actor();
        let message = |reply| Message::Act {
            act: act.clone(),
            by: by.clone(),
            reply,
        };
        // A driver that was just ending did not hear it: the second time there is a new one.
        let said = match self.say_again(&payment, message).await {
            Some(said) => Some(said),
            None => self.say_again(&payment, message).await,
        };
        said.unwrap_or_else(|| Err(ApiError::with(Code::TooLate, payment.id)))?;
        self.board.view(&self.board.payment(payment.id)?)
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::PaymentUnknown`].
    pub async fn payment_receipts(
        &self,
        request: PaymentRequest,
    ) -> Result<ReceiptsView, ApiError> {
        let payment = self.board.payment(payment_id(&request.payment)?)?;
        let receipts = payment.receipts.unwrap_or_default();
        Ok(ReceiptsView {
            customer: receipts.customer.lines,
            merchant: receipts.merchant.lines,
        })
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::NoListHere`] where the account's system does not list its card machines; why it
    /// could not be asked.
    pub async fn account_terminals(
        &self,
        request: AccountRequest,
    ) -> Result<AccountTerminalsView, ApiError> {
        let account = self.account(&request.account)?;
        if !account.system.lists_terminals() {
            return Err(ApiError::new(Code::NoListHere));
        }
        let line = self.lines.provider(&account.id).await?;
        let seen = line
            .terminals()
            .await
            .map_err(|failure| ApiError::with(failure_code(&failure), failure.said()))?;
        if self.board.note_terminals(&account.id, &seen) {
            self.tell_overview();
        }
        let terminals = seen
            .into_iter()
            .map(|terminal| TerminalSeenView {
                is_chosen: account
                    .terminals
                    .iter()
                    .any(|one| one.code == terminal.code),
                code: terminal.code.to_string(),
                label: terminal.label,
                state: terminal.state,
            })
            .collect();
        Ok(AccountTerminalsView { terminals })
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::NoListHere`] where the account's system has no such list; why it could not be asked.
    pub async fn list_leftovers(&self, request: AccountRequest) -> Result<LeftoversView, ApiError> {
        let left = self.leftovers(request).await?;
        let rows = left.into_iter().map(|left| LeftoverView {
            intent: left.intent.to_string(),
            reference: left.reference,
            amount: MoneyView::from(left.amount),
            made_at: left.made_at_ms.map(time),
            has_link: left.has_link,
        });
        Ok(LeftoversView {
            rows: rows.collect(),
        })
    }

    /// What stands open at an account's provider and no till of this shop sees through.
    pub(crate) async fn leftovers(
        &self,
        request: AccountRequest,
    ) -> Result<Vec<Leftover>, ApiError> {
        let account = self.account(&request.account)?;
        let line = self.lines.provider(&account.id).await?;
        let since_ms = self.board.clock.now_ms().saturating_sub(LEFTOVERS_SINCE_MS);
        let open = line.list_open(since_ms).await.map_err(|failure| {
            let why = NotSent::NotBuilt;
            if failure == (Failure::NotSent { why }) {
                ApiError::new(Code::NoListHere)
            } else {
                ApiError::with(failure_code(&failure), failure.said())
            }
        })?;
        // The journal and not the board: who only reads has the one and not the other.
        let ours = self.board.journal.open_payments();
        let ours = ours.map_err(|error| read_error(&error))?;
        // What a till of this shop is seeing through is no leftover.
        let is_left = open
            .into_iter()
            .filter(|left| {
                !ours.iter().any(|payment| {
                    payment.account == account.id
                        && (payment.intent.as_ref() == Some(&left.intent)
                            || line.reference(&payment.key) == left.reference)
                })
            })
            .collect();
        Ok(is_left)
    }

    /// See [`crate::api::COMMANDS`]. Who closed it is durable before it is asked for. A till knows only
    /// its own payments: what another one is waiting for looks the same here as what nobody is.
    ///
    /// # Errors
    /// [`Code::TooLate`] where it is none any more; [`Code::LeftoverUnconfirmed`]; why the provider
    /// could not be asked for its list; [`Code::LeftoverUnclosed`] whatever became of the cancel.
    pub async fn close_leftover(
        &self,
        request: CloseLeftoverRequest,
    ) -> Result<LeftoversView, ApiError> {
        let of_account = || AccountRequest {
            account: request.account.clone(),
        };
        let account = self.account(&request.account)?;
        let left = self.list_leftovers(of_account()).await?;
        let is_left = left.rows.iter().any(|row| row.intent == request.intent);
        let intent = payment::IntentId::new(&request.intent)
            .ok()
            .filter(|_| is_left);
        let intent = intent.ok_or_else(|| ApiError::new(Code::TooLate))?;
        if !request.is_confirmed {
            return Err(ApiError::with(Code::LeftoverUnconfirmed, intent));
        }
        self.board
            .write_shop(ShopEvent::LeftoverClosed {
                account: account.id.clone(),
                intent: intent.clone(),
                by: self.actor(),
                batch: None,
            })
            .await?;
        let line = self.lines.provider(&account.id).await?;
        line.cancel(&intent)
            .await
            .map_err(|failure| ApiError::with(Code::LeftoverUnclosed, failure.said()))?;
        self.list_leftovers(of_account()).await
    }
}

/// What was asked for, with its amount.
fn act(payment: &Payment, input: &ActInput) -> Result<Act, ApiError> {
    Ok(match input {
        ActInput::TryAgain => Act::TryAgain,
        ActInput::Sign { accepted } => Act::Sign {
            accepted: *accepted,
        },
        ActInput::Capture => Act::Capture,
        ActInput::Reverse => Act::Reverse,
        ActInput::Refund { digits, route } => Act::Refund {
            amount: refund(payment, digits)?,
            route: *route,
        },
    })
}

/// How much of a payment will have gone back after this: what went back before counts too.
pub(crate) fn goes_back(payment: &Payment, digits: &str, is_all: bool) -> Result<Money, ApiError> {
    if is_all {
        return Ok(payment.amount);
    }
    let asked = refund(payment, digits)?;
    let before = payment.returned;
    Ok(before
        .and_then(|before| before.plus(asked).ok())
        .unwrap_or(asked))
}

fn refund(payment: &Payment, digits: &str) -> Result<Money, ApiError> {
    let left = payment
        .returnable()
        .ok_or_else(|| ApiError::new(Code::RefundTooMuch))?;
    if digits.trim().is_empty() {
        return Ok(left);
    }
    let typed = Typed::from_digits(digits).map_err(|error| ApiError::new(amount_code(error)))?;
    let amount = typed.money(payment.amount.currency());
    if amount.is_zero() {
        return Err(ApiError::new(Code::AmountEmpty));
    }
    if amount.minor() > left.minor() {
        return Err(ApiError::with(Code::RefundTooMuch, left));
    }
    Ok(amount)
}
