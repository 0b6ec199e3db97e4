//! Changes that are made only once they are paid: <https://docs.stripe.com/billing/subscriptions/pending-updates>.
//!
//! An update waits while its invoice is open. Paid, it is applied; void, whoever voided it, it is gone.

use super::change::Change;
use super::subscribe::INCOMPLETE_SECONDS;
use crate::error::{Answer, ApiError};
use crate::state::payment::Presence;
use crate::state::subscription::{PendingUpdate, Status, Subscription};
use crate::state::{Row, World};

impl World {
    /// Changes a subscription if that is paid or costs nothing now; otherwise the change waits.
    ///
    /// It takes the place of one that waits already.
    pub(super) fn change_once_paid(&mut self, id: &str, change: &Change) -> Answer<()> {
        let old = self.live(id)?.clone();
        if old.status == Status::Incomplete {
            let message =
                "A subscription whose first invoice is not paid cannot have a pending update.";
            return Err(ApiError::invalid(message).param("payment_behavior"));
        }
        let before = old.render(self);
        let invoice = self.revise(id, change)?;
        self.forget_update(id);
        if let Some(invoice) = invoice {
            self.collect_before(&old, &invoice);
        }
        self.tell_change(id, &before);
        Ok(())
    }

    /// Takes a change back that was just made, and makes it again if its invoice can be collected.
    fn collect_before(&mut self, old: &Subscription, invoice: &str) {
        let planned = self.subscriptions.get(&old.id).clone();
        let latest_invoice = planned.latest_invoice.clone();
        self.subscriptions.replace(Subscription {
            latest_invoice,
            pending_update: None,
            ..old.clone()
        });
        self.invoices.get_mut(invoice).holds_update = true;
        self.finalize(invoice);
        let charged = self.charge_automatically(invoice, Presence::Absent);
        let now = self.time_of(&old.customer);
        let row = self.subscriptions.get_mut(&old.id);
        if charged.is_ok() {
            row.adopt(planned);
            return;
        }
        // "The first occurrence of either the trial end or the earliest current period end", within 23 hours.
        row.pending_update = Some(PendingUpdate {
            invoice: invoice.to_owned(),
            expires_at: row.period_end.min(now + INCOMPLETE_SECONDS),
            planned: Box::new(planned),
        });
    }

    /// Makes the change that waited for this invoice, if one did.
    pub(super) fn apply_update(&mut self, id: &str, invoice: &str) {
        let before = self.subscriptions.get(id).render(self);
        let Some(update) = self.take_update(id, invoice) else { return };
        self.subscriptions.get_mut(id).adopt(*update.planned);
        self.emit("customer.subscription.pending_update_applied", id);
        self.tell_change(id, &before);
    }

    /// Drops the change that waited for this invoice, which is void.
    pub(super) fn cancel_update(&mut self, id: &str, invoice: &str) {
        let before = self.subscriptions.get(id).render(self);
        if self.take_update(id, invoice).is_some() {
            self.tell_change(id, &before);
        }
    }

    fn take_update(&mut self, id: &str, invoice: &str) -> Option<PendingUpdate> {
        let update = &mut self.subscriptions.get_mut(id).pending_update;
        update.take_if(|update| update.invoice == invoice)
    }

    /// Drops the change that waits, if one does, and voids its invoice; whoever calls tells of the subscription.
    pub(crate) fn forget_update(&mut self, id: &str) {
        if let Some(update) = self.subscriptions.get_mut(id).pending_update.take() {
            // It is open as long as the update waits, so it can be voided.
            let _ = self.void(&update.invoice);
        }
    }

    /// The time to pay is over.
    pub(super) fn expire_update(&mut self, id: &str) {
        self.forget_update(id);
        self.emit("customer.subscription.pending_update_expired", id);
    }
}
