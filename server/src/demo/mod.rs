//! `tiny demo`: a believable workspace, made by sending real requests through the real doors.
//!
//! The clock starts three days ago and is moved on as the days are played, so every attempt, session and
//! count is what the same traffic would have left behind.

mod bodies;
mod play;

use std::sync::Arc;

use accounts::{Email, NewAccount, Password, PersonName};
use anyhow::{Context, bail};
use audit::Actor;
use db::{Chance, Clock};
use ingest::{Ingest, Writer, WriterSettings};
use model::{
    UnixMs,
    wire::sources::{FrameworkHint, Source},
};
use sources::NewSource;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use web::{Instance, Services, SignupMode};
use workspaces::WorkspaceName;

use crate::{config::Config, health::Health, router, serve};
use play::Stage;

const EMAIL: &str = "demo@example.com";
const DAYS: i64 = 3;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Fills the configured database and says how to look at it.
///
/// # Errors
///
/// When the database cannot be had, or holds a demo already.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let now = Clock::system().now();
    let clock = Clock::standing_at(now.plus_ms(-DAYS * DAY_MS));
    let db = serve::open_database(config, clock.clone()).await?;
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let writer = Writer::start(db.clone(), WriterSettings::default(), &tasks, stop.clone())?;
    tasks.close();
    let instance =
        Instance { signup: SignupMode::Open, ..config.instance(config.base_url(config.addr)) };
    let services = Services::new(db.clone(), instance);
    let base_url = &services.instance.base_url;
    let ingest = Ingest::new(&db, services.sources.clone(), writer.clone(), base_url);

    // Nobody may guess their way into an instance because a demo was once made there.
    let password = db.chance().hex::<12>();
    let furnished = furnish(&services, &clock, &password).await?;
    tracing::info!("playing {DAYS} days of traffic; this takes a moment");
    let health = Health::new(&db, writer, stop.clone());
    let router = router::app(services.clone(), ingest, health, Arc::from([]));
    let stage = Stage { router, clock, services, actor: furnished.actor };
    let requests = play::days(&stage, &furnished.sources, now).await?;
    stop.cancel();
    tasks.wait().await;
    db.close().await;
    tracing::info!("{requests} requests played");
    tracing::info!("run `tiny serve` and sign in at {}", config.base_url(config.addr));
    tracing::info!("e-mail {EMAIL}, password {password}");
    Ok(())
}

struct Furnished {
    actor: Actor,
    sources: Vec<Source>,
}

async fn furnish(services: &Services, clock: &Clock, password: &str) -> anyhow::Result<Furnished> {
    let new = NewAccount {
        email: Email::parse(EMAIL)?,
        password: Password::parse(password)?,
        name: Some(PersonName::parse("Mira Hassan")?),
    };
    let user = match services.accounts.sign_up(new).await {
        Err(accounts::Error::EmailTaken) => bail!("this database holds a demo already ({EMAIL})"),
        made => made.context("the demo's account cannot be made")?,
    };
    let actor = Actor::local(user.id, services.db.new_id());
    let name = WorkspaceName::parse("Acme")?;
    let made = services.workspaces.create_organization(actor, &name, None).await?;
    let mut sources = Vec::new();
    for (name, hint, origins) in [
        ("Web app", FrameworkHint::React, vec!["https://app.acme.dev", "http://localhost:3000"]),
        ("Marketing site", FrameworkHint::Nextjs, vec!["https://acme.dev", "https://*.acme.dev"]),
        ("Backend jobs", FrameworkHint::Server, vec![]),
        ("Status page", FrameworkHint::Browser, vec!["https://status.acme.dev"]),
    ] {
        let new = NewSource {
            name: name.to_owned(),
            slug: None,
            allowed_origins: origins.into_iter().map(str::to_owned).collect(),
            framework_hint: Some(hint),
        };
        let source = services.sources.create_source(actor, made.organization.id, new).await?;
        sources.push(source);
        clock.advance_ms(MINUTE_MS);
    }
    Ok(Furnished { actor, sources })
}

/// A random number below `bound`.
fn below(chance: &Chance, bound: u64) -> u64 {
    u64::from_le_bytes(chance.bytes()) % bound
}

/// How busy the moment is, in percent of the busiest hour: quiet nights, two humps a day.
fn busy_percent(at: UnixMs) -> u64 {
    const BY_HOUR: [u64; 24] = [
        12, 9, 7, 6, 6, 9, 16, 31, 55, 78, 92, 97, 84, 88, 100, 96, 87, 72, 60, 55, 49, 41, 30, 19,
    ];
    let hour = (at.0.rem_euclid(DAY_MS)) / (60 * 60_000);
    usize::try_from(hour).ok().and_then(|hour| BY_HOUR.get(hour).copied()).unwrap_or(50)
}
