//! `cargo xtask run`: from a fresh clone to a running server.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{Verdict, build, env, sh};

/// Where the fake Stripe listens.
const FAKE: &str = "127.0.0.1:12111";
/// What the fake has to sell, as `tiny` is told of it.
const PLANS: &str = r#"[{name="Team",price="price_team_monthly",per_seat=true},{name="Business",price="price_business_monthly",seats=50}]"#;

/// Builds everything, then becomes `tiny serve`: its signals, its terminal, its exit code.
pub fn run(args: &[String]) -> Result<Verdict> {
    let mut serve = serve(args)?;
    sh::echo(&serve);
    let error = serve.exec();
    Err(error).context("tiny does not start")
}

/// The same beside a Stripe that is none, in which plans can be bought by clicking. An interrupt ends both.
pub fn run_with_fake_stripe(args: &[String]) -> Result<Verdict> {
    let mut fake = sh::command(build::binary("fake-stripe", build::Profile::Dev)?)?;
    let webhooks = format!("http://{}/api/stripe/webhook", env::tiny_addr());
    fake.args(["--addr", FAKE, "--webhook-url", &webhooks]);
    let mut serve = serve(args)?;
    serve.env("TINY_STRIPE_API_BASE", format!("http://{FAKE}"));
    serve.env("TINY_STRIPE_SECRET_KEY", "sk_test_fake");
    serve.env("TINY_STRIPE_WEBHOOK_SECRETS", "whsec_fake");
    serve.env("TINY_PLANS", PLANS);
    sh::echo(&fake);
    let mut fake = fake.spawn().context("fake-stripe does not start")?;
    sh::echo(&serve);
    let ended = serve.status();
    fake.kill().ok();
    fake.wait().ok();
    Ok(Verdict::from_bool(ended.context("tiny does not start")?.success()))
}

fn serve(args: &[String]) -> Result<Command> {
    let tiny = build::tiny(build::Profile::Dev)?;
    let mut serve = sh::command(tiny)?;
    serve.arg("serve").args(args);
    Ok(serve)
}
