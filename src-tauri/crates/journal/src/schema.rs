//! The form of the file and how an older one is brought to it.

use std::sync::{Mutex, PoisonError};

use rusqlite::backup::Backup;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::health::Damage;

/// "TILL" in ASCII, in the header of every journal: another program's file is not taken for one.
pub(crate) const APPLICATION_ID: i32 = 0x5449_4c4c;

/// What takes a journal from each form to the next, oldest first. A step is never edited once it
/// was released. A new kind of fact is a new form too, even with an empty step: an older till must
/// not open a journal that it would misread (invariant I25).
pub(crate) const STEPS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
];

/// The newest form this build knows.
pub(crate) fn newest() -> i32 {
    form_after(STEPS)
}

fn form_after(steps: &[&str]) -> i32 {
    i32::try_from(steps.len()).unwrap_or(i32::MAX)
}

/// The marks in a file's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) application: i32,
    pub(crate) form: i32,
}

impl Marks {
    pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let pragma = |name| connection.pragma_query_value(None, name, |row| row.get(0));
        Ok(Self {
            application: pragma("application_id")?,
            form: pragma("user_version")?,
        })
    }
}

/// Brings a journal through the steps it lacks, all of them or none.
pub(crate) fn migrate(connection: &Connection, steps: &[&str]) -> rusqlite::Result<()> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let done = usize::try_from(Marks::read(connection)?.form).unwrap_or(0);
    for step in steps.iter().skip(done) {
        connection.execute_batch(step)?;
    }
    if done == 0 {
        connection.execute(
            "INSERT INTO meta (name, value) VALUES ('touched', x''), ('room', x'')",
            (),
        )?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", form_after(steps))?;
    transaction.commit()
}

/// An empty journal of the newest form, kept to be copied.
static EMPTY: Mutex<Option<Connection>> = Mutex::new(None);

/// Brings a new connection to the newest form by copying pages: to read the text of the steps takes
/// SQLite many times as long, and simulations open journals by the hundred thousand.
pub(crate) fn copy_empty(connection: &mut Connection) -> rusqlite::Result<()> {
    let mut kept = EMPTY.lock().unwrap_or_else(PoisonError::into_inner);
    let empty = match kept.take() {
        Some(empty) => empty,
        None => {
            let empty = Connection::open_in_memory()?;
            migrate(&empty, STEPS)?;
            empty
        }
    };
    Backup::new(&empty, connection)?.step(-1)?;
    *kept = Some(empty);
    Ok(())
}

/// Whether tables, indexes and triggers are those that the steps make.
pub(crate) fn check(connection: &Connection) -> Result<(), Damage> {
    let fresh = Connection::open_in_memory()?;
    migrate(&fresh, STEPS)?;
    if objects(&fresh)? == objects(connection)? {
        Ok(())
    } else {
        Err(Damage::Tables)
    }
}

type Object = (String, String, String, Option<String>);

fn objects(connection: &Connection) -> rusqlite::Result<Vec<Object>> {
    connection
        .prepare(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema
             WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\' ORDER BY type, name",
        )?
        .query_map((), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect()
}
