//! Where reports are kept: a folder each, the newest fifty.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use ::bench::speech::SpeechReport;
use anyhow::Context;

/// Reports that are kept; the oldest goes first.
pub const KEPT: usize = 50;

/// The files of a report.
pub const FILES: [&str; 3] = ["report.html", "report.json", "report.md"];

/// The folder of reports. Names are UUIDs of version 7, so their order is that of time.
#[derive(Clone, Debug)]
pub struct Shelf(PathBuf);

impl Shelf {
    /// Below the data folder.
    pub fn below(data: &Path) -> Self {
        Self(data.join("bench"))
    }

    /// Keeps a report, whole or not at all, and forgets those beyond the limit; says where it is.
    ///
    /// # Errors
    /// What cannot be written.
    pub fn keep(&self, report: &SpeechReport) -> anyhow::Result<PathBuf> {
        let (folder, unfinished) = (
            self.0.join(&report.id),
            self.0.join(format!("{}.new", report.id)),
        );
        write(&unfinished, report)?;
        fs::rename(&unfinished, &folder).with_context(|| cannot_write(&folder))?;
        for old in self.ids().into_iter().skip(KEPT) {
            self.remove(&old);
        }
        Ok(folder)
    }

    /// The reports, newest first. What cannot be read is none.
    pub fn list(&self) -> Vec<SpeechReport> {
        let read = |id: String| {
            let bytes = self.file(&id, "report.json")?;
            serde_json::from_slice(&bytes)
                .map_err(|error| tracing::warn!(%error, id, "a report of the bench cannot be read"))
                .ok()
        };
        self.ids().into_iter().take(KEPT).filter_map(read).collect()
    }

    /// One file of a report.
    pub fn file(&self, id: &str, name: &str) -> Option<Vec<u8>> {
        let known = is_id(id) && FILES.contains(&name);
        known.then(|| fs::read(self.0.join(id).join(name)).ok())?
    }

    /// Forgets a report; says whether it was there.
    pub fn remove(&self, id: &str) -> bool {
        is_id(id) && fs::remove_dir_all(self.0.join(id)).is_ok()
    }

    fn ids(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).into_iter().flatten();
        let name = |entry: io::Result<fs::DirEntry>| entry.ok()?.file_name().into_string().ok();
        let mut ids: Vec<String> = entries
            .filter_map(name)
            .filter(|name| is_id(name))
            .collect();
        ids.sort_by(|a, b| b.cmp(a));
        ids
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Writes the files of a report into a folder.
///
/// # Errors
/// What cannot be written.
pub fn write(folder: &Path, report: &SpeechReport) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| cannot_write(folder))?;
    let texts = [
        report.html(),
        serde_json::to_string_pretty(report)?,
        report.markdown(),
    ];
    for (name, text) in FILES.iter().zip(texts) {
        let file = folder.join(name);
        fs::write(&file, text).with_context(|| cannot_write(&file))?;
    }
    Ok(())
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

#[cfg(test)]
mod tests {
    use ::bench::{
        Header,
        speech::{SpeechSetup, Words},
    };

    use super::*;

    fn report(n: usize) -> SpeechReport {
        let (setup, words) = (SpeechSetup::default(), Words::NotAsked);
        let id = format!("{n:032x}");
        SpeechReport::new(id, Header::default(), setup, Vec::new(), Vec::new(), words)
    }

    #[test]
    fn the_newest_reports_are_kept_and_names_lead_nowhere_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Shelf::below(folder.path());
        assert_eq!(shelf.list(), []);
        for n in 0..KEPT + 3 {
            shelf.keep(&report(n)).expect("the folder is ours");
        }
        let kept = shelf.list();
        assert_eq!(kept.len(), KEPT);
        assert_eq!(
            kept.first().map(|r| r.id.clone()),
            Some(format!("{:032x}", KEPT + 2))
        );
        assert!(shelf.file(&kept[0].id, "report.html").is_some());
        fs::write(folder.path().join("secret"), "x").expect("the folder is ours");
        for (id, name) in [
            ("..", "secret"),
            (kept[0].id.as_str(), "../../secret"),
            ("../bench", "report.md"),
        ] {
            assert_eq!(shelf.file(id, name), None, "{id} {name}");
        }
        assert!(!shelf.remove("..") && shelf.remove(&kept[0].id) && !shelf.remove(&kept[0].id));
        // A report that another version wrote differently is passed over.
        fs::write(shelf.0.join(&kept[1].id).join("report.json"), "{}").expect("the folder is ours");
        assert_eq!(shelf.list().len(), KEPT - 2);
    }
}
