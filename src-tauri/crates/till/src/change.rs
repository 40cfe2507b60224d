//! Another amount for an order while no card was presented: withdraw, wait for the proof, charge anew. In
//! between nothing of the order is live, and where the customer was faster nothing is sent.

use std::time::Duration;

use money::Typed;
use payment::{Class, Payment, PaymentId, Prompt, State, Way};
use tokio::time::{Instant, timeout_at};

use crate::api::{ApiError, ChangeAmountRequest, Code, PaymentView};
use crate::charge::{Sale, amount_code};
use crate::engine::drive::Wish;
use crate::till::{Till, payment_id};
use crate::warned::{past, refuse_unseen};

/// How long the proof may take. Somebody waits with a card in the hand: an amount that appears on the
/// machine a minute later would surprise whoever stands there then.
const PROOF_WITHIN: Duration = Duration::from_secs(45);

impl Till {
    /// See [`crate::api::COMMANDS`]. What comes back is the new payment, or the old one where the customer
    /// paid it first. A till that stops in between has asked to withdraw the old payment and sends nothing
    /// more.
    ///
    /// # Errors
    /// [`Code::TooLate`] where a card was presented, or it is over; what is wrong with the amount;
    /// [`Code::ChargeWarned`]; [`Code::ChangeUnsettled`] where it is not proved within 45 s that the old
    /// payment is over: it is being withdrawn, and nothing was sent; as [`Till::start_charge`].
    pub async fn change_amount(
        &self,
        request: ChangeAmountRequest,
    ) -> Result<PaymentView, ApiError> {
        let past = past(&request.past)?;
        let id = payment_id(&request.payment)?;
        let payment = self.board.payment(id)?;
        if !can_change_amount(&payment) {
            return Err(ApiError::with(Code::TooLate, id));
        }
        let typed = Typed::from_digits(&request.digits)
            .map_err(|error| ApiError::new(amount_code(error)))?;
        let amount = typed.money(payment.amount.currency());
        if amount.is_zero() {
            return Err(ApiError::new(Code::AmountEmpty));
        }
        if amount == payment.amount {
            return self.board.view(&payment);
        }
        let account = self.account(payment.account.as_str())?;
        let warnings = self.warnings(&payment.order, amount, &account, &payment.way)?;
        refuse_unseen(&warnings, &past)?;
        let by = self.actor();
        let wish = Wish {
            by: by.clone(),
            reason: None,
            batch: None,
            instead: Some(amount),
        };
        self.withdraw(&request.payment, wish).await?;
        let before = self.over(id).await?;
        if before.state.class() == Class::Paid || before.is_contested() {
            return self.board.view(&before);
        }
        let sale = Sale {
            order: before.order.clone(),
            amount,
            account: &account,
            way: before.way.clone(),
        };
        let payment = self.charge_sale(sale, by, &past).await?;
        self.board.view(&self.board.payment(payment.id)?)
    }

    /// The payment once a reading has ended it.
    async fn over(&self, id: PaymentId) -> Result<Payment, ApiError> {
        let mut changes = self.board.changes.subscribe();
        let until = Instant::now() + PROOF_WITHIN;
        loop {
            let payment = self.board.payment(id)?;
            if !payment.state.is_open() {
                return Ok(payment);
            }
            let changed = timeout_at(until, changes.changed()).await;
            if !matches!(changed, Ok(Ok(()))) {
                return Err(ApiError::with(Code::ChangeUnsettled, id));
            }
        }
    }
}

/// Whether another amount may be sent in its place: it waits, nobody withdraws it, and no card has come.
/// What was sold stands on the slip line by line and is put together anew, not here.
pub(crate) fn can_change_amount(payment: &Payment) -> bool {
    let is_of_such = match &payment.way {
        Way::Terminal { terms, .. } => terms.lines.is_empty() && terms.tip.is_none(),
        Way::Link { .. } => true,
        Way::CardOnFile { .. } | Way::Return { .. } => false,
    };
    let no_card_yet = match payment.prompt() {
        None
        | Some(
            Prompt::TerminalIdle
            | Prompt::OnItsWay
            | Prompt::PresentCard
            | Prompt::CancelledAtTerminal
            | Prompt::CardDeclined,
        ) => true,
        Some(
            Prompt::Signature
            | Prompt::InsertCard
            | Prompt::PresentOnlyOneCard
            | Prompt::EnterPin
            | Prompt::PleaseWait
            | Prompt::RemoveCard
            | Prompt::CardUnsupported
            | Prompt::CardError
            | Prompt::ReEnterCard
            | Prompt::Approved
            | Prompt::RefundWaiting
            | Prompt::RefundDeclined
            | Prompt::RefundUnconfirmed,
        ) => false,
    };
    is_of_such
        && no_card_yet
        && payment.state == State::Waiting
        && !payment.cancel_asked()
        && payment.pending_act().is_none()
}
