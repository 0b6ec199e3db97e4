//! The plan's page and its forms.

mod refusal;
mod render;

use ::billing::{Preview, SeatChange, Status};
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use model::{Code, Permission, UnixMs};
use serde::Deserialize;
use web::{Fault, Services, pages::Member as Viewer};

use super::BillingForm;
use crate::{posted::Posted, serving::html, ui::form::Form};
use render::{Answer, open_to_stripe, refuse, render};

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

async fn show(
    State(services): State<Services>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::BillingRead)?;
    if let Some(session) = wanted.checkout {
        return Ok(returned(&services, &viewer, session).await);
    }
    let mut answer = Answer { done: wanted.done, ..Answer::default() };
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
        Ok(found) => come_of(found.map(|it| it.status)),
        Err(fault) if fault.code == Code::BillingNotConfigured => None,
        // The worker hears of it, too.
        Err(_) => Some("soon"),
    };
    back(viewer, word)
}

/// The word for what came of a purchase.
const fn come_of(status: Option<Status>) -> Option<&'static str> {
    match status {
        Some(Status::Active | Status::Trialing) => Some("bought"),
        Some(Status::Incomplete) => Some("incomplete"),
        None | Some(Status::IncompleteExpired) => Some("unpaid"),
        // It was bought once, and an old address is opened again; the page itself says how it stands.
        Some(Status::PastDue | Status::Unpaid | Status::Paused | Status::Canceled) => None,
    }
}

async fn buy(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::BillingManage)?;
    let price = posted.text("priceId").to_owned();
    let plan = services.billing.plans().and_then(|plans| plans.of_price(&price));
    // A flat plan has a number of its own, whatever stands in the field.
    let seats = match plan {
        Some(plan) if !plan.per_seat => Ok(plan.grants(1)),
        _ => wanted_seats(&viewer, posted.text("quantity")).map(|change| change.seats),
    };
    let bought = match seats {
        Ok(seats) => services.buy_plan(&viewer.caller, viewer.actor(), &price, seats).await,
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
        Ok(_) => Ok(back(&viewer, Some("changed"))),
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
    let word = |status: Status| match (is_ending, status.is_live()) {
        (false, _) => "resumed",
        (true, true) => "cancelled",
        // What was never paid ends at once.
        (true, false) => "given-up",
    };
    answer(services, viewer, done.map(|it| back(viewer, Some(word(it.status))))).await
}

async fn portal(State(services): State<Services>, viewer: Viewer) -> Result<Response, Fault> {
    viewer.caller.require(Permission::BillingManage)?;
    let opened = services.open_portal(&viewer.caller).await;
    answer(&services, &viewer, opened.map(|url| Redirect::to(&url).into_response())).await
}

async fn refresh(State(services): State<Services>, viewer: Viewer) -> Result<Response, Fault> {
    viewer.caller.require(Permission::BillingRead)?;
    let done = services.sync_plan(viewer.caller.organization_id()).await;
    answer(&services, &viewer, done.map(|_| back(&viewer, Some("refreshed")))).await
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

fn back(viewer: &Viewer, done: Option<&str>) -> Response {
    let slug = &viewer.caller.membership.organization.slug;
    let done = done.map_or_else(String::new, |done| format!("?done={done}"));
    Redirect::to(&format!("/{slug}/billing{done}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_that_nothing_was_bought_who_has_bought_something() {
        assert_eq!(come_of(None), Some("unpaid"));
        assert_eq!(come_of(Some(Status::IncompleteExpired)), Some("unpaid"));
        assert_eq!(come_of(Some(Status::Incomplete)), Some("incomplete"));
        assert_eq!(come_of(Some(Status::Active)), Some("bought"));
        for status in [Status::PastDue, Status::Unpaid, Status::Paused, Status::Canceled] {
            assert_eq!(come_of(Some(status)), None, "{status:?}");
        }
    }
}
