//! `till staff`, and who types any other command (`--as`).

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use cli::session::{Approval, Credentials, Session, SessionOptions};
use payment::Role;
use serde_json::json;
use till::api::{
    AddStaffRequest, ApiError, ChangeOwnPinRequest, Code, OverviewRequest, PersonView, PinInput,
    SetPinRequest, StaffRequest,
};

use crate::arguments::{Global, Staff};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// More than any PIN has, in bytes: what is longer is another file, sent here by mistake.
const LINE_LIMIT_BYTES: u64 = 256;

/// Who types this, and whose word there is: one line of standard input for each PIN, in this order.
/// Nothing is read where nobody was named.
pub(super) fn credentials(global: &Global) -> Result<Option<Credentials>, Fault> {
    let Some(name) = global.who.clone() else {
        return Ok(None);
    };
    let pin = read_pin(&name)?;
    let approval = match (&global.approved_by, &global.reason) {
        (Some(name), Some(reason)) => Some(Approval {
            name: name.clone(),
            pin: read_pin(name)?,
            reason: reason.clone(),
        }),
        (None, _) | (_, None) => None,
    };
    Ok(Some(Credentials {
        name,
        pin,
        approval,
    }))
}

/// A PIN: typed without being shown, or a line of a pipe. Never an argument: those are in the shell's
/// history and in every list of processes.
fn read_pin(name: &str) -> Result<PinInput, Fault> {
    if io::stdin().is_terminal() {
        let typed = rpassword::prompt_password(format!("PIN ({name}): ")).map_err(Fault::NoPin)?;
        return Ok(PinInput::new(&typed));
    }
    let mut line = String::new();
    io::stdin()
        .lock()
        .take(LINE_LIMIT_BYTES)
        .read_line(&mut line)
        .map_err(Fault::NoPin)?;
    Ok(PinInput::new(line.trim_end_matches(['\r', '\n'])))
}

/// Does what was asked about the people who work here.
pub(crate) async fn run(asked: Staff, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let options = super::options(global)?;
    match asked {
        Staff::Add { name, role } => add(options, output, name, role.into()).await,
        Staff::List => list(options, output).await,
        Staff::Remove { name } => remove(options, output, &name).await,
        Staff::OwnPin => own_pin(options, output).await,
        Staff::Pin { name } => pin(options, output, &name).await,
    }
}

async fn add(
    options: SessionOptions,
    output: &Output,
    name: String,
    role: Role,
) -> Result<Exit, Fault> {
    let session = Session::open(options.without_taking_up()).await?;
    let pin = read_pin(&name)?;
    let request = AddStaffRequest {
        name: name.clone(),
        role,
        pin,
    };
    let staff = session.till.add_staff(request).await?;
    output.event("staff_added", json!({ "staff": staff.people.last() }));
    output.tell("cli.staff_added", &[("name", name.trim())]);
    Ok(Exit::Done)
}

async fn list(options: SessionOptions, output: &Output) -> Result<Exit, Fault> {
    let session = Session::open(options.for_reading()).await?;
    let people = people(&session).await?;
    if people.is_empty() {
        output.tell("cli.staff_none", &[]);
    }
    for person in people {
        output.event("staff", json!({ "staff": person }));
        let role = output.words().text(match person.role {
            Role::Cashier => "role.cashier",
            Role::Manager => "role.manager",
        });
        output.say(&format!("{}  {role}", person.name));
    }
    Ok(Exit::Done)
}

async fn people(session: &Session) -> Result<Vec<PersonView>, ApiError> {
    let overview = session.till.overview(OverviewRequest {}).await?;
    Ok(overview.staff.people)
}

/// The id of a name.
async fn find(session: &Session, name: &str) -> Result<String, ApiError> {
    let wanted = name.trim().to_lowercase();
    let mut people = people(session).await?.into_iter();
    people
        .find(|person| person.name.to_lowercase() == wanted)
        .map(|person| person.id)
        .ok_or_else(|| ApiError::with(Code::StaffUnknown, name))
}

async fn remove(options: SessionOptions, output: &Output, name: &str) -> Result<Exit, Fault> {
    let session = Session::open(options.without_taking_up()).await?;
    let staff = find(&session, name).await?;
    let request = StaffRequest {
        staff: staff.clone(),
    };
    session.till.remove_staff(request).await?;
    output.event("staff_removed", json!({ "staff": staff }));
    output.tell("cli.staff_removed", &[("name", name.trim())]);
    Ok(Exit::Done)
}

async fn pin(options: SessionOptions, output: &Output, name: &str) -> Result<Exit, Fault> {
    let session = Session::open(options.without_taking_up()).await?;
    let staff = find(&session, name).await?;
    let request = SetPinRequest {
        staff: staff.clone(),
        pin: read_pin(name)?,
    };
    session.till.set_pin(request).await?;
    output.event("staff_pin_set", json!({ "staff": staff }));
    output.tell("cli.staff_pin_set", &[("name", name.trim())]);
    Ok(Exit::Done)
}

async fn own_pin(options: SessionOptions, output: &Output) -> Result<Exit, Fault> {
    let Some(who) = options.staff.clone() else {
        return Err(ApiError::new(Code::NobodySignedIn).into());
    };
    let session = Session::open(options.without_taking_up()).await?;
    let request = ChangeOwnPinRequest {
        pin: who.pin,
        new_pin: read_pin(&who.name)?,
        again: read_pin(&who.name)?,
    };
    let view = session.till.change_own_pin(request).await?;
    output.event(
        "staff_pin_set",
        json!({ "staff": view.signed_in.map(|one| one.id) }),
    );
    output.tell("cli.staff_own_pin_set", &[]);
    Ok(Exit::Done)
}
