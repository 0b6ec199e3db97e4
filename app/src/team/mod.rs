//! Team: members, invitations, and the seats that both take.

mod more_seats;
mod routes;
mod view;

pub use more_seats::{MoreSeats, Way};
pub(crate) use routes::{givable, require_both, routes};
pub(crate) use view::SeatsCard;
pub use view::{member_page, team_page};

use model::{
    Permissions, UnixMs,
    wire::team::{Invitation, Member, Role, Seats},
};

use crate::{
    settings::WayOut,
    ui::{form::Form, notice::Notice},
};

/// What `/{workspace}/access/team` shows.
#[derive(Debug, Clone)]
pub struct TeamPage {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// Everyone, or those who match `query`.
    pub members: Vec<Member>,
    /// Those who are asked in.
    pub invitations: Vec<ListedInvitation>,
    /// What both take.
    pub seats: Seats,
    /// How there can be more of them.
    pub more_seats: MoreSeats,
    /// The roles that the viewer may give.
    pub roles: Vec<Role>,
    /// What was searched for; empty when nothing was.
    pub query: String,
    /// Whether members are shown as cards.
    pub is_cards: bool,
    /// Whether the viewer may invite.
    pub can_invite: bool,
    /// Whether an invitation goes out by mail, and not as a link to hand on.
    pub sends_mail: bool,
    /// The invitation form, as it was sent and refused.
    pub form: Form,
    /// The link of the invitation that was just sent.
    pub sent: Option<SentLink>,
    /// What just happened, after a change.
    pub notice: Option<Notice>,
}

/// One invitation of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// Whether the viewer may send it again and revoke it.
    pub can_act: bool,
}

/// An invitation that was just sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentLink {
    /// Whom it is for.
    pub email: String,
    /// The link, shown once; none where mail is sent.
    pub link: Option<String>,
    /// Whether a mail is under way.
    pub is_mailed: bool,
}

/// What `/{workspace}/access/team/{memberId}` shows.
#[derive(Debug, Clone)]
pub struct MemberPage {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// Who.
    pub member: Member,
    /// What their role alone permits.
    pub of_role: Permissions,
    /// For the viewer's own page: whether they can leave.
    pub leave: Option<WayOut>,
    /// Whether the viewer may see the others.
    pub can_read_team: bool,
    /// The roles that the viewer may give; empty when they may not change this member.
    pub roles: Vec<Role>,
    /// What the viewer may grant; empty when nothing.
    pub grantable: Permissions,
    /// Whether the viewer may remove them.
    pub can_remove: bool,
    /// The form, as it was sent and refused.
    pub form: Form,
    /// What just happened, after a change.
    pub notice: Option<Notice>,
}
