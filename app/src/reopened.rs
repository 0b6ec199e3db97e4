//! The path of a form, opened as a page: after a reload, or after signing in again. It leads to the page that the form
//! stands on.

use axum::{
    http::{Method, Uri},
    response::{IntoResponse, Redirect, Response},
};
use model::Code;
use web::Fault;

/// Answers a method that a path does not know.
pub async fn lead_back(method: Method, uri: Uri) -> Response {
    match (method, page_of(uri.path())) {
        (Method::GET | Method::HEAD, Some(page)) => Redirect::to(&page).into_response(),
        _ => Fault::of(Code::MethodNotAllowed).into_response(),
    }
}

/// The page of a form with this path.
fn page_of(path: &str) -> Option<String> {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    Some(match segments.as_slice() {
        ["logout"] => "/".to_owned(),
        ["account", part @ ("sessions" | "tokens"), ..] => format!("/account/{part}"),
        ["account", ..] => "/account".to_owned(),
        ["workspaces", ..] => "/workspaces".to_owned(),
        ["invitations", secret, ..] => format!("/invitations/{secret}"),
        [workspace, "settings", ..] => format!("/{workspace}/settings"),
        [workspace, "access", "invitations", "bulk", ..] => {
            format!("/{workspace}/access/invitations/bulk")
        }
        [workspace, "access", "invitations", ..] => format!("/{workspace}/access/team"),
        [workspace, "access", list @ ("team" | "roles"), id, ..] => {
            format!("/{workspace}/access/{list}/{id}")
        }
        [workspace, "analytics", "setup", source, ..] => {
            format!("/{workspace}/analytics/setup?source={source}")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn a_form_belongs_to_a_page() {
        for (path, page) in [
            ("/acme/access/invitations", "/acme/access/team"),
            ("/acme/access/invitations/invite_1/revoke", "/acme/access/team"),
            ("/acme/access/invitations/bulk/send", "/acme/access/invitations/bulk"),
            ("/acme/access/team/member_1/change", "/acme/access/team/member_1"),
            ("/acme/settings/ownership/offer", "/acme/settings"),
            ("/acme/analytics/setup/web/origins/add", "/acme/analytics/setup?source=web"),
            ("/account/tokens/token_1/revoke", "/account/tokens"),
        ] {
            assert_eq!(page_of(path).as_deref(), Some(page), "{path}");
        }
        assert_eq!(page_of("/docs/errors"), None);
    }
}
