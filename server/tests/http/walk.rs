//! Every operation of the API by every kind of caller, against a table. Operations come from the router; one without a
//! row is red.

mod pages;
mod stage;
mod table;

use std::collections::BTreeMap;

use serde_json::Value;
use tiny::openapi::DOCUMENT;

use stage::{CALLERS, Caller, Stage};
use table::{Row, row};

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
            let reply = house.call_with_field(method, path, call, (field, &id)).await;
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
