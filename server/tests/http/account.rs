//! The account's pages, and what links in mails lead to, as a browser without JavaScript sees them.

use accounts::Mailer;
use serde_json::json;
use testkit::{Client, Reply};
use web::SignupMode;

use crate::{
    house::{BASE_URL, EMAIL, House, PASSWORD, mailing_router, router},
    pages::Browser,
    team::{Person, invite},
};

const NEW: &str = "another horse battery";

/// A furnished house whose owner looks in through a door that sends mails.
struct Home {
    house: House,
    owner: Browser,
    mailer: Mailer,
}

impl Home {
    async fn of(db: db::Db) -> Self {
        let mailer = Mailer::memory();
        let house = House::furnished(db.clone()).await;
        let client = Client::new(mailing_router(&db, mailer.clone()));
        Self { house, owner: Browser::signed_in(client).await, mailer }
    }

    /// Somebody who has no cookie.
    const fn stranger(&self) -> &Client {
        &self.owner.client
    }

    async fn second_browser(&self) -> Browser {
        Browser::signed_in(self.owner.client.clone()).await
    }

    /// The path that the newest mail to `email` leads to.
    fn newest_link(&self, email: &str) -> String {
        let sent = self.mailer.sent();
        let mail = sent.iter().rfind(|mail| mail.to().as_str() == email).unwrap();
        mail.link().unwrap().strip_prefix(BASE_URL).unwrap().to_owned()
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let safe = |text: &str| web::pages::query_safe(text);
    let pairs: Vec<_> =
        fields.iter().map(|(name, value)| format!("{name}={}", safe(value))).collect();
    pairs.join("&")
}

async fn send(client: &Client, path: &str, fields: &[(&str, &str)]) -> Reply {
    client.post(path).form(&form(fields)).send().await
}

fn assert_leads_to(reply: &Reply, path: &str) {
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, path), "{}", reply.text());
}

async fn signs_in(client: &Client, email: &str, password: &str) -> bool {
    let reply = send(client, "/login", &[("email", email), ("password", password)]).await;
    reply.status == 303
}

/// What stands in a page between two texts.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("{start} in {page}"));
    rest.split_once(end).unwrap().0
}

testkit::both! {
    async fn a_forgotten_password_is_chosen_anew_behind_the_link(db: db::Db) {
        let home = Home::of(db).await;
        let login = home.stranger().get("/login").send().await;
        assert!(login.text().contains("href=\"/forgot\""));
        assert_eq!(send(home.stranger(), "/forgot", &[("email", EMAIL)]).await.status, 200);
        let link = home.newest_link(EMAIL);
        for _ in 0..2 {
            let page = home.stranger().get(&link).send().await;
            assert_eq!(page.status, 200);
            assert!(page.text().contains(EMAIL));
        }
        let weak = send(home.stranger(), &link, &[("password", "superman")]).await;
        assert_eq!(weak.status, 400);
        assert!(weak.text().contains("one of the first that anyone would try"));
        let set = send(home.stranger(), &link, &[("password", NEW)]).await;
        assert_leads_to(&set, "/login?done=reset");
        assert!(home.stranger().get("/login?done=reset").send().await.text().contains("Sign in with it."));
        assert_leads_to(&home.owner.get("/account").await, "/login?next=/account");
        assert!(!signs_in(home.stranger(), EMAIL, PASSWORD).await);
        assert!(signs_in(home.stranger(), EMAIL, NEW).await);
        let again = send(home.stranger(), &link, &[("password", NEW)]).await;
        assert_eq!(again.status, 404);
        assert!(again.text().contains("This link does not work any more."));
    }

    async fn asking_for_a_link_tells_nobody_who_has_an_account(db: db::Db) {
        let home = Home::of(db.clone()).await;
        let without_mail = Client::new(router(&db, SignupMode::Open));
        for client in [home.stranger(), &without_mail] {
            let asked = async |email: &str| {
                let reply = send(client, "/forgot", &[("email", email)]).await;
                assert_eq!(reply.status, 200);
                reply.text().replace(email, "…").replace(reply.header("x-request-id"), "…")
            };
            assert_eq!(asked(EMAIL).await, asked("nobody@acme.dev").await);
        }
        assert_eq!(home.mailer.sent().len(), 1);
        let said = send(&without_mail, "/forgot", &[("email", EMAIL)]).await.text();
        assert!(said.contains("Ask whoever runs it to set a new password"), "{said}");
        let refused = send(home.stranger(), "/forgot", &[("email", "nobody")]).await;
        assert_eq!(refused.status, 400);
    }

    async fn with_mail_a_sign_up_is_an_account_once_it_is_confirmed(db: db::Db) {
        let home = Home::of(db.clone()).await;
        let client = home.stranger();
        let sign_up = async |email: &str| {
            let fields = [("name", "Ana"), ("email", email), ("password", NEW)];
            let reply = send(client, "/signup", &fields).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            assert!(reply.cookie("tiny").is_none());
            reply.text().replace(email, "…").replace(reply.header("x-request-id"), "…")
        };
        let ana = "ana@acme.dev";
        let told = sign_up(ana).await;
        assert!(told.contains("Check your mail"));
        assert_eq!(told, sign_up(EMAIL).await, "a taken address is told as a new one");
        let early = send(client, "/login", &[("email", ana), ("password", NEW)]).await;
        assert_eq!(early.status, 401);
        assert!(early.text().contains("Just signed up?"));

        let link = home.newest_link(ana);
        assert_eq!(client.get(&link).send().await.status, 200);
        let guessed = send(client, &link, &[("password", PASSWORD)]).await;
        assert_eq!(guessed.status, 401);
        assert!(guessed.text().contains("id=\"password-error\""));
        let confirmed = send(client, &link, &[("password", NEW)]).await;
        assert_leads_to(&confirmed, "/");
        let cookie = format!("tiny={}", confirmed.cookie("tiny").unwrap());
        let browser = Browser { client: client.clone(), cookie };
        let account = browser.get("/account").await.text();
        assert!(account.contains("ana@acme.dev") && !account.contains("not verified yet"));
        assert_eq!(client.get(&link).send().await.status, 404);
    }

    async fn a_sign_up_whose_address_was_taken_meanwhile_is_told_kindly(db: db::Db) {
        let home = Home::of(db.clone()).await;
        let ana = "ana@acme.dev";
        send(home.stranger(), "/signup", &[("email", ana), ("password", NEW)]).await;
        Person::new(&home.house, ana).await;
        let taken = send(home.stranger(), &home.newest_link(ana), &[("password", NEW)]).await;
        assert_eq!(taken.status, 409);
        assert!(taken.text().contains("You have an account already"));
        assert!(taken.text().contains("href=\"/login\""));
    }

    async fn a_mail_that_was_not_sent_is_not_told_as_sent(db: db::Db) {
        let home = Home::of(db.clone()).await;
        let mut sent = 0;
        let last = loop {
            let told = home.owner.post("/account/verification", "").await;
            if told.header("location") != "/account?done=sent" {
                break told;
            }
            sent += 1;
        };
        assert_leads_to(&last, "/account?done=sent-before");
        assert_eq!(home.mailer.sent().len(), sent);
        let told = home.owner.get("/account?done=sent-before").await.text();
        assert!(told.contains("No mail was sent") && !told.contains("Mail sent."), "{told}");
    }

    async fn an_address_is_verified_by_a_press_and_not_by_opening_the_link(db: db::Db) {
        let home = Home::of(db.clone()).await;
        assert!(home.owner.get("/account").await.text().contains("not verified yet"));
        let sent = home.owner.post("/account/verification", "").await;
        assert_leads_to(&sent, "/account?done=sent");
        let link = home.newest_link(EMAIL);
        assert_eq!(home.owner.get(&link).await.status, 200);
        assert!(home.owner.get("/account").await.text().contains("not verified yet"));
        assert_leads_to(&home.owner.post(&link, "").await, "/account?done=verified");
        assert!(!home.owner.get("/account").await.text().contains("not verified yet"));
        assert_eq!(home.owner.get(&link).await.status, 404);
        let again = home.owner.post("/account/verification", "").await;
        assert_leads_to(&again, "/account?done=verified");
    }

    async fn a_page_behind_a_link_hands_its_address_to_nobody(db: db::Db) {
        let home = Home::of(db.clone()).await;
        send(home.stranger(), "/forgot", &[("email", EMAIL)]).await;
        home.owner.post("/account/verification", "").await;
        send(home.stranger(), "/signup", &[("email", "ana@acme.dev"), ("password", NEW)]).await;
        for mail in home.mailer.sent() {
            let path = mail.link().unwrap().strip_prefix(BASE_URL).unwrap();
            let page = home.stranger().get(path).send().await;
            assert_eq!(page.header("referrer-policy"), "same-origin");
            assert!(!page.text().contains("href=\"http"), "{path} leads elsewhere");
        }
        for kind in ["reset", "verify", "confirm"] {
            let page = home.stranger().get(&format!("/{kind}/nothing")).send().await;
            assert_eq!(page.status, 404);
            assert!(page.text().contains("This link does not work any more."));
        }
    }

    async fn a_name_is_changed_and_taken_away(db: db::Db) {
        let home = Home::of(db.clone()).await;
        let renamed = home.owner.post("/account/name", "name=Mira+L.").await;
        assert_leads_to(&renamed, "/account?done=name");
        assert!(home.owner.get("/account").await.text().contains("value=\"Mira L.\""));
        let refused = home.owner.post("/account/name", &form(&[("name", &"x".repeat(101))])).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text().contains("id=\"name-error\""));
        home.owner.post("/account/name", "name=").await;
        assert!(!home.owner.get("/account").await.text().contains("Mira"));
    }

    async fn another_password_signs_every_other_browser_out(db: db::Db) {
        let home = Home::of(db.clone()).await;
        let other = home.second_browser().await;
        let change = async |current: &str, new: &str| {
            let fields = form(&[("currentPassword", current), ("newPassword", new)]);
            home.owner.post("/account/password", &fields).await
        };
        let weak = change(PASSWORD, "superman").await;
        assert_eq!(weak.status, 400);
        assert!(weak.text().contains("id=\"newPassword-error\""));
        let wrong = change("wrong horse", NEW).await;
        assert_eq!(wrong.status, 401);
        assert!(wrong.text().contains("id=\"currentPassword-error\""));
        assert!(!wrong.text().contains(NEW));
        assert_eq!(other.get("/account").await.status, 200);

        let changed = change(PASSWORD, NEW).await;
        assert_leads_to(&changed, "/account?done=password");
        assert_eq!(other.get("/account").await.status, 303);
        let cookie = format!("tiny={}", changed.cookie("tiny").unwrap());
        let owner = Browser { client: other.client, cookie };
        let page = owner.get("/account?done=password").await;
        assert!(page.text().contains("Every other browser was signed out."));
        let mails = home.mailer.sent();
        assert_eq!(mails.last().unwrap().subject(), "Your password was changed");
    }

    async fn guessing_the_current_password_is_slowed_down(db: db::Db) {
        let home = Home::of(db.clone()).await;
        let fields = form(&[("currentPassword", "wrong horse"), ("newPassword", NEW)]);
        let mut replies = Vec::new();
        for _ in 0..12 {
            replies.push(home.owner.post("/account/password", &fields).await);
        }
        let last = replies.last().unwrap();
        assert_eq!((last.status.as_u16(), last.header("retry-after")), (429, "1"));
        assert!(last.text().contains("Too many tries in a short time."));
    }

    async fn a_browser_is_signed_out_from_another(db: db::Db) {
        let home = Home::of(db.clone()).await;
        let [one, two] = [home.second_browser().await, home.second_browser().await];
        let page = home.owner.get("/account/sessions").await.text();
        assert_eq!(page.matches("this browser").count(), 1);
        let id = between(&page, "/account/sessions/login_", "/end");
        let ended = home.owner.post(&format!("/account/sessions/login_{id}/end"), "").await;
        assert_leads_to(&ended, "/account/sessions?done=ended");
        let is_in = async |browser: &Browser| browser.get("/account").await.status == 200;
        let left = [is_in(&one).await, is_in(&two).await];
        assert!(left.contains(&false) && left.contains(&true), "{left:?}");
        let others = home.owner.post("/account/sessions/end-others", "").await;
        assert_leads_to(&others, "/account/sessions?done=others");
        assert!(!is_in(&one).await && !is_in(&two).await && is_in(&home.owner).await);
        let unknown = home.owner.post("/account/sessions/nothing/end", "").await;
        assert_eq!(unknown.status, 404);
    }

    async fn a_token_is_shown_once_works_and_stops_when_it_is_revoked(db: db::Db) {
        let home = Home::of(db.clone()).await;
        let organization = &home.house.organization;
        let fields = [
            ("name", "Reports <test>"), ("organizationId", organization), ("expires", "7"),
            ("analytics.report", "true"),
        ];
        let made = home.owner.post("/account/tokens", &form(&fields)).await;
        assert_eq!(made.status, 200, "{}", made.text());
        let secret = format!("tat_{}", between(&made.text(), "<code class=\"link\">tat_", "</code>"));
        let ask = async || home.stranger().get("/api/organizations").bearer(&secret).send().await;
        let told = ask().await;
        assert_eq!(told.status, 200);
        assert_eq!(told.json()["organizations"][0]["name"], "Acme");
        let list = home.owner.get("/account/tokens").await.text();
        assert!(list.contains("2026-04-17") && list.contains("Acme") && !list.contains(&secret));
        let id = between(&list, "/account/tokens/token_", "/revoke");
        let revoke = format!("/account/tokens/token_{id}/revoke");
        assert_eq!(home.owner.post(&revoke, "").await.status, 400);
        let revoked = home.owner.post(&revoke, "confirm=revoke").await;
        assert_leads_to(&revoked, "/account/tokens?done=revoked");
        assert_eq!(ask().await.status, 401);
        assert_eq!(home.owner.post(&revoke, "confirm=revoke").await.status, 404);
    }

    async fn a_token_that_cannot_be_is_told_at_its_fields(db: db::Db) {
        let home = Home::of(db.clone()).await;
        Person::joined(&home.house, "ana@acme.dev", "Viewer").await;
        let ana = [("email", "ana@acme.dev"), ("password", PASSWORD)];
        let cookie = send(home.stranger(), "/login", &ana).await.cookie("tiny").unwrap();
        let ana = Browser { client: home.stranger().clone(), cookie: format!("tiny={cookie}") };
        let refused = ana.post("/account/tokens", "name=&expires=tomorrow&organizationId=org_x").await;
        assert_eq!(refused.status, 400);
        for field in ["name", "expires", "organizationId"] {
            assert!(refused.text().contains(&format!("id=\"{field}-error\"")), "{field}");
        }
        let fields = [
            ("name", "CI"), ("organizationId", &*home.house.organization), ("expires", "never"),
            ("analytics.manage", "true"),
        ];
        let beyond = ana.post("/account/tokens", &form(&fields)).await;
        assert_eq!(beyond.status, 400);
        assert!(beyond.text().contains("You do not hold analytics.manage in Acme"));
        assert!(ana.get("/account/tokens").await.text().contains("No tokens yet"));
    }

    async fn another_password_can_take_the_tokens_along(db: db::Db) {
        let home = Home::of(db.clone()).await;
        home.owner.post("/account/tokens", "name=CI&expires=never&organizationId=").await;
        let fields = [("currentPassword", PASSWORD), ("newPassword", NEW), ("withTokens", "true")];
        let changed = home.owner.post("/account/password", &form(&fields)).await;
        assert_leads_to(&changed, "/account?done=password-and-tokens");
        let cookie = format!("tiny={}", changed.cookie("tiny").unwrap());
        let owner = Browser { client: home.owner.client.clone(), cookie };
        assert!(owner.get("/account/tokens").await.text().contains("No tokens yet"));
    }

    async fn an_account_goes_once_no_workspace_would_be_without_an_owner(db: db::Db) {
        let home = Home::of(db.clone()).await;
        let goodbye = [("email", "MIRA@acme.dev"), ("password", PASSWORD)];
        let blocked = home.owner.get("/account/delete").await;
        assert!(blocked.text().contains("href=\"/acme/settings\""));
        assert!(!blocked.text().contains("action=\"/account/delete\""));
        let refused = home.owner.post("/account/delete", &form(&goodbye)).await;
        assert_eq!(refused.status, 409);
        assert!(refused.text().contains("You are the last owner."));

        let gone = format!("/api/organizations/{}?confirm=acme", home.house.organization);
        let deleted = home.house.client.call(http::Method::DELETE, &gone).bearer(&home.house.token);
        assert_eq!(deleted.send().await.status, 204);
        let elsewhere = [("email", "ana@acme.dev"), ("password", PASSWORD)];
        assert_eq!(home.owner.post("/account/delete", &form(&elsewhere)).await.status, 400);
        let guessed = [("email", EMAIL), ("password", "wrong horse")];
        let guessed = home.owner.post("/account/delete", &form(&guessed)).await;
        assert_eq!(guessed.status, 401);
        assert!(guessed.text().contains("id=\"password-error\""));
        let done = home.owner.post("/account/delete", &form(&goodbye)).await;
        assert_leads_to(&done, "/login?done=deleted");
        assert_eq!(done.cookie("tiny").as_deref(), Some(""));
        let login = home.stranger().get("/login?done=deleted").send().await;
        assert!(login.text().contains("Your account is deleted."));
        assert!(!signs_in(home.stranger(), EMAIL, PASSWORD).await);
        let mails = home.mailer.sent();
        assert_eq!(mails.last().unwrap().subject(), "Your account was deleted");
    }

    async fn where_mail_is_sent_an_invitation_makes_an_account_at_once(db: db::Db) {
        let home = Home::of(db.clone()).await;
        let through_mail = House {
            client: home.owner.client.clone(),
            source: json!(null),
            db,
            token: home.house.token.clone(),
            organization: home.house.organization.clone(),
        };
        let invited = invite(&through_mail, "ana@acme.dev", "Analyst").await;
        assert_eq!(invited.status, 201, "{}", invited.text());
        let link = home.newest_link("ana@acme.dev");
        let joined = send(home.stranger(), &format!("{link}/signup"), &[("password", NEW)]).await;
        assert_leads_to(&joined, "/acme");
        let cookie = format!("tiny={}", joined.cookie("tiny").unwrap());
        let ana = Browser { client: home.stranger().clone(), cookie };
        assert!(!ana.get("/account").await.text().contains("not verified yet"));
    }
}
