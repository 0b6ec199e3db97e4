//! Wrong sign-ins at a fixed rate, each from another address, half of them for accounts that exist.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Result;
use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::{api, connection::Connection, load::Span, pace::Pace};

/// Whoever signs in does not wait longer: it goes away.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How sign-ins were answered, by status; the latencies are in order, from when each was due.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// Of sign-ins of the span.
    pub latencies: BTreeMap<u16, Vec<Duration>>,
    /// Sign-ins of the span without an answer, after [`PATIENCE`] or because a connection broke.
    pub unanswered: usize,
}

impl Answers {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        for (status, latencies) in other.latencies {
            self.latencies.entry(status).or_default().extend(latencies);
        }
        for latencies in self.latencies.values_mut() {
            latencies.sort_unstable();
        }
        self.unanswered += other.unanswered;
    }

    /// All that was sent.
    pub fn count(&self) -> usize {
        self.latencies.values().map(Vec::len).sum::<usize>() + self.unanswered
    }
}

/// Where the flood goes; it is the same flood in each phase, so no address or stranger comes twice.
#[derive(Debug)]
pub struct Flood {
    address: SocketAddr,
    accounts: u32,
    sent: u32,
}

/// Connections between two sign-ins. There are as many as are needed, and they are made when they are.
type Idle = Arc<Mutex<Vec<Connection>>>;

impl Flood {
    /// Against so many accounts of this server.
    pub const fn new(address: SocketAddr, accounts: u32) -> Self {
        Self { address, accounts, sent: 0 }
    }

    /// Sends so many a second until the end of `span`, and waits for the answers.
    pub async fn send(&mut self, rate: u32, span: Span) -> Result<Answers> {
        let pace = Pace::start(rate)?;
        let idle = Idle::default();
        let total = pace.due_until(span.until);
        let mut under_way = JoinSet::new();
        let mut begun = 0;
        while begun < total {
            let due = pace.due().await.min(total);
            for number in begun..due {
                let request = request(self.address, self.accounts, self.sent);
                let try_it = try_it(Arc::clone(&idle), self.address, request, pace.time_of(number));
                under_way.spawn(try_it);
                self.sent += 1;
            }
            begun = due;
        }
        let mut answers = Answers::default();
        for Tried { due, answer } in under_way.join_all().await {
            match answer {
                _ if due < span.from => {}
                Some((status, latency)) => {
                    answers.latencies.entry(status).or_default().push(latency);
                }
                None => answers.unanswered += 1,
            }
        }
        Ok(answers)
    }
}

struct Tried {
    due: Instant,
    answer: Option<(u16, Duration)>,
}

async fn try_it(idle: Idle, address: SocketAddr, request: Vec<u8>, due: Instant) -> Tried {
    let free = with(&idle, Vec::pop);
    let exchange = async {
        let mut connection = match free {
            Some(connection) => connection,
            None => Connection::open(address).await?,
        };
        let status = connection.exchange(&request).await?.status;
        anyhow::Ok((connection, status))
    };
    let answer = match timeout(PATIENCE, exchange).await {
        Ok(Ok((connection, status))) => {
            with(&idle, |idle| idle.push(connection));
            Some((status, due.elapsed()))
        }
        Ok(Err(_)) | Err(_) => None,
    };
    Tried { due, answer }
}

fn with<T>(idle: &Idle, act: impl FnOnce(&mut Vec<Connection>) -> T) -> T {
    act(&mut idle.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The sign-in of this number. Even ones are for the accounts in turn, odd ones for strangers.
fn request(host: SocketAddr, accounts: u32, number: u32) -> Vec<u8> {
    let email = match number % 2 {
        0 => api::account(number / 2 % accounts),
        _ => format!("stranger-{number}@example.com"),
    };
    let client = Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() | number & 0xff_ffff);
    let body = format!(r#"{{"email":"{email}","password":"three cold words {number}"}}"#);
    format!(
        "POST /api/auth/token HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: {client}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    fn parts(number: u32) -> (String, String) {
        let host = SocketAddr::from(([127, 0, 0, 1], 3000));
        let request = String::from_utf8(request(host, 3, number)).unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("\r\nContent-Length: {}", body.len())), "{head}");
        let line = head.lines().find(|line| line.starts_with("X-Forwarded-For: ")).unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        (line.to_owned(), body["email"].as_str().unwrap().to_owned())
    }

    #[test]
    fn every_sign_in_comes_from_another_address() {
        let clients: HashSet<String> =
            [0, 1, 2, 255, 256, 65_536, 70_000].map(|number| parts(number).0).into();
        assert_eq!(clients.len(), 7);
    }

    #[test]
    fn half_are_for_each_account_in_turn_and_half_for_ever_other_strangers() {
        let emails: Vec<String> = (0..8).map(|number| parts(number).1).collect();
        let accounts: Vec<String> = [0, 1, 2, 0].map(api::account).into();
        assert_eq!(
            emails.iter().step_by(2).collect::<Vec<_>>(),
            accounts.iter().collect::<Vec<_>>()
        );
        let strangers: HashSet<&String> = emails.iter().skip(1).step_by(2).collect();
        assert_eq!(strangers.len(), 4);
    }
}
