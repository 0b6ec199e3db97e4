//! Settling in through the API: an account, a workspace, a source without a rate limit, and sessions.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    connection::Connection,
    payload::{Browser, Door, ORIGIN},
};

/// Whose everything is.
fn owner() -> Value {
    json!({ "email": "bench@example.com", "password": "four warm loaded words" })
}

/// Makes all that the load needs; gives where to send it.
pub async fn settle_in(address: SocketAddr) -> Result<Door> {
    Ok(settle(address).await?.door)
}

/// What [`settle`] has made.
#[derive(Debug, Clone)]
pub struct Settled {
    /// Where to send.
    pub door: Door,
    /// The workspace.
    pub organization: String,
    /// The source.
    pub source: String,
}

/// Makes all that the load needs: an owner, a workspace, a source.
pub async fn settle(address: SocketAddr) -> Result<Settled> {
    let mut api = Api::open(address).await?;
    api.call("POST", "/api/auth/signup", &owner()).await?;
    api.sign_in().await?;
    let reply = api.call("POST", "/api/organizations", &json!({ "name": "Bench" })).await?;
    let organization = text(&reply["organization"]["id"])?;
    let new = json!({ "organizationId": organization, "name": "Web", "allowedOrigins": [ORIGIN] });
    let reply = api.call("POST", "/api/tracking-sources", &new).await?;
    let source = text(&reply["source"]["id"])?;
    let path = format!("/api/tracking-sources/{source}");
    let unlimited = json!({ "organizationId": organization, "rateLimitPerMinute": 0 });
    let reply = api.call("PATCH", &path, &unlimited).await?;
    let door = Door { address, public_key: text(&reply["source"]["publicKey"])? };
    Ok(Settled { door, organization, source })
}

/// Makes `count` accounts, with the e-mails of [`account`].
pub async fn sign_up_all(address: SocketAddr, count: u32) -> Result<()> {
    let mut api = Api::open(address).await?;
    for number in 0..count {
        let new = json!({ "email": account(number), "password": "four warm loaded words" });
        api.call("POST", "/api/auth/signup", &new).await?;
    }
    Ok(())
}

/// The e-mail of an account.
#[must_use]
pub fn account(number: u32) -> String {
    format!("account-{number}@example.com")
}

/// A session for `browser`.
pub async fn bootstrap(
    door: &Door,
    connection: &mut Connection,
    browser: &Browser,
) -> Result<String> {
    let request = door.request("bootstrap", &browser.bootstrap());
    let reply = connection.exchange(&request).await?;
    let body = String::from_utf8_lossy(reply.body);
    if reply.status != 200 {
        bail!("a bootstrap was answered {}: {body}", reply.status);
    }
    text(&serde_json::from_str::<Value>(&body)?["sessionId"])
}

/// A caller of the API.
#[derive(Debug)]
pub struct Api {
    connection: Connection,
    address: SocketAddr,
    token: Option<String>,
    /// Each call comes from the next one: one address may sign up a few people a minute only.
    client: Ipv4Addr,
}

impl Api {
    /// A stranger yet.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let client = Ipv4Addr::new(172, 16, 0, 0);
        Ok(Self { connection: Connection::open(address).await?, address, token: None, client })
    }

    /// Signs in as the owner of what [`settle`] has made.
    pub async fn sign_in(&mut self) -> Result<()> {
        let reply = self.call("POST", "/api/auth/token", &owner()).await?;
        self.token = Some(text(&reply["accessToken"])?);
        Ok(())
    }

    /// One call; an error unless it succeeds.
    pub async fn call(&mut self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let (host, body) = (self.address, body.to_string());
        self.client = Ipv4Addr::from_bits(self.client.to_bits() + 1);
        let client = self.client;
        let token = self.token.as_ref();
        let authorization =
            token.map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: {client}\r\n{authorization}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let reply = self.connection.exchange(request.as_bytes()).await?;
        let body = String::from_utf8_lossy(reply.body);
        if !(200..300).contains(&reply.status) {
            bail!("{method} {path} was answered {}: {body}", reply.status);
        }
        serde_json::from_str(&body).with_context(|| format!("{method} {path}: {body}"))
    }
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).context("an answer lacks what was asked for")
}
