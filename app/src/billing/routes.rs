//! The plan's page and its forms.

use ::billing::{Preview, SeatChange};
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use futures_util::future::join3;
use model::{Code, Permission, UnixMs};
use serde::Deserialize;
use web::{Fault, Services, pages::Member as Viewer};

use super::{BillingForm, BillingPage, Shop, Silent, page};
use crate::{
    posted::Posted,
    serving::{CONTENT_SECURITY_POLICY, html, member_chrome, refused},
    ui::{form::Form, notice::Notice},
};

pub fn routes() -> Router<Services> {
    let billing = "/{workspace}/billing";
    Router::new()
        .route(billing, get(show))
        .route(&format!("{billing}/checkout"), post(buy))
        .route(&format!("{billing}/seats"), post(change_seats))
        .route(&format!("{billing}/cancel"), post(cancel))
        .route(&format!("{billing}/resume"), post(resume))
        .route(&format!("{billing}/portal"), post(portal))
        .route(&format!("{billing}/refresh"), post(refresh))
}

#[derive(Deserialize)]
struct Wanted {
    /// What was just done.
    done: Option<String>,
    /// The session of Checkout that Stripe leads back from.
    checkout: Option<String>,
    /// The number of seats to reckon with.
    quantity: Option<String>,
}

/// What of the page is not as usual.
#[derive(Default)]
struct Answer {
    notice: Option<Notice>,
    preview: Option<Preview>,
    refused: Option<(BillingForm, Form)>,
}

async fn show(
    State(services): State<Services>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::BillingRead)?;
    if let Some(session) = wanted.checkout {
        return Ok(returned(&services, &viewer, session).await);
    }
    let mut answer = Answer { notice: notice_of(wanted.done.as_deref()), ..Answer::default() };
    if let Some(seats) = &wanted.quantity {
        viewer.caller.require(Permission::BillingManage)?;
        match reckon(&services, &viewer, seats).await {
            Ok(preview) => answer.preview = Some(preview),
            Err(fault) => {
                let form = Form::sent([("quantity".to_owned(), seats.clone())]);
                return refuse(&services, &viewer, (BillingForm::Seats, form), fault).await;
            }
        }
    }
    let page = render(&services, &viewer, answer).await?;
    Ok(open_to_stripe(&services, html(StatusCode::OK, page)))
}

async fn reckon(services: &Services, viewer: &Viewer, seats: &str) -> Result<Preview, Fault> {
    services.preview_seats(wanted_seats(viewer, seats)?).await
}

fn wanted_seats(viewer: &Viewer, typed: &str) -> Result<SeatChange, Fault> {
    let seats = typed.trim().parse().ok().filter(|seats: &i64| *seats > 0);
    let seats = seats.ok_or_else(|| Fault::invalid("seats", "Type a whole number of seats."))?;
    Ok(SeatChange { organization: viewer.caller.organization_id(), seats, at: None })
}

/// Whoever comes back from Stripe sees at once what came of it, whether or not its message has come.
async fn returned(services: &Services, viewer: &Viewer, session: String) -> Response {
    let found = services.sync_checkout(viewer.caller.organization_id(), session).await;
    let word = match found {
        Ok(Some(it)) if it.is_granting() => "bought",
        Ok(_) => "unpaid",
        // The worker hears of it, too.
        Err(_) => "soon",
    };
    back(viewer, word)
}

fn notice_of(done: Option<&str>) -> Option<Notice> {
    Some(match done? {
        "bought" => Notice::good("Paid. The seats are yours; invite whom you were waiting to."),
        "unpaid" => Notice::warn("Stripe has no payment yet. Nothing was bought so far."),
        "soon" => Notice::warn(
            "Stripe does not answer at this moment. What you bought shows here by itself as soon as it does.",
        ),
        "changed" => Notice::good("Seats changed."),
        "cancelled" => Notice::good(
            "Cancelled. Everything stays until the period that is paid for ends, and until then it can be resumed.",
        ),
        "resumed" => Notice::good("The plan goes on."),
        "refreshed" => Notice::good("This is what Stripe has at this moment."),
        _ => return None,
    })
}

async fn render(services: &Services, viewer: &Viewer, answer: Answer) -> Result<String, Fault> {
    let caller = &viewer.caller;
    let organization = caller.organization_id();
    let shop = if services.billing.is_configured() {
        let billing = &services.billing;
        let (offers, next, charges) = join3(
            billing.offers(),
            billing.next_charge(organization),
            billing.charges(organization),
        )
        .await;
        Some(Shop {
            now: services.db.now(),
            standing: billing.standing(organization).await?,
            offers: offers?,
            next: next.map_err(|_| Silent),
            charges: charges.map_err(|_| Silent),
            preview: answer.preview,
        })
    } else {
        None
    };
    let data = BillingPage {
        slug: caller.membership.organization.slug.clone(),
        seats: services.workspaces.seats(organization).await?.into(),
        can_manage: caller.require(Permission::BillingManage).is_ok(),
        can_read_team: caller.require(Permission::UsersRead).is_ok(),
        is_instance_owner: caller.user.is_instance_owner,
        webhook_url: format!("{}/api/stripe/webhook", services.instance.base_url),
        shop,
        notice: answer.notice,
        refused: answer.refused,
    };
    Ok(page(&member_chrome(services, viewer).await?, data))
}

/// The page once more with what was wrong; what a person cannot mend is a page of its own.
async fn refuse(
    services: &Services,
    viewer: &Viewer,
    (which, form): (BillingForm, Form),
    fault: Fault,
) -> Result<Response, Fault> {
    let form = match (fault.code, fault.field.as_deref()) {
        (
            Code::AlreadySubscribed
            | Code::NotSubscribed
            | Code::PaymentFailed
            | Code::StripeUnavailable
            | Code::StripeRefused
            | Code::BillingNotConfigured,
            _,
        ) => form.with_code(fault.code),
        (Code::InvalidRequest, Some("seats")) => form.with_error("quantity", &fault.sentence()),
        _ => return Err(fault),
    };
    let answer = Answer { refused: Some((which, form)), ..Answer::default() };
    let page = render(services, viewer, answer).await?;
    Ok(open_to_stripe(services, refused(&fault, page)))
}

async fn buy(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::BillingManage)?;
    let price = posted.text("priceId").to_owned();
    let bought = match wanted_seats(&viewer, posted.text("quantity")) {
        Ok(change) => services.buy_plan(&viewer.caller, viewer.actor(), &price, change.seats).await,
        Err(fault) => Err(fault),
    };
    match bought {
        Ok(url) => Ok(Redirect::to(&url).into_response()),
        Err(fault) => refuse(&services, &viewer, (BillingForm::Buy, posted.form()), fault).await,
    }
}

async fn change_seats(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::BillingManage)?;
    let at = posted.find("at").and_then(|at| at.parse().ok()).map(UnixMs);
    let changed = match wanted_seats(&viewer, posted.text("quantity")) {
        Ok(change) => services.change_seats(viewer.actor(), SeatChange { at, ..change }).await,
        Err(fault) => Err(fault),
    };
    match changed {
        Ok(_) => Ok(back(&viewer, "changed")),
        Err(fault) => refuse(&services, &viewer, (BillingForm::Seats, posted.form()), fault).await,
    }
}

async fn cancel(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::BillingManage)?;
    posted.require_confirmed("cancel")?;
    set_ending(&services, &viewer, true).await
}

async fn resume(State(services): State<Services>, viewer: Viewer) -> Result<Response, Fault> {
    viewer.caller.require(Permission::BillingManage)?;
    set_ending(&services, &viewer, false).await
}

async fn set_ending(
    services: &Services,
    viewer: &Viewer,
    is_ending: bool,
) -> Result<Response, Fault> {
    let done =
        services.set_plan_ending(viewer.actor(), viewer.caller.organization_id(), is_ending).await;
    let word = if is_ending { "cancelled" } else { "resumed" };
    answer(services, viewer, done.map(|_| back(viewer, word))).await
}

async fn portal(State(services): State<Services>, viewer: Viewer) -> Result<Response, Fault> {
    viewer.caller.require(Permission::BillingManage)?;
    let opened = services.open_portal(&viewer.caller).await;
    answer(&services, &viewer, opened.map(|url| Redirect::to(&url).into_response())).await
}

async fn refresh(State(services): State<Services>, viewer: Viewer) -> Result<Response, Fault> {
    viewer.caller.require(Permission::BillingRead)?;
    let done = services.sync_plan(viewer.caller.organization_id()).await;
    answer(&services, &viewer, done.map(|_| back(&viewer, "refreshed"))).await
}

async fn answer(
    services: &Services,
    viewer: &Viewer,
    done: Result<Response, Fault>,
) -> Result<Response, Fault> {
    match done {
        Ok(response) => Ok(response),
        Err(fault) => refuse(services, viewer, (BillingForm::Plain, Form::default()), fault).await,
    }
}

fn back(viewer: &Viewer, done: &str) -> Response {
    let slug = &viewer.caller.membership.organization.slug;
    Redirect::to(&format!("/{slug}/billing?done={done}")).into_response()
}

/// Browsers hold the redirect that answers a form against the page's policy, and Stripe's pages may have a domain of the
/// customer's own. Where Tiny itself is reached without https, as in a trial, so may they be.
fn open_to_stripe(services: &Services, mut response: Response) -> Response {
    let more = if services.instance.is_https() { "https:" } else { "https: http:" };
    let policy = CONTENT_SECURITY_POLICY
        .replace("form-action 'self'", &format!("form-action 'self' {more}"));
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
    response
}
