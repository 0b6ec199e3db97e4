//! The codes about links, tokens, roles of a workspace's own, and changing owners.

use super::{Code, Dialect, Entry, Example, Level};

pub(super) const LINK_NOT_FOUND: Entry = Entry {
    code: Code::LinkNotFound,
    text: "link_not_found",
    status: 404,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "This link does not work any more.",
    means: "A link that was sent by mail, to confirm an account, verify an address or choose a new \
        password, was not found. Nothing was changed.",
    causes: &[
        "It was used already: each link works once.",
        "It has expired: one for a new password after an hour, the others after a day.",
        "A newer link was used, which ends all that were sent before for the same purpose.",
        "It was not copied whole, for example because a mail broke it into two lines.",
    ],
    fix: "Ask for another one: with Forgot your password? on the sign-in page, by signing up \
        again, or in Account for an address that is not verified yet.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/auth/reset/0fS2w1 \
  -H 'content-type: application/json' \
  -d '{"password": "a long new password"}'"#,
        response: r#"{
  "error": "link_not_found",
  "message": "This link does not work any more.",
  "requestId": "req_01xpem1q6t0dzv2p4mkyh3wa"
}"#,
    },
};

pub(super) const TOKEN_NOT_FOUND: Entry = Entry {
    code: Code::TokenNotFound,
    text: "token_not_found",
    status: 404,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "You have no access token with this id.",
    means: "The id is not that of an access token with a name which whoever asks has made. Nothing \
        was changed.",
    causes: &[
        "The token was revoked already.",
        "It is somebody else's: everyone sees and revokes their own only.",
        "The token's text, tat_, was sent; its id begins with token_.",
    ],
    fix: "Look in Account, under Access tokens, which ones you have, or take the id from GET \
        /api/tokens.",
    example: Example {
        request: r#"curl -X DELETE https://tiny.example.com/api/tokens/token_01KNVTNESNEKB864CRSV5PVPGZ \
  -H "authorization: Bearer $TINY_TOKEN""#,
        response: r#"{
  "error": "token_not_found",
  "message": "You have no access token with this id.",
  "requestId": "req_01xpem2v9c5rk0a8bdq7uhxt"
}"#,
    },
};

pub(super) const TRANSFER_NOT_FOUND: Entry = Entry {
    code: Code::TransferNotFound,
    text: "transfer_not_found",
    status: 404,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "Nobody offers this workspace to you now.",
    means: "A workspace changes hands in two steps: an owner offers it to a member, who accepts. \
        There is no such offer that whoever asks could accept or end.",
    causes: &[
        "The owner took the offer back, or offered the workspace to someone else instead.",
        "It is older than 7 days.",
        "Whoever made it is not an owner any more, or has left.",
        "It was accepted or declined already.",
    ],
    fix: "Ask an owner to offer the workspace again, in Settings under Ownership.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/organizations/org_01KNVTKH31E40R7M41DP87MW63/transfer/accept \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' -d '{}'"#,
        response: r#"{
  "error": "transfer_not_found",
  "message": "Nobody offers this workspace to you now.",
  "requestId": "req_01xpem5n3wjf6y1ozs8g2eqi"
}"#,
    },
};

pub(super) const ROLE_IS_FIXED: Entry = Entry {
    code: Code::RoleIsFixed,
    text: "role_is_fixed",
    status: 409,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "A starter role stays as it is; copy it and change the copy.",
    means: "Owner, Admin, Analyst, Viewer and Billing are the same in every workspace, so that \
        everyone knows what they mean. They cannot be renamed, changed or deleted.",
    causes: &["The id is that of one of the five starter roles."],
    fix: "In Roles, choose Copy beside the role, change the copy and give that to the members. By \
        API, POST /api/roles with the permissions that you want.",
    example: Example {
        request: r#"curl -X PATCH https://tiny.example.com/api/roles/role_01KNVTKH31F8JTPHMQXJS2H46P \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' \
  -d '{"organizationId": "org_01KNVTKH31E40R7M41DP87MW63", "name": "Reader"}'"#,
        response: r#"{
  "error": "role_is_fixed",
  "message": "A starter role stays as it is; copy it and change the copy.",
  "requestId": "req_01xpem8z4gqlc7x5vtn9ejru"
}"#,
    },
};

pub(super) const ROLE_IN_USE: Entry = Entry {
    code: Code::RoleInUse,
    text: "role_in_use",
    status: 409,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "Members or open invitations have this role.",
    means: "A role can be deleted once nobody has it and no open invitation offers it. Nothing was \
        changed.",
    causes: &[
        "Members of the workspace have the role.",
        "Somebody is invited with it and has not answered yet; also an expired invitation counts \
         until it is revoked.",
    ],
    fix: "In Team, give those members another role and revoke or resend those invitations with \
        another one. Then delete the role.",
    example: Example {
        request: r#"curl -G -X DELETE https://tiny.example.com/api/roles/role_01KNVTQBHREXVATYQJ071Z0KKH \
  -H "authorization: Bearer $TINY_TOKEN" \
  -d organizationId=org_01KNVTKH31E40R7M41DP87MW63"#,
        response: r#"{
  "error": "role_in_use",
  "message": "Members or open invitations have this role.",
  "requestId": "req_01xpemb1k7yh2d0aqw6ozsvf"
}"#,
    },
};

pub(super) const ROLE_NAME_TAKEN: Entry = Entry {
    code: Code::RoleNameTaken,
    text: "role_name_taken",
    status: 409,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "Another role of this workspace has this name.",
    means: "People choose roles by name, so each has its own within a workspace. Nothing was \
        changed.",
    causes: &[
        "The name is that of a starter role, such as Viewer.",
        "The same call was sent twice and the first one succeeded.",
    ],
    fix: "Choose another name; GET /api/roles and the screen Roles list those in use.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/roles \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' \
  -d '{"organizationId": "org_01KNVTKH31E40R7M41DP87MW63", "name": "Viewer",
       "permissions": ["analytics.report"]}'"#,
        response: r#"{
  "error": "role_name_taken",
  "message": "Another role of this workspace has this name.",
  "requestId": "req_01xpemd6t3xrwn8ucf4bqyga"
}"#,
    },
};
