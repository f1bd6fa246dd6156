//! Audio objects as files.
//!
//! The decision: the name of a file is the hash of its bytes (`ab/cdef…`), so a file can be checked by anybody at any
//! time. It is written under another name and renamed, and hashed whenever it is read; what does not match its name is
//! removed and counts as absent. Nothing is synced: a lost object is made again.

mod recipes;

use std::{
    collections::HashSet,
    fs::{self, File, FileTimes},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures::{FutureExt, future::BoxFuture};

use crate::{Held, ObjectKey, Objects, StoreError, limits};

/// A file's time is renewed by reading when it is older than this, so that reading rarely writes.
const RENEW: Duration = Duration::from_secs(15 * 60);
/// A file under another name that is older than this was left by a crash.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// Audio objects in a folder. Its futures need a tokio runtime: files are read and written on its blocking threads.
pub struct FolderObjects {
    shelf: Arc<Shelf>,
}

struct Shelf {
    folder: PathBuf,
}

impl FolderObjects {
    /// Opens or makes the folder and removes what a crash left half-written.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let shelf = Shelf {
            folder: folder.into(),
        };
        fs::create_dir_all(shelf.making()).map_err(|e| explain(&shelf.folder, &e))?;
        shelf.tidy_up();
        Ok(Self {
            shelf: Arc::new(shelf),
        })
    }

    /// Runs file system work where waiting harms nobody.
    fn off<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shelf) -> io::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, StoreError>> {
        let shelf = Arc::clone(&self.shelf);
        let folder = self.shelf.folder.clone();
        async move {
            match tokio::task::spawn_blocking(move || work(&shelf)).await {
                Ok(done) => done.map_err(|e| explain(&folder, &e)),
                Err(stopped) => Err(StoreError::Unavailable(format!(
                    "the work on {} was cut off: {stopped}",
                    folder.display()
                ))),
            }
        }
        .boxed()
    }
}

impl Shelf {
    fn making(&self) -> PathBuf {
        self.folder.join("making")
    }

    fn path(&self, key: &ObjectKey) -> PathBuf {
        let (drawer, rest) = key.as_str().split_at(2);
        self.folder.join(drawer).join(rest)
    }

    /// Puts bytes under a name of two levels, whole or not at all.
    fn place(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let drawer = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(drawer)?;
        let draft = self.making().join(uuid::Uuid::now_v7().to_string());
        let written = write_draft(&draft, bytes).and_then(|()| fs::rename(&draft, path));
        if written.is_err() {
            let _ = fs::remove_file(&draft);
        }
        written
    }

    fn put(&self, bytes: &[u8]) -> io::Result<ObjectKey> {
        let key = ObjectKey::of(bytes);
        let path = self.path(&key);
        // Reading costs less than writing, and a file may have been damaged since it was written.
        if matches!(read_bounded(&path), Ok(Some(there)) if there == bytes) {
            renew(&path);
            return Ok(key);
        }
        self.place(&path, bytes)?;
        Ok(key)
    }

    fn get(&self, key: &ObjectKey) -> io::Result<Option<Bytes>> {
        let path = self.path(key);
        let Some(bytes) = absent_is_none(read_bounded(&path))? else {
            return Ok(None);
        };
        if bytes.as_ref().map(|b| ObjectKey::of(b)) != Some(key.clone()) {
            absent_is_none(fs::remove_file(&path))?;
            return Ok(None);
        }
        renew(&path);
        Ok(bytes.map(Bytes::from))
    }

    fn delete(&self, key: &ObjectKey) -> io::Result<()> {
        absent_is_none(fs::remove_file(self.path(key))).map(drop)
    }

    fn sweep(&self, idle: Duration, keep: &HashSet<ObjectKey>) -> io::Result<u64> {
        self.tidy_up();
        self.sweep_recipes(idle)?;
        let mut removed = 0;
        for key in idle_in(&self.folder, idle)? {
            if !keep.contains(&key) {
                self.delete(&key)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn idle(&self, idle: Duration, keep: &HashSet<ObjectKey>) -> io::Result<Held> {
        let mut held = Held::default();
        for key in idle_in(&self.folder, idle)? {
            if keep.contains(&key) {
                continue;
            }
            held.entries += 1;
            // One that is gone meanwhile has no bytes.
            held.bytes += fs::metadata(self.path(&key)).map_or(0, |file| file.len());
        }
        Ok(held)
    }

    fn tidy_up(&self) {
        let Ok(drafts) = fs::read_dir(self.making()) else {
            return;
        };
        for draft in drafts.flatten() {
            if idle_for(&draft.path()) >= Some(ABANDONED) {
                let _ = fs::remove_file(draft.path());
            }
        }
    }

    fn health(&self) -> io::Result<()> {
        let draft = self.making().join(uuid::Uuid::now_v7().to_string());
        let said = *uuid::Uuid::now_v7().as_bytes();
        let heard = write_draft(&draft, &said).and_then(|()| fs::read(&draft));
        let _ = fs::remove_file(&draft);
        if heard? == said {
            return Ok(());
        }
        Err(io::Error::other("other bytes came back than were written"))
    }
}

fn write_draft(draft: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(draft)?;
    file.write_all(bytes)
}

/// The names under `folder` (`ab/cdef…`) that were not used for so long; strangers are passed over.
fn idle_in(folder: &Path, idle: Duration) -> io::Result<Vec<ObjectKey>> {
    let mut found = Vec::new();
    for drawer in fs::read_dir(folder)? {
        let drawer = drawer?;
        let name = drawer.file_name();
        let Some(start) = name.to_str().filter(|n| n.len() == 2) else {
            continue;
        };
        for file in fs::read_dir(drawer.path())? {
            let file = file?;
            let rest = file.file_name();
            let key = ObjectKey::parse(&format!("{start}{}", rest.to_string_lossy()));
            found.extend(key.filter(|_| idle_for(&file.path()) >= Some(idle)));
        }
    }
    Ok(found)
}

/// The bytes of a file, `None` when it is larger than any object.
fn read_bounded(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(limits::OBJECT as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limits::OBJECT).then_some(bytes))
}

fn absent_is_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

fn idle_for(path: &Path) -> Option<Duration> {
    let written = fs::metadata(path).and_then(|m| m.modified()).ok()?;
    Some(
        SystemTime::now()
            .duration_since(written)
            .unwrap_or_default(),
    )
}

/// Marks a file as used. Failing to is no harm: it is only swept a little earlier.
fn renew(path: &Path) {
    if idle_for(path) >= Some(RENEW)
        && let Ok(file) = File::options().append(true).open(path)
    {
        let _ = file.set_times(FileTimes::new().set_modified(SystemTime::now()));
    }
}

fn explain(folder: &Path, e: &io::Error) -> StoreError {
    let hint = match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "the disk is full: free some space; until then audio is not kept"
        }
        io::ErrorKind::PermissionDenied => "give this user the right to write there",
        io::ErrorKind::ReadOnlyFilesystem => "the disk can only be read: mount it writable",
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a file stands where a folder belongs: move it, or name another folder"
        }
        _ => "check the disk, or name another folder",
    };
    StoreError::Unavailable(format!(
        "audio in {} cannot be used ({e}): {hint}",
        folder.display()
    ))
}

impl Objects for FolderObjects {
    fn put(&self, bytes: Bytes) -> BoxFuture<'_, Result<ObjectKey, StoreError>> {
        if let Err(e) = limits::object(bytes.len()) {
            return async { Err(e) }.boxed();
        }
        self.off(move |shelf| shelf.put(&bytes))
    }

    fn get<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<Option<Bytes>, StoreError>> {
        let key = key.clone();
        self.off(move |shelf| shelf.get(&key))
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StoreError>> {
        let key = key.clone();
        self.off(move |shelf| shelf.delete(&key))
    }

    fn sweep<'a>(
        &'a self,
        idle_ms: u64,
        keep: &'a [ObjectKey],
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        let keep = keep.iter().cloned().collect();
        self.off(move |shelf| shelf.sweep(Duration::from_millis(idle_ms), &keep))
    }

    fn health(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.off(Shelf::health)
    }

    fn idle<'a>(
        &'a self,
        idle_ms: u64,
        keep: &'a [ObjectKey],
    ) -> BoxFuture<'a, Result<Option<Held>, StoreError>> {
        let keep = keep.iter().cloned().collect();
        self.off(move |shelf| shelf.idle(Duration::from_millis(idle_ms), &keep).map(Some))
    }
}
