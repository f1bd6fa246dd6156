//! A connection's bytes, with bad manners.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::Sleep;

/// How one connection behaves; said by the request that is served on it.
#[derive(Debug, Default)]
pub(crate) struct Manners {
    reset: AtomicBool,
    drip: AtomicBool,
    drip_ms: AtomicU64,
    /// It was us who ended it.
    ours: AtomicBool,
    ended: Notify,
}

impl Manners {
    /// One byte at a time, so many milliseconds apart.
    pub(crate) fn drip(&self, every_ms: u64) {
        self.drip_ms.store(every_ms, Relaxed);
        self.drip.store(true, Relaxed);
    }

    /// As fast as it goes.
    pub(crate) fn flow(&self) {
        self.drip.store(false, Relaxed);
    }

    /// Ends the connection with a reset.
    pub(crate) fn reset(&self) {
        self.reset.store(true, Relaxed);
        self.ours.store(true, Relaxed);
        self.ended.notify_one();
    }

    /// Ends the connection.
    pub(crate) fn close(&self) {
        self.ours.store(true, Relaxed);
        self.ended.notify_one();
    }

    /// Whether it was us who ended it.
    pub(crate) fn is_ours(&self) -> bool {
        self.ours.load(Relaxed)
    }

    /// Until it has to end.
    pub(crate) async fn ended(&self) {
        self.ended.notified().await;
    }
}

/// The connection itself.
pub(crate) struct Wire {
    stream: TcpStream,
    manners: Arc<Manners>,
    /// The pause after the last single byte.
    pause: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, manners: Arc<Manners>) -> Self {
        // Single bytes have to leave as such; a failure only makes them leave later.
        let _ = stream.set_nodelay(true);
        Self {
            stream,
            manners,
            pause: None,
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.manners.reset.load(Relaxed) {
            // Closing with unsent data thrown away is what sends a reset.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if !self.manners.drip.load(Relaxed) || bytes.is_empty() {
            return Pin::new(&mut self.stream).poll_write(cx, bytes);
        }
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &bytes[..1]))?;
        let every = self.manners.drip_ms.load(Relaxed);
        if every > 0 {
            let pause = tokio::time::sleep(Duration::from_millis(every));
            self.pause = Some(Box::pin(pause));
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
