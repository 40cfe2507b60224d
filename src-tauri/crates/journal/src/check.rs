//! The check of every page, which takes its time where the journal is large.

use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, InterruptHandle};

use crate::connection;
use crate::error::OpenError;
use crate::health::{Damage, Health, Shared, Trouble};

/// Up to this size the pages are checked before anything else, which takes less than a tenth of a
/// second; above it while the till already works. (Measured: 1.0 s for 188 MB in memory.)
pub(crate) const AT_ONCE_BYTES: u64 = 16 * 1024 * 1024;

/// Whether SQLite finds every page, row and number of rows in order.
pub(crate) fn pages(connection: &Connection) -> Result<(), Damage> {
    found(connection)?.map_or(Ok(()), Err)
}

fn found(connection: &Connection) -> rusqlite::Result<Option<Damage>> {
    let said: String = connection.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
    Ok((said != "ok").then_some(Damage::File { said }))
}

/// A check that goes on behind an open journal. What it finds becomes the journal's health.
/// Dropping it breaks it off.
pub(crate) struct Check {
    interrupt: InterruptHandle,
    thread: Option<JoinHandle<()>>,
}

impl Check {
    pub(crate) fn start(file: &Path, shared: Arc<Shared>) -> Result<Self, OpenError> {
        let connection = connection::reading(file).map_err(|source| OpenError::File {
            file: file.to_owned(),
            source,
        })?;
        let interrupt = connection.get_interrupt_handle();
        let thread = thread::Builder::new()
            .name("journal check".to_owned())
            .spawn(move || look(&connection, &shared))
            .map_err(OpenError::Thread)?;
        Ok(Self {
            interrupt,
            thread: Some(thread),
        })
    }
}

impl Drop for Check {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        // An interrupt that comes before the check has begun is lost, hence more than one.
        while !thread.is_finished() {
            self.interrupt.interrupt();
            thread::sleep(Duration::from_millis(1));
        }
        if thread.join().is_err() {
            tracing::error!("the check of the journal's pages had panicked");
        }
    }
}

fn look(connection: &Connection, shared: &Shared) {
    match found(connection) {
        Ok(None) => tracing::debug!("every page of the journal is in order"),
        Ok(Some(damage)) => shared.set(Health::ReadOnly(Trouble::Damaged { damage })),
        Err(error) => match Trouble::of(&error) {
            Some(trouble @ Trouble::Damaged { .. }) => shared.set(Health::ReadOnly(trouble)),
            _ => tracing::info!(%error, "the check of the journal's pages was broken off"),
        },
    }
}
