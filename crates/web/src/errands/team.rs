//! Inviting people, and offering them a workspace.

use ::accounts::{Email, letters};
use audit::Actor;
use model::{
    ids::{InvitationId, MemberId, RoleId},
    wire::team::{BulkOutcome, BulkResult},
};
use workspaces::{
    Caller, Invitation, Invited, Offer, Offered, Wish, WishFault, WishOutcome, Wished,
};

use crate::{Fault, Services, fault::SeatsLeft};

/// An invitation on its way.
#[derive(Debug)]
pub struct Sent {
    /// The invitation.
    pub invitation: Invitation,
    /// The link, for whoever invites to hand on; none where mail is sent: only who reads the mail is to have it.
    pub link: Option<String>,
    /// Whether a mail with the link is under way. Without a link either, too many mails were: it is to be sent again.
    pub is_mailed: bool,
    /// Whether it is new.
    pub is_new: bool,
}

impl Services {
    /// Invites someone.
    pub async fn invite(
        &self,
        caller: &Caller,
        actor: Actor,
        email: &Email,
        role: RoleId,
    ) -> Result<Sent, Fault> {
        let invited = self.workspaces.invite(actor, caller.organization_id(), email, role).await;
        invited.map(|one| self.send_invitation(one)).map_err(|no| self.team_fault(caller, no))
    }

    /// Sends an invitation again.
    pub async fn resend(
        &self,
        caller: &Caller,
        actor: Actor,
        id: InvitationId,
    ) -> Result<Sent, Fault> {
        let invited = self.workspaces.resend_invitation(actor, caller.organization_id(), id).await;
        invited.map(|one| self.send_invitation(one)).map_err(|no| self.team_fault(caller, no))
    }

    /// Invites everyone on a list, or only tells what would come of it.
    pub async fn invite_many(
        &self,
        caller: &Caller,
        actor: Actor,
        wishes: Vec<Wish>,
        is_trial: bool,
    ) -> Result<Vec<BulkResult>, Fault> {
        let organization = caller.organization_id();
        let all = self.workspaces.invite_many(actor, organization, wishes, is_trial).await?;
        Ok(all.into_iter().map(|wished| self.tell(wished, is_trial)).collect())
    }

    /// Offers the workspace to a member.
    pub async fn offer_ownership(
        &self,
        caller: &Caller,
        actor: Actor,
        to: MemberId,
    ) -> Result<Offer, Fault> {
        let offered = self.workspaces.offer_ownership(actor, caller.organization_id(), to).await?;
        let Offered { offer, is_new } = offered;
        if !is_new {
            return Ok(offer);
        }
        let base = &self.instance.base_url;
        let workspace = &caller.membership.organization;
        let link = format!("{base}/{}/settings#ownership", workspace.slug);
        let by = caller.user.name.as_deref().unwrap_or(caller.user.email.as_str());
        if let Ok(email) = Email::parse(&offer.to_email) {
            self.mailer.send(letters::ownership_offered(email, base, &workspace.name, by, &link));
        }
        Ok(offer)
    }

    /// What a change of the team that did not happen is told as: a refused seat with the way to more.
    #[must_use]
    pub fn team_fault(&self, caller: &Caller, error: workspaces::Error) -> Fault {
        let seats = match error {
            workspaces::Error::SeatLimitReached { used, limit } => {
                let slug = &caller.membership.organization.slug;
                // Where nothing is sold, Team says how room is made.
                let place =
                    if self.billing.is_configured() { "billing" } else { "access/team#seats" };
                let upgrade_url = format!("{}/{slug}/{place}", self.instance.base_url);
                Some(Box::new(SeatsLeft { used, limit, upgrade_url }))
            }
            _ => None,
        };
        Fault { seats, ..error.into() }
    }

    fn send_invitation(&self, invited: Invited) -> Sent {
        let Invited { invitation, secret, is_new } = invited;
        let link = self.instance.invitation_link(&secret);
        if !self.mailer.is_configured() {
            return Sent { invitation, link: Some(link), is_mailed: false, is_new };
        }
        let is_mailed = Email::parse(&invitation.email).is_ok_and(|email| {
            let letter = letters::Invitation {
                workspace: &invitation.organization_name,
                inviter: invitation.inviter_name.as_deref().unwrap_or(&invitation.inviter_email),
                role: &invitation.role_name,
                link: &link,
                expires_at: invitation.expires_at,
            };
            self.mailer.send(letters::invitation(email, &self.instance.base_url, letter))
        });
        Sent { invitation, link: None, is_mailed, is_new }
    }

    /// One entry of a list, told; sent as well, unless it is a trial.
    fn tell(&self, Wished { typed, outcome }: Wished, is_trial: bool) -> BulkResult {
        let told = |outcome| BulkResult {
            typed: typed.clone(),
            email: None,
            outcome,
            role_name: None,
            link: None,
        };
        let (invited, outcome) = match outcome {
            WishOutcome::Invited(invited) => (invited, BulkOutcome::Invited),
            WishOutcome::SentAgain(invited) => (invited, BulkOutcome::SentAgain),
            WishOutcome::AlreadyMember => return told(BulkOutcome::AlreadyMember),
            WishOutcome::NoSeat => return told(BulkOutcome::NoSeat),
            WishOutcome::TooMany => return told(BulkOutcome::TooMany),
            WishOutcome::TooManyMails => return told(BulkOutcome::TooManyMails),
            WishOutcome::NotAllowed => return told(BulkOutcome::NotAllowed),
            WishOutcome::Fault(WishFault::NotAnEmail) => return told(BulkOutcome::NotAnEmail),
            WishOutcome::Fault(WishFault::Twice) => return told(BulkOutcome::Twice),
            WishOutcome::Fault(WishFault::RoleNotFound) => return told(BulkOutcome::RoleNotFound),
        };
        let role_name = Some(invited.invitation.role_name.clone());
        let email = Some(invited.invitation.email.clone());
        if is_trial {
            return BulkResult { email, role_name, ..told(outcome) };
        }
        let Sent { link, is_mailed, .. } = self.send_invitation(*invited);
        let outcome = if is_mailed || link.is_some() { outcome } else { BulkOutcome::NotMailed };
        BulkResult { email, role_name, link, ..told(outcome) }
    }
}
