//! Files for people, in the folder that was set aside for them.

use std::fs::OpenOptions;
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::api::{ApiError, Code, FileView};
use crate::till::Till;

/// Files of one name beside each other.
const SAME_NAME_MAX: u32 = 1_000;

impl Till {
    /// Puts a file where people find it, or gives its bytes back.
    pub(crate) fn hand_out(
        &self,
        name: String,
        bytes: &[u8],
        is_saved: bool,
    ) -> std::result::Result<FileView, ApiError> {
        let folder = self.exports.as_deref().filter(|_| is_saved);
        let path = match folder {
            Some(folder) => save(folder, &name, bytes)
                .map_err(|error| ApiError::with(Code::FileNotSaved, error))?,
            None => String::new(),
        };
        let base64 = if path.is_empty() {
            STANDARD.encode(bytes)
        } else {
            String::new()
        };
        Ok(FileView { name, path, base64 })
    }
}

/// Never over a file that is there: an earlier one stays. For this user alone: it tells what the shop
/// earns.
fn save(folder: &Path, name: &str, bytes: &[u8]) -> Result<String> {
    std::fs::create_dir_all(folder)?;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "bin"));
    for number in 1..SAME_NAME_MAX {
        let name = if number == 1 {
            name.to_owned()
        } else {
            format!("{stem}-{number}.{ending}")
        };
        let path = folder.join(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(mut file) => {
                file.write_all(bytes)?;
                file.sync_all()?;
                return Ok(path.to_string_lossy().into_owned());
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::from(ErrorKind::AlreadyExists))
}
