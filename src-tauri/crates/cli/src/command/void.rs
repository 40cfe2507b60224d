//! `till void`: withdraws several payments at once. First what would become of each, then the question,
//! then the time to undo it, then one line after the other.

use std::io::{self, Read as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cli::session::Session;
use serde_json::json;
use till::api::{
    ApiError, Code, ListVoidsRequest, MoneyView, Notice, PlanVoidRequest, ProveVoidRequest,
    StartVoidRequest, SteerVoidRequest, VoidChoice, VoidHeadView, VoidLineView, VoidOutcome,
    VoidPlanView, VoidProofForm, VoidRequest, VoidStep, VoidWish,
};
use tokio::sync::mpsc::UnboundedReceiver;

use super::follow::Interrupts;
use super::orders::lay_out;
use super::paper::write_new;
use crate::arguments::{Global, Void};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::{Output, calendar};

/// A list longer than the till reads is not read to its end.
const READ_AT_MOST: u64 = 8 * 1024 * 1024;

/// Does what was typed.
pub(crate) async fn run(void: &Void, global: &Global, output: &Output) -> Result<Exit, Fault> {
    if void.history {
        return history(global, output).await;
    }
    if let Some(batch) = &void.show {
        let session = Session::open(super::options(global)?.for_reading()).await?;
        return finish(&session, batch, void, output).await;
    }
    if let Some(batch) = &void.resume {
        let session = Session::open(super::options(global)?).await?;
        return resume(&session, batch, void, output).await;
    }
    let choice = choice(void)?;
    let Some(reason) = void.reason.clone().filter(|_| !void.dry_run) else {
        if !void.dry_run {
            return Err(Fault::VoidWhat);
        }
        // Beside another till too: nothing is written and nothing but lists is asked for.
        let session = Session::open(super::options(global)?.for_reading()).await?;
        plan(&session, choice, output).await?;
        return Ok(Exit::Done);
    };
    let session = Session::open(super::options(global)?).await?;
    let plan = plan(&session, choice, output).await?;
    if plan.tried == 0 {
        return Err(ApiError::new(Code::VoidNothing).into());
    }
    let sums = sums(&plan.sums);
    let count = plan.tried.to_string();
    if !void.yes && !is_agreed(output) {
        output.tell("cli.void_confirm", &[("count", &count), ("sums", &sums)]);
        output.tell("cli.void_left", &[]);
        return Ok(Exit::Usage);
    }
    let seconds = plan.undo_ms.div_ceil(1_000).to_string();
    output.tell(
        "cli.void_starts",
        &[("count", &count), ("sums", &sums), ("seconds", &seconds)],
    );
    let notices = session.till.listen();
    let request = StartVoidRequest {
        plan: plan.plan,
        reason,
        note: void.note.clone(),
    };
    let started = session.till.start_void(request).await?.head;
    let batch = started.batch.clone();
    follow(&session, started, notices, output).await;
    finish(&session, &batch, void, output).await
}

fn choice(void: &Void) -> Result<VoidChoice, Fault> {
    Ok(if let Some(file) = &void.from {
        list(&read(file)?)
    } else if let Some(minutes) = void.expiring {
        VoidChoice::Expiring { minutes }
    } else if void.duplicates {
        VoidChoice::Duplicates
    } else if void.leftovers {
        VoidChoice::Leftovers
    } else if void.orders.is_empty() {
        return Err(Fault::VoidWhat);
    } else {
        // Quoted: an order may have a comma in it.
        let quoted = void.orders.iter().map(|order| {
            let order = order.replace('"', "\"\"");
            format!("\"{order}\"\n")
        });
        list(quoted.collect::<String>().as_bytes())
    })
}

fn list(bytes: &[u8]) -> VoidChoice {
    VoidChoice::List {
        base64: STANDARD.encode(bytes),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Fault> {
    let not_read = |source| Fault::NotReadable {
        file: file.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        let input = io::stdin().lock();
        input.take(READ_AT_MOST).read_to_end(&mut bytes)
    } else {
        let opened = std::fs::File::open(file).map_err(not_read)?;
        opened.take(READ_AT_MOST).read_to_end(&mut bytes)
    }
    .map_err(not_read)?;
    Ok(bytes)
}

async fn plan(
    session: &Session,
    choice: VoidChoice,
    output: &Output,
) -> Result<VoidPlanView, Fault> {
    let plan = session.till.plan_void(PlanVoidRequest { choice }).await?;
    for line in &plan.lines {
        output.event("void_planned", json!({ "line": line }));
    }
    let mut head = json!(plan);
    if let Some(fields) = head.as_object_mut() {
        fields.remove("lines");
    }
    output.event("void_plan", json!({ "plan": head }));
    if plan.lines.is_empty() {
        output.tell("cli.void_none", &[]);
    }
    let told = |line: &VoidLineView| word(output, "verdict", &line.verdict);
    table(&plan.lines, told, output);
    if plan.repeated > 0 {
        let count = plan.repeated.to_string();
        let words = match plan.repeated {
            1 => "void.repeated_one",
            _ => "void.repeated",
        };
        output.tell(words, &[("count", &count)]);
    }
    if !plan.unasked.is_empty() {
        let accounts = plan.unasked.join(", ");
        output.tell("void.unasked", &[("accounts", &accounts)]);
    }
    let (tried, total) = (plan.tried.to_string(), plan.lines.len().to_string());
    output.tell("void.summary", &[("tried", &tried), ("total", &total)]);
    Ok(plan)
}

/// A word of a closed set, by its name on the bridge.
fn word(output: &Output, group: &str, of: &impl serde::Serialize) -> String {
    let name = serde_json::to_value(of).unwrap_or_default();
    let key = format!("{group}.{}", name.as_str().unwrap_or_default());
    output.words().text(&key).to_owned()
}

fn table(lines: &[VoidLineView], told: impl Fn(&VoidLineView) -> String, output: &Output) {
    let cells: Vec<[String; 4]> = lines
        .iter()
        .map(|line| {
            let amount = line.amount.as_ref().map(|amount| amount.text.clone());
            [
                line.given.clone(),
                amount.unwrap_or_default(),
                line.account_name.clone(),
                told(line),
            ]
        })
        .collect();
    for line in lay_out(&cells) {
        output.say(&line);
    }
}

fn sums(sums: &[MoneyView]) -> String {
    let texts: Vec<&str> = sums.iter().map(|sum| sum.text.as_str()).collect();
    texts.join(" + ")
}

/// Whether whoever sits there types yes. Who cannot be asked has not agreed.
fn is_agreed(output: &Output) -> bool {
    if !output.is_interactive() {
        return false;
    }
    output.ask("cli.void_ask");
    let mut typed = String::new();
    io::stdin().read_line(&mut typed).is_ok() && typed.trim().eq_ignore_ascii_case("yes")
}

async fn resume(
    session: &Session,
    batch: &str,
    void: &Void,
    output: &Output,
) -> Result<Exit, Fault> {
    let notices = session.till.listen();
    let request = SteerVoidRequest {
        batch: batch.to_owned(),
        wish: VoidWish::Resume,
    };
    let head = session.till.steer_void(request).await?;
    follow(session, head, notices, output).await;
    finish(session, batch, void, output).await
}

/// Stays until every line has begun and is decided, or has been tried for long enough.
async fn follow(
    session: &Session,
    first: VoidHeadView,
    mut notices: UnboundedReceiver<Notice>,
    output: &Output,
) {
    let mut interrupts = Interrupts::listen();
    let mut is_stopped = false;
    let mut head = first;
    tell(&head, output);
    while !is_over(&head) {
        tokio::select! {
            notice = notices.recv() => match notice {
                None => return,
                Some(Notice::Void { head: newer })
                    if newer.batch == head.batch && newer != head =>
                {
                    head = newer;
                    tell(&head, output);
                }
                Some(
                    Notice::Void { .. }
                    | Notice::Payment { .. }
                    | Notice::Overview { .. }
                    | Notice::PracticeTerminal { .. }
                    | Notice::CloseAsked { .. },
                ) => {}
            },
            () = interrupts.next() => {
                if is_stopped {
                    return;
                }
                is_stopped = true;
                let request = SteerVoidRequest {
                    batch: head.batch.clone(),
                    wish: VoidWish::Stop,
                };
                if let Err(error) = session.till.steer_void(request).await {
                    output.complain(&Fault::Refused(error));
                }
            }
        }
    }
}

fn tell(head: &VoidHeadView, output: &Output) {
    output.event("void", json!({ "void": head }));
    if head.step == VoidStep::Running {
        let (begun, tried) = (head.begun.to_string(), head.tried.to_string());
        output.tell("cli.void_progress", &[("begun", &begun), ("tried", &tried)]);
    }
}

fn is_over(head: &VoidHeadView) -> bool {
    let is_under_way = head
        .counts
        .iter()
        .any(|one| one.outcome == VoidOutcome::UnderWay);
    match head.step {
        VoidStep::Finished | VoidStep::Interrupted => true,
        VoidStep::Stopped => !is_under_way,
        VoidStep::Undo | VoidStep::Running | VoidStep::Paused => false,
    }
}

/// Shows what became of each line, and writes the proof.
async fn finish(
    session: &Session,
    batch: &str,
    void: &Void,
    output: &Output,
) -> Result<Exit, Fault> {
    let batch = batch.to_owned();
    let request = VoidRequest {
        batch: batch.clone(),
    };
    let view = session.till.show_void(request).await?;
    for line in &view.lines {
        output.event("void_line", json!({ "line": line }));
    }
    output.event("void_end", json!({ "void": view.head }));
    let told = |line: &VoidLineView| match line.outcome {
        Some(VoidOutcome::NotTried) | None => word(output, "verdict", &line.verdict),
        Some(outcome) => word(output, "outcome", &outcome),
    };
    table(&view.lines, told, output);
    let cancelled = count(&view.head, |outcome| outcome == VoidOutcome::Cancelled);
    output.tell(
        "cli.void_done",
        &[
            ("batch", &batch),
            ("step", &word(output, "void_step", &view.head.step)),
            ("count", &cancelled.to_string()),
            ("sums", &sums(&view.head.sums)),
        ],
    );
    if matches!(view.head.step, VoidStep::Interrupted | VoidStep::Paused) {
        output.tell("cli.void_go_on", &[("batch", &batch)]);
    }
    let forms = [
        (VoidProofForm::Csv, &void.export),
        (VoidProofForm::Pdf, &void.pdf),
    ];
    for (form, file) in forms {
        if let Some(file) = file {
            prove(session, &batch, form, file, output).await?;
        }
    }
    Ok(exit(&view.head))
}

fn count(head: &VoidHeadView, of: impl Fn(VoidOutcome) -> bool) -> u32 {
    let counts = head.counts.iter().filter(|one| of(one.outcome));
    counts.map(|one| one.count).sum()
}

/// Nothing is left to pay: done. Something was paid, or could not be withdrawn: otherwise. Something is
/// still open: open.
fn exit(head: &VoidHeadView) -> Exit {
    let is_open = |outcome: VoidOutcome| {
        outcome.is_pending() || matches!(outcome, VoidOutcome::NotDone | VoidOutcome::LeftAlone)
    };
    let is_otherwise = |outcome| match outcome {
        VoidOutcome::PaidBefore
        | VoidOutcome::PaidLate
        | VoidOutcome::Returned
        | VoidOutcome::NotTried => true,
        VoidOutcome::Queued
        | VoidOutcome::UnderWay
        | VoidOutcome::Cancelled
        | VoidOutcome::OverBefore
        | VoidOutcome::OverUnpaid
        | VoidOutcome::StillTrying
        | VoidOutcome::NotKnown
        | VoidOutcome::NotDone
        | VoidOutcome::LeftAlone => false,
    };
    if count(head, is_open) > 0 {
        Exit::Open
    } else if count(head, is_otherwise) > 0 {
        Exit::Otherwise
    } else {
        Exit::Done
    }
}

async fn prove(
    session: &Session,
    batch: &str,
    form: VoidProofForm,
    file: &Path,
    output: &Output,
) -> Result<(), Fault> {
    let groups = [
        "column",
        "verdict",
        "outcome",
        "state",
        "void_step",
        "proof",
        "paper",
    ];
    let request = ProveVoidRequest {
        batch: batch.to_owned(),
        form,
        words: output.words().of_groups(&groups),
        is_saved: false,
    };
    let proof = session.till.prove_void(request).await?;
    write_new(file, &proof)?;
    output.event("void_proof", json!({ "file": file, "void": batch }));
    output.tell("cli.void_saved", &[("file", &file.to_string_lossy())]);
    Ok(())
}

async fn history(global: &Global, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(super::options(global)?.for_reading()).await?;
    let voids = session.till.list_voids(ListVoidsRequest {}).await?;
    let cells: Vec<[String; 6]> = voids
        .rows
        .iter()
        .map(|head| {
            output.event("void", json!({ "void": head }));
            [
                head.batch.clone(),
                calendar(&head.asked_at),
                head.by.clone(),
                head.reason.clone(),
                format!("{}/{}", head.begun, head.tried),
                word(output, "void_step", &head.step),
            ]
        })
        .collect();
    if cells.is_empty() {
        output.tell("cli.void_no_history", &[]);
    }
    for line in lay_out(&cells) {
        output.say(&line);
    }
    Ok(Exit::Done)
}
