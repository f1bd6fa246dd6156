//! The house is in order: every check over this very repository.

use std::path::{Path, PathBuf};

use tidy::{CHECKS, House, Violation, licences};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn fail_on(found: &[Violation]) {
    let list: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(
        found.is_empty(),
        "{} to mend:\n{}",
        found.len(),
        list.join("\n")
    );
}

/// One test, so that the files are read and parsed once.
#[test]
fn the_house_is_in_order() -> anyhow::Result<()> {
    let house = House::read(&root())?;
    assert!(house.rooms.len() > 10, "the crates were not found");
    assert!(
        house.sources().count() > house.rooms.len(),
        "the sources were not found"
    );
    let found: Vec<Violation> = CHECKS.iter().flat_map(|(_, check)| check(&house)).collect();
    fail_on(&found);
    Ok(())
}

#[test]
fn every_licence_is_allowed() -> anyhow::Result<()> {
    fail_on(&licences::check(&root())?);
    Ok(())
}
