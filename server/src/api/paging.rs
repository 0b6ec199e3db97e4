//! Lists in pages: `limit` and `cursor` in, `nextCursor` out.

use std::str::FromStr;

use web::{Fault, api::Params};

const DEFAULT: i64 = 50;
const MOST: i64 = 200;

/// Which page is asked for.
pub struct Paging<Id> {
    limit: usize,
    /// The last one of the page before.
    pub before: Option<Id>,
}

impl<Id: FromStr> Paging<Id> {
    /// Reads both fields.
    pub fn read(params: &Params) -> Result<Self, Fault> {
        let limit = params.integer("limit")?.unwrap_or(DEFAULT);
        if !(1..=MOST).contains(&limit) {
            return Err(Fault::invalid("limit", format!("limit must be 1 to {MOST}.")));
        }
        let before =
            params.text("cursor")?.map(str::parse).transpose().map_err(|_| {
                Fault::invalid("cursor", "cursor must be the nextCursor of a list.")
            })?;
        Ok(Self { limit: usize::try_from(limit).unwrap_or_default(), before })
    }

    /// How many to look for: one more than are told, to see whether there is a next page.
    pub fn wanted(&self) -> u16 {
        u16::try_from(self.limit + 1).unwrap_or(u16::MAX)
    }

    /// Cuts what was found to the page, and tells where the next one begins.
    pub fn cut<T>(&self, found: &mut Vec<T>, id: impl Fn(&T) -> String) -> Option<String> {
        let has_more = found.len() > self.limit;
        found.truncate(self.limit);
        found.last().filter(|_| has_more).map(id)
    }
}
