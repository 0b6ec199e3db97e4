//! Tiny beside a Stripe that is none, in which plans can be bought by clicking.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{beside, serve};
use crate::{Verdict, build, env, sh};

/// Where the fake Stripe listens.
const FAKE: &str = "127.0.0.1:12111";
/// What the fake has to sell, as `tiny` is told of it.
const PLANS: &str = r#"[{name="Team",price="price_team_monthly",per_seat=true},{name="Business",price="price_business_monthly",seats=50}]"#;

/// Builds everything, then runs `tiny serve` beside the fake until one of them ends or a signal ends both.
pub fn run_with_fake_stripe(args: &[String]) -> Result<Verdict> {
    let addr = env::tiny_addr();
    let mut fake = sh::command(build::binary("fake-stripe", build::Profile::Dev)?)?;
    let webhooks = format!("http://{addr}/api/stripe/webhook");
    fake.args(["--addr", FAKE, "--webhook-url", &webhooks]);
    let mut serve = serve(args)?;
    // Whatever the configuration says: webhooks go there.
    serve.env("TINY_ADDR", addr);
    serve.env("TINY_STRIPE_API_BASE", format!("http://{FAKE}"));
    serve.env("TINY_STRIPE_SECRET_KEY", "sk_test_fake");
    serve.env("TINY_STRIPE_WEBHOOK_SECRETS", "whsec_fake");
    serve.env("TINY_PLANS", PLANS);
    let with_data = || {
        // No other run has the fake's port, so none has the folder.
        let data = emptied_folder()?;
        println!("the fake begins with nothing, and so does Tiny: {} is empty now", data.display());
        serve.env("TINY_DATABASE_URL", format!("sqlite:{}", data.join("tiny.db").display()));
        serve.env("TINY_DATA_DIR", data);
        Ok(serve)
    };
    beside::run(fake, with_data).with_context(|| format!("with a fake Stripe on {FAKE}"))
}

/// What a customer here is called there is forgotten with the fake's end, so nothing of the last run is kept.
fn emptied_folder() -> Result<PathBuf> {
    let folder = env::target_dir()?.join("xtask-run-with-fake-stripe");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}
