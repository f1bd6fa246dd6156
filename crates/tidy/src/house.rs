//! The repository, read once: the files, the crates, and the Rust of each crate.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{Violation, map, source::Source};

/// Text over this size is not read; it is too large to be tracked anyhow.
pub const LARGEST: u64 = 512 * 1000;

/// A file of the repository.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Bytes on disk.
    pub size: u64,
    /// The content, when it is text and not too large.
    pub text: Option<String>,
    /// Whether the owner may run it.
    pub executable: bool,
}

/// A crate of the workspace.
pub struct Room {
    /// Its name and its folder's name.
    pub name: String,
    /// Path of its manifest from the root of the repository.
    pub manifest_path: String,
    /// Its manifest; empty when it could not be read.
    pub manifest: toml::Table,
    /// Text of the manifest, for line numbers.
    pub manifest_text: String,
    /// What ships: the files under `src` that are not tests.
    pub sources: Vec<Source>,
}

impl Room {
    /// Where the crate stands, when the house knows it.
    pub fn place(&self) -> Option<&'static map::Place> {
        map::find(&self.name)
    }

    /// Line of the manifest that starts with `key`, 1 when there is none.
    pub fn manifest_line(&self, key: &str) -> usize {
        let mut lines = self.manifest_text.lines();
        lines
            .position(|line| {
                line.strip_prefix(key)
                    .is_some_and(|rest| rest.starts_with([' ', '=', '.']))
            })
            .map_or(1, |index| index + 1)
    }
}

/// The whole repository.
pub struct House {
    /// Every file that is or could be tracked, by its path from the root.
    pub pages: BTreeMap<String, Page>,
    /// The crates, by name.
    pub rooms: Vec<Room>,
    broken: Vec<Violation>,
}

impl House {
    /// Reads the repository at `root`: what git tracks or would track, or every file when git is not there.
    pub fn read(root: &Path) -> Result<Self> {
        let mut pages = BTreeMap::new();
        for path in tracked(root).map_or_else(|| walk(root), Ok)? {
            if let Some(page) = page(&root.join(&path)) {
                pages.insert(path, page);
            }
        }
        Ok(Self::from_pages(pages))
    }

    /// A house made of `(path, text)`, for tests.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let page = |text: &str| Page {
            size: text.len() as u64,
            text: Some(text.to_owned()),
            executable: true,
        };
        let pages = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), page(text)));
        Self::from_pages(pages.collect())
    }

    /// The text of a file, when it exists and is text.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.pages.get(path)?.text.as_deref()
    }

    /// Every shipping Rust file with the crate that it belongs to.
    pub fn sources(&self) -> impl Iterator<Item = (&Room, &Source)> {
        self.rooms
            .iter()
            .flat_map(|room| room.sources.iter().map(move |source| (room, source)))
    }

    fn from_pages(pages: BTreeMap<String, Page>) -> Self {
        let mut broken = Vec::new();
        let rooms = pages
            .iter()
            .filter_map(|(path, page)| {
                let name = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
                (!name.contains('/')).then(|| {
                    room(
                        name,
                        page.text.as_deref().unwrap_or(""),
                        &pages,
                        &mut broken,
                    )
                })
            })
            .collect();
        Self {
            pages,
            rooms,
            broken,
        }
    }
}

/// What could not be read as Rust or as a manifest.
pub fn check(house: &House) -> Vec<Violation> {
    house.broken.clone()
}

fn room(
    name: &str,
    manifest: &str,
    pages: &BTreeMap<String, Page>,
    broken: &mut Vec<Violation>,
) -> Room {
    let manifest_path = format!("crates/{name}/Cargo.toml");
    let parsed = manifest.parse::<toml::Table>().unwrap_or_else(|error| {
        let what = format!("not a manifest: {}", error.message());
        broken.push(Violation::new(&manifest_path, 0, what, "mend the syntax"));
        toml::Table::new()
    });
    Room {
        name: name.to_owned(),
        manifest: parsed,
        manifest_text: manifest.to_owned(),
        sources: sources(name, pages, broken),
        manifest_path,
    }
}

fn sources(name: &str, pages: &BTreeMap<String, Page>, broken: &mut Vec<Violation>) -> Vec<Source> {
    let krate = format!("crates/{name}");
    let folder = format!("{krate}/src/");
    let mut found = Vec::new();
    for (path, page) in pages {
        let Some(text) = page.text.as_deref() else {
            continue;
        };
        if !path.starts_with(&folder) || !path.ends_with(".rs") {
            continue;
        }
        match Source::parse(&krate, path, text) {
            Ok(source) => found.push(source),
            Err(error) => broken.push(Violation::new(
                path,
                error.span().start().line,
                format!("not Rust: {error}"),
                "mend the syntax",
            )),
        }
    }
    let tests: Vec<Vec<String>> = found
        .iter()
        .flat_map(|source| source.test_modules.iter().cloned())
        .collect();
    found.retain(|source| !tests.iter().any(|test| source.module.starts_with(test)));
    found
}

fn page(path: &Path) -> Option<Page> {
    let meta = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let text = (meta.len() <= LARGEST)
        .then(|| {
            fs::read(path)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
        })
        .flatten();
    Some(Page {
        size: meta.len(),
        text,
        executable: is_executable(&meta),
    })
}

#[cfg(unix)]
fn is_executable(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    true
}

/// What git tracks and what it would track; `None` when git or its folder is not there.
fn tracked(root: &Path) -> Option<Vec<String>> {
    let listing = Command::new("git")
        .arg("-C")
        .arg(root)
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let listing = String::from_utf8(listing.stdout).ok()?;
    let paths: Vec<String> = listing
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect();
    (!paths.is_empty()).then_some(paths)
}

/// Every file below `root` but build results and hidden folders that no tool of ours writes.
fn walk(root: &Path) -> Result<Vec<String>> {
    let mut folders = vec![root.to_path_buf()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let inside = path.strip_prefix(root).unwrap_or(&path);
            let skip = ["target", ".git", "data"]
                .iter()
                .any(|name| inside == Path::new(name));
            if path.is_dir() && !path.is_symlink() && !skip {
                folders.push(path);
            } else if path.is_file() {
                found.push(inside.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_file_is_told_with_its_line() {
        let house = House::of(&[
            ("crates/x/Cargo.toml", ""),
            ("crates/x/src/lib.rs", "fn a() {}\nfn ("),
        ]);
        let found = check(&house);
        assert_eq!(
            (found[0].file.as_str(), found[0].line),
            ("crates/x/src/lib.rs", 2)
        );
    }

    #[test]
    fn the_file_of_a_test_module_does_not_ship() {
        let house = House::of(&[
            ("crates/x/Cargo.toml", ""),
            (
                "crates/x/src/lib.rs",
                "#[cfg(test)]\nmod trials;\nmod real;",
            ),
            ("crates/x/src/trials.rs", ""),
            ("crates/x/src/real.rs", ""),
        ]);
        let paths: Vec<&str> = house
            .sources()
            .map(|(_, source)| source.path.as_str())
            .collect();
        assert_eq!(paths, ["crates/x/src/lib.rs", "crates/x/src/real.rs"]);
    }

    #[test]
    fn walking_finds_what_git_would() -> Result<()> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let found = walk(root)?;
        assert!(found.iter().any(|path| path == "src/house.rs"));
        Ok(())
    }
}
