//! All that is known of an attempt beside its body.

use leptos::prelude::*;
use model::{
    UnixMs,
    wire::{
        attempts::{Attempt, OriginVerdict},
        sources::Source,
    },
};

use crate::{
    format,
    ui::{code::Copyable, time::Time},
};

#[component]
pub(super) fn Facts(
    attempt: Attempt,
    now: UnixMs,
    source: Option<Source>,
    workspace: String,
) -> impl IntoView {
    let row = attempt.row;
    let key = match attempt.public_key {
        Some(key) => view! { "none has the key "<code>{key}</code> }.into_any(),
        None => "none: no key was sent".into_any(),
    };
    let size = match attempt.gzip_bytes {
        Some(gzip) => format!(
            "{} bytes, came as {} bytes of gzip",
            format::thousands(row.body_bytes),
            format::thousands(gzip)
        ),
        None => format!("{} bytes", format::thousands(row.body_bytes)),
    };
    let clock = attempt.clock_correction_ms.map(|correction| {
        let sign = if correction > 0 { "+" } else { "−" };
        let ms = format::thousands(correction.saturating_abs());
        view! { <Fact name="Clock corrected by">{format!("{sign}{ms} ms")}</Fact> }
    });
    let source = source.map(|source| {
        let href = format!("/{workspace}/analytics/setup?source={}", source.slug);
        view! { <a href=href>{source.name}</a> }
    });
    let replay_of = attempt.replay_of.map(|original| {
        let href = format!("/{workspace}/analytics/setup/debug/{original}");
        view! { <Fact name="Replay of"><a href=href><code>{original.to_string()}</code></a></Fact> }
    });
    let verdict = match row.origin_verdict {
        OriginVerdict::Allowed => "allowed",
        OriginVerdict::NotAllowed => "not allowed",
        OriginVerdict::Missing => "not sent",
        OriginVerdict::NotChecked => "not checked",
    };
    let exact = format::exact(&row.at.to_string());
    view! {
        <section class="panel" aria-labelledby="facts">
            <h2 class="panel-title" id="facts">"Facts"</h2>
            <dl class="fact-list">
                <Fact name="Arrived">{exact}" "<span class="dim"><Time now at=row.at/></span></Fact>
                <Fact name="Endpoint">{row.kind.as_str()}</Fact>
                <Fact name="Source">{source.map_or_else(|| key.into_any(), IntoAny::into_any)}</Fact>
                <Fact name="Origin">
                    {row.origin.map(|origin| view! { <code>{origin}</code>" " })}
                    <span class="dim">{verdict}</span>
                </Fact>
                <Text name="Address" value=row.remote_address/>
                <Text name="User agent" value=row.user_agent/>
                <Text name="SDK version" value=row.sdk_version/>
                <Text name="Ingest version" value=row.ingest_version.map(|version| version.to_string())/>
                <Id name="Batch" what="batch id" value=row.batch_id/>
                <Id name="Session" what="session id" value=row.session_id/>
                <Id name="Visitor" what="visitor id" value=row.anonymous_id/>
                <Fact name="Body">{size}</Fact>
                {clock}
                <Fact name="Decided in">{format::micros(row.duration_us)}</Fact>
                <Id name="Request" what="request id" value=Some(row.request_id)/>
                {replay_of}
            </dl>
        </section>
    }
}

#[component]
fn Fact(name: &'static str, children: Children) -> impl IntoView {
    view! { <div><dt>{name}</dt><dd>{children()}</dd></div> }
}

/// A fact that may be absent.
#[component]
fn Text(name: &'static str, value: Option<String>) -> impl IntoView {
    let shown = match value {
        Some(value) => view! { <span>{value}</span> }.into_any(),
        None => view! { <span class="dim">"not sent"</span> }.into_any(),
    };
    view! { <Fact name>{shown}</Fact> }
}

#[component]
fn Id(name: &'static str, what: &'static str, value: Option<String>) -> impl IntoView {
    let shown = match value {
        Some(text) => view! { <Copyable text what/> }.into_any(),
        None => view! { <span class="dim">"not sent"</span> }.into_any(),
    };
    view! { <Fact name>{shown}</Fact> }
}
