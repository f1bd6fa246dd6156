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

#[test]
fn every_file_that_is_cut_short_or_rubbish_is_named_with_its_cure() {
    let dir = copy();
    models::install(dir.path(), &mut |_| ()).expect("only the dictionary is missing");
    let folder = dir.path().join(models::PACKAGES[0].folder());
    let files = ["hibari.onnx", "vocab.json", "oov.onnx", "oov.json"];
    for file in files.map(|name| folder.join(name)) {
        let whole = fs::read(&file).expect("installed");
        let rubbish: Vec<u8> = (0..4096u32).map(|i| (i * 31 % 251) as u8).collect();
        for damaged in [&whole[..whole.len() / 2], b"", &rubbish] {
            fs::write(&file, damaged).expect("a place for tests");
            let Err(error) = EmbeddedTts::open(dir.path()) else {
                panic!("{} with {} bytes was opened", file.display(), damaged.len());
            };
            let (said, name) = (error.to_string(), file.display().to_string());
            assert!(said.contains(&name), "{said}");
            assert!(said.contains("frontdesk models install"), "{said}");
        }
        fs::write(&file, whole).expect("a place for tests");
    }
    EmbeddedTts::open(dir.path())
        .map(drop)
        .expect("all is whole again");
}

#[test]
fn a_folder_that_cannot_be_one_is_named() {
    let dir = tempfile::tempdir().expect("a place for tests");
    let file = dir.path().join("models");
    fs::write(&file, "not a folder").expect("a place for tests");
    let Err(error) = EmbeddedTts::open(&file) else {
        panic!("a file is no folder of models");
    };
    assert!(matches!(error, VoiceError::Missing { .. }), "{error}");
    let error = models::install(&file, &mut |_| ()).expect_err("nothing can be put into a file");
    assert!(
        error.to_string().contains(&file.display().to_string()),
        "{error}"
    );
}
