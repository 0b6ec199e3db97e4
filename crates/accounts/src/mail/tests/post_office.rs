//! A mail server on the loopback: `mailin`'s state machine behind a socket.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{IpAddr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use mailin::{Action, AuthMechanism, Handler, Response, SessionBuilder, response};
use tokio::sync::mpsc;

/// What the mail server says to the recipient of the mail that is tried for the n-th time, beginning with 1.
pub type Verdict = fn(usize) -> Response;

pub const TAKE_IT: Verdict = |_| response::OK;

pub struct PostOffice {
    pub addr: SocketAddr,
    tries: Arc<AtomicUsize>,
    mails: mpsc::UnboundedReceiver<Received>,
}

#[derive(Clone, Debug, Default)]
pub struct Received {
    pub user: Option<(String, String)>,
    pub hello: String,
    pub from: String,
    pub to: Vec<String>,
    pub data: String,
}

impl PostOffice {
    /// Serves anyone until the process ends.
    pub fn open(verdict: Verdict) -> Self {
        Self::serve(SessionBuilder::new("post.example"), verdict)
    }

    /// Serves whoever tells a user and a password, any.
    pub fn open_to_users() -> Self {
        let mut sessions = SessionBuilder::new("post.example");
        sessions.enable_auth(AuthMechanism::Plain).insecure_enable_plaintext_auth();
        Self::serve(sessions, TAKE_IT)
    }

    fn serve(sessions: SessionBuilder, verdict: Verdict) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let (keep, mails) = mpsc::unbounded_channel();
        let tries = Arc::<AtomicUsize>::default();
        let clerk = Clerk { verdict, tries: Arc::clone(&tries), keep, mail: Received::default() };
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (sessions, clerk) = (sessions.clone(), clerk.clone());
                thread::spawn(move || converse(&stream.unwrap(), &sessions, clerk));
            }
        });
        Self { addr, tries, mails }
    }

    pub fn tries(&self) -> usize {
        self.tries.load(Ordering::SeqCst)
    }

    /// The next mail that was taken.
    pub async fn next(&mut self) -> Received {
        let mail = tokio::time::timeout(Duration::from_secs(20), self.mails.recv()).await;
        mail.expect("a mail arrives").unwrap()
    }

    pub fn is_empty(&self) -> bool {
        self.mails.is_empty()
    }
}

/// Until one of both hangs up.
fn converse(mut stream: &TcpStream, sessions: &SessionBuilder, clerk: Clerk) -> Option<()> {
    let mut session = sessions.build(stream.peer_addr().unwrap().ip(), clerk);
    let mut lines = BufReader::new(stream);
    session.greeting().write_to(&mut stream).ok()?;
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        let answer = session.process(&line);
        if answer.action != Action::NoReply {
            answer.write_to(&mut stream).ok()?;
        }
        if answer.action == Action::Close {
            return stream.flush().ok();
        }
    }
}

#[derive(Clone)]
struct Clerk {
    verdict: Verdict,
    tries: Arc<AtomicUsize>,
    keep: mpsc::UnboundedSender<Received>,
    mail: Received,
}

impl Handler for Clerk {
    fn helo(&mut self, _: IpAddr, domain: &str) -> Response {
        domain.clone_into(&mut self.mail.hello);
        response::OK
    }

    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        self.mail.user = Some((user.to_owned(), password.to_owned()));
        response::AUTH_OK
    }

    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        from.clone_into(&mut self.mail.from);
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        self.mail.to.push(to.to_owned());
        (self.verdict)(self.tries.fetch_add(1, Ordering::SeqCst) + 1)
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.mail.data.push_str(std::str::from_utf8(bytes).unwrap());
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        self.keep.send(self.mail.clone()).ok();
        response::OK
    }
}
