//! The port that is listened on, or not.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// A port that stays ours while nobody listens on it, so that connections are refused and come back to us later.
pub(crate) struct Door {
    address: SocketAddr,
    /// Bound and never listening: keeps the port.
    _keeper: TcpSocket,
    leaf: Mutex<Leaf>,
    runtime: Handle,
}

#[derive(Default)]
struct Leaf {
    listener: Option<TcpListener>,
    waiting: Option<Waker>,
}

impl Door {
    /// Takes the port (0 = any free one) and listens.
    pub(crate) fn open(port: u16) -> io::Result<Self> {
        let keeper = TcpSocket::new_v4()?;
        keeper.set_reuseaddr(true)?;
        keeper.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        let address = keeper.local_addr()?;
        let door = Self {
            address,
            _keeper: keeper,
            leaf: Mutex::default(),
            runtime: Handle::current(),
        };
        door.listen()?;
        Ok(door)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// From the return of this on, connections are refused; those that were not yet accepted are reset.
    pub(crate) fn close(&self) {
        self.leaf().listener = None;
    }

    /// From the return of this on, connections are accepted.
    pub(crate) fn listen(&self) -> io::Result<()> {
        let mut leaf = self.leaf();
        if leaf.listener.is_some() {
            return Ok(());
        }
        let _inside = self.runtime.enter();
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(self.address)?;
        leaf.listener = Some(socket.listen(BACKLOG)?);
        if let Some(waiting) = leaf.waiting.take() {
            waiting.wake();
        }
        Ok(())
    }

    /// The next connection, whenever the door is open for one.
    pub(crate) fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<TcpStream> {
        let mut leaf = self.leaf();
        loop {
            let Some(listener) = &leaf.listener else {
                leaf.waiting = Some(cx.waker().clone());
                return Poll::Pending;
            };
            match listener.poll_accept(cx) {
                Poll::Ready(Ok((stream, _))) => return Poll::Ready(stream),
                // A connection that was gone before it was accepted.
                Poll::Ready(Err(_)) => {}
                Poll::Pending => {
                    leaf.waiting = Some(cx.waker().clone());
                    return Poll::Pending;
                }
            }
        }
    }

    fn leaf(&self) -> MutexGuard<'_, Leaf> {
        // Both fields are whole after every statement, whoever panicked.
        self.leaf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
