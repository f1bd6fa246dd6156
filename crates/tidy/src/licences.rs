//! Every crate's licence stands in `deny.toml`: the quick half of what `cargo deny` does, without installing it.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::Violation;

/// What cargo knows about one package.
#[derive(Clone, Debug, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence expression, when the manifest has one.
    pub license: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// The rules of `deny.toml` that this check reads.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Rules {
    licenses: Licences,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Licences {
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    clarify: Vec<Clarified>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Clone, Debug, Deserialize)]
struct Clarified {
    #[serde(rename = "crate")]
    name: String,
    expression: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

/// Judges every package that the lock file brings onto this kind of machine.
pub fn check(root: &Path) -> Result<Vec<Violation>> {
    let rules = std::fs::read_to_string(root.join("deny.toml")).context("cannot read deny.toml")?;
    let rules: Rules =
        toml::from_str(&rules).context("cannot understand [licenses] of deny.toml")?;
    let packages = packages(root)?;
    Ok(packages
        .iter()
        .filter_map(|package| judge(package, &rules))
        .collect())
}

/// Packages by `cargo metadata`, from what is already on the machine if it is all there.
pub fn packages(root: &Path) -> Result<Vec<Package>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let platform = host(&cargo)?;
    let ask = |more: &[&str]| {
        Command::new(&cargo)
            .current_dir(root)
            .args([
                "metadata",
                "--format-version",
                "1",
                "--locked",
                "--filter-platform",
                &platform,
            ])
            .args(more)
            .output()
            .context("cannot run cargo metadata")
    };
    let mut output = ask(&["--offline"])?;
    if !output.status.success() {
        output = ask(&[])?;
    }
    if !output.status.success() {
        bail!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .context("cargo metadata wrote something else than JSON")?;
    Ok(metadata.packages)
}

fn host(cargo: &str) -> Result<String> {
    let output = Command::new(cargo)
        .arg("-vV")
        .output()
        .context("cannot run cargo -vV")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).context("cargo -vV names no host")
}

/// What is wrong with one package's licence under `rules`, if anything.
pub fn judge(package: &Package, rules: &Rules) -> Option<Violation> {
    let clarified = rules
        .licenses
        .clarify
        .iter()
        .find(|clarified| clarified.name == package.name);
    let expression = package
        .license
        .as_deref()
        .or(clarified.map(|clarified| clarified.expression.as_str()));
    let excepted = rules
        .licenses
        .exceptions
        .iter()
        .find(|exception| exception.name == package.name);
    let allows = |licence: &str| {
        rules
            .licenses
            .allow
            .iter()
            .any(|allowed| allowed == licence)
            || excepted
                .is_some_and(|exception| exception.allow.iter().any(|allowed| allowed == licence))
    };
    let what = match expression.map(|expression| (expression, satisfied(expression, &allows))) {
        None => "states no licence".to_owned(),
        Some((_, Ok(true))) => return None,
        Some((expression, Ok(false))) => {
            format!("has the licence `{expression}`, which deny.toml does not allow")
        }
        Some((expression, Err(error))) => {
            format!("has the licence `{expression}`, which cannot be read: {error}")
        }
    };
    Some(Violation::new(
        "deny.toml",
        0,
        format!("{} {} {what}", package.name, package.version),
        "do without the package, or read the licence and add it to [licenses]",
    ))
}

/// Whether `allows` satisfies an SPDX expression (`OR`, `AND`, `WITH`, brackets, and the old `/` for `OR`).
pub fn satisfied(expression: &str, allows: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let answer = any(&mut rest, allows)?;
    match rest.first() {
        None => Ok(answer),
        Some(word) => Err(format!("`{word}` is out of place")),
    }
}

fn any(words: &mut &[&str], allows: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    let mut answer = all(words, allows)?;
    while take(words, "OR") {
        answer |= all(words, allows)?;
    }
    Ok(answer)
}

fn all(words: &mut &[&str], allows: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    let mut answer = term(words, allows)?;
    while take(words, "AND") {
        answer &= term(words, allows)?;
    }
    Ok(answer)
}

fn term(words: &mut &[&str], allows: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    if take(words, "(") {
        let answer = any(words, allows)?;
        return if take(words, ")") {
            Ok(answer)
        } else {
            Err("a bracket is not closed".to_owned())
        };
    }
    let (licence, rest) = words.split_first().ok_or("it ends too early")?;
    *words = rest;
    if !take(words, "WITH") {
        return Ok(allows(licence));
    }
    let (exception, rest) = words.split_first().ok_or("it ends after WITH")?;
    *words = rest;
    Ok(allows(&format!("{licence} WITH {exception}")))
}

fn take(words: &mut &[&str], word: &str) -> bool {
    let found = words.first() == Some(&word);
    if found {
        *words = &words[1..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        let text = "[licenses]\nallow = [\"MIT\", \"ISC\", \"Apache-2.0 WITH LLVM-exception\"]\n\
                    [[licenses.exceptions]]\ncrate = \"odd\"\nallow = [\"WTFPL\"]\n\
                    [[licenses.clarify]]\ncrate = \"odd\"\nexpression = \"WTFPL\"\n";
        toml::from_str(text).expect("the rules are valid")
    }

    fn wrong(name: &str, licence: Option<&str>) -> bool {
        let package = Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: licence.map(str::to_owned),
        };
        judge(&package, &rules()).is_some()
    }

    #[test]
    fn a_licence_outside_the_list_is_found() {
        for licence in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT OR ISC) AND GPL-3.0",
            "Apache-2.0",
            "MIT OR",
            "(MIT",
            "WTFPL",
        ] {
            assert!(wrong("any", Some(licence)), "{licence}");
        }
        assert!(wrong("any", None));
    }

    #[test]
    fn a_licence_that_can_be_chosen_passes() {
        for licence in [
            "MIT",
            "MIT OR GPL-3.0",
            "GPL-3.0/MIT",
            "ISC AND (GPL-3.0 OR MIT)",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        ] {
            assert!(!wrong("any", Some(licence)), "{licence}");
        }
        assert!(!wrong("odd", None));
    }
}
