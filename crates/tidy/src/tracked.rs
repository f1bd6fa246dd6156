//! What may be tracked: no large file, and no host of a package registry (packages come through their own clients).

use crate::{
    House, Violation,
    house::{LARGEST, Page},
};

/// Files that a tool writes and that name their registry by design.
const WRITTEN_BY_TOOLS: &[&str] = &["Cargo.lock"];

/// Large files and names of registry hosts.
pub fn check(house: &House) -> Vec<Violation> {
    house
        .pages
        .iter()
        .flat_map(|(path, page)| one(path, page))
        .collect()
}

fn one(path: &str, page: &Page) -> Vec<Violation> {
    if page.size > LARGEST {
        let what = format!(
            "{} kB, the limit is {} kB",
            page.size / 1000,
            LARGEST / 1000
        );
        return vec![Violation::new(
            path,
            0,
            what,
            "models, binaries and vendored code are dependencies: fetch them by a pinned hash, or ignore the file",
        )];
    }
    if WRITTEN_BY_TOOLS.contains(&path) {
        return Vec::new();
    }
    let lines = page.text.as_deref().unwrap_or("").lines().enumerate();
    lines
        .filter_map(|(index, line)| Some((index + 1, registry_host(line)?)))
        .map(|(line, host)| {
            Violation::new(
                path,
                line,
                format!("names the registry host `{host}`"),
                "name the package and let its client find the registry",
            )
        })
        .collect()
}

/// The first word of the line that is the host of a registry. The list is built from parts so as not to find itself.
fn registry_host(line: &str) -> Option<String> {
    let registries = [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("crates", "io"),
        ("debian", "org"),
    ];
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'));
    words
        .map(|word| word.trim_matches('.').to_ascii_lowercase())
        .find(|word| {
            registries.iter().any(|(name, top)| {
                let host = format!("{name}.{top}");
                *word == host || word.ends_with(&format!(".{host}"))
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_host_is_found_with_its_line() {
        for host in [
            ["crates", "io"].join("."),
            ["files", "pythonhosted", "org"].join("."),
            ["deb", "debian", "org"].join("."),
        ] {
            let text = format!("first\nsee https://{host}/x\n");
            let found = check(&House::of(&[("a.md", &text)]));
            assert_eq!(
                found.first().map(|violation| violation.line),
                Some(2),
                "{host}"
            );
            assert!(check(&House::of(&[("Cargo.lock", &text)])).is_empty());
        }
    }

    #[test]
    fn other_words_pass() {
        assert!(
            check(&House::of(&[(
                "a.md",
                "many crates, in io; docs.rs; pypi; Debian."
            )]))
            .is_empty()
        );
    }

    #[test]
    fn a_large_file_is_found() {
        let text = "x".repeat(512_001);
        assert_eq!(check(&House::of(&[("a.bin", &text)])).len(), 1);
        assert!(check(&House::of(&[("a.bin", &text[1..])])).is_empty());
    }
}
