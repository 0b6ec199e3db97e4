"""Everything that the fake answers, asked by Stripe's own client for Python."""

import sys
import unittest
import urllib.request
from typing import Any

import stripe
from stripe import StripeClient

from fake import DAY, KEY, SECRET, START, control, running

NEVER_TOO_OLD = 10**10


class Fake(unittest.TestCase):
    """Each test is one family of endpoints, or one habit of the API."""

    url: str
    client: StripeClient

    def of(self, key: str, retries: int = 0) -> StripeClient:
        """A client with this key."""
        return StripeClient(key, base_addresses={"api": self.url}, max_network_retries=retries)

    def setUp(self) -> None:
        self.stripe = self.of(KEY).v1

    def subscribed(self, quantity: int = 3) -> Any:
        """A customer's subscription that is paid."""
        card = "pm_card_visa"
        customer = self.stripe.customers.create(
            {"email": "p@example.com", "payment_method": card, "invoice_settings": {"default_payment_method": card}}
        )
        items = [{"price": "price_team_monthly", "quantity": quantity}]
        return self.stripe.subscriptions.create({"customer": customer.id, "items": items})

    def test_customers(self) -> None:
        made = self.stripe.customers.create({"email": "a@example.com", "metadata": {"a": "1", "b": "2"}})
        changed = self.stripe.customers.update(made.id, {"name": "A", "metadata": {"a": ""}})
        self.assertEqual((changed.name, changed.metadata["b"]), ("A", "2"))
        self.assertNotIn("a", changed.metadata.to_dict())
        self.assertEqual(self.stripe.customers.retrieve(made.id).email, "a@example.com")
        found = self.stripe.customers.search({"query": "email:'a@example.com'"})
        self.assertEqual([one.id for one in found.data], [made.id])
        self.assertTrue(self.stripe.customers.delete(made.id).deleted)

    def test_pages_follow_each_other(self) -> None:
        ids = [self.stripe.customers.create({"email": "m@example.com"}).id for _ in range(7)]
        listed = self.stripe.customers.list({"email": "m@example.com", "limit": 3})
        self.assertTrue(listed.has_more)
        self.assertEqual([one.id for one in listed.auto_paging_iter()], ids[::-1])

    def test_products_and_prices(self) -> None:
        product = self.stripe.products.create({"name": "Rocket"})
        terms = {"interval": "year"}
        price = self.stripe.prices.create(
            {"product": product.id, "currency": "usd", "unit_amount": 990, "recurring": terms}
        )
        expanded = self.stripe.prices.retrieve(price.id, {"expand": ["product"]})
        self.assertEqual(expanded.product.name, "Rocket")
        self.assertEqual(self.stripe.prices.update(price.id, {"nickname": "n"}).nickname, "n")
        self.assertEqual(self.stripe.prices.list({"product": product.id}).data[0].id, price.id)
        self.assertEqual(self.stripe.products.update(product.id, {"name": "Moon"}).name, "Moon")
        self.assertIn(product.id, [one.id for one in self.stripe.products.list().auto_paging_iter()])

    def test_checkout(self) -> None:
        session = self.stripe.checkout.sessions.create(
            {
                "mode": "subscription",
                "line_items": [{"price": "price_team_monthly", "quantity": 2}],
                "success_url": "http://127.0.0.1:9/{CHECKOUT_SESSION_ID}",
            }
        )
        self.assertEqual((session.status, session.subscription), ("open", None))
        control(self.url, f"/checkout/{session.id}/pay", {"card": "works"})
        done = self.stripe.checkout.sessions.retrieve(session.id, {"expand": ["subscription.latest_invoice"]})
        self.assertEqual((done.status, done.payment_status), ("complete", "paid"))
        self.assertEqual(done.subscription.latest_invoice.amount_paid, 1800)
        self.assertEqual(self.stripe.checkout.sessions.line_items.list(session.id).data[0].quantity, 2)
        self.assertEqual(self.stripe.checkout.sessions.list({"subscription": done.subscription.id}).data[0].id, done.id)
        other = {**{"mode": "subscription", "success_url": "http://127.0.0.1:9/"}}
        other["line_items"] = [{"price": "price_business_monthly", "quantity": 1}]
        unpaid = self.stripe.checkout.sessions.create(other)
        self.assertEqual(self.stripe.checkout.sessions.expire(unpaid.id).status, "expired")

    def test_portal(self) -> None:
        customer = self.stripe.customers.create({"email": "portal@example.com"})
        features = {"invoice_history": {"enabled": True}}
        made = self.stripe.billing_portal.configurations.create({"features": features})
        changed = self.stripe.billing_portal.configurations.update(made.id, {"name": "ours"})
        self.assertEqual(changed.name, "ours")
        self.assertEqual(len(self.stripe.billing_portal.configurations.list({"is_default": True}).data), 1)
        visit = self.stripe.billing_portal.sessions.create({"customer": customer.id, "configuration": made.id})
        with urllib.request.urlopen(visit.url) as page:
            self.assertEqual(page.status, 200)

    def test_subscriptions(self) -> None:
        subscription = self.subscribed()
        item = subscription["items"].data[0]
        self.assertEqual((subscription.status, item.current_period_start), ("active", subscription.created))
        change = {"items": [{"id": item.id, "quantity": 5}], "cancel_at_period_end": True}
        changed = self.stripe.subscriptions.update(subscription.id, change)
        self.assertEqual((changed["items"].data[0].quantity, changed.cancel_at), (5, item.current_period_end))
        kept = self.stripe.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
        self.assertIsNone(kept.cancel_at)
        self.assertEqual(self.stripe.subscription_items.update(item.id, {"quantity": 6}).quantity, 6)
        self.assertEqual(len(self.stripe.subscription_items.list({"subscription": subscription.id}).data), 1)
        self.assertEqual(self.stripe.subscriptions.cancel(subscription.id).status, "canceled")
        every = self.stripe.subscriptions.list({"customer": subscription.customer, "status": "all"})
        self.assertEqual([one.status for one in every.data], ["canceled"])

    def test_a_preview_is_what_then_happens(self) -> None:
        subscription = self.subscribed()
        control(self.url, "/advance", {"days": 7})
        items = [{"id": subscription["items"].data[0].id, "quantity": 10}]
        change = {"items": items, "proration_behavior": "always_invoice"}
        preview = self.stripe.invoices.create_preview(
            {"subscription": subscription.id, "subscription_details": change}
        )
        self.stripe.subscriptions.update(subscription.id, change)
        invoice = self.stripe.invoices.list({"subscription": subscription.id}).data[0]
        self.assertEqual([line.amount for line in preview.lines.data], [line.amount for line in invoice.lines.data])
        self.assertEqual(preview.amount_due, invoice.amount_paid)
        self.assertEqual(len(self.stripe.invoices.line_items.list(invoice.id).data), 2)

    def test_invoices_and_payments(self) -> None:
        customer = self.stripe.customers.create({"email": "pay@example.com"})
        items = [{"price": "price_team_monthly", "quantity": 1}]
        new = {"customer": customer.id, "items": items, "payment_behavior": "default_incomplete"}
        subscription = self.stripe.subscriptions.create({**new, "expand": ["latest_invoice"]})
        invoice = subscription.latest_invoice
        self.assertEqual((subscription.status, invoice.status), ("incomplete", "open"))
        bad = self.stripe.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer.id})
        with self.assertRaises(stripe.CardError) as caught:
            self.stripe.invoices.pay(invoice.id, {"payment_method": bad.id})
        self.assertEqual((caught.exception.code, caught.exception.http_status), ("card_declined", 402))
        good = self.stripe.payment_methods.attach("pm_card_visa", {"customer": customer.id})
        paid = self.stripe.invoices.pay(invoice.id, {"payment_method": good.id, "expand": ["payments"]})
        intent = paid.payments.data[0].payment.payment_intent
        self.assertEqual(self.stripe.payment_intents.retrieve(intent).status, "succeeded")
        self.assertEqual(self.stripe.subscriptions.retrieve(subscription.id).status, "active")
        self.assertEqual(len(self.stripe.customers.payment_methods.list(customer.id).data), 2)
        other = self.stripe.subscriptions.create({**new, "expand": ["latest_invoice"]})
        self.assertEqual(self.stripe.invoices.void_invoice(other.latest_invoice.id).status, "void")

    def test_test_clocks(self) -> None:
        clock = self.stripe.test_helpers.test_clocks.create({"frozen_time": START})
        card = "pm_card_visa"
        settings = {"default_payment_method": card}
        customer = self.stripe.customers.create(
            {"test_clock": clock.id, "payment_method": card, "invoice_settings": settings}
        )
        items = [{"price": "price_team_monthly"}]
        subscription = self.stripe.subscriptions.create({"customer": customer.id, "items": items})
        self.stripe.test_helpers.test_clocks.advance(clock.id, {"frozen_time": START + 60 * DAY})
        self.assertEqual(self.stripe.test_helpers.test_clocks.retrieve(clock.id).status, "ready")
        reasons = [one.billing_reason for one in self.stripe.invoices.list({"customer": customer.id}).data]
        self.assertEqual(reasons, ["subscription_cycle", "subscription_cycle", "subscription_create"])
        self.assertEqual(self.stripe.subscriptions.retrieve(subscription.id).status, "active")
        self.assertTrue(self.stripe.test_helpers.test_clocks.delete(clock.id).deleted)

    def test_idempotency(self) -> None:
        options = {"idempotency_key": "one"}
        first = self.stripe.customers.create({"email": "once@example.com"}, options)
        second = self.stripe.customers.create({"email": "once@example.com"}, options)
        self.assertEqual(first.id, second.id)
        self.assertEqual(second.last_response.headers["idempotent-replayed"], "true")
        with self.assertRaises(stripe.IdempotencyError):
            self.stripe.customers.create({"email": "twice@example.com"}, options)

    def test_errors(self) -> None:
        with self.assertRaises(stripe.InvalidRequestError) as caught:
            self.stripe.customers.retrieve("cus_none")
        self.assertEqual((caught.exception.code, caught.exception.param), ("resource_missing", "id"))
        with self.assertRaises(stripe.InvalidRequestError) as caught:
            self.stripe.customers.create({"colour": "red"})
        self.assertEqual((caught.exception.code, caught.exception.param), ("parameter_unknown", "colour"))
        with self.assertRaises(stripe.AuthenticationError):
            self.of("sk_test_wrong").v1.customers.list()
        faults = {
            "rate_limit": stripe.RateLimitError,
            "server_error": stripe.APIError,
            "reset_before": stripe.APIConnectionError,
        }
        for fault, kind in faults.items():
            control(self.url, "/faults", {"fault": fault})
            with self.assertRaises(kind):
                self.stripe.customers.list()

    def test_a_lost_answer_and_a_retry_make_one_thing(self) -> None:
        control(self.url, "/faults", {"fault": "reset_after", "method": "POST"})
        self.of(KEY, retries=2).v1.customers.create({"email": "lost@example.com"})
        self.assertEqual(len(self.stripe.customers.list({"email": "lost@example.com"}).data), 1)

    def test_webhooks(self) -> None:
        control(self.url, "/deliveries/take", {})
        subscription = self.subscribed()
        taken = control(self.url, "/deliveries/take", {})
        events = [
            stripe.Webhook.construct_event(one["payload"], one["signature"], SECRET, tolerance=NEVER_TOO_OLD)
            for one in taken
        ]
        created = [event for event in events if event.type == "customer.subscription.created"]
        self.assertEqual([event.data.object.id for event in created], [subscription.id])
        with self.assertRaises(stripe.SignatureVerificationError):
            first = taken[0]
            stripe.Webhook.construct_event(first["payload"], first["signature"], "whsec_wrong", NEVER_TOO_OLD)
        self.assertEqual(self.stripe.events.retrieve(events[0].id).id, events[0].id)
        self.assertGreater(len(self.stripe.events.list({"limit": 100}).data), 3)

    def test_webhook_endpoints(self) -> None:
        url = "http://127.0.0.1:9/hook"
        made = self.stripe.webhook_endpoints.create({"url": url, "enabled_events": ["invoice.paid"]})
        self.assertTrue(made.secret.startswith("whsec_"))
        changed = self.stripe.webhook_endpoints.update(made.id, {"enabled_events": ["*"]})
        self.assertEqual(changed.enabled_events, ["*"])
        self.assertEqual(self.stripe.webhook_endpoints.retrieve(made.id).url, url)
        self.assertTrue(self.stripe.webhook_endpoints.delete(made.id).deleted)


def main() -> int:
    """Runs them all against one fake, and counts."""
    with running() as url:
        Fake.url = url
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(Fake)
        result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"stripe: {result.testsRun - failed - len(result.skipped)} passed, {failed} failed")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
