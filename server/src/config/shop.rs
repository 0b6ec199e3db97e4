//! What is sold, and how.

use billing::{Pace, Plans, StripeSettings};

use super::{ConfigError, checked_base_url, given::Given};

/// What is sold, and how.
#[derive(Debug, Clone)]
pub struct ShopSettings {
    /// How to reach Stripe.
    pub stripe: StripeSettings,
    /// What can be bought.
    pub plans: Plans,
}

/// Parts of a shop without its key are a mistake: somebody believes that plans are sold.
pub(super) fn shop(given: &Given) -> Result<Option<ShopSettings>, ConfigError> {
    let Some(key) = given.stripe_secret_key.as_deref().map(str::trim) else {
        let parts = [
            ("TINY_PLANS", given.plans.is_some()),
            ("TINY_STRIPE_WEBHOOK_SECRETS", given.stripe_webhook_secrets.is_some()),
            ("TINY_STRIPE_API_BASE", given.stripe_api_base.is_some()),
        ];
        return match parts.into_iter().find(|(_, is_set)| *is_set) {
            Some((name, _)) => Err(ConfigError::NoStripeKey(name)),
            None => Ok(None),
        };
    };
    if !key.starts_with("sk_") && !key.starts_with("rk_") {
        return Err(ConfigError::StripeKey);
    }
    let secrets = given.stripe_webhook_secrets.as_deref().unwrap_or_default().split(',');
    let secrets: Vec<String> =
        secrets.map(str::trim).filter(|secret| !secret.is_empty()).map(str::to_owned).collect();
    if secrets.is_empty() || secrets.iter().any(|secret| !secret.starts_with("whsec_")) {
        return Err(ConfigError::WebhookSecrets);
    }
    let base =
        |url: &String| checked_base_url(url).map_err(|_| ConfigError::StripeApiBase(url.clone()));
    let stripe = StripeSettings {
        secret_key: key.to_owned(),
        api_base: given.stripe_api_base.as_ref().map(base).transpose()?,
        webhook_secrets: secrets,
        pace: Pace::default(),
    };
    Ok(Some(ShopSettings { stripe, plans: Plans::new(given.plans.clone().unwrap_or_default())? }))
}

#[cfg(test)]
mod tests {
    use crate::config::tests::of;

    #[test]
    fn plans_are_sold_with_a_key_and_a_secret_and_not_without() {
        const KEY: &str = "stripe_secret_key = \"sk_test_1\"\n";
        const SECRETS: &str = "stripe_webhook_secrets = \"whsec_new, whsec_old\"\n";
        const TEAM: &str = "[[plans]]\nname = \"Team\"\nprice = \"price_1\"\nper_seat = true\n";
        let shop = of(&format!("{KEY}{SECRETS}{TEAM}")).unwrap().shop.unwrap();
        assert_eq!(shop.stripe.webhook_secrets, ["whsec_new", "whsec_old"]);
        assert_eq!(shop.plans.free().name, "Free");
        assert!(!format!("{shop:?}").contains("sk_test_1"));
        assert!(of("").unwrap().shop.is_none());
        for (toml, named) in [
            (format!("{KEY}{SECRETS}"), "TINY_PLANS"),
            (format!("{KEY}{TEAM}"), "TINY_STRIPE_WEBHOOK_SECRETS"),
            (format!("{SECRETS}{TEAM}"), "TINY_STRIPE_SECRET_KEY"),
            (SECRETS.to_owned(), "TINY_STRIPE_SECRET_KEY"),
            (TEAM.to_owned(), "TINY_STRIPE_SECRET_KEY"),
            (
                "stripe_api_base = \"http://127.0.0.1:12111\"".to_owned(),
                "TINY_STRIPE_SECRET_KEY must be set when TINY_STRIPE_API_BASE is",
            ),
            (
                format!("stripe_secret_key = \"pk_live_s3cret\"\n{SECRETS}{TEAM}"),
                "TINY_STRIPE_SECRET_KEY",
            ),
            (
                format!("{KEY}stripe_webhook_secrets = \"s3cret\"\n{TEAM}"),
                "TINY_STRIPE_WEBHOOK_SECRETS",
            ),
            (
                format!("{KEY}{SECRETS}stripe_api_base = \"nowhere\"\n{TEAM}"),
                "TINY_STRIPE_API_BASE",
            ),
        ] {
            let told = of(&toml).unwrap_err().to_string();
            assert!(told.contains(named) && !told.contains("s3cret"), "{told}");
        }
    }
}
