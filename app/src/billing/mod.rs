//! A workspace's plan: what it has, what that costs, and how to have more or less of it.

mod routes;
mod view;

pub(crate) use routes::routes;
pub use view::page;

use ::billing::{Charge, Offer, Preview, Standing};
use model::{UnixMs, wire::team::Seats};

use crate::ui::{form::Form, notice::Notice};

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
    pub notice: Option<Notice>,
    /// The form that was refused, when this page answers one.
    pub refused: Option<(BillingForm, Form)>,
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

/// Stripe did not answer in the time that a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silent;

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
