//! A workspace's plan: what it has, what that costs, and how to have more or less of it.

mod routes;
mod view;

pub(crate) use routes::routes;
pub(crate) use view::EventList;
pub use view::page;

use ::billing::{Charge, Offer, Preview, Standing};
use model::{UnixMs, wire::team::Seats};

use crate::ui::{form::Form, notice::Notice};

/// What Stripe has to tell this instance of, as its dashboard names it. The same list stands in OPERATIONS.
pub const EVENTS: [&str; 14] = [
    "checkout.session.completed",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.marked_uncollectible",
    "invoice.voided",
];

/// What `/{workspace}/billing` shows.
#[derive(Debug, Clone)]
pub struct BillingPage {
    /// The workspace's place in addresses.
    pub slug: String,
    /// What the plan is there for.
    pub seats: Seats,
    /// Whether the viewer may change anything.
    pub can_manage: bool,
    /// Whether the viewer may see who has the seats.
    pub can_read_team: bool,
    /// Whether the viewer runs this instance.
    pub is_instance_owner: bool,
    /// Where Stripe is to send its messages.
    pub webhook_url: String,
    /// What is sold here; none: nothing is.
    pub shop: Option<Shop>,
    /// What just happened, after a change.
    pub said: Option<Said>,
    /// The form that was refused, when this page answers one.
    pub refused: Option<Refused>,
}

/// What is sold, and what this workspace has of it.
#[derive(Debug, Clone)]
pub struct Shop {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// What the workspace has.
    pub standing: Standing,
    /// What can be bought.
    pub offers: Vec<Offer>,
    /// What is charged next; an error: Stripe did not say.
    pub next: Result<Option<Charge>, Silent>,
    /// The newest invoices; an error: Stripe did not say.
    pub charges: Result<Vec<Charge>, Silent>,
    /// What another number of seats would cost, when that was asked for.
    pub preview: Option<Preview>,
}

/// Why Stripe did not say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silent {
    /// It did not answer in the time that a page has.
    Away,
    /// It answered that this instance may not ask so.
    Refused,
}

/// What just happened, and where that leads on to.
#[derive(Debug, Clone)]
pub struct Said {
    /// The sentence.
    pub notice: Notice,
    /// The door beside it.
    pub act: Option<Act>,
}

/// A form that was refused, with what was wrong with it.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Which it was.
    pub which: BillingForm,
    /// What was typed, and what was wrong.
    pub form: Form,
    /// What helps, beside what the form itself says.
    pub act: Option<Act>,
}

/// What a sentence of the page can lead to. Shown only to those who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Asking Stripe what the workspace has.
    AskStripe,
    /// Stripe's page for invoices, cards and plans.
    Portal,
    /// The page where people are invited.
    Team,
}

/// A form of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillingForm {
    /// Buying a plan.
    Buy,
    /// Another number of seats.
    Seats,
    /// Everything that has no fields.
    Plain,
}
