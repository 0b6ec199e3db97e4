//! Customers come and go, and are given cards.

use crate::state::customer::Customer;
use crate::state::payment::{Card, Method};
use crate::state::subscription::Status;
use crate::state::{Metadata, Row, World};

impl World {
    /// Makes a customer; gives the id.
    pub(crate) fn create_customer(
        &mut self,
        email: Option<String>,
        metadata: Metadata,
        test_clock: Option<String>,
    ) -> String {
        let id = self.ids.id("cus");
        let frozen = test_clock.as_deref().map(|clock| self.test_clocks.get(clock).frozen_at);
        self.customers.insert(Customer {
            id: id.clone(),
            created: frozen.unwrap_or_else(|| self.now()),
            email,
            name: None,
            description: None,
            phone: None,
            metadata,
            balance: 0,
            currency: None,
            default_method: None,
            invoice_prefix: id[4..12].to_uppercase(),
            next_invoice: 1,
            test_clock,
            is_deleted: false,
        });
        id
    }

    /// Ends a customer's subscriptions and forgets the customer.
    pub(crate) fn delete_customer(&mut self, id: &str) {
        let own = self.subscriptions.iter().filter(|row| row.customer == id);
        let live: Vec<String> =
            own.filter(|row| !row.status.is_over()).map(|row| row.id.clone()).collect();
        for subscription in live {
            if self.subscriptions.get(&subscription).status == Status::Incomplete {
                self.expire_incomplete(&subscription);
            } else {
                self.end(&subscription, "cancellation_requested");
            }
        }
        let object = self.customers.get(id).render(self);
        self.customers.get_mut(id).is_deleted = true;
        self.emit_object("customer.deleted", object, None);
    }

    /// Keeps a card for a customer, without making it the default.
    pub(crate) fn attach_card(&mut self, customer: &str, card: Card) -> String {
        let id = self.create_card(card);
        self.attach(&id, customer);
        id
    }

    /// A card that belongs to nobody yet.
    pub(crate) fn create_card(&mut self, card: Card) -> String {
        let id = self.ids.id("pm");
        let created = self.now();
        let metadata = Metadata::new();
        self.methods.insert(Method { id: id.clone(), created, card, customer: None, metadata });
        id
    }

    pub(crate) fn attach(&mut self, method: &str, customer: &str) {
        self.methods.get_mut(method).customer = Some(customer.to_owned());
        self.emit("payment_method.attached", method);
    }

    /// Gives a customer another card, for all subscriptions and everything to come.
    pub(crate) fn give_card(&mut self, customer: &str, card: Card) -> String {
        let method = self.attach_card(customer, card);
        self.set_default_method(customer, Some(method.clone()));
        let own = self.subscriptions.iter().filter(|row| row.customer == customer);
        let live: Vec<String> =
            own.filter(|row| !row.status.is_over()).map(|row| row.id.clone()).collect();
        for id in live {
            let before = self.subscriptions.get(&id).render(self);
            self.subscriptions.get_mut(&id).default_method = Some(method.clone());
            self.emit_change("customer.subscription.updated", &id, &before);
        }
        method
    }

    /// Sets what is charged unless a subscription has its own.
    pub(crate) fn set_default_method(&mut self, customer: &str, method: Option<String>) {
        let before = self.customers.get(customer).render(self);
        self.customers.get_mut(customer).default_method = method;
        self.emit_change("customer.updated", customer, &before);
    }

    /// Takes a card from its customer, who cannot be charged with it any more.
    pub(crate) fn detach(&mut self, method: &str) {
        let before = self.methods.get(method).render(self);
        let customer = self.methods.get_mut(method).customer.take();
        if let Some(customer) = customer {
            let row = self.customers.get_mut(&customer);
            row.default_method.take_if(|id| id == method);
        }
        let own = |id: &Option<String>| id.as_deref() == Some(method);
        let using = self.subscriptions.iter().filter(|row| own(&row.default_method));
        let using: Vec<String> = using.map(|row| row.id.clone()).collect();
        for id in using {
            self.subscriptions.get_mut(&id).default_method = None;
        }
        self.emit_change("payment_method.detached", method, &before);
    }
}
