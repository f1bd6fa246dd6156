//! The configuration while the server runs. The decision: a changed set is read and checked as a whole, and only a set
//! without mistakes takes the old one's place; a call keeps the snapshot that it began with.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant, SystemTime},
};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use serde::Serialize;
use tokio::sync::watch;

use super::{Applies, Config, Env, Flags, Loaded, Paths, Problem};

/// How long files must be quiet before they are read: editors write in several steps.
const QUIET: Duration = Duration::from_millis(200);
/// After so long they are read even when they are not quiet.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often files are looked at where the system cannot tell.
const POLL: Duration = Duration::from_secs(2);
/// How long the thread sleeps when the system does the looking.
const IDLE: Duration = Duration::from_secs(3600);
/// The most files whose stamps are looked at.
const MOST_FILES: usize = 2000;
/// Signals that may wait; one is enough to read everything, so more are dropped.
const SIGNALS: usize = 16;

/// How the last reading went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    /// False when the set in use is an older one, because the present files have mistakes.
    pub ok: bool,
    /// Those mistakes.
    pub errors: Vec<Problem>,
    /// Things that work and look wrong.
    pub warnings: Vec<Problem>,
    /// The set in use.
    pub revision: String,
    /// Settings whose new value counts only after a restart.
    pub restart: Vec<&'static str>,
    /// How often the files were read.
    pub readings: u64,
    /// When they were read last.
    pub at: Timestamp,
}

/// The configuration in use. Clones share it.
#[derive(Clone)]
pub struct Live(Arc<Shared>);

struct Shared {
    paths: Paths,
    env: Env,
    flags: Flags,
    first: Arc<Loaded>,
    current: ArcSwap<Loaded>,
    status: watch::Sender<Arc<Status>>,
    /// Held while reading, so that an older reading never replaces a newer one.
    reading: Mutex<()>,
}

impl Live {
    /// Starts with a set that was read from these sources.
    pub fn new(paths: Paths, env: Env, flags: Flags, loaded: Loaded) -> Self {
        let first = Arc::new(loaded);
        let status = Status {
            ok: true,
            errors: Vec::new(),
            warnings: first.warnings.clone(),
            revision: first.revision.clone(),
            restart: Vec::new(),
            readings: 1,
            at: Timestamp::now(),
        };
        Self(Arc::new(Shared {
            paths,
            env,
            flags,
            current: ArcSwap::new(Arc::clone(&first)),
            first,
            status: watch::Sender::new(Arc::new(status)),
            reading: Mutex::new(()),
        }))
    }

    /// The set in use now; whoever keeps it keeps a snapshot.
    pub fn current(&self) -> Arc<Loaded> {
        self.0.current.load_full()
    }

    /// How the last reading went.
    pub fn status(&self) -> Arc<Status> {
        Arc::clone(&self.0.status.borrow())
    }

    /// Every status from now on; a slow reader sees the newest.
    pub fn statuses(&self) -> watch::Receiver<Arc<Status>> {
        self.0.status.subscribe()
    }

    /// Reads everything again, now. It reads files and so must not be called on a thread that serves requests.
    pub fn reload(&self) -> Arc<Status> {
        let shared = &self.0;
        let _reading = shared
            .reading
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let readings = shared.status.borrow().readings + 1;
        let result = Config::load(&shared.paths, &shared.env, &shared.flags);
        let (errors, loaded) = match result {
            Ok(loaded) => (Vec::new(), Arc::new(loaded)),
            Err(errors) => (errors.all().to_vec(), self.current()),
        };
        let status = Arc::new(Status {
            ok: errors.is_empty(),
            errors,
            warnings: loaded.warnings.clone(),
            revision: loaded.revision.clone(),
            restart: restart(&shared.first, &loaded),
            readings,
            at: Timestamp::now(),
        });
        shared.current.store(loaded);
        shared.status.send_replace(Arc::clone(&status));
        status
    }
}

/// The settings that differ from those at the start and count only after a restart.
fn restart(first: &Loaded, now: &Loaded) -> Vec<&'static str> {
    let mut keys: Vec<&'static str> = now
        .origins
        .values()
        .filter(|setting| setting.applies == Applies::Restart)
        .filter(|setting| {
            first.origins.get(setting.key).map(|old| &old.value) != Some(&setting.value)
        })
        .map(|setting| setting.key)
        .collect();
    if first.config.server.admin_token != now.config.server.admin_token {
        keys.push("server.admin_token");
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

enum Signal {
    Changed,
    Stop,
}

/// Reads the files again when they change. Its thread ends when it is dropped.
pub struct Watcher {
    stop: SyncSender<Signal>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Watches the files of `live`: by the system's own means, or by looking every two seconds where it has none left.
    pub fn start(live: Live) -> io::Result<Self> {
        let (signals, inbox) = sync_channel(SIGNALS);
        match Eyes::of_system(&live.0.paths, signals.clone()) {
            Ok(eyes) => Self::run(live, eyes, signals, inbox),
            Err(error) => {
                tracing::warn!(%error, "the system cannot watch files; looking every 2 s instead");
                Self::polling(live, POLL)
            }
        }
    }

    /// Looks at the files of `live` once in so long.
    pub fn polling(live: Live, every: Duration) -> io::Result<Self> {
        let (signals, inbox) = sync_channel(SIGNALS);
        let seen = stamps(&live.0.paths);
        Self::run(live, Eyes::Polling { every, seen }, signals, inbox)
    }

    fn run(
        live: Live,
        eyes: Eyes,
        stop: SyncSender<Signal>,
        inbox: Receiver<Signal>,
    ) -> io::Result<Self> {
        let thread = std::thread::Builder::new()
            .name("config".to_owned())
            .spawn(move || serve(&live, eyes, &inbox))?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // When the inbox is full the thread is busy and takes from it soon; when it is gone there is nobody to stop.
        let _ = self.stop.send(Signal::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic of that thread was already reported by the panic hook.
            let _ = thread.join();
        }
    }
}

fn serve(live: &Live, mut eyes: Eyes, inbox: &Receiver<Signal>) {
    let paths = &live.0.paths;
    loop {
        match inbox.recv_timeout(eyes.patience()) {
            Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) if !eyes.see_change(paths) => continue,
            Err(RecvTimeoutError::Timeout) | Ok(Signal::Changed) => {}
        }
        if !quiet(inbox) {
            return;
        }
        // The folder of businesses may have come or gone. Looked at before reading, so that nothing is missed between.
        eyes.look_anew(paths);
        report(&live.reload());
    }
}

fn report(status: &Status) {
    if status.ok {
        tracing::info!(revision = %status.revision, restart = ?status.restart, "configuration read again");
        return;
    }
    let first = status
        .errors
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mistakes = status.errors.len();
    tracing::error!(mistakes, %first, "configuration has mistakes; the old one stays in use");
}

/// Waits until nothing changes any more. False when it is time to stop.
fn quiet(inbox: &Receiver<Signal>) -> bool {
    let end = Instant::now() + PATIENCE;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match inbox.recv_timeout(QUIET.min(left)) {
            Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
            Ok(Signal::Changed) if left.is_zero() => return drained(inbox),
            Ok(Signal::Changed) => {}
            Err(RecvTimeoutError::Timeout) => return true,
        }
    }
}

/// Forgets the changes that wait, as the reading that follows sees them all. False when a stop was among them.
fn drained(inbox: &Receiver<Signal>) -> bool {
    loop {
        match inbox.try_recv() {
            Ok(Signal::Changed) => {}
            Ok(Signal::Stop) | Err(TryRecvError::Disconnected) => return false,
            Err(TryRecvError::Empty) => return true,
        }
    }
}

/// What sees that a file has changed.
enum Eyes {
    /// The system tells; the folder of businesses is kept when it is watched.
    System {
        watcher: RecommendedWatcher,
        businesses: Option<PathBuf>,
    },
    /// We look.
    Polling { every: Duration, seen: Stamps },
}

impl Eyes {
    fn of_system(paths: &Paths, signals: SyncSender<Signal>) -> notify::Result<Self> {
        let mut watcher =
            RecommendedWatcher::new(noticer(paths, signals), notify::Config::default())?;
        watcher.watch(paths.folder(), RecursiveMode::NonRecursive)?;
        let mut eyes = Self::System {
            watcher,
            businesses: None,
        };
        eyes.look_anew(paths);
        Ok(eyes)
    }

    /// How long to wait for a signal before looking.
    fn patience(&self) -> Duration {
        match self {
            Eyes::System { .. } => IDLE,
            Eyes::Polling { every, .. } => *every,
        }
    }

    /// Looks, when it is on us to look.
    fn see_change(&self, paths: &Paths) -> bool {
        match self {
            Eyes::System { .. } => false,
            Eyes::Polling { seen, .. } => *seen != stamps(paths),
        }
    }

    /// Takes the present state as seen. A folder that was removed and made anew has to be watched anew.
    fn look_anew(&mut self, paths: &Paths) {
        match self {
            Eyes::Polling { seen, .. } => *seen = stamps(paths),
            Eyes::System {
                watcher,
                businesses,
            } => {
                if let Some(old) = businesses.take() {
                    // It fails when the folder is gone, and then there is nothing to end.
                    let _ = watcher.unwatch(&old);
                }
                let folder = paths.businesses();
                if folder.is_dir() && watcher.watch(&folder, RecursiveMode::NonRecursive).is_ok() {
                    *businesses = Some(folder);
                }
            }
        }
    }
}

/// Length and time of change of each file, by path.
type Stamps = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

fn stamps(paths: &Paths) -> Stamps {
    let entries = fs::read_dir(paths.businesses())
        .into_iter()
        .flatten()
        .take(MOST_FILES);
    let files = entries.filter_map(Result::ok).map(|entry| entry.path());
    files
        .chain([paths.file.clone()])
        .filter_map(|path| {
            let about = fs::metadata(&path).ok()?;
            Some((path, (about.len(), about.modified().ok())))
        })
        .collect()
}

/// Signals each change of a file that matters. A full inbox already holds a signal, so one more says nothing new.
fn noticer(
    paths: &Paths,
    signals: SyncSender<Signal>,
) -> impl Fn(notify::Result<Event>) + Send + 'static {
    let businesses = paths.businesses();
    let file = paths.file.clone();
    move |event| {
        let matters = event.map_or(true, |event| {
            let read_only = matches!(event.kind, EventKind::Access(_));
            !read_only
                && event
                    .paths
                    .iter()
                    .any(|path| concerns(path, &file, &businesses))
        });
        if matters {
            let _ = signals.try_send(Signal::Changed);
        }
    }
}

/// Whether a change of `path` can change the configuration. A cluster swaps whole folders through links such as `..data`.
fn concerns(path: &Path, file: &Path, businesses: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name == file.file_name().unwrap_or_default()
        || name == businesses.file_name().unwrap_or_default()
        || path.extension().is_some_and(|ending| ending == "toml")
        || name.to_string_lossy().starts_with("..")
}
