//! A team by its forms: adding, inviting, what is refused and how that is told, and the links that people follow.

use std::net::SocketAddr;

use axum::{Extension, extract::ConnectInfo};
use serde_json::{Value, json};
use testkit::{Client, Reply};
use web::SignupMode;

use crate::{
    house::{BASE_URL, EMAIL, House, PASSWORD, bootstrap_body, router, text},
    pages::Browser,
    team::{Person, invite, member_id, role, set_seats},
};

const TEAM: &str = "/acme/access/team";
const INVITE: &str = "/acme/access/invitations";
const DAY_MS: i64 = 24 * 60 * 60_000;

async fn at_home(db: db::Db) -> (House, Browser) {
    let house = House::furnished(db).await;
    let browser = Browser::signed_in(house.client.clone()).await;
    (house, browser)
}

/// Someone who has joined, at their own browser.
async fn colleague(house: &House, email: &str, role: &str) -> Browser {
    Person::joined(house, email, role).await;
    Browser::signed_in_as(house.client.clone(), email).await
}

#[track_caller]
fn assert_leads(reply: &Reply, to: &str) {
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, to), "{}", reply.text());
}

#[track_caller]
fn assert_says(reply: &Reply, status: u16, words: &str) {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert!(reply.text().contains(words), "{words}: {}", reply.text());
}

/// The open invitation to this address, as the API tells it.
async fn invitation(house: &House, email: &str) -> Value {
    let open = house.get("/api/members").await.json()["invitations"].clone();
    open.as_array().unwrap().iter().find(|one| one["email"] == email).unwrap().clone()
}

/// A client whose network is known, so that it is held to how much a stranger may ask for.
fn from_somewhere(house: &House) -> Client {
    let peer = SocketAddr::from(([203, 0, 113, 7], 4_711));
    Client::new(router(&house.db, SignupMode::Open).layer(Extension(ConnectInfo(peer))))
}

/// The path of the link that a page shows.
fn link_in(page: &Reply) -> String {
    let text = page.text();
    let (_, link) = text.split_once(&format!("{BASE_URL}/invitations/")).expect("a link");
    format!("/invitations/{}", link.split(['<', '"']).next().unwrap())
}

testkit::both! {
    async fn someone_with_an_account_is_added_at_once(db: db::Db) {
        let (house, mira) = at_home(db).await;
        set_seats(&house, 2).await;
        Person::new(&house, "ana@acme.dev").await;
        Person::new(&house, "bo@acme.dev").await;
        let viewer = role(&house, "Viewer").await;
        let form = |email: &str| format!("email={email}&roleId={viewer}");
        assert_says(&mira.get(TEAM).await, 200, &format!("formaction=\"{TEAM}\""));
        let unknown = mira.post(TEAM, &form("nobody@acme.dev")).await;
        assert_says(&unknown, 404, "Send an invitation instead.");
        assert!(unknown.text().contains("value=\"nobody@acme.dev\""));
        assert_says(&mira.post(TEAM, &form("nobody")).await, 400, "not a complete e-mail address");
        let added = mira.post(TEAM, &form("Ana@acme.dev")).await;
        assert_leads(&added, "/acme/access/team?done=added");
        assert_says(&mira.get(added.header("location")).await, 200, "Member added.");
        let ana = Browser::signed_in_as(house.client.clone(), "ana@acme.dev").await;
        assert_eq!(ana.get("/acme").await.status, 200);
        assert_says(&mira.post(TEAM, &form("ana@acme.dev")).await, 409, "belong to this workspace already");
        let full = mira.post(TEAM, &form("bo@acme.dev")).await;
        assert_says(&full, 402, "2 of 2 are used.");
        assert!(full.text().contains("role=\"alert\" id=\"form-problem\" tabindex=\"-1\""));
        assert!(full.text().contains("aria-describedby=\"form-problem email-hint\""), "{}", full.text());
        assert_eq!(ana.post(TEAM, &form("bo@acme.dev")).await.status, 403);
    }

    async fn the_daily_limit_is_told_with_the_time_to_wait(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let viewer = role(&house, "Viewer").await;
        let many: Vec<String> = (0..50).map(|number| format!("p{number}@acme.dev")).collect();
        let list = format!("list={}&roleId={viewer}", many.join(","));
        assert_says(&mira.post("/acme/access/invitations/bulk/send", &list).await, 200, "50 invitations ready.");
        house.db.clock().advance_ms(30 * 60_000);
        let refused = mira.post(INVITE, &format!("email=ana@acme.dev&roleId={viewer}")).await;
        assert_says(&refused, 429, "This workspace has sent 50 invitations within a day.");
        assert!(refused.text().contains("The next can go out in 24 h."), "{}", refused.text());
        assert!(refused.text().contains("value=\"ana@acme.dev\""));
        assert_eq!(refused.header("retry-after"), "84600");
        let first = text(&invitation(&house, "p0@acme.dev").await["id"]);
        let again = mira.post(&format!("{INVITE}/{first}/resend"), "").await;
        assert_says(&again, 429, "The next can go out in 24 h.");
    }

    async fn what_one_may_not_give_is_told_where_it_was_typed(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let roles = "/acme/access/roles/new";
        mira.post(roles, "name=Keeper&users.read=true&users.invite=true&users.manage=true&users.permissions.manage=true")
            .await;
        let keeper = colleague(&house, "keeper@acme.dev", "Keeper").await;
        Person::joined(&house, "jonas@acme.dev", "Admin").await;
        let (admin, own) = (role(&house, "Admin").await, role(&house, "Keeper").await);
        invite(&house, "bo@acme.dev", "Admin").await;
        for form in [format!("email=bo@acme.dev&roleId={own}"), format!("email=cleo@acme.dev&roleId={admin}")] {
            let refused = keeper.post(INVITE, &form).await;
            assert_says(&refused, 403, "someone above you invited them");
            let typed = form.split(['=', '&']).nth(1).unwrap();
            assert!(refused.text().contains(&format!("value=\"{typed}\"")), "{}", refused.text());
        }
        let gone = "role_00000000000000000000000000";
        for path in [INVITE, TEAM] {
            let refused = mira.post(path, &format!("email=bo@acme.dev&roleId={gone}")).await;
            assert_says(&refused, 404, "This role is gone. Choose another.");
            assert!(refused.text().contains("value=\"bo@acme.dev\""));
            assert!(refused.text().contains("<select id=\"roleId\" name=\"roleId\" autofocus"), "{}", refused.text());
        }
        let jonas = format!("{TEAM}/{}", member_id(&house, "jonas@acme.dev").await);
        for role in [gone, "none"] {
            let refused = mira.post(&format!("{jonas}/change"), &format!("roleId={role}")).await;
            assert_says(&refused, 404, "This role is gone. Choose another.");
        }
        assert_says(&keeper.post(&format!("{jonas}/change"), &format!("roleId={own}")).await, 403, "not yours to change");
        assert_says(&keeper.post(&format!("{jonas}/remove"), "confirm=remove").await, 403, "not yours to change");
        let log = house.get("/api/audit?action=access.denied").await.json();
        let told: Vec<String> = log["entries"].as_array().unwrap().iter().map(|one| text(&one["after"]["path"])).collect();
        assert!(told.contains(&format!("POST {}", INVITE.replace("acme", "{workspace}"))), "{told:?}");
    }

    async fn an_invitation_is_for_those_who_may_give_its_role(db: db::Db) {
        let (house, mira) = at_home(db).await;
        mira.post("/acme/access/roles/new", "name=Keeper&users.read=true&users.invite=true").await;
        let keeper = colleague(&house, "keeper@acme.dev", "Keeper").await;
        let analyst = colleague(&house, "analyst@acme.dev", "Analyst").await;
        invite(&house, "bo@acme.dev", "Admin").await;
        let page = mira.get(TEAM).await.text();
        assert!(page.contains("New link for bo@acme.dev") && page.contains("until 2026-04-17 13:45 UTC"), "{page}");
        let page = keeper.get(TEAM).await.text();
        assert!(page.contains("offered by someone above you") && !page.contains("/resend"), "{page}");
        let page = analyst.get(TEAM).await.text();
        assert!(!page.contains("offered by someone above you") && !page.contains("/resend"), "{page}");
    }

    async fn a_new_link_takes_the_place_of_the_old_one_and_an_expired_one_is_told(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let viewer = role(&house, "Viewer").await;
        let first = link_in(&mira.post(INVITE, &format!("email=ana@acme.dev&roleId={viewer}")).await);
        let open = house.client.get(&first).send().await;
        assert_says(&open, 200, "2026-04-17 13:45 UTC");
        house.db.clock().advance_ms(8 * DAY_MS);
        let mira = Browser::signed_in(house.client.clone()).await;
        assert_says(&house.client.get(&first).send().await, 409, "accepted or revoked, or has expired");
        let token = crate::house::token(&house.client, EMAIL, PASSWORD).await;
        let house = House { token, ..house };
        let page = mira.get(TEAM).await.text();
        assert!(page.contains("expired") && !page.contains("until 2026"), "{page}");
        let id = text(&invitation(&house, "ana@acme.dev").await["id"]);
        let again = mira.post(&format!("{INVITE}/{id}/resend"), "").await;
        assert_says(&again, 200, "Invitation ready for ");
        let second = link_in(&again);
        assert_ne!(first, second);
        assert_eq!(house.client.get(&first).send().await.status, 404);
        assert_says(&house.client.get(&second).send().await, 200, "2026-04-25 13:45 UTC");
    }

    async fn someone_with_an_account_signs_in_and_joins(db: db::Db) {
        let (house, _mira) = at_home(db).await;
        Person::new(&house, "ana@acme.dev").await;
        let link = text(&invite(&house, "ana@acme.dev", "Viewer").await.json()["link"]);
        let link = link.strip_prefix(BASE_URL).unwrap();
        let open = house.client.get(link).send().await;
        assert_says(&open, 200, &format!("href=\"/login?next={link}\""));
        let form = format!("email=ana@acme.dev&password={}&next={link}", PASSWORD.replace(' ', "+"));
        let signed_in = house.client.post("/login").form(&form).send().await;
        assert_leads(&signed_in, link);
        let cookie = format!("tiny={}", signed_in.cookie("tiny").unwrap());
        let ana = Browser { client: house.client.clone(), cookie };
        assert_says(&ana.get(link).await, 200, &format!("action=\"{link}/accept\""));
        assert_leads(&ana.post(&format!("{link}/accept"), "").await, "/acme");
        assert_eq!(ana.get("/acme").await.status, 200);
        assert_eq!(ana.get(link).await.status, 409);
    }

    async fn an_account_behind_a_link_keeps_what_was_typed_when_too_many_are_made(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let viewer = role(&house, "Viewer").await;
        let link = link_in(&mira.post(INVITE, &format!("email=ana@acme.dev&roleId={viewer}")).await);
        let form = format!("name=Ana&password={}", PASSWORD.replace(' ', "+"));
        let page = house.client.get(&link).send().await.text();
        assert!(page.contains("autocomplete=\"username\" value=\"ana@acme.dev\""), "{page}");
        Person::new(&house, "ana@acme.dev").await;
        let sign_up = format!("{link}/signup");
        let stranger = from_somewhere(&house);
        let send = async || stranger.post(&sign_up).form(&form).send().await;
        assert_says(&send().await, 409, "There is an account with this address already.");
        for _ in 0..30 {
            stranger.post("/forgot").form("email=nobody@acme.dev").send().await;
        }
        let refused = send().await;
        assert_says(&refused, 429, "Too many tries in a short time.");
        assert!(refused.text().contains("value=\"Ana\"") && !refused.header("retry-after").is_empty(), "{}", refused.text());
    }

    async fn a_grant_that_the_role_permits_as_well_is_not_lost(db: db::Db) {
        let (house, mira) = at_home(db).await;
        Person::joined(&house, "ana@acme.dev", "Viewer").await;
        let ana = format!("{TEAM}/{}", member_id(&house, "ana@acme.dev").await);
        let (viewer, analyst) = (role(&house, "Viewer").await, role(&house, "Analyst").await);
        let granted = format!("grants=given&roleId={viewer}&users.read=true");
        assert_eq!(mira.post(&format!("{ana}/change"), &granted).await.status, 303);
        assert_eq!(mira.post(&format!("{ana}/change"), &format!("roleId={analyst}")).await.status, 303);
        let page = mira.get(&ana).await.text();
        for words in ["name=\"users.read\"", "Their role permits it as well.", "by role, and granted"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("name=\"analytics.manage\""), "{page}");
    }

    async fn one_leaves_by_the_same_door_from_either_page(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let ana = colleague(&house, "ana@acme.dev", "Viewer").await;
        let (of_ana, of_mira) = (member_id(&house, "ana@acme.dev").await, member_id(&house, EMAIL).await);
        let leave = "action=\"/acme/settings/leave\"";
        for page in ["/acme/settings".to_owned(), format!("{TEAM}/{of_ana}")] {
            assert_says(&ana.get(&page).await, 200, leave);
        }
        let own = mira.get(&format!("{TEAM}/{of_mira}")).await;
        assert_says(&own, 200, "href=\"/acme/settings#ownership\"");
        assert!(!own.text().contains(leave) && !own.text().contains("/remove\""));
        let other = mira.get(&format!("{TEAM}/{of_ana}")).await.text();
        assert!(other.contains(&format!("action=\"{TEAM}/{of_ana}/remove\"")) && !other.contains(leave));
        assert_eq!(ana.post(&format!("{TEAM}/{of_ana}/remove"), "confirm=remove").await.status, 403);
    }

    async fn an_inviter_who_goes_leaves_a_trace_of_whom_they_had_asked(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let jonas = colleague(&house, "jonas@acme.dev", "Admin").await;
        let viewer = role(&house, "Viewer").await;
        jonas.post(INVITE, &format!("email=bo@acme.dev&roleId={viewer}")).await;
        let jonas = member_id(&house, "jonas@acme.dev").await;
        assert_leads(&mira.post(&format!("{TEAM}/{jonas}/remove"), "confirm=remove").await, "/acme/access/team?done=removed");
        let log = house.get("/api/audit?action=invitation.revoked").await.json();
        assert_eq!(log["entries"][0]["before"], json!({ "email": "bo@acme.dev", "invitedBy": "jonas@acme.dev" }));
    }
}

#[tokio::test]
async fn who_may_not_see_sources_is_shown_no_way_to_them() {
    let database = testkit::TestDb::sqlite().await;
    let (house, _mira) = at_home(database.db()).await;
    let elsewhere = house.client.post(&format!("/api/ingest/v2/{}/bootstrap", house.key()));
    let refused =
        elsewhere.header("origin", "https://evil.dev").json(&bootstrap_body()).send().await;
    assert_eq!(refused.status, 403);
    let viewer = colleague(&house, "viewer@acme.dev", "Viewer").await;
    assert_says(&viewer.get("/acme/settings").await, 200, "refused today");
    let billing = colleague(&house, "billing@acme.dev", "Billing").await;
    for path in ["/acme/settings", "/account", "/acme/nothing/here"] {
        let page = billing.get(path).await.text();
        assert!(page.contains("/acme/settings"), "{path}: {page}");
        for words in ["/acme/analytics", "refused today", ">Overview<"] {
            assert!(!page.contains(words), "{words} on {path}: {page}");
        }
    }
}

#[tokio::test]
async fn a_session_that_ended_leads_back_to_the_page_of_the_form() {
    let database = testkit::TestDb::sqlite().await;
    let (house, mira) = at_home(database.db()).await;
    mira.post("/logout", "").await;
    for (referer, next) in [
        (Some("http://tiny.test/acme/settings?done=saved"), "/acme/settings%3Fdone%3Dsaved"),
        (Some("http://tiny.test.evil.dev/acme"), "/"),
        (Some("https://evil.dev/acme/settings"), "/"),
        (None, "/"),
    ] {
        let call = house.client.post("/acme/settings/leave").header("cookie", &mira.cookie);
        let call = match referer {
            Some(referer) => call.header("referer", referer),
            None => call,
        };
        assert_leads(&call.form("confirm=leave").send().await, &format!("/login?next={next}"));
    }
}

#[tokio::test]
async fn where_strangers_make_no_account_none_is_offered() {
    let database = testkit::TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let link = text(&invite(&house, "ana@acme.dev", "Viewer").await.json()["link"]);
    let link = link.strip_prefix(BASE_URL).unwrap();
    for (mode, words, may_join) in [
        (SignupMode::Open, "href=\"/signup\"", true),
        (SignupMode::Invite, "New accounts are made by invitation.", true),
        (SignupMode::Closed, "New accounts are made by whoever runs this instance.", false),
    ] {
        let client = Client::new(router(&house.db, mode));
        let wrong = format!("email={EMAIL}&password=wrong");
        let (asked, refused) =
            (client.get("/login").send().await, client.post("/login").form(&wrong).send().await);
        for page in [asked, refused] {
            assert!(page.text().contains(words), "{mode:?}: {}", page.text());
            assert_eq!(
                page.text().contains("href=\"/signup\""),
                mode == SignupMode::Open,
                "{mode:?}"
            );
        }
        let page = client.get(link).send().await.text();
        assert_eq!(page.contains(&format!("action=\"{link}/signup\"")), may_join, "{mode:?}");
        assert_eq!(page.contains(words), !may_join, "{mode:?}: {page}");
    }
}
