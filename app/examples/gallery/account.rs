//! The account, and the pages behind links in mails.

use app::{
    account::{self, browser_name},
    auth, links,
    ui::{form::Form, notice::Notice},
};
use model::{
    Code, Permission, UnixMs,
    ids::{TokenId, UserId},
    wire::accounts::{NamedToken, User},
};

use crate::{
    data::{self, NOW, uuid},
    pages::{chrome, newcomer, sent},
};

const EMAIL: &str = "mira@acme.dev";
const DAY_MS: i64 = 24 * 60 * 60_000;

/// Names and documents.
pub fn all() -> Vec<(&'static str, String)> {
    let mut pages = profiles();
    pages.extend(lists());
    pages.extend(farewells());
    pages.extend(behind_links());
    pages
}

fn user(verified_at: Option<UnixMs>) -> User {
    User {
        id: uuid::<UserId>(NOW, 1),
        email: EMAIL.to_owned(),
        name: Some("Mira Hassan".to_owned()),
        created_at: NOW.plus_ms(-40 * DAY_MS),
        verified_at,
    }
}

fn profiles() -> Vec<(&'static str, String)> {
    let page = |has_mail, verified_at| account::AccountPage {
        user: user(verified_at),
        has_mail,
        profile: Form::default(),
        password: Form::default(),
        notice: None,
    };
    let changed = account::AccountPage {
        notice: Some(Notice::good("Password changed. Every other browser was signed out.")),
        ..page(true, Some(NOW))
    };
    let refused = account::AccountPage {
        profile: sent(&[("name", "Mira \"<test>\n")])
            .with_error("name", "A name stands on one line."),
        password: sent(&[("currentPassword", "wrong"), ("withTokens", "true")])
            .with_error("currentPassword", "This is not your password. Capital letters count."),
        ..page(true, None)
    };
    vec![
        ("account", account::account_page(&chrome(), changed)),
        ("account-unverified", account::account_page(&newcomer(), page(false, None))),
        ("account-refused", account::account_page(&chrome(), refused)),
    ]
}

fn session(number: i64, user_agent: &str, network: Option<&str>) -> account::Session {
    account::Session {
        id: format!("login_{number}"),
        browser: browser_name(Some(user_agent)),
        network: network.map(str::to_owned),
        created_at: NOW.plus_ms(-(number + 1) * DAY_MS),
        last_seen_at: NOW.plus_ms(-number * 420_000),
        is_this: number == 0,
    }
}

fn token(number: u16, name: &str, permissions: &[Permission], days: Option<i64>) -> NamedToken {
    NamedToken {
        id: uuid::<TokenId>(NOW, number),
        name: name.to_owned(),
        permissions: (!permissions.is_empty()).then(|| permissions.iter().copied().collect()),
        organization_id: (number == 1).then(|| data::organization("Acme", "acme", 1).id),
        created_at: NOW.plus_ms(-20 * DAY_MS),
        expires_at: days.map(|days| NOW.plus_ms(days * DAY_MS)),
        last_used_at: (number < 3).then(|| NOW.plus_ms(-180_000)),
    }
}

fn lists() -> Vec<(&'static str, String)> {
    let sessions = account::SessionsPage {
        now: NOW,
        sessions: vec![
            session(0, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", Some("84.17.32.0")),
            session(1, "Mozilla/5.0 (iPhone) Version/18.0 Safari/604.1", Some("2001:db8:1::")),
            session(2, "something else", None),
        ],
        notice: Some(Notice::good("Signed out there. That browser has to sign in again.")),
    };
    let page = |tokens| account::TokensPage {
        now: NOW,
        tokens,
        made: None,
        form: Form::default(),
        notice: None,
    };
    let some = vec![
        token(1, "Reports <test>", &[Permission::AnalyticsReport, Permission::UsersRead], Some(90)),
        token(2, "Backup", &[], None),
        token(3, "Old script", &[Permission::AuditRead], Some(-3)),
    ];
    let made = account::TokensPage {
        made: Some(account::MadeToken {
            name: "Backup".to_owned(),
            secret: "tat_xJ-fQ1K7fFnrV3r5-fhxHmrnGo6X2bpc9HlwNNDKHYI".to_owned(),
        }),
        ..page(some)
    };
    let refused = account::TokensPage {
        form: sent(&[("name", "\"<test>"), ("expires", "never"), ("audit.read", "true")])
            .with_error("name", "A token's name has 1 to 100 characters and no line breaks."),
        ..page(Vec::new())
    };
    vec![
        ("account-sessions", account::sessions_page(&chrome(), sessions)),
        ("account-tokens-made", account::tokens_page(&chrome(), made)),
        ("account-tokens-refused", account::tokens_page(&chrome(), refused)),
    ]
}

fn farewells() -> Vec<(&'static str, String)> {
    let page = |owns_alone, form| account::FarewellPage {
        email: EMAIL.to_owned(),
        leaves: vec!["Northwind & Sons <test>".to_owned(), "Crew".to_owned()],
        owns_alone,
        form,
    };
    let acme =
        account::OwnedAlone { name: "Acme".to_owned(), settings: "/acme/settings".to_owned() };
    let refused = sent(&[("email", "\"<test>\"@acme.dev"), ("password", "wrong")])
        .with_error("password", "This is not your password. Capital letters count.");
    let blocked = Form::default().with_code(Code::LastOwner);
    vec![
        ("account-delete", account::farewell_page(&chrome(), page(Vec::new(), Form::default()))),
        ("account-delete-refused", account::farewell_page(&chrome(), page(Vec::new(), refused))),
        ("account-delete-blocked", account::farewell_page(&chrome(), page(vec![acme], blocked))),
    ]
}

fn behind_links() -> Vec<(&'static str, String)> {
    let request_id = chrome().request_id;
    let link = |form| links::LinkPage {
        email: EMAIL.to_owned(),
        path: "/reset/0fS2w1".to_owned(),
        form,
        request_id: request_id.clone(),
    };
    let asked = |has_mail| links::AskedPage {
        email: EMAIL.to_owned(),
        has_mail,
        request_id: request_id.clone(),
    };
    let forgot = links::ForgotPage { form: Form::default(), request_id: request_id.clone() };
    let refused = links::ForgotPage {
        form: sent(&[("email", "\"<test>")]).with_code(Code::TooManyRequests),
        request_id: request_id.clone(),
    };
    let weak = Form::default().with_error("password", "A password has 8 characters or more.");
    let other = Form::default().with_error("password", "This is not the password of this link.");
    let mail = auth::CheckMailPage { email: EMAIL.to_owned(), request_id: request_id.clone() };
    vec![
        ("check-mail", auth::check_mail(mail)),
        ("forgot", links::forgot(forgot)),
        ("forgot-refused", links::forgot(refused)),
        ("asked", links::asked(asked(true))),
        ("asked-no-mail", links::asked(asked(false))),
        ("reset", links::reset(link(Form::default()))),
        ("reset-refused", links::reset(link(weak))),
        ("verify", links::verify(link(Form::default()))),
        ("confirm", links::confirm(link(Form::default()))),
        ("confirm-refused", links::confirm(link(other))),
        ("confirm-taken", links::taken(link(Form::default()))),
    ]
}
