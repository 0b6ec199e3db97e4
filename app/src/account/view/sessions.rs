//! The browsers that one is signed in with.

use leptos::prelude::*;
use model::UnixMs;

use super::{
    super::{Session, SessionsPage},
    Part, part,
};
use crate::{
    chrome::Chrome,
    ui::{
        badge::{Badge, Tone},
        button::{Submit, Weight},
        notice::NoticeBar,
        table::Table,
        time::Time,
    },
};

/// `/account/sessions`.
#[must_use]
pub fn page(chrome: &Chrome, page: SessionsPage) -> String {
    part(chrome, Part::Sessions, move || {
        let SessionsPage { now, sessions, notice } = page;
        let rows = sessions.into_iter().map(|session| view! { <Line session now/> }).collect_view();
        view! {
            <NoticeBar notice/>
            <p class="lead">
                "Where you are signed in. If you do not know one of these, sign it out and "
                <a href="/account">"change your password"</a>"."
            </p>
            <section class="panel" aria-label="Sessions">
                <Table caption="Browsers that you are signed in with" class="stacked slim">
                    <thead>
                        <tr>
                            <th scope="col">"Browser"</th>
                            <th scope="col">"Network"</th>
                            <th scope="col">"Signed in"</th>
                            <th scope="col">"Last seen"</th>
                            <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
            </section>
            <form method="post" action="/account/sessions/end-others">
                <Submit weight=Weight::Plain label="Sign out everywhere else"/>
            </form>
            <p class="hint">
                "That also stops one-hour tokens made by signing in over the API. Tokens with a name stay."
            </p>
        }
    })
}

#[component]
fn Line(session: Session, now: UnixMs) -> impl IntoView {
    let Session { id, browser, network, created_at, last_seen_at, is_this } = session;
    let act = if is_this {
        view! { <Badge tone=Tone::Good text="this browser"/> }.into_any()
    } else {
        let what = format!("Sign out {browser}");
        view! {
            <form method="post" action=format!("/account/sessions/{id}/end")>
                <Submit weight=Weight::Quiet label="Sign out" what/>
            </form>
        }
        .into_any()
    };
    view! {
        <tr>
            <td class="free"><b>{browser}</b></td>
            <td data-label="Network">{network.map_or_else(
                || view! { <span class="dim">"not known"</span> }.into_any(),
                |network| view! { <code>{network}</code> }.into_any(),
            )}</td>
            <td data-label="Signed in"><Time now at=created_at/></td>
            <td data-label="Last seen"><Time now at=last_seen_at/></td>
            <td class="row-forms">{act}</td>
        </tr>
    }
}
