//! What comes in after somebody was warned, or has to decide.

use payment::Decision;
use serde::Deserialize;
use ts_rs::TS;

use super::StartChargeRequest;

request!(/// A sale, by somebody who has seen what speaks against it.
ChargeAnywayRequest {
    /// The sale.
    charge: StartChargeRequest,
    /// The names of the warnings that were seen, at most 16. What is not among them is told again.
    past: Vec<String>,
});
request!(/// Warnings, to be shown.
ShowWarningsRequest {
    /// Their names, as the refusal had them, at most 16.
    warnings: Vec<String>,
});
request!(/// Another amount for an order whose payment no card has been presented to.
ChangeAmountRequest {
    /// The payment's id.
    payment: String,
    /// The digits of the new amount, as in [`super::TypeAmountRequest`].
    digits: String,
    /// The names of the warnings that were seen, at most 16.
    past: Vec<String>,
});
request!(/// Nothing to say.
    ListInboxRequest {});
request!(/// What a manager decides about money that was not expected any more.
DecideRequest {
    /// The payment's id.
    payment: String,
    /// What.
    decision: Decision,
    /// Why, 1 to 200 characters.
    reason: String,
});
