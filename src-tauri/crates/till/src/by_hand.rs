//! A person's word where the provider cannot tell.

use std::time::Duration;

use payment::{Actor, PaymentId};
use tokio::time::Instant;

use crate::api::{ApiError, Code, PaymentRequest, PaymentView, WitnessRequest};
use crate::engine::drive::{Message, can_be_witnessed};
use crate::settings::bounded;
use crate::till::{Till, payment_id};

/// Characters of the reference on a receipt.
const RECEIPT_LIMIT: usize = 60;
/// Characters of what was checked.
const CHECKED_LIMIT: usize = 200;

/// How long the provider has to answer once more before a person's word is taken.
const LAST_ANSWER: Duration = Duration::from_secs(10);
/// How often it is looked whether it did.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

impl Till {
    /// See [`crate::api::COMMANDS`]. In a shop with managers the receipt's reference and what was checked
    /// are wanted, and the provider is asked once more first: where that settles it, nobody's word is
    /// needed.
    ///
    /// # Errors
    /// [`Code::TooLate`] where the till knows, or can find out itself; [`Code::ReceiptMissing`],
    /// [`Code::CheckedMissing`].
    pub async fn witness_payment(&self, request: WitnessRequest) -> Result<PaymentView, ApiError> {
        let by = self.actor();
        let is_staff = matches!(by, Actor::Staff { .. });
        let id = payment_id(&request.payment)?;
        let asked = |text: &str, limit, missing| match bounded(text, limit) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.code != Code::NameEmpty => Err(error),
            Err(_) if is_staff => Err(ApiError::new(missing)),
            Err(_) => Ok(None),
        };
        let receipt = asked(&request.receipt, RECEIPT_LIMIT, Code::ReceiptMissing)?;
        let checked = asked(&request.checked, CHECKED_LIMIT, Code::CheckedMissing)?;
        if is_staff {
            self.ask_once_more(id).await?;
        }
        let saw = request.saw;
        self.say(&request.payment, |reply| Message::Witness {
            by,
            saw,
            receipt,
            checked,
            reply,
        })
        .await
    }

    /// Asks, and waits until there is an answer or none is to be expected. A provider that has no name
    /// for it and no list cannot be asked at all.
    async fn ask_once_more(&self, id: PaymentId) -> Result<(), ApiError> {
        let payment = self.board.payment(id)?;
        if payment.intent.is_none() {
            return Ok(());
        }
        let since = self.board.checked_at(id);
        let request = PaymentRequest {
            payment: id.to_string(),
        };
        self.ask_now(request).await?;
        let deadline = Instant::now() + LAST_ANSWER;
        while self.board.checked_at(id) == since && Instant::now() < deadline {
            let payment = self.board.payment(id)?;
            let acts = self.board.acts(&payment.account);
            if payment.unreachable || !can_be_witnessed(&payment, &acts) {
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }
}
