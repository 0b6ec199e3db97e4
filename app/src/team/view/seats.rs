//! How many people there are, how many there may be, and what to do when that is the same.

use leptos::prelude::*;
use model::wire::team::Seats;
use workspaces::INVITATION_LIFE_MS;

use super::super::MoreSeats;
use crate::{
    format,
    ui::button::{LinkButton, Weight},
};

#[component]
pub(crate) fn SeatsCard(seats: Seats, more: MoreSeats) -> impl IntoView {
    let Seats { used, limit, pending } = seats;
    let members = used - pending;
    let parts = match pending {
        0 => format::count(members, "member"),
        pending => format!("{}, {} invited", format::count(members, "member"), pending),
    };
    let (total, meter) = match limit {
        Some(limit) => {
            let meter = view! {
                <meter class="seats" min="0" max=limit value=used high=limit optimum="0"
                    aria-label=format!("{used} of {limit} seats used")></meter>
            };
            (format!("{used} of {limit}"), Some(meter))
        }
        None => (format!("{used} in use"), None),
    };
    view! {
        <section class="card" id="seats" aria-labelledby="seats-title">
            <h2 id="seats-title">"Seats"</h2>
            {meter}
            <p><b>{total}</b>" "<span class="dim">{parts}</span></p>
            <State used limit pending more=more.clone()/>
            <p class="hint">
                "An invitation holds its seat for "{format::days(INVITATION_LIFE_MS)}
                ". Accepting it changes nothing in the count."
            </p>
            {more.door().map(|(label, href)| view! { <p><LinkButton weight=Weight::Plain href label/></p> })}
        </section>
    }
}

#[component]
fn State(used: i64, limit: Option<i64>, pending: i64, more: MoreSeats) -> impl IntoView {
    let limit = limit?;
    let others = more.words();
    let ways = if pending > 0 {
        format!("Remove a member, revoke an open invitation, or {others}.")
    } else {
        format!("Remove a member, or {others}.")
    };
    let said = match used.cmp(&limit) {
        std::cmp::Ordering::Less => return None,
        std::cmp::Ordering::Equal => view! {
            <p><strong>"No seat left. "</strong>"The next invitation will be refused. "{ways}</p>
        }
        .into_any(),
        std::cmp::Ordering::Greater => view! {
            <p>
                <strong>"Over the limit. "</strong>
                "Nobody is removed, and nobody can be added until "{format::count(used - limit + 1, "seat")}
                " come free. "{ways}
            </p>
        }
        .into_any(),
    };
    Some(
        view! { <div class="notice warn"><span class="sign" aria-hidden="true">"!"</span>{said}</div> },
    )
}
