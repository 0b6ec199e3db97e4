//! What the viewer can do about the plan, and the buttons for it.

use leptos::prelude::*;

use super::super::{Act, BillingPage};
use crate::ui::button::{LinkButton, Submit, Weight};

/// What the viewer can do, and where.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    slug: String,
    pub can_manage: bool,
    /// Where people are invited, when they may see that.
    pub team: Option<String>,
    pub is_instance_owner: bool,
    /// Whether Stripe knows the workspace; before, there is nothing to be asked for.
    has_customer: bool,
}

impl Reach {
    pub(super) fn of(page: &BillingPage) -> Self {
        Self {
            slug: page.slug.clone(),
            can_manage: page.can_manage,
            team: page.can_read_team.then(|| format!("/{}/access/team", page.slug)),
            is_instance_owner: page.is_instance_owner,
            has_customer: page.shop.as_ref().is_some_and(|shop| shop.standing.has_customer),
        }
    }

    /// The page itself.
    pub(super) fn here(&self) -> String {
        format!("/{}/billing", self.slug)
    }

    /// Where one of its forms goes.
    pub(super) fn form(&self, act: &str) -> String {
        format!("/{}/billing/{act}", self.slug)
    }

    /// The way to Stripe's own page for invoices, cards and plans.
    pub(super) fn portal(&self, weight: Weight, label: &'static str) -> Option<AnyView> {
        let action = (self.can_manage && self.has_customer).then(|| self.form("portal"))?;
        Some(view! { <form method="post" action=action><Submit weight label/></form> }.into_any())
    }

    /// The door that a sentence leads to.
    pub(super) fn act(&self, act: Act) -> Option<AnyView> {
        match act {
            Act::Portal => self.portal(Weight::Plain, "Open Stripe's page"),
            Act::AskStripe => self.has_customer.then(|| {
                view! {
                    <form method="post" action=self.form("refresh")>
                        <Submit weight=Weight::Plain label="Ask again"/>
                    </form>
                }
                .into_any()
            }),
            Act::Team => self.team.clone().map(|href| {
                view! { <LinkButton weight=Weight::Plain href label="Go to Team"/> }.into_any()
            }),
        }
    }
}
