//! How a workspace comes to more seats.

use model::Permission;
use web::Services;
use workspaces::Caller;

/// The way to more seats, for whoever looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoreSeats {
    /// They can buy them, at this address.
    Buy(String),
    /// They can buy them on the page they look at.
    Here,
    /// Others of the workspace can buy them.
    AskBuyer,
    /// Nothing is sold here; whoever runs the instance gives them.
    AskInstance,
}

impl MoreSeats {
    /// That of one member.
    #[must_use]
    pub fn of(services: &Services, caller: &Caller) -> Self {
        if !services.billing.is_configured() {
            return Self::AskInstance;
        }
        match caller.require(Permission::BillingManage) {
            Ok(()) => Self::Buy(format!("/{}/billing", caller.membership.organization.slug)),
            Err(_) => Self::AskBuyer,
        }
    }

    /// What to do, to end a sentence with.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Buy(_) | Self::Here => "add seats",
            Self::AskBuyer => "ask whoever manages billing for more seats",
            Self::AskInstance => "ask whoever runs this instance for more seats",
        }
    }

    /// Where the viewer can do it, and what that is called.
    #[must_use]
    pub fn door(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Buy(href) => Some(("Add seats", href.clone())),
            Self::Here | Self::AskBuyer | Self::AskInstance => None,
        }
    }
}
