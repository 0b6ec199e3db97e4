//! What happens on the Checkout page.

use super::subscribe::{Behavior, NewItem, NewSubscription};
use crate::error::{Answer, ApiError};
use crate::state::checkout::{Session, State};
use crate::state::payment::{Card, Presence};
use crate::state::{Metadata, World};

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
    /// When the card is declined the session stays open, and nothing else has happened.
    pub(crate) fn complete_checkout(&mut self, id: &str, card: Option<Card>) -> Answer<String> {
        let session = self.open_session(id)?.clone();
        let before = self.clone();
        let result = self.subscribe_from(&session, card);
        let subscription = match result {
            Ok(subscription) => subscription,
            Err(error) => {
                let kept = self.restore::<String>(before, error);
                self.sessions.get_mut(id).is_declined = true;
                return kept;
            }
        };
        let row = self.subscriptions.get(&subscription);
        let (customer, invoice) = (row.customer.clone(), row.latest_invoice.clone());
        let session = self.sessions.get_mut(id);
        session.state = State::Complete;
        session.is_declined = false;
        session.customer = Some(customer);
        session.subscription = Some(subscription.clone());
        session.invoice = invoice;
        self.emit("checkout.session.completed", id);
        Ok(subscription)
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
        if trial_end.is_some() && card == Some(Card::Declined) {
            return Err(ApiError::declined(None));
        }
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
            behavior: Behavior::Refuse,
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
