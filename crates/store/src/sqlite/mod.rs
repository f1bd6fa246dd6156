//! Records in two SQLite files.
//!
//! The decision: `calls.db` holds what many small writes make (calls, events, answers) and survives a killed process;
//! `books.db` holds what somebody was promised (reservations, messages, filler clips, deletions), and each of its
//! writes is on the disk before it counts. Each file has one writing connection and its own readers; one thread drives
//! them all and ends when the records are dropped.

mod books;
mod calls;
mod fault;
mod forget;
mod lane;
mod messages;
mod open;
mod port;
mod schema;
mod settle;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

use sqlx::{AnyConnection, Connection};
use tokio::sync::oneshot;

use crate::StoreError;
use fault::Fault;
use lane::{Bench, Lane, lane, transaction};
use open::Place;

/// How large a file may become unless it is said otherwise, bytes: 64 GB.
const LARGEST: u64 = 64 << 30;
/// Readers of the calls' file.
const READERS: usize = 2;

/// Records in a folder of this machine. More than one process may use it at once.
///
/// Its futures need a tokio runtime with time. Dropping it waits for the writes that were asked for and closes the files.
pub struct SqliteRecords {
    lanes: Option<Lanes>,
    notes: Vec<String>,
    turn: AtomicUsize,
    thread: Option<JoinHandle<()>>,
}

struct Lanes {
    calls: Lane,
    readers: Vec<Lane>,
    books: Lane,
    books_reader: Lane,
}

struct Opened {
    lanes: Lanes,
    benches: Vec<Bench>,
    /// Moves the log of the calls' file.
    settler: AnyConnection,
    notes: Vec<String>,
}

impl SqliteRecords {
    /// Opens the records in `folder`, makes what is missing, and finishes what a crash cut off.
    ///
    /// A damaged file is moved aside and begun anew; [`SqliteRecords::notes`] then says so. Fails when the folder cannot
    /// be written or the files are of another version.
    pub async fn open(folder: impl Into<PathBuf>) -> Result<Self, StoreError> {
        Self::open_limited(folder, LARGEST).await
    }

    /// The same with files of at most `largest` bytes each; when one is full, writes fail until something is removed.
    pub async fn open_limited(
        folder: impl Into<PathBuf>,
        largest: u64,
    ) -> Result<Self, StoreError> {
        let folder = folder.into();
        let failed = |what: &str, e: &std::io::Error| {
            StoreError::Unavailable(format!(
                "records cannot be kept ({what}: {e}): name a folder that this user may write"
            ))
        };
        let (told, hear) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("records".to_owned())
            .spawn(move || drive(&folder, largest, told))
            .map_err(|e| failed("no thread", &e))?;
        let opened = hear
            .await
            .map_err(|_| failed("no start", &std::io::ErrorKind::Interrupted.into()))??;
        let mut records = Self {
            lanes: Some(opened.0),
            notes: opened.1,
            turn: AtomicUsize::new(0),
            thread: Some(thread),
        };
        let lanes = records.lanes()?;
        match forget::unfinished(&lanes.calls, &lanes.books).await {
            Ok(0) => {}
            Ok(n) => records.notes.push(format!(
                "{n} deletions of callers that a crash cut off are finished now"
            )),
            Err(e) => records.notes.push(format!(
                "a deletion of a caller that was cut off is still not finished ({e}); the next start tries again"
            )),
        }
        Ok(records)
    }

    /// What the operator should know about the opening: files that were damaged, work that was finished.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    fn lanes(&self) -> Result<&Lanes, StoreError> {
        let closed = || StoreError::Unavailable("the records are closed: restart".to_owned());
        self.lanes.as_ref().ok_or_else(closed)
    }

    /// Reads from the calls' file.
    async fn read<T: Send + 'static>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let lanes = self.lanes()?;
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        lanes.readers[turn % READERS].run(work).await
    }

    /// Changes the books, completely or not at all.
    async fn book<T: Send + 'static>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let books = &self.lanes()?.books;
        books
            .run(async move |conn| transaction(conn, work).await)
            .await
    }
}

impl Drop for SqliteRecords {
    fn drop(&mut self) {
        self.lanes = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // it panicked, and the panic's text is out already
        }
    }
}

/// The thread's whole life.
fn drive(
    folder: &Path,
    largest: u64,
    told: oneshot::Sender<Result<(Lanes, Vec<String>), StoreError>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(e) => {
            let why = format!("records cannot be kept (no runtime: {e}): restart");
            return drop(told.send(Err(StoreError::Unavailable(why))));
        }
    };
    runtime.block_on(async {
        match open_all(folder, largest).await {
            Ok(opened) => {
                if told.send(Ok((opened.lanes, opened.notes))).is_ok() {
                    serve(opened.benches, opened.settler).await;
                }
            }
            Err(e) => drop(told.send(Err(e))),
        }
    });
}

/// Works until the records are dropped. Closing one after the other lets the last one of a file empty its log; nobody is
/// left who could be told that closing failed, and the log is read at the next start.
async fn serve(benches: Vec<Bench>, mut settler: AnyConnection) {
    let works = futures::future::join_all(benches.into_iter().map(Bench::work));
    let conns = tokio::select! {
        conns = works => conns,
        never = settle::work(&mut settler) => match never {},
    };
    for conn in std::iter::once(settler).chain(conns) {
        let _ = conn.close().await;
    }
}

async fn open_all(folder: &Path, largest: u64) -> Result<Opened, StoreError> {
    std::fs::create_dir_all(folder).map_err(|e| {
        StoreError::Unavailable(format!(
            "{} cannot hold records ({e}): name a folder that this user may write",
            folder.display()
        ))
    })?;
    let place = |name: &str, settings, tables| Place {
        path: folder.join(name),
        settings,
        tables,
        pages: (largest / 4096).max(1),
    };
    let calls = place("calls.db", open::NORMAL, schema::calls());
    let books = place("books.db", open::FULL, schema::books());
    let mut shop = Shop::default();
    let writer = shop.first(&calls).await?;
    let mut readers = Vec::with_capacity(READERS);
    for _ in 0..READERS {
        readers.push(shop.another(&calls).await?);
    }
    let lanes = Lanes {
        calls: writer,
        readers,
        books: shop.first(&books).await?,
        books_reader: shop.another(&books).await?,
    };
    let settler = open::connect(&calls).await;
    Ok(Opened {
        lanes,
        settler: settler.map_err(|fault| fault.explain(&calls.path))?,
        benches: shop.benches,
        notes: shop.notes,
    })
}

/// The connections as they are opened.
#[derive(Default)]
struct Shop {
    benches: Vec<Bench>,
    notes: Vec<String>,
}

impl Shop {
    async fn first(&mut self, place: &Place) -> Result<Lane, StoreError> {
        let conn = open::open(place, &mut self.notes).await?;
        Ok(self.lane(conn, place))
    }

    async fn another(&mut self, place: &Place) -> Result<Lane, StoreError> {
        let conn = open::connect(place).await;
        let conn = conn.map_err(|fault| fault.explain(&place.path))?;
        Ok(self.lane(conn, place))
    }

    fn lane(&mut self, conn: AnyConnection, place: &Place) -> Lane {
        let (lane, bench) = lane(conn, Arc::new(place.path.clone()));
        self.benches.push(bench);
        lane
    }
}
