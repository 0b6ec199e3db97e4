//! `fake-stripe`: a Stripe of one's own on a local port, until it is interrupted.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool: where it listens goes to standard output, why it does not to standard error"
)]

use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use fake_stripe::{FLAT_MONTHLY, FakeStripe, Options, TEAM_MONTHLY, TEAM_YEARLY};

/// A stateful Stripe on a local port, for tests and for trying out. No money moves.
#[derive(Debug, Parser)]
struct Cli {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:12111")]
    addr: SocketAddr,
    /// The one key that the API accepts
    #[arg(long, default_value = "sk_test_fake")]
    secret_key: String,
    /// Where webhooks go; without it they wait for /_fake/deliveries/take
    #[arg(long)]
    webhook_url: Option<String>,
    /// What signs webhooks; may be repeated, the newest first
    #[arg(long, default_value = "whsec_fake")]
    webhook_secret: Vec<String>,
    /// Stand at this time (Unix seconds) until it is moved, instead of following the real one
    #[arg(long)]
    now: Option<i64>,
    /// Where ids and dice begin; random unless it is set
    #[arg(long, env = "FAKE_STRIPE_SEED")]
    seed: Option<u64>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // Ids of another run are then not taken for those of this one by whoever still knows them.
    let seed = cli.seed.unwrap_or_else(|| RandomState::new().hash_one("seed"));
    let fake = FakeStripe::new(Options {
        secret_key: cli.secret_key,
        webhook_secrets: cli.webhook_secret,
        webhook_url: cli.webhook_url,
        now: cli.now,
        seed,
    });
    let running = match fake.start_at(cli.addr).await {
        Ok(running) => running,
        Err(error) => {
            eprintln!("fake-stripe cannot listen on {}: {error}", cli.addr);
            return ExitCode::FAILURE;
        }
    };
    println!("fake-stripe listens on {}", running.url);
    println!("prices: {TEAM_MONTHLY}, {TEAM_YEARLY}, {FLAT_MONTHLY}");
    println!("seed: {seed}");
    match tokio::signal::ctrl_c().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fake-stripe cannot wait for an interrupt: {error}");
            ExitCode::FAILURE
        }
    }
}
