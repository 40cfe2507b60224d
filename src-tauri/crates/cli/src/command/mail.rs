//! `till mail`: the e-mails that tell customers that their link was withdrawn.

use std::fs;
use std::path::Path;

use cli::session::{Session, SessionOptions};
use payment::LetterLanguage;
use serde_json::json;
use till::api::{
    ApiError, ChooseLetterRulesRequest, Code, KeyInput, LetterRulesRequest, LetterRulesView,
    LetterView, PaymentRequest, TemplateInput, TestLettersRequest,
};

use super::account::read_key;
use crate::arguments::{Global, Mail, MailSet};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Does what was asked about letters.
pub(crate) async fn run(mail: Mail, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let options = super::options(global)?;
    match mail {
        Mail::Set(set) => save(options, output, set).await,
        Mail::Show => show(options, output).await,
        Mail::Off => off(options, output).await,
        Mail::Test { to } => test(options, output, to).await,
        Mail::Letter { order, send } => letter(options, output, &order, send).await,
        Mail::Send => send(options, output).await,
    }
}

async fn save(options: SessionOptions, output: &Output, set: MailSet) -> Result<Exit, Fault> {
    let session = Session::open(options.without_taking_up()).await?;
    let mut templates = Vec::new();
    let files = [
        (LetterLanguage::En, set.words_en),
        (LetterLanguage::Es, set.words_es),
    ];
    for (language, file) in files {
        if let Some(file) = file {
            templates.push(words(language, &file)?);
        }
    }
    let password = if set.user.is_empty() {
        None
    } else {
        let typed = read_key(output, "cli.mail_password").map_err(Fault::NoKey)?;
        Some(KeyInput::new(
            typed.trim_end_matches(['\r', '\n']).to_owned(),
        ))
    };
    let request = ChooseLetterRulesRequest {
        server: set.server,
        port: set.port,
        security: set.security.into(),
        user: set.user,
        password,
        from: set.from,
        shop: set.shop,
        language: set.language.into(),
        templates,
    };
    let rules = session.till.choose_letter_rules(request).await?;
    tell_rules(output, &rules);
    Ok(Exit::Done)
}

/// The words of a file: its first line is the subject.
fn words(language: LetterLanguage, file: &Path) -> Result<TemplateInput, Fault> {
    let text = fs::read_to_string(file).map_err(|source| Fault::NotReadable {
        file: file.to_owned(),
        source,
    })?;
    let (subject, text) = text.split_once('\n').unwrap_or((text.as_str(), ""));
    Ok(TemplateInput {
        language,
        subject: subject.trim().to_owned(),
        text: text.trim().to_owned(),
    })
}

async fn show(options: SessionOptions, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(options.for_reading()).await?;
    let rules = session.till.letter_rules(LetterRulesRequest {}).await?;
    tell_rules(output, &rules);
    Ok(Exit::Done)
}

fn tell_rules(output: &Output, rules: &LetterRulesView) {
    output.event("mail", json!({ "mail": rules }));
    if !rules.is_on {
        output.tell("cli.mail_off", &[]);
        return;
    }
    let (port, queued, failed) = (
        rules.port.to_string(),
        rules.queued.to_string(),
        rules.failed.to_string(),
    );
    let values = [
        ("server", rules.server.as_str()),
        ("port", &port),
        ("from", &rules.from),
        ("queued", &queued),
        ("failed", &failed),
    ];
    output.tell("cli.mail_on", &values);
}

async fn off(options: SessionOptions, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(options.without_taking_up()).await?;
    let rules = session.till.letter_rules(LetterRulesRequest {}).await?;
    let request = ChooseLetterRulesRequest {
        server: String::new(),
        port: rules.port,
        security: rules.security,
        user: String::new(),
        password: None,
        from: String::new(),
        shop: String::new(),
        language: rules.language,
        templates: Vec::new(),
    };
    let rules = session.till.choose_letter_rules(request).await?;
    tell_rules(output, &rules);
    Ok(Exit::Done)
}

async fn test(options: SessionOptions, output: &Output, to: String) -> Result<Exit, Fault> {
    let session = Session::open(options.without_taking_up()).await?;
    let request = TestLettersRequest { to: to.clone() };
    let tested = session.till.test_letters(request).await?;
    output.event(
        "mail_tested",
        json!({ "ok": tested.ok, "said": tested.said }),
    );
    if tested.ok {
        output.tell("cli.mail_test_taken", &[("to", to.trim())]);
        Ok(Exit::Done)
    } else {
        output.tell("cli.mail_test_failed", &[("said", &tested.said)]);
        Ok(Exit::Otherwise)
    }
}

async fn letter(
    options: SessionOptions,
    output: &Output,
    order: &str,
    send: bool,
) -> Result<Exit, Fault> {
    let options = if send {
        options.without_taking_up()
    } else {
        options.for_reading()
    };
    let session = Session::open(options).await?;
    let payment = session.till.show_order(order).await?.id;
    let request = PaymentRequest {
        payment: payment.clone(),
    };
    if send {
        session.till.send_letter(request.clone()).await?;
        session.till.deliver_letters().await?;
    }
    let letter = session.till.payment_letter(request).await?.letter;
    let letter = letter.ok_or_else(|| ApiError::new(Code::TooLate))?;
    output.event("letter", json!({ "payment": payment, "letter": letter }));
    output.say(&format!(
        "{}\n{}\n\n{}\n",
        letter.to, letter.subject, letter.text
    ));
    tell_fate(output, &letter);
    Ok(Exit::Done)
}

async fn send(options: SessionOptions, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(options.without_taking_up()).await?;
    let told = session.till.deliver_letters().await?;
    let letters: Vec<LetterView> = told.into_iter().filter_map(|told| told.letter).collect();
    if letters.is_empty() {
        output.tell("cli.mail_none", &[]);
    }
    for letter in &letters {
        output.event("letter", json!({ "letter": letter }));
        tell_fate(output, letter);
    }
    Ok(Exit::Done)
}

fn tell_fate(output: &Output, letter: &LetterView) {
    let key = format!("letter_fate.{}", letter.fate.name());
    let values = [("to", letter.to.as_str()), ("said", letter.said.as_str())];
    output.tell(&key, &values);
}
