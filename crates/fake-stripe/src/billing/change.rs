//! Changing a subscription: its items, when it ends, and what is owed for the rest of the period.

use super::invoicing::Bill;
use super::subscribe::{Behavior, common_terms};
use crate::error::{Answer, ApiError};
use crate::state::invoice::{Line, Reason};
use crate::state::payment::Presence;
use crate::state::subscription::{Item, Status, Subscription};
use crate::state::{Edit, Metadata, Row, World};

/// What becomes of the rest of the period when items change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proration {
    /// It is on the next invoice.
    Create,
    /// It is invoiced and charged at once.
    Invoice,
    /// Nothing.
    Nothing,
}

/// One item that is changed, added (no `id`) or removed.
#[derive(Debug, Clone, Default)]
pub(crate) struct ItemChange {
    pub id: Option<String>,
    pub price: Option<String>,
    pub quantity: Option<i64>,
    pub metadata: Option<Metadata>,
    pub is_removed: bool,
}

/// When a trial ends, if that is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrialEnd {
    Now,
    At(i64),
}

/// What is changed; what is not named stays as it is.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub items: Vec<ItemChange>,
    pub proration: Proration,
    pub proration_date: Option<i64>,
    pub behavior: Behavior,
    pub restarts_period: bool,
    pub trial_end: Option<TrialEnd>,
    pub cancel_at_period_end: Option<bool>,
    pub cancel_at: Edit<i64>,
    pub default_method: Edit<String>,
    pub description: Edit<String>,
    pub metadata: Option<Metadata>,
    pub comment: Edit<String>,
    pub feedback: Edit<String>,
}

impl Default for Change {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            proration: Proration::Create,
            proration_date: None,
            behavior: Behavior::Allow,
            restarts_period: false,
            trial_end: None,
            cancel_at_period_end: None,
            cancel_at: Edit::Keep,
            default_method: Edit::Keep,
            description: Edit::Keep,
            metadata: None,
            comment: Edit::Keep,
            feedback: Edit::Keep,
        }
    }
}

impl Change {
    /// Another quantity of the first item, prorated on the next invoice.
    pub(crate) fn quantity(world: &World, subscription: &str, quantity: i64) -> Self {
        let item = world.subscriptions.find(subscription).map(|row| row.items[0].id.clone());
        let change = ItemChange { id: item, quantity: Some(quantity), ..ItemChange::default() };
        Self { items: vec![change], ..Self::default() }
    }

    /// Ends with the period, or not.
    pub(crate) fn cancel_at_period_end(is_wanted: bool) -> Self {
        Self { cancel_at_period_end: Some(is_wanted), ..Self::default() }
    }

    /// Ends at this moment.
    pub(crate) fn cancel_at(at: i64) -> Self {
        Self { cancel_at: Edit::Set(at), ..Self::default() }
    }

    /// Takes every kind of planned end back.
    pub(crate) fn uncancel() -> Self {
        Self { cancel_at: Edit::Clear, ..Self::cancel_at_period_end(false) }
    }

    /// Whether it is about what a pending update is about too, which it then takes the place of.
    fn is_of_terms(&self) -> bool {
        !self.items.is_empty() || self.trial_end.is_some() || self.restarts_period
    }

    fn is_harmless(&self) -> bool {
        !self.is_of_terms() && self.cancel_at_period_end.is_none() && !self.cancel_at.is_edit()
    }

    /// Whether it is of metadata and the payment method only.
    fn is_of_payment(&self) -> bool {
        self.is_harmless()
            && [&self.description, &self.comment, &self.feedback].iter().all(|edit| !edit.is_edit())
    }
}

impl World {
    /// Changes a subscription, invoices what is to be invoiced at once, and collects it.
    pub(crate) fn change(&mut self, id: &str, change: &Change) -> Answer<()> {
        if change.behavior == Behavior::Hold {
            return self.change_once_paid(id, change);
        }
        let before = (change.behavior == Behavior::Refuse).then(|| self.clone());
        let rendered = self.live(id)?.render(self);
        let invoice = self.revise(id, change)?;
        if change.is_of_terms() {
            self.forget_update(id);
        }
        self.tell_change(id, &rendered);
        let Some(invoice) = invoice else { return Ok(()) };
        self.finalize(&invoice);
        if change.behavior == Behavior::Wait {
            return Ok(());
        }
        match (self.charge_automatically(&invoice, Presence::Absent), before) {
            (Err(error), Some(before)) => self.restore(before, error),
            // The change stands; the subscription is behind with its payments.
            _ => Ok(()),
        }
    }

    pub(super) fn live(&self, id: &str) -> Answer<&Subscription> {
        let row = self.subscriptions.find(id);
        row.ok_or_else(|| ApiError::no_such("subscription", id, "id"))
    }

    /// The change itself; gives the draft if something is to be invoiced at once.
    ///
    /// Nothing is changed when it cannot be done. A preview does this too, to a copy of the world.
    pub(crate) fn revise(&mut self, id: &str, change: &Change) -> Answer<Option<String>> {
        let old = self.live(id)?.clone();
        if old.status.is_over() && !change.is_harmless() {
            let message =
                "A canceled subscription can only update its cancellation_details and metadata.";
            return Err(ApiError::invalid(message));
        }
        if old.status == Status::Incomplete && !change.is_of_payment() {
            return Err(ApiError::incomplete());
        }
        let items = self.changed_items(&old, &change.items)?;
        let prices: Vec<String> = items.iter().map(|item| item.price.clone()).collect();
        let (interval, currency) = common_terms(self, &prices)?;
        if currency != old.currency {
            return Err(ApiError::invalid("The currency of a subscription cannot be changed."));
        }
        let now = self.time_of(&old.customer);
        let mut new = Subscription { items, interval, ..old.clone() };
        plan_end(&mut new, change, now);
        keep_details(&mut new, change);
        let ends_trial = shift_trial(&mut new, change, now);
        let restarts = interval != old.interval || change.restarts_period || ends_trial;
        if restarts && new.status != Status::Trialing {
            new.anchor = now;
            new.period_start = now;
            new.period_end = interval.boundary_after(now, now);
        }
        let was_trial = old.status == Status::Trialing;
        let at =
            change.proration_date.unwrap_or_else(|| now.clamp(old.period_start, old.period_end));
        let prorates =
            change.proration != Proration::Nothing && !was_trial && !old.status.is_over();
        let mut lines =
            if prorates { self.rest_lines(&old, &new, at, restarts) } else { Vec::new() };
        let restarts_paid = restarts && new.status != Status::Trialing;
        if restarts_paid {
            lines.extend(self.full_lines(&new));
        }
        self.subscriptions.replace(new.clone());
        if restarts_paid || (change.proration == Proration::Invoice && !lines.is_empty()) {
            let period = (old.period_start, now.max(old.period_start));
            let proration_date = change.proration_date;
            let reason = Reason::SubscriptionUpdate;
            return Ok(Some(self.draft(id, Bill { reason, lines, period, proration_date })));
        }
        for line in lines {
            self.keep_line(&new, line);
        }
        Ok(None)
    }

    /// The items after the change.
    fn changed_items(&mut self, old: &Subscription, changes: &[ItemChange]) -> Answer<Vec<Item>> {
        let mut items = old.items.clone();
        for (place, change) in changes.iter().enumerate() {
            let Some(id) = &change.id else {
                items.push(self.added_item(old, change, place)?);
                continue;
            };
            let item = items.iter_mut().find(|item| item.id == *id).ok_or_else(|| {
                ApiError::no_such("subscription item", id, &format!("items[{place}][id]"))
            })?;
            if let Some(price) = &change.price {
                item.price.clone_from(price);
            }
            item.quantity = change.quantity.unwrap_or(item.quantity);
            if let Some(metadata) = &change.metadata {
                item.metadata.clone_from(metadata);
            }
            if change.is_removed {
                items.retain(|item| item.id != *id);
            }
        }
        if items.is_empty() {
            let message = "A subscription must have at least one active item.";
            return Err(ApiError::invalid(message).param("items"));
        }
        Ok(items)
    }

    fn added_item(&mut self, old: &Subscription, new: &ItemChange, at: usize) -> Answer<Item> {
        let price = new.price.clone();
        let price = price.ok_or_else(|| ApiError::missing(&format!("items[{at}][price]")))?;
        if old.items.iter().any(|item| item.price == price) {
            let message = format!(
                "Cannot add multiple subscription items with the same plan: {price}. To update the quantity of an \
                 item, name it by its id."
            );
            return Err(ApiError::invalid(message).param(format!("items[{at}][price]")));
        }
        Ok(Item {
            id: self.ids.id("si"),
            created: self.time_of(&old.customer),
            price,
            quantity: new.quantity.unwrap_or(1),
            metadata: new.metadata.clone().unwrap_or_default(),
        })
    }

    /// Credit for what is no longer used, charge for what is new, both to the end of the old period.
    ///
    /// When the period restarts everything old is credited, and what is new is charged as a whole period.
    fn rest_lines(
        &mut self,
        old: &Subscription,
        new: &Subscription,
        at: i64,
        restarts: bool,
    ) -> Vec<Line> {
        let is_same = |a: &Item, b: &Item| a.price == b.price && a.quantity == b.quantity;
        let stays = |item: &&Item, others: &[Item]| {
            !restarts && others.iter().any(|other| other.id == item.id && is_same(item, other))
        };
        let mut lines = Vec::new();
        for item in old.items.iter().filter(|item| !stays(item, &new.items)) {
            lines.push(self.rest_line(old, item, at, true));
        }
        if !restarts {
            for item in new.items.iter().filter(|item| !stays(item, &old.items)) {
                lines.push(self.rest_line(old, item, at, false));
            }
        }
        lines.retain(|line| line.quantity > 0);
        lines
    }
}

fn plan_end(new: &mut Subscription, change: &Change, now: i64) {
    let was_planned = new.ends_at().is_some();
    if let Some(is_wanted) = change.cancel_at_period_end {
        new.cancel_at_period_end = is_wanted;
        // "false" takes back what "true" planned, not a moment that was set on its own.
        new.cancel_at.take_if(|_| is_wanted);
    }
    if change.cancel_at.is_edit() {
        new.cancel_at_period_end = false;
        change.cancel_at.clone().write(&mut new.cancel_at);
    }
    if new.ends_at().is_some() && !was_planned {
        new.canceled_at = Some(now);
        new.cancel_reason = Some("cancellation_requested");
    } else if was_planned && new.ends_at().is_none() {
        new.canceled_at = None;
        new.cancel_reason = None;
    }
}

fn keep_details(new: &mut Subscription, change: &Change) {
    if let Some(metadata) = &change.metadata {
        new.metadata.clone_from(metadata);
    }
    change.description.clone().write(&mut new.description);
    change.default_method.clone().write(&mut new.default_method);
    change.comment.clone().write(&mut new.cancel_comment);
    change.feedback.clone().write(&mut new.cancel_feedback);
}

/// Ends or moves a trial; true when it ends now.
fn shift_trial(new: &mut Subscription, change: &Change, now: i64) -> bool {
    match change.trial_end {
        Some(TrialEnd::At(end)) if end > now => {
            new.status = Status::Trialing;
            new.trial_start = new.trial_start.or(Some(now));
            new.trial_end = Some(end);
            new.anchor = end;
            new.period_end = end;
            new.has_warned = false;
            false
        }
        Some(_) if new.status == Status::Trialing => {
            new.status = Status::Active;
            new.trial_end = Some(now);
            true
        }
        _ => false,
    }
}
