//! A workspace by its forms: its name, its owner, its end and return, its own roles, many invitations at once.

use serde_json::{Value, json};
use testkit::Reply;

use crate::{
    house::{BASE_URL, EMAIL, House, text},
    pages::Browser,
    team::{Person, role},
};

async fn at_home(db: db::Db) -> (House, Browser) {
    let house = House::furnished(db).await;
    let browser = Browser::signed_in_as(house.client.clone(), EMAIL).await;
    (house, browser)
}

/// Someone who has joined, at their own browser.
async fn colleague(house: &House, email: &str, role: &str) -> Browser {
    Person::joined(house, email, role).await;
    Browser::signed_in_as(house.client.clone(), email).await
}

/// The member with this address, as the API tells them.
async fn member(house: &House, email: &str) -> String {
    let members = house.get("/api/members").await.json()["members"].clone();
    let all = members.as_array().unwrap();
    text(&all.iter().find(|member| member["email"] == email).unwrap()["id"])
}

#[track_caller]
fn assert_leads(reply: &Reply, to: &str) {
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, to), "{}", reply.text());
}

#[track_caller]
fn assert_refused(reply: &Reply, status: u16, words: &str) {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert!(reply.text().contains(words), "{}", reply.text());
}

testkit::both! {
    async fn a_workspace_gets_another_name_and_address(db: db::Db) {
        let (house, mira) = at_home(db).await;
        house.post("/api/organizations", json!({ "name": "Other" })).await;
        let refused = mira.post("/acme/settings", "name=&slug=A+B").await;
        assert_refused(&refused, 400, "The name of a workspace has 1 to 80 characters");
        assert!(refused.text().contains("An address has only the letters"));
        assert!(refused.text().contains("value=\"A B\""));
        let taken = mira.post("/acme/settings", "name=Acme&slug=other").await;
        assert_refused(&taken, 409, "This address is taken.");
        let saved = mira.post("/acme/settings", "name=Acme+GmbH&slug=acme-gmbh").await;
        assert_leads(&saved, "/acme-gmbh/settings?done=saved");
        let page = mira.get(saved.header("location")).await;
        assert_refused(&page, 200, "Settings saved.");
        assert!(page.text().contains("value=\"Acme GmbH\""));
        assert_eq!(mira.get("/acme/settings").await.status, 403);
        let viewer = colleague(&house, "viewer@acme.dev", "Viewer").await;
        let page = viewer.get("/acme-gmbh/settings").await;
        assert_refused(&page, 200, "Leave this workspace");
        for act in ["Save", "Offer ownership", "Delete this workspace", EMAIL, "Mira Hassan"] {
            assert!(!page.text().contains(act), "{act}");
        }
        assert_eq!(viewer.post("/acme-gmbh/settings", "name=Mine&slug=mine").await.status, 403);
    }

    async fn a_workspace_changes_hands_by_two_people(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let jonas = colleague(&house, "jonas@acme.dev", "Admin").await;
        let viewer = colleague(&house, "viewer@acme.dev", "Viewer").await;
        let (of_jonas, of_mira) = (member(&house, "jonas@acme.dev").await, member(&house, EMAIL).await);
        let settings = "/acme/settings";
        let end = format!("{settings}?done=");
        let offer = format!("{settings}/ownership/offer");
        assert_refused(&mira.post(&offer, "memberId=").await, 400, "Choose a member.");
        assert_refused(&mira.post(&offer, &format!("memberId={of_mira}")).await, 400, "own this workspace already");
        assert_eq!(jonas.post(&offer, &format!("memberId={of_jonas}")).await.status, 403);
        assert_leads(&mira.post(&offer, &format!("memberId={of_jonas}")).await, &format!("{end}offered"));
        assert_refused(&mira.get(settings).await, 200, "Take back");
        assert_refused(&jonas.get(settings).await, 200, "offers you this workspace");
        assert_refused(&jonas.get("/acme").await, 200, "/acme/settings#ownership");
        for other in [&mira, &viewer] {
            assert!(!other.get("/acme").await.text().contains("offers you"));
            let accepted = other.post(&format!("{settings}/ownership/accept"), "").await;
            assert_refused(&accepted, 404, "This offer is gone.");
        }
        assert!(!viewer.get(settings).await.text().contains("Take back"));
        assert_eq!(viewer.post(&format!("{settings}/ownership/withdraw"), "").await.status, 403);
        let accepted = jonas.post(&format!("{settings}/ownership/accept"), "").await;
        assert_leads(&accepted, &format!("{end}accepted"));
        assert_refused(&jonas.get(settings).await, 200, "Delete this workspace");
        assert!(!mira.get(settings).await.text().contains("Delete this workspace"));
        assert_eq!(mira.post(&format!("{settings}/delete"), "confirm=Acme").await.status, 403);
        for (by, word) in [(&mira, "decline"), (&jonas, "withdraw")] {
            assert_eq!(jonas.post(&offer, &format!("memberId={of_mira}")).await.status, 303);
            let ended = by.post(&format!("{settings}/ownership/{word}"), "").await;
            assert_eq!(ended.status, 303, "{word}");
            let late = mira.post(&format!("{settings}/ownership/accept"), "").await;
            assert_eq!(late.status, 404, "{word}");
        }
        let log = jonas.get("/acme/access/audit?action=ownership").await.text();
        for words in ["took over the workspace", "declined the workspace", "took an offer of the workspace back"] {
            assert!(log.contains(words), "{words}");
        }
    }

    async fn a_workspace_goes_by_its_name_and_comes_back(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let delete = "/acme/settings/delete";
        for wrong in ["", "confirm=acme", "confirm=Acm"] {
            assert_refused(&mira.post(delete, wrong).await, 400, "This is not the workspace");
        }
        assert!(mira.post(delete, "confirm=acme").await.text().contains("<details open"));
        assert_eq!(house.bootstrap(&crate::house::bootstrap_body()).await.status, 200);
        assert_leads(&mira.post(delete, "confirm=+Acme+").await, "/workspaces?done=deleted");
        assert_eq!(mira.get("/acme").await.status, 403);
        assert_ne!(house.bootstrap(&crate::house::bootstrap_body()).await.status, 200);
        let restore = format!("/workspaces/{}/restore", house.organization);
        let list = mira.get("/workspaces?done=deleted").await;
        assert_refused(&list, 200, &restore);
        assert!(list.text().contains("2026-04-17 13:45 UTC"), "{}", list.text());
        Person::new(&house, "eve@evil.dev").await;
        let eve = Browser::signed_in_as(house.client.clone(), "eve@evil.dev").await;
        assert!(!eve.get("/workspaces").await.text().contains("Acme"));
        assert_refused(&eve.post(&restore, "").await, 403, "not there to be had back");
        assert_leads(&mira.post(&restore, "").await, "/workspaces?done=restored");
        assert_eq!(house.bootstrap(&crate::house::bootstrap_body()).await.status, 200);
        assert_eq!(mira.get("/acme").await.status, 200);
        mira.post(delete, "confirm=Acme").await;
        house.db.clock().advance_ms(7 * 24 * 60 * 60_000);
        let mira = Browser::signed_in_as(house.client.clone(), EMAIL).await;
        assert_refused(&mira.get("/workspaces").await, 200, "No workspace");
        assert_eq!(mira.post(&restore, "").await.status, 403);
    }

    async fn everyone_can_leave_but_the_last_owner(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let jonas = colleague(&house, "jonas@acme.dev", "Billing").await;
        assert_eq!(jonas.post("/acme/settings/leave", "").await.status, 400);
        assert_refused(&mira.post("/acme/settings/leave", "confirm=leave").await, 409, "You are the last owner.");
        assert!(!mira.get("/acme/settings").await.text().contains("Leave this workspace"));
        assert_leads(&jonas.post("/acme/settings/leave", "confirm=leave").await, "/workspaces?done=left");
        assert_refused(&jonas.get("/workspaces?done=left").await, 200, "No workspace");
        assert_eq!(jonas.get("/acme/settings").await.status, 403);
    }

    async fn a_role_is_copied_changed_and_deleted(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let roles = "/acme/access/roles";
        let viewer = role(&house, "Viewer").await;
        let copy = mira.get(&format!("{roles}/new?from={viewer}")).await;
        assert_refused(&copy, 200, "value=\"Copy of Viewer\"");
        assert_eq!(copy.text().matches(" checked").count(), 1);
        let refused = mira.post(&format!("{roles}/new"), "name=+&users.read=true").await;
        assert_refused(&refused, 400, "name has 1 to 60 characters");
        assert_eq!(refused.text().matches(" checked").count(), 1);
        let made = mira.post(&format!("{roles}/new"), "name=Reader&analytics.report=true&users.read=true").await;
        assert_leads(&made, "/acme/access/roles?done=created");
        let reader = role(&house, "Reader").await;
        let own = format!("{roles}/{reader}");
        assert_refused(&mira.get(roles).await, 200, &own);
        assert_refused(&mira.post(&own, "name=Viewer").await, 409, "Another role has this name.");
        assert_leads(&mira.post(&own, "name=Readers&users.read=true").await, "/acme/access/roles?done=changed");
        let all = house.get("/api/roles").await.json()["roles"].clone();
        let changed = all.as_array().unwrap().iter().find(|one| one["id"] == json!(reader)).unwrap().clone();
        assert_eq!((&changed["name"], &changed["permissions"]), (&json!("Readers"), &json!(["users.read"])));
        assert_eq!(mira.post(&format!("{own}/delete"), "").await.status, 400);
        Person::joined(&house, "ana@acme.dev", "Readers").await;
        let in_use = mira.post(&format!("{own}/delete"), "confirm=delete").await;
        assert_refused(&in_use, 409, "Members or open invitations have this role.");
        assert!(in_use.text().contains("1 member has this role") && !in_use.text().contains("Delete this role"));
        assert_eq!(mira.get(&format!("{roles}/{viewer}")).await.status, 409);
        assert_eq!(mira.post(&format!("{roles}/{viewer}/delete"), "confirm=delete").await.status, 409);
        assert_eq!(mira.get(&format!("{roles}/role_nobody")).await.status, 404);
        let ana = member(&house, "ana@acme.dev").await;
        mira.post(&format!("/acme/access/team/{ana}/remove"), "confirm=remove").await;
        assert_leads(&mira.post(&format!("{own}/delete"), "confirm=delete").await, "/acme/access/roles?done=deleted");
        assert_eq!(mira.get(&own).await.status, 404);
    }

    async fn nobody_makes_or_changes_a_role_above_their_own(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let roles = "/acme/access/roles";
        mira.post(&format!("{roles}/new"), "name=Keeper&users.read=true&users.permissions.manage=true").await;
        mira.post(&format!("{roles}/new"), "name=Clerk&billing.read=true").await;
        let clerk = format!("{roles}/{}", role(&house, "Clerk").await);
        let keeper = colleague(&house, "keeper@acme.dev", "Keeper").await;
        let list = keeper.get(roles).await.text();
        assert!(list.contains("aria-label=\"Edit Keeper\"") && list.contains("aria-label=\"Copy Clerk\""), "{list}");
        assert!(!list.contains("aria-label=\"Edit Clerk\""));
        let copy = keeper.get(&clerk.replace("roles/", "roles/new?from=")).await.text();
        assert_eq!((copy.matches(" disabled").count(), copy.matches(" checked").count()), (8, 0));
        assert_eq!(keeper.post(&format!("{roles}/new"), "name=More&billing.read=true").await.status, 403);
        assert_eq!(keeper.get(&clerk).await.status, 403);
        assert_eq!(keeper.post(&clerk, "name=Clerk").await.status, 403);
        assert_eq!(keeper.post(&format!("{clerk}/delete"), "confirm=delete").await.status, 403);
        let viewer = colleague(&house, "viewer@acme.dev", "Analyst").await;
        assert!(!viewer.get(roles).await.text().contains("New role"));
        assert_eq!(viewer.get(&format!("{roles}/new")).await.status, 403);
        assert_eq!(viewer.post(&format!("{roles}/new"), "name=Mine").await.status, 403);
    }

    async fn a_list_is_checked_before_anything_is_sent(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let bulk = "/acme/access/invitations/bulk";
        let viewer = role(&house, "Viewer").await;
        let list = format!("list=ana@acme.dev%0D%0Abo@acme.dev,Analyst%0D%0Aana@acme.dev%0D%0Anobody%0D%0A{EMAIL}%0D%0Acleo@acme.dev,King");
        let form = format!("{list}&roleId={viewer}");
        let invited = async || house.get("/api/members").await.json()["invitations"].as_array().unwrap().len();
        let checked = mira.post(bulk, &form).await;
        assert_eq!(checked.status, 200, "{}", checked.text());
        for words in ["will be invited", "twice", "not an address", "already a member", "unknown role",
            "Seats in use: 1 now, 3 with these.", "Send 2 invitations"] {
            assert!(checked.text().contains(words), "{words}: {}", checked.text());
        }
        assert_eq!(invited().await, 0);
        assert!(!checked.text().contains(&format!("{BASE_URL}/invitations/")));
        let sent = mira.post(&format!("{bulk}/send"), &form).await;
        assert_refused(&sent, 200, "2 invitations ready.");
        assert!(sent.text().contains(&format!("{BASE_URL}/invitations/")));
        assert_eq!(invited().await, 2);
        assert_refused(&mira.post(bulk, &form).await, 200, "gets a new link");
        let markup = "list=%3C/textarea%3E%3Cscript%3Ealert(1)%3C/script%3E";
        let told = mira.post(bulk, &format!("{markup}&roleId={viewer}")).await.text();
        assert!(told.contains("not an address") && !told.contains("<script>alert"), "{told}");
        let none = mira.post(bulk, &format!("list=nobody&roleId={viewer}")).await;
        assert_refused(&none, 200, "Nothing of this can be sent.");
        assert!(!none.text().contains("bulk/send"));
        let many: Vec<String> = (0..=200).map(|number| format!("p{number}@acme.dev")).collect();
        let many = mira.post(bulk, &format!("list={}&roleId={viewer}", many.join(","))).await;
        assert_refused(&many, 400, "These are 201 entries");
        assert_refused(&mira.post(bulk, &format!("list=&roleId={viewer}")).await, 400, "Paste at least one");
        assert_refused(&mira.post(bulk, "list=x@acme.dev&roleId=none").await, 400, "Choose a role.");
        let other = colleague(&house, "viewer@acme.dev", "Analyst").await;
        for path in [bulk.to_owned(), format!("{bulk}/send")] {
            assert_eq!(other.post(&path, &form).await.status, 403);
        }
    }

    async fn a_full_workspace_says_how_full_and_where_room_is_made(db: db::Db) {
        let (house, mira) = at_home(db).await;
        crate::team::set_seats(&house, 2).await;
        let viewer = role(&house, "Viewer").await;
        let list = format!("list=ana@acme.dev,bo@acme.dev&roleId={viewer}");
        let bulk = "/acme/access/invitations/bulk";
        let checked = mira.post(bulk, &list).await;
        assert_refused(&checked, 200, "1 of 2 seats are used. With these it is 2 of 2.");
        assert!(checked.text().contains("no seat left"));
        mira.post(&format!("{bulk}/send"), &list).await;
        let invite = format!("email=bo@acme.dev&roleId={viewer}");
        let refused = mira.post("/acme/access/invitations", &invite).await;
        assert_refused(&refused, 402, "2 of 2 are used.");
        for door in ["href=\"#invitations\"", "href=\"#members\"", "value=\"bo@acme.dev\""] {
            assert!(refused.text().contains(door), "{door}");
        }
        // An expired invitation has lost its seat, and takes one again.
        house.db.clock().advance_ms(7 * 24 * 60 * 60_000);
        let mira = Browser::signed_in_as(house.client.clone(), EMAIL).await;
        let again = mira.post(bulk, &format!("list=ana@acme.dev&roleId={viewer}")).await;
        assert_refused(&again, 200, "1 of 2 seats are used. With these it is 2 of 2.");
        assert!(again.text().contains("gets a new link"));
    }
}

#[tokio::test]
async fn the_log_has_words_for_what_happens_to_a_workspace() {
    let database = testkit::TestDb::sqlite().await;
    let (house, mira) = at_home(database.db()).await;
    mira.post("/acme/settings", "name=Acme+Inc&slug=acme").await;
    mira.post("/acme/access/roles/new", "name=Reader&users.read=true").await;
    let log = house.get("/api/audit").await.json();
    let told = |entry: &Value| text(&entry["action"]);
    let actions: Vec<String> = log["entries"].as_array().unwrap().iter().map(told).collect();
    assert!(actions.contains(&"role.created".to_owned()), "{actions:?}");
    let page = mira.get("/acme/access/audit").await.text();
    for words in ["made a role", ": Reader", "changed the workspace", ": Acme Inc"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    for group in ["role", "ownership", "token", "organization"] {
        assert_eq!(mira.get(&format!("/acme/access/audit?action={group}")).await.status, 200);
    }
}
