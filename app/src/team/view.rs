//! The team's pages.

mod invite;
mod member;
mod members;
mod seats;

use leptos::prelude::*;

use super::TeamPage;
use crate::{
    chrome::{self, Chrome, Place},
    ui::notice::NoticeBar,
};
use invite::{InvitationList, InviteCard, LinkCard};
pub use member::page as member_page;
use members::MemberList;
pub(crate) use seats::SeatsCard;

/// `/{workspace}/access/team`.
#[must_use]
pub fn team_page(chrome: &Chrome, page: TeamPage) -> String {
    let workspace = chrome.slug();
    chrome::page(chrome, Place::Team, "Team", move || {
        let TeamPage { now, members, invitations, seats, roles, query, is_cards, .. } = page;
        let (can_invite, sends_mail, form) = (page.can_invite, page.sends_mail, page.form);
        let access = format!("/{workspace}/access");
        let link = page.sent.map(|sent| view! { <LinkCard sent/> });
        let invitations = (!invitations.is_empty()).then(|| {
            view! { <InvitationList invitations now access=access.clone() can_invite sends_mail/> }
        });
        let invite = can_invite.then(|| {
            view! { <InviteCard form roles access=access.clone() sends_mail/> }
        });
        view! {
            <div class="head"><h1>"Team"</h1></div>
            <NoticeBar notice=page.notice/>
            {link}
            <div class="columns">
                <div class="column">
                    <MemberList members now query is_cards access=access.clone()/>
                    {invitations}
                </div>
                <div class="column">
                    <SeatsCard seats more=page.more_seats/>
                    {invite}
                </div>
            </div>
        }
    })
}
