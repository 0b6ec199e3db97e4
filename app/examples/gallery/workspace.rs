//! The pages of a workspace itself: its settings, its roles, and many invitations at once.

use app::{
    invite_many::{self, InviteManyPage, Stage},
    roles::{self, ListedRole, RolePage, RolesPage},
    settings::{self, PendingOffer, SettingsForm, SettingsPage, WayOut},
    ui::{form::Form, notice::Notice},
    workspaces::{self, WorkspacesPage},
};
use model::{
    Code, Permission, Permissions,
    wire::{
        team::{BulkOutcome, BulkResult, Member, Role, Seats},
        workspaces::DeletedOrganization,
    },
};

use crate::{
    data::{self, NOW},
    pages::{chrome, newcomer, sent},
};

/// Names and documents.
pub fn all() -> Vec<(&'static str, String)> {
    let mut pages = settings_pages();
    pages.extend(workspace_pages());
    pages.extend(role_pages());
    pages.extend(bulk_pages());
    pages
}

pub fn member(number: u16) -> Member {
    Member {
        id: data::uuid(NOW, number),
        user_id: data::uuid(NOW, number),
        email: format!("person{number}@acme.dev"),
        name: Some("Ana <test> Sousa".to_owned()),
        role_id: data::uuid(NOW, 2),
        role_name: "Admin".to_owned(),
        is_owner: false,
        grants: Permissions::default(),
        created_at: NOW,
        last_seen_at: None,
    }
}

fn settings_pages() -> Vec<(&'static str, String)> {
    let offer = |is_yours| PendingOffer {
        from: "ada@acme.dev".to_owned(),
        to: "mira@acme.dev".to_owned(),
        expires_at: NOW.to_string(),
        is_yours,
    };
    let owner = SettingsPage {
        organization: data::organization("Acme", "acme", 1),
        can_manage: true,
        is_owner: true,
        leave: WayOut::LastOwner,
        owners: vec!["Mira Hassan".to_owned()],
        heirs: vec![member(3), Member { name: None, ..member(4) }],
        offer: None,
        notice: Some(Notice::good("Settings saved.")),
        refused: None,
    };
    let viewer = SettingsPage {
        can_manage: false,
        is_owner: false,
        leave: WayOut::Open,
        owners: Vec::new(),
        heirs: Vec::new(),
        notice: None,
        ..owner.clone()
    };
    let offered = SettingsPage { offer: Some(offer(true)), ..viewer.clone() };
    let waiting = SettingsPage { offer: Some(offer(false)), notice: None, ..owner.clone() };
    let alone =
        SettingsPage { heirs: Vec::new(), leave: WayOut::Alone, notice: None, ..owner.clone() };
    let refused =
        |which, form| SettingsPage { notice: None, refused: Some((which, form)), ..owner.clone() };
    let taken = sent(&[("name", "Acme \"<test>"), ("slug", "\"<test>")]).with_code(Code::SlugTaken);
    let wrong =
        sent(&[("confirm", "\"<test>")]).with_error("confirm", "This is not the workspace's name.");
    let gone = Form::default().with_code(Code::TransferNotFound);
    let shown = |page| settings::page(&chrome(), page);
    vec![
        ("settings", shown(owner.clone())),
        ("settings-viewer", shown(viewer)),
        ("settings-offered", shown(offered)),
        ("settings-waiting", shown(waiting)),
        ("settings-alone", shown(alone)),
        ("settings-taken", shown(refused(SettingsForm::Name, taken))),
        ("settings-not-deleted", shown(refused(SettingsForm::Delete, wrong))),
        ("settings-offer-gone", shown(refused(SettingsForm::Ownership, gone))),
    ]
}

fn workspace_pages() -> Vec<(&'static str, String)> {
    let full = WorkspacesPage {
        organizations: chrome().organizations,
        deleted: vec![DeletedOrganization {
            id: data::organization("Gone <test>", "gone", 9).id,
            name: "Gone <test>".to_owned(),
            slug: "gone".to_owned(),
            until: NOW,
        }],
        notice: None,
    };
    vec![
        ("workspaces", workspaces::list_page(&chrome(), full)),
        ("workspaces-none", workspaces::list_page(&newcomer(), WorkspacesPage::default())),
    ]
}

fn role(number: u16, name: &str, kind: Option<&str>, permissions: Permissions) -> Role {
    Role {
        id: data::uuid(NOW, number),
        name: name.to_owned(),
        kind: kind.map(str::to_owned),
        permissions,
        members: i64::from(number % 3),
    }
}

pub fn some() -> Permissions {
    [Permission::AnalyticsReport, Permission::UsersRead].into_iter().collect()
}

pub fn all_roles() -> Vec<Role> {
    vec![
        role(1, "Owner", Some("owner"), Permissions::all()),
        role(2, "Viewer", Some("viewer"), some()),
        role(3, "Storefront <test> reporting", None, some()),
    ]
}

fn role_pages() -> Vec<(&'static str, String)> {
    let list = |can_manage| {
        let listed =
            |role: Role| ListedRole { can_change: can_manage && role.kind.is_none(), role };
        let roles = all_roles().into_iter().map(listed).collect();
        roles::roles_page(&chrome(), RolesPage { roles, can_manage, notice: None })
    };
    let copy = RolePage {
        role: None,
        copied: Some("Owner".to_owned()),
        name: "Copy of Owner".to_owned(),
        permissions: Permissions::all(),
        held: some(),
        invitations: 0,
        form: Form::default(),
    };
    let own = RolePage {
        role: all_roles().pop(),
        copied: None,
        held: Permissions::all(),
        ..copy.clone()
    };
    let in_use = RolePage {
        invitations: 2,
        form: Form::default()
            .with_code(Code::RoleInUse)
            .with_door("Open Team", "/acme/access/team"),
        ..own.clone()
    };
    let taken = RolePage {
        form: sent(&[("name", "\"<test>"), ("users.read", "true")]).with_code(Code::RoleNameTaken),
        ..copy.clone()
    };
    let shown = |page| roles::role_page(&chrome(), page);
    vec![
        ("roles", list(true)),
        ("roles-viewer", list(false)),
        ("role-copy", shown(copy)),
        ("role-own", shown(own)),
        ("role-in-use", shown(in_use)),
        ("role-taken", shown(taken)),
    ]
}

fn bulk_pages() -> Vec<(&'static str, String)> {
    let outcomes = [
        BulkOutcome::Invited,
        BulkOutcome::SentAgain,
        BulkOutcome::AlreadyMember,
        BulkOutcome::NoSeat,
        BulkOutcome::NotMailed,
        BulkOutcome::TooMany,
        BulkOutcome::TooManyMails,
        BulkOutcome::NotAllowed,
        BulkOutcome::NotAnEmail,
        BulkOutcome::Twice,
        BulkOutcome::RoleNotFound,
    ];
    let result = |outcome, link: Option<&str>| BulkResult {
        typed: "Ana <test> <ana@acme.dev>".to_owned(),
        email: link.map(|_| "ana@acme.dev".to_owned()),
        outcome,
        role_name: link.map(|_| "Viewer".to_owned()),
        link: link.map(str::to_owned),
    };
    let results: Vec<_> = outcomes.into_iter().map(|outcome| result(outcome, None)).collect();
    let mut linked = results.clone();
    linked[0] = result(BulkOutcome::Invited, Some("https://tiny.acme.dev/invitations/abc"));
    let form = sent(&[("list", "ana@acme.dev\n\"</textarea><test>\""), ("roleId", "role_1")]);
    let page = |stage, form| InviteManyPage {
        roles: all_roles(),
        seats: Seats { used: 3, limit: Some(5), pending: 1 },
        sends_mail: false,
        stage,
        form,
    };
    let checked = |results| Stage::Checked { results, taken: 1 };
    let refused = Form::sent([]).with_error("list", "Paste at least one e-mail address.");
    let shown = |page| invite_many::page(&chrome(), page);
    let by_mail = InviteManyPage {
        sends_mail: true,
        ..page(Stage::Sent { results: results.clone() }, Form::default())
    };
    vec![
        ("bulk", shown(page(Stage::Writing, Form::default()))),
        ("bulk-empty", shown(page(Stage::Writing, refused))),
        ("bulk-checked", shown(page(checked(results.clone()), form.clone()))),
        ("bulk-nothing", shown(page(checked(results[2..].to_vec()), form))),
        ("bulk-sent", shown(page(Stage::Sent { results: linked }, Form::default()))),
        ("bulk-mailed", shown(by_mail)),
    ]
}
