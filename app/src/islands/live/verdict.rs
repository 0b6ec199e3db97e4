//! Whether a source works: what is seen, why, and the one thing to do about it.

use leptos::prelude::*;
use model::wire::attempts::VerdictCode;

use super::{Signals, data::LiveData};
use crate::{format, islands::Sentence};

#[component]
pub(super) fn VerdictPanel(data: LiveData, signals: Signals) -> impl IntoView {
    let Signals { verdict, source, limits, last_accepted_ms, now_ms, .. } = signals;
    let code = Memo::new(move |_| verdict.with(|verdict| verdict.code));
    let words =
        Memo::new(move |_| verdict.with(|verdict| (verdict.reason.clone(), verdict.fix.clone())));
    let last_accepted = move || match last_accepted_ms.get() {
        Some(at_ms) => format::ago(now_ms.get(), at_ms),
        None => "none yet".to_owned(),
    };
    let limits = move || {
        limits.with(|limits| {
            let rate = format::per_minute(limits.rate_limit_per_minute);
            format!("{} · {rate}", format::bytes(limits.max_payload_bytes))
        })
    };
    view! {
        <section class=move || format!("verdict {}", tone(code.get())) aria-label="Verdict">
            <span class="mark" aria-hidden="true">{move || sign(code.get())}</span>
            <div class="verdict-words">
                <h2>{move || code.get().label()}</h2>
                <p>{move || view! { <Sentence text=words.get().0/> }}</p>
                <p class="fix">{move || view! { <Sentence text=words.get().1/> }}</p>
                <Acts data signals/>
            </div>
            <dl class="facts">
                <div><dt>"Last accepted event"</dt><dd>{last_accepted}</dd></div>
                <div>
                    <dt>"Allowed origins"</dt>
                    <dd>{move || source.with(|source| source.allowed_origins.len())}</dd>
                </div>
                <div><dt>"Limits"</dt><dd>{limits}</dd></div>
            </dl>
        </section>
    }
}

/// The button that repairs it, where there is one, and the links that explain.
#[component]
fn Acts(data: LiveData, signals: Signals) -> impl IntoView {
    let verdict = signals.verdict;
    let can_manage = data.can_manage;
    let origin = Memo::new(move |_| verdict.with(|verdict| verdict.allow_origin.clone()));
    let error = Memo::new(move |_| verdict.with(|verdict| verdict.error.clone()));
    let is_waiting =
        Memo::new(move |_| verdict.with(|verdict| verdict.code == VerdictCode::Waiting));
    let setup = data.setup_href();
    let action = format!("/{}/analytics/setup/{}/origins/add", data.workspace, data.source.slug);
    let next = format!("{}&done=origin-added", data.href(data.is_refused_only));
    let allow = move || {
        let (action, next) = (action.clone(), next.clone());
        origin.get().filter(|_| can_manage).map(|origin| {
            view! {
                <form method="post" action=action>
                    <input type="hidden" name="origin" value=origin.clone()/>
                    <input type="hidden" name="next" value=next/>
                    <button type="submit" class="btn primary">"Allow "{origin}</button>
                </form>
            }
        })
    };
    let setup_link = setup.clone();
    let open_setup = move || {
        let setup = setup_link.clone();
        is_waiting.get().then(|| view! { <a class="btn primary" href=setup>"Open Setup"</a> })
    };
    let explain = move || {
        error.get().map(|code| {
            let href = format!("/docs/errors#{code}");
            view! { <a href=href>{code}</a> }
        })
    };
    view! {
        <div class="acts">
            {allow}
            {open_setup}
            <a href=format!("{setup}#origins")>"Allowed origins"</a>
            {explain}
        </div>
    }
}

pub(crate) const fn tone(code: VerdictCode) -> &'static str {
    match code {
        VerdictCode::Waiting => "quiet",
        VerdictCode::Connected => "warn",
        VerdictCode::Rejecting => "bad",
        VerdictCode::Verified => "good",
    }
}

pub(crate) const fn sign(code: VerdictCode) -> &'static str {
    match code {
        VerdictCode::Waiting => "…",
        VerdictCode::Connected => "→",
        VerdictCode::Rejecting => "!",
        VerdictCode::Verified => "✓",
    }
}
