//! Every operation of the API by every kind of caller, against a table. Operations come from the router; one without a
//! row is red.

mod pages;
mod stage;
mod table;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tiny::openapi::DOCUMENT;

use stage::{CALLERS, Caller, Stage};
use table::{Row, row};

use crate::openapi::{operation, schema::of_another_type};

/// Path, method and name of every operation.
fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, says)| {
            (path.as_str(), method.as_str(), says["operationId"].as_str().unwrap())
        })
    })
}

/// Each call meets the same house, untouched by the calls before it.
#[tokio::test]
async fn every_operation_answers_every_kind_of_caller_as_the_table_says() {
    let stage = Stage::set().await;
    let mut wrong = Vec::new();
    for (path, method, name) in operations() {
        let Row { call, answers } = row(name);
        for (caller, wanted) in CALLERS.into_iter().zip(answers) {
            let house = stage.copied().await;
            let reply = house.call(method, path, call, caller).await;
            let got = reply.status.as_u16();
            if got != wanted {
                wrong.push(format!("{name} as {caller:?}: {got}, not {wanted}: {}", reply.text()));
            }
            house.close().await;
        }
    }
    stage.close().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// 401 before 400, 400 before 403, 403 before 404: told by calls with several faults at once. What comes after, 409 and
/// 402, is pinned where it is told, in `team.rs`.
#[tokio::test]
async fn the_order_of_answers_is_401_400_403_404_everywhere() {
    let stage = Stage::set().await;
    let house = stage.copied().await;
    let mut seen = [0; 4];
    for (path, method, name) in operations() {
        let Row { call, answers } = row(name);
        let is_of_a_workspace = answers[3] == 403;
        if !is_of_a_workspace || name == "restoreOrganization" {
            continue;
        }
        let (unknown, about_it) = (stage.unknown(path), path.contains("/organizations/"));
        let bare = house.bare(method, path, Caller::Nobody, &unknown).await;
        assert_eq!(bare.status, 401, "{name}: {}", bare.text());
        seen[0] += 1;
        let bare = house.bare(method, path, Caller::Outsider, &unknown).await;
        let needs_nothing = ["changeOrganization", "acceptTransfer", "endTransfer"].contains(&name);
        assert_eq!(bare.status, if needs_nothing { 403 } else { 400 }, "{name}: {}", bare.text());
        seen[1] += 1;
        let strange = house.call_with(method, path, call, Caller::Outsider, &unknown).await;
        assert_eq!(strange.status, 403, "{name}: {}", strange.text());
        seen[2] += 1;
        if path.contains("{id}") && !about_it {
            let unknown = house.call_with(method, path, call, Caller::Owner, &unknown).await;
            assert_eq!(unknown.status, 404, "{name}: {}", unknown.text());
            seen[3] += 1;
        }
    }
    house.close().await;
    stage.close().await;
    assert!(seen.iter().all(|count| *count > 10), "{seen:?}");
}

/// Whoever is no member hears of a field of a wrong type before they hear that they are none.
#[tokio::test]
async fn a_field_of_a_wrong_type_is_told_before_who_may_call() {
    let stage = Stage::set().await;
    let house = stage.copied().await;
    let organization = stage.own_of("organization");
    let (mut fields, mut in_queries) = (0, 0);
    for (path, method, name) in operations() {
        let Row { call, answers } = row(name);
        if answers[3] != 403 {
            continue;
        }
        let operation = operation(name);
        for (field, schema) in operation.fields() {
            let spoilt = (field.as_str(), of_another_type(schema));
            let reply = house.call_with_field(method, path, call, Caller::Outsider, spoilt).await;
            assert_eq!(reply.status, 400, "{name}, {field}: {}", reply.text());
            assert_eq!(reply.json()["field"], **field, "{name}");
            fields += 1;
        }
        for parameter in operation.query().filter(|one| one["schema"]["type"] == "integer") {
            let field = parameter["name"].as_str().unwrap();
            let path = format!("{path}?organizationId={organization}&{field}=many");
            let reply = house.bare(method, &path, Caller::Outsider, "x").await;
            assert_eq!(reply.status, 400, "{name}, {field}: {}", reply.text());
            in_queries += 1;
        }
    }
    house.close().await;
    stage.close().await;
    assert!(fields > 30 && in_queries > 1, "{fields}, {in_queries}");
}

/// Too many entries are a fault of the call, whoever calls.
#[tokio::test]
async fn a_list_that_is_too_long_is_told_before_who_may_invite() {
    let stage = Stage::set().await;
    let house = stage.copied().await;
    for (count, status) in [(200, 403), (201, 400)] {
        let list: Vec<_> = (0..count).map(|number| format!("p{number}@acme.dev")).collect();
        for caller in [Caller::Viewer, Caller::Outsider] {
            let spoilt = ("list", json!(list.join(",")));
            let (method, path, call) = ("post", "/api/invitations/bulk", row("inviteMany").call);
            let reply = house.call_with_field(method, path, call, caller, spoilt).await;
            assert_eq!(reply.status, status, "{count} as {caller:?}: {}", reply.text());
        }
    }
    house.close().await;
    stage.close().await;
}

/// An id that cannot be one is that of nothing, and whoever may not ask about it hears that before.
#[tokio::test]
async fn an_id_that_cannot_be_one_is_told_after_who_may_ask_for_it() {
    let stage = Stage::set().await;
    let house = stage.copied().await;
    let mut asked = 0;
    for (path, method, name) in operations().filter(|(path, ..)| path.contains("{id}")) {
        let Row { call, answers } = row(name);
        for (caller, answer) in CALLERS.into_iter().zip(answers) {
            // The workspace in a path is whom the question is about: of nothing, nobody is a member.
            let is_workspace = path.contains("/organizations/");
            let wanted = if is_workspace && answer != 401 { 403 } else { answer };
            let wanted = if wanted < 300 { 404 } else { wanted };
            let reply = house.call_with(method, path, call, caller, "~").await;
            assert_eq!(reply.status, wanted, "{name} as {caller:?}: {}", reply.text());
            asked += 1;
        }
    }
    // Two that take more than the first permission: grants of others, and a workspace to hand on.
    house.grant("viewer@acme.dev", "users.manage").await;
    for (name, method, path, field, caller) in [
        ("changeMember", "patch", "/api/members/~", ("grants", json!([])), Caller::Viewer),
        (
            "offerTransfer",
            "post",
            "/api/organizations/{id}/transfer",
            ("memberId", json!("~")),
            Caller::Admin,
        ),
    ] {
        let reply = house.call_with_field(method, path, row(name).call, caller, field).await;
        assert_eq!(reply.status, 403, "{name}: {}", reply.text());
    }
    house.close().await;
    stage.close().await;
    assert!(asked > 150, "{asked}");
}

/// Whatever is asked for by id: one of another workspace and one that never was are told alike.
#[tokio::test]
async fn ids_of_another_workspace_answer_as_if_they_did_not_exist() {
    let stage = Stage::set().await;
    let mut compared = 0;
    for (path, method, name) in operations().filter(|(path, ..)| path.contains("{id}")) {
        let Row { call, .. } = row(name);
        let mut heard = Vec::new();
        for id in [stage.foreign(path), stage.unknown(path)] {
            let house = stage.copied().await;
            let reply = house.call_with(method, path, call, Caller::Owner, &id).await;
            heard.push((reply.status, without_id(&reply.text(), &id)));
            house.close().await;
        }
        assert_eq!(heard[0], heard[1], "{name}");
        assert!(heard[0].0.is_client_error(), "{name}: {heard:?}");
        compared += 1;
    }
    stage.close().await;
    assert!(compared > 15, "{compared}");
}

/// The same for ids in a body.
#[tokio::test]
async fn ids_of_another_workspace_in_a_body_are_unknown_too() {
    let stage = Stage::set().await;
    for (name, method, path, field) in [
        ("addMember", "post", "/api/members", "roleId"),
        ("invite", "post", "/api/invitations", "roleId"),
        ("inviteMany", "post", "/api/invitations/bulk", "roleId"),
        ("changeMember", "patch", "/api/members/{id}", "roleId"),
        ("offerTransfer", "post", "/api/organizations/{id}/transfer", "memberId"),
        ("createNamedToken", "post", "/api/tokens", "organizationId"),
    ] {
        let Row { call, .. } = row(name);
        let mut heard = Vec::new();
        let kind = &field[..field.len() - 2];
        for id in [stage.foreign_of(kind), stage.unknown_of(kind)] {
            let house = stage.copied().await;
            let spoilt = (field, json!(id));
            let reply = house.call_with_field(method, path, call, Caller::Owner, spoilt).await;
            heard.push((reply.status, without_id(&reply.text(), &id)));
            house.close().await;
        }
        assert_eq!(heard[0], heard[1], "{name}");
        assert!(heard[0].0.is_client_error(), "{name}: {heard:?}");
    }
    stage.close().await;
}

/// A refusal without what differs from exchange to exchange.
fn without_id(text: &str, id: &str) -> BTreeMap<String, Value> {
    assert!(!text.contains(id), "{text}");
    let mut body: BTreeMap<String, Value> = serde_json::from_str(text).unwrap();
    body.remove("requestId");
    body
}
