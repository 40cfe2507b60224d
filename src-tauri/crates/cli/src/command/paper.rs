//! A file that the till made, where whoever typed the command wants it.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use till::api::FileView;

use crate::fault::Fault;

/// Never over a file that is there. For this user alone: it tells what the shop earns.
pub(super) fn write_new(file: &Path, made: &FileView) -> Result<(), Fault> {
    let no_file = |source| Fault::NoFile {
        file: file.to_owned(),
        source,
    };
    let bytes = STANDARD.decode(&made.base64);
    let bytes = bytes.map_err(|error| no_file(std::io::Error::other(error)))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut paper = options.open(file).map_err(no_file)?;
    let written = paper.write_all(&bytes).and_then(|()| paper.sync_all());
    written.map_err(no_file)
}
