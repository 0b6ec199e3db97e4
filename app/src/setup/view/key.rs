//! The public key, and switching the source off and on.

use leptos::prelude::*;
use model::wire::sources::Source;

use super::Paths;
use crate::ui::{
    badge::{Badge, Tone},
    button::{Submit, Weight},
    code::Copyable,
    confirm::Confirm,
    field::Hidden,
};

#[component]
pub(super) fn KeyCard(source: Source, paths: Paths, can_manage: bool) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="key">
            <h2 id="key">"Public key"</h2>
            <p><Copyable text=source.public_key what="public key"/></p>
            <p class="dim">"It may stand in any page: it allows sending to this source and nothing else."</p>
            {can_manage.then(|| view! {
                <Confirm label="Rotate key">
                    <p>
                        "The old key stops at once. Pages that still use it are refused until they have the new one; "
                        "their requests appear in Debug, marked as rotated."
                    </p>
                    <form method="post" action=format!("{}/rotate-key", paths.forms)>
                        <Hidden name="confirm" value="rotate"/>
                        <Submit weight=Weight::Danger label="Rotate the key now"/>
                    </form>
                </Confirm>
            })}
        </section>
    }
}

#[component]
pub(super) fn StateCard(source: Source, paths: Paths, can_manage: bool) -> impl IntoView {
    let is_active = source.is_active;
    let action = format!("{}/active", paths.forms);
    let change = match (can_manage, is_active) {
        (false, _) => ().into_any(),
        (true, true) => view! {
            <Confirm label="Switch off">
                <p>
                    "Every request is refused with "<code>"tracking_source_inactive"</code>
                    " until you switch it on again. What is stored stays."
                </p>
                <form method="post" action=action>
                    <Hidden name="isActive" value="false"/>
                    <Submit weight=Weight::Danger label="Switch off now"/>
                </form>
            </Confirm>
        }
        .into_any(),
        (true, false) => view! {
            <form method="post" action=action>
                <Hidden name="isActive" value="true"/>
                <Submit weight=Weight::Plain label="Switch on"/>
            </form>
        }
        .into_any(),
    };
    let (tone, state, says) = if is_active {
        (Tone::Good, "active", "This source takes requests.")
    } else {
        (Tone::Bad, "switched off", "Every request to this source is refused.")
    };
    view! {
        <section class="card" aria-labelledby="state">
            <h2 id="state">"State "<Badge tone text=state/></h2>
            <p class="dim">{says}</p>
            {change}
        </section>
    }
}
