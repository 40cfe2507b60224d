//! What a cashier is told of a journal that cannot be read or written.

use journal::{AppendError, ReadError, Trouble};

use crate::api::{ApiError, Code};

pub(crate) fn trouble_code(trouble: &Trouble) -> Code {
    match trouble {
        Trouble::Damaged { .. } => Code::JournalDamaged,
        Trouble::ReadOnly => Code::JournalReadOnly,
        Trouble::Full => Code::JournalFull,
        Trouble::TooNew { .. } => Code::JournalTooNew,
        Trouble::Failing => Code::JournalFailing,
    }
}

pub(crate) fn read_error(error: &ReadError) -> ApiError {
    tracing::error!(error = %error, "the journal could not be read");
    ApiError::with(Code::JournalDamaged, error)
}

pub(crate) fn append_error(error: &AppendError) -> ApiError {
    let code = match error {
        AppendError::OrderIsOpen { payment } | AppendError::AttemptTaken { payment } => {
            return ApiError::with(Code::OrderOpen, payment);
        }
        AppendError::Misfit { .. } | AppendError::Misfiled { .. } => Code::JournalDamaged,
        AppendError::NotWritable { trouble } => trouble_code(trouble),
        AppendError::Busy => Code::JournalBusy,
        AppendError::Unwritable(_) => Code::JournalFailing,
        AppendError::Unsure { .. } => Code::JournalUnsure,
    };
    ApiError::with(code, error)
}
