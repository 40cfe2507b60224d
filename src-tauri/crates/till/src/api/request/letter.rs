//! What comes in about letters to customers.

use payment::{LetterLanguage, MailSecurity};
use serde::Deserialize;
use ts_rs::TS;

use super::KeyInput;

request!(/// Nothing to say.
LetterRulesRequest {});

/// The words of a letter as typed in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TemplateInput {
    /// Its language.
    pub language: LetterLanguage,
    /// One line, 1 to 120 characters.
    pub subject: String,
    /// Plain text, 1 to 4000 characters.
    pub text: String,
}

request!(/// How letters leave the till.
ChooseLetterRulesRequest {
    /// The mail server's host; empty to send no letters any more.
    server: String,
    /// Its port.
    port: u16,
    /// How the line is protected.
    security: MailSecurity,
    /// Who signs in there; empty where nobody does.
    user: String,
    /// A new password; none to keep the one in the keychain.
    password: Option<KeyInput>,
    /// The address letters come from.
    from: String,
    /// What the shop is called in them, 1 to 40 characters.
    shop: String,
    /// The language where the customer's is not known.
    language: LetterLanguage,
    /// One a language.
    templates: Vec<TemplateInput>,
});
request!(/// A letter to try the settings with.
TestLettersRequest {
    /// To whom.
    to: String,
});
