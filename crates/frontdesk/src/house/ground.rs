//! What the house stands on: its folder, its keys, its port.

use std::{net::TcpListener, path::Path};

use anyhow::Context;

/// Makes the folder.
///
/// # Errors
/// Why it cannot be written, with what to do.
pub fn folder(path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(path).with_context(|| cannot_write(path))
}

/// Takes the port.
///
/// # Errors
/// A busy port, with what to do.
pub fn listen(bind: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(bind).with_context(|| {
        format!("cannot listen on {bind}; another program may have the port: choose another with --bind 127.0.0.1:0")
    })
}

/// An address that a client on this machine can use.
pub fn reachable(mut address: std::net::SocketAddr) -> std::net::SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    address
}

fn cannot_write(folder: &Path) -> String {
    format!(
        "cannot write {}; choose another folder with --data-dir",
        folder.display()
    )
}

/// A random key that outlives restarts, readable by this user only.
///
/// # Errors
/// Why it can be neither made nor read.
pub fn secret(data: &Path, name: &str) -> anyhow::Result<String> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let path = data.join(name);
    let fresh = format!(
        "{}{}",
        uuid::Uuid::new_v4().simple(),
        uuid::Uuid::new_v4().simple()
    );
    let made = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    match made {
        Ok(mut file) => file
            .write_all(fresh.as_bytes())
            .with_context(|| cannot_write(data))?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).with_context(|| cannot_write(data)),
    }
    let key = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    anyhow::ensure!(
        key.len() >= 32,
        "{} is damaged; remove it, a new key is made",
        path.display()
    );
    Ok(key)
}
