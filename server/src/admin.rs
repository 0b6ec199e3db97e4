//! `tiny admin`: what whoever runs the instance does from its command line. The server may be running meanwhile.

use std::io::{Read, Write};

use accounts::{Email, LinkSecret, NewAccount, Password, PersonName};
use anyhow::{Context, Result, anyhow, bail};
use audit::Actor;
use clap::Subcommand;
use db::Clock;
use web::Services;
use workspaces::{InstanceOrganization, Seats};

use crate::{config::Config, serve};

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an account, and print a link to choose its password with.
    CreateUser {
        /// Its address.
        email: String,
        /// What the person is called.
        #[arg(long)]
        name: Option<String>,
        /// Read the password from standard input instead of printing a link.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Print a link to choose a new password with; it works for an hour and once.
    ResetPassword {
        /// The account's address.
        email: String,
        /// Read the password from standard input and set it at once. All sessions and tokens of the account end.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Set how many seats a workspace has.
    SetSeats {
        /// The workspace, as it stands in page addresses.
        slug: String,
        /// How many, or `none` for the instance's default.
        seats: String,
    },
    /// List every workspace with its seats.
    ListWorkspaces,
    /// End every session, token and link of the instance, so that everyone signs in again.
    RotateSecret {
        /// Really do it.
        #[arg(long)]
        yes: bool,
    },
}

/// Does it.
///
/// # Errors
///
/// When it cannot be done; the words say why.
pub async fn run(config: &Config, command: Command) -> Result<()> {
    let db = serve::open_database(config, Clock::system()).await?;
    let services = Services::new(db.clone(), config.instance(config.base_url(config.addr)));
    let said = act(&services, command, &mut std::io::stdin()).await;
    db.close().await;
    Ok(writeln!(std::io::stdout(), "{}", said?)?)
}

/// Does it, and tells what to print.
async fn act(services: &Services, command: Command, input: &mut impl Read) -> Result<String> {
    match command {
        Command::CreateUser { email, name, password_stdin } => {
            let password = if password_stdin { Some(read_password(input)?) } else { None };
            create_user(services, &email, name.as_deref(), password).await
        }
        Command::ResetPassword { email, password_stdin } => {
            let password = if password_stdin { Some(read_password(input)?) } else { None };
            reset_password(services, &email, password).await
        }
        Command::SetSeats { slug, seats } => set_seats(services, &slug, &seats).await,
        Command::ListWorkspaces => list_workspaces(services).await,
        Command::RotateSecret { yes } => rotate_secret(services, yes).await,
    }
}

fn read_password(input: &mut impl Read) -> Result<Password> {
    let mut typed = String::new();
    input.read_to_string(&mut typed).context("the password cannot be read")?;
    Ok(Password::parse(typed.trim_end_matches(['\r', '\n']))?)
}

async fn create_user(
    services: &Services,
    email: &str,
    name: Option<&str>,
    password: Option<Password>,
) -> Result<String> {
    let email = Email::parse(email)?;
    let is_chosen = password.is_some();
    let unknown = services.db.chance().hex::<32>();
    let new = NewAccount {
        email: email.clone(),
        password: password.map_or_else(|| Password::parse(&unknown), Ok)?,
        name: name.map(PersonName::parse).transpose()?,
    };
    let user = match services.accounts.sign_up_verified(new).await {
        Err(accounts::Error::EmailTaken) => bail!("{email} has an account already"),
        made => made.context("the account cannot be made")?,
    };
    let owner = if user.is_instance_owner { ", which owns the instance" } else { "" };
    let link = if is_chosen { String::new() } else { link(services, &email).await? };
    Ok(format!("{email} has an account now{owner}.{link}"))
}

async fn reset_password(
    services: &Services,
    email: &str,
    password: Option<Password>,
) -> Result<String> {
    let email = Email::parse(email)?;
    let made = services.accounts.request_reset(&email).await?;
    if made.holder.is_none() {
        bail!("nobody has the address {email}");
    }
    match password {
        Some(password) => {
            let actor = Actor::instance(services.db.new_id());
            let reset = services.reset_password_for(actor, &made.secret, password).await;
            reset.map_err(|fault| anyhow!("the password cannot be set: {}", fault.sentence()))?;
            Ok(format!("{email} has a new password; its sessions and tokens have ended."))
        }
        None => Ok(told(services, &made.secret)),
    }
}

async fn link(services: &Services, email: &Email) -> Result<String> {
    let made = services.accounts.request_reset(email).await?;
    Ok(format!("\n{}", told(services, &made.secret)))
}

fn told(services: &Services, secret: &LinkSecret) -> String {
    let base = &services.instance.base_url;
    format!("Choose the password here, within an hour:\n{base}/reset/{}", secret.expose())
}

async fn set_seats(services: &Services, slug: &str, seats: &str) -> Result<String> {
    let limit = match seats {
        "none" => None,
        number => Some(
            number
                .parse::<u32>()
                .with_context(|| format!("seats must be a number or none, not {number}"))?,
        ),
    };
    let found = services.workspaces.find_organization(slug).await?;
    let found = found
        .ok_or_else(|| anyhow!("no workspace has the slug {slug}; list-workspaces shows them"))?;
    let (id, actor) = (found.id, Actor::instance(services.db.new_id()));
    services.workspaces.set_seat_limit(actor, id, limit.map(i64::from)).await?;
    let Seats { used, limit, .. } = services.workspaces.seats(id).await?;
    Ok(match limit {
        Some(limit) => format!("Seats of {slug} in use: {used} of {limit}."),
        None => format!("Seats of {slug} in use: {used}. There is no limit."),
    })
}

async fn list_workspaces(services: &Services) -> Result<String> {
    let mut lines = vec![format!("{:<32}  {:<12}  {:<20}  {}", "slug", "seats", "made", "name")];
    for InstanceOrganization { organization, seats, deleted_at } in
        services.workspaces.list_all().await?
    {
        let limit = seats.limit.map_or_else(|| "-".to_owned(), |limit| limit.to_string());
        let made: String = organization.created_at.to_string().chars().take(10).collect();
        let state = if deleted_at.is_some() { " (deleted)" } else { "" };
        lines.push(format!(
            "{:<32}  {:<12}  {made:<20}  {}{state}",
            organization.slug,
            format!("{} of {limit}", seats.used),
            organization.name
        ));
    }
    Ok(lines.join("\n"))
}

async fn rotate_secret(services: &Services, is_sure: bool) -> Result<String> {
    if !is_sure {
        bail!(
            "this signs everyone out and stops every access token and every link in a mail; \
             say --yes to do it"
        );
    }
    let ended = services.end_everything(Actor::instance(services.db.new_id())).await;
    let [logins, tokens, links] =
        ended.map_err(|fault| anyhow!("nothing was ended: {}", fault.sentence()))?;
    Ok(format!(
        "Ended sessions: {logins}, access tokens: {tokens}, links: {links}. Everyone signs in again."
    ))
}

#[cfg(test)]
mod tests {
    use accounts::{Device, GivenPassword, NewNamedToken, Scope, TokenName};
    use web::{Instance, SignupMode};
    use workspaces::WorkspaceName;

    use super::*;

    const PASSWORD: &str = "correct horse battery";
    const NEW_PASSWORD: &str = "another horse battery";

    fn services(db: &db::Db) -> Services {
        let instance = Instance {
            base_url: "http://tiny.test".to_owned(),
            signup: SignupMode::Closed,
            seat_limit: None,
            api_rate_per_minute: web::API_RATE_PER_MINUTE,
        };
        Services::new(db.clone(), instance)
    }

    async fn said(services: &Services, command: Command, typed: &str) -> Result<String> {
        act(services, command, &mut typed.as_bytes()).await
    }

    fn create(email: &str, password_stdin: bool) -> Command {
        Command::CreateUser { email: email.to_owned(), name: None, password_stdin }
    }

    async fn can_sign_in(services: &Services, password: &str) -> bool {
        let email = Email::parse("ada@acme.dev").unwrap();
        let password = GivenPassword::from(password);
        services.accounts.sign_in(&email, password, Device::default()).await.is_ok()
    }

    testkit::both! {
        async fn an_account_is_made_with_a_password_from_standard_input(db: db::Db) {
            let services = services(&db);
            let typed = format!("{PASSWORD}\n");
            let words = said(&services, create("Ada@acme.dev", true), &typed).await.unwrap();
            assert_eq!(words, "ada@acme.dev has an account now, which owns the instance.");
            assert!(can_sign_in(&services, PASSWORD).await);
            let again = said(&services, create("ada@acme.dev", true), &typed).await.unwrap_err();
            assert_eq!(again.to_string(), "ada@acme.dev has an account already");
            assert!(said(&services, create("bo@acme.dev", true), "short").await.is_err());
        }

        async fn the_link_that_is_printed_sets_the_password(db: db::Db) {
            let services = services(&db);
            let words = said(&services, create("ada@acme.dev", false), "").await.unwrap();
            let (_, secret) = words.rsplit_once("http://tiny.test/reset/").unwrap();
            let (secret, password) =
                (LinkSecret::parse(secret).unwrap(), Password::parse(PASSWORD).unwrap());
            let actor = Actor::instance(db.new_id());
            services.reset_password_for(actor, &secret, password).await.unwrap();
            assert!(can_sign_in(&services, PASSWORD).await);
            let email = "nobody@acme.dev".to_owned();
            let nobody = Command::ResetPassword { email, password_stdin: false };
            let told = said(&services, nobody, "").await.unwrap_err().to_string();
            assert_eq!(told, "nobody has the address nobody@acme.dev");
        }

        async fn a_password_from_standard_input_ends_what_was_open_with_the_old_one(db: db::Db) {
            let services = services(&db);
            said(&services, create("ada@acme.dev", true), PASSWORD).await.unwrap();
            let (accounts, email) = (&services.accounts, Email::parse("ada@acme.dev").unwrap());
            let sign_in = accounts.sign_in(&email, PASSWORD.into(), Device::default());
            let (ada, login) = sign_in.await.unwrap();
            let token = accounts.create_token(&email, PASSWORD.into(), Device::default());
            let token = token.await.unwrap().secret;
            let named = NewNamedToken {
                name: TokenName::parse("CI").unwrap(),
                scope: Scope::default(),
                expires_at: None,
            };
            let actor = Actor::local(ada.id, db.new_id());
            let (_, named) = services.workspaces.create_token(actor, &named).await.unwrap();
            let reset = |email: &str| {
                let email = email.to_owned();
                Command::ResetPassword { email, password_stdin: true }
            };
            assert!(said(&services, reset("ada@acme.dev"), "short").await.is_err());
            assert!(said(&services, reset("nobody@acme.dev"), NEW_PASSWORD).await.is_err());
            assert!(accounts.find_login(&login).await.unwrap().is_some());

            let words = said(&services, reset("Ada@acme.dev"), NEW_PASSWORD).await.unwrap();
            assert_eq!(
                words,
                "ada@acme.dev has a new password; its sessions and tokens have ended."
            );
            assert!(accounts.find_login(&login).await.unwrap().is_none());
            for token in [token, named] {
                assert!(accounts.find_token(&token).await.unwrap().is_none());
            }
            assert!(!can_sign_in(&services, PASSWORD).await);
            assert!(can_sign_in(&services, NEW_PASSWORD).await);
        }

        async fn seats_are_set_listed_and_noted_in_the_log(db: db::Db) {
            let services = services(&db);
            said(&services, create("ada@acme.dev", true), PASSWORD).await.unwrap();
            let email = Email::parse("ada@acme.dev").unwrap();
            let (ada, _) = services
                .accounts
                .sign_in(&email, PASSWORD.into(), Device::default())
                .await
                .unwrap();
            let (actor, name) =
                (Actor::local(ada.id, db.new_id()), WorkspaceName::parse("Acme").unwrap());
            let made = services.workspaces.create_organization(actor, &name, None).await.unwrap();
            let set = |slug: &str, seats: &str| Command::SetSeats {
                slug: slug.to_owned(),
                seats: seats.to_owned(),
            };
            let words = said(&services, set("acme", "5"), "").await.unwrap();
            assert_eq!(words, "Seats of acme in use: 1 of 5.");
            let list = said(&services, Command::ListWorkspaces, "").await.unwrap();
            assert!(list.contains("acme ") && list.contains("1 of 5"), "{list}");
            let words = said(&services, set("acme", "none"), "").await.unwrap();
            assert_eq!(words, "Seats of acme in use: 1. There is no limit.");
            assert!(said(&services, set("other", "5"), "").await.is_err());
            assert!(said(&services, set("acme", "many"), "").await.is_err());
            let filter = audit::Filter { limit: 1, ..audit::Filter::default() };
            let log = audit::list(&db, made.organization.id, &filter).await.unwrap();
            assert_eq!(log[0].action, "seats.changed");
            assert_eq!(log[0].actor.email, None);
        }

        async fn everyone_signs_in_again_after_a_rotation_that_was_meant(db: db::Db) {
            let services = services(&db);
            said(&services, create("ada@acme.dev", true), PASSWORD).await.unwrap();
            let email = Email::parse("ada@acme.dev").unwrap();
            let sign_in = services.accounts.sign_in(&email, PASSWORD.into(), Device::default());
            let (_, login) = sign_in.await.unwrap();
            assert!(said(&services, Command::RotateSecret { yes: false }, "").await.is_err());
            assert!(services.accounts.find_login(&login).await.unwrap().is_some());
            let words = said(&services, Command::RotateSecret { yes: true }, "").await.unwrap();
            assert!(words.starts_with("Ended sessions: 1, "), "{words}");
            assert!(services.accounts.find_login(&login).await.unwrap().is_none());
        }
    }
}
