//! Every page and every form by every kind of person, against a table. Paths come from the router; one without a row is
//! red.

use http::Method;
use testkit::Reply;
use web::SignupMode;

use super::stage::{Caller, Stage, people};
use crate::house::{paths, router};

/// What becomes of whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Sent to the sign-in page.
    SignIn,
    /// Told that it is not theirs.
    Refused,
    /// Let in; what they ask for may still be wrong or not there.
    LetIn,
}

use Fate::{LetIn, Refused, SignIn};

impl Fate {
    fn of(reply: &Reply, path: &str) -> Self {
        let status = reply.status.as_u16();
        // Nothing is sold in this house; whoever may buy is told so.
        let is_unsold = status == 503 && path.contains("/billing/");
        assert!(status < 500 || is_unsold, "{path}: {status} {}", reply.text());
        match status {
            303 if reply.header("location").starts_with("/login?next=") => SignIn,
            403 => Refused,
            _ => LetIn,
        }
    }
}

/// For anyone.
const OPEN: [Fate; 9] = [LetIn; 9];

/// For whoever is signed in.
const PERSON: [Fate; 9] = [SignIn, SignIn, SignIn, LetIn, LetIn, LetIn, LetIn, LetIn, LetIn];

/// For members with some roles: viewer, analyst, billing, admin, owner.
const fn members(let_in: [bool; 5]) -> [Fate; 9] {
    let mut fates = [SignIn, SignIn, SignIn, Refused, Refused, Refused, Refused, Refused, Refused];
    let mut at = 0;
    while at < let_in.len() {
        if let_in[at] {
            fates[4 + at] = LetIn;
        }
        at += 1;
    }
    fates
}

const EVERY_MEMBER: [Fate; 9] = members([true; 5]);
const OWNER: [Fate; 9] = members([false, false, false, false, true]);
const ADMINS: [Fate; 9] = members([false, false, false, true, true]);
const READS_TEAM: [Fate; 9] = members([false, true, false, true, true]);
const PAYS: [Fate; 9] = members([false, false, true, true, true]);
const REPORTS: [Fate; 9] = members([true, true, false, true, true]);
const MANAGES: [Fate; 9] = members([false, true, false, true, true]);

/// The row of a method and a path, with what a form needs to come as far as the question who may send it.
fn row(page: &str) -> (&'static str, [Fate; 9]) {
    let fates = match page {
        "GET /"
        | "GET /workspaces"
        | "GET /workspaces/new"
        | "POST /workspaces/new"
        | "GET /account"
        | "POST /account/name"
        | "POST /account/verification"
        | "POST /account/password"
        | "GET /account/sessions"
        | "POST /account/sessions/end-others"
        | "POST /account/sessions/{id}/end"
        | "GET /account/tokens"
        | "POST /account/tokens"
        | "POST /account/tokens/{id}/revoke"
        | "GET /account/delete"
        | "POST /account/delete"
        | "POST /invitations/{secret}/accept" | "GET /id" | "GET /id/{id}"
        // To all but whoever runs the instance there is nothing.
        | "GET /instance/attempts"
        | "GET /instance/attempts/{attempt}"
        | "GET /instance/stripe"
        | "POST /instance/stripe/retry"
        | "POST /instance/stripe/{event}/retry"
        | "POST /instance/stripe/{event}/dismiss" => PERSON,
        "GET /login"
        | "POST /login"
        | "GET /signup"
        | "POST /signup"
        | "POST /logout"
        | "GET /forgot"
        | "POST /forgot"
        | "GET /reset/{secret}"
        | "POST /reset/{secret}"
        | "GET /verify/{secret}"
        | "POST /verify/{secret}"
        | "GET /confirm/{secret}"
        | "POST /confirm/{secret}"
        | "GET /invitations/{secret}"
        | "POST /invitations/{secret}/signup"
        | "GET /docs/errors" | "GET /docs/api" => OPEN,
        "POST /workspaces/{id}/restore" => {
            let mut only_owner = [Refused; 9];
            only_owner[..3].copy_from_slice(&[SignIn; 3]);
            only_owner[8] = LetIn;
            only_owner
        }
        "GET /{workspace}"
        | "GET /{workspace}/settings"
        | "POST /{workspace}/settings/leave"
        | "POST /{workspace}/settings/ownership/accept" => EVERY_MEMBER,
        "POST /{workspace}/settings/ownership/offer" => {
            return ("memberId=member_00000000000000000000000000", OWNER);
        }
        "POST /{workspace}/settings/delete" => return ("confirm=Acme", OWNER),
        "POST /{workspace}/settings/ownership/decline"
        | "POST /{workspace}/settings/ownership/withdraw" => OWNER,
        "GET /{workspace}/access/team"
        | "GET /{workspace}/access/team/{member}"
        | "GET /{workspace}/access/roles" => READS_TEAM,
        "POST /{workspace}/settings"
        | "POST /{workspace}/access/team/{member}/change"
        | "POST /{workspace}/access/team"
        | "POST /{workspace}/access/invitations"
        | "POST /{workspace}/access/invitations/{invitation}/resend"
        | "POST /{workspace}/access/invitations/{invitation}/revoke"
        | "GET /{workspace}/access/invitations/bulk"
        | "POST /{workspace}/access/invitations/bulk"
        | "POST /{workspace}/access/invitations/bulk/send"
        | "GET /{workspace}/access/roles/new"
        | "POST /{workspace}/access/roles/new"
        | "GET /{workspace}/access/roles/{role}"
        | "POST /{workspace}/access/roles/{role}"
        | "POST /{workspace}/access/roles/{role}/delete"
        | "GET /{workspace}/access/audit"
        | "GET /{workspace}/access/audit.csv" => ADMINS,
        "POST /{workspace}/access/team/{member}/remove" => return ("confirm=remove", ADMINS),
        "GET /{workspace}/billing"
        | "POST /{workspace}/billing/checkout"
        | "POST /{workspace}/billing/seats"
        | "POST /{workspace}/billing/resume"
        | "POST /{workspace}/billing/portal"
        | "POST /{workspace}/billing/refresh" => PAYS,
        "POST /{workspace}/billing/cancel" => return ("confirm=cancel", PAYS),
        "GET /{workspace}/analytics/setup"
        | "GET /{workspace}/analytics/setup/debug"
        | "GET /{workspace}/analytics/setup/debug/{attempt}"
        // Who may not make a source is told so there.
        | "GET /{workspace}/analytics/setup/new" => REPORTS,
        "POST /{workspace}/analytics/setup/new"
        | "POST /{workspace}/analytics/setup/{source}/origins/add"
        | "POST /{workspace}/analytics/setup/{source}/origins/remove"
        | "POST /{workspace}/analytics/setup/{source}/settings"
        | "POST /{workspace}/analytics/setup/{source}/active"
        | "POST /{workspace}/analytics/setup/{source}/rotate-key" => MANAGES,
        other => panic!("{other} has no row: say here whom it lets in"),
    };
    ("", fates)
}

/// Whether this is the path of a form, opened as a page: then it leads to the form's page, whoever asks.
fn is_led_back(method: &Method, reply: &Reply) -> bool {
    let to = reply.headers.get("location").and_then(|to| to.to_str().ok());
    *method == Method::GET && to.is_some_and(|to| !to.starts_with("/login?next="))
}

/// Neither the API, which has a table of its own, nor files that are the same for all.
fn is_page(path: &str) -> bool {
    let is_elsewhere = ["/api", "/assets/", "/livez", "/readyz", "/sdk"];
    !is_elsewhere.iter().any(|start| path.starts_with(start))
        && !path.contains("{*")
        && (path.starts_with("/{workspace}/") || !path.contains('.'))
}

/// All but HEAD, which comes with GET.
const METHODS: [Method; 7] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
    Method::TRACE,
];

#[tokio::test]
async fn every_page_and_form_lets_in_whom_the_table_says() {
    let stage = Stage::set().await;
    // Nobody changes nothing, so one house will do to see what there is.
    let looked_at = stage.copied().await;
    let paths = paths(&router(&looked_at.db(), SignupMode::Open));
    let (mut wrong, mut pages) = (Vec::new(), 0);
    for path in paths.iter().filter(|path| is_page(path)) {
        for method in METHODS {
            // Only who may not use a method is told which ones there are.
            let asked = looked_at.ask(&method, path, "", Caller::Nobody).await;
            if !asked.header("allow").is_empty() || is_led_back(&method, &asked) {
                continue;
            }
            pages += 1;
            let (form, fates) = row(&format!("{method} {path}"));
            for (caller, wanted) in people().zip(fates) {
                let house = stage.copied().await;
                let reply = house.ask(&method, path, form, caller).await;
                let got = Fate::of(&reply, path);
                if got != wanted {
                    let status = reply.status;
                    wrong.push(format!(
                        "{method} {path} as {caller:?}: {got:?} ({status}), not {wanted:?}"
                    ));
                }
                house.close().await;
            }
        }
    }
    looked_at.close().await;
    stage.close().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(pages > 60, "{pages}");
}

/// After a reload, or after signing in again, a browser asks for the path of a form.
#[tokio::test]
async fn the_path_of_a_form_leads_to_the_page_that_the_form_stands_on() {
    let stage = Stage::set().await;
    let house = stage.copied().await;
    let paths = paths(&router(&house.db(), SignupMode::Open));
    let mut forms = 0;
    for path in paths.into_iter().filter(|path| is_page(path)) {
        let asked = house.ask(&Method::GET, &path, "", Caller::Owner).await;
        let sent = house.ask(&Method::GET, &path, "", Caller::Nobody).await;
        if !is_led_back(&Method::GET, &sent) {
            continue;
        }
        forms += 1;
        let page = house.open(asked.header("location"), Caller::Owner).await;
        // The invitation's link is made up, and only the start leads on.
        let is_page = page.status == 200 || path == "/logout" || path.starts_with("/invitations/");
        assert!(is_page, "{path} leads to {}: {}", asked.header("location"), page.status);
    }
    house.close().await;
    stage.close().await;
    assert!(forms > 20, "{forms}");
}
