//! Every page, in the states that people meet it in.

use app::{
    auth,
    chrome::Chrome,
    debug, docs, id, overview, problem, setup,
    ui::{form::Form, notice::Notice},
    unmatched, workspaces,
};
use model::{
    Code, Permissions, UnixMs,
    wire::attempts::{CountedRow, UnmatchedAttempt, VerdictCode},
};
use web::SignupMode;

use crate::{
    account, billing,
    data::{self, NOW},
    team, workspace,
};

/// The viewer, in a workspace.
pub fn chrome() -> Chrome {
    let acme = data::organization("Acme", "acme", 1);
    Chrome {
        viewer_email: "mira@acme.dev".to_owned(),
        viewer_name: Some("Mira Hassan".to_owned()),
        organizations: vec![
            acme.clone(),
            data::organization("Northwind & Sons <test>", "northwind", 2),
        ],
        current: Some(acme),
        own_page: Some("/acme/access/team/member_0".to_owned()),
        may: Permissions::all(),
        is_instance_owner: true,
        refused_count: Some(1_204),
        late: None,
        request_id: data::rows()[0].request_id.clone(),
    }
}

/// The viewer before there is a workspace.
pub fn newcomer() -> Chrome {
    Chrome {
        viewer_name: None,
        organizations: Vec::new(),
        current: None,
        refused_count: None,
        ..chrome()
    }
}

pub fn sent(fields: &[(&str, &str)]) -> Form {
    Form::sent(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// Names and documents.
pub fn all() -> Vec<(&'static str, String)> {
    let mut pages = doors();
    pages.extend(account::all());
    pages.extend(overviews());
    pages.extend(setups());
    pages.extend(debugs());
    pages.extend(workspace::all());
    pages.extend(team::all());
    pages.extend(billing::all());
    pages.extend(others());
    pages
}

fn doors() -> Vec<(&'static str, String)> {
    let request_id = chrome().request_id;
    let refused =
        sent(&[("email", "\"<test>\"@acme.dev"), ("password", "wrong"), ("next", "/\"<test>")])
            .with_code(Code::InvalidCredentials);
    let taken =
        sent(&[("name", "Mira \"<test>"), ("email", "mira@acme.dev"), ("password", "short")])
            .with_code(Code::EmailTaken)
            .with_error("password", "A password has 8 characters or more.");
    vec![
        (
            "login",
            auth::login(auth::LoginPage { request_id: request_id.clone(), ..Default::default() }),
        ),
        (
            "login-invited",
            auth::login(auth::LoginPage {
                signup: SignupMode::Invite,
                notice: Some(Notice::good("Your password is changed. Sign in with it.")),
                request_id: request_id.clone(),
                ..Default::default()
            }),
        ),
        (
            "login-refused",
            auth::login(auth::LoginPage {
                form: refused,
                request_id: request_id.clone(),
                ..Default::default()
            }),
        ),
        (
            "signup",
            auth::signup(auth::SignupPage {
                is_first: true,
                request_id: request_id.clone(),
                ..Default::default()
            }),
        ),
        (
            "signup-refused",
            auth::signup(auth::SignupPage { form: taken, is_first: false, request_id }),
        ),
        ("workspace-new", workspaces::page(&newcomer(), workspaces::NewWorkspacePage::default())),
        (
            "workspace-taken",
            workspaces::page(
                &chrome(),
                workspaces::NewWorkspacePage {
                    form: sent(&[("name", "Acme \"<test>"), ("slug", "\"<test>")])
                        .with_code(Code::SlugTaken),
                },
            ),
        ),
    ]
}

fn overviews() -> Vec<(&'static str, String)> {
    let codes = [
        VerdictCode::Rejecting,
        VerdictCode::Verified,
        VerdictCode::Waiting,
        VerdictCode::Connected,
    ];
    let summaries = data::sources().into_iter().zip(codes).zip(0_u64..);
    let sources = summaries.map(|((source, code), number)| overview::SourceSummary {
        source,
        verdict: data::verdict(code),
        last_accepted_at: (code != VerdictCode::Waiting).then(|| NOW.plus_ms(-242_000)),
        today: overview::Totals {
            accepted: 12_340 / (number + 1),
            duplicates: 37 * number,
            rejected_events: 2 * number,
            refused_requests: if code == VerdictCode::Rejecting { 1_204 } else { 0 },
        },
        hours: hours(code, number),
    });
    let full = overview::OverviewPage {
        now: NOW,
        sources: sources.collect(),
        can_manage: true,
        offered_by: Some("ada@acme.dev".to_owned()),
        notice: Some(Notice::good(
            "http://127.0.0.1:3000 is allowed now. Requests from it are taken at once.",
        )),
    };
    let empty = |can_manage| overview::OverviewPage {
        now: NOW,
        sources: Vec::new(),
        can_manage,
        offered_by: None,
        notice: None,
    };
    vec![
        ("overview", overview::page(&chrome(), full)),
        ("overview-empty", overview::page(&chrome(), empty(true))),
        ("overview-viewer", overview::page(&chrome(), empty(false))),
    ]
}

fn hours(code: VerdictCode, number: u64) -> Vec<overview::Hour> {
    if code == VerdictCode::Waiting {
        return Vec::new();
    }
    let hour = |ago: u64| overview::Hour {
        at: UnixMs(NOW.0 - i64::try_from(ago).unwrap_or_default() * 3_600_000),
        accepted: (ago * 7_919 + number * 31) % 97 * (24 - ago) / 8,
        refused: if code == VerdictCode::Rejecting && ago < 3 { 60 + ago } else { ago % 11 / 10 },
    };
    (0..24).rev().map(hour).collect()
}

fn setups() -> Vec<(&'static str, String)> {
    let page = |tab, can_manage| setup::SetupPage {
        now: NOW,
        sources: data::sources(),
        source: data::source("Web app", "web-app", 1),
        install: data::install(),
        tab,
        progress: setup::Progress {
            last_request_at: Some(NOW.plus_ms(-5_000)),
            seen_at_origin: Some("https://app.acme.dev".to_owned()),
            last_accepted_at: None,
            is_rejecting: true,
        },
        can_manage,
        notice: None,
        refused: None,
    };
    let form = sent(&[("origin", "app.acme.dev/\"<test>")]).with_error(
        "origin",
        "An origin begins with http:// or https://. You may mean https://app.acme.dev.",
    );
    let refused = setup::SetupPage {
        refused: Some((setup::SetupForm::AddOrigin, form)),
        notice: Some(Notice::bad("Nothing was changed.")),
        ..page(setup::Tab::Browser, true)
    };
    let mut bare = page(setup::Tab::Curl, true);
    bare.source.allowed_origins.clear();
    bare.source.is_active = false;
    bare.progress = setup::Progress::default();
    vec![
        ("setup", setup::page(&chrome(), page(setup::Tab::Browser, true))),
        ("setup-viewer", setup::page(&chrome(), page(setup::Tab::React, false))),
        ("setup-refused", setup::page(&chrome(), refused)),
        ("setup-bare", setup::page(&chrome(), bare)),
        (
            "setup-new",
            setup::new_page(
                &chrome(),
                setup::NewSourcePage { is_first: true, can_manage: true, ..Default::default() },
            ),
        ),
        ("setup-new-viewer", setup::new_page(&chrome(), setup::NewSourcePage::default())),
    ]
}

fn counted(code: Option<&str>, requests: i64) -> CountedRow {
    CountedRow {
        source_id: None,
        code: code.map(str::to_owned),
        requests,
        first_minute: NOW.plus_ms(-3_600_000),
        last_minute: NOW.plus_ms(-60_000),
    }
}

fn debugs() -> Vec<(&'static str, String)> {
    let page = |code| debug::DebugPage {
        now: NOW,
        sources: data::sources(),
        reply: data::debug_reply(code),
        outcome: debug::Outcome::All,
        attempts: data::rows(),
        counted: Vec::new(),
        cursor: None,
        next_cursor: Some("a+b/c=".to_owned()),
        can_manage: true,
        notice: None,
    };
    let waiting =
        debug::DebugPage { attempts: Vec::new(), next_cursor: None, ..page(VerdictCode::Waiting) };
    let none_refused = debug::DebugPage {
        attempts: Vec::new(),
        next_cursor: None,
        outcome: debug::Outcome::Refused,
        ..page(VerdictCode::Verified)
    };
    let older = debug::DebugPage {
        cursor: Some("x".to_owned()),
        next_cursor: None,
        can_manage: false,
        counted: vec![
            counted(Some("rate_limit_exceeded"), 481_213),
            counted(Some("tracking_source_origin_not_allowed"), 17),
            counted(None, 1),
        ],
        ..page(VerdictCode::Connected)
    };
    let opened = |attempt, can_manage| debug::AttemptPage {
        now: NOW,
        base_url: data::BASE_URL.to_owned(),
        attempt,
        source: Some(data::source("Web app", "web-app", 1)),
        curl:
            "curl 'https://tiny.acme.dev/api/ingest/v2/pk_7f3a19b0d4e8426cb15a90c2/events' -d '{}'"
                .to_owned(),
        can_manage,
    };
    let alone = debug::AttemptPage { source: None, ..opened(data::attempt_unreadable(), false) };
    let unmatched = |attempts| unmatched::UnmatchedPage {
        counted: vec![counted(Some("tracking_source_not_found"), 61_204)],
        now: NOW,
        which: unmatched::Which::All,
        attempts,
        is_older: false,
        next_cursor: Some("attempt_0".to_owned()),
    };
    let strangers = data::rows().into_iter().zip([Some("pk_<nobody>".to_owned()), None]);
    let strangers =
        strangers.map(|(row, public_key)| UnmatchedAttempt { row, public_key }).collect();
    let no_stranger =
        unmatched::UnmatchedPage { next_cursor: None, is_older: true, ..unmatched(Vec::new()) };
    vec![
        ("debug", debug::page(&chrome(), page(VerdictCode::Rejecting))),
        ("debug-verified", debug::page(&chrome(), page(VerdictCode::Verified))),
        ("debug-waiting", debug::page(&chrome(), waiting)),
        ("debug-none-refused", debug::page(&chrome(), none_refused)),
        ("debug-older", debug::page(&chrome(), older)),
        ("attempt", debug::attempt_page(&chrome(), opened(data::attempt_refused(), true))),
        ("attempt-partly", debug::attempt_page(&chrome(), opened(data::attempt_partly(), true))),
        ("attempt-unreadable", debug::attempt_page(&chrome(), alone)),
        ("unmatched", unmatched::page(&chrome(), unmatched(strangers))),
        ("unmatched-none", unmatched::page(&chrome(), no_stranger)),
    ]
}

fn others() -> Vec<(&'static str, String)> {
    let request_id = chrome().request_id;
    let unknown = |id: &str| {
        id::page(&chrome(), id::UnknownIdPage { id: id.to_owned(), exchange_at: None, gone: None })
    };
    vec![
        ("errors", docs::page(Some(&chrome()))),
        ("errors-open", docs::page(None)),
        ("api", docs::api_page(Some(&chrome()), &data::api())),
        ("api-open", docs::api_page(None, &data::api())),
        (
            "problem-404",
            problem::page(Some(&chrome()), problem::ProblemPage::of(Code::NotFound, &request_id)),
        ),
        (
            "problem-403",
            problem::page(
                Some(&newcomer()),
                problem::ProblemPage::of(Code::Forbidden, &request_id),
            ),
        ),
        (
            "problem-500",
            problem::page(None, problem::ProblemPage::of(Code::InternalError, &request_id)),
        ),
        (
            "problem-503",
            problem::page(None, problem::ProblemPage::of(Code::ServiceUnavailable, &request_id)),
        ),
        ("id", unknown("attempt_01KNVTBMZSE3SA8C34PF9TS55X")),
        ("id-mistyped", unknown("\"<test>")),
        ("id-empty", unknown("")),
    ]
}
