use std::{fs, thread};

use speech_embedded::{EmbeddedTts, VoiceError, models};

use crate::models_dir;

/// A copy of the installed models that a test may damage.
fn copy() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a place for tests");
    for folder in models::PACKAGES.iter().map(models::Package::folder) {
        let to = dir.path().join(&folder);
        fs::create_dir(&to).expect("a place for tests");
        for file in fs::read_dir(models_dir().join(&folder))
            .expect("installed")
            .flatten()
        {
            fs::copy(file.path(), to.join(file.file_name())).expect("a place for tests");
        }
    }
    dir
}

#[test]
fn what_is_missing_is_named_with_its_cure() {
    let empty = tempfile::tempdir().expect("a place for tests");
    assert_eq!(
        models::missing(empty.path()).len(),
        models::PACKAGES.len() + 1
    );
    let Err(error) = EmbeddedTts::open(empty.path()) else {
        panic!("there is nothing to open");
    };
    assert!(matches!(error, VoiceError::Missing { .. }));
    assert!(
        error.to_string().contains("frontdesk models install"),
        "{error}"
    );
}

#[test]
fn licences_are_installed_beside_the_files() {
    for package in models::PACKAGES {
        let licence = models_dir().join(package.folder()).join("LICENSE");
        assert!(licence.is_file(), "{} has no licence", package.name);
    }
}

#[test]
fn two_installations_at_once_leave_one_whole_folder() {
    let dir = copy();
    let installed = |_: usize| models::install(dir.path(), &mut |_| ());
    thread::scope(|scope| {
        let both: Vec<_> = (0..2).map(|i| scope.spawn(move || installed(i))).collect();
        for one in both {
            one.join().expect("no panic").expect("both end well");
        }
    });
    assert!(models::missing(dir.path()).is_empty());
    let left = fs::read_dir(dir.path()).expect("it is there").flatten();
    let left: Vec<_> = left
        .filter(|e| e.file_name().to_string_lossy().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "work folders are left: {left:?}");
}

#[test]
fn installing_what_is_there_does_nothing() {
    let mut seen = Vec::new();
    models::install(models_dir(), &mut |p| seen.push(p)).expect("it is there");
    assert_eq!(seen, [models::Progress::Done]);
}

#[test]
fn a_damaged_file_is_named() {
    let dir = copy();
    fs::write(dir.path().join("dictionary-us-1.tsv"), "half a lin").expect("a place for tests");
    let Err(VoiceError::Broken { path, reason }) = EmbeddedTts::open(dir.path()) else {
        panic!("half a dictionary is none");
    };
    assert!(
        path.ends_with("dictionary-us-1.tsv") && reason.contains("part"),
        "{path}: {reason}"
    );
}
