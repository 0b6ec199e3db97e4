//! What is taken away in one process is gone in every other: of two that share a database and nothing else, one is told,
//! and the very next request to the other is refused.

use std::process::{Command, Output, Stdio};

use accounts::Mailer;
use http::Method;
use serde_json::json;
use testkit::{Client, Reply, TestDb};
use web::SignupMode;

use crate::{
    house::{EMAIL, House, PASSWORD, mailing_router, router, text},
    pages::Browser,
    team::{Person, member_id},
};

const NEW_PASSWORD: &str = "another horse battery";

/// Two processes over one database.
struct Two {
    /// The one that is told.
    here: House,
    /// The other.
    there: Client,
}

/// What somebody shows who they are with.
struct Shown {
    cookie: String,
    token: String,
}

impl Two {
    async fn over(database: &TestDb) -> Self {
        let here = House::furnished(database.db()).await;
        let there = Client::new(router(&database.elsewhere().await, SignupMode::Open));
        Self { here, there }
    }

    async fn owner(&self) -> Shown {
        let browser = Browser::signed_in(self.here.client.clone()).await;
        Shown { cookie: browser.cookie, token: self.here.token.clone() }
    }

    /// A named token of the owner, by id and text.
    async fn named(&self) -> (String, String) {
        let call = self.here.client.post("/api/tokens").bearer(&self.here.token);
        let made = call.json(&json!({ "name": "CI" })).send().await.json();
        (text(&made["token"]["id"]), text(&made["secret"]))
    }

    /// The other process's answer to a token, about the workspace.
    async fn token_there(&self, token: &str) -> u16 {
        let path = format!("/api/tracking-sources?organizationId={}", self.here.organization);
        self.there.get(&path).bearer(token).send().await.status.as_u16()
    }

    /// Its answer to a cookie, about a page.
    async fn cookie_there(&self, cookie: &str, page: &str) -> u16 {
        self.there.get(page).header("cookie", cookie).send().await.status.as_u16()
    }

    /// Both, about the workspace.
    async fn there(&self, shown: &Shown) -> [u16; 2] {
        let setup = "/acme/analytics/setup";
        [self.cookie_there(&shown.cookie, setup).await, self.token_there(&shown.token).await]
    }

    /// Takes something away by the API, as the owner.
    async fn delete(&self, path: &str) {
        let call = self.here.client.call(Method::DELETE, path).bearer(&self.here.token);
        let reply = call.send().await;
        assert_eq!(reply.status, 204, "{path}: {}", reply.text());
    }

    /// Sends a form as the owner, by their browser.
    async fn send(&self, shown: &Shown, path: &str, form: &str) -> Reply {
        let (client, cookie) = (self.here.client.clone(), shown.cookie.clone());
        let reply = Browser { client, cookie }.post(path, form).await;
        assert_eq!(reply.status, 303, "{path}: {}", reply.text());
        reply
    }
}

async fn a_member_who_is_removed(database: &TestDb) {
    let two = Two::over(database).await;
    let ana = Person::joined(&two.here, "ana@acme.dev", "Viewer").await;
    let browser = Browser::signed_in_as(two.here.client.clone(), "ana@acme.dev").await;
    let ana = Shown { cookie: browser.cookie, token: ana.token };
    assert_eq!(two.there(&ana).await, [200, 200]);
    let member = member_id(&two.here, "ana@acme.dev").await;
    two.delete(&format!("/api/members/{member}?organizationId={}", two.here.organization)).await;
    assert_eq!(two.there(&ana).await, [403, 403]);
}

async fn whoever_was_signed_in_with_the_former_password(database: &TestDb) {
    let two = Two::over(database).await;
    let (owner, other) = (two.owner().await, two.owner().await);
    assert_eq!(two.there(&other).await, [200, 200]);
    let form = format!(
        "currentPassword={}&newPassword={}",
        PASSWORD.replace(' ', "+"),
        NEW_PASSWORD.replace(' ', "+")
    );
    two.send(&owner, "/account/password", &form).await;
    assert_eq!(two.there(&other).await, [303, 401]);
    assert_eq!(two.there(&owner).await, [303, 401], "there is a new cookie");
}

async fn everything_of_before_a_reset(database: &TestDb) {
    let two = Two::over(database).await;
    let (owner, (_, named)) = (two.owner().await, two.named().await);
    assert_eq!((two.there(&owner).await, two.token_there(&named).await), ([200, 200], 200));
    let mailer = Mailer::memory();
    let with_mail = Client::new(mailing_router(&database.db(), mailer.clone()));
    let post = |path: &str| with_mail.post(path);
    post("/api/auth/reset").json(&json!({ "email": EMAIL })).send().await;
    let mails = mailer.sent();
    let secret = mails.last().unwrap().link().unwrap().rsplit('/').next().unwrap();
    let call = post(&format!("/api/auth/reset/{secret}"));
    let reset = call.json(&json!({ "password": NEW_PASSWORD })).send().await;
    assert_eq!(reset.status, 204, "{}", reset.text());
    assert_eq!((two.there(&owner).await, two.token_there(&named).await), ([303, 401], 401));
}

async fn a_session_that_is_ended(database: &TestDb) {
    let two = Two::over(database).await;
    let (owner, other) = (two.owner().await, two.owner().await);
    let is_in = async |shown: &Shown| two.cookie_there(&shown.cookie, "/account").await == 200;
    assert!(is_in(&owner).await && is_in(&other).await);
    let page = two.here.client.get("/account/sessions").header("cookie", &owner.cookie);
    let page = page.send().await.text();
    let ids = page.split("/account/sessions/login_").skip(1);
    let id = ids.filter_map(|rest| rest.split_once("/end")).map(|(id, _)| id).next().unwrap();
    two.send(&owner, &format!("/account/sessions/login_{id}/end"), "").await;
    assert!(is_in(&owner).await && !is_in(&other).await);
}

async fn a_token_that_is_revoked(database: &TestDb) {
    let two = Two::over(database).await;
    let (id, named) = two.named().await;
    assert_eq!(two.token_there(&named).await, 200);
    two.delete(&format!("/api/tokens/{id}")).await;
    assert_eq!(two.token_there(&named).await, 401);
}

async fn a_workspace_that_is_deleted(database: &TestDb) {
    let two = Two::over(database).await;
    let owner = two.owner().await;
    assert_eq!(two.there(&owner).await, [200, 200]);
    two.delete(&format!("/api/organizations/{}?confirm=acme", two.here.organization)).await;
    assert_eq!(two.there(&owner).await, [403, 403]);
}

/// Here the process that is told is one indeed: the command line, beside the running server.
async fn everything_once_the_secret_is_rotated(database: &TestDb) {
    let two = Two::over(database).await;
    let (owner, (_, named)) = (two.owner().await, two.named().await);
    assert_eq!((two.there(&owner).await, two.token_there(&named).await), ([200, 200], 200));
    let done = tiny_admin(database, &["rotate-secret", "--yes"]);
    assert!(done.status.success(), "{done:?}");
    assert!(done.stdout.starts_with(b"Ended sessions: 1, access tokens: 2, "), "{done:?}");
    assert_eq!((two.there(&owner).await, two.token_there(&named).await), ([303, 401], 401));
}

/// `tiny admin` as a process of its own, over this database.
fn tiny_admin(database: &TestDb, words: &[&str]) -> Output {
    let mut tiny = Command::new(env!("CARGO_BIN_EXE_tiny"));
    let tiny = tiny.arg("admin").args(words).env_clear().env("TINY_LOG", "trace");
    tiny.env("TINY_DATABASE_URL", database.url()).stdin(Stdio::null()).output().unwrap()
}

#[tokio::test]
async fn what_a_command_answers_stands_apart_from_its_log() {
    let database = TestDb::sqlite().await;
    House::furnished(database.db()).await;
    let done = tiny_admin(&database, &["list-workspaces"]);
    let answer = String::from_utf8(done.stdout).unwrap();
    let lines: Vec<_> = answer.lines().collect();
    assert!(
        matches!(lines[..], [head, acme] if head.starts_with("slug ") && acme.starts_with("acme ")),
        "{answer}"
    );
    assert!(!done.stderr.is_empty(), "at this level there are lines");
    database.close().await;
}

macro_rules! on_both {
    ($($name:ident)*) => {
        mod gone_at_once_on_sqlite {$(
            #[tokio::test]
            async fn $name() {
                let database = super::TestDb::sqlite().await;
                super::$name(&database).await;
                database.close().await;
            }
        )*}

        mod gone_at_once_on_postgres {$(
            #[tokio::test]
            async fn $name() {
                let database = super::TestDb::postgres().await;
                super::$name(&database).await;
                database.close().await;
            }
        )*}
    };
}

on_both! {
    a_member_who_is_removed
    whoever_was_signed_in_with_the_former_password
    everything_of_before_a_reset
    a_session_that_is_ended
    a_token_that_is_revoked
    a_workspace_that_is_deleted
    everything_once_the_secret_is_rotated
}
