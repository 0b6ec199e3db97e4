//! Charging an open invoice, and what success and failure do to its subscription.

use crate::error::{Answer, ApiError};
use crate::knobs::AfterRetries;
use crate::state::invoice::{Invoice, Reason, State};
use crate::state::payment::{Card, Intent, IntentState, Presence};
use crate::state::subscription::Status;
use crate::state::{Row, World};

const DAY_SECONDS: i64 = 86_400;

impl World {
    /// What would be charged for a subscription.
    pub(crate) fn method_of(&self, subscription: &str) -> Option<String> {
        let row = self.subscriptions.get(subscription);
        let customer = self.customers.get(&row.customer);
        row.default_method.clone().or_else(|| customer.default_method.clone())
    }

    /// Charges an open invoice once; the schedule of later tries stays as it is.
    pub(crate) fn charge(
        &mut self,
        id: &str,
        method: Option<String>,
        presence: Presence,
    ) -> Answer<()> {
        let invoice = self.invoices.get(id);
        let (subscription, intent) = (invoice.subscription.clone(), invoice.intent.clone());
        let method = method.or_else(|| self.method_of(&subscription));
        let is_paid = method
            .as_deref()
            .and_then(|method| self.methods.find(method))
            .is_some_and(|method| method.card.pays(presence));
        let now = self.time_of(&invoice.customer);
        self.invoices.get_mut(id).attempted = true;
        let Some(intent) = intent else {
            return Ok(());
        };
        let row = self.intents.get_mut(&intent);
        row.method = method;
        if is_paid {
            row.state = IntentState::Succeeded { at: now };
            self.emit("payment_intent.succeeded", &intent);
            self.mark_paid(id, None);
            return Ok(());
        }
        row.has_failed = true;
        self.emit("payment_intent.payment_failed", &intent);
        Err(ApiError::declined(self.render(&intent)))
    }

    /// Charges an invoice because its time has come; plans the next try when that fails.
    pub(crate) fn charge_automatically(&mut self, id: &str, presence: Presence) -> Answer<()> {
        if !self.invoices.get(id).is_open() {
            return Ok(());
        }
        let result = self.charge(id, None, presence);
        let now = self.time_of(&self.invoices.get(id).customer);
        let invoice = self.invoices.get_mut(id);
        invoice.attempt_count += 1;
        if result.is_ok() {
            return result;
        }
        let tries = usize::try_from(invoice.attempt_count).unwrap_or(usize::MAX);
        let days = self.knobs.retry_days.get(tries - 1);
        // A first invoice and that of a pending update wait for the customer, and expire.
        let is_waiting = invoice.reason == Reason::SubscriptionCreate || invoice.holds_update;
        invoice.next_attempt = days.filter(|_| !is_waiting).map(|days| now + days * DAY_SECONDS);
        let (subscription, is_last) =
            (invoice.subscription.clone(), invoice.next_attempt.is_none());
        self.emit("invoice.payment_failed", id);
        if !is_waiting {
            self.fall_behind(&subscription, is_last);
        }
        result
    }

    fn fall_behind(&mut self, subscription: &str, is_last: bool) {
        match self.subscriptions.get(subscription).status {
            Status::Active | Status::Trialing => self.set_state(subscription, Status::PastDue),
            Status::PastDue => {}
            _ => return,
        }
        match self.knobs.after_retries {
            _ if !is_last => {}
            AfterRetries::Cancel => self.end(subscription, "payment_failed"),
            AfterRetries::Unpaid => self.set_state(subscription, Status::Unpaid),
            AfterRetries::PastDue => {}
        }
    }

    /// Notes that an invoice is paid: by its payment intent, by the customer's credit, or outside (`out_of_band`).
    pub(crate) fn mark_paid(&mut self, id: &str, out_of_band: Option<()>) {
        let now = self.time_of(&self.invoices.get(id).customer);
        let invoice = self.invoices.get_mut(id);
        invoice.state = State::Paid;
        invoice.amount_paid = invoice.amount_due();
        invoice.is_out_of_band = out_of_band.is_some();
        invoice.attempted = true;
        invoice.paid_at = Some(now);
        invoice.next_attempt = None;
        let subscription = invoice.subscription.clone();
        self.emit("invoice.paid", id);
        self.emit("invoice.payment_succeeded", id);
        let intent = self.invoices.get(id).intent.as_deref().map(|id| self.intents.get(id));
        if let Some(payment) = intent.map(Intent::invoice_payment_id) {
            self.emit("invoice_payment.paid", &payment);
        }
        self.apply_update(&subscription, id);
        self.recover(&subscription);
        self.complete_session_of(&subscription);
    }

    /// Makes a subscription active again if its newest finalized invoice is settled.
    pub(crate) fn recover(&mut self, id: &str) {
        let status = self.subscriptions.get(id).status;
        if !matches!(status, Status::Incomplete | Status::PastDue | Status::Unpaid) {
            return;
        }
        let counts = |invoice: &&Invoice| {
            invoice.subscription == id
                && invoice.state != State::Draft
                && (!invoice.holds_update || invoice.state == State::Paid)
        };
        let finalized = self.invoices.iter().rev().find(counts);
        if finalized.is_none_or(|invoice| !invoice.is_open()) {
            self.set_state(id, Status::Active);
        }
    }

    /// Moves a subscription to another state, and tells.
    pub(crate) fn set_state(&mut self, id: &str, status: Status) {
        let before = self.subscriptions.get(id).render(self);
        let now = self.time_of(&self.subscriptions.get(id).customer);
        let row = self.subscriptions.get_mut(id);
        row.status = status;
        row.ended_at = status.is_over().then_some(now);
        self.tell_change(id, &before);
    }

    /// Tells of a change of a subscription, unless its beginning has not been told yet.
    pub(crate) fn tell_change(&mut self, id: &str, before: &serde_json::Value) {
        if self.subscriptions.get(id).is_announced {
            self.emit_change("customer.subscription.updated", id, before);
        }
    }

    /// Pays an open invoice, for whoever asks for it.
    pub(crate) fn pay(&mut self, id: &str, method: Option<String>, how: Presence) -> Answer<()> {
        let invoice = self.invoices.get(id);
        match invoice.state {
            State::Draft => self.finalize(id),
            State::Open => {}
            State::Paid => {
                return Err(
                    ApiError::invalid("Invoice is already paid").code("invoice_already_paid")
                );
            }
            State::Void => {
                let message = "This invoice can no longer be paid because it has been voided.";
                return Err(ApiError::invalid(message));
            }
        }
        if !self.invoices.get(id).is_open() {
            return Ok(());
        }
        let result = self.charge(id, method, how);
        if result.is_err() {
            // Only the tries of the schedule are counted, and the first of all.
            let row = self.invoices.get_mut(id);
            row.attempt_count = row.attempt_count.max(1);
            self.emit("invoice.payment_failed", id);
        }
        result
    }

    /// The same with the customer there, who may bring another card.
    pub(crate) fn pay_on_page(&mut self, id: &str, card: Option<Card>) -> Answer<()> {
        if !self.invoices.has(id) {
            return Err(ApiError::no_such("invoice", id, "invoice"));
        }
        let customer = self.invoices.get(id).customer.clone();
        let method = card.map(|card| self.attach_card(&customer, card));
        self.pay(id, method, Presence::Present)
    }
}
