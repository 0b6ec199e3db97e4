//! The calls that are made.

use serde::Serialize;

use super::{
    CheckoutSession, Invoice, Price, Stripe, Subscription,
    client::Fault,
    replies::{Customer, List, Named, PortalSession},
};

type Reply<T> = Result<T, Fault>;

/// The most that Stripe gives at once.
const PAGE: u32 = 100;
/// Pages of subscriptions of one customer; nobody has so many.
const MOST_PAGES: usize = 20;

/// A session of Checkout to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CheckoutCall<'a> {
    pub customer: &'a str,
    /// Which workspace, for people who look at Stripe's dashboard.
    pub organization: &'a str,
    pub price: &'a str,
    pub quantity: i64,
    pub success_url: &'a str,
    pub cancel_url: &'a str,
    /// In seconds.
    pub expires_at: i64,
}

/// A change of the quantity to be looked at before it is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PreviewCall<'a> {
    pub customer: &'a str,
    pub subscription: &'a str,
    pub item: &'a str,
    pub quantity: i64,
    pub is_more: bool,
    /// In seconds: the change counts as made then.
    pub at: i64,
}

#[derive(Serialize)]
struct Metadata<'a> {
    organization: &'a str,
}

#[derive(Serialize)]
struct NoParams {}

/// What was bought in addition is paid at once; what is given back is set off against the next invoice.
const fn proration(is_more: bool) -> &'static str {
    if is_more { "always_invoice" } else { "create_prorations" }
}

impl Stripe {
    /// A customer for a workspace. People's names and addresses stay here: Checkout asks for what an invoice needs.
    pub(crate) async fn create_customer(
        &self,
        organization: &str,
        name: &str,
        key: &str,
    ) -> Reply<String> {
        #[derive(Serialize)]
        struct Form<'a> {
            name: &'a str,
            metadata: Metadata<'a>,
        }
        let form = Form { name, metadata: Metadata { organization } };
        Ok(self.post::<Named>("/customers", &form, key).await?.id)
    }

    /// Whether Stripe has the customer. Of one that was deleted it keeps the id.
    pub(crate) async fn has_customer(&self, id: &str) -> Reply<bool> {
        match self.get::<Customer>(&format!("/customers/{id}"), &NoParams {}).await {
            Ok(customer) => Ok(customer.deleted != Some(true)),
            Err(Fault::NotThere) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// A session in which a subscription can be bought.
    pub(crate) async fn create_checkout(
        &self,
        call: CheckoutCall<'_>,
        key: &str,
    ) -> Reply<CheckoutSession> {
        #[derive(Serialize)]
        struct LineItem<'a> {
            price: &'a str,
            quantity: i64,
        }
        #[derive(Serialize)]
        struct SubscriptionData<'a> {
            metadata: Metadata<'a>,
        }
        #[derive(Serialize)]
        struct Form<'a> {
            mode: &'a str,
            customer: &'a str,
            client_reference_id: &'a str,
            success_url: &'a str,
            cancel_url: &'a str,
            expires_at: i64,
            line_items: [LineItem<'a>; 1],
            subscription_data: SubscriptionData<'a>,
        }
        let CheckoutCall {
            customer,
            organization,
            price,
            quantity,
            success_url,
            cancel_url,
            expires_at,
        } = call;
        let form = Form {
            mode: "subscription",
            customer,
            client_reference_id: organization,
            success_url,
            cancel_url,
            expires_at,
            line_items: [LineItem { price, quantity }],
            subscription_data: SubscriptionData { metadata: Metadata { organization } },
        };
        self.post("/checkout/sessions", &form, key).await
    }

    /// A session as it is now.
    pub(crate) async fn checkout(&self, id: &str) -> Reply<CheckoutSession> {
        self.get(&format!("/checkout/sessions/{id}"), &NoParams {}).await
    }

    /// Ends a session that nobody has paid. A paid one is refused.
    pub(crate) async fn expire_checkout(&self, id: &str, key: &str) -> Reply<CheckoutSession> {
        self.post(&format!("/checkout/sessions/{id}/expire"), &NoParams {}, key).await
    }

    /// All subscriptions that a customer has or had, newest first.
    pub(crate) async fn subscriptions(&self, customer: &str) -> Reply<Vec<Subscription>> {
        #[derive(Serialize)]
        struct Query<'a> {
            customer: &'a str,
            status: &'a str,
            limit: u32,
            expand: [&'a str; 1],
            #[serde(skip_serializing_if = "Option::is_none")]
            starting_after: Option<String>,
        }
        let mut all: Vec<Subscription> = Vec::new();
        for _ in 0..MOST_PAGES {
            let query = Query {
                customer,
                status: "all",
                limit: PAGE,
                expand: ["data.latest_invoice"],
                starting_after: all.last().map(|last| last.id.clone()),
            };
            let page: List<Subscription> = self.get("/subscriptions", &query).await?;
            let is_last = !page.has_more || page.data.is_empty();
            all.extend(page.data);
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    /// What a change of the quantity would be charged.
    pub(crate) async fn preview(&self, call: PreviewCall<'_>) -> Reply<Invoice> {
        #[derive(Serialize)]
        struct Item<'a> {
            id: &'a str,
            quantity: i64,
        }
        #[derive(Serialize)]
        struct Details<'a> {
            items: [Item<'a>; 1],
            proration_behavior: &'a str,
            proration_date: i64,
        }
        #[derive(Serialize)]
        struct Form<'a> {
            customer: &'a str,
            subscription: &'a str,
            subscription_details: Details<'a>,
        }
        let PreviewCall { customer, subscription, item, quantity, is_more, at } = call;
        let subscription_details = Details {
            items: [Item { id: item, quantity }],
            proration_behavior: proration(is_more),
            proration_date: at,
        };
        self.ask("/invoices/create_preview", &Form { customer, subscription, subscription_details })
            .await
    }

    /// The next invoice as it stands.
    pub(crate) async fn upcoming(&self, customer: &str, subscription: &str) -> Reply<Invoice> {
        #[derive(Serialize)]
        struct Form<'a> {
            customer: &'a str,
            subscription: &'a str,
        }
        self.ask("/invoices/create_preview", &Form { customer, subscription }).await
    }

    /// Changes the quantity. More is had once it is paid, and not before.
    pub(crate) async fn set_quantity(&self, call: PreviewCall<'_>, key: &str) -> Reply<Named> {
        #[derive(Serialize)]
        struct Item<'a> {
            id: &'a str,
            quantity: i64,
        }
        #[derive(Serialize)]
        struct Form<'a> {
            items: [Item<'a>; 1],
            proration_behavior: &'a str,
            proration_date: i64,
            #[serde(skip_serializing_if = "Option::is_none")]
            payment_behavior: Option<&'a str>,
        }
        let form = Form {
            items: [Item { id: call.item, quantity: call.quantity }],
            proration_behavior: proration(call.is_more),
            proration_date: call.at,
            payment_behavior: call.is_more.then_some("pending_if_incomplete"),
        };
        self.post(&format!("/subscriptions/{}", call.subscription), &form, key).await
    }

    /// Lets a subscription end with its period, or go on.
    pub(crate) async fn set_ending(
        &self,
        subscription: &str,
        is_ending: bool,
        key: &str,
    ) -> Reply<Named> {
        #[derive(Serialize)]
        struct Form {
            cancel_at_period_end: bool,
        }
        let form = Form { cancel_at_period_end: is_ending };
        self.post(&format!("/subscriptions/{subscription}"), &form, key).await
    }

    /// Takes away the day on which a subscription ends, as Stripe's portal sets one.
    pub(crate) async fn clear_end(&self, subscription: &str, key: &str) -> Reply<Named> {
        #[derive(Serialize)]
        struct Form {
            /// Empty: none.
            cancel_at: &'static str,
        }
        self.post(&format!("/subscriptions/{subscription}"), &Form { cancel_at: "" }, key).await
    }

    /// Ends a subscription now.
    pub(crate) async fn cancel_now(&self, subscription: &str, key: &str) -> Reply<Named> {
        self.delete(&format!("/subscriptions/{subscription}"), key).await
    }

    /// The address of a page of Stripe's on which a customer sees invoices and changes cards.
    pub(crate) async fn portal(
        &self,
        customer: &str,
        return_url: &str,
        key: &str,
    ) -> Reply<String> {
        #[derive(Serialize)]
        struct Form<'a> {
            customer: &'a str,
            return_url: &'a str,
        }
        let session: PortalSession =
            self.post("/billing_portal/sessions", &Form { customer, return_url }, key).await?;
        Ok(session.url)
    }

    /// A customer's newest invoices.
    pub(crate) async fn invoices(&self, customer: &str, count: u32) -> Reply<Vec<Invoice>> {
        #[derive(Serialize)]
        struct Query<'a> {
            customer: &'a str,
            limit: u32,
        }
        let page: List<Invoice> = self.get("/invoices", &Query { customer, limit: count }).await?;
        Ok(page.data)
    }

    /// What a price is.
    pub(crate) async fn price(&self, id: &str) -> Reply<Price> {
        self.get(&format!("/prices/{id}"), &NoParams {}).await
    }
}
