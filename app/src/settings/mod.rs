//! A workspace's own settings: its name and address, who owns it, and the ways out of it.

mod routes;
mod view;

pub(crate) use routes::routes;
pub(crate) use view::LeaveCard;
pub use view::page;

use model::wire::{team::Member, workspaces::Organization};

use crate::ui::{form::Form, notice::Notice};

/// What `/{workspace}/settings` shows.
#[derive(Debug, Clone)]
pub struct SettingsPage {
    /// The workspace, as the viewer belongs to it.
    pub organization: Organization,
    /// Whether the viewer may give it another name.
    pub can_manage: bool,
    /// Whether the viewer is one of its owners.
    pub is_owner: bool,
    /// Whether the viewer can leave.
    pub leave: WayOut,
    /// What the owners are called; empty when the viewer may not see who belongs to the workspace.
    pub owners: Vec<String>,
    /// Whom an owner may offer it to; empty for everyone else.
    pub heirs: Vec<Member>,
    /// The offer that waits, for those who may do something about it.
    pub offer: Option<PendingOffer>,
    /// What just happened, after a change.
    pub notice: Option<Notice>,
    /// The form that was refused, when this page answers one.
    pub refused: Option<(SettingsForm, Form)>,
}

/// Whether a member can leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOut {
    /// They can.
    Open,
    /// They are the last owner: someone else has to become one first.
    LastOwner,
    /// They are the last owner, and there is nobody else.
    Alone,
}

impl WayOut {
    /// That of one of `owners`, beside `others` who are none.
    #[must_use]
    pub const fn of_owner(owners: usize, others: usize) -> Self {
        match (owners, others) {
            (2.., _) => Self::Open,
            (_, 0) => Self::Alone,
            _ => Self::LastOwner,
        }
    }
}

/// An offer of ownership that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingOffer {
    /// The address of the owner who gives.
    pub from: String,
    /// The address of the member who may take.
    pub to: String,
    /// Until when, as RFC 3339.
    pub expires_at: String,
    /// Whether it is made to the viewer.
    pub is_yours: bool,
}

/// A form of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsForm {
    /// Name and address.
    Name,
    /// Offers, and what becomes of them.
    Ownership,
    /// Leaving.
    Leave,
    /// Deleting.
    Delete,
}
