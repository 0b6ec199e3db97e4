//! The team, one of its members, the link of an invitation, and the log of what they all did.

use app::{
    audit_log::{self, AuditPage, Sought},
    invitations::{self, InvitationPage, Reader},
    settings::WayOut,
    team::{self, ListedInvitation, MemberPage, MoreSeats, SentLink, TeamPage, Way},
    ui::{form::Form, notice::Notice},
};
use model::{
    Code, Permission, Permissions,
    ids::UserId,
    wire::{
        audit::{AuditEntry, Who},
        team::{Invitation, Inviter, Member, Seats},
    },
};
use serde_json::json;
use web::SignupMode;

use crate::{
    data::{self, NOW},
    pages::{chrome, sent},
    workspace::{all_roles, member, some},
};

/// Names and documents.
pub fn all() -> Vec<(&'static str, String)> {
    let mut pages = teams();
    pages.extend(members());
    pages.extend(behind_links());
    pages.extend(logs());
    pages
}

fn invited(number: u16, is_expired: bool, can_act: bool) -> ListedInvitation {
    let inviter = Inviter { id: data::uuid(NOW, 1), email: "mira@acme.dev".to_owned(), name: None };
    let invitation = Invitation {
        id: data::uuid(NOW, number),
        email: if number == 5 { "bo@acme.dev" } else { "\"<test>\"@acme.dev" }.to_owned(),
        role_id: data::uuid(NOW, 2),
        role_name: "Viewer <test>".to_owned(),
        invited_by: inviter,
        is_expired,
        created_at: NOW,
        sent_at: NOW,
        expires_at: NOW,
    };
    ListedInvitation { invitation, can_act }
}

fn teams() -> Vec<(&'static str, String)> {
    let sent_to = |link: Option<&str>| SentLink {
        email: "bo@acme.dev".to_owned(),
        link: link.map(str::to_owned),
        is_mailed: link.is_none(),
    };
    let seats = Seats { used: 2, limit: Some(2), pending: 1 };
    let full = TeamPage {
        now: NOW,
        members: vec![member(3), Member { name: None, ..member(4) }],
        invitations: vec![
            invited(5, false, true),
            invited(6, true, true),
            invited(7, false, false),
        ],
        seats,
        more_seats: MoreSeats::AskInstance,
        roles: all_roles(),
        query: "\"<test>".to_owned(),
        is_cards: false,
        can_invite: true,
        sends_mail: false,
        form: sent(&[("email", "\"<test>\"@acme.dev")])
            .with_no_seat(seats, &MoreSeats::AskInstance),
        sent: None,
        notice: None,
    };
    let linked = TeamPage {
        form: Form::default(),
        sent: Some(sent_to(Some("https://tiny.acme.dev/invitations/abc"))),
        ..full.clone()
    };
    let mailed = TeamPage { sends_mail: true, sent: Some(sent_to(None)), ..linked.clone() };
    let cards = TeamPage { is_cards: true, form: Form::default(), ..full.clone() };
    let nobody = TeamPage { members: Vec::new(), ..cards.clone() };
    let viewer = TeamPage {
        can_invite: false,
        invitations: vec![invited(5, false, false)],
        ..cards.clone()
    };
    let over = TeamPage {
        seats: Seats { used: 6, limit: Some(4), pending: 0 },
        more_seats: MoreSeats::Yours(Way::ChangePlan, Some("/acme/billing".to_owned())),
        form: sent(&[("email", "bo@acme.dev")]).with_daily_limit(50, 4_000),
        ..full.clone()
    };
    let shown = |page| team::team_page(&chrome(), page);
    vec![
        ("team-full", shown(full)),
        ("team-linked", shown(linked)),
        ("team-mailed", shown(mailed)),
        ("team-cards", shown(cards)),
        ("team-nobody", shown(nobody)),
        ("team-viewer", shown(viewer)),
        ("team-over", shown(over)),
    ]
}

fn members() -> Vec<(&'static str, String)> {
    let granted: Permissions =
        [Permission::UsersRead, Permission::BillingRead].into_iter().collect();
    let other = MemberPage {
        now: NOW,
        member: Member { grants: granted, ..member(3) },
        of_role: some(),
        leave: None,
        can_read_team: true,
        roles: all_roles(),
        grantable: Permissions::all(),
        can_remove: true,
        form: Form::default(),
        notice: Some(Notice::good("Changes saved. They hold from the next request on.")),
    };
    let you = MemberPage {
        leave: Some(WayOut::Open),
        can_read_team: false,
        roles: Vec::new(),
        grantable: Permissions::default(),
        can_remove: false,
        notice: None,
        ..other.clone()
    };
    let last = MemberPage { leave: Some(WayOut::LastOwner), ..you.clone() };
    let refused = MemberPage {
        form: sent(&[("roleId", "role_1"), ("grants", "given")]).with_code(Code::LastOwner),
        ..other.clone()
    };
    let shown = |page| team::member_page(&chrome(), page);
    vec![
        ("member", shown(other)),
        ("member-you", shown(you)),
        ("member-last-owner", shown(last)),
        ("member-refused", shown(refused)),
    ]
}

fn behind_links() -> Vec<(&'static str, String)> {
    let page = |reader, form| {
        invitations::page(InvitationPage {
            workspace: "Acme <test>".to_owned(),
            role: "Viewer <test>".to_owned(),
            inviter: "Mira <test>".to_owned(),
            email: "\"<test>\"@acme.dev".to_owned(),
            expires_at: NOW.to_string(),
            reader,
            path: "/invitations/abc".to_owned(),
            form,
            request_id: chrome().request_id,
        })
    };
    let nobody = |signup| Reader::Nobody { signup };
    let weak = sent(&[("name", "\"<test>"), ("password", "short")])
        .with_error("password", "The password must have at least 8 characters.");
    let many = sent(&[("name", "Ana")]).with_code(Code::TooManyRequests);
    let other = Reader::Other("\"<test>\"@evil.dev".to_owned());
    vec![
        ("invitation", page(nobody(SignupMode::Open), Form::default())),
        ("invitation-closed", page(nobody(SignupMode::Closed), Form::default())),
        ("invitation-refused", page(nobody(SignupMode::Invite), weak)),
        ("invitation-many-refused", page(nobody(SignupMode::Invite), many)),
        ("invitation-invited", page(Reader::Invited, Form::default())),
        ("invitation-other", page(other, Form::default())),
    ]
}

fn logs() -> Vec<(&'static str, String)> {
    let mira = Who {
        id: data::uuid(NOW, 1),
        email: Some("mira@acme.dev".to_owned()),
        name: Some("Mira <test>".to_owned()),
    };
    let gone = Who { id: data::uuid(NOW, 2), email: None, name: None };
    let instance = Who { id: UserId::INSTANCE, ..gone.clone() };
    let entry = |number: u16, actor: &Who, action: &str| AuditEntry {
        id: data::uuid(NOW, number),
        at: NOW,
        actor: actor.clone(),
        action: action.to_owned(),
        subject: "\"<test>".to_owned(),
        before: Some(json!({ "email": "\"<test>" })),
        after: (number > 1).then(|| json!({ "name": "Ana <test>" })),
        request_id: chrome().request_id,
        address: (number > 1).then(|| "84.17.45.0".to_owned()),
    };
    let full = AuditPage {
        now: NOW,
        entries: vec![
            entry(1, &mira, "member.removed"),
            entry(2, &gone, "access.denied"),
            entry(3, &instance, "seats.changed"),
            entry(4, &mira, "future.done"),
        ],
        actors: vec![mira, gone],
        sought: Sought::default(),
        form: Form::default(),
        next_cursor: Some("audit_1".to_owned()),
    };
    let of_one = AuditPage {
        sought: Sought { request: "req_\"<test>".to_owned(), ..Sought::default() },
        next_cursor: None,
        ..full.clone()
    };
    let nothing = AuditPage {
        entries: Vec::new(),
        sought: Sought {
            action: "member.removed".to_owned(),
            actor: "user_\"<test>".to_owned(),
            request: String::new(),
            from: "\"<test>".to_owned(),
            to: "2026-11-21".to_owned(),
        },
        form: Form::default().with_error("from", "Write a day as in 2026-11-21."),
        ..of_one.clone()
    };
    let shown = |page| audit_log::page(&chrome(), page);
    vec![
        ("audit", shown(full)),
        ("audit-of-one", shown(of_one)),
        ("audit-nothing-refused", shown(nothing)),
    ]
}
