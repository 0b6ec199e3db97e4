//! What was wrong, in the words of somebody on the page. The API's readers have the catalogue's.

use model::Code;
use web::Fault;

use super::super::{Act, BillingForm, Refused};
use crate::ui::form::Form;

/// Who reads it.
pub(super) struct Reader {
    pub is_instance_owner: bool,
    /// By which the log knows this exchange.
    pub request_id: String,
}

/// The form with what was wrong; `None`: that needs a page of its own.
pub(super) fn told(
    fault: &Fault,
    (which, form): (BillingForm, Form),
    reader: &Reader,
) -> Option<Refused> {
    let (form, act) = match fault.code {
        Code::InvalidRequest => (invalid(fault, form), None),
        Code::AlreadySubscribed => (
            form.with_problem(
                "This workspace has a plan already.",
                "Nothing more was bought. Everything that can be changed about it stands below.",
            )
            .with_door("The plan", "#plan"),
            None,
        ),
        Code::NotSubscribed => (
            form.with_problem(
                "There is no plan that could be changed.",
                "It has ended, or none was bought yet.",
            )
            .with_door("Plans", "#offers"),
            None,
        ),
        Code::PaymentFailed => (
            form.with_problem(
                "The payment is not through, so nothing has changed yet.",
                "Pay the open invoice or choose another card. Stripe makes the change as soon as it is paid, for 23 hours.",
            ),
            Some(Act::Portal),
        ),
        Code::StripeUnavailable => (away(fault, form), Some(Act::AskStripe)),
        Code::StripeRefused => (refused(form, reader), None),
        Code::BillingNotConfigured => {
            let (fix, door) = if reader.is_instance_owner {
                ("You run it, and can set it up.", "How to set it up")
            } else {
                ("Whoever runs it can set it up.", "What that means")
            };
            let title = "Billing is not set up on this instance.";
            (form.with_problem(title, fix).with_door(door, "#off"), None)
        }
        _ => return None,
    };
    Some(Refused { which, form, act })
}

fn invalid(fault: &Fault, form: Form) -> Form {
    match fault.field.as_deref() {
        Some("seats") => form.with_error("quantity", &fault.sentence()),
        Some("prorationDate") => form.with_error(
            "quantity",
            "The price that was shown is too old. See once more what it costs.",
        ),
        Some("priceId") => {
            form.with_error("priceId", "This plan is not sold here any more. Choose another.")
        }
        _ => form.with_problem(&fault.sentence(), "Nothing was changed."),
    }
}

fn away(fault: &Fault, form: Form) -> Form {
    let told = fault.sentence();
    // Somebody else is at it, and Stripe is well.
    if told != fault.code.entry().message {
        return form.with_problem(&told, "Nothing was changed. Try again in a moment.");
    }
    form.with_problem(
        "Stripe does not answer at this moment.",
        "What you asked for may have been done all the same. Try again in a moment; asked for twice, it is done once.",
    )
    .with_door("Stripe's status", "https://status.stripe.com")
}

fn refused(form: Form, reader: &Reader) -> Form {
    let title = "Stripe refused what this instance asked of it.";
    let id = &reader.request_id;
    if reader.is_instance_owner {
        let fix = format!(
            "The key, a price or the customer portal is not as it must be. The log says which, beside {id}."
        );
        return form.with_problem(title, &fix).with_door("Stripe's messages", "/instance/stripe");
    }
    form.with_problem(title, &format!("Tell whoever runs it, with the id of this request: {id}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(code: Code) -> Refused {
        let reader = Reader { is_instance_owner: false, request_id: "req_1".to_owned() };
        told(&Fault::of(code), (BillingForm::Plain, Form::default()), &reader).unwrap()
    }

    #[test]
    fn every_refusal_of_billing_speaks_to_a_person_and_leads_on() {
        for code in [
            Code::AlreadySubscribed,
            Code::NotSubscribed,
            Code::PaymentFailed,
            Code::StripeUnavailable,
            Code::StripeRefused,
            Code::BillingNotConfigured,
        ] {
            let refused = at(code);
            let problem = refused.form.problem().cloned().unwrap();
            let words = format!("{} {}", problem.title, problem.fix);
            for word in ["Retry-After", "POST ", "billing page", "TINY_", "/api/"] {
                assert!(!words.contains(word), "{code:?} says {word}: {words}");
            }
            let leads_on = refused.act.is_some() || !problem.doors.is_empty();
            assert!(leads_on || words.contains("req_1"), "{code:?} is a dead end: {words}");
        }
    }

    #[test]
    fn whoever_runs_the_instance_is_led_to_stripes_messages() {
        let reader = Reader { is_instance_owner: true, request_id: "req_1".to_owned() };
        let form = (BillingForm::Plain, Form::default());
        let refused = told(&Fault::of(Code::StripeRefused), form, &reader).unwrap();
        assert_eq!(refused.form.problem().unwrap().doors[0].href, "/instance/stripe");
    }

    #[test]
    fn a_sentence_of_its_own_is_told_instead_of_a_silent_stripe() {
        let busy = Fault {
            message: Some("Another change of the plan is under way.".to_owned()),
            ..Fault::of(Code::StripeUnavailable)
        };
        let reader = Reader { is_instance_owner: false, request_id: String::new() };
        let refused = told(&busy, (BillingForm::Plain, Form::default()), &reader).unwrap();
        let problem = refused.form.problem().unwrap();
        assert_eq!(problem.title, "Another change of the plan is under way.");
        assert!(problem.doors.is_empty());
    }

    #[test]
    fn what_a_form_cannot_hold_is_told_at_the_field_that_people_see() {
        for (field, shown) in
            [("seats", "quantity"), ("prorationDate", "quantity"), ("priceId", "priceId")]
        {
            let fault = Fault::invalid(field, "GET /api/billing lists them.");
            let reader = Reader { is_instance_owner: false, request_id: String::new() };
            let refused = told(&fault, (BillingForm::Buy, Form::default()), &reader).unwrap();
            assert!(refused.form.error(shown).is_some(), "{field}");
        }
    }
}
