//! Plans and seats that are bought.
//!
//! Whether this instance sells any is told to those only who may do what they ask: 503 comes after 401, 400 and 403.

use axum::{Json, extract::State};
use billing::{MOST_SEATS, Problem, SeatChange, Standing};
use model::{
    Code, Permission, UnixMs,
    ids::OrganizationId,
    wire::billing::{self as wire, BillingReply, PlanName, PreviewReply, UrlReply},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Fault, Services, api::WorkspaceCall};

use super::shapes::{InWorkspace, OfWorkspace};

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(get_billing))
        .routes(routes!(begin_checkout))
        .routes(routes!(change_seats))
        .routes(routes!(open_portal))
        .routes(routes!(cancel_plan))
        .routes(routes!(resume_plan))
}

/// How the workspace's plan stands.
///
/// Takes the permission `billing.read`. Where nothing is sold, `configured` is false and only the seats say something.
#[utoipa::path(
    get, path = "/billing", tag = "Billing", params(OfWorkspace),
    responses((status = 200, description = "Plan, seats, prices and problems.", body = BillingReply)),
)]
async fn get_billing(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<BillingReply>, Fault> {
    let caller = call.authorise(Permission::BillingRead).await?;
    Ok(Json(standing(&services, caller.organization_id()).await?))
}

async fn standing(
    services: &Services,
    organization: OrganizationId,
) -> Result<BillingReply, Fault> {
    let seats = services.workspaces.seats(organization).await?.into();
    if !services.billing.is_configured() {
        return Ok(BillingReply {
            configured: false,
            plan: None,
            status: None,
            quantity: None,
            seats,
            period_end: None,
            cancels_at: None,
            grace_until: None,
            prices: Vec::new(),
            problems: Vec::new(),
        });
    }
    let Standing { plan, price, subscription, problems, has_customer: _ } =
        services.billing.standing(organization).await?;
    let it = subscription.as_ref();
    Ok(BillingReply {
        configured: true,
        plan: Some(PlanName { name: plan, price_id: price }),
        status: it.map(|it| it.status.as_str().to_owned()),
        quantity: it.filter(|it| it.status.is_live()).map(|it| it.quantity),
        seats,
        period_end: it.and_then(|it| it.period_end),
        cancels_at: it.and_then(|it| it.cancels_at),
        grace_until: it.and_then(billing::Subscription::grace_until),
        prices: services.billing.offers().await?.into_iter().map(price_of).collect(),
        problems: problems.into_iter().map(told).collect(),
    })
}

fn price_of(offer: billing::Offer) -> wire::Price {
    let (interval, interval_count) = offer.interval.unzip();
    wire::Price {
        price_id: offer.price,
        plan: offer.name,
        per_seat: offer.is_per_seat,
        seats: offer.seats,
        amount: offer.amount,
        currency: offer.currency,
        interval,
        interval_count,
    }
}

fn told(problem: Problem) -> wire::Problem {
    wire::Problem { code: problem.code().to_owned(), message: problem.sentence() }
}

/// What to buy.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct BeginCheckout {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
    /// One of the prices of `GET /api/billing`.
    #[schema(min_length = 1)]
    pub price_id: String,
    /// How many seats; a flat plan has its own number.
    #[schema(minimum = 1, maximum = 10_000)]
    pub seats: i64,
}

/// Begins to buy a plan: a page of Stripe's on which it is paid for.
///
/// Takes the permission `billing.manage`. Asked for again within a quarter of an hour it is the same page; another purchase
/// ends the one before. Seats are had as soon as Stripe has the money.
#[utoipa::path(
    post, path = "/billing/checkout", tag = "Billing",
    request_body = BeginCheckout,
    responses((status = 200, description = "Where to send the person who pays.", body = UrlReply)),
    extensions(("x-codes" = json!([Code::AlreadySubscribed, Code::BillingNotConfigured, Code::StripeUnavailable, Code::StripeRefused]))),
)]
async fn begin_checkout(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<UrlReply>, Fault> {
    let price = call.params().required_text("priceId")?.to_owned();
    let seats = required_seats(&call)?;
    let caller = call.authorise(Permission::BillingManage).await?;
    let url = services.buy_plan(&caller, call.actor(), &price, seats).await?;
    Ok(Json(UrlReply { url }))
}

/// How many seats to have.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ChangeSeats {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
    /// How many seats.
    #[schema(minimum = 1, maximum = 10_000)]
    pub seats: i64,
    /// Only say what it would cost.
    pub preview: Option<bool>,
    /// The moment that a preview reckoned with, at most an hour ago: what is charged is what it showed.
    pub proration_date: Option<UnixMs>,
}

/// Changes the number of seats, or says what that would cost.
///
/// Takes the permission `billing.manage`. More are paid for at once and had when they are; of fewer the rest is set off
/// against the next invoice, and nobody is removed.
#[utoipa::path(
    post, path = "/billing/seats", tag = "Billing",
    request_body = ChangeSeats,
    responses((status = 200, description = "What it costs; it is done unless `preview` was asked for.", body = PreviewReply)),
    extensions(("x-codes" = json!([Code::NotSubscribed, Code::PaymentFailed, Code::BillingNotConfigured, Code::StripeUnavailable, Code::StripeRefused]))),
)]
async fn change_seats(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<PreviewReply>, Fault> {
    let seats = required_seats(&call)?;
    let is_preview = call.params().flag("preview")?.unwrap_or_default();
    let at = call.params().moment("prorationDate")?;
    let caller = call.authorise(Permission::BillingManage).await?;
    let change = SeatChange { organization: caller.organization_id(), seats, at };
    let preview = if is_preview {
        services.preview_seats(change).await?
    } else {
        services.change_seats(call.actor(), change).await?
    };
    Ok(Json(PreviewReply {
        seats: preview.seats,
        due_now: preview.due_now,
        then: preview.then,
        currency: preview.currency,
        period_end: preview.period_end,
        proration_date: preview.at,
    }))
}

fn required_seats(call: &WorkspaceCall) -> Result<i64, Fault> {
    let seats = call.params().integer("seats")?.ok_or_else(|| Fault::required("seats"))?;
    if (1..=MOST_SEATS).contains(&seats) {
        Ok(seats)
    } else {
        Err(Fault::invalid("seats", format!("seats must be between 1 and {MOST_SEATS}.")))
    }
}

/// Opens Stripe's page for invoices, cards and addresses.
///
/// Takes the permission `billing.manage`. The address is for the person who asked, and for a short while.
#[utoipa::path(
    post, path = "/billing/portal", tag = "Billing",
    request_body = InWorkspace,
    responses((status = 200, description = "Where to send the person.", body = UrlReply)),
    extensions(("x-codes" = json!([Code::NotSubscribed, Code::BillingNotConfigured, Code::StripeUnavailable, Code::StripeRefused]))),
)]
async fn open_portal(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<UrlReply>, Fault> {
    let caller = call.authorise(Permission::BillingManage).await?;
    Ok(Json(UrlReply { url: services.open_portal(&caller).await? }))
}

/// Lets the plan end with the period that is paid for.
///
/// Takes the permission `billing.manage`. Until then everything stays, and it can be resumed.
#[utoipa::path(
    post, path = "/billing/cancel", tag = "Billing",
    request_body = InWorkspace,
    responses((status = 200, description = "How the plan stands now.", body = BillingReply)),
    extensions(("x-codes" = json!([Code::NotSubscribed, Code::BillingNotConfigured, Code::StripeUnavailable, Code::StripeRefused]))),
)]
async fn cancel_plan(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<BillingReply>, Fault> {
    set_ending(&services, call, true).await
}

/// Lets a cancelled plan go on after all.
///
/// Takes the permission `billing.manage`.
#[utoipa::path(
    post, path = "/billing/resume", tag = "Billing",
    request_body = InWorkspace,
    responses((status = 200, description = "How the plan stands now.", body = BillingReply)),
    extensions(("x-codes" = json!([Code::NotSubscribed, Code::BillingNotConfigured, Code::StripeUnavailable, Code::StripeRefused]))),
)]
async fn resume_plan(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<BillingReply>, Fault> {
    set_ending(&services, call, false).await
}

async fn set_ending(
    services: &Services,
    call: WorkspaceCall,
    is_ending: bool,
) -> Result<Json<BillingReply>, Fault> {
    let caller = call.authorise(Permission::BillingManage).await?;
    let organization = caller.organization_id();
    services.set_plan_ending(call.actor(), organization, is_ending).await?;
    Ok(Json(standing(services, organization).await?))
}
