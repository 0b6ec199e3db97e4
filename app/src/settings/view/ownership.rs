//! Who owns the workspace, and how it changes hands.

use leptos::prelude::*;
use model::wire::team::Member;

use super::super::{PendingOffer, SettingsPage};
use crate::{
    format,
    ui::{
        button::{Submit, Weight},
        field::Select,
        form::Form,
    },
};

/// For whom the workspace is offered to.
#[component]
pub(super) fn OfferedCard(offer: PendingOffer, path: String) -> impl IntoView {
    let until = format::to_the_minute(&offer.expires_at);
    view! {
        <section class="card sent" id="ownership" aria-labelledby="ownership-title">
            <h2 id="ownership-title">{offer.from.clone()}" offers you this workspace"</h2>
            <p>
                "If you accept, you own it: you may do everything here, hand it over and delete it. "
                {offer.from}" becomes an admin. The offer stands until "{until}"."
            </p>
            <div class="acts">
                <form method="post" action=format!("{path}/ownership/accept")>
                    <Submit weight=Weight::Primary label="Accept"/>
                </form>
                <form method="post" action=format!("{path}/ownership/decline")>
                    <Submit weight=Weight::Plain label="Decline"/>
                </form>
            </div>
        </section>
    }
}

/// For everyone else: who owns it, and for owners the way to hand it over.
#[component]
pub(super) fn OwnershipCard(
    page: SettingsPage,
    form: Form,
    path: String,
    can_read_team: bool,
) -> impl IntoView {
    let SettingsPage { organization, is_owner, owners, heirs, offer, .. } = page;
    let team = can_read_team.then(|| format!("/{}/access/team", organization.slug));
    let content = match (is_owner, offer) {
        (true, Some(offer)) => view! { <Waiting offer path/> }.into_any(),
        (true, None) if heirs.is_empty() => view! { <NoHeir team/> }.into_any(),
        (true, None) => view! { <Offer heirs form path/> }.into_any(),
        (false, _) => view! {
            <p class="dim">"Only an owner can hand this workspace over or delete it."</p>
        }
        .into_any(),
    };
    let owned = (!owners.is_empty()).then(|| {
        view! { <p>"Owned by "<b>{owners.join(", ")}</b>"."</p> }
    });
    view! {
        <section class="card" id="ownership" aria-labelledby="ownership-title">
            <h2 id="ownership-title">"Ownership"</h2>
            {owned}
            {content}
        </section>
    }
}

#[component]
fn Waiting(offer: PendingOffer, path: String) -> impl IntoView {
    let until = format::to_the_minute(&offer.expires_at);
    view! {
        <p>
            "Offered to "<b>{offer.to}</b>" by "{offer.from}". Nothing changes until they accept; "
            "the offer ends by itself at "{until}"."
        </p>
        <form method="post" action=format!("{path}/ownership/withdraw")>
            <Submit weight=Weight::Plain label="Take back"/>
        </form>
    }
}

#[component]
fn NoHeir(team: Option<String>) -> impl IntoView {
    let link = team.map(|href| view! { " "<a href=href>"Invite someone"</a> });
    view! {
        <p class="dim">
            "You can offer this workspace to another member, and there is none who is not an owner."{link}
        </p>
    }
}

#[component]
fn Offer(heirs: Vec<Member>, form: Form, path: String) -> impl IntoView {
    let words = |member: &Member| match &member.name {
        Some(name) => format!("{name} ({}), {}", member.email, member.role_name),
        None => format!("{}, {}", member.email, member.role_name),
    };
    let choose = (String::new(), "Choose a member".to_owned());
    let heirs = heirs.iter().map(|member| (member.id.to_string(), words(member)));
    let options = std::iter::once(choose).chain(heirs).collect();
    view! {
        <p>
            "Offer this workspace to a member. They have seven days to accept; when they do, they own it and you "
            "become an admin: then only they can hand it over or delete it. Until then nothing changes, and you can "
            "take the offer back."
        </p>
        <form class="form" method="post" action=format!("{path}/ownership/offer")>
            <Select name="memberId" label="Member" value="" options required=true form/>
            <Submit weight=Weight::Plain label="Offer ownership"/>
        </form>
    }
}
