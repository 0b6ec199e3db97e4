// Everything that the fake answers, asked by Stripe's own client for Node.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import Stripe from 'stripe';

import { DAY, KEY, SECRET, START, control, start } from './fake.mjs';

let fake;
let stripe;

function client(key, more = {}) {
  const { hostname, port } = new URL(fake.url);
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, ...more });
}

before(async () => {
  fake = await start();
  stripe = client(KEY);
});

after(() => fake?.stop());

async function subscribed(quantity = 3, card = 'pm_card_visa') {
  const customer = await stripe.customers.create({
    email: 'a@example.com',
    payment_method: card,
    invoice_settings: { default_payment_method: card },
  });
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: 'price_team_monthly', quantity }],
  });
  return { customer, subscription };
}

test('the version that is served is the one that the client is made for', async () => {
  const account = await stripe.accounts.retrieveCurrent();
  const version = account.lastResponse.headers['stripe-version'];
  assert.equal(version.split('.')[1], stripe.getApiField('version').split('.')[1]);
  assert.match(account.lastResponse.requestId, /^req_/);
});

test('customers are made, read, changed, listed and deleted', async () => {
  const made = await stripe.customers.create({ email: 'b@example.com', name: 'B', metadata: { a: '1', b: '2' } });
  const changed = await stripe.customers.update(made.id, { name: 'C', metadata: { a: '', c: '3' } });
  assert.deepEqual(changed.metadata, { b: '2', c: '3' });
  assert.equal((await stripe.customers.retrieve(made.id)).name, 'C');
  const listed = await stripe.customers.list({ email: 'b@example.com' });
  assert.deepEqual(listed.data.map((one) => one.id), [made.id]);
  const found = await stripe.customers.search({ query: "email:'b@example.com' AND metadata['c']:'3'" });
  assert.deepEqual(found.data.map((one) => one.id), [made.id]);
  assert.deepEqual(await stripe.customers.del(made.id).then(({ id, deleted }) => ({ id, deleted })), {
    id: made.id,
    deleted: true,
  });
  assert.equal((await stripe.customers.retrieve(made.id)).deleted, true);
});

test('pages follow each other until the end, and backwards', async () => {
  const ids = [];
  for (let n = 0; n < 7; n += 1) ids.push((await stripe.customers.create({ email: 'many@example.com' })).id);
  const seen = [];
  for await (const one of stripe.customers.list({ email: 'many@example.com', limit: 3 })) seen.push(one.id);
  assert.deepEqual(seen, ids.toReversed());
  const back = await stripe.customers.list({ email: 'many@example.com', limit: 2, ending_before: ids[2] });
  assert.deepEqual(back.data.map((one) => one.id), [ids[4], ids[3]]);
  assert.equal(back.has_more, true);
});

test('products and prices are made, changed and listed', async () => {
  const product = await stripe.products.create({ name: 'Rocket', default_price_data: { currency: 'usd', unit_amount: 5 } });
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'eur',
    unit_amount: 1200,
    recurring: { interval: 'month', interval_count: 3 },
    lookup_key: 'rocket',
  });
  assert.deepEqual([price.type, price.recurring.interval_count], ['recurring', 3]);
  const expanded = await stripe.prices.retrieve(price.id, { expand: ['product'] });
  assert.equal(expanded.product.name, 'Rocket');
  assert.equal((await stripe.prices.update(price.id, { active: false })).active, false);
  const found = await stripe.prices.list({ lookup_keys: ['rocket'] });
  assert.equal(found.data[0].id, price.id);
  assert.equal((await stripe.products.update(product.id, { name: 'Moon' })).name, 'Moon');
  assert.ok((await stripe.products.list({ active: true })).data.some((one) => one.id === product.id));
  const lone = await stripe.products.create({ name: 'Lone' });
  assert.equal((await stripe.products.del(lone.id)).deleted, true);
});

test('a paid Checkout session has a subscription, and its pages redirect', async () => {
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer_email: 'new@example.com',
    client_reference_id: 'workspace-1',
    line_items: [{ price: 'price_team_monthly', quantity: 4, adjustable_quantity: { enabled: true, minimum: 1, maximum: 50 } }],
    subscription_data: { metadata: { workspace: '1' } },
    success_url: 'http://127.0.0.1:9/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://127.0.0.1:9/back',
  });
  assert.deepEqual([session.status, session.payment_status, session.amount_total], ['open', 'unpaid', 3600]);
  const page = await (await fetch(session.url)).text();
  assert.match(page, /\$36\.00/);
  const paid = await fetch(session.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ card: 'works' }) });
  assert.equal(paid.headers.get('location'), `http://127.0.0.1:9/done?session=${session.id}`);
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'line_items', 'customer'] });
  assert.deepEqual([done.status, done.payment_status, done.url], ['complete', 'paid', null]);
  assert.equal(done.subscription.items.data[0].quantity, 4);
  assert.deepEqual(done.subscription.metadata, { workspace: '1' });
  assert.equal(done.customer.email, 'new@example.com');
  assert.equal(done.line_items.data[0].amount_total, 3600);
  const items = await stripe.checkout.sessions.listLineItems(session.id);
  assert.equal(items.data[0].description, 'Team');
});

test('a declined card leaves a session open, and an open one expires when asked', async () => {
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: 'price_team_monthly', quantity: 1 }],
    success_url: 'http://127.0.0.1:9/',
  });
  await fetch(session.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ card: 'declined' }) });
  assert.match(await (await fetch(session.url)).text(), /declined/);
  assert.equal((await stripe.checkout.sessions.expire(session.id)).status, 'expired');
  await assert.rejects(stripe.checkout.sessions.expire(session.id), Stripe.errors.StripeInvalidRequestError);
  const expired = await stripe.checkout.sessions.list({ status: 'expired' });
  assert.ok(expired.data.some((one) => one.id === session.id));
});

test('the portal is configured and visited', async () => {
  const { customer } = await subscribed();
  const configuration = await stripe.billingPortal.configurations.create({
    business_profile: { headline: 'Our billing' },
    features: { invoice_history: { enabled: true }, subscription_cancel: { enabled: true, mode: 'immediately' } },
  });
  const off = { features: { invoice_history: { enabled: false } } };
  const changed = await stripe.billingPortal.configurations.update(configuration.id, off);
  assert.equal(changed.features.invoice_history.enabled, false);
  assert.equal((await stripe.billingPortal.configurations.list({ is_default: true })).data.length, 1);
  const visit = await stripe.billingPortal.sessions.create({
    customer: customer.id,
    configuration: configuration.id,
    return_url: 'http://127.0.0.1:9/settings',
  });
  assert.match(await (await fetch(visit.url)).text(), /Our billing/);
});

test('a subscription is begun, changed, canceled at the end, kept, and ended', async () => {
  const { customer, subscription } = await subscribed();
  const item = subscription.items.data[0];
  assert.deepEqual([subscription.status, item.quantity], ['active', 3]);
  assert.equal(item.current_period_end - item.current_period_start, 28 * DAY);
  const more = await stripe.subscriptions.update(subscription.id, { items: [{ id: item.id, quantity: 5 }] });
  assert.equal(more.items.data[0].quantity, 5);
  const ending = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  assert.deepEqual([ending.cancel_at_period_end, ending.cancel_at], [true, item.current_period_end]);
  const kept = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false });
  assert.deepEqual([kept.cancel_at, kept.canceled_at], [null, null]);
  const ended = await stripe.subscriptions.cancel(subscription.id);
  assert.equal(ended.status, 'canceled');
  assert.equal((await stripe.subscriptions.list({ customer: customer.id })).data.length, 0);
  assert.equal((await stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data.length, 1);
});

test('items are listed, read and changed by themselves', async () => {
  const { subscription } = await subscribed();
  const listed = await stripe.subscriptionItems.list({ subscription: subscription.id });
  const changed = await stripe.subscriptionItems.update(listed.data[0].id, { quantity: 9, proration_behavior: 'none' });
  assert.equal(changed.quantity, 9);
  assert.equal((await stripe.subscriptionItems.retrieve(changed.id)).quantity, 9);
});

test('what a preview says is what is then invoiced', async () => {
  const { customer, subscription } = await subscribed();
  await control(fake.url, '/advance', { days: 10 });
  const change = { items: [{ id: subscription.items.data[0].id, quantity: 8 }], proration_behavior: 'always_invoice' };
  const preview = await stripe.invoices.createPreview({
    customer: customer.id,
    subscription: subscription.id,
    subscription_details: change,
  });
  await stripe.subscriptions.update(subscription.id, change);
  const [invoice] = (await stripe.invoices.list({ subscription: subscription.id, limit: 1 })).data;
  const told = (one) => one.lines.data.map((line) => [line.amount, line.description, line.period.start]);
  assert.deepEqual(told(preview), told(invoice));
  assert.deepEqual([preview.total, 'paid'], [invoice.total, invoice.status]);
  assert.ok(invoice.lines.data.every((line) => line.parent.subscription_item_details.proration));
  const lines = await stripe.invoices.listLineItems(invoice.id);
  assert.equal(lines.data.length, 2);
});

test('a card that fails is an error of its class, and the invoice is paid by another', async () => {
  const { customer, subscription } = await subscribed(2, 'pm_card_chargeDeclined').catch((error) => ({ error }));
  assert.equal(subscription.status, 'incomplete');
  const open = await stripe.invoices.retrieve(subscription.latest_invoice);
  await assert.rejects(stripe.invoices.pay(open.id), (error) => {
    assert.ok(error instanceof Stripe.errors.StripeCardError);
    assert.deepEqual([error.code, error.statusCode], ['card_declined', 402]);
    return true;
  });
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  const paid = await stripe.invoices.pay(open.id, { payment_method: card.id, expand: ['payments'] });
  assert.equal(paid.status, 'paid');
  const intent = await stripe.paymentIntents.retrieve(paid.payments.data[0].payment.payment_intent);
  assert.deepEqual([intent.status, intent.amount_received], ['succeeded', 1800]);
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'active');
  assert.equal((await stripe.customers.listPaymentMethods(customer.id)).data.length, 2);
  assert.equal((await stripe.paymentMethods.detach(card.id)).customer, null);
});

test('an open invoice is voided and a paid one is not', async () => {
  const customer = await stripe.customers.create({ email: 'void@example.com' });
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: 'price_team_monthly' }],
    payment_behavior: 'default_incomplete',
    expand: ['latest_invoice'],
  });
  assert.equal(subscription.latest_invoice.status, 'open');
  assert.equal((await stripe.invoices.voidInvoice(subscription.latest_invoice.id)).status, 'void');
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'incomplete_expired');
  await assert.rejects(stripe.invoices.pay(subscription.latest_invoice.id), Stripe.errors.StripeInvalidRequestError);
});

test('test clocks move their customers and nobody else', async () => {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START, name: 'a month' });
  const customer = await stripe.customers.create({
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const items = [{ price: 'price_team_monthly', quantity: 2 }];
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items });
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START + 30 * DAY });
  assert.equal((await stripe.testHelpers.testClocks.retrieve(clock.id)).status, 'ready');
  const invoices = await stripe.invoices.list({ subscription: subscription.id });
  assert.deepEqual(invoices.data.map((one) => [one.billing_reason, one.status]), [
    ['subscription_cycle', 'paid'],
    ['subscription_create', 'paid'],
  ]);
  assert.equal((await stripe.testHelpers.testClocks.list()).data.length, 1);
  assert.equal((await stripe.testHelpers.testClocks.del(clock.id)).deleted, true);
  assert.equal((await stripe.customers.retrieve(customer.id)).deleted, true);
});

test('a trial without a card pauses, and resumes with one', async () => {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START });
  const customer = await stripe.customers.create({ test_clock: clock.id });
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: 'price_team_monthly' }],
    trial_period_days: 7,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  });
  assert.equal(subscription.status, 'trialing');
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START + 8 * DAY });
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'paused');
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } });
  const resumed = await stripe.subscriptions.resume(subscription.id, { billing_cycle_anchor: 'now' });
  assert.equal(resumed.status, 'active');
});

test('the same key is the same answer, and other parameters are an error', async () => {
  const options = { idempotencyKey: 'one-customer' };
  const first = await stripe.customers.create({ email: 'once@example.com' }, options);
  const second = await stripe.customers.create({ email: 'once@example.com' }, options);
  assert.equal(second.id, first.id);
  assert.equal(second.lastResponse.headers['idempotent-replayed'], 'true');
  await assert.rejects(
    stripe.customers.create({ email: 'twice@example.com' }, options),
    Stripe.errors.StripeIdempotencyError,
  );
});

test('each refusal is an error of its class', async () => {
  const { errors } = Stripe;
  const told = (kind, code, param) => (error) => {
    assert.ok(error instanceof kind, String(error));
    assert.deepEqual([error.code, error.param], [code, param]);
    return true;
  };
  const invalid = errors.StripeInvalidRequestError;
  await assert.rejects(stripe.customers.retrieve('cus_none'), told(invalid, 'resource_missing', 'id'));
  await assert.rejects(stripe.customers.create({ colour: 'red' }), told(invalid, 'parameter_unknown', 'colour'));
  await assert.rejects(stripe.prices.create({ product: 'prod_team' }), told(invalid, 'parameter_missing', 'currency'));
  await assert.rejects(client('sk_test_wrong').customers.list(), errors.StripeAuthenticationError);
  await control(fake.url, '/faults', { fault: 'rate_limit' });
  await assert.rejects(stripe.customers.list(), errors.StripeRateLimitError);
  await control(fake.url, '/faults', { fault: 'server_error' });
  await assert.rejects(stripe.customers.list(), errors.StripeAPIError);
  // A connection that closes under it is tried once more by the client, whatever it was told.
  for (let n = 0; n < 2; n += 1) await control(fake.url, '/faults', { fault: 'reset_before' });
  await assert.rejects(stripe.customers.list(), errors.StripeConnectionError);
});

test('a lost answer and a retry make one thing', async () => {
  await control(fake.url, '/faults', { fault: 'reset_after', method: 'POST', path: '/v1/customers' });
  const patient = client(KEY, { maxNetworkRetries: 2 });
  await patient.customers.create({ email: 'lost@example.com' });
  assert.equal((await stripe.customers.list({ email: 'lost@example.com' })).data.length, 1);
});

test('webhooks are signed so that the client believes them, and only them', async () => {
  await control(fake.url, '/deliveries/take', {});
  const { customer } = await subscribed();
  const taken = await control(fake.url, '/deliveries/take', {});
  const types = taken.map((one) => one.type);
  assert.ok(types.includes('customer.subscription.created') && types.includes('invoice.paid'), types.join());
  for (const { payload, signature } of taken) {
    const event = stripe.webhooks.constructEvent(payload, signature, SECRET, Number.MAX_SAFE_INTEGER);
    assert.equal(event.object, 'event');
  }
  const [{ payload, signature }] = taken;
  assert.throws(
    () => stripe.webhooks.constructEvent(`${payload} `, signature, SECRET, Number.MAX_SAFE_INTEGER),
    Stripe.errors.StripeSignatureVerificationError,
  );
  const events = await stripe.events.list({ type: 'customer.subscription.created', limit: 1 });
  assert.equal(events.data[0].data.object.customer, customer.id);
  assert.equal((await stripe.events.retrieve(events.data[0].id)).type, 'customer.subscription.created');
});

test('a rolled secret and the old one sign together', async () => {
  const endpoint = await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/hook', enabled_events: ['customer.created'] });
  await control(fake.url, '/knobs', { mode: 'manual' });
  await control(fake.url, `/webhook_endpoints/${endpoint.id}/roll`, { secret: 'whsec_new' });
  await control(fake.url, '/deliveries/take', {});
  await stripe.customers.create({ email: 'rolled@example.com' });
  const taken = await control(fake.url, '/deliveries/take', {});
  const { payload, signature } = taken.find((one) => one.url === 'http://127.0.0.1:9/hook');
  for (const secret of ['whsec_new', endpoint.secret]) {
    assert.equal(stripe.webhooks.constructEvent(payload, signature, secret, Number.MAX_SAFE_INTEGER).type, 'customer.created');
  }
  assert.equal((await stripe.webhookEndpoints.update(endpoint.id, { disabled: true })).status, 'disabled');
  assert.equal((await stripe.webhookEndpoints.list()).data.length, 2);
  assert.equal((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret, undefined);
  assert.equal((await stripe.webhookEndpoints.del(endpoint.id)).deleted, true);
});
