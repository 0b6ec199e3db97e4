//! The codes about members, invitations, roles and seats.

use super::{Code, Dialect, Entry, Example, Level};

pub(super) const SEAT_LIMIT_REACHED: Entry = Entry {
    code: Code::SeatLimitReached,
    text: "seat_limit_reached",
    status: 402,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "Every seat of this workspace is taken; nobody was invited or added.",
    means: "A seat is a person: a member, or someone with an invitation that has not expired. One \
        more would be over the limit. The reply's seats say how many are used and how many there \
        may be; upgradeUrl leads to the page that adds some.",
    causes: &[
        "The team has grown to as many people as the plan holds.",
        "Invitations that nobody has followed yet hold seats, each for 7 days.",
        "The plan became smaller: everyone stays, but nobody new fits in.",
        "Whoever runs the instance has set a limit, for example TINY_SEAT_LIMIT.",
    ],
    fix: "In Team, revoke an invitation or remove someone who no longer needs a seat. For more \
        seats, open upgradeUrl; without a plan, ask whoever runs the instance.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/invitations \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' \
  -d '{"organizationId": "org_01KNVTKH31E40R7M41DP87MW63", "email": "ana@acme.example",
       "roleId": "role_01KNVTKH31F8JTPHMQXJS2H46P"}'"#,
        response: r#"{
  "error": "seat_limit_reached",
  "message": "Every seat of this workspace is taken; nobody was invited or added.",
  "requestId": "req_01xpel24g68xo7ymoya2hz3h",
  "seats": {"used": 5, "limit": 5},
  "upgradeUrl": "https://tiny.example.com/acme/billing"
}"#,
    },
};

pub(super) const USER_NOT_FOUND: Entry = Entry {
    code: Code::UserNotFound,
    text: "user_not_found",
    status: 404,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "No account has this e-mail address.",
    means: "POST /api/members adds a person who has an account already, and nobody has one with \
        this address. Only those who may invite are told so.",
    causes: &[
        "The person has not signed up yet.",
        "Their account has another address.",
        "The address is mistyped.",
    ],
    fix: "Invite the address in Team, or with POST /api/invitations: an invitation needs no \
        account. If the person has one, ask for its address.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/members \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' \
  -d '{"organizationId": "org_01KNVTKH31E40R7M41DP87MW63", "email": "ana@acme.example",
       "roleId": "role_01KNVTKH31F8JTPHMQXJS2H46P"}'"#,
        response: r#"{
  "error": "user_not_found",
  "message": "No account has this e-mail address.",
  "requestId": "req_01xpel4ucxwuhbmvr54cfyqw"
}"#,
    },
};

pub(super) const MEMBER_NOT_FOUND: Entry = Entry {
    code: Code::MemberNotFound,
    text: "member_not_found",
    status: 404,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "No member of this workspace has this id.",
    means: "The id is not that of a person who is a member of this workspace now. Nothing was \
        changed.",
    causes: &[
        "The person has left or was removed in the meantime.",
        "The id of the person's account, user_, was sent; a member's id begins with member_.",
        "It belongs to another workspace: a person has an id of their own in each.",
        "The id was not copied whole: 26 letters and digits follow member_.",
    ],
    fix: "Look in Team who is a member now, take the id from GET /api/members and send the \
        request again.",
    example: Example {
        request: r#"curl -G -X DELETE https://tiny.example.com/api/members/member_01KNVTNESNEKB864CRSV5PVPGZ \
  -H "authorization: Bearer $TINY_TOKEN" \
  -d organizationId=org_01KNVTKH31E40R7M41DP87MW63"#,
        response: r#"{
  "error": "member_not_found",
  "message": "No member of this workspace has this id.",
  "requestId": "req_01xpel6u6kj73ocjc9a3qt1u"
}"#,
    },
};

pub(super) const INVITATION_NOT_FOUND: Entry = Entry {
    code: Code::InvitationNotFound,
    text: "invitation_not_found",
    status: 404,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "No invitation has this id or link.",
    means: "Following a link: no invitation has this link now. With an id: no invitation of this \
        workspace has it. Nothing was changed.",
    causes: &[
        "The invitation was sent again. That makes a new link, and the old one stops at once.",
        "The link was not copied whole, for example because a mail broke it into two lines.",
        "The id belongs to an invitation of another workspace.",
        "The id was not copied whole: 26 letters and digits follow invite_.",
    ],
    fix: "Follow the link in the newest mail. If that does not help, ask whoever invited you to \
        send it again in Team, where the open invitations are listed.",
    example: Example {
        request: r#"curl -G -X DELETE https://tiny.example.com/api/invitations/invite_01KNVTS89VFKVR1DTY8TSZSV7V \
  -H "authorization: Bearer $TINY_TOKEN" \
  -d organizationId=org_01KNVTKH31E40R7M41DP87MW63"#,
        response: r#"{
  "error": "invitation_not_found",
  "message": "No invitation has this id or link.",
  "requestId": "req_01xpelc1ewlmxnak4s9d609v"
}"#,
    },
};

pub(super) const ROLE_NOT_FOUND: Entry = Entry {
    code: Code::RoleNotFound,
    text: "role_not_found",
    status: 404,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "No role of this workspace has this id.",
    means: "The role to give or to change is not one that this workspace has. Nothing was changed.",
    causes: &[
        "It belongs to another workspace: each has roles of its own, also those with equal names.",
        "The role's name, such as Viewer, was sent where its id is meant.",
        "The role was deleted in the meantime.",
        "The id was not copied whole: 26 letters and digits follow role_.",
    ],
    fix: "Look in Roles which ones the workspace has, take the id from GET /api/roles and send \
        the request again.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/invitations \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' \
  -d '{"organizationId": "org_01KNVTKH31E40R7M41DP87MW63", "email": "ana@acme.example",
       "roleId": "role_01KNVTQBHREXVATYQJ071Z0KKH"}'"#,
        response: r#"{
  "error": "role_not_found",
  "message": "No role of this workspace has this id.",
  "requestId": "req_01xpeldtezmpbxbfrp0rlswm"
}"#,
    },
};

pub(super) const ALREADY_MEMBER: Entry = Entry {
    code: Code::AlreadyMember,
    text: "already_member",
    status: 409,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "This person is a member of the workspace already.",
    means: "The account with this address is in the workspace, so there is nobody to invite or \
        add. The role it has there stays as it is.",
    causes: &[
        "The person accepted an invitation or was added in the meantime.",
        "The same call was sent twice and the first one succeeded.",
        "The call was meant to change the person's role.",
    ],
    fix: "Look the person up in Team: there is nothing left to do, unless they need another role. \
        Change it there, or with PATCH /api/members and the member's id.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/members \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' \
  -d '{"organizationId": "org_01KNVTKH31E40R7M41DP87MW63", "email": "mira@acme.example",
       "roleId": "role_01KNVTKH31F8JTPHMQXJS2H46P"}'"#,
        response: r#"{
  "error": "already_member",
  "message": "This person is a member of the workspace already.",
  "requestId": "req_01xpelh2pftfkn1wsrkjhnyi"
}"#,
    },
};

pub(super) const LAST_OWNER: Entry = Entry {
    code: Code::LastOwner,
    text: "last_owner",
    status: 409,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "A workspace always has an owner, and this is its last one.",
    means: "The last owner of a workspace cannot leave, take another role, be removed or delete \
        their account: nobody would be left who may do everything in it. Nothing was changed.",
    causes: &[
        "Whoever made the workspace is its only owner until they make another member one.",
        "The other owners have left or have another role by now.",
        "Two owners gave up their role at the same time, and the other was first.",
    ],
    fix: "Give another member the role Owner in Team, then send the request again.",
    example: Example {
        request: r#"curl -X PATCH https://tiny.example.com/api/members/member_01KNVTKH31EZ0T7WQ45N1J6MA7 \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' \
  -d '{"organizationId": "org_01KNVTKH31E40R7M41DP87MW63",
       "roleId": "role_01KNVTKH31FYH974XFZY2S0GNE"}'"#,
        response: r#"{
  "error": "last_owner",
  "message": "A workspace always has an owner, and this is its last one.",
  "requestId": "req_01xpeljtzk4nppccl3xu1h2l"
}"#,
    },
};

pub(super) const INVITATION_NOT_PENDING: Entry = Entry {
    code: Code::InvitationNotPending,
    text: "invitation_not_pending",
    status: 409,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "This invitation was accepted or revoked, or has expired.",
    means: "The invitation has come to its end. It can be accepted once, within 7 days after it \
        was last sent, and only one that is open can be revoked or sent again.",
    causes: &[
        "The link was followed a second time; the first time made you a member.",
        "The last mail with the link is older than 7 days.",
        "Someone revoked it, or whoever sent it was removed from the workspace.",
        "The person was added to the workspace without it.",
    ],
    fix: "Look in Workspaces whether you are a member already. If not, ask for a new invitation, \
        which is sent in Team.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/invitations/invite_01KNVTV51YF3KA0E5A457TVAM5/resend \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' \
  -d '{"organizationId": "org_01KNVTKH31E40R7M41DP87MW63"}'"#,
        response: r#"{
  "error": "invitation_not_pending",
  "message": "This invitation was accepted or revoked, or has expired.",
  "requestId": "req_01xpelk67g6pcu66wlt7tok3"
}"#,
    },
};
