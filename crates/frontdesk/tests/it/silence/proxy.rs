//! A TCP proxy in front of a real server, which falls ill on demand.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// What is wrong with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ill {
    /// Nothing.
    No,
    /// Nobody listens, and what stood is closed.
    Refuse,
    /// Requests are taken and not answered.
    BlackHole,
    /// Whoever asks is reset.
    Reset,
    /// Every piece of an answer comes two seconds later.
    Slow,
    /// Answers come one byte at a time, a millisecond apart.
    Drip,
    /// Every request gets this error.
    Error(&'static str),
    /// Every request gets something that is no answer.
    Garbage,
    /// Answers end in the middle.
    Cut,
}

/// How the server is spoken to: what an error looks like there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// One answer for each request, and then the connection is closed.
    Http,
    /// One line for each command.
    Redis,
}

/// The proxy. Dropping it ends it.
pub struct Proxy {
    address: SocketAddr,
    ill: watch::Sender<Ill>,
    /// Bound and never listening: keeps the port while nobody listens.
    _keeper: TcpSocket,
    task: JoinHandle<()>,
}

impl Proxy {
    /// In front of this server.
    pub fn before(server: SocketAddr, tongue: Tongue) -> Proxy {
        let keeper = TcpSocket::new_v4().expect("a socket");
        keeper.set_reuseaddr(true).expect("a socket has it");
        keeper
            .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .expect("a free port");
        let address = keeper.local_addr().expect("it is bound");
        let (ill, state) = watch::channel(Ill::No);
        let task = tokio::spawn(serve(listen(address), address, server, tongue, state));
        Proxy {
            address,
            ill,
            _keeper: keeper,
            task,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on this is wrong.
    pub fn fall(&self, ill: Ill) {
        self.ill.send_replace(ill);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn listen(address: SocketAddr) -> TcpListener {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("a socket has it");
    socket.bind(address).expect("the port is kept for this");
    socket.listen(1024).expect("it is bound")
}

async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    server: SocketAddr,
    tongue: Tongue,
    mut state: watch::Receiver<Ill>,
) {
    let mut open = Some(listener);
    let mut served = JoinSet::new();
    loop {
        let ill = *state.borrow_and_update();
        if ill == Ill::Refuse {
            open = None;
            served.shutdown().await;
            if state.changed().await.is_err() {
                return;
            }
            continue;
        }
        let listener = open.get_or_insert_with(|| listen(address));
        tokio::select! {
            Ok((near, _)) = listener.accept() => {
                served.spawn(connection(near, server, tongue, state.clone()));
                while served.try_join_next().is_some() {}
            }
            changed = state.changed() => if changed.is_err() { return },
        }
    }
}

async fn connection(
    mut near: TcpStream,
    server: SocketAddr,
    tongue: Tongue,
    state: watch::Receiver<Ill>,
) {
    let Ok(mut far) = TcpStream::connect(server).await else {
        return;
    };
    let _ = near.set_nodelay(true);
    let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut commands = Commands::default();
    loop {
        tokio::select! {
            read = near.read(&mut asked) => {
                let Ok(count @ 1..) = read else { return };
                let bytes = &asked[..count];
                let ill = *state.borrow();
                let done = match ill {
                    Ill::BlackHole => true,
                    Ill::Reset => {
                        let _ = near.set_zero_linger();
                        return;
                    }
                    Ill::Garbage => near.write_all(b"<html>Please sign in</html>\r\n").await.is_ok(),
                    Ill::Error(error) if tongue == Tongue::Redis => {
                        let answer = error.repeat(commands.ended(bytes));
                        near.write_all(answer.as_bytes()).await.is_ok()
                    }
                    Ill::Error(error) => {
                        refuse(&mut near, error, &mut asked).await;
                        false
                    }
                    _ => far.write_all(bytes).await.is_ok(),
                };
                if !done {
                    return;
                }
            }
            read = far.read(&mut answered) => {
                let Ok(count @ 1..) = read else { return };
                let bytes = &answered[..count];
                let ill = *state.borrow();
                let done = match ill {
                    Ill::Slow => {
                        tokio::time::sleep(Duration::from_secs(2)).await;
                        near.write_all(bytes).await.is_ok()
                    }
                    Ill::Drip => drip(&mut near, bytes).await,
                    Ill::Cut => {
                        let _ = near.write_all(&bytes[..count / 2]).await;
                        false
                    }
                    Ill::BlackHole | Ill::Garbage | Ill::Error(_) => true,
                    _ => near.write_all(bytes).await.is_ok(),
                };
                if !done {
                    return;
                }
            }
        }
    }
}

async fn drip(near: &mut TcpStream, bytes: &[u8]) -> bool {
    for byte in bytes {
        if near.write_all(&[*byte]).await.is_err() {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    true
}

/// Answers and closes; what still comes is read, or the answer would be lost with it.
async fn refuse(near: &mut TcpStream, error: &str, room: &mut [u8]) {
    let _ = near.write_all(error.as_bytes()).await;
    let _ = near.shutdown().await;
    let rest = async { while near.read(room).await.is_ok_and(|count| count > 0) {} };
    let _ = tokio::time::timeout(Duration::from_secs(1), rest).await;
}

/// Counts the commands of a Redis connection: `*2\r\n$3\r\nGET\r\n$1\r\na\r\n`.
#[derive(Default)]
struct Commands {
    left: Vec<u8>,
}

impl Commands {
    /// How many commands are whole with these bytes.
    fn ended(&mut self, bytes: &[u8]) -> usize {
        self.left.extend_from_slice(bytes);
        let mut count = 0;
        while let Some(size) = command(&self.left) {
            self.left.drain(..size);
            count += 1;
        }
        count
    }
}

/// The size of the first command, when it is whole.
fn command(bytes: &[u8]) -> Option<usize> {
    let (mut words, mut at) = line(bytes, 0)?;
    while words > 0 {
        let (size, begin) = line(bytes, at)?;
        at = begin + size + 2;
        words -= 1;
    }
    (at <= bytes.len()).then_some(at)
}

/// The number in the line that begins there, and where the next one begins.
fn line(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = bytes.get(at..)?;
    let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
    let number = std::str::from_utf8(rest.get(1..end)?).ok()?.parse().ok()?;
    Some((number, at + end + 2))
}

#[test]
fn commands_are_counted_however_they_are_cut() {
    let stream = b"*2\r\n$3\r\nGET\r\n$4\r\n*1\r\n\r\n*1\r\n$4\r\nPING\r\n";
    for cut in 0..stream.len() {
        let mut commands = Commands::default();
        let whole = commands.ended(&stream[..cut]) + commands.ended(&stream[cut..]);
        assert_eq!((whole, commands.left.len()), (2, 0), "cut at {cut}");
    }
}
