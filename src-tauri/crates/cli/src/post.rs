//! The way to the shop's mail server: SMTP (RFC 5321) by `lettre`, step by step, because only the step at
//! which a line broke says whether a letter may have left.

use std::future::Future;
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, address::Envelope};
use payment::{Handed, LetterRules, MailSecurity};
use secrets::Secret;
use till::{OutgoingLetter, Post};

/// For the connection, and for each answer. RFC 5321 (4.5.3.2) lets a server think for minutes; a till that
/// waits so long for one letter has a queue of them.
const STEP_LIMIT: Duration = Duration::from_secs(30);
/// For the answer to a whole letter, which a server may look through first.
const LETTER_LIMIT: Duration = Duration::from_secs(60);
/// Characters of what a server said.
const SAID_LIMIT: usize = 200;

/// A mail server spoken to by SMTP.
pub(crate) struct Smtp;

/// Why a letter did not go out, before it was handed over.
#[derive(Debug, thiserror::Error)]
enum NotSent {
    /// What was typed as an address is none.
    #[error("not an e-mail address: {0}")]
    Address(#[source] lettre::address::AddressError),
    /// The letter cannot be put into the form of a mail.
    #[error("the letter could not be written: {0}")]
    Message(#[source] lettre::error::Error),
    /// The server, or the line to it.
    #[error("{}", said(.0))]
    Smtp(#[source] SmtpError),
    /// The server does not know the user, or not this password.
    #[error("the mail server refused user or password: {}", said(.0))]
    SignIn(#[source] SmtpError),
    /// Nobody answered.
    #[error("the mail server did not answer in time")]
    TimedOut,
}

impl From<SmtpError> for NotSent {
    fn from(error: SmtpError) -> Self {
        Self::Smtp(error)
    }
}

impl NotSent {
    /// Whether to ask again is of no use: the server's word about this letter (5xx), or no address at all.
    fn is_final(&self) -> bool {
        match self {
            Self::Address(_) | Self::Message(_) => true,
            Self::Smtp(error) => error.is_permanent(),
            Self::SignIn(_) | Self::TimedOut => false,
        }
    }

    fn handed(self) -> Handed {
        let said = bounded(&self.to_string());
        if self.is_final() {
            Handed::Refused { said }
        } else {
            Handed::NotYet { said }
        }
    }
}

#[async_trait]
impl Post for Smtp {
    async fn hand_over(
        &self,
        rules: &LetterRules,
        password: Option<Secret>,
        letter: &OutgoingLetter,
    ) -> Handed {
        match begin(rules, password, letter).await {
            Ok((connection, message)) => finish(connection, &message).await,
            Err(error) => error.handed(),
        }
    }
}

/// Everything before the letter's own bytes: nothing can have been taken yet.
async fn begin(
    rules: &LetterRules,
    password: Option<Secret>,
    letter: &OutgoingLetter,
) -> Result<(AsyncSmtpConnection, Vec<u8>), NotSent> {
    let (envelope, message) = written(rules, letter)?;
    let mut connection = connect(rules).await?;
    if let Some(password) = password {
        let credentials = Credentials::new(rules.user.clone(), password.expose().to_owned());
        // Both show the password to the server, which is why the line is protected first.
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        within(connection.auth(&mechanisms, &credentials))
            .await
            .map_err(sign_in_refused)?;
    }
    let from = Mail::new(envelope.from().cloned(), Vec::new());
    within(connection.command(from)).await?;
    for to in envelope.to() {
        within(connection.command(Rcpt::new(to.clone(), Vec::new()))).await?;
    }
    within(connection.command(Data)).await?;
    Ok((connection, message))
}

/// A refused password is the shop's to mend, and no fault of the letter's: it is tried again.
fn sign_in_refused(error: NotSent) -> NotSent {
    match error {
        NotSent::Smtp(error) if error.is_permanent() => NotSent::SignIn(error),
        error @ (NotSent::Smtp(_)
        | NotSent::SignIn(_)
        | NotSent::Address(_)
        | NotSent::Message(_)
        | NotSent::TimedOut) => error,
    }
}

async fn connect(rules: &LetterRules) -> Result<AsyncSmtpConnection, NotSent> {
    let tls = || TlsParameters::new_rustls(rules.server.clone());
    let hello = ClientId::default();
    let at = (rules.server.as_str(), rules.port);
    let from_the_start = match rules.security {
        MailSecurity::Tls => Some(tls()?),
        MailSecurity::StartTls | MailSecurity::Plain => None,
    };
    let connecting =
        AsyncSmtpConnection::connect_tokio1(at, Some(STEP_LIMIT), &hello, from_the_start, None);
    let mut connection = within(connecting).await?;
    if rules.security == MailSecurity::StartTls {
        within(connection.starttls(tls()?, &hello)).await?;
    }
    Ok(connection)
}

/// The letter itself. From its first byte on only the server's own word says that it was not taken.
async fn finish(mut connection: AsyncSmtpConnection, message: &[u8]) -> Handed {
    let answered = tokio::time::timeout(LETTER_LIMIT, connection.message(message)).await;
    let handed = match answered {
        Ok(Ok(_)) => Handed::Taken,
        Ok(Err(error)) if error.is_permanent() => Handed::Refused { said: said(&error) },
        Ok(Err(error)) if error.is_transient() => Handed::NotYet { said: said(&error) },
        Ok(Err(error)) => Handed::Doubtful { said: said(&error) },
        Err(_) => Handed::Doubtful {
            said: NotSent::TimedOut.to_string(),
        },
    };
    // Politeness: what it answers changes nothing.
    let _ = tokio::time::timeout(Duration::from_secs(2), connection.quit()).await;
    handed
}

/// The mail as it goes over the line (RFC 5322), and between whom.
fn written(rules: &LetterRules, letter: &OutgoingLetter) -> Result<(Envelope, Vec<u8>), NotSent> {
    let address = |text: &str| text.parse::<Address>().map_err(NotSent::Address);
    let from = address(&rules.from)?;
    let at = u64::try_from(letter.at_ms).unwrap_or(0);
    let message = Message::builder()
        .message_id(Some(format!("<{}@{}>", letter.id, from.domain())))
        .date(UNIX_EPOCH + Duration::from_millis(at))
        .from(Mailbox::new(Some(rules.shop.clone()), from))
        .to(Mailbox::new(None, address(&letter.to)?))
        .subject(letter.subject.clone())
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text.clone())
        .map_err(NotSent::Message)?;
    Ok((message.envelope().clone(), message.formatted()))
}

async fn within<T>(step: impl Future<Output = Result<T, SmtpError>>) -> Result<T, NotSent> {
    match tokio::time::timeout(STEP_LIMIT, step).await {
        Ok(answer) => answer.map_err(NotSent::Smtp),
        Err(_) => Err(NotSent::TimedOut),
    }
}

/// The error with its source, in a line: lettre's own first words say only that there was one.
fn said(error: &SmtpError) -> String {
    bounded(&crate::session::chain(error))
}

fn bounded(text: &str) -> String {
    let clean = text.chars().map(|character| {
        if character.is_control() {
            ' '
        } else {
            character
        }
    });
    clean.take(SAID_LIMIT).collect()
}
