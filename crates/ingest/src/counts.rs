//! What a commit adds to the counts: of every request, and of those of which no attempt is kept.

use std::collections::BTreeMap;

use attempts::{Counted, Totals, Traffic};
use model::{Code, UnixMs, ids::SourceId};

use crate::outcome::Answer;

const MINUTE_MS: i64 = 60_000;

/// A source, a minute, and the text of the refusal's code, which gives them an order.
type UnkeptKey = (Option<SourceId>, i64, &'static str);

/// Sums by source and minute, in one order for everyone, so that two processes cannot wait for each other.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    traffic: BTreeMap<(SourceId, i64), Totals>,
    unkept: BTreeMap<UnkeptKey, (Option<Code>, i64)>,
}

impl Counts {
    /// Counts a request that came `at` this moment and was answered so.
    pub fn add(&mut self, source: Option<SourceId>, at: UnixMs, answer: &Answer, is_kept: bool) {
        let code = answer.refused().map(|refused| refused.code);
        self.add_outcome(source, at, (code, answer.totals()), is_kept);
    }

    /// Counts a refusal of which no attempt is kept.
    pub fn add_refusal(&mut self, source: Option<SourceId>, at: UnixMs, code: Code) {
        self.add_outcome(source, at, (Some(code), Totals::REFUSAL), false);
    }

    fn add_outcome(
        &mut self,
        source: Option<SourceId>,
        at: UnixMs,
        (code, totals): (Option<Code>, Totals),
        is_kept: bool,
    ) {
        let minute = at.0.div_euclid(MINUTE_MS);
        if let Some(source) = source {
            self.traffic.entry((source, minute)).or_default().add(totals);
        }
        if !is_kept {
            let key = (source, minute, code.map_or("", Code::as_str));
            self.unkept.entry(key).or_insert((code, 0)).1 += 1;
        }
    }

    /// Adds all of `other`.
    pub fn append(&mut self, other: Self) {
        for (key, totals) in other.traffic {
            self.traffic.entry(key).or_default().add(totals);
        }
        for (key, (code, requests)) in other.unkept {
            self.unkept.entry(key).or_insert((code, 0)).1 += requests;
        }
    }

    /// Whether there is nothing to add.
    pub fn is_empty(&self) -> bool {
        self.traffic.is_empty() && self.unkept.is_empty()
    }

    /// Of every request.
    pub fn traffic(&self) -> Vec<Traffic> {
        let traffic = |(&(source_id, minute), &totals): (&(SourceId, i64), &Totals)| Traffic {
            source_id,
            at: UnixMs(minute * MINUTE_MS),
            totals,
        };
        self.traffic.iter().map(traffic).collect()
    }

    /// Of those of which no attempt is kept.
    pub fn unkept(&self) -> Vec<Counted> {
        let counted = self.unkept.iter().map(|(&(source_id, minute, _), &(code, requests))| {
            Counted { source_id, at: UnixMs(minute * MINUTE_MS), code, requests }
        });
        counted.collect()
    }
}
