//! What the process was given from outside: environment and command line. The decision: both are passed in as values;
//! [`Env::of_process`] is the only place of the program that reads the real environment.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::{
    document,
    errors::{Problem, nearest},
    keys::Key,
    origin::Origin,
};

/// The environment variable that names the configuration file.
pub const CONFIG_VARIABLE: &str = "FRONTDESK_CONFIG";
/// The environment variable in which the service manager names a folder of secrets.
pub const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";
/// The most files of that folder that are looked at.
const MAX_CREDENTIALS: usize = 256;

/// Environment variables by name. An empty variable counts as not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Env(pub BTreeMap<String, String>);

impl Env {
    /// The environment of this process.
    pub fn of_process() -> Self {
        let text = |os: std::ffi::OsString| os.to_string_lossy().into_owned();
        Self(
            std::env::vars_os()
                .map(|(name, value)| (text(name), text(value)))
                .collect(),
        )
    }

    /// A variable, when it is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }
}

/// Settings from the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags(Vec<(String, String, String)>);

impl Flags {
    /// Notes that `flag` (such as `--bind`) gave the setting `key` (such as `server.bind`) this value; the last one wins.
    pub fn set(
        &mut self,
        flag: impl Into<String>,
        key: impl Into<String>,
        value: impl Into<String>,
    ) {
        self.0.push((flag.into(), key.into(), value.into()));
    }

    /// The value for a setting, and the flag that gave it.
    pub fn get(&self, key: &str) -> Option<(&str, &str)> {
        let given = self.0.iter().rev().find(|(_, path, _)| path == key)?;
        Some((&given.0, &given.2))
    }

    /// Flags that name no setting (`--set` takes any text).
    pub fn unknown(&self, keys: &[&'static Key]) -> Vec<Problem> {
        let known = |path: &str| keys.iter().any(|key| key.path == path);
        self.0
            .iter()
            .filter(|(_, path, _)| !known(path))
            .map(|(flag, path, _)| {
                let hint = match nearest(path, keys.iter().map(|key| key.path)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "`frontdesk config show` lists every setting".to_owned(),
                };
                let origin = Origin::Flag { name: flag.clone() };
                Problem::new(origin, path, format!("unknown setting `{path}`"), hint)
            })
            .collect()
    }
}

/// A value from outside, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The text.
    pub text: String,
    /// Where it came from.
    pub origin: Origin,
}

/// The environment together with the folder of credentials that it names.
#[derive(Debug)]
pub struct Outside<'e> {
    env: &'e Env,
    credentials: BTreeMap<String, PathBuf>,
}

impl<'e> Outside<'e> {
    /// Looks into the folder of credentials once.
    pub fn new(env: &'e Env) -> (Self, Option<Problem>) {
        let (credentials, problem) = match env.get(CREDENTIALS_VARIABLE).map(credentials) {
            None => (BTreeMap::new(), None),
            Some(Ok(files)) => (files, None),
            Some(Err(problem)) => (BTreeMap::new(), Some(problem)),
        };
        (Self { env, credentials }, problem)
    }

    /// The value for a setting: a variable, a `_FILE` variable, or a credential. Two different ones are a mistake.
    pub fn get(&self, key: &Key) -> Result<Option<Given>, Problem> {
        let mut all = Vec::new();
        for name in key.variables {
            if let Some(text) = self.env.get(name) {
                let origin = Origin::Env {
                    name: (*name).to_owned(),
                };
                all.push(Given {
                    text: text.to_owned(),
                    origin,
                });
            }
            let name = format!("{name}_FILE");
            if let Some(path) = self.env.get(&name) {
                all.push(from_file(key, name, path)?);
            }
        }
        if all.is_empty() {
            return self.credential(key);
        }
        if let Some(other) = all.iter().find(|other| other.text != all[0].text) {
            let what = format!(
                "`{}` is also set by {}, to something else",
                key.path, all[0].origin
            );
            return Err(Problem::new(
                other.origin.clone(),
                key.path,
                what,
                "unset one of the two",
            ));
        }
        Ok(Some(all.swap_remove(0)))
    }

    fn credential(&self, key: &Key) -> Result<Option<Given>, Problem> {
        let names = std::iter::once(key.path.to_owned())
            .chain(key.variables.iter().map(|name| (*name).to_owned()))
            .chain(key.variables.iter().map(|name| name.to_ascii_lowercase()));
        for name in names {
            if let Some(path) = self.credentials.get(&name) {
                let origin = Origin::Credential {
                    path: path.display().to_string(),
                };
                let text = value_of(path)
                    .map_err(|(what, hint)| Problem::new(origin.clone(), key.path, what, hint))?;
                return Ok(Some(Given { text, origin }));
            }
        }
        Ok(None)
    }

    /// Variables that look like ours and are not: a mistake with two underscores, a thing to look at with one. (A cluster
    /// sets `FRONTDESK_PORT` and its like by itself for a service called frontdesk, so one underscore proves nothing.)
    pub fn unknown(&self, keys: &[&'static Key]) -> (Vec<Problem>, Vec<Problem>) {
        let names = keys.iter().flat_map(|key| key.variables.iter().copied());
        let known: BTreeSet<&str> = names.chain([CONFIG_VARIABLE]).collect();
        let (mut problems, mut warnings) = (Vec::new(), Vec::new());
        for name in self.env.0.keys() {
            let bare = name.strip_suffix("_FILE").unwrap_or(name);
            let file_of_files = bare == CONFIG_VARIABLE && name != CONFIG_VARIABLE;
            if (known.contains(name.as_str()) || known.contains(bare)) && !file_of_files {
                continue;
            }
            let ours = name.starts_with("FRONTDESK__");
            let meant = meant(bare, &known);
            let hint = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if ours => ".env.example lists every variable".to_owned(),
                None => continue,
            };
            let origin = Origin::Env { name: name.clone() };
            let problem = Problem::new(origin, "", format!("unknown variable `{name}`"), hint);
            if ours { &mut problems } else { &mut warnings }.push(problem);
        }
        (problems, warnings)
    }
}

/// The known variable with the same beginning that was probably meant; the beginning does not count as likeness.
fn meant<'k>(name: &str, known: &BTreeSet<&'k str>) -> Option<&'k str> {
    let prefix = ["FRONTDESK__", "FRONTDESK_", "TWILIO_"]
        .into_iter()
        .find(|prefix| name.starts_with(prefix))?;
    let rests = known.iter().filter_map(|known| known.strip_prefix(prefix));
    let rest = nearest(name.strip_prefix(prefix)?, rests)?;
    known
        .iter()
        .find(|known| known.strip_prefix(prefix) == Some(rest))
        .copied()
}

fn credentials(folder: &str) -> Result<BTreeMap<String, PathBuf>, Problem> {
    let entries = fs::read_dir(folder).map_err(|error| {
        let origin = Origin::Env {
            name: CREDENTIALS_VARIABLE.to_owned(),
        };
        let what = format!("the folder {folder} cannot be read: {error}");
        Problem::new(
            origin,
            "",
            what,
            "unset it, or let this user read the folder",
        )
    })?;
    let files = entries.take(MAX_CREDENTIALS).filter_map(Result::ok);
    Ok(files
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                entry.path(),
            )
        })
        .collect())
}

fn from_file(key: &Key, name: String, path: &str) -> Result<Given, Problem> {
    let origin = Origin::EnvFile {
        name,
        path: path.to_owned(),
    };
    match value_of(Path::new(path)) {
        Ok(text) => Ok(Given { text, origin }),
        Err((what, hint)) => Err(Problem::new(origin, key.path, what, hint)),
    }
}

/// The text of a file that holds one value, without the line end that editors put behind it.
fn value_of(path: &Path) -> Result<String, (String, String)> {
    match document::read(path) {
        Ok(Some(text)) if text.trim().is_empty() => Err((
            "the file is empty".to_owned(),
            "put the value into it, or unset the variable".to_owned(),
        )),
        Ok(Some(text)) => Ok(text.trim_end_matches(['\r', '\n']).to_owned()),
        Ok(None) => Err((
            "there is no such file".to_owned(),
            "mount the secret, or correct the path".to_owned(),
        )),
        Err(problem) => Err((format!("the file {}", problem.what), problem.hint)),
    }
}
