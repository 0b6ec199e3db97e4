//! Handing pages out: the router, the chrome around a page, and faults as pages.

use ::billing::Problem;
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Redirect, Response},
};
use model::{
    Code, Exchange, Permission, Permissions, ids::OrganizationId, wire::workspaces::Organization,
};
use serde_json::Value;
use web::{
    Fault, Services,
    pages::{Member, Viewer},
    protect,
};
use workspaces::{Caller, Membership};

use crate::{
    account, audit_log, auth, billing,
    chrome::{Chrome, LatePayment},
    debug, docs, files, id, instance, invitations, invite_many, links, overview,
    problem::{self, ProblemPage},
    reopened, roles, settings, setup, team, unmatched, workspaces as workspace_pages,
};

/// Every page, every form and every file that pages are made of. `api` describes the API, in OpenAPI.
pub fn router(services: Services, api: &Value) -> Router {
    let reference = docs::Reference::read(api, &services.instance.base_url);
    let pages = Router::new()
        .merge(auth::routes())
        .merge(links::routes())
        .merge(account::routes())
        .merge(workspace_pages::routes())
        .merge(overview::routes())
        .merge(setup::routes())
        .merge(debug::routes())
        .merge(team::routes())
        .merge(invite_many::routes())
        .merge(roles::routes())
        .merge(billing::routes())
        .merge(settings::routes())
        .merge(audit_log::routes())
        .merge(invitations::routes())
        .merge(instance::routes())
        .merge(unmatched::routes())
        .merge(docs::routes(reference))
        .merge(id::routes())
        .merge(files::routes())
        .method_not_allowed_fallback(reopened::lead_back)
        .fallback(|| async { Fault::of(Code::NotFound) });
    let is_https = services.instance.is_https();
    protect(pages)
        .layer(middleware::from_fn_with_state(services.clone(), tell))
        .layer(middleware::from_fn(move |request, next| with_headers(is_https, request, next)))
        .with_state(services)
}

/// A page, as an answer.
pub fn html(status: StatusCode, page: String) -> Response {
    (status, Html(page)).into_response()
}

/// A form once more, with the status and the headers of what was wrong with it. The fault goes with it, for the log line
/// and the workspace's audit log.
pub fn refused(fault: &Fault, page: String) -> Response {
    let mut response = html(fault.status(), page);
    if let Some(seconds) = fault.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response.extensions_mut().insert(fault.clone());
    response
}

/// A fault is a page too, for people.
async fn tell(State(services): State<Services>, request: Request, next: Next) -> Response {
    let exchange = request.extensions().get::<Exchange>().copied();
    let (headers, path) = (request.headers().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let Some(fault) = fault_of(&response) else { return response };
    let request_id = exchange.map(|exchange| exchange.request.to_string()).unwrap_or_default();
    let chrome = match exchange {
        // What failed on our side may fail here again.
        Some(exchange) if !fault.status().is_server_error() => {
            problem_chrome(&services, exchange, &headers, &path).await.unwrap_or_default()
        }
        _ => None,
    };
    let mut page = ProblemPage::of(fault.code, &request_id);
    if let Some(message) = &fault.message {
        page.cause.clone_from(message);
    }
    let mut told = html(fault.status(), problem::page(chrome.as_ref(), page));
    // What the refusal said beside its status, such as `Allow` and `Retry-After`.
    for (name, value) in response.headers() {
        if *name != header::CONTENT_LENGTH {
            told.headers_mut().entry(name).or_insert(value.clone());
        }
    }
    told.extensions_mut().insert(fault);
    told
}

/// The navigation stays where the viewer was, so that a problem is no dead end.
async fn problem_chrome(
    services: &Services,
    exchange: Exchange,
    headers: &HeaderMap,
    path: &str,
) -> Result<Option<Chrome>, Fault> {
    let Some(viewer) = Viewer::find(services, exchange, headers).await? else { return Ok(None) };
    let chrome = viewer_chrome(services, &viewer).await?;
    let slug = path.split('/').nth(1).unwrap_or_default();
    let here = chrome.organizations.iter().find(|organization| organization.slug == slug);
    Ok(Some(match here.cloned() {
        Some(here) => at(services, &viewer, chrome, here).await?,
        None => chrome,
    }))
}

/// The fault behind an answer that is no page yet; extractors of forms and queries refuse in plain text of their own.
fn fault_of(response: &Response) -> Option<Fault> {
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    if is_page {
        return None;
    }
    if let Some(fault) = response.extensions().get::<Fault>() {
        return Some(fault.clone());
    }
    match response.status() {
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            Some(Fault::of(Code::InvalidRequest))
        }
        StatusCode::PAYLOAD_TOO_LARGE => Some(Fault::of(Code::PayloadTooLarge)),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(Fault::of(Code::UnsupportedMediaType)),
        _ => None,
    }
}

/// What a page may load, and where its forms may lead. A page that has to say more sets the header itself.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// What a browser may do with a page.
async fn with_headers(is_https: bool, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if is_https {
        let value = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    response
}

/// The chrome of a page inside a workspace.
pub async fn member_chrome(services: &Services, member: &Member) -> Result<Chrome, Fault> {
    let caller = &member.caller;
    let organization = caller.organization_id();
    let can_report = caller.require(Permission::AnalyticsReport).is_ok();
    let refused_count =
        if can_report { refused_today(services, organization).await? } else { None };
    Ok(Chrome {
        current: Some(caller.membership.clone().into()),
        own_page: Some(own_page(&caller.membership)),
        may: caller.membership.permissions,
        refused_count,
        late: late_payment(services, caller).await?,
        ..chrome(services, &caller.user, member.exchange).await?
    })
}

async fn late_payment(services: &Services, caller: &Caller) -> Result<Option<LatePayment>, Fault> {
    if !services.billing.is_configured() || caller.require(Permission::BillingRead).is_err() {
        return Ok(None);
    }
    let standing = services.billing.standing(caller.organization_id()).await?;
    Ok(standing.problems.into_iter().find_map(|problem| match problem {
        Problem::PastDue(until) => Some(LatePayment::Until(until)),
        Problem::GraceOver => Some(LatePayment::Over),
        _ => None,
    }))
}

async fn refused_today(services: &Services, id: OrganizationId) -> Result<Option<u64>, Fault> {
    let today = midnight(services.db.now());
    let hours = attempts::hours(&services.db, id, today).await?;
    let refused: i64 = hours.iter().map(|hour| hour.totals.refused).sum();
    Ok(u64::try_from(refused).ok())
}

/// The chrome of a page outside any workspace. Who has only one keeps its navigation.
pub async fn viewer_chrome(services: &Services, viewer: &Viewer) -> Result<Chrome, Fault> {
    let chrome = chrome(services, &viewer.user, viewer.exchange).await?;
    let only = match chrome.organizations.as_slice() {
        [only] => only.clone(),
        _ => return Ok(chrome),
    };
    at(services, viewer, chrome, only).await
}

/// The chrome with one of the viewer's workspaces as its own.
async fn at(
    services: &Services,
    viewer: &Viewer,
    chrome: Chrome,
    organization: Organization,
) -> Result<Chrome, Fault> {
    let membership = services.workspaces.find_membership(viewer.user.id, organization.id).await?;
    Ok(Chrome {
        own_page: membership.as_ref().map(own_page),
        may: membership.map(|one| one.permissions).unwrap_or_default(),
        current: Some(organization),
        ..chrome
    })
}

async fn chrome(
    services: &Services,
    user: &accounts::User,
    exchange: Exchange,
) -> Result<Chrome, Fault> {
    let memberships = services.workspaces.list_organizations(user.id).await?;
    Ok(Chrome {
        viewer_email: user.email.to_string(),
        viewer_name: user.name.clone(),
        organizations: memberships.into_iter().map(Membership::into).collect(),
        current: None,
        own_page: None,
        is_instance_owner: user.is_instance_owner,
        may: Permissions::default(),
        refused_count: None,
        late: None,
        request_id: exchange.request.to_string(),
    })
}

fn own_page(membership: &Membership) -> String {
    format!("/{}/access/team/{}", membership.organization.slug, membership.member_id)
}

/// When the day of `now` began, in UTC.
pub fn midnight(now: model::UnixMs) -> model::UnixMs {
    const DAY_MS: i64 = 24 * 60 * 60_000;
    model::UnixMs(now.0 - now.0.rem_euclid(DAY_MS))
}

/// A path of our own to go on to, or `otherwise` when `next` is none.
pub fn safe_next(next: Option<&str>, otherwise: &str) -> Redirect {
    let is_own = |path: &str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains('\\')
            && path.bytes().all(|byte| byte.is_ascii_graphic())
            && path.parse::<Uri>().is_ok()
    };
    match next.filter(|path| is_own(path)) {
        Some(path) => Redirect::to(path),
        None => Redirect::to(otherwise),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_that_leads_elsewhere_is_not_followed() {
        let led = |next: &str| {
            let response = safe_next(Some(next), "/start").into_response();
            response.headers()[header::LOCATION].to_str().unwrap().to_owned()
        };
        assert_eq!(led("/acme/analytics/setup?source=web"), "/acme/analytics/setup?source=web");
        for elsewhere in ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\nb"]
        {
            assert_eq!(led(elsewhere), "/start", "{elsewhere:?}");
        }
    }
}
