//! `fake-stripe`: a Stripe of one's own on a local port, until it is interrupted.
#![expect(
    clippy::print_stdout,
    reason = "a command line tool: where it listens goes to standard output"
)]

use std::net::SocketAddr;

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
    /// Where ids and dice begin
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let cli = Cli::parse();
    let fake = FakeStripe::new(Options {
        secret_key: cli.secret_key,
        webhook_secrets: cli.webhook_secret,
        webhook_url: cli.webhook_url,
        now: cli.now,
        seed: cli.seed,
    });
    let running = fake.start_at(cli.addr).await?;
    println!("fake-stripe listens on {}", running.url);
    println!("prices: {TEAM_MONTHLY}, {TEAM_YEARLY}, {FLAT_MONTHLY}");
    tokio::signal::ctrl_c().await
}
