//! What the live list is made of: less than the API answers, with times as text, so that no calendar travels
//! to the browser.

use model::wire::attempts::{Kind, Limits, OriginVerdict, Verdict};
use serde::{Deserialize, Serialize};

/// All that the live list needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveData {
    /// The workspace's slug.
    pub workspace: String,
    /// The workspace's id.
    pub organization_id: String,
    /// The source's id.
    pub source_id: String,
    /// The source as it is.
    pub source: SourceFacts,
    /// Whether it works.
    pub verdict: Verdict,
    /// What it accepts.
    pub limits: Limits,
    /// When an event was last stored, in Unix milliseconds.
    pub last_accepted_ms: Option<i64>,
    /// The attempts, newest first.
    pub rows: Vec<Row>,
    /// Whether only refused attempts are listed.
    pub is_refused_only: bool,
    /// Whether this is the newest page, which goes on by itself.
    pub is_live: bool,
    /// Whether the viewer may change the source.
    pub can_manage: bool,
    /// The present moment on the server, in Unix milliseconds.
    pub now_ms: i64,
    /// Where the page of older attempts is.
    pub older_href: Option<String>,
}

impl LiveData {
    /// The path of Setup for this source.
    #[must_use]
    pub fn setup_href(&self) -> String {
        format!("/{}/analytics/setup?source={}", self.workspace, self.source.slug)
    }

    /// The path of this page's newest attempts, all of them or the refused only.
    #[must_use]
    pub fn href(&self, is_refused_only: bool) -> String {
        let filter = if is_refused_only { "&outcome=refused" } else { "" };
        format!("/{}/analytics/setup/debug?source={}{filter}", self.workspace, self.source.slug)
    }
}

/// What the list shows of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceFacts {
    /// Its place in page addresses.
    pub slug: String,
    /// Browser origins that may send.
    pub allowed_origins: Vec<String>,
}

/// One attempt of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Which.
    pub id: String,
    /// When it arrived, in RFC 3339.
    pub at: String,
    /// Which endpoint.
    pub kind: Kind,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The error code of the answer.
    pub code: Option<String>,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// What the origin check said.
    pub origin_verdict: OriginVerdict,
    /// Size of the body.
    pub body_bytes: i64,
    /// Events stored.
    pub accepted: i64,
    /// Events stored before.
    pub duplicates: i64,
    /// Events at fault.
    pub rejected: i64,
    /// Whether it came while the page was open.
    #[serde(skip)]
    pub is_fresh: bool,
}

impl Row {
    /// What became of the request: the class of its colour and a few words.
    #[must_use]
    pub fn outcome(&self) -> (&'static str, &str) {
        match (&self.code, self.status) {
            (Some(code), 400..) => ("bad", code),
            (None, 400..) => ("bad", "refused"),
            _ if self.kind == Kind::Validate => ("quiet", "dry run"),
            _ if self.kind == Kind::Bootstrap => ("good", "session ready"),
            _ if self.rejected > 0 => ("warn", "stored in part"),
            _ if self.accepted == 0 && self.duplicates > 0 => ("warn", "all duplicates"),
            _ => ("good", "stored"),
        }
    }
}

#[cfg(feature = "ssr")]
impl From<model::wire::attempts::AttemptRow> for Row {
    fn from(row: model::wire::attempts::AttemptRow) -> Self {
        Self {
            id: row.id.to_string(),
            at: row.at.to_string(),
            kind: row.kind,
            status: row.status,
            code: row.code,
            origin: row.origin,
            origin_verdict: row.origin_verdict,
            body_bytes: row.body_bytes,
            accepted: row.accepted,
            duplicates: row.duplicates,
            rejected: row.rejected,
            is_fresh: false,
        }
    }
}

/// The moment of an RFC 3339 text in Unix milliseconds.
#[cfg(feature = "hydrate")]
#[expect(clippy::cast_possible_truncation, reason = "53 bits of milliseconds are enough for ever")]
pub(super) fn moment_ms(rfc3339: &str) -> i64 {
    js_sys::Date::parse(rfc3339) as i64
}

/// The moment of an RFC 3339 text in Unix milliseconds.
#[cfg(not(feature = "hydrate"))]
pub(super) fn moment_ms(rfc3339: &str) -> i64 {
    model::UnixMs::parse_rfc3339(rfc3339).unwrap_or_default().0
}

/// Adds what was fetched to what is shown; both newest first.
///
/// Rows that came while the page was open are fresh. When nothing of the fetched is known, requests in between
/// may be missing: then only the fetched are shown and the second value is true.
#[cfg_attr(
    not(any(feature = "hydrate", test)),
    expect(dead_code, reason = "happens in the browser")
)]
pub(super) fn merged(shown: &[Row], mut fetched: Vec<Row>, most: usize) -> (Vec<Row>, bool) {
    if fetched.is_empty() {
        return (shown.to_vec(), false);
    }
    let mut is_linked = shown.is_empty();
    for row in &mut fetched {
        match shown.iter().find(|known| known.id == row.id) {
            Some(known) => {
                is_linked = true;
                row.is_fresh = known.is_fresh;
            }
            None => row.is_fresh = true,
        }
    }
    if is_linked {
        let oldest = fetched.last().map(|row| row.id.clone()).unwrap_or_default();
        fetched.extend(shown.iter().filter(|row| row.id < oldest).cloned());
    }
    let is_cut = fetched.len() > most;
    fetched.truncate(most);
    (fetched, !is_linked || is_cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str) -> Row {
        Row {
            id: id.to_owned(),
            at: "2026-04-10T14:15:05.000Z".to_owned(),
            kind: Kind::Events,
            status: 200,
            code: None,
            origin: None,
            origin_verdict: OriginVerdict::Missing,
            body_bytes: 0,
            accepted: 1,
            duplicates: 0,
            rejected: 0,
            is_fresh: false,
        }
    }

    fn rows(ids: &[&str]) -> Vec<Row> {
        ids.iter().map(|id| row(id)).collect()
    }

    fn ids(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.id.as_str()).collect()
    }

    #[test]
    fn new_requests_stand_before_the_known_and_are_fresh() {
        let (all, is_gapped) = merged(&rows(&["b", "a"]), rows(&["d", "c", "b"]), 10);
        assert_eq!(ids(&all), ["d", "c", "b", "a"]);
        assert_eq!(all.iter().filter(|row| row.is_fresh).count(), 2);
        assert!(!is_gapped);
        let (all, _) = merged(&all, rows(&["e", "d"]), 10);
        assert_eq!(ids(&all), ["e", "d", "c", "b", "a"]);
        assert_eq!(all.iter().filter(|row| row.is_fresh).count(), 3);
    }

    #[test]
    fn a_gap_is_told_and_never_hidden() {
        let (all, is_gapped) = merged(&rows(&["b", "a"]), rows(&["z", "y"]), 10);
        assert_eq!(ids(&all), ["z", "y"]);
        assert!(is_gapped);
        let (all, is_gapped) = merged(&rows(&["b", "a"]), rows(&["c", "b"]), 2);
        assert_eq!(ids(&all), ["c", "b"]);
        assert!(is_gapped);
    }

    #[test]
    fn the_first_request_is_no_gap() {
        let (all, is_gapped) = merged(&[], rows(&["a"]), 10);
        assert_eq!(ids(&all), ["a"]);
        assert!(!is_gapped);
        let (all, is_gapped) = merged(&rows(&["a"]), Vec::new(), 10);
        assert_eq!(all.len(), 1, "nothing fetched takes nothing away");
        assert!(!is_gapped);
    }

    #[test]
    fn an_outcome_is_a_colour_and_words() {
        assert_eq!(row("a").outcome(), ("good", "stored"));
        assert_eq!(Row { rejected: 1, ..row("a") }.outcome(), ("warn", "stored in part"));
        let again = Row { accepted: 0, duplicates: 2, ..row("a") };
        assert_eq!(again.outcome(), ("warn", "all duplicates"));
        let code = Some("invalid_json".to_owned());
        assert_eq!(Row { status: 400, code, ..row("a") }.outcome(), ("bad", "invalid_json"));
    }
}
