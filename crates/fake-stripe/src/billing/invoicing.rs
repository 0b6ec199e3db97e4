//! From lines to an invoice that can be paid.

use super::proration::remaining;
use crate::calendar::day;
use crate::error::{Answer, ApiError};
use crate::state::World;
use crate::state::invoice::{Invoice, Line, PendingItem, Reason, State};
use crate::state::payment::{Intent, IntentState};
use crate::state::subscription::{Item, Status, Subscription};

/// What an invoice is for.
pub(crate) struct Bill {
    pub reason: Reason,
    pub lines: Vec<Line>,
    pub period: (i64, i64),
    pub proration_date: Option<i64>,
}

impl World {
    /// Makes a draft with these lines and everything that waits for it; the subscription's latest from now on.
    pub(crate) fn draft(&mut self, subscription: &str, bill: Bill) -> String {
        let Subscription { customer, currency, status, .. } =
            self.subscriptions.get(subscription).clone();
        let id = self.ids.id("in");
        let now = self.time_of(&customer);
        let mut lines = self.take_pending(subscription, &id);
        lines.extend(bill.lines);
        let row = self.customers.get_mut(&customer);
        row.currency = Some(currency.clone());
        let starting_balance = row.balance;
        self.invoices.insert(Invoice {
            id: id.clone(),
            created: now,
            subscription: subscription.to_owned(),
            customer,
            state: State::Draft,
            reason: bill.reason,
            currency,
            lines,
            period_start: bill.period.0,
            period_end: bill.period.1,
            number: None,
            starting_balance,
            ending_balance: None,
            amount_paid: 0,
            is_out_of_band: false,
            attempt_count: 0,
            attempted: false,
            is_automatic: status != Status::Unpaid,
            finalizes_at: None,
            next_attempt: None,
            finalized_at: None,
            paid_at: None,
            voided_at: None,
            intent: None,
            proration_date: bill.proration_date,
            holds_update: false,
            metadata: crate::state::Metadata::new(),
            description: None,
        });
        self.subscriptions.get_mut(subscription).latest_invoice = Some(id.clone());
        self.emit("invoice.created", &id);
        id
    }

    /// What waits for the next invoice of a subscription, from now on in `invoice`.
    fn take_pending(&mut self, subscription: &str, invoice: &str) -> Vec<Line> {
        let is_waiting =
            |item: &&PendingItem| item.subscription == subscription && item.invoice.is_none();
        let waiting: Vec<String> =
            self.pending.iter().filter(is_waiting).map(|item| item.id.clone()).collect();
        let take = |id: &String| {
            let item = self.pending.get_mut(id);
            item.invoice = Some(invoice.to_owned());
            item.line.clone()
        };
        waiting.iter().map(take).collect()
    }

    /// Gives a draft its number and opens it; what costs nothing is paid at once.
    pub(crate) fn finalize(&mut self, id: &str) {
        let now = self.time_of(&self.invoices.get(id).customer);
        let customer = self.customers.get_mut(&self.invoices.get(id).customer);
        let number = format!("{}-{:04}", customer.invoice_prefix, customer.next_invoice);
        customer.next_invoice += 1;
        let invoice = self.invoices.get_mut(id);
        invoice.starting_balance = customer.balance;
        customer.balance = (customer.balance + invoice.total()).min(0);
        invoice.ending_balance = Some(customer.balance);
        invoice.number = Some(number);
        invoice.state = State::Open;
        invoice.finalizes_at = None;
        invoice.finalized_at = Some(now);
        if invoice.amount_due() > 0 {
            self.open_intent(id);
            self.emit("invoice.finalized", id);
        } else {
            self.emit("invoice.finalized", id);
            self.mark_paid(id, None);
        }
    }

    fn open_intent(&mut self, invoice: &str) {
        let row = self.invoices.get(invoice);
        let intent = Intent {
            id: self.ids.id("pi"),
            created: row.finalized_at.unwrap_or(row.created),
            customer: row.customer.clone(),
            invoice: invoice.to_owned(),
            amount: row.amount_due(),
            currency: row.currency.clone(),
            method: None,
            state: IntentState::RequiresPaymentMethod,
            has_failed: false,
        };
        let id = intent.id.clone();
        self.intents.insert(intent);
        self.invoices.get_mut(invoice).intent = Some(id.clone());
        self.emit("payment_intent.created", &id);
    }

    /// Declares that an open invoice will not be collected.
    pub(crate) fn void(&mut self, id: &str) -> Answer<()> {
        let invoice = self.invoices.get(id);
        if !invoice.is_open() {
            let message =
                "You can only pass in open or uncollectible invoices. This invoice isn't open.";
            return Err(ApiError::invalid(message).code("invoice_not_editable"));
        }
        let (subscription, now) = (invoice.subscription.clone(), self.time_of(&invoice.customer));
        let customer = self.customers.get_mut(&invoice.customer.clone());
        let invoice = self.invoices.get_mut(id);
        invoice.state = State::Void;
        invoice.voided_at = Some(now);
        invoice.next_attempt = None;
        // The credit that it used can be used again.
        let used = invoice.ending_balance.map_or(0, |end| end - invoice.starting_balance);
        customer.balance -= used;
        let holds_update = invoice.holds_update;
        if let Some(intent) = invoice.intent.clone() {
            self.intents.get_mut(&intent).state = IntentState::Canceled { at: now };
            self.emit("payment_intent.canceled", &intent);
        }
        self.emit("invoice.voided", id);
        if holds_update {
            self.cancel_update(&subscription, id);
        } else if self.subscriptions.get(&subscription).status == Status::Incomplete {
            self.set_state(&subscription, Status::IncompleteExpired);
        } else {
            self.recover(&subscription);
        }
        Ok(())
    }

    /// The lines of a whole period.
    pub(crate) fn full_lines(&mut self, subscription: &Subscription) -> Vec<Line> {
        subscription.items.iter().map(|item| self.full_line(subscription, item)).collect()
    }

    fn full_line(&mut self, subscription: &Subscription, item: &Item) -> Line {
        let price = self.prices.get(&item.price);
        let name = &self.products.get(&price.product).name;
        let is_trial = subscription.status == Status::Trialing;
        let description = if is_trial {
            format!("Trial period for {name}")
        } else {
            format!("{} × {name} (at {})", item.quantity, price.label())
        };
        let amount = if is_trial { 0 } else { price.unit_amount * item.quantity };
        Line {
            id: self.ids.id("il"),
            amount,
            description,
            period_start: subscription.period_start,
            period_end: subscription.period_end,
            price: item.price.clone(),
            quantity: item.quantity,
            item: item.id.clone(),
            pending: None,
        }
    }

    /// The line for the rest of a period: the credit of what is no longer used, or the charge of what is new.
    pub(crate) fn rest_line(
        &mut self,
        subscription: &Subscription,
        item: &Item,
        at: i64,
        is_credit: bool,
    ) -> Line {
        let price = self.prices.get(&item.price);
        let name = &self.products.get(&price.product).name;
        let (word, sign) = if is_credit { ("Unused", -1) } else { ("Remaining", 1) };
        let description = format!("{word} time on {} × {name} after {}", item.quantity, day(at));
        let whole = sign * price.unit_amount * item.quantity;
        Line {
            amount: remaining(whole, at, subscription.period_start, subscription.period_end),
            id: self.ids.id("il"),
            description,
            period_start: at,
            period_end: subscription.period_end,
            price: item.price.clone(),
            quantity: item.quantity,
            item: item.id.clone(),
            pending: Some(self.ids.id("ii")),
        }
    }

    /// Keeps a line for the next invoice.
    pub(crate) fn keep_line(&mut self, subscription: &Subscription, line: Line) {
        let id = line.pending.clone().unwrap_or_else(|| self.ids.id("ii"));
        self.pending.insert(PendingItem {
            id: id.clone(),
            created: self.time_of(&subscription.customer),
            customer: subscription.customer.clone(),
            subscription: subscription.id.clone(),
            currency: subscription.currency.clone(),
            line,
            invoice: None,
        });
        self.emit("invoiceitem.created", &id);
    }
}
