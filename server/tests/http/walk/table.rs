//! The table: for each operation a call that is well formed, and its answer to each kind of caller.

use serde_json::{Value, json};

use crate::house::{EMAIL, ORIGIN, PASSWORD, bootstrap_body, events_body, text};

/// A call's body, from the ids of what the house holds.
#[derive(Clone, Copy)]
pub struct CallOf(fn(&Value) -> Value);

impl CallOf {
    pub fn body(self, things: &Value) -> Value {
        (self.0)(things)
    }
}

/// One operation.
pub struct Row {
    pub call: CallOf,
    /// In the order of [`super::stage::CALLERS`]: nobody, a bad token, an expired token, a member of another
    /// workspace, viewer, analyst, billing, admin, owner, a tool of the owner that may only report, one that may all.
    pub answers: [u16; 11],
}

/// Without a body, or with nothing in it but the workspace.
const BARE: CallOf = CallOf(|_| json!({}));

/// What only some roles may do: viewer, analyst, billing, admin, owner. The owner's full tool may do what they may, the
/// other what a viewer may.
const fn only(roles: [u16; 5]) -> [u16; 11] {
    let [viewer, analyst, billing, admin, owner] = roles;
    [401, 401, 401, 403, viewer, analyst, billing, admin, owner, viewer, owner]
}

/// What is for the person themselves, and not for a tool of theirs.
const fn in_person(mut answers: [u16; 11]) -> [u16; 11] {
    (answers[9], answers[10]) = (403, 403);
    answers
}

/// What everyone may do who has an account.
const fn account(wanted: u16) -> [u16; 11] {
    [401, 401, 401, wanted, wanted, wanted, wanted, wanted, wanted, wanted, wanted]
}

/// The row of an operation.
pub fn row(operation: &str) -> Row {
    let (call, answers) = match operation {
        "signUp" => {
            (CallOf(|_| json!({ "email": "new@acme.dev", "password": PASSWORD })), [201; 11])
        }
        "createToken" => (CallOf(|_| json!({ "email": EMAIL, "password": PASSWORD })), [200; 11]),
        "confirmSignUp" | "resetPassword" => {
            (CallOf(|_| json!({ "password": PASSWORD })), [404; 11])
        }
        "verifyAddress" => (BARE, [404; 11]),
        "requestReset" => (CallOf(|_| json!({ "email": EMAIL })), [202; 11]),
        "getDescription" => (BARE, [200; 11]),

        "listOrganizations" => (BARE, account(200)),
        "listTokens" => (BARE, in_person(account(200))),
        "createNamedToken" => (CallOf(|_| json!({ "name": "Mine" })), in_person(account(201))),
        "revokeToken" => (BARE, in_person(account(204))),
        "createOrganization" => (CallOf(|_| json!({ "name": "New" })), in_person(account(201))),
        "acceptInvitation" => (BARE, in_person(account(404))),

        "changeOrganization" => {
            (CallOf(|_| json!({ "name": "Acme Ltd" })), only([403, 403, 403, 200, 200]))
        }
        "deleteOrganization" => (BARE, in_person(only([403, 403, 403, 403, 204]))),
        "restoreOrganization" => (BARE, in_person(only([403, 403, 403, 403, 200]))),
        "offerTransfer" => (
            CallOf(|things| json!({ "memberId": things["member"] })),
            in_person(only([403, 403, 403, 403, 201])),
        ),
        "acceptTransfer" => (BARE, in_person(only([404, 404, 404, 404, 404]))),
        "endTransfer" => (BARE, in_person(only([403, 403, 403, 403, 404]))),

        "listMembers" | "listRoles" | "listPermissions" | "regenerateKey" => {
            (BARE, only([403, 200, 403, 200, 200]))
        }
        "addMember" => (
            CallOf(|things| json!({ "email": "eve@evil.dev", "roleId": things["viewerRole"] })),
            only([403, 403, 403, 201, 201]),
        ),
        "changeMember" => {
            (CallOf(|things| json!({ "roleId": things["role"] })), only([403, 403, 403, 200, 200]))
        }
        "removeMember" | "revokeInvitation" | "deleteRole" => {
            (BARE, only([403, 403, 403, 204, 204]))
        }
        "invite" => (
            CallOf(|things| json!({ "email": "n@acme.dev", "roleId": things["viewerRole"] })),
            only([403, 403, 403, 201, 201]),
        ),
        "inviteMany" => (
            CallOf(|things| json!({ "list": "n@acme.dev", "roleId": things["viewerRole"] })),
            only([403, 403, 403, 200, 200]),
        ),
        "resendInvitation" | "listAuditEntries" => (BARE, only([403, 403, 403, 200, 200])),
        "createRole" => (
            CallOf(|_| json!({ "name": "Another", "permissions": ["users.read"] })),
            only([403, 403, 403, 201, 201]),
        ),
        "changeRole" => (CallOf(|_| json!({ "name": "Renamed" })), only([403, 403, 403, 200, 200])),

        "listSources" | "getInstall" | "getDebug" | "listAttempts" | "getAttempt" => {
            (BARE, only([200, 200, 403, 200, 200]))
        }
        "createSource" => (
            CallOf(|_| json!({ "name": "Another", "allowedOrigins": [ORIGIN] })),
            only([403, 201, 403, 201, 201]),
        ),
        "updateSource" => {
            (CallOf(|_| json!({ "name": "Renamed" })), only([403, 200, 403, 200, 200]))
        }
        // Of these, whoever is not the instance's owner hears nothing; its owner's tools are told that they may not.
        "listUnmatchedAttempts" => (BARE, [401, 401, 401, 404, 404, 404, 404, 404, 200, 403, 403]),
        // The attempt has a source.
        "getUnmatchedAttempt" => (BARE, [401, 401, 401, 404, 404, 404, 404, 404, 404, 403, 403]),
        "getBilling" => (BARE, only([403, 403, 200, 200, 200])),
        // Nothing is sold in this house.
        "openPortal" | "cancelPlan" | "resumePlan" => (BARE, only([403, 403, 503, 503, 503])),
        "beginCheckout" => (
            CallOf(|_| json!({ "priceId": "price_1", "seats": 4 })),
            only([403, 403, 503, 503, 503]),
        ),
        "changeSeats" => (CallOf(|_| json!({ "seats": 4 })), only([403, 403, 503, 503, 503])),
        "receiveEvent" => (BARE, [400; 11]),
        // The key is all that is asked for.
        "bootstrap" | "validate" => (CallOf(|_| bootstrap_body()), [200; 11]),
        "sendEvents" => (CallOf(|things| events_body(&text(&things["session"]))), [200; 11]),

        other => panic!("{other} has no row: say here who may do it"),
    };
    Row { call, answers }
}
