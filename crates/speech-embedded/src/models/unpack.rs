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

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn wheel() -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [
            ("a/one.txt", "one"),
            ("b/LICENSE", "terms"),
            ("c/not", "wanted"),
        ] {
            writer
                .start_file(name, SimpleFileOptions::default())
                .expect("in memory");
            writer.write_all(content.as_bytes()).expect("in memory");
        }
        writer.finish().expect("in memory").into_inner()
    }

    fn try_unpack(
        sha256: &'static str,
        files: &'static [&'static str],
    ) -> Result<Vec<String>, InstallError> {
        let dir = tempfile::tempdir().expect("a place for tests");
        let (from, to) = (dir.path().join("x.whl"), dir.path().join("whole"));
        fs::write(&from, wheel()).expect("a place for tests");
        let package = Package {
            name: "x",
            version: "1",
            sha256,
            files,
        };
        unpack(&package, &from, &to)?;
        let names = fs::read_dir(&to).expect("it was made").flatten();
        let mut names: Vec<String> = names
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        Ok(names)
    }

    fn right_hash() -> &'static str {
        let hash = hex(digest::digest(&digest::SHA256, &wheel()).as_ref());
        Box::leak(hash.into_boxed_str())
    }

    #[test]
    fn only_what_is_wanted_is_unpacked() {
        let names = try_unpack(right_hash(), &["a/one.txt", "b/LICENSE"]).expect("a good package");
        assert_eq!(names, ["LICENSE", "one.txt"]);
    }

    #[test]
    fn another_package_than_the_pinned_one_is_refused() {
        let error = try_unpack("00", &["a/one.txt"]).expect_err("another hash");
        assert!(
            matches!(error, InstallError::Hash { pinned: "00", .. }),
            "{error}"
        );
    }

    #[test]
    fn a_package_without_a_wanted_file_is_refused() {
        let error = try_unpack(right_hash(), &["a/two.txt"]).expect_err("no such file");
        assert!(matches!(error, InstallError::Unpack { .. }), "{error}");
    }
}
