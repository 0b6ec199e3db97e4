//! What happens on the Checkout page.

use super::subscribe::{Behavior, NewItem, NewSubscription};
use crate::error::{Answer, ApiError};
use crate::state::checkout::{Session, State};
use crate::state::payment::{Card, IntentState, Presence};
use crate::state::subscription::Status;
use crate::state::{Metadata, Row, World};

const DAY_SECONDS: i64 = 86_400;

impl World {
    fn open_session(&self, id: &str) -> Answer<&Session> {
        let session = self.sessions.find(id);
        let session =
            session.ok_or_else(|| ApiError::no_such("checkout.session", id, "session"))?;
        if session.state == State::Open {
            return Ok(session);
        }
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired or paid. This Checkout Session has a \
             status of {}.",
            session.state.name()
        );
        Err(ApiError::invalid(message))
    }

    /// Pays: makes the customer if there is none, keeps the card, begins the subscription; gives its id.
    ///
    /// When the card is declined the session stays open, and nothing else has happened. A card that is never
    /// confirmed leaves a subscription that is incomplete; the next payment goes on with it.
    pub(crate) fn complete_checkout(&mut self, id: &str, card: Option<Card>) -> Answer<String> {
        let session = self.open_session(id)?.clone();
        self.refuse_deleted(&session)?;
        let before = self.clone();
        let paid = match self.attempt_of(&session) {
            Some(attempt) => self.pay_attempt(attempt, card),
            None => self.subscribe_from(&session, card),
        };
        match paid {
            Ok(subscription) if self.is_incomplete(&subscription) => {
                self.leave_open(id, subscription, card)
            }
            Ok(subscription) => {
                self.complete_session(id, &subscription);
                Ok(subscription)
            }
            Err(error) => {
                let kept = self.restore(before, error);
                self.sessions.get_mut(id).refused = card;
                kept
            }
        }
    }

    fn refuse_deleted(&self, session: &Session) -> Answer<()> {
        let customer = session.customer.as_deref().and_then(|id| self.customers.find(id));
        match customer.filter(|row| row.is_deleted) {
            None => Ok(()),
            Some(row) => Err(ApiError::no_such_param("customer", &row.id, "customer")),
        }
    }

    fn is_incomplete(&self, subscription: &str) -> bool {
        self.subscriptions.get(subscription).status == Status::Incomplete
    }

    /// What an earlier payment left incomplete, if that is of the same basket; otherwise it is given up.
    fn attempt_of(&mut self, session: &Session) -> Option<String> {
        let attempt = session.attempt.clone().filter(|attempt| self.is_incomplete(attempt))?;
        let basket = session.line_items.iter().map(|line| (&line.price, line.quantity));
        let items = self.subscriptions.get(&attempt).items.iter();
        if items.map(|item| (&item.price, item.quantity)).eq(basket) {
            return Some(attempt);
        }
        self.expire_incomplete(&attempt);
        None
    }

    fn pay_attempt(&mut self, attempt: String, card: Option<Card>) -> Answer<String> {
        let row = self.subscriptions.get(&attempt);
        let customer = row.customer.clone();
        let invoice = row.latest_invoice.clone().unwrap_or_default();
        let method = card.map(|card| self.attach_card(&customer, card));
        self.pay(&invoice, method, Presence::Present)?;
        Ok(attempt)
    }

    /// Notes that a payment was not confirmed.
    fn leave_open(&mut self, id: &str, attempt: String, card: Option<Card>) -> Answer<String> {
        let row = self.subscriptions.get(&attempt);
        let customer = row.customer.clone();
        let invoice = row.latest_invoice.as_deref().map(|invoice| self.invoices.get(invoice));
        let intent = invoice.and_then(|invoice| self.render(invoice.intent.as_deref()?));
        let session = self.sessions.get_mut(id);
        session.customer = Some(customer);
        session.attempt = Some(attempt);
        session.refused = card;
        Err(ApiError::declined(intent))
    }

    /// Completes the session that waits for this subscription, if one does and it is paid, on whichever page.
    pub(super) fn complete_session_of(&mut self, subscription: &str) {
        let is_waiting = |row: &&Session| {
            row.state == State::Open && row.attempt.as_deref() == Some(subscription)
        };
        let waiting = self.sessions.iter().find(is_waiting).map(|row| row.id.clone());
        if let Some(id) = waiting.filter(|_| !self.is_incomplete(subscription)) {
            self.keep_card_of(subscription);
            self.complete_session(&id, subscription);
        }
    }

    /// What paid is charged from now on: Checkout has the card saved "when a subscription payment succeeds".
    fn keep_card_of(&mut self, subscription: &str) {
        let row = self.subscriptions.get(subscription);
        let invoice = row.latest_invoice.as_deref().map(|invoice| self.invoices.get(invoice));
        let intent = invoice.and_then(|invoice| invoice.intent.as_deref());
        let intent = intent.map(|intent| self.intents.get(intent));
        let paying = intent.filter(|it| matches!(it.state, IntentState::Succeeded { .. }));
        let Some(method) = paying.and_then(|intent| intent.method.clone()) else { return };
        let before = row.render(self);
        self.subscriptions.get_mut(subscription).default_method = Some(method);
        self.tell_change(subscription, &before);
    }

    fn complete_session(&mut self, id: &str, subscription: &str) {
        let row = self.subscriptions.get(subscription);
        let (customer, invoice) = (row.customer.clone(), row.latest_invoice.clone());
        let session = self.sessions.get_mut(id);
        if session.state != State::Open {
            return;
        }
        session.state = State::Complete;
        session.refused = None;
        session.customer = Some(customer);
        session.subscription = Some(subscription.to_owned());
        session.invoice = invoice;
        self.emit("checkout.session.completed", id);
    }

    fn subscribe_from(&mut self, session: &Session, card: Option<Card>) -> Answer<String> {
        let customer = match &session.customer {
            Some(customer) => customer.clone(),
            None => self.customer_from(session.customer_email.clone()),
        };
        let method = card.map(|card| self.attach_card(&customer, card));
        let item = |line: &crate::state::checkout::LineItem| NewItem {
            price: line.price.clone(),
            quantity: line.quantity,
            metadata: Metadata::new(),
        };
        let now = self.time_of(&customer);
        let data = &session.data;
        let trial_end = data.trial_end.or(data.trial_days.map(|days| now + days * DAY_SECONDS));
        // A card that is kept for later is checked when it is given.
        if trial_end.is_some() && card.is_some_and(|card| !card.pays(Presence::Present)) {
            return Err(ApiError::declined(None));
        }
        let behavior = match card {
            Some(Card::LeavesIncomplete) => Behavior::Allow,
            _ => Behavior::Refuse,
        };
        self.subscribe(NewSubscription {
            customer,
            items: session.line_items.iter().map(item).collect(),
            metadata: data.metadata.clone(),
            description: data.description.clone(),
            trial_end,
            default_method: method,
            without_card: data.without_card,
            cancel_at_period_end: false,
            cancel_at: None,
            behavior,
            presence: Presence::Present,
        })
    }

    fn customer_from(&mut self, email: Option<String>) -> String {
        let email = email.or_else(|| Some("jenny.rosen@example.com".to_owned()));
        let customer = self.create_customer(email, Metadata::new(), None);
        self.emit("customer.created", &customer);
        customer
    }

    /// Ends an open session without a subscription.
    pub(crate) fn expire_session(&mut self, id: &str) -> Answer<()> {
        self.open_session(id)?;
        self.sessions.get_mut(id).state = State::Expired;
        self.emit("checkout.session.expired", id);
        Ok(())
    }
}
