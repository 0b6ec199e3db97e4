//! How many people there are, how many there may be, and what to do when that is the same.

use leptos::prelude::*;
use model::wire::team::Seats;
use workspaces::INVITATION_LIFE_MS;

use crate::format;

#[component]
pub(super) fn SeatsCard(seats: Seats) -> impl IntoView {
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
            <State used limit pending/>
            <p class="hint">
                "An invitation holds its seat for "{format::days(INVITATION_LIFE_MS)}
                ". Accepting it changes nothing in the count."
            </p>
        </section>
    }
}

#[component]
fn State(used: i64, limit: Option<i64>, pending: i64) -> impl IntoView {
    let limit = limit?;
    let ways = if pending > 0 {
        "Remove a member, revoke an open invitation, or ask whoever runs this instance for more seats."
    } else {
        "Remove a member, or ask whoever runs this instance for more seats."
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
