//! `bench webhooks`: how soon are Stripe's messages answered?
//!
//! Each is signed, is another event, and is about a customer that nobody here has, so that the worker looks it up and asks
//! nobody. An answer means that the event is on disk.

use std::{fmt::Write as _, net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use db::Clock;
use hmac::{Hmac, KeyInit, Mac};
use rig::{
    database::{Database, Engine},
    machine,
    premises::{self, Premises},
    server::Server,
    table::{grouped, milliseconds, table},
};
use sha2::Sha256;
use tokio::time::Instant;

use crate::{
    args::WebhooksArgs,
    flood::{Answers, Flood},
    load::{Span, percentile},
};

const SECRET: &str = "whsec_bench";
const WARMUP: Duration = Duration::from_secs(2);
const LIMIT: &str = "50";

/// Nobody answers at the address: no message leads there.
const SETTINGS: [(&str, &str); 4] = [
    ("TINY_STRIPE_SECRET_KEY", "sk_test_bench"),
    ("TINY_STRIPE_WEBHOOK_SECRETS", SECRET),
    ("TINY_STRIPE_API_BASE", "http://127.0.0.1:9"),
    ("TINY_PLANS", r#"[{name="Team",price="price_team",per_seat=true}]"#),
];

/// Runs and prints everything.
pub async fn run(args: &WebhooksArgs) -> Result<()> {
    let premises = Premises::of(&args.target).await?;
    premises.print(&args.target)?;
    println!(
        "load        {} messages/s of {} bytes for {} s after {} s, from one thread on this machine",
        args.rate,
        body(0).len(),
        args.seconds,
        WARMUP.as_secs()
    );
    for &engine in &premises.engines {
        let (answers, syncs) = measure(args, engine).await.with_context(|| engine.to_string())?;
        println!("\n{engine}: {syncs:.0} fsyncs/s just before\n{}", tell(&answers));
    }
    println!(
        "Latencies begin when a message was due. The limit is of the 99th percentile and a goal; nothing fails for missing it."
    );
    Ok(())
}

async fn measure(args: &WebhooksArgs, engine: Engine) -> Result<(Answers, f64)> {
    let target = &args.target;
    let home = premises::home(target)?;
    let syncs = machine::syncs_per_second(home.path())?;
    let database = Database::fresh(engine, home.path(), target.postgres.as_ref()).await?;
    let server = Server::start_with(&target.tiny, database.url(), home.path(), &SETTINGS).await?;
    let address = server.address();
    let from = Instant::now() + WARMUP;
    let span = Span { from, until: from + Duration::from_secs(args.seconds) };
    let answers =
        Flood::new(address, |number| request(address, number)).send(args.rate, span).await?;
    server.stop().await?;
    database.remove().await?;
    Ok((answers, syncs))
}

fn tell(answers: &Answers) -> String {
    let mut rows: Vec<[String; 6]> = answers
        .latencies
        .iter()
        .map(|(status, latencies)| {
            let mut sorted = latencies.clone();
            sorted.sort_unstable();
            let at = |percent| milliseconds(percentile(&sorted, percent), 2);
            [
                status.to_string(),
                grouped(sorted.len() as u64),
                at(50),
                at(99),
                at(100),
                LIMIT.to_owned(),
            ]
        })
        .collect();
    if answers.unanswered > 0 {
        let none = String::new;
        rows.push([
            "none".to_owned(),
            grouped(answers.unanswered as u64),
            none(),
            none(),
            none(),
            none(),
        ]);
    }
    table(["answer", "messages", "p50 ms", "p99 ms", "most ms", "limit of p99 ms"], rows)
}

/// As large as the messages about an invoice are.
fn body(number: u32) -> String {
    let filling = "x".repeat(3_500);
    format!(
        r#"{{"id":"evt_{number:024}","object":"event","type":"invoice.paid","data":{{"object":{{"id":"in_{number}","object":"invoice","customer":"cus_{number}","description":"{filling}"}}}}}}"#
    )
}

fn request(host: SocketAddr, number: u32) -> Vec<u8> {
    let body = body(number);
    let now = Clock::system().now().0 / 1_000;
    format!(
        "POST /api/stripe/webhook HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Stripe-Signature: t={now},v1={}\r\nContent-Length: {}\r\n\r\n{body}",
        signature(now, &body),
        body.len()
    )
    .into_bytes()
}

fn signature(at: i64, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes());
    let mac = mac.map(|mac| mac.chain_update(format!("{at}.{body}")).finalize().into_bytes());
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing to a string does not fail.
            write!(text, "{byte:02x}").ok();
            text
        })
    };
    mac.map(|bytes| hex(&bytes)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_time_and_the_body() {
        // `printf '1.{}' | openssl dgst -sha256 -hmac whsec_bench`
        assert_eq!(
            signature(1, "{}"),
            "b0ce37f7ff4276aafe2fbadd2d04751751204d845090e9fb77ccf8cc1f9caa9a"
        );
    }

    #[test]
    fn every_message_is_another_event() {
        assert_ne!(body(1), body(2));
        assert!(serde_json::from_str::<serde_json::Value>(&body(1)).is_ok());
    }
}
