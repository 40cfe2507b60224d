//! `till doctor`: how this machine is.

use cli::session::{Session, SessionError, SessionOptions, chain};
use journal::{Journal, OpenError};
use serde_json::json;
use till::api::{DiagnoseRequest, FindingView};

use crate::arguments::Global;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Looks at everything and changes nothing: where there is no journal yet, none is made.
pub(crate) async fn run(global: &Global, output: &Output) -> Result<Exit, Fault> {
    let options = super::options(global)?;
    about(&options, output);
    let (session, journal) = open(options, output).await?;
    let mut findings = session.till.diagnose(DiagnoseRequest {}).await?.findings;
    if let Some(journal) = journal
        && let Some(found) = findings
            .iter_mut()
            .find(|finding| finding.subject == "journal")
    {
        journal.correct(&session, found);
    }
    for finding in &findings {
        tell(output, finding);
    }
    Ok(if findings.iter().all(|finding| finding.ok) {
        Exit::Done
    } else {
        Exit::Error
    })
}

fn about(options: &SessionOptions, output: &Output) {
    let folder = options.folder.to_string_lossy();
    let version = env!("CARGO_PKG_VERSION");
    output.event("about", json!({ "version": version, "folder": folder }));
    output.tell("settings.version", &[("version", version)]);
    output.tell("cli.folder", &[("folder", &folder)]);
}

/// What is known about the journal that the till, opened as it was, cannot say.
enum JournalNote {
    /// There is none, or another till writes it: both are in order.
    Fine { detail: String },
    /// It could not be opened.
    Unopened { detail: String },
}

impl JournalNote {
    fn correct(self, session: &Session, finding: &mut FindingView) {
        match self {
            Self::Fine { detail } => {
                finding.detail = detail;
                // Whether it can be written is the other till's to know, whether it is whole not.
                let whole = session.journal.verify();
                finding.ok = whole.is_ok();
                match whole {
                    Ok(_) => finding.problem = None,
                    Err(damage) => finding.detail = damage.to_string(),
                }
            }
            Self::Unopened { detail } => finding.detail = detail,
        }
    }
}

async fn open(
    options: SessionOptions,
    output: &Output,
) -> Result<(Session, Option<JournalNote>), Fault> {
    let words = output.words();
    if let Err(OpenError::Missing { .. }) = Journal::open_read_only(&options.folder) {
        let detail = words.text("cli.journal_none_yet").to_owned();
        let session = Session::open(options.for_reading()).await?;
        return Ok((session, Some(JournalNote::Fine { detail })));
    }
    let options = options.without_taking_up();
    match Session::open(options.clone()).await {
        Ok(session) => Ok((session, None)),
        Err(SessionError::Journal(OpenError::InUse { .. })) => {
            let detail = words.text("cli.journal_elsewhere").to_owned();
            let session = Session::open(options.for_reading()).await?;
            Ok((session, Some(JournalNote::Fine { detail })))
        }
        Err(SessionError::Journal(error)) => {
            let detail = chain(&error);
            let session = Session::open_or_explain(options).await?;
            Ok((session, Some(JournalNote::Unopened { detail })))
        }
        Err(error) => Err(error.into()),
    }
}

fn tell(output: &Output, finding: &FindingView) {
    let words = output.words();
    let sentence = match finding.problem {
        Some(code) => words.code(code),
        None if finding.ok => words.text("settings.ok").to_owned(),
        None => words.text("settings.not_ok").to_owned(),
    };
    let code = finding.problem.map(|code| code.name());
    output.event(
        "finding",
        json!({
            "subject": finding.subject,
            "name": finding.name,
            "ok": finding.ok,
            "code": code,
            "message": sentence,
            "detail": finding.detail,
        }),
    );
    let mark = if finding.ok { "✓" } else { "✗" };
    let subject_key = format!("subject.{}", finding.subject);
    let subject = words.text(&subject_key);
    let name = match finding.name.as_str() {
        "" => String::new(),
        name => format!(" {name}"),
    };
    output.say(&format!("{mark} {subject}{name}: {sentence}"));
    if !finding.detail.is_empty() {
        output.say(&format!("    {}", finding.detail));
    }
}
