//! How the list goes on in the browser: the clock, the questions to the API, the keys.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::{ev, prelude::*};
use model::wire::attempts::{Limits, Verdict};
use serde::Deserialize;

use super::{
    Line, Signals,
    data::{LiveData, Row, SourceFacts, merged, moment_ms},
};
use crate::{
    format,
    islands::browser::{self, Failure},
};

/// How many attempts the list holds at most.
const MOST: usize = 300;

/// After a failure the server is asked again that many seconds later, at most.
const LONGEST_WAIT_S: u32 = 30;

/// What `GET /api/tracking-sources/{id}/debug` answers, as far as it is shown.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DebugReply {
    source: SourceFacts,
    verdict: Verdict,
    limits: Limits,
    last_accepted_at: Option<String>,
    attempts: Vec<Row>,
}

/// What `GET /api/attempts` answers, as far as it is shown.
#[derive(Deserialize)]
struct AttemptsReply {
    attempts: Vec<Row>,
}

struct Feed {
    signals: Signals,
    debug_path: String,
    /// Asked for the rows when the list shows only some of them.
    attempts_path: Option<String>,
    is_asking: Cell<bool>,
    failures: Cell<u32>,
    wait_s: Cell<u32>,
}

/// Starts the clock, and the questions when the page is live.
pub(super) fn start(data: &LiveData, signals: Signals) {
    let organization = &data.organization_id;
    let source = &data.source_id;
    let feed = Rc::new(Feed {
        signals,
        debug_path: format!("/api/tracking-sources/{source}/debug?organizationId={organization}"),
        attempts_path: data.is_refused_only.then(|| {
            format!(
                "/api/attempts?organizationId={organization}&sourceId={source}&status=4xx&limit=50"
            )
        }),
        is_asking: Cell::new(false),
        failures: Cell::new(0),
        wait_s: Cell::new(0),
    });
    // The server's clock counts, whatever this computer's says.
    let ahead_ms = data.now_ms - browser::now_ms();
    set_interval(
        move || {
            signals.now_ms.set(browser::now_ms() + ahead_ms);
            feed.tick();
        },
        Duration::from_secs(1),
    );
    let handle = window_event_listener(ev::keydown, move |event| on_key(&event, signals));
    // The list stays as long as the page does.
    std::mem::forget(handle);
}

fn on_key(event: &web_sys::KeyboardEvent, signals: Signals) {
    if !browser::is_plain_key(event) {
        return;
    }
    match event.key().as_str() {
        "." => signals.toggle_pause(),
        "j" => browser::focus_next(".attempts .row-link", true),
        "k" => browser::focus_next(".attempts .row-link", false),
        _ => {}
    }
}

impl Feed {
    fn tick(self: &Rc<Self>) {
        let line = self.signals.line.get_untracked();
        let is_on = matches!(line, Line::Live | Line::Lost);
        if !is_on || self.is_asking.get() || !browser::is_visible() {
            return;
        }
        if self.wait_s.get() > 0 {
            self.wait_s.set(self.wait_s.get() - 1);
            return;
        }
        self.is_asking.set(true);
        let feed = Rc::clone(self);
        leptos::task::spawn_local(async move {
            let answer = feed.ask().await;
            feed.is_asking.set(false);
            feed.heard(answer);
        });
    }

    async fn ask(&self) -> Result<DebugReply, Failure> {
        let mut reply: DebugReply = read(&browser::get(&self.debug_path).await?)?;
        if let Some(path) = &self.attempts_path {
            let rows: AttemptsReply = read(&browser::get(path).await?)?;
            reply.attempts = rows.attempts;
        }
        Ok(reply)
    }

    fn heard(&self, answer: Result<DebugReply, Failure>) {
        let line = self.signals.line;
        match answer {
            // What comes after a pause began is shown when it ends.
            Ok(_) if line.get_untracked() == Line::Paused => {}
            Ok(reply) => {
                self.failures.set(0);
                set_if_new(line, Line::Live);
                self.show(reply);
            }
            Err(Failure::Refused) => line.set(Line::Refused),
            Err(Failure::Lost) => {
                let failures = self.failures.get() + 1;
                self.failures.set(failures);
                self.wait_s.set(2_u32.saturating_pow(failures).min(LONGEST_WAIT_S));
                if line.get_untracked() != Line::Paused {
                    set_if_new(line, Line::Lost);
                }
            }
        }
    }

    fn show(&self, reply: DebugReply) {
        let signals = self.signals;
        let mut news = Vec::new();
        if signals.verdict.with_untracked(|verdict| verdict.code) != reply.verdict.code {
            news.push(reply.verdict.code.label().to_owned());
        }
        set_if_new(signals.verdict, reply.verdict);
        set_if_new(signals.source, reply.source);
        set_if_new(signals.limits, reply.limits);
        let last_accepted_ms = reply.last_accepted_at.as_deref().map(moment_ms);
        set_if_new(signals.last_accepted_ms, last_accepted_ms);

        let fresh = signals.rows.with_untracked(|shown| unknown(shown, &reply.attempts));
        if fresh > 0 {
            news.push(format::count(i64::try_from(fresh).unwrap_or(i64::MAX), "new request"));
            let shown = signals.rows.get_untracked();
            let (rows, is_gapped) = merged(&shown, reply.attempts, MOST);
            signals.rows.set(rows);
            if is_gapped {
                set_if_new(signals.is_gapped, true);
            }
        }
        if !news.is_empty() {
            signals.news.set(news.join(". "));
        }
    }
}

/// How many of `fetched` are not shown yet. Not those after the newest only: of two requests at once, the one
/// that began later may be listed first.
fn unknown(shown: &[Row], fetched: &[Row]) -> usize {
    fetched.iter().filter(|row| shown.iter().all(|known| known.id != row.id)).count()
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|_| Failure::Lost)
}

/// Changes a signal only when its value differs, so that nothing is drawn again for nothing.
fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|present| *present != value) {
        signal.set(value);
    }
}
