//! A company's API on a port of this machine.

use std::future::poll_fn;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::chat::{Chat, ChatScript};
use crate::company::Company;
use crate::door::Door;
use crate::fault::{Fault, Pace, Plan};
use crate::seen::{Log, Seen};
use crate::serve::{House, connection};

/// Most connections served at once; more wait to be accepted.
const LIMIT_CONNECTIONS: usize = 4096;

/// A running simulator. Dropping it ends everything that it started.
pub struct Sim {
    door: Arc<Door>,
    house: Arc<House>,
    connects: Arc<AtomicU64>,
    /// Each change closes all connections.
    closing: watch::Sender<u64>,
    task: JoinHandle<()>,
}

impl Sim {
    /// Starts on a free port of the loopback address. Needs a tokio runtime; fails when there is no port.
    pub async fn start(company: Company) -> io::Result<Sim> {
        Self::start_on(company, 0).await
    }

    /// Starts on this port.
    pub async fn start_on(company: Company, port: u16) -> io::Result<Sim> {
        let door = Arc::new(Door::open(port)?);
        let house = Arc::new(House {
            company,
            plan: Mutex::default(),
            pace: Mutex::default(),
            gain_db: Mutex::new(company.gain_db()),
            log: Log::default(),
            chat: Chat::default(),
        });
        let connects = Arc::new(AtomicU64::new(0));
        let closing = watch::Sender::new(0);
        let task = tokio::spawn(accept(
            door.clone(),
            house.clone(),
            connects.clone(),
            closing.clone(),
        ));
        Ok(Sim {
            door,
            house,
            connects,
            closing,
            task,
        })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.door.address())
    }

    /// The only credential that it accepts; empty where the server asks for none.
    pub fn key(&self) -> &str {
        self.house.company.key()
    }

    /// From now on every request meets this fault.
    pub fn fault(&self, fault: Fault) {
        self.plan(Plan::always(fault));
        match fault {
            Fault::Refuse => {
                self.door.close();
                self.closing.send_modify(|count| *count += 1);
            }
            _ => self.listen(),
        }
    }

    /// The next requests meet these faults, one each; those after them none.
    pub fn faults(&self, list: Vec<Fault>) {
        self.plan(Plan::each(list));
        self.listen();
    }

    /// From now on answers that are streamed come at this pace.
    pub fn pace(&self, pace: Pace) {
        *self
            .house
            .pace
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = pace;
    }

    /// From now on it speaks this much louder than the bare voice, which is at about -20 dBFS, instead of as loud as the
    /// company does.
    pub fn loudness(&self, gain_db: f32) {
        *self
            .house
            .gain_db
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = gain_db;
    }

    /// What the language model says to the next requests, one script each; after them it says "I see."
    pub fn chat(&self, scripts: Vec<ChatScript>) {
        self.house.chat.plan(scripts);
    }

    /// Every request so far, in the order of arrival.
    pub fn seen(&self) -> Vec<Seen> {
        self.house.log.all()
    }

    /// TCP connections accepted so far.
    pub fn connects(&self) -> u64 {
        self.connects.load(Relaxed)
    }

    fn plan(&self, plan: Plan) {
        *self
            .house
            .plan
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = plan;
    }

    fn listen(&self) {
        let opened = self.door.listen();
        opened.expect("the port is kept bound for this, so it can be listened on again");
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.door.close();
        self.task.abort();
    }
}

async fn accept(
    door: Arc<Door>,
    house: Arc<House>,
    connects: Arc<AtomicU64>,
    closing: watch::Sender<u64>,
) {
    let mut served = JoinSet::new();
    loop {
        let stream = poll_fn(|cx| door.poll_accept(cx)).await;
        while served.try_join_next().is_some() {}
        if served.len() >= LIMIT_CONNECTIONS {
            served.join_next().await;
        }
        let number = connects.fetch_add(1, Relaxed) + 1;
        served.spawn(connection(
            stream,
            number,
            house.clone(),
            closing.subscribe(),
        ));
    }
}
