//! Why a chore stopped.

use std::io;
use std::path::PathBuf;

/// A sentence for the person at the keyboard. The cause, where there is one, is in `source`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The program could not be started at all.
    #[error("could not start `{program}`")]
    Start {
        /// As it was called.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// The program ran and reported failure.
    #[error("`{line}` failed: {ended}")]
    Ended {
        /// The command as one could type it.
        line: String,
        /// Its exit status in words.
        ended: String,
    },
    /// Something is missing that only a person can install here.
    #[error("missing: {what}. Type this, then run the same command again:\n\n    {line}\n")]
    Missing {
        /// The missing parts, by name.
        what: String,
        /// What to type.
        line: String,
    },
    /// A package manager ran without complaint and the part still is not there.
    #[error("installed, and still not found: {what}")]
    StillMissing {
        /// The missing parts, by name.
        what: String,
    },
    /// A file or folder could not be used.
    #[error("could not {verb} {}", path.display())]
    File {
        /// What was tried: read, make, remove.
        verb: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A chore that this system cannot do.
    #[error("{chore} works {only}")]
    Elsewhere {
        /// What was asked for.
        chore: &'static str,
        /// Where it works.
        only: &'static str,
    },
    /// A look at the result showed that it is wrong.
    #[error("{0}")]
    Wrong(String),
}
