//! The business files: one a business, named by its id, in `businesses/` beside the configuration.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use agent::Business;
use events::BusinessId;

use super::{
    document::{self, Document},
    errors::Problem,
    mistakes,
    origin::Origin,
    persona,
    reader::Findings,
};

/// The most files that are read.
const MAX_FILES: usize = 1000;

/// Keys whose lints are no mistakes but warnings: the agent mends the greeting by itself, answers without hours, and does
/// not need voices that never speak.
const WORKS: [&str; 3] = ["greeting", "hours", "voice.at"];

/// A business, and where it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct BusinessFile {
    /// The business; a call keeps it as it was when the call began.
    pub business: Arc<Business>,
    /// Its file; none for the built-in demo.
    pub path: Option<PathBuf>,
    /// Changes whenever the file's text changes.
    pub revision: String,
}

/// A name for a text: the same text has the same one, on every machine.
pub fn revision(text: &str) -> String {
    let hash = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, text.as_bytes());
    hash.simple().to_string()[..12].to_owned()
}

/// Reads every business of the folder; without any, the built-in demo.
pub fn read_all(folder: &Path, chain: &[String], findings: &mut Findings) -> Vec<BusinessFile> {
    let files = match files(folder) {
        Ok(files) => files,
        Err(problem) => {
            findings.problems.push(problem);
            return Vec::new();
        }
    };
    if files.is_empty() {
        return vec![demo()];
    }
    let mut numbers = BTreeMap::new();
    files
        .into_iter()
        .filter_map(|path| read(path, chain, &mut numbers, findings))
        .collect()
}

fn demo() -> BusinessFile {
    BusinessFile {
        business: Arc::new(Business::demo()),
        path: None,
        revision: "demo".to_owned(),
    }
}

/// The `.toml` files of the folder by name; dot files are an editor's, not ours.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let name = folder.display().to_string();
    let refused =
        |what: String, hint: &str| Err(Problem::new(Origin::whole(&name), "", what, hint));
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let what = format!("cannot be read: {error}");
            return refused(what, "it must be a folder that this user can read");
        }
    };
    let is_ours = |path: &PathBuf| {
        let hidden = path
            .file_name()
            .is_none_or(|name| name.to_string_lossy().starts_with('.'));
        !hidden && path.extension().is_some_and(|ending| ending == "toml")
    };
    let entries = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(is_ours).take(MAX_FILES + 1).collect();
    if files.len() > MAX_FILES {
        let what = format!("holds more than {MAX_FILES} business files");
        return refused(what, "spread them over several servers");
    }
    files.sort();
    Ok(files)
}

fn read(
    path: PathBuf,
    chain: &[String],
    numbers: &mut BTreeMap<String, Origin>,
    findings: &mut Findings,
) -> Option<BusinessFile> {
    let name = path.display().to_string();
    let id = name_of(&path)
        .map_err(|problem| findings.problems.push(problem))
        .ok();
    let text = match document::read(&path) {
        Ok(text) => text?,
        Err(problem) => {
            findings.problems.push(problem);
            return None;
        }
    };
    let document = Document::parse(name, &text);
    let (business, problems) = mistakes::read_all::<Business>(&document);
    findings.problems.extend(problems);
    let business = Business {
        id: id?,
        ..business?
    };
    let places = Places::of(&document);
    claim_numbers(&business, &places, numbers, findings);
    persona::check(&business, chain, |key| places.nearest(key), findings);
    for lint in business.lint() {
        let origin = places.nearest(&lint.path);
        let problem = Problem::new(origin, lint.path, lint.message, lint.hint);
        let works = WORKS.contains(&problem.key.as_str());
        if works {
            &mut findings.warnings
        } else {
            &mut findings.problems
        }
        .push(problem);
    }
    Some(BusinessFile {
        business: Arc::new(business),
        path: Some(path),
        revision: revision(&text),
    })
}

fn name_of(path: &Path) -> Result<BusinessId, Problem> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    BusinessId::parse(&stem).map_err(|error| {
        let origin = Origin::whole(path.display().to_string());
        let what = format!("`{stem}` is no id: {error}");
        let clean: String = stem
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == '_' {
                    c.to_ascii_lowercase()
                } else {
                    '-'
                }
            })
            .take(64)
            .collect();
        Problem::new(
            origin,
            "",
            what,
            format!("rename the file, such as `{clean}.toml`"),
        )
    })
}

/// A number may reach one business only.
fn claim_numbers(
    business: &Business,
    places: &Places<'_, '_>,
    numbers: &mut BTreeMap<String, Origin>,
    findings: &mut Findings,
) {
    for (nth, number) in business.numbers.iter().enumerate() {
        let key = format!("numbers.{nth}");
        let origin = places.nearest(&key);
        if let Some(first) = numbers.get(number) {
            let what = format!("the number {number} is also at {first}");
            let hint = "a number reaches one business: remove it from the other";
            findings
                .problems
                .push(Problem::new(origin, key, what, hint));
        } else {
            numbers.insert(number.clone(), origin);
        }
    }
}

/// Where the keys of a file stand.
struct Places<'d, 't> {
    document: &'d Document<'t>,
    paths: mistakes::Paths,
}

impl<'d, 't> Places<'d, 't> {
    fn of(document: &'d Document<'t>) -> Self {
        let mut paths = document::paths(document.table().get_ref());
        for (path, _, _) in &mut paths {
            *path = path.replace('[', ".").replace(']', "");
        }
        Self { document, paths }
    }

    /// The place of a key (`services.0.minutes`), else of what it would stand in, else the file.
    fn nearest(&self, key: &str) -> Origin {
        let mut key = key;
        while !key.is_empty() {
            if let Some((_, at, _)) = self.paths.iter().find(|(path, _, _)| path == key) {
                return self.document.place(at.start);
            }
            key = key.rsplit_once('.').map_or("", |(above, _)| above);
        }
        Origin::whole(self.document.name())
    }
}
