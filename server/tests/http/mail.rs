//! What mail and its absence mean for accounts and invitations, through the doors.

use accounts::{Email, MailSettings, Mailer, letters};
use model::UnixMs;
use serde_json::{Value, json};
use testkit::{Client, Reply};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use web::SignupMode;

use crate::{
    house::{BASE_URL, House, PASSWORD, instance, mailing_router, router_with, text},
    team::invite,
};

const ANA: &str = "ana@acme.dev";

fn client(db: &db::Db, signup: SignupMode, mailer: &Mailer) -> Client {
    Client::new(router_with(db, instance(signup), mailer.clone()))
}

/// Signs up by mail, and gives the API's path that confirms it.
async fn sign_up(client: &Client, mailer: &Mailer, email: &str) -> String {
    let account = json!({ "email": email, "password": PASSWORD });
    let reply = client.post("/api/auth/signup").json(&account).send().await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let mails = mailer.sent();
    let link = mails.last().and_then(|mail| mail.link()).unwrap();
    format!("/api/auth/confirm/{}", link.rsplit('/').next().unwrap())
}

async fn confirm(client: &Client, path: &str) -> u16 {
    let reply = client.post(path).json(&json!({ "password": PASSWORD })).send().await;
    reply.status.as_u16()
}

/// The same house behind a door that sends mail through `mailer`.
fn mailing(house: House, mailer: &Mailer) -> House {
    House { client: Client::new(mailing_router(&house.db, mailer.clone())), ..house }
}

/// A mailer whose places for invitations are all taken, by mails to a mail server that is away.
fn full_mailer(db: &db::Db, tasks: &TaskTracker, stop: &CancellationToken) -> Mailer {
    let settings = MailSettings {
        server: "smtp://127.0.0.1:1".parse().unwrap(),
        from: "tiny@tiny.test".parse().unwrap(),
    };
    let (clock, chance) = (db.clock().clone(), db.chance().clone());
    let mailer = Mailer::smtp(&settings, clock, chance, tasks, stop.clone()).unwrap();
    let words = letters::Invitation {
        workspace: "Acme",
        inviter: "Mira",
        role: "Viewer",
        link: BASE_URL,
        expires_at: UnixMs(0),
    };
    let to = Email::parse("bob@acme.dev").unwrap();
    while mailer.send(letters::invitation(to.clone(), BASE_URL, words)) {}
    mailer
}

async fn bulk(house: &House, list: &str) -> Reply {
    let roles = house.get("/api/roles").await.json();
    let viewer = text(&roles["roles"][3]["id"]);
    house.post("/api/invitations/bulk", json!({ "list": list, "roleId": viewer })).await
}

testkit::both! {
    async fn a_sign_up_that_waited_while_sign_up_was_closed_makes_no_account(db: db::Db) {
        let house = House::furnished(db).await;
        let mailer = Mailer::memory();
        let open = client(&house.db, SignupMode::Open, &mailer);
        let path = sign_up(&open, &mailer, ANA).await;
        for mode in [SignupMode::Closed, SignupMode::Invite] {
            let closed = client(&house.db, mode, &mailer);
            assert_eq!(confirm(&closed, &path).await, 403);
            let page = path.replace("/api/auth", "");
            let form = format!("password={}", web::pages::query_safe(PASSWORD));
            assert_eq!(closed.post(&page).form(&form).send().await.status, 403);
        }
        assert_eq!(confirm(&open, &path).await, 200);
    }

    async fn of_those_who_sign_up_at_a_fresh_closed_instance_one_has_it(db: db::Db) {
        let mailer = Mailer::memory();
        let closed = client(&db, SignupMode::Closed, &mailer);
        let one = sign_up(&closed, &mailer, ANA).await;
        let other = sign_up(&closed, &mailer, "eve@acme.dev").await;
        assert_eq!(confirm(&closed, &one).await, 200);
        assert_eq!(confirm(&closed, &other).await, 403);
    }

    async fn an_account_made_by_a_link_that_was_handed_on_is_not_verified(db: db::Db) {
        let house = House::furnished(db).await;
        let invited = invite(&house, ANA, "Viewer").await.json();
        assert_eq!(invited["isMailed"], false);
        let link = text(&invited["link"]);
        let mailer = Mailer::memory();
        let house = mailing(house, &mailer);
        let path = format!("{}/signup", link.strip_prefix(BASE_URL).unwrap());
        let form = format!("password={}", web::pages::query_safe(PASSWORD));
        let joined = house.client.post(&path).form(&form).send().await;
        assert_eq!(joined.status, 303, "{}", joined.text());
        let accounts = accounts::Accounts::new(house.db.clone());
        let (email, device) = (Email::parse(ANA).unwrap(), accounts::Device::default());
        let (ana, _) = accounts.sign_in(&email, PASSWORD.into(), device).await.unwrap();
        assert_eq!(ana.verified_at, None);
        assert_eq!(mailer.sent()[0].subject(), "Confirm your e-mail address");
    }

    async fn an_invitation_whose_mail_finds_no_place_is_told_so(db: db::Db) {
        let house = House::furnished(db).await;
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let mailer = full_mailer(&house.db, &tasks, &stop);
        let house = mailing(house, &mailer);
        let reply = invite(&house, ANA, "Viewer").await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        assert_eq!((&reply.json()["link"], &reply.json()["isMailed"]), (&Value::Null, &json!(false)));
        let listed = bulk(&house, "cleo@acme.dev").await;
        assert_eq!(listed.json()["results"][0]["outcome"], "not_mailed", "{}", listed.text());
        stop.cancel();
    }

    async fn one_address_is_sent_five_invitations_an_hour(db: db::Db) {
        let house = House::furnished(db).await;
        let mailer = Mailer::memory();
        let house = mailing(house, &mailer);
        for _ in 0..5 {
            let reply = invite(&house, ANA, "Viewer").await;
            assert_eq!(reply.json()["isMailed"], true, "{}", reply.text());
        }
        let refused = invite(&house, ANA, "Viewer").await;
        assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "3600"));
        let listed = bulk(&house, ANA).await;
        assert_eq!(listed.json()["results"][0]["outcome"], "too_many_mails", "{}", listed.text());
        assert_eq!(mailer.sent().len(), 5);
    }
}
