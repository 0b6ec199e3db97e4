//! A mail server that takes everything and keeps the count.
//!
//! On threads of its own, so that the one which measures never waits for it.

use std::{
    io::{BufRead, BufReader, Result, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// An open mail server; it lives as long as the program.
#[derive(Debug)]
pub struct Mailbox {
    address: SocketAddr,
    count: Arc<AtomicUsize>,
}

impl Mailbox {
    /// Listens on a free port of this machine.
    pub fn open() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let mailbox = Self { address: listener.local_addr()?, count: Arc::default() };
        let count = Arc::clone(&mailbox.count);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let count = Arc::clone(&count);
                // Whoever hangs up is gone; nothing here depends on it.
                thread::spawn(move || converse(&stream, &count).ok());
            }
        });
        Ok(mailbox)
    }

    /// As the server's setting takes it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Mails so far.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

fn converse(mut stream: &TcpStream, count: &AtomicUsize) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream).lines();
    stream.write_all(b"220 bench\r\n")?;
    while let Some(command) = lines.next() {
        let reply: &[u8] = match command?.to_ascii_uppercase().as_str() {
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                for line in lines.by_ref() {
                    if line? == "." {
                        break;
                    }
                }
                count.fetch_add(1, Ordering::Relaxed);
                b"250 taken\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 bench\r\n",
        };
        stream.write_all(reply)?;
    }
    Ok(())
}
