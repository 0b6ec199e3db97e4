//! Gathering what the page shows, and the page once more with what was wrong with one of its forms.

use ::billing::{Error, Preview, Status};
use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use futures_util::future::join3;
use model::{Permission, ids::OrganizationId};
use web::{Fault, Services, pages::Member as Viewer};

use super::{
    super::{Act, BillingForm, BillingPage, Refused, Said, Shop, Silent, page},
    refusal::{self, Reader},
};
use crate::{
    serving::{CONTENT_SECURITY_POLICY, member_chrome, refused},
    ui::{form::Form, notice::Notice},
};

/// What of the page is not as usual.
#[derive(Default)]
pub(super) struct Answer {
    /// What was just done, in the word of the page's own address.
    pub done: Option<String>,
    pub preview: Option<Preview>,
    pub refused: Option<Refused>,
}

pub(super) async fn render(
    services: &Services,
    viewer: &Viewer,
    answer: Answer,
) -> Result<String, Fault> {
    let caller = &viewer.caller;
    let organization = caller.organization_id();
    let Answer { done, preview, refused } = answer;
    let shop = if services.billing.is_configured() {
        Some(Shop { preview, ..shop(services, organization).await? })
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
        said: done.zip(shop.as_ref()).and_then(|(done, shop)| said_of(&done, shop)),
        shop,
        refused,
    };
    Ok(page(&member_chrome(services, viewer).await?, data))
}

async fn shop(services: &Services, organization: OrganizationId) -> Result<Shop, Fault> {
    let billing = &services.billing;
    let (offers, next, charges) =
        join3(billing.offers(), billing.next_charge(organization), billing.charges(organization))
            .await;
    let errors = [next.as_ref().err(), charges.as_ref().err()];
    let refusal = errors.into_iter().flatten().find(|error| matches!(error, Error::Refused(_)));
    if let Some(error) = refusal {
        tracing::warn!(%organization, cause = %error, "a billing page lacks what Stripe refuses to tell");
    }
    Ok(Shop {
        now: services.db.now(),
        standing: billing.standing(organization).await?,
        offers: offers?,
        next: heard(next)?,
        charges: heard(charges)?,
        preview: None,
    })
}

/// A page waits for nobody; only where our own side fails there is none.
fn heard<T>(answer: ::billing::Result<T>) -> Result<Result<T, Silent>, Fault> {
    match answer {
        Ok(told) => Ok(Ok(told)),
        Err(Error::Refused(_)) => Ok(Err(Silent::Refused)),
        Err(Error::Db(error)) => Err(error.into()),
        Err(_) => Ok(Err(Silent::Away)),
    }
}

/// The sentence for what was just done, where that still stands: people open old addresses again.
fn said_of(done: &str, shop: &Shop) -> Option<Said> {
    let status = shop.standing.subscription.as_ref().map(|it| it.status);
    let (notice, act) = match (done, status) {
        ("bought", Some(Status::Active)) => (
            Notice::good("Paid. The seats are yours; invite whom you were waiting to."),
            Some(Act::Team),
        ),
        ("bought", Some(Status::Trialing)) => (
            Notice::good(
                "The trial has begun. The seats are yours; invite whom you were waiting to.",
            ),
            Some(Act::Team),
        ),
        ("incomplete", Some(Status::Incomplete)) => (
            Notice::warn(
                "Stripe has your order, and the payment is not through yet. Finish it below.",
            ),
            None,
        ),
        ("unpaid", None | Some(Status::IncompleteExpired)) => (
            Notice::warn("Stripe has no payment yet. Nothing was bought so far."),
            Some(Act::AskStripe),
        ),
        ("soon", _) => (
            Notice::warn(
                "Stripe could not be asked at this moment, so what you bought may not show yet. Ask again in a moment.",
            ),
            Some(Act::AskStripe),
        ),
        ("changed", _) => (Notice::good("Seats changed."), None),
        ("cancelled", _) => (
            Notice::good(
                "Cancelled. The plan ends with its period, and until then it can be resumed.",
            ),
            None,
        ),
        ("given-up", _) => (Notice::good("Given up. Nothing was bought."), None),
        ("resumed", _) => (Notice::good("The plan goes on."), None),
        ("refreshed", _) => (Notice::good("This is what Stripe has at this moment."), None),
        _ => return None,
    };
    Some(Said { notice, act })
}

/// The page once more with what was wrong; what a person cannot mend is a page of its own.
pub(super) async fn refuse(
    services: &Services,
    viewer: &Viewer,
    form: (BillingForm, Form),
    fault: Fault,
) -> Result<Response, Fault> {
    let reader = Reader {
        is_instance_owner: viewer.caller.user.is_instance_owner,
        request_id: viewer.exchange.request.to_string(),
    };
    let Some(told) = refusal::told(&fault, form, &reader) else { return Err(fault) };
    let answer = Answer { refused: Some(told), ..Answer::default() };
    let page = render(services, viewer, answer).await?;
    Ok(open_to_stripe(services, refused(&fault, page)))
}

/// Browsers hold the redirect that answers a form against the page's policy, and Stripe's pages may have a domain of the
/// customer's own. Where Tiny itself is reached without https, as in a trial, so may they be.
pub(super) fn open_to_stripe(services: &Services, mut response: Response) -> Response {
    let more = if services.instance.is_https() { "https:" } else { "https: http:" };
    let policy = CONTENT_SECURITY_POLICY
        .replace("form-action 'self'", &format!("form-action 'self' {more}"));
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
    response
}
