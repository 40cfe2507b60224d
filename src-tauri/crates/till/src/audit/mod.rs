//! The journal as people read it: who did what and why, and whether it is still what was written.

mod seal;
mod tell;

use journal::Verified;
pub use seal::{HEAD_KEY, head_memory};

use crate::api::{
    ApiError, AuditFilter, AuditForm, AuditVerdictView, AuditView, Code, ExportAuditRequest,
    FileView, HeadMemory, ListAuditRequest, VerifyAuditRequest,
};
use crate::till::Till;
use crate::trouble::read_error;

/// Rows of one page.
const PAGE: usize = 60;

/// What is begun and not finished, at most.
const UNFINISHED_MAX: usize = 500;

impl Till {
    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::BadRequest`] for a page that is none; what the journal cannot read.
    pub async fn list_audit(&self, request: ListAuditRequest) -> Result<AuditView, ApiError> {
        let before = request.before.as_deref().map(str::parse::<u64>).transpose();
        let before = before.map_err(|_| ApiError::new(Code::BadRequest))?;
        let unfinished = self.unfinished()?;
        let entries = match request.filter {
            AuditFilter::All => {
                let page = self.board.journal.entries_before(before, PAGE);
                page.map_err(|error| read_error(&error))?
            }
            AuditFilter::Unfinished => {
                let mut entries = Vec::new();
                for seq in unfinished.iter().rev().take(UNFINISHED_MAX) {
                    let found = self.board.journal.entries_before(seq.checked_add(1), 1);
                    entries.extend(found.map_err(|error| read_error(&error))?);
                }
                entries
            }
        };
        let is_full = request.filter == AuditFilter::All && entries.len() == PAGE;
        let next = entries.last().filter(|last| is_full && last.seq > 1);
        let next = next.map(|last| last.seq.to_string());
        let mut rows = Vec::with_capacity(entries.len());
        for entry in &entries {
            rows.push(self.audit_row(entry, &unfinished)?);
        }
        Ok(AuditView { rows, next })
    }

    /// See [`crate::api::COMMANDS`]. What the keychain remembers is compared, and renewed where it agrees.
    ///
    /// # Errors
    /// None but what the gate refuses: what is wrong with the journal is what this tells.
    pub async fn verify_audit(&self, _: VerifyAuditRequest) -> Result<AuditVerdictView, ApiError> {
        let journal = self.board.journal.clone();
        // It goes through the whole file.
        let verified = tokio::task::spawn_blocking(move || journal.verify()).await;
        let verified = verified.map_err(|_| ApiError::new(Code::JournalFailing))?;
        let recalled = self.recall().await;
        match verified {
            Err(damage) => Ok(AuditVerdictView {
                whole: false,
                damage: damage.to_string(),
                entries: self.board.journal.last_seq().unwrap_or(0),
                head: String::new(),
                public_key: None,
                signature: None,
                memory: recalled.memory,
                remembered: recalled.seq,
            }),
            Ok(Verified { entries, head }) => {
                let key = self.head_key().await;
                if matches!(recalled.memory, HeadMemory::Agrees | HeadMemory::Nothing) {
                    self.remember().await;
                }
                Ok(AuditVerdictView {
                    whole: true,
                    damage: String::new(),
                    entries,
                    head: head.to_string(),
                    signature: key.as_ref().map(|key| key.sign(entries, &head)),
                    public_key: key.as_ref().map(journal::HeadKey::public),
                    memory: recalled.memory,
                    remembered: recalled.seq,
                })
            }
        }
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::FileNotSaved`]; what the journal cannot read.
    pub async fn export_audit(&self, request: ExportAuditRequest) -> Result<FileView, ApiError> {
        let (form, ending) = match request.form {
            AuditForm::JsonLines => (journal::FileForm::JsonLines, "jsonl"),
            AuditForm::Csv => (journal::FileForm::Csv, "csv"),
        };
        let key = self.head_key().await;
        let journal = self.board.journal.clone();
        let copied = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            let entries = journal.export_as(form, key.as_ref(), &mut bytes)?;
            Ok::<_, journal::ExportError>((entries, bytes))
        });
        let failed = |error: &dyn std::error::Error| ApiError::with(Code::JournalDamaged, error);
        let (entries, bytes) = match copied.await {
            Ok(Ok(copied)) => copied,
            Ok(Err(error)) => return Err(failed(&error)),
            Err(error) => return Err(failed(&error)),
        };
        self.hand_out(format!("journal-{entries}.{ending}"), &bytes, true)
    }
}
