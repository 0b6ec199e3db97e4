//! How a workspace comes to more seats.

use ::billing::{Status, Subscription};
use model::Permission;
use web::{Fault, Services};
use workspaces::Caller;

/// The way to more seats, for whoever looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoreSeats {
    /// They can see to it themselves, at this address; none: on the page they look at.
    Yours(Way, Option<String>),
    /// Others of the workspace can buy them.
    AskBuyer,
    /// Nothing is sold here; whoever runs the instance gives them.
    AskInstance,
}

/// What leads to more seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// They are bought one by one.
    AddSeats,
    /// The plan has a number of its own, or is sold no more.
    ChangePlan,
    /// The plan grants none now, or is not paid.
    MendPlan,
}

impl Way {
    /// That of a workspace with this plan, which is per seat or not; without one: of what is sold.
    #[must_use]
    pub fn of(live: Option<&Subscription>, is_per_seat: bool) -> Self {
        match live.map(|it| it.status) {
            None | Some(Status::Active | Status::Trialing) if is_per_seat => Self::AddSeats,
            None | Some(Status::Active | Status::Trialing) => Self::ChangePlan,
            Some(_) => Self::MendPlan,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::AddSeats => "add seats",
            Self::ChangePlan => "change the plan",
            Self::MendPlan => "see to the plan",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::AddSeats => "Add seats",
            Self::ChangePlan => "Change the plan",
            Self::MendPlan => "See to the plan",
        }
    }
}

impl MoreSeats {
    /// That of one member.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn of(services: &Services, caller: &Caller) -> Result<Self, Fault> {
        let Some(plans) = services.billing.plans() else { return Ok(Self::AskInstance) };
        if caller.require(Permission::BillingManage).is_err() {
            return Ok(Self::AskBuyer);
        }
        let standing = services.billing.standing(caller.organization_id()).await?;
        let live = standing.subscription.filter(|it| it.status.is_live());
        let is_per_seat = match &live {
            Some(it) => plans.of_price(&it.price).is_some_and(|plan| plan.per_seat),
            None => plans.paid().iter().any(|plan| plan.per_seat),
        };
        let page = format!("/{}/billing", caller.membership.organization.slug);
        Ok(Self::Yours(Way::of(live.as_ref(), is_per_seat), Some(page)))
    }

    /// What to do, to end a sentence with.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Yours(way, _) => way.words(),
            Self::AskBuyer => "ask whoever manages billing for more seats",
            Self::AskInstance => "ask whoever runs this instance for more seats",
        }
    }

    /// Where the viewer can do it, and what that is called.
    #[must_use]
    pub fn door(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Yours(way, Some(href)) => Some((way.label(), href.clone())),
            Self::Yours(_, None) | Self::AskBuyer | Self::AskInstance => None,
        }
    }
}
