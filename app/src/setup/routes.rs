//! Setup: sources, their snippets, origins, limits and keys.

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use model::{
    Code, Permission,
    wire::{
        attempts::{Kind, VerdictCode},
        sources::{FrameworkHint, Source},
    },
};
use serde::Deserialize;
use sources::{AllowedOrigin, Changes, NewSource};
use web::{Fault, Services, pages::Member};

use super::{NewSourcePage, Progress, SetupForm, SetupPage, Tab, new_page, page};
use crate::{
    posted::Posted,
    serving::{html, member_chrome, safe_next},
    ui::{form::Form, notice::Notice},
};

pub fn routes() -> Router<Services> {
    let setup = "/{workspace}/analytics/setup";
    Router::new()
        .route(setup, get(show))
        .route(&format!("{setup}/new"), get(show_new).post(create))
        .route(&format!("{setup}/{{source}}/origins/add"), post(add_origin))
        .route(&format!("{setup}/{{source}}/origins/remove"), post(remove_origin))
        .route(&format!("{setup}/{{source}}/settings"), post(change_settings))
        .route(&format!("{setup}/{{source}}/active"), post(set_active))
        .route(&format!("{setup}/{{source}}/rotate-key"), post(rotate_key))
}

#[derive(Deserialize)]
struct Wanted {
    source: Option<String>,
    tab: Option<String>,
    done: Option<String>,
}

async fn show(
    State(services): State<Services>,
    member: Member,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    member.caller.require(Permission::AnalyticsReport)?;
    let sources = services.sources.list_sources(member.caller.organization_id()).await?;
    let Some(source) = find_shown(&sources, wanted.source.as_deref())?.cloned() else {
        return new_source_page(&services, &member, StatusCode::OK, Form::default()).await;
    };
    let notice = notice_of(wanted.done.as_deref());
    let tab = wanted.tab.as_deref().and_then(Tab::from_text).unwrap_or_else(|| Tab::of(&source));
    let shown = Shown { sources, source, tab, notice, refused: None };
    setup_page(&services, &member, StatusCode::OK, shown).await
}

/// The source that the query names, or the first. A name that is none of them is not found.
pub fn find_shown<'a>(
    sources: &'a [Source],
    slug: Option<&str>,
) -> Result<Option<&'a Source>, Fault> {
    match slug {
        None => Ok(sources.first()),
        Some(slug) => sources
            .iter()
            .find(|source| source.slug == slug)
            .map(Some)
            .ok_or(Fault::of(Code::TrackingSourceNotFound)),
    }
}

/// What a form of this page, or of the debug view, has just done.
pub fn notice_of(done: Option<&str>) -> Option<Notice> {
    let text = match done? {
        "created" => "Source created. Paste the snippet into your pages.",
        "origin-added" => "Origin added. Requests from it are accepted from now on.",
        "origin-removed" => "Origin removed. Requests from it are refused from now on.",
        "saved" => "Settings saved.",
        "activated" => "The source takes requests again.",
        "deactivated" => {
            "The source is switched off: every request is refused until you activate it."
        }
        "key-rotated" => "New key made. The old one has stopped: update the snippet in every page.",
        _ => return None,
    };
    Some(Notice::good(text))
}

struct Shown {
    sources: Vec<Source>,
    source: Source,
    tab: Tab,
    notice: Option<Notice>,
    refused: Option<(SetupForm, Form)>,
}

async fn setup_page(
    services: &Services,
    member: &Member,
    status: StatusCode,
    shown: Shown,
) -> Result<Response, Fault> {
    let workspace = &member.caller.membership.organization.slug;
    let data = SetupPage {
        now: services.db.now(),
        install: sources::install(&shown.source, &services.instance.base_url, workspace),
        progress: progress(services, &shown.source).await?,
        can_manage: member.caller.require(Permission::AnalyticsManage).is_ok(),
        sources: shown.sources,
        source: shown.source,
        tab: shown.tab,
        notice: shown.notice,
        refused: shown.refused,
    };
    Ok(html(status, page(&member_chrome(services, member).await?, data)))
}

async fn progress(services: &Services, source: &Source) -> Result<Progress, Fault> {
    let (db, organization) = (&services.db, source.organization_id);
    let verdict = attempts::verdict(db, source).await?;
    let newest = attempts::Filter::newest(1);
    let greeted =
        attempts::Filter { kind: Some(Kind::Bootstrap), status: (200, 200), ..newest.clone() };
    let newest = attempts::list(db, organization, source.id, &newest).await?;
    let greeted = attempts::list(db, organization, source.id, &greeted).await?;
    Ok(Progress {
        last_request_at: newest.first().map(|row| row.at),
        seen_at_origin: greeted.into_iter().next().map(|row| row.origin.unwrap_or_default()),
        last_accepted_at: attempts::last_accepted_at(db, source.id).await?,
        is_rejecting: verdict.code == VerdictCode::Rejecting,
    })
}

async fn show_new(State(services): State<Services>, member: Member) -> Result<Response, Fault> {
    member.caller.require(Permission::AnalyticsReport)?;
    new_source_page(&services, &member, StatusCode::OK, Form::default()).await
}

async fn new_source_page(
    services: &Services,
    member: &Member,
    status: StatusCode,
    form: Form,
) -> Result<Response, Fault> {
    let organization = member.caller.organization_id();
    let data = NewSourcePage {
        form,
        is_first: services.sources.list_sources(organization).await?.is_empty(),
        can_manage: member.caller.require(Permission::AnalyticsManage).is_ok(),
    };
    Ok(html(status, new_page(&member_chrome(services, member).await?, data)))
}

async fn create(
    State(services): State<Services>,
    member: Member,
    posted: Posted,
) -> Result<Response, Fault> {
    member.caller.require(Permission::AnalyticsManage)?;
    let new = NewSource {
        name: posted.text("name").to_owned(),
        slug: None,
        allowed_origins: posted
            .text("allowedOrigins")
            .split_whitespace()
            .map(|origin| origin.trim_end_matches(',').to_owned())
            .collect(),
        framework_hint: FrameworkHint::from_text(posted.text("frameworkHint")),
    };
    let organization = member.caller.organization_id();
    match services.sources.create_source(member.actor(), organization, new).await {
        Ok(source) => Ok(to_setup(&member, &source.slug, "created")),
        Err(error) => {
            let (status, form) = refused_form(posted, error)?;
            new_source_page(&services, &member, status, form).await
        }
    }
}

/// The form once more with what was wrong at its field; what a person cannot mend is a fault.
fn refused_form(posted: Posted, error: sources::Error) -> Result<(StatusCode, Form), Fault> {
    let form = posted.form();
    match error {
        sources::Error::Invalid { field, message } => {
            Ok((StatusCode::BAD_REQUEST, form.with_error(field, &message)))
        }
        sources::Error::SlugTaken => Ok((StatusCode::CONFLICT, form.with_code(Code::SlugTaken))),
        error => Err(error.into()),
    }
}

/// The source that a form is about, for someone who may change it.
async fn managed(services: &Services, member: &Member, slug: &str) -> Result<Source, Fault> {
    member.caller.require(Permission::AnalyticsManage)?;
    services
        .sources
        .find_source_by_slug(member.caller.organization_id(), slug)
        .await?
        .ok_or(Fault::of(Code::TrackingSourceNotFound))
}

async fn add_origin(
    State(services): State<Services>,
    Path((_, slug)): Path<(String, String)>,
    member: Member,
    posted: Posted,
) -> Result<Response, Fault> {
    let source = managed(&services, &member, &slug).await?;
    let organization = member.caller.organization_id();
    let added = match posted.text("origin").trim().parse::<AllowedOrigin>() {
        Ok(origin) => {
            services.sources.add_origin(member.actor(), organization, source.id, &origin).await
        }
        Err(fault) => Err(fault.into()),
    };
    match added {
        Ok(source) => Ok(match posted.find("next").filter(|next| !next.is_empty()) {
            Some(next) => safe_next(Some(next), "/").into_response(),
            None => to_setup(&member, &source.slug, "origin-added"),
        }),
        Err(sources::Error::Invalid { message, .. }) => {
            let form = posted.form().with_error("origin", &message);
            let refused = (SetupForm::AddOrigin, form);
            refuse(&services, &member, source, StatusCode::BAD_REQUEST, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn remove_origin(
    State(services): State<Services>,
    Path((_, slug)): Path<(String, String)>,
    member: Member,
    posted: Posted,
) -> Result<Response, Fault> {
    let source = managed(&services, &member, &slug).await?;
    let organization = member.caller.organization_id();
    let origin = posted.text("origin");
    services.sources.remove_origin(member.actor(), organization, source.id, origin).await?;
    Ok(to_setup(&member, &source.slug, "origin-removed"))
}

async fn change_settings(
    State(services): State<Services>,
    Path((_, slug)): Path<(String, String)>,
    member: Member,
    posted: Posted,
) -> Result<Response, Fault> {
    let source = managed(&services, &member, &slug).await?;
    let changed = match read_settings(&posted) {
        Ok(changes) => {
            let organization = member.caller.organization_id();
            services.sources.update_source(member.actor(), organization, source.id, changes).await
        }
        Err(error) => Err(error),
    };
    match changed {
        Ok(source) => Ok(to_setup(&member, &source.slug, "saved")),
        Err(error) => {
            let (status, form) = refused_form(posted, error)?;
            refuse(&services, &member, source, status, (SetupForm::Settings, form)).await
        }
    }
}

fn read_settings(posted: &Posted) -> Result<Changes, sources::Error> {
    let text = |name: &str| posted.find(name).map(|value| value.trim().to_owned());
    let number = |field: &'static str| {
        text(field)
            .map(|digits| {
                digits.parse().map_err(|_| sources::Error::Invalid {
                    field,
                    message: "Write a whole number.".to_owned(),
                })
            })
            .transpose()
    };
    Ok(Changes {
        name: text("name"),
        slug: text("slug"),
        allowed_origins: None,
        framework_hint: text("frameworkHint").map(|hint| FrameworkHint::from_text(&hint)),
        is_active: None,
        max_payload_bytes: number("maxPayloadBytes")?,
        rate_limit_per_minute: number("rateLimitPerMinute")?,
        require_origin: Some(posted.is_ticked("requireOrigin")),
    })
}

async fn refuse(
    services: &Services,
    member: &Member,
    source: Source,
    status: StatusCode,
    refused: (SetupForm, Form),
) -> Result<Response, Fault> {
    let sources = services.sources.list_sources(source.organization_id).await?;
    let tab = Tab::of(&source);
    let shown = Shown { sources, source, tab, notice: None, refused: Some(refused) };
    setup_page(services, member, status, shown).await
}

async fn set_active(
    State(services): State<Services>,
    Path((_, slug)): Path<(String, String)>,
    member: Member,
    posted: Posted,
) -> Result<Response, Fault> {
    let source = managed(&services, &member, &slug).await?;
    let is_active = posted.text("isActive") == "true";
    let changes = Changes { is_active: Some(is_active), ..Changes::default() };
    let organization = member.caller.organization_id();
    services.sources.update_source(member.actor(), organization, source.id, changes).await?;
    let done = if is_active { "activated" } else { "deactivated" };
    Ok(to_setup(&member, &source.slug, done))
}

async fn rotate_key(
    State(services): State<Services>,
    Path((_, slug)): Path<(String, String)>,
    member: Member,
    posted: Posted,
) -> Result<Response, Fault> {
    let source = managed(&services, &member, &slug).await?;
    posted.require_confirmed("rotate")?;
    let organization = member.caller.organization_id();
    services.sources.regenerate_key(member.actor(), organization, source.id).await?;
    Ok(to_setup(&member, &source.slug, "key-rotated"))
}

fn to_setup(member: &Member, slug: &str, done: &str) -> Response {
    let workspace = &member.caller.membership.organization.slug;
    Redirect::to(&format!("/{workspace}/analytics/setup?source={slug}&done={done}")).into_response()
}
