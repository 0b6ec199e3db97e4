//! Lists: newest first, page by page, each page named by the last thing on the one before.

use serde_json::{Value, json};

use super::{Call, Params};
use crate::error::{Answer, ApiError};
use crate::state::{Row, World};

const DEFAULT_LIMIT: i64 = 10;
const MOST: i64 = 100;

/// Which page is wanted.
#[derive(Debug)]
pub(crate) struct Paging {
    limit: usize,
    after: Option<String>,
    before: Option<String>,
}

impl Paging {
    pub(crate) fn read(params: &Params) -> Answer<Self> {
        let limit = params.integer("limit")?.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MOST).contains(&limit) {
            let message = if limit > MOST {
                format!("Invalid integer: limit must be less than or equal to {MOST}")
            } else {
                "Invalid integer: limit must be greater than or equal to 1".to_owned()
            };
            let error = ApiError::invalid(message).code("parameter_invalid_integer");
            return Err(error.param("limit"));
        }
        let after = params.filled("starting_after")?;
        let before = params.filled("ending_before")?;
        if after.is_some() && before.is_some() {
            let message =
                "You may only specify one of these parameters: ending_before, starting_after.";
            return Err(ApiError::invalid(message).code("parameters_exclusive"));
        }
        Ok(Self { limit: usize::try_from(limit).unwrap_or(usize::MAX), after, before })
    }

    /// The page of what is there, newest first.
    pub(crate) fn rows<T: Row>(&self, call: &Call<'_>, rows: &[&T]) -> Answer {
        let (page, has_more) = self.cut(rows, T::NAME, |row| row.id())?;
        let data: Vec<Value> = page.iter().map(|row| row.render(call.world)).collect();
        Ok(listed(call.path, &data, has_more))
    }

    /// The same of what is rendered already.
    pub(crate) fn values(&self, call: &Call<'_>, name: &str, values: &[Value]) -> Answer {
        let id = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
        let (page, has_more) = self.cut(values, name, id)?;
        Ok(listed(call.path, page, has_more))
    }

    fn cut<'a, T, I: AsRef<str>>(
        &self,
        all: &'a [T],
        name: &str,
        id: impl Fn(&T) -> I,
    ) -> Answer<(&'a [T], bool)> {
        let place = |cursor: &String, param: &str| {
            let place = all.iter().position(|row| id(row).as_ref() == cursor);
            place.ok_or_else(|| ApiError::no_such(name, cursor, param))
        };
        if let Some(before) = &self.before {
            let end = place(before, "ending_before")?;
            let start = end.saturating_sub(self.limit);
            return Ok((&all[start..end], start > 0));
        }
        let start = match &self.after {
            Some(after) => place(after, "starting_after")? + 1,
            None => 0,
        };
        let end = all.len().min(start + self.limit);
        Ok((&all[start..end], end < all.len()))
    }
}

fn listed(url: &str, data: &[Value], has_more: bool) -> Value {
    json!({ "object": "list", "data": data, "has_more": has_more, "url": url })
}

/// The filter `created`, which is a time or a range of times.
#[derive(Debug, Default)]
pub(crate) struct Created {
    from: Option<i64>,
    /// Inclusive.
    to: Option<i64>,
}

impl Created {
    pub(crate) fn read(params: &Params) -> Answer<Self> {
        let Ok(Some(range)) = params.group("created") else {
            let at = params.integer("created")?;
            return Ok(Self { from: at, to: at });
        };
        let from = range.integer("gt")?.map(|at| at + 1);
        let to = range.integer("lt")?.map(|at| at - 1);
        Ok(Self { from: range.integer("gte")?.or(from), to: range.integer("lte")?.or(to) })
    }

    pub(crate) fn has(&self, at: i64) -> bool {
        self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at <= to)
    }
}

/// The rows that a filter lets through, newest first.
pub(crate) fn newest_first<'a, T: Row>(
    rows: impl DoubleEndedIterator<Item = &'a T>,
    mut is_wanted: impl FnMut(&T) -> bool,
) -> Vec<&'a T> {
    rows.rev().filter(|row| is_wanted(row)).collect()
}

/// Refuses a parameter `customer` that names nobody, or somebody who is gone.
pub(crate) fn customer(world: &World, id: &str) -> Answer<()> {
    match world.customers.find(id) {
        Some(customer) if !customer.is_deleted => Ok(()),
        _ => Err(ApiError::no_such_param("customer", id, "customer")),
    }
}

/// The same for a list, which may be of somebody who is gone, but not of somebody who never was.
pub(crate) fn known_customer(world: &World, id: Option<&str>) -> Answer<()> {
    match id.filter(|id| !world.customers.has(id)) {
        None => Ok(()),
        Some(id) => Err(ApiError::no_such_param("customer", id, "customer")),
    }
}

/// Refuses a path of nobody, or of somebody who is gone. `param` is what Stripe calls the id in the path.
pub(crate) fn customer_of_path(world: &World, id: &str, param: &str) -> Answer<()> {
    customer(world, id).map_err(|_| ApiError::no_such("customer", id, param))
}
