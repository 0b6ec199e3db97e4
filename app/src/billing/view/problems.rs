//! What is not as it should be, each with the way to mend it.

use ::billing::Problem;
use leptos::prelude::*;

use super::{reach::Reach, words::day};
use crate::{format, ui::button::Weight};

/// All of them, the most urgent first.
#[component]
pub(super) fn Problems(
    problems: Vec<Problem>,
    invoice_url: Option<String>,
    reach: Reach,
) -> impl IntoView {
    let shown = problems.into_iter().map(|problem| {
        let is_urgent =
            matches!(problem, Problem::PastDue(_) | Problem::GraceOver | Problem::Unpaid);
        let class = if is_urgent { "notice bad" } else { "notice warn" };
        let pay = invoice_url.clone().zip(pay_label(problem)).map(|(href, label)| {
            view! { <a class="btn" href=href>{label}</a> }
        });
        let portal = portal_label(problem).and_then(|label| reach.portal(Weight::Plain, label));
        let doors = (pay.is_some() || portal.is_some())
            .then(|| view! { <div class="acts">{pay}{portal}</div> });
        view! {
            <div class=class role="status">
                <span class="sign" aria-hidden="true">"!"</span>
                <div><p><strong>{title_of(problem)}</strong>" "{fix_of(problem)}</p>{doors}</div>
            </div>
        }
    });
    shown.collect_view()
}

/// What paying its invoice is called; none where that mends nothing.
const fn pay_label(problem: Problem) -> Option<&'static str> {
    match problem {
        Problem::Incomplete => Some("Finish the payment"),
        Problem::PastDue(_) | Problem::GraceOver | Problem::Unpaid | Problem::UpdatePending => {
            Some("Pay the open invoice")
        }
        Problem::Paused | Problem::SeveralSubscriptions(_) | Problem::UnknownPrice => None,
    }
}

/// What Stripe's own page is opened for; none where it mends nothing.
const fn portal_label(problem: Problem) -> Option<&'static str> {
    match problem {
        Problem::PastDue(_) | Problem::GraceOver | Problem::Unpaid | Problem::UpdatePending => {
            Some("Choose another card")
        }
        Problem::SeveralSubscriptions(_) => Some("See them at Stripe"),
        Problem::UnknownPrice => Some("Change the plan at Stripe"),
        Problem::Incomplete | Problem::Paused => None,
    }
}

fn title_of(problem: Problem) -> String {
    match problem {
        Problem::PastDue(_) => "The last payment failed.".to_owned(),
        Problem::GraceOver => "A payment has failed for too long.".to_owned(),
        Problem::Incomplete => "The first payment is not through.".to_owned(),
        Problem::Unpaid => "Stripe has given up collecting.".to_owned(),
        Problem::Paused => "The plan is stopped at Stripe.".to_owned(),
        Problem::UpdatePending => "More seats wait for their payment.".to_owned(),
        Problem::SeveralSubscriptions(others) => format!(
            "Stripe has {} beside this one, and may charge for each.",
            format::count(others, "subscription")
        ),
        Problem::UnknownPrice => "This price is not sold here any more.".to_owned(),
    }
}

fn fix_of(problem: Problem) -> String {
    match problem {
        Problem::PastDue(until) => format!(
            "Stripe goes on trying, and the seats stay until {} at the latest. Choose another card before.",
            day(until)
        ),
        Problem::GraceOver => {
            "The seats of the free plan count now. Nobody was removed; pay to have the others again.".to_owned()
        }
        Problem::Incomplete => {
            "The seats are had once it is. Stripe waits 23 hours for it; then the order ends by itself.".to_owned()
        }
        Problem::Unpaid => "Pay the open invoice to have the plan again.".to_owned(),
        Problem::Paused => "Whoever runs this instance can tell why.".to_owned(),
        Problem::UpdatePending => {
            "They are added as soon as it is through, or not at all after 23 hours.".to_owned()
        }
        Problem::SeveralSubscriptions(_) => {
            "They were not bought on this page. Cancel those that are too many at Stripe.".to_owned()
        }
        Problem::UnknownPrice => {
            "It goes on as it is. For another number of seats, change to a plan that is sold.".to_owned()
        }
    }
}
