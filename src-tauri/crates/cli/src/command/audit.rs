//! `till audit`: the journal against itself, and its copy for others.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use cli::session::SessionError;
use journal::{ExportError, Journal};
use serde_json::json;

use crate::arguments::{Audit, Global};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Checks or copies the journal, also while a till writes to it.
pub(crate) fn run(audit: Audit, global: &Global, output: &Output) -> Result<Exit, Fault> {
    let folder = super::options(global)?.folder;
    let journal = Journal::open_read_only(&folder).map_err(SessionError::Journal)?;
    match audit {
        Audit::Verify => verify(&journal, output),
        Audit::Export { out: None } => to_standard_output(&journal),
        Audit::Export { out: Some(file) } => to_file(&journal, &file, output),
    }
}

fn verify(journal: &Journal, output: &Output) -> Result<Exit, Fault> {
    let verified = journal.verify()?;
    let (entries, head) = (verified.entries.to_string(), verified.head.to_string());
    output.event(
        "verified",
        json!({ "entries": verified.entries, "head": head }),
    );
    output.tell("cli.verified", &[("entries", &entries), ("head", &head)]);
    Ok(Exit::Done)
}

fn to_standard_output(journal: &Journal) -> Result<Exit, Fault> {
    let mut writer = BufWriter::new(io::stdout().lock());
    match journal.export(&mut writer) {
        Ok(_) => Ok(Exit::Done),
        // Who read it has seen enough (`till audit export | head`).
        Err(ExportError::Write(error)) if error.kind() == ErrorKind::BrokenPipe => {
            // What is left in the buffer has nowhere to go.
            let (_, _unread) = writer.into_parts();
            Ok(Exit::Done)
        }
        Err(error) => Err(Fault::NotExported(error)),
    }
}

fn to_file(journal: &Journal, file: &Path, output: &Output) -> Result<Exit, Fault> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // It tells what the shop earns.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let copy = options.open(file).map_err(|source| Fault::NoFile {
        file: file.to_owned(),
        source,
    })?;
    let mut writer = BufWriter::new(copy);
    let written = journal.export(&mut writer).and_then(|entries| {
        writer.flush()?;
        writer.get_ref().sync_all()?;
        Ok(entries)
    });
    let entries = written.map_err(Fault::NotExported)?;
    let name = file.to_string_lossy();
    output.event("exported", json!({ "entries": entries, "file": name }));
    output.tell(
        "cli.exported",
        &[("entries", &entries.to_string()), ("file", &name)],
    );
    Ok(Exit::Done)
}
