//! How a subscription ends, and how a paused one goes on.

use super::change::Change;
use super::invoicing::Bill;
use crate::error::{Answer, ApiError};
use crate::state::World;
use crate::state::invoice::Reason;
use crate::state::payment::Presence;
use crate::state::subscription::Status;

/// How it is ended at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cancellation {
    /// Credit for the rest of the period.
    pub prorates: bool,
    /// Whatever waits is invoiced now.
    pub invoices_now: bool,
    pub comment: Option<String>,
    pub feedback: Option<String>,
}

impl World {
    /// Ends a subscription at once.
    pub(crate) fn cancel(&mut self, id: &str, how: Cancellation) -> Answer<()> {
        let live = self.subscriptions.find(id).filter(|row| !row.status.is_over());
        let subscription = live.ok_or_else(|| ApiError::no_such("subscription", id, "id"))?.clone();
        let now = self.time_of(&subscription.customer);
        if subscription.status == Status::Incomplete {
            self.keep_reasons(id, how);
            self.expire_incomplete(id);
            return Ok(());
        }
        if how.prorates && matches!(subscription.status, Status::Active | Status::PastDue) {
            for item in &subscription.items {
                let credit = self.rest_line(&subscription, item, now, true);
                self.keep_line(&subscription, credit);
            }
        }
        if how.invoices_now {
            self.invoice_pending(id, Reason::SubscriptionUpdate);
        }
        self.keep_reasons(id, how);
        if !self.subscriptions.get(id).status.is_over() {
            self.end(id, "cancellation_requested");
        }
        Ok(())
    }

    fn keep_reasons(&mut self, id: &str, how: Cancellation) {
        let row = self.subscriptions.get_mut(id);
        row.cancel_comment = how.comment;
        row.cancel_feedback = how.feedback;
    }

    /// Invoices what waits, if anything does. Whether it is paid or not, the subscription ends.
    fn invoice_pending(&mut self, id: &str, reason: Reason) {
        if !self.has_pending(id) {
            return;
        }
        let row = self.subscriptions.get(id);
        let period = (row.period_start, self.time_of(&row.customer));
        let bill = Bill { reason, lines: Vec::new(), period, proration_date: None };
        let invoice = self.draft(id, bill);
        self.finalize(&invoice);
        let _ = self.charge_automatically(&invoice, Presence::Absent);
    }

    /// Whether anything waits for the next invoice of a subscription.
    pub(super) fn has_pending(&self, id: &str) -> bool {
        self.pending.iter().any(|item| item.subscription == id && item.invoice.is_none())
    }

    /// Its planned end has come. "Any pending prorations are also left in place and collected at the end of the
    /// period."
    pub(super) fn end_as_planned(&mut self, id: &str) {
        if matches!(self.subscriptions.get(id).status, Status::Active | Status::PastDue) {
            self.invoice_pending(id, Reason::SubscriptionCycle);
        }
        if !self.subscriptions.get(id).status.is_over() {
            self.end(id, "cancellation_requested");
        }
    }

    /// The end itself. What is open stays open, but is not tried again; only a pending update is dropped.
    pub(crate) fn end(&mut self, id: &str, reason: &'static str) {
        self.forget_update(id);
        let now = self.time_of(&self.subscriptions.get(id).customer);
        let row = self.subscriptions.get_mut(id);
        row.status = Status::Canceled;
        row.ended_at = Some(now);
        row.canceled_at = Some(row.canceled_at.unwrap_or(now));
        row.cancel_reason = Some(reason);
        let own = self.invoices.iter().filter(|invoice| invoice.subscription == id);
        let own: Vec<String> = own.map(|invoice| invoice.id.clone()).collect();
        for invoice in own {
            let invoice = self.invoices.get_mut(&invoice);
            invoice.is_automatic = false;
            invoice.next_attempt = None;
            invoice.finalizes_at = None;
        }
        self.emit("customer.subscription.deleted", id);
    }

    /// Ends a subscription as the portal does.
    ///
    /// With the period: in flexible billing mode the portal sets the moment and leaves `cancel_at_period_end` alone.
    pub(crate) fn cancel_from_page(&mut self, id: &str, at_period_end: bool) -> Answer<()> {
        if at_period_end {
            let end = self.live(id)?.period_end;
            self.change(id, &Change::cancel_at(end))
        } else {
            self.cancel(id, Cancellation::default())
        }
    }

    /// Lets a paused subscription go on with a new period, which is charged.
    pub(crate) fn resume(&mut self, id: &str, keeps_anchor: bool) -> Answer<()> {
        let row = self.subscriptions.find(id);
        let row = row.ok_or_else(|| ApiError::no_such("subscription", id, "id"))?;
        if row.status != Status::Paused {
            let message = format!(
                "Only paused subscriptions can be resumed; this one is {}.",
                row.status.name()
            );
            return Err(ApiError::invalid(message));
        }
        let now = self.time_of(&row.customer);
        let mut new = row.clone();
        if !keeps_anchor {
            new.anchor = now;
        }
        new.period_start = now;
        new.period_end = new.interval.boundary_after(new.anchor, now);
        let lines = self.full_lines(&new);
        self.subscriptions.replace(new);
        let reason = Reason::SubscriptionUpdate;
        let bill = Bill { reason, lines, period: (now, now), proration_date: None };
        let invoice = self.draft(id, bill);
        self.finalize(&invoice);
        // It goes on once this is paid; until then it stays paused.
        self.charge_automatically(&invoice, Presence::Absent)?;
        self.set_state(id, Status::Active);
        self.emit("customer.subscription.resumed", id);
        Ok(())
    }
}
