//! `till audit`: the journal against itself and the keychain, its copy for others, and a copy against
//! itself.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, ErrorKind, Write};
use std::path::Path;

use cli::session::SessionError;
use journal::{ExportError, FileForm, Hash, HeadKey, Journal, Verified};
use secrets::{Keychain, Vault as _};
use serde_json::json;
use till::api::HeadMemory;
use till::{HEAD_KEY, head_memory};

use crate::arguments::{Audit, Form, Global};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Checks or copies the journal, also while a till writes to it; or checks a copy, which needs no till.
pub(crate) fn run(audit: Audit, global: &Global, output: &Output) -> Result<Exit, Fault> {
    match audit {
        Audit::Verify => verify(&open(global)?, output),
        Audit::Export { out: None, format } => to_standard_output(&open(global)?, format.into()),
        Audit::Export {
            out: Some(file),
            format,
        } => to_file(&open(global)?, format.into(), &file, output),
        Audit::Check { file, head, key } => check(&file, head.as_deref(), key.as_deref(), output),
    }
}

impl From<Form> for FileForm {
    fn from(form: Form) -> Self {
        match form {
            Form::Jsonl => Self::JsonLines,
            Form::Csv => Self::Csv,
        }
    }
}

fn open(global: &Global) -> Result<Journal, Fault> {
    let folder = super::options(global)?.folder;
    Ok(Journal::open_read_only(&folder).map_err(SessionError::Journal)?)
}

fn verify(journal: &Journal, output: &Output) -> Result<Exit, Fault> {
    let Verified { entries, head } = journal.verify()?;
    let (count, hash) = (entries.to_string(), head.to_string());
    let (memory, remembered) = head_memory(journal, &Keychain::new());
    output.event(
        "verified",
        json!({ "entries": entries, "head": hash, "memory": memory, "remembered": remembered }),
    );
    output.tell("cli.verified", &[("entries", &count), ("head", &hash)]);
    let entry = remembered.map(|seq| seq.to_string()).unwrap_or_default();
    match memory {
        HeadMemory::Agrees => output.tell("audit.memory_agrees", &[("entry", &entry)]),
        HeadMemory::Differs => output.tell("audit.memory_differs", &[("entry", &entry)]),
        // To look writes nothing down, so nothing is remembered from now on either.
        HeadMemory::Nothing => output.tell("cli.memory_nothing", &[]),
        HeadMemory::Unasked => output.tell("audit.memory_unasked", &[]),
    }
    Ok(match memory {
        HeadMemory::Differs => Exit::Error,
        HeadMemory::Agrees | HeadMemory::Nothing | HeadMemory::Unasked => Exit::Done,
    })
}

/// The key that signs, where the keychain has one: to copy makes none.
fn key() -> Option<HeadKey> {
    let kept = Keychain::new().load(HEAD_KEY).ok()??;
    HeadKey::from_hex(kept.expose())
}

fn to_standard_output(journal: &Journal, form: FileForm) -> Result<Exit, Fault> {
    let mut writer = BufWriter::new(io::stdout().lock());
    match journal.export_as(form, key().as_ref(), &mut writer) {
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

fn to_file(journal: &Journal, form: FileForm, file: &Path, output: &Output) -> Result<Exit, Fault> {
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
    let written = journal
        .export_as(form, key().as_ref(), &mut writer)
        .and_then(|entries| {
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

/// Checks a copy with nothing but the copy, and what the reader holds in their hand: a day's report.
fn check(
    file: &Path,
    head: Option<&str>,
    key: Option<&str>,
    output: &Output,
) -> Result<Exit, Fault> {
    let opened = File::open(file).map_err(|source| Fault::NotReadable {
        file: file.to_owned(),
        source,
    })?;
    let wanted = match head.map(|text| (text, Hash::from_hex(text.trim()))) {
        None => None,
        Some((_, Some(hash))) => Some(hash),
        Some((text, None)) => {
            return Err(Fault::NotAHash {
                text: text.to_owned(),
            });
        }
    };
    let mut reader = BufReader::new(opened);
    let (checked, has_head) = match wanted {
        Some(hash) => journal::has_head(&mut reader, &hash)?,
        None => (journal::check_file(&mut reader)?, true),
    };
    let signed_by = checked.signed_by.clone();
    let key_agrees = key.is_none_or(|key| signed_by.as_deref() == Some(key.trim()));
    let hash = checked.head.to_string();
    let keys: Vec<&String> = checked.keys.iter().collect();
    output.event(
        "checked",
        json!({ "entries": checked.entries, "head": hash, "closes": checked.closes,
            "signed_by": signed_by, "keys": keys, "has_head": has_head, "key_agrees": key_agrees }),
    );
    let (entries, closes) = (checked.entries.to_string(), checked.closes.to_string());
    output.tell(
        "cli.checked",
        &[("entries", &entries), ("closes", &closes), ("head", &hash)],
    );
    match &signed_by {
        Some(key) => output.tell("cli.checked_signed", &[("key", key)]),
        None => output.tell("cli.checked_unsigned", &[]),
    }
    if checked.keys.len() > 1 {
        output.tell(
            "cli.checked_keys",
            &[("count", &checked.keys.len().to_string())],
        );
    }
    if !has_head {
        output.tell("cli.checked_old", &[]);
    }
    if !key_agrees {
        output.tell("cli.checked_other_key", &[]);
    }
    Ok(if has_head && key_agrees {
        Exit::Done
    } else {
        Exit::Error
    })
}
