//! What an invoice would be: the engine does it to a copy of the world, so the preview is what then happens.

use serde_json::{Value, json};

use super::change::Change;
use super::invoicing::Bill;
use super::subscribe::NewSubscription;
use crate::error::{Answer, ApiError};
use crate::state::invoice::Reason;
use crate::state::subscription::{Status, Subscription};
use crate::state::{Row, World};

/// What is previewed.
#[derive(Debug)]
pub(crate) enum Preview {
    /// A new subscription.
    New(NewSubscription),
    /// The next invoice of one there is, after this change.
    Changed { subscription: String, change: Box<Change> },
    /// The next invoice of one that is canceled at once.
    Canceled { subscription: String, prorates: bool },
}

impl World {
    /// The invoice as the API shows it, without leaving a trace.
    pub(crate) fn preview(&mut self, preview: Preview) -> Answer {
        let mut copy = self.scratch();
        let id = copy.previewed(preview)?;
        // Two previews are not the same object.
        self.ids = copy.ids.clone();
        let invoice = copy.invoices.get(&id);
        let mut value = invoice.render(&copy);
        let upcoming = format!("upcoming_{id}");
        let lines = value["lines"]["data"].as_array_mut().map(std::mem::take).unwrap_or_default();
        let renamed = lines.into_iter().map(|mut line| {
            line["invoice"] = json!(upcoming);
            line
        });
        value["lines"]["data"] = renamed.collect();
        value["lines"]["url"] = json!(format!("/v1/invoices/{upcoming}/lines"));
        value["id"] = json!(upcoming);
        value["next_payment_attempt"] = Value::Null;
        Ok(value)
    }

    fn previewed(&mut self, preview: Preview) -> Answer<String> {
        let id = match preview {
            Preview::New(new) => {
                let id = self.begin(new)?;
                return Ok(self.subscriptions.get(&id).latest_invoice.clone().unwrap_or_default());
            }
            Preview::Changed { subscription, change } => {
                if let Some(invoice) = self.revise(&subscription, &change)? {
                    return Ok(invoice);
                }
                subscription
            }
            Preview::Canceled { subscription, prorates } => {
                return self.preview_cancellation(&subscription, prorates);
            }
        };
        let row = self.subscriptions.get(&id).clone();
        let last = row.ends_at().filter(|at| *at <= row.period_end);
        if row.status.is_over() || last.is_some() && !self.has_pending(&id) {
            return Err(ApiError::nothing_upcoming(&row.customer));
        }
        let period = (row.period_start, last.unwrap_or(row.period_end));
        let reason = Reason::Upcoming;
        let invoice = if last.is_some() {
            self.draft(&id, Bill { reason, lines: Vec::new(), period, proration_date: None })
        } else {
            self.enter_next_period(row);
            self.draft_period(&id, period)
        };
        let draft = self.invoices.get_mut(&invoice);
        draft.created = period.1;
        draft.reason = reason;
        Ok(invoice)
    }

    fn enter_next_period(&mut self, mut row: Subscription) {
        row.period_start = row.period_end;
        row.period_end = row.interval.boundary_after(row.anchor, row.period_start);
        if row.status == Status::Trialing {
            row.status = Status::Active;
        }
        self.subscriptions.replace(row);
    }

    fn preview_cancellation(&mut self, id: &str, prorates: bool) -> Answer<String> {
        let row = self.subscriptions.find(id).filter(|row| !row.status.is_over());
        let row = row.ok_or_else(|| ApiError::no_such("subscription", id, "subscription"))?.clone();
        let now = self.time_of(&row.customer);
        if prorates {
            for item in &row.items {
                let line = self.rest_line(&row, item, now, true);
                self.keep_line(&row, line);
            }
        }
        let reason = Reason::SubscriptionUpdate;
        let period = (row.period_start, now);
        let bill = Bill { reason, lines: Vec::new(), period, proration_date: None };
        Ok(self.draft(id, bill))
    }
}
