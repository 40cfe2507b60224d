//! The commands about letters to customers.

use std::net::IpAddr;

use payment::{LetterEvent, LetterLanguage, LetterRules, LetterTemplate, MailSecurity, ShopEvent};
use secrets::Secret;

use super::deliver::{draft, queued};
use super::terms;
use super::text::{PLACES, SUBJECT_LIMIT, TEXT_LIMIT, is_template, usual};
use crate::accounts::SHORT_NAME_LIMIT;
use crate::api::{
    ApiError, ChooseLetterRulesRequest, Code, LetterFate, LetterRulesRequest, LetterRulesView,
    LetterTestView, LetterView, PaymentLetterView, PaymentRequest, TemplateInput, TemplateView,
    TestLettersRequest,
};
use crate::ports::OutgoingLetter;
use crate::settings::bounded;
use crate::tell::time;
use crate::till::{Till, payment_id};

/// Characters of a host, a user or an address.
const ADDRESS_LIMIT: usize = 200;

/// The usual port for a line that is protected before anything is said.
const STARTTLS_PORT: u16 = 587;

impl Till {
    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// None today: a keychain that cannot be asked is told in the view.
    pub async fn letter_rules(&self, _: LetterRulesRequest) -> Result<LetterRulesView, ApiError> {
        let rules = self.board.shop().letters.clone();
        let (queued, failed) = {
            let books = self.board.letters.lock();
            let letters = || books.book.letters.values();
            let queued = letters().filter(|letter| letter.is_pending()).count();
            let failed = letters().filter(|letter| letter.is_failed()).count();
            (queued, failed)
        };
        let has_password = self.lines.mail_password().await.ok();
        let has_password = has_password.map(|password| password.is_some());
        let is_on = rules.is_some();
        let rules = rules.unwrap_or_else(no_rules);
        let template = |language| {
            let mut own = rules.templates.iter();
            let own = own.find(|template| template.language == language);
            let LetterTemplate { subject, text, .. } =
                own.cloned().unwrap_or_else(|| usual(language));
            TemplateView {
                language,
                subject,
                text,
            }
        };
        Ok(LetterRulesView {
            is_on,
            templates: LetterLanguage::ALL.map(template).into(),
            places: PLACES.map(|place| format!("{{{place}}}")).into(),
            server: rules.server,
            port: rules.port,
            security: rules.security,
            user: rules.user,
            has_password,
            from: rules.from,
            shop: rules.shop,
            language: rules.language,
            queued: u32::try_from(queued).unwrap_or(u32::MAX),
            failed: u32::try_from(failed).unwrap_or(u32::MAX),
        })
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::MailServer`], [`Code::MailNotSecure`], [`Code::MailAddress`], [`Code::LetterWords`], what is
    /// wrong with the shop's name; [`Code::MailPasswordAgain`] where the password that is kept is for
    /// another server; what the keychain or the journal refuses.
    pub async fn choose_letter_rules(
        &self,
        request: ChooseLetterRulesRequest,
    ) -> Result<LetterRulesView, ApiError> {
        let password = match request.password.clone() {
            Some(typed) => Some(
                Secret::new(&typed.into_text())
                    .map_err(|error| ApiError::with(Code::KeyInvalid, error))?,
            ),
            None => None,
        };
        let rules = rules(request)?;
        let _one_at_a_time = self.board.letters.choosing.lock().await;
        let before = self.board.shop().letters.clone();
        if is_elsewhere(before.as_ref(), rules.as_ref()) {
            let is_kept = self.lines.mail_password().await?.is_some();
            if is_kept && password.is_none() {
                return Err(ApiError::new(Code::MailPasswordAgain));
            }
            // Gone before the new server is known, and back after: whatever stops the till in between, no
            // server is told the password of another.
            if is_kept {
                self.lines.remove_mail_password().await?;
            }
        }
        self.board
            .write_shop(ShopEvent::LettersChosen { rules })
            .await?;
        if let Some(password) = password {
            self.lines.store_mail_password(password).await?;
        }
        self.board.letters.wake.notify_one();
        self.letter_rules(LetterRulesRequest {}).await
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::MailMissing`] where no server is set, [`Code::MailAddress`].
    pub async fn test_letters(
        &self,
        request: TestLettersRequest,
    ) -> Result<LetterTestView, ApiError> {
        let to = address(&request.to)?;
        let missing = || ApiError::new(Code::MailMissing);
        let rules = self.board.shop().letters.clone().ok_or_else(missing)?;
        let post = self.lines.post().ok_or_else(missing)?;
        let now_ms = self.board.clock.now_ms();
        let letter = OutgoingLetter {
            id: self.new_uuid(now_ms).to_string(),
            to,
            subject: rules.shop.clone(),
            text: format!("Tillside: {} {}", rules.shop, time(now_ms)),
            at_ms: now_ms,
        };
        Ok(match self.through(&*post, &rules, &letter).await {
            payment::Handed::Taken => LetterTestView {
                ok: true,
                said: String::new(),
            },
            payment::Handed::Refused { said }
            | payment::Handed::NotYet { said }
            | payment::Handed::Doubtful { said } => LetterTestView { ok: false, said },
        })
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::PaymentUnknown`].
    pub async fn payment_letter(
        &self,
        request: PaymentRequest,
    ) -> Result<PaymentLetterView, ApiError> {
        let payment = self.board.payment(payment_id(&request.payment)?)?;
        let rules = self.board.shop().letters.clone();
        let is_on = rules.is_some();
        let fate = self.fate(payment.id);
        let is_told = terms(&payment).is_some();
        let can_send = is_on && is_told && may_send(fate);
        let known = {
            let books = self.board.letters.lock();
            books.book.letters.get(&payment.id).cloned()
        };
        let letter = match known {
            Some(letter) => Some(LetterView {
                to: letter.to,
                subject: letter.subject,
                text: letter.text,
                fate,
                said: letter.said,
                at: Some(time(letter.changed_at_ms)),
                can_send,
            }),
            // Ready to be copied, also where no server is set.
            None => draft(&payment, &rules.unwrap_or_else(no_rules)).map(|draft| LetterView {
                to: draft.to,
                subject: draft.subject,
                text: draft.text,
                fate,
                said: String::new(),
                at: None,
                can_send,
            }),
        };
        Ok(PaymentLetterView { letter })
    }

    /// See [`crate::api::COMMANDS`]. A letter whose fate is not known may reach its reader twice: whoever
    /// presses this was told so.
    ///
    /// # Errors
    /// [`Code::MailMissing`]; [`Code::TooLate`] where it was sent, or where it would not be true any more.
    pub async fn send_letter(
        &self,
        request: PaymentRequest,
    ) -> Result<PaymentLetterView, ApiError> {
        let payment = self.board.payment(payment_id(&request.payment)?)?;
        let missing = || ApiError::new(Code::MailMissing);
        let rules = self.board.shop().letters.clone().ok_or_else(missing)?;
        let draft = draft(&payment, &rules).ok_or_else(|| ApiError::new(Code::TooLate))?;
        let by = self.actor();
        let event = match self.fate(payment.id) {
            LetterFate::None => queued(draft, by),
            LetterFate::Refused | LetterFate::Doubtful | LetterFate::GivenUp => {
                LetterEvent::AskedAgain { by }
            }
            LetterFate::Queued
            | LetterFate::Sending
            | LetterFate::Sent
            | LetterFate::Waiting
            | LetterFate::Dropped => return Err(ApiError::new(Code::TooLate)),
        };
        self.write_letter(&payment, event).await?;
        self.hasten_letter(payment.id);
        self.payment_letter(request).await
    }
}

/// Whether what is kept as password would go to somebody else than it was typed for: another server, another
/// port of it, or another user there. Nobody knows whom it was for where no server was set.
pub(super) fn is_elsewhere(before: Option<&LetterRules>, after: Option<&LetterRules>) -> bool {
    let Some(after) = after.filter(|after| !after.user.is_empty()) else {
        return false;
    };
    before.is_none_or(|before| {
        (&before.server, before.port, &before.user) != (&after.server, after.port, &after.user)
    })
}

const fn may_send(fate: LetterFate) -> bool {
    match fate {
        LetterFate::None | LetterFate::Refused | LetterFate::Doubtful | LetterFate::GivenUp => true,
        LetterFate::Queued
        | LetterFate::Sending
        | LetterFate::Sent
        | LetterFate::Waiting
        | LetterFate::Dropped => false,
    }
}

/// What the form begins with.
fn no_rules() -> LetterRules {
    LetterRules {
        server: String::new(),
        port: STARTTLS_PORT,
        security: MailSecurity::StartTls,
        user: String::new(),
        from: String::new(),
        shop: String::new(),
        language: LetterLanguage::En,
        templates: Vec::new(),
    }
}

/// What was typed, checked. `None`: no letters are sent.
fn rules(request: ChooseLetterRulesRequest) -> Result<Option<LetterRules>, ApiError> {
    let server = request.server.trim().to_lowercase();
    if server.is_empty() {
        return Ok(None);
    }
    if !is_host(&server) || request.port == 0 {
        return Err(ApiError::new(Code::MailServer));
    }
    if request.security == MailSecurity::Plain && !is_this_computer(&server) {
        return Err(ApiError::new(Code::MailNotSecure));
    }
    let user = request.user.trim();
    if user.chars().count() > ADDRESS_LIMIT || user.chars().any(char::is_control) {
        return Err(ApiError::new(Code::MailAddress));
    }
    Ok(Some(LetterRules {
        server,
        port: request.port,
        security: request.security,
        user: user.to_owned(),
        from: address(&request.from)?,
        shop: bounded(&request.shop, SHORT_NAME_LIMIT)?,
        language: request.language,
        templates: templates(request.templates)?,
    }))
}

/// The shop's own words, where they are not the till's.
fn templates(typed: Vec<TemplateInput>) -> Result<Vec<LetterTemplate>, ApiError> {
    let mut own: Vec<LetterTemplate> = Vec::new();
    for input in typed {
        let template = LetterTemplate {
            language: input.language,
            subject: input.subject.trim().to_owned(),
            text: input.text.replace("\r\n", "\n").trim_end().to_owned(),
        };
        let is_good = is_template(&template.subject, SUBJECT_LIMIT, false)
            && is_template(&template.text, TEXT_LIMIT, true);
        let is_twice = own.iter().any(|known| known.language == template.language);
        if !is_good || is_twice {
            return Err(ApiError::new(Code::LetterWords));
        }
        if template != usual(template.language) {
            own.push(template);
        }
    }
    Ok(own)
}

/// A name of the internet or an address of it; nothing that could be more than one.
fn is_host(text: &str) -> bool {
    let is_name = |text: &str| {
        text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    };
    text.len() <= ADDRESS_LIMIT && (text.parse::<IpAddr>().is_ok() || is_name(text))
}

fn is_this_computer(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// An address as far as a till can tell: the mail server knows better.
fn address(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    let is_plain = text.chars().count() <= ADDRESS_LIMIT
        && !text
            .chars()
            .any(|character| character.is_control() || character.is_whitespace())
        && !text.contains(['<', '>', ',', ';', '"']);
    let is_address = text.rsplit_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !name.contains('@') && is_host(&host.to_lowercase())
    });
    (is_plain && is_address)
        .then(|| text.to_owned())
        .ok_or_else(|| ApiError::new(Code::MailAddress))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> ChooseLetterRulesRequest {
        ChooseLetterRulesRequest {
            server: " Mail.Example.COM ".to_owned(),
            port: 587,
            security: MailSecurity::StartTls,
            user: "shop".to_owned(),
            password: None,
            from: "shop@example.com".to_owned(),
            shop: "Café Centro".to_owned(),
            language: LetterLanguage::Es,
            templates: Vec::new(),
        }
    }

    #[test]
    fn what_is_typed_is_tidied_or_told_what_is_wrong_with_it() {
        let tidy = rules(request()).unwrap().unwrap();
        assert_eq!(tidy.server, "mail.example.com");
        type Change = fn(&mut ChooseLetterRulesRequest);
        let table: [(Change, Code); 9] = [
            (
                |typed| typed.server = "smtp://x".to_owned(),
                Code::MailServer,
            ),
            (|typed| typed.server = "a b".to_owned(), Code::MailServer),
            (|typed| typed.port = 0, Code::MailServer),
            (
                |typed| typed.security = MailSecurity::Plain,
                Code::MailNotSecure,
            ),
            (|typed| typed.from = "shop".to_owned(), Code::MailAddress),
            (
                |typed| typed.from = "a@b, c@d".to_owned(),
                Code::MailAddress,
            ),
            (|typed| typed.user = "a\nb".to_owned(), Code::MailAddress),
            (|typed| typed.shop = " ".to_owned(), Code::NameEmpty),
            (
                |typed| {
                    typed.templates = vec![TemplateInput {
                        language: LetterLanguage::En,
                        subject: "S".to_owned(),
                        text: "{oder}".to_owned(),
                    }];
                },
                Code::LetterWords,
            ),
        ];
        for (change, code) in table {
            let mut typed = request();
            change(&mut typed);
            assert_eq!(rules(typed.clone()).unwrap_err().code, code, "{typed:?}");
        }
        let mut off = request();
        off.server = " ".to_owned();
        assert_eq!(rules(off), Ok(None));
    }

    #[test]
    fn a_password_is_for_one_user_of_one_server() {
        type Change = fn(&mut LetterRules);
        let table: [(&str, Change, bool); 7] = [
            ("nothing", |_| {}, false),
            ("the shop", |rules| rules.shop = "Bar".to_owned(), false),
            (
                "the line",
                |rules| rules.security = MailSecurity::Tls,
                false,
            ),
            (
                "the server",
                |rules| rules.server = "x.example".to_owned(),
                true,
            ),
            ("the port", |rules| rules.port = 465, true),
            ("the user", |rules| rules.user = "boss".to_owned(), true),
            ("nobody signs in", |rules| rules.user = String::new(), false),
        ];
        let before = rules(request()).unwrap().unwrap();
        for (what, change, expected) in table {
            let mut after = before.clone();
            change(&mut after);
            assert_eq!(
                is_elsewhere(Some(&before), Some(&after)),
                expected,
                "{what}"
            );
        }
        assert!(
            is_elsewhere(None, Some(&before)),
            "whom it was for is not known"
        );
        assert!(!is_elsewhere(Some(&before), None));
    }

    #[test]
    fn only_a_server_on_this_computer_is_spoken_to_plainly() {
        for (server, is_ok) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("10.0.0.1", false),
            ("localhost.example.com", false),
        ] {
            let mut typed = request();
            typed.server = server.to_owned();
            typed.security = MailSecurity::Plain;
            assert_eq!(rules(typed).is_ok(), is_ok, "{server}");
        }
    }
}
