//! The servers that the tests talk to.

use std::{
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use events::{At, BusinessId, CallId, Event, InstanceId, Stamped, TurnId};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, postgres::PgRow};
use store::{CallRow, Commit, Lease, ReservationAsk};
use store_postgres::{PostgresRecords, Settings};
use tempfile::TempDir;

const URL: &str = "FRONTDESK_TEST_POSTGRES";
const PROGRAM: &str = "FRONTDESK_TEST_POSTGRES_SERVER";
/// Set where a missing server is a failure.
const REQUIRED: &str = "FRONTDESK_TEST_STORES";

fn given(variable: &str) -> Option<String> {
    let value = std::env::var(variable).ok();
    let required = std::env::var_os(REQUIRED).is_some();
    assert!(
        value.is_some() || !required,
        "{variable} is not set: run scripts/check-stores"
    );
    if value.is_none() {
        eprintln!(
            "skipped: {variable} is not set; scripts/check-stores starts the server and runs this"
        );
    }
    value
}

/// The address of the server that the script started.
pub fn url() -> Option<String> {
    given(URL)
}

pub fn fresh(what: &str) -> String {
    format!("{what}_{}", uuid::Uuid::now_v7().simple())
}

/// Settings with tables of their own.
pub fn settings(url: &str) -> Settings {
    Settings {
        url: url.to_owned(),
        schema: fresh("test"),
        // The machine may be busy with other tests; what is tested here is not its speed. Each connection costs a
        // handshake and 4096 rounds of hashing.
        connections: 3,
        wait_ms: 60_000,
        connect_ms: 60_000,
        answer_ms: 30_000,
        ..Settings::default()
    }
}

pub async fn open(settings: &Settings) -> PostgresRecords {
    PostgresRecords::open(settings.clone()).await.unwrap()
}

/// Why it cannot be opened.
pub async fn refused(settings: Settings) -> String {
    let opened = PostgresRecords::open(settings).await;
    opened.err().expect("it is refused").to_string()
}

/// Another client of the same server.
pub struct Raw(pub PgConnection);

impl Raw {
    pub async fn to(url: &str) -> Self {
        Self(PgConnection::connect(url).await.unwrap())
    }

    pub async fn run(&mut self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(sql).execute(&mut self.0).await.unwrap();
    }

    pub async fn count(&mut self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        let row: PgRow = sqlx::query(sql).fetch_one(&mut self.0).await.unwrap();
        row.try_get(0).unwrap()
    }
}

/// The same server for another user.
pub fn as_user(url: &str, name: &str, password: &str) -> String {
    let (_, rest) = url.split_once('@').unwrap();
    format!("postgres://{name}:{password}@{rest}")
}

/// The same server and another database.
pub fn of_database(url: &str, name: &str) -> String {
    let (start, _) = url.rsplit_once('/').unwrap();
    format!("{start}/{name}")
}

/// A server of one test alone.
pub struct Server {
    child: Child,
    pub port: u16,
    folder: TempDir,
    program: String,
}

pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Server {
    /// Begins to start one, unless the program is not known.
    pub fn begin() -> Option<Self> {
        let program = given(PROGRAM)?;
        let port = free_port();
        let folder = tempfile::tempdir().unwrap();
        // The server is another user when the test is root.
        let open = std::fs::Permissions::from_mode(0o711);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let child = launch(&program, &folder, port);
        Some(Self {
            child,
            port,
            folder,
            program,
        })
    }

    pub fn url(&self) -> String {
        format!(
            "postgres://frontdesk:s3cret@127.0.0.1:{}/frontdesk",
            self.port
        )
    }

    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("data/server.crt")
    }

    /// Kills it as the kernel would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again at the same address, with what it has on its disk.
    pub async fn start_again(&mut self) {
        self.child = launch(&self.program, &self.folder, self.port);
        until("it starts again", async || {
            // Those that served its connections may not have noticed yet, and it does not start beside them.
            if self.child.try_wait().unwrap().is_some() {
                self.child = launch(&self.program, &self.folder, self.port);
            }
            PgConnection::connect(&self.url()).await.is_ok()
        })
        .await;
    }
}

impl Drop for Server {
    /// A fast shutdown: killed, it would leave its shared memory behind.
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let _ = self.child.wait();
    }
}

fn launch(program: &str, folder: &TempDir, port: u16) -> Child {
    let mut command = Command::new(program);
    command
        .arg(folder.path())
        .arg(port.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Asks until it is so, not so often that what it waits for gets no time.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let from = Instant::now();
    while !so().await {
        assert!(from.elapsed() < Duration::from_secs(60), "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub const NOON: At = At(1_790_000_000_000);

pub fn new_call() -> CallId {
    CallId::parse(&fresh("call")).unwrap()
}

pub fn new_business() -> BusinessId {
    BusinessId::parse(&fresh("shop")).unwrap()
}

pub fn instance() -> InstanceId {
    InstanceId::parse("test").unwrap()
}

/// A commit under `lease` with one event more than `seq`.
pub fn commit(lease: &Lease, business: &BusinessId, seq: u32) -> Commit {
    let call = &lease.call;
    Commit {
        call: call.clone(),
        epoch: lease.epoch,
        row: CallRow {
            call: call.clone(),
            business: business.clone(),
            from: None,
            started: NOON,
            ended: None,
            outcome: None,
            turns: seq,
        },
        snapshot: Some(format!("snapshot {seq}").into()),
        events: vec![Stamped {
            call: call.clone(),
            seq,
            at: NOON + u64::from(seq),
            event: Event::Heard {
                turn: TurnId(seq),
                text: format!("words {seq}"),
                digits: false,
            },
        }],
        answer: None,
    }
}

pub fn ask(business: &BusinessId, start: At, parallel: u32) -> ReservationAsk {
    ReservationAsk {
        business: business.clone(),
        service: "cut".to_owned(),
        start,
        minutes: 30,
        parallel,
        name: "Ada".to_owned(),
        phone: "+12025550143".to_owned(),
    }
}
