//! The list of a source's attempts, under its verdict.

use leptos::prelude::*;

use super::{DebugPage, Outcome};
use crate::{
    chrome::{self, Chrome, Place},
    counted::Counted,
    islands::{
        LiveDebug,
        data::{LiveData, SourceFacts},
    },
    ui::{notice::NoticeBar, picker::SourcePicker},
};

/// `/{workspace}/analytics/setup/debug`.
#[must_use]
pub fn page(chrome: &Chrome, page: DebugPage) -> String {
    let workspace = chrome.slug();
    chrome::page(chrome, Place::Debug, "Debug", move || {
        let path = format!("/{workspace}/analytics/setup/debug");
        let setup = format!("/{workspace}/analytics/setup?source={}", page.reply.source.slug);
        let (sources, current) = (page.sources.clone(), page.reply.source.slug.clone());
        let notice = page.notice.clone();
        view! {
            <div class="head">
                <h1>"Debug"</h1>
                <SourcePicker sources current path/>
                <span class="grow"></span>
                <a class="btn" href=setup>"Setup"</a>
            </div>
            <NoticeBar notice/>
            <Counted now=page.now rows=page.counted.clone()/>
            <LiveDebug data=live_data(workspace, page)/>
        }
    })
}

fn live_data(workspace: String, page: DebugPage) -> LiveData {
    let DebugPage { now, reply, outcome, attempts, cursor, next_cursor, can_manage, .. } = page;
    let is_refused_only = outcome == Outcome::Refused;
    let mut data = LiveData {
        workspace,
        organization_id: reply.source.organization_id.to_string(),
        source_id: reply.source.id.to_string(),
        source: SourceFacts {
            slug: reply.source.slug,
            allowed_origins: reply.source.allowed_origins,
        },
        verdict: reply.verdict,
        limits: reply.limits,
        last_accepted_ms: reply.last_accepted_at.map(|at| at.0),
        rows: attempts.into_iter().map(Into::into).collect(),
        is_refused_only,
        is_live: cursor.is_none(),
        can_manage,
        now_ms: now.0,
        older_href: None,
    };
    data.older_href = next_cursor
        .map(|cursor| format!("{}&cursor={}", data.href(is_refused_only), query_value(&cursor)));
    data
}

/// A value inside a query, with everything escaped that is not plainly part of a word.
fn query_value(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut query, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                query.push(char::from(byte));
            }
            _ => {
                use std::fmt::Write as _;
                // Writing to a String cannot fail.
                let _ = write!(query, "%{byte:02X}");
            }
        }
        query
    })
}

#[cfg(test)]
mod tests {
    use super::query_value;

    #[test]
    fn a_cursor_survives_the_query() {
        assert_eq!(query_value("a-B_9.~"), "a-B_9.~");
        assert_eq!(query_value("a+b/c=&é"), "a%2Bb%2Fc%3D%26%C3%A9");
    }
}
