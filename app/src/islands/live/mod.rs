//! The live list of attempts: the verdict of a source and its requests, which appear by themselves.
//!
//! On the server it is rendered like any page. In the browser it asks the API once a second while somebody can
//! see it, changes what changed and nothing else, so that focus, selection and scrolling stay where they are.

pub mod data;
#[cfg(feature = "hydrate")]
mod feed;
mod rows;
mod toolbar;
mod verdict;

use leptos::prelude::*;

use data::LiveData;
use rows::Rows;
use toolbar::Toolbar;
use verdict::VerdictPanel;
#[cfg(feature = "ssr")]
pub(crate) use verdict::{sign, tone};

/// Whether the list goes on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// This is a page of older attempts.
    Off,
    /// It does.
    Live,
    /// Somebody paused it.
    Paused,
    /// The server does not answer; it is asked again.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "happens in the browser"))]
    Lost,
    /// The server answers that the viewer may not read this any more.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "happens in the browser"))]
    Refused,
}

/// What changes while the page is open.
#[derive(Debug, Clone, Copy)]
struct Signals {
    /// The present moment, in Unix milliseconds by the server's clock.
    now_ms: RwSignal<i64>,
    line: RwSignal<Line>,
    verdict: RwSignal<model::wire::attempts::Verdict>,
    source: RwSignal<data::SourceFacts>,
    limits: RwSignal<model::wire::attempts::Limits>,
    last_accepted_ms: RwSignal<Option<i64>>,
    rows: RwSignal<Vec<data::Row>>,
    /// Whether requests were skipped, so that only reloading shows them all.
    is_gapped: RwSignal<bool>,
    /// What screen readers are told.
    news: RwSignal<String>,
}

impl Signals {
    fn new(data: &LiveData) -> Self {
        Self {
            now_ms: RwSignal::new(data.now_ms),
            line: RwSignal::new(if data.is_live { Line::Live } else { Line::Off }),
            verdict: RwSignal::new(data.verdict.clone()),
            source: RwSignal::new(data.source.clone()),
            limits: RwSignal::new(data.limits.clone()),
            last_accepted_ms: RwSignal::new(data.last_accepted_ms),
            rows: RwSignal::new(data.rows.clone()),
            is_gapped: RwSignal::new(false),
            news: RwSignal::new(String::new()),
        }
    }

    fn toggle_pause(self) {
        self.line.update(|line| match line {
            Line::Live | Line::Lost => *line = Line::Paused,
            Line::Paused => *line = Line::Live,
            Line::Off | Line::Refused => {}
        });
    }
}

/// The verdict of a source and the list of its attempts.
#[island]
pub fn LiveDebug(
    /// The state that the list begins with.
    data: LiveData,
) -> impl IntoView {
    let signals = Signals::new(&data);
    #[cfg(feature = "hydrate")]
    feed::start(&data, signals);
    view! {
        <VerdictPanel data=data.clone() signals/>
        <section class="panel" aria-label="Requests">
            <Toolbar data=data.clone() signals/>
            <Rows data signals/>
        </section>
        <p class="visually-hidden" aria-live="polite">{move || signals.news.get()}</p>
    }
}
