//! What became of a request: the answer to its sender, and the line that is printed.

use axum::http::StatusCode;
use payment::{AccountId, IntentId};
use providers::webhook::Rejected;
use till::api::Code;

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The till was told to read this payment.
    Taken(IntentId),
    /// It came before: nothing was done.
    Repeated(IntentId),
    /// It is not what the account's system signed, or not about a payment.
    Rejected(Rejected),
    /// No account has this id.
    UnknownAccount,
    /// Nobody has told the secret of its webhooks.
    NoSecret,
    /// The keychain did not give the secret out.
    Keychain(Code),
    /// Its sender stopped in the middle.
    CutOff,
    /// It was not whole, or not answered, within the limit.
    TooSlow,
    /// More than the receiver takes in a second.
    TooMany,
    /// The hint could not be left for the till.
    NotLeft,
}

/// One line of the receiver. Nothing of the request itself is in it but a name of a payment that was
/// signed and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// Whose, where it is one of the accounts.
    pub(crate) account: Option<AccountId>,
    /// What became of it.
    pub(crate) outcome: Outcome,
}

impl Outcome {
    /// The answer. A sender repeats what was answered otherwise than 2xx, so what is right and needs
    /// nothing more is 204.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::Taken(_) | Self::Repeated(_) | Self::Rejected(Rejected::NoPayment) => {
                StatusCode::NO_CONTENT
            }
            Self::Rejected(
                Rejected::NotSigned
                | Rejected::SignedTwice
                | Rejected::Unreadable
                | Rejected::WrongSignature
                | Rejected::TooOld
                | Rejected::FromTheFuture,
            ) => StatusCode::UNAUTHORIZED,
            Self::Rejected(Rejected::NotAnEvent) | Self::CutOff => StatusCode::BAD_REQUEST,
            Self::Rejected(Rejected::NoWebhooks) | Self::UnknownAccount | Self::NoSecret => {
                StatusCode::NOT_FOUND
            }
            Self::Rejected(Rejected::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Keychain(_) | Self::NotLeft => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The key of its sentence; the last part of it is its name for programs.
    pub(crate) const fn key(&self) -> &'static str {
        match self {
            Self::Taken(_) => "cli.webhook.taken",
            Self::Repeated(_) => "cli.webhook.repeated",
            Self::Rejected(Rejected::NoWebhooks) => "cli.webhook.no_webhooks",
            Self::Rejected(Rejected::TooLarge) => "cli.webhook.too_large",
            Self::Rejected(Rejected::NotSigned) => "cli.webhook.not_signed",
            Self::Rejected(Rejected::SignedTwice) => "cli.webhook.signed_twice",
            Self::Rejected(Rejected::Unreadable) => "cli.webhook.unreadable",
            Self::Rejected(Rejected::WrongSignature) => "cli.webhook.wrong_signature",
            Self::Rejected(Rejected::TooOld) => "cli.webhook.too_old",
            Self::Rejected(Rejected::FromTheFuture) => "cli.webhook.from_the_future",
            Self::Rejected(Rejected::NotAnEvent) => "cli.webhook.not_an_event",
            Self::Rejected(Rejected::NoPayment) => "cli.webhook.no_payment",
            Self::UnknownAccount => "cli.webhook.unknown_account",
            Self::NoSecret => "cli.webhook.no_secret",
            Self::Keychain(_) => "cli.webhook.keychain",
            Self::CutOff => "cli.webhook.cut_off",
            Self::TooSlow => "cli.webhook.too_slow",
            Self::TooMany => "cli.webhook.too_many",
            Self::NotLeft => "cli.webhook.not_left",
        }
    }

    /// Its name for programs.
    pub(crate) fn name(&self) -> &'static str {
        let key = self.key();
        key.rsplit_once('.').map_or(key, |(_, name)| name)
    }

    /// The payment it names.
    pub(crate) const fn intent(&self) -> Option<&IntentId> {
        match self {
            Self::Taken(intent) | Self::Repeated(intent) => Some(intent),
            Self::Rejected(_)
            | Self::UnknownAccount
            | Self::NoSecret
            | Self::Keychain(_)
            | Self::CutOff
            | Self::TooSlow
            | Self::TooMany
            | Self::NotLeft => None,
        }
    }
}
