//! Prints the figures of the house; `check` also runs every check, `licences` judges the licences.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use tidy::{House, Violation, check_all, figures::figures, licences};

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "tidy: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode> {
    let root = root()?;
    let mut out = std::io::stdout().lock();
    let found = match std::env::args().nth(1).as_deref() {
        None => {
            write!(out, "{}", figures(&House::read(&root)?))?;
            return Ok(ExitCode::SUCCESS);
        }
        Some("check") => {
            let house = House::read(&root)?;
            writeln!(out, "{}", figures(&house))?;
            check_all(&house)
        }
        Some("licences") => licences::check(&root)?,
        Some(other) => {
            bail!("`{other}` is not known; say nothing for the figures, `check` or `licences`")
        }
    };
    report(&mut out, &found)
}

fn report(out: &mut impl std::io::Write, found: &[Violation]) -> Result<ExitCode> {
    for violation in found {
        writeln!(out, "{violation}")?;
    }
    writeln!(out, "tidy: {} to mend", found.len())?;
    Ok(if found.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The root of the repository: the nearest folder, from here upwards, that holds `crates/tidy`.
fn root() -> Result<PathBuf> {
    let here = std::env::current_dir().context("cannot tell the current folder")?;
    let found = here
        .ancestors()
        .find(|folder| folder.join("crates/tidy").is_dir());
    found
        .map(Path::to_path_buf)
        .context("run it inside the repository")
}
