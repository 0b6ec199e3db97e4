//! Is data arriving? What needs attention first, then every source on one line.

use leptos::prelude::*;
use model::{
    UnixMs,
    wire::attempts::{Verdict, VerdictCode},
    wire::sources::Source,
};

use super::{OverviewPage, SourceSummary, Totals};
use crate::{
    chrome::{self, Chrome, Place},
    format,
    islands::Sentence,
    ui::{
        button::{LinkButton, Submit, Weight},
        empty::Empty,
        field::Hidden,
        notice::NoticeBar,
        sparkline::Sparkline,
        table::Table,
        time::TimeOr,
    },
};

/// `/{workspace}`.
#[must_use]
pub fn page(chrome: &Chrome, page: OverviewPage) -> String {
    let workspace = chrome.slug();
    chrome::page(chrome, Place::Overview, "Overview", move || {
        let OverviewPage { now, sources, can_manage, offered_by, notice } = page;
        let create = format!("/{workspace}/analytics/setup/new");
        let offered = offered_by.map(|from| {
            let settings = format!("/{workspace}/settings#ownership");
            view! { <Offered from settings/> }
        });
        let content = if sources.is_empty() {
            view! { <NoSource create=create.clone() can_manage/> }.into_any()
        } else {
            view! { <Sources sources now workspace can_manage/> }.into_any()
        };
        view! {
            <div class="head">
                <h1>"Overview"</h1>
            </div>
            <NoticeBar notice/>
            {offered}
            {content}
        }
    })
}

#[component]
fn Offered(from: String, settings: String) -> impl IntoView {
    view! {
        <div class="notice warn">
            <span class="sign" aria-hidden="true">"!"</span>
            <p><b>{from}</b>" offers you this workspace. "<a href=settings>"Accept or decline"</a></p>
        </div>
    }
}

#[component]
fn NoSource(create: String, can_manage: bool) -> impl IntoView {
    view! {
        <section class="panel">
            <Empty title="No source yet">
                <p>
                    "A source is a website or app that sends events. It gives you a public key and a snippet; "
                    "paste that into a page and its first request shows up within a second."
                </p>
                {if can_manage {
                    view! {
                        <p><LinkButton weight=Weight::Primary href=create label="Create a source"/></p>
                    }.into_any()
                } else {
                    view! { <p class="dim">"Creating one takes the permission "<code>"analytics.manage"</code>"."</p> }.into_any()
                }}
            </Empty>
        </section>
    }
}

#[component]
fn Sources(
    sources: Vec<SourceSummary>,
    now: UnixMs,
    workspace: String,
    can_manage: bool,
) -> impl IntoView {
    let total = sources.iter().fold(Totals::default(), |sum, one| Totals {
        accepted: sum.accepted + one.today.accepted,
        duplicates: sum.duplicates + one.today.duplicates,
        rejected_events: sum.rejected_events + one.today.rejected_events,
        refused_requests: sum.refused_requests + one.today.refused_requests,
    });
    let troubled = sources.iter().filter(|one| one.verdict.code == VerdictCode::Rejecting);
    let attention = troubled
        .map(|one| {
            let (source, verdict) = (one.source.clone(), one.verdict.clone());
            view! { <Attention source verdict workspace=workspace.clone() can_manage/> }
        })
        .collect_view();
    let lines = sources
        .into_iter()
        .map(|summary| view! { <SourceLine summary now workspace=workspace.clone()/> })
        .collect_view();
    view! {
        {attention}
        <Today total/>
        <section class="panel" aria-labelledby="sources">
            <h2 class="panel-title" id="sources">"Sources"</h2>
            <Table caption="Sources and what they sent today" class="sources stacked">
                <thead>
                    <tr>
                        <th scope="col">"Source"</th>
                        <th scope="col">"Last event"</th>
                        <th scope="col" class="num">"Events today"</th>
                        <th scope="col" class="num">"Refused today"</th>
                        <th scope="col">"Last 24 hours"</th>
                        <th scope="col"><span class="visually-hidden">"Pages"</span></th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </Table>
        </section>
    }
}

/// A source whose requests are refused: why, and the button that repairs it.
#[component]
fn Attention(
    source: Source,
    verdict: Verdict,
    workspace: String,
    can_manage: bool,
) -> impl IntoView {
    let debug =
        format!("/{workspace}/analytics/setup/debug?source={}&outcome=refused", source.slug);
    let action = format!("/{workspace}/analytics/setup/{}/origins/add", source.slug);
    let allow = verdict.allow_origin.filter(|_| can_manage).map(|origin| {
        view! {
            <form method="post" action=action>
                <Hidden name="origin" value=origin.clone()/>
                <Hidden name="next" value=format!("/{workspace}")/>
                <Submit weight=Weight::Primary label=format!("Allow {origin}")/>
            </form>
        }
    });
    let see = if allow.is_some() { "" } else { "btn" };
    let title = format!("{}: {}", source.name, verdict.label.to_lowercase());
    view! {
        <section class="verdict bad" aria-label=title.clone()>
            <span class="mark" aria-hidden="true">"!"</span>
            <div class="verdict-words">
                <h2>{title.clone()}</h2>
                <p><Sentence text=verdict.reason/></p>
                <p class="fix"><Sentence text=verdict.fix/></p>
                <div class="acts">{allow}<a class=see href=debug>"See the refused requests"</a></div>
            </div>
        </section>
    }
}

#[component]
fn Today(total: Totals) -> impl IntoView {
    let figure = |label: &'static str, number: u64, class: &'static str| {
        let number = format::thousands(i64::try_from(number).unwrap_or(i64::MAX));
        view! { <div><dt>{label}</dt><dd class=class>{number}</dd></div> }
    };
    let bad = |number: u64| if number > 0 { "bad-text" } else { "" };
    view! {
        <dl class="figures" aria-label="Today, since midnight UTC">
            {figure("Events stored today", total.accepted, "")}
            {figure("Duplicates", total.duplicates, "")}
            {figure("Rejected events", total.rejected_events, bad(total.rejected_events))}
            {figure("Refused requests", total.refused_requests, bad(total.refused_requests))}
        </dl>
    }
}

#[component]
fn SourceLine(summary: SourceSummary, now: UnixMs, workspace: String) -> impl IntoView {
    let SourceSummary { source, verdict, last_accepted_at, today, hours } = summary;
    let number = |count: u64| format::thousands(i64::try_from(count).unwrap_or(i64::MAX));
    let query = format!("?source={}", source.slug);
    let setup = format!("/{workspace}/analytics/setup{query}");
    let debug = format!("/{workspace}/analytics/setup/debug{query}");
    let refused = if today.refused_requests > 0 { "num bad-text" } else { "num dim" };
    let state = if source.is_active {
        verdict.label
    } else {
        "Switched off: requests are refused".to_owned()
    };
    let (tone, sign) = if source.is_active { look(verdict.code) } else { ("quiet", "–") };
    let caption = format!("{}, last 24 hours by hour", source.name);
    let has_traffic = hours.iter().any(|hour| hour.accepted + hour.refused > 0);
    let hours =
        hours.iter().map(|hour| (hour.at, (hour.accepted, hour.refused))).collect::<Vec<_>>();
    view! {
        <tr>
            <td class="source free">
                <div class="named">
                    <span class=format!("mark small {tone}") aria-hidden="true">{sign}</span>
                    <span>
                        <a class="row-link" href=debug.clone()>{source.name.clone()}</a>
                        <span class="state">{state}</span>
                    </span>
                </div>
            </td>
            <td data-label="Last event"><TimeOr now at=last_accepted_at never="none yet"/></td>
            <td class="num" data-label="Events today">{number(today.accepted)}</td>
            <td class=refused data-label="Refused today">{number(today.refused_requests)}</td>
            <td class="day">{has_traffic.then(|| view! { <Sparkline now hours caption/> })}</td>
            <td class="num row-acts">
                <a href=setup aria-label=format!("Setup of {}", source.name)>"Setup"</a>" "
                <a href=debug aria-label=format!("Debug of {}", source.name)>"Debug"</a>
            </td>
        </tr>
    }
}

const fn look(code: VerdictCode) -> (&'static str, &'static str) {
    (crate::islands::tone(code), crate::islands::sign(code))
}
