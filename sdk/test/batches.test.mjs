import assert from "node:assert/strict";
import { CONFIG, QUIET_CONFIG, createPage, settle, startedPage } from "./support/browser.mjs";
import { inBothForms } from "./support/forms.mjs";

inBothForms("events leave together after two seconds", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  tiny.track("a");
  await clock.advance(1_500);
  tiny.track("b");
  await clock.advance(499);
  assert.equal(server.of("events").length, 0);
  await clock.advance(1);
  assert.deepEqual(
    server.of("events").map(({ body }) => body.events.map(({ name }) => name)),
    [["a", "b"]],
  );
});

inBothForms("twenty events leave at once", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  for (let n = 0; n < 19; n++) tiny.track("a", { n });
  await settle();
  assert.equal(server.of("events").length, 0);
  tiny.track("a", { n: 19 });
  await settle();
  assert.equal(server.of("events").length, 1);
  assert.equal(server.events().length, 20);
  await clock.advance(60_000);
  assert.equal(server.of("events").length, 1);
});

inBothForms("the two seconds start anew for what comes after a batch", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  tiny.track("a");
  await clock.advance(1_000);
  for (let n = 0; n < 19; n++) tiny.track("a");
  await settle();
  tiny.track("b");
  await clock.advance(1_999);
  assert.equal(server.of("events").length, 1);
  await clock.advance(1);
  assert.equal(server.of("events").length, 2);
});

inBothForms("what is recorded while a batch is on its way waits for a batch of its own", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  tiny.track("a");
  server.hold();
  await clock.advance(2_000);
  tiny.track("b");
  server.release();
  await clock.advance(1_999);
  assert.deepEqual(
    server.events().map(({ name }) => name),
    ["a"],
  );
  await clock.advance(1);
  assert.deepEqual(
    server.events().map(({ name }) => name),
    ["a", "b"],
  );
});

inBothForms("only one request is under way at a time", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  server.hold();
  for (let n = 0; n < 60; n++) tiny.track("a", { n });
  tiny.flush();
  await clock.advance(10_000);
  assert.equal(server.of("events").length, 1);
  server.release();
  await settle();
  assert.deepEqual(
    server.of("events").map(({ body }) => body.events.length),
    [20, 20, 20],
  );
  assert.deepEqual(
    server.events().map(({ properties }) => properties.n),
    [...Array(60).keys()],
  );
});

inBothForms("a batch is at most 60 KB", async (form) => {
  const { tiny, server } = await startedPage(form);
  for (let n = 0; n < 20; n++) tiny.track("long", { n, text: "é".repeat(4_000) });
  await settle();
  const sizes = server.of("events").map(({ text }) => Buffer.byteLength(text));
  assert.ok(sizes.length > 1);
  for (const size of sizes) assert.ok(size <= 60_000, `${size} bytes`);
  assert.deepEqual(
    server.events().map(({ properties }) => properties.n),
    [...Array(20).keys()],
  );
});

inBothForms("an event that is larger on its own goes alone, and its neighbours as usual", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  tiny.track("a");
  tiny.track("large", { text: "x".repeat(100_000) });
  tiny.track("b");
  await clock.advance(2_000);
  assert.deepEqual(
    server.of("events").map(({ body }) => body.events.map(({ name }) => name)),
    [["a"], ["large"], ["b"]],
  );
});

inBothForms("a batch carries the envelope and the events of the protocol", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  tiny.identify("user_42", { plan: "team" });
  tiny.track("report_generated", { reportType: "weekly" });
  tiny.track("bare");
  await clock.advance(2_000);
  const [bootstrap, { body }] = server.requests;
  const { anonymousId, context } = bootstrap.body;
  const { batchId, events, ...envelope } = body;
  assert.match(batchId, /^batch_\d{16,}$/);
  assert.deepEqual(envelope, {
    ingestVersion: 2,
    sdkVersion: "0.2.0",
    sentAt: "2026-04-10T13:45:02.000Z",
    sessionId: "sess_1",
    anonymousId,
    context,
    droppedEvents: 0,
  });
  const page = { ...bootstrap.body.page };
  const timestamp = "2026-04-10T13:45:00.000Z";
  for (const { id } of events) assert.match(id, /^evt_1775828700000\d{3,30}$/);
  assert.equal(new Set(events.map(({ id }) => id)).size, 3);
  assert.deepEqual(
    events.map(({ id, ...event }) => event),
    [
      { type: "identify", timestamp, anonymousId, userId: "user_42", properties: { plan: "team" }, page },
      {
        type: "track",
        name: "report_generated",
        timestamp,
        anonymousId,
        userId: "user_42",
        properties: { reportType: "weekly" },
        page,
      },
      { type: "track", name: "bare", timestamp, anonymousId, userId: "user_42", page },
    ],
  );
});

inBothForms("events before identify stay without a user", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  tiny.track("before");
  tiny.identify("user_42");
  tiny.track("after");
  await clock.advance(2_000);
  assert.deepEqual(
    server.events().map(({ userId }) => userId),
    [undefined, "user_42", "user_42"],
  );
  assert.ok(!("userId" in server.of("events")[0].body));
});

inBothForms("the user is known again on the next page", async (form) => {
  const first = await startedPage(form);
  first.tiny.identify("user_42");
  const second = await startedPage(form, { config: CONFIG, storage: first.storage });
  await second.clock.advance(2_000);
  assert.equal(second.server.requests[0].body.userId, "user_42");
  assert.equal(second.server.events()[0].userId, "user_42");
});

inBothForms("a user id that is a number is sent as text", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  tiny.identify(42);
  await clock.advance(2_000);
  assert.equal(server.events()[0].userId, "42");
});

inBothForms("identify without a user leaves the judgement to the server and later events in order", async (form) => {
  const { tiny, server, clock, stored } = await startedPage(form);
  tiny.identify(undefined);
  tiny.track("after");
  await clock.advance(2_000);
  assert.deepEqual(
    server.events().map(({ userId }) => userId),
    [undefined, undefined],
  );
  assert.equal(stored("userId"), undefined);
});

inBothForms("reset makes a new visitor without user, and earlier events stay with the old one", async (form) => {
  const { tiny, server, clock, stored } = await startedPage(form);
  tiny.identify("user_42");
  const before = stored("anonymousId");
  tiny.track("before");
  tiny.reset();
  assert.equal(stored("userId"), undefined);
  assert.equal(stored("sessionId"), undefined);
  tiny.track("after");
  await clock.advance(2_000);
  const [old, renewed] = server.of("events").map(({ body }) => body);
  assert.deepEqual([old.anonymousId, old.sessionId, old.events.at(-1).name], [before, "sess_1", "before"]);
  assert.deepEqual(
    [renewed.sessionId, renewed.events[0].name, renewed.events[0].userId],
    ["sess_2", "after", undefined],
  );
  assert.notEqual(renewed.anonymousId, before);
  assert.deepEqual(server.of("bootstrap")[1].body.userId, null);
  assert.deepEqual(server.of("bootstrap")[1].body.sessionId, null);
  assert.equal(stored("anonymousId"), renewed.anonymousId);
  assert.equal(stored("sessionId"), "sess_2");
});

inBothForms("the next user is not told about in the bootstrap of the visitor before", async (form) => {
  const page = createPage();
  page.server.script("bootstrap", "no network");
  const tiny = await page.load(form);
  tiny.init(QUIET_CONFIG);
  tiny.track("before");
  tiny.reset();
  tiny.identify("user_43");
  await page.clock.advance(60_000);
  const [, old, renewed] = page.server.of("bootstrap").map(({ body }) => body);
  assert.equal(old.userId, null);
  assert.equal(renewed.userId, "user_43");
  assert.notEqual(old.anonymousId, renewed.anonymousId);
});

inBothForms("a bootstrap answered after reset does not bring the old visitor back", async (form) => {
  const page = await startedPage(form);
  page.server.script("events", { status: 403, body: { error: "invalid_session_for_source" } });
  page.tiny.track("before");
  await page.clock.advance(1_999);
  page.server.hold();
  await page.clock.advance(1);
  page.tiny.reset();
  page.server.release();
  await settle();
  assert.equal(page.server.of("bootstrap").length, 2);
  assert.equal(page.stored("sessionId"), undefined);
  assert.equal(page.stored("anonymousId"), undefined);
});

inBothForms("flush sends what is queued now", async (form) => {
  const { tiny, server } = await startedPage(form);
  tiny.track("a");
  tiny.flush();
  await settle();
  assert.equal(server.events().length, 1);
});

inBothForms("flush while a request is under way sends the rest right after it", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  server.hold();
  tiny.track("a");
  tiny.flush();
  tiny.track("b");
  tiny.flush();
  server.release();
  await settle();
  assert.deepEqual(
    server.events().map(({ name }) => name),
    ["a", "b"],
  );
  assert.equal(clock.pending(), 0);
});

inBothForms("flush with an empty queue sends nothing", async (form) => {
  const { tiny, server } = await startedPage(form);
  tiny.flush();
  await settle();
  assert.equal(server.requests.length, 1);
});

inBothForms("properties are copied when the call is made", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  const properties = { step: 1, list: [1] };
  tiny.track("a", properties);
  properties.step = 2;
  properties.list.push(2);
  await clock.advance(2_000);
  assert.deepEqual(server.events()[0].properties, { step: 1, list: [1] });
});

inBothForms("properties that JSON cannot carry are told at once and cost no other event", async (form) => {
  const { tiny, server, clock, lines } = await startedPage(form);
  const circular = {};
  circular.self = circular;
  tiny.track("a");
  tiny.track("circular", circular);
  tiny.track(circular);
  tiny.page("/p", { big: 1n });
  tiny.identify("user_42", circular);
  tiny.track("b");
  await clock.advance(2_000);
  assert.deepEqual(
    server.events().map(({ name }) => name),
    ["a", "b"],
  );
  assert.deepEqual(
    lines.map(({ level }) => level),
    ["error", "error", "error", "error"],
  );
});
