//! Letters to customers: how they leave the till, and what became of one.

use payment::{LetterLanguage, MailSecurity};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What has become of a payment's letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LetterFate {
    /// None was written: no mail server is set, or nobody asked.
    None,
    /// It will be sent.
    Queued,
    /// It is on its way to the mail server.
    Sending,
    /// The mail server took it.
    Sent,
    /// The mail server could not take it yet; it is tried again.
    Waiting,
    /// The mail server refused it for good.
    Refused,
    /// It may have been sent, or not: the line broke.
    Doubtful,
    /// It was tried often enough.
    GivenUp,
    /// The payment is not withdrawn any more, so it was not sent.
    Dropped,
}

impl LetterFate {
    /// Every fate, for texts.
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::Waiting,
        Self::Refused,
        Self::Doubtful,
        Self::GivenUp,
        Self::Dropped,
    ];

    /// The stable name, as on the bridge.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
            Self::Doubtful => "doubtful",
            Self::GivenUp => "given_up",
            Self::Dropped => "dropped",
        }
    }
}

view!(/// The letter of a payment that was withdrawn.
LetterView {
    /// To whom.
    to: String,
    /// Its one line.
    subject: String,
    /// Its text, ready to be copied.
    text: String,
    /// What has become of it.
    fate: LetterFate,
    /// What the mail server, or the line to it, said; empty where nothing was said.
    said: String,
    /// When that was, RFC 3339 in UTC.
    at: Option<String>,
    /// Whether somebody may have it sent now.
    can_send: bool,
});

view!(/// The letter of a payment, where one may be written.
PaymentLetterView {
    /// It; none where the payment is not withdrawn, or nobody knows an address.
    letter: Option<LetterView>,
});

view!(/// The words of a letter in one language.
TemplateView {
    /// Its language.
    language: LetterLanguage,
    /// One line.
    subject: String,
    /// Plain text.
    text: String,
});

view!(/// How letters leave the till.
LetterRulesView {
    /// Whether any do.
    is_on: bool,
    /// The mail server's host; empty where none is set.
    server: String,
    /// Its port.
    port: u16,
    /// How the line is protected.
    security: MailSecurity,
    /// Who signs in there; empty where nobody does.
    user: String,
    /// Whether the keychain has a password; none where it could not be asked.
    has_password: Option<bool>,
    /// The address letters come from.
    from: String,
    /// What the shop is called in them.
    shop: String,
    /// The language where the customer's is not known.
    language: LetterLanguage,
    /// One a language: the shop's own words, or the till's.
    templates: Vec<TemplateView>,
    /// What may be filled in, as it is written: "{order}".
    places: Vec<String>,
    /// Letters that are still to be sent.
    queued: u32,
    /// Letters that somebody should look at: refused, given up, or of unknown fate.
    failed: u32,
});

view!(/// What a letter that tries the settings came to.
LetterTestView {
    /// The mail server took it.
    ok: bool,
    /// What it, or the line to it, said; empty where it was taken.
    said: String,
});
