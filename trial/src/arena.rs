//! A database with a history, the servers that run over it one after the other, and the journal of all of them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::{Context, Result};
use model::ids::AttemptId;
use rig::{
    api::{self, Api, Settled},
    connection::Connection,
    database::Database,
    payload::{Door, ORIGIN},
    server::{Launch, Server},
};
use serde_json::{Value, json};

use crate::{
    compare::{Found, compare},
    dice::Dice,
    journal::{Faults, Journal, Sums},
    log,
    request::{SentEvent, Wanted},
    stored::Stored,
    visitor::{Stage, Visitor},
};

/// Attempts that are opened by way of the API after each start.
const OPENED: usize = 5;
/// Acknowledged events that are sent again after each start.
const REPEATED: usize = 40;
/// What the source takes that is to refuse the rest.
const PER_MINUTE: u32 = 5;

/// What has been found out over all rounds of an arena.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Rounds that ended.
    pub rounds: u64,
    /// Sums over the journals.
    pub sums: Sums,
    /// Events of unclear requests that were stored, and that were not.
    pub unclear: (u64, u64),
    /// Acknowledged events that are gone.
    pub lost: u64,
    /// Events that are there twice.
    pub doubled: u64,
    /// Everything wrong.
    pub faults: Faults,
    /// What warnings and errors the servers have logged, each once, if anything is wrong.
    pub log: Vec<String>,
}

/// Lines of the servers' log that are shown.
const LOG_LINES: usize = 6;

/// One database and its history.
pub struct Arena<'a> {
    tiny: &'a Path,
    database: Database,
    home: PathBuf,
    settled: Option<Settled>,
    /// The key of a source that takes few requests.
    limited_key: String,
    journal: Arc<Mutex<Journal>>,
    seed: u64,
    stages: u64,
    /// Where the servers' log goes.
    pub log: PathBuf,
    /// Of what they log, what is no fault.
    pub expected_log: &'static [&'static str],
    /// A program that runs the server, with its arguments.
    pub under: Vec<String>,
    /// What was found.
    pub verdict: Verdict,
}

impl<'a> Arena<'a> {
    /// Over an empty database; the server's own files go to `home`.
    pub fn new(tiny: &'a Path, database: Database, home: &Path, seed: u64) -> Self {
        Self {
            tiny,
            database,
            home: home.to_path_buf(),
            settled: None,
            limited_key: String::new(),
            journal: Arc::default(),
            seed,
            stages: 0,
            log: home.join("server.log"),
            expected_log: &[],
            under: Vec::new(),
            verdict: Verdict::default(),
        }
    }

    /// Starts a server, and lets it be settled in when it is the first.
    pub async fn start(&mut self) -> Result<Server> {
        let launch = Launch {
            tiny: self.tiny,
            database_url: self.database.url(),
            data_dir: &self.home,
            // Every answer names its attempt.
            settings: &[("TINY_LOG", "warn"), ("TINY_ATTEMPTS_PER_MINUTE", "1000000000")],
            under: &self.under,
            log: Some(&self.log),
        };
        let server = Server::launch(&launch).await.with_context(|| {
            format!("its log: {}", fs::read_to_string(&self.log).unwrap_or_default())
        })?;
        if self.settled.is_none() {
            let settled = api::settle(server.address()).await?;
            self.limited_key = limited_source(&server, &settled.organization).await?;
            self.settled = Some(settled);
        }
        Ok(server)
    }

    /// A stage before `server` whose ids nobody has seen yet.
    pub fn stage(&mut self, server: &Server) -> Result<Arc<Stage>> {
        let settled = self.settled.as_ref().context("nobody has settled in")?;
        let public_key = settled.door.public_key.clone();
        let door = Door { address: server.address(), public_key };
        let limited = Door { public_key: self.limited_key.clone(), ..door.clone() };
        self.stages += 1;
        let seed = Dice::of(self.seed, &[self.stages]).number();
        Ok(Stage::new(door, limited, Arc::clone(&self.journal), seed))
    }

    /// The journal.
    pub fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that must hold after a restart: all that was acknowledged is stored, can be opened, and is known when
    /// it is sent again; and so is what had no answer, once it has one.
    pub async fn examine(&mut self, server: &Server) -> Result<()> {
        let before = self.compare().await?;
        self.verdict.unclear.0 += before.unclear_stored;
        self.verdict.unclear.1 += before.unclear_missing;
        self.judge(before);
        self.open_some(server).await?;
        self.send_again(server).await?;
        let after = self.compare().await?;
        if after.unclear_missing > 0 {
            let missing = after.unclear_missing;
            self.verdict.faults.add(format!("{missing} events are unclear after a second try"));
        }
        self.judge(after);
        Ok(())
    }

    /// Compares journal and database, and adds what is wrong to the verdict.
    pub async fn compare(&self) -> Result<Found> {
        let stored = Stored::read(&self.database).await.context("the database cannot be read")?;
        Ok(compare(&self.journal(), &stored))
    }

    /// Adds a comparison to the verdict.
    pub fn judge(&mut self, found: Found) {
        self.verdict.lost += found.lost;
        self.verdict.doubled += found.doubled;
        self.verdict.faults.merge(found.faults);
        let told = self.journal().take_faults();
        self.verdict.faults.merge(told);
    }

    /// The whole verdict; the database goes.
    pub async fn close(mut self) -> Result<Verdict> {
        let sums = self.journal().sums;
        self.verdict.sums = sums;
        let told = self.journal().take_faults();
        self.verdict.faults.merge(told);
        let logged = fs::read_to_string(&self.log).context("the servers' log")?;
        for told in log::unexpected(&logged, self.expected_log) {
            self.verdict.faults.add(format!("logged: {told}"));
        }
        if self.verdict.faults.count > 0 {
            self.verdict.log = log::troubles(&logged).into_iter().take(LOG_LINES).collect();
        }
        self.database.remove().await?;
        Ok(self.verdict)
    }

    /// Opens some acknowledged attempts as their owner does.
    async fn open_some(&mut self, server: &Server) -> Result<()> {
        let settled = self.settled.as_ref().context("nobody has settled in")?;
        let mut ids: Vec<_> =
            self.journal().attempts.iter().map(|(id, told)| (*id, *told)).collect();
        ids.sort_unstable_by_key(|(id, _)| *id);
        let mut dice = Dice::of(self.seed, &[self.stages, ids.len() as u64]);
        let mut api = Api::open(server.address()).await?;
        api.sign_in().await?;
        for _ in 0..OPENED {
            let Some((id, told)) = dice.pick(&ids) else { break };
            let organization = &settled.organization;
            let id = AttemptId::from(*id);
            let path = format!("/api/attempts/{id}?organizationId={organization}");
            let attempt = match api.call("GET", &path, &Value::Null).await {
                Ok(reply) => reply["attempt"].clone(),
                Err(error) => {
                    self.verdict.faults.add(format!("{id} does not open: {error:#}"));
                    continue;
                }
            };
            let counts = ["accepted", "duplicates", "rejected"].map(|name| attempt[name].as_i64());
            let is_same = attempt["status"] == told.status
                && told.counts.is_none_or(|told| told.map(Some) == counts);
            if !is_same {
                self.verdict
                    .faults
                    .add(format!("{id} was told as {told:?}, but opens as {attempt}"));
            }
        }
        Ok(())
    }

    /// Sends what had no answer once more, and some of what had one, over another connection.
    async fn send_again(&mut self, server: &Server) -> Result<()> {
        let stage = self.stage(server)?;
        let open = stage.journal().take_open();
        let mut connection = Connection::open(server.address()).await?;
        let mut visitor = Visitor::new(Arc::clone(&stage), 0);
        visitor.settle(&mut connection).await?;
        let known = {
            let journal = stage.journal();
            let mut dice = Dice::of(self.seed, &[self.stages]);
            let known = (0..REPEATED).filter_map(|_| dice.pick(&journal.good_ids).cloned());
            known.map(SentEvent::good).collect::<Vec<_>>()
        };
        let mut again: Vec<_> =
            open.into_iter().filter(|request| request.wanted == Wanted::Events).collect();
        if !known.is_empty() {
            again.push(visitor.events(known));
        }
        // Nothing in a request is of the server it was made for but the name of the host, at which none looks.
        for request in again {
            if !visitor.exchange(&mut connection, request).await {
                connection = Connection::open(server.address()).await?;
            }
        }
        let left = stage.journal().take_open().len();
        if left > 0 {
            self.verdict.faults.add(format!("{left} requests had no good answer at a second try"));
        }
        Ok(())
    }
}

/// Makes a source that soon has enough; gives its key.
async fn limited_source(server: &Server, organization: &str) -> Result<String> {
    let mut api = Api::open(server.address()).await?;
    api.sign_in().await?;
    let new =
        json!({ "organizationId": organization, "name": "Limited", "allowedOrigins": [ORIGIN] });
    let reply = api.call("POST", "/api/tracking-sources", &new).await?;
    let id = reply["source"]["id"].as_str().context("a source without an id")?;
    let path = format!("/api/tracking-sources/{id}");
    let limit = json!({ "organizationId": organization, "rateLimitPerMinute": PER_MINUTE });
    let reply = api.call("PATCH", &path, &limit).await?;
    Ok(reply["source"]["publicKey"].as_str().context("a source without a key")?.to_owned())
}
