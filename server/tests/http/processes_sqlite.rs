//! One process serves a SQLite file. Here they are processes indeed.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use testkit::TestDb;

use crate::house::House;

/// A command of `tiny` over this database; a server gets a free port.
fn tiny(url: &str, words: &[&str]) -> Command {
    let mut tiny = Command::new(env!("CARGO_BIN_EXE_tiny"));
    tiny.args(words).env_clear().env("TINY_DATABASE_URL", url).env("TINY_ADDR", "127.0.0.1:0");
    tiny.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    tiny
}

/// A server that takes connections, or how it ended instead. Killed when dropped.
struct Server(Child);

impl Server {
    fn start(url: &str) -> Self {
        let mut server = tiny(url, &["serve"]).spawn().unwrap();
        let mut said = BufReader::new(server.stdout.take().unwrap()).lines();
        let listens = said.any(|line| line.unwrap().contains("listening on"));
        assert!(listens, "{:?}", server.wait_with_output());
        // Who does not read what it says stops it from saying more.
        thread::spawn(move || said.for_each(drop));
        Self(server)
    }
}

impl Drop for Server {
    /// As `kill -9` does.
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// How a command ended, which must not take long.
fn ended(url: &str, words: &[&str]) -> Output {
    let mut running = tiny(url, words).spawn().unwrap();
    let began = Instant::now();
    while running.try_wait().unwrap().is_none() {
        if began.elapsed() > Duration::from_secs(30) {
            running.kill().unwrap();
            panic!("{words:?} does not end: {:?}", running.wait_with_output());
        }
        thread::sleep(Duration::from_millis(20));
    }
    running.wait_with_output().unwrap()
}

#[tokio::test]
async fn a_second_server_of_a_file_ends_at_once_and_says_what_to_do() {
    let database = TestDb::sqlite().await;
    House::furnished(database.db()).await;
    let url = database.url();
    let first = Server::start(url);
    let second = ended(url, &["serve"]);
    assert!(!second.status.success());
    let said = String::from_utf8(second.stderr).unwrap();
    for words in [url.strip_prefix("sqlite:").unwrap(), "stop it first", "PostgreSQL"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    for beside in [&["admin", "list-workspaces"][..], &["migrate"]] {
        let done = ended(url, beside);
        assert!(done.status.success(), "{beside:?}: {done:?}");
    }
    drop(first);
    drop(Server::start(url));
    database.close().await;
}

#[tokio::test]
async fn several_servers_share_a_postgres() {
    let database = TestDb::postgres().await;
    let servers = [Server::start(database.url()), Server::start(database.url())];
    drop(servers);
    database.close().await;
}
