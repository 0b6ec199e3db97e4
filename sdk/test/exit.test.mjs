import assert from "node:assert/strict";
import { CONFIG, HOST, KEY, QUIET_CONFIG, createPage, settle, startedPage } from "./support/browser.mjs";
import { inBothForms, inBothFormsFor } from "./support/forms.mjs";
import { refusal } from "./support/server.mjs";

inBothFormsFor(
  { visibilitychange: (page) => page.hide(), pagehide: (page) => page.leave() },
  "what is queued leaves with a keepalive fetch on",
  async (form, go) => {
    const { page, tiny, server } = await startedPage(form);
    tiny.track("a");
    tiny.track("b");
    await go(page);
    const [, request] = server.requests;
    assert.equal(request.via, "fetch");
    assert.equal(request.keepalive, true);
    assert.equal(request.headers["content-type"], "application/json");
    assert.deepEqual(
      request.body.events.map(({ name }) => name),
      ["a", "b"],
    );
  },
);

inBothForms("where fetch has no keepalive, sendBeacon takes it as plain text", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form, { hasKeepalive: false });
  tiny.track("a");
  await page.hide();
  await page.leave();
  await clock.advance(60_000);
  assert.equal(server.requests.length, 2);
  const [, request] = server.requests;
  assert.equal(request.via, "beacon");
  assert.equal(request.isString, true);
  assert.equal(request.url, `${HOST}/api/ingest/v2/${KEY}/events`);
  assert.deepEqual(
    request.body.events.map(({ name }) => name),
    ["a"],
  );
});

inBothForms("what sendBeacon does not take is sent later", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form, {
    hasKeepalive: false,
    navigator: { sendBeacon: () => false },
  });
  tiny.track("a");
  await page.hide();
  await clock.advance(60_000);
  assert.deepEqual(
    server.events().map(({ name }) => name),
    ["a"],
  );
});

inBothForms("hiding and then leaving sends each event once", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form);
  server.hold();
  tiny.track("a");
  await page.hide();
  tiny.track("b");
  await page.leave();
  server.release();
  await clock.advance(60_000);
  assert.deepEqual(
    server.of("events").map(({ body }) => body.events.map(({ name }) => name)),
    [["a"], ["b"]],
  );
});

inBothForms("nothing queued, nothing sent", async (form) => {
  const { page, server } = await startedPage(form);
  await page.hide();
  await page.show();
  await page.leave();
  assert.equal(server.requests.length, 1);
});

inBothForms("coming back to the page sends nothing early", async (form) => {
  const { page, tiny, server } = await startedPage(form);
  await page.hide();
  tiny.track("a");
  await page.show();
  assert.equal(server.of("events").length, 0);
});

inBothForms("events in a common request that may be cut off leave again, under the same ids", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form);
  server.hold();
  tiny.track("a");
  await clock.advance(2_000);
  await page.leave();
  const [common, exit] = server.of("events");
  assert.ok(!common.keepalive);
  assert.equal(exit.keepalive, true);
  assert.equal(exit.body.events[0].id, common.body.events[0].id);
});

inBothForms("a backlog of more than one batch leaves in one request", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form);
  server.script("events", "no network");
  for (let n = 0; n < 60; n++) tiny.track("a", { n });
  await clock.advance(10);
  await page.leave();
  assert.equal(server.of("events")[1].body.events.length, 60);
});

inBothForms(
  "of a backlog that does not fit, most of what fits leaves, and it is less than the server's 500 events",
  async (form) => {
    const { page, tiny, server } = await startedPage(form, { url: "https://a.example/", title: "" });
    server.script("events", "no network");
    for (let n = 0; n < 1_000; n++) tiny.track("a");
    await settle();
    await page.leave();
    const exit = server.of("events")[1];
    const bytes = Buffer.byteLength(exit.text);
    assert.ok(bytes > 50_000 && bytes <= 60_000, `${bytes} bytes`);
    assert.ok(exit.body.events.length <= 500, `${exit.body.events.length} events`);
  },
);

inBothForms("keepalive requests stay within what browsers allow, also with two instances", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form);
  tiny.init({ ...QUIET_CONFIG, publicKey: "pk_other" });
  await settle();
  server.hold();
  for (let n = 0; n < 10; n++) tiny.track("long", { n, text: "é".repeat(2_000) });
  await page.leave();
  const sent = server.requests.filter(({ keepalive }) => keepalive);
  const bytes = sent.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  assert.equal(sent.length, 2);
  assert.ok(bytes <= 65_536, `${bytes} bytes`);
  assert.ok(!server.requests.some(({ isOverQuota }) => isOverQuota));
  server.release();
  await clock.advance(60_000);
  const received = server.events().length;
  assert.equal(new Set(server.events().map(({ id }) => id)).size, 20);
  assert.equal(received, 20);
});

inBothForms("the room for keepalive is given back when the answer comes", async (form) => {
  const { page, tiny, server } = await startedPage(form);
  for (let n = 0; n < 5; n++) {
    for (let m = 0; m < 10; m++) tiny.track("long", { text: "x".repeat(4_000) });
    await page.hide();
    await page.show();
  }
  assert.deepEqual(
    server.of("events").map(({ body }) => body.events.length),
    [10, 10, 10, 10, 10],
  );
});

inBothForms("what did not arrive while the page was hidden is sent again", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form);
  server.script("events", "no network");
  tiny.track("a");
  await page.hide();
  await clock.advance(60_000);
  const [first, second] = server.events();
  assert.equal(first.id, second.id);
  assert.equal(server.events().length, 2);
});

inBothForms("what did not arrive when the page was hidden leaves again with the page", async (form) => {
  const { page, tiny, server } = await startedPage(form);
  server.script("events", "no network");
  tiny.track("a");
  await page.hide();
  await page.leave();
  assert.deepEqual(
    server.events().map(({ name }) => name),
    ["a", "a"],
  );
});

inBothForms("a refusal while the page was hidden is told in one line and not repeated", async (form) => {
  const { page, tiny, server, clock, lines } = await startedPage(form);
  server.script("events", refusal(403, "tracking_source_origin_not_allowed"));
  tiny.track("a");
  await page.hide();
  await clock.advance(60_000);
  assert.equal(server.of("events").length, 1);
  assert.equal(lines.length, 1);
});

inBothForms("a session that became invalid while hidden is renewed for the same events", async (form) => {
  const { page, tiny, server, clock, lines } = await startedPage(form);
  server.script("events", refusal(403, "invalid_session_for_source"));
  tiny.track("a");
  await page.hide();
  await clock.advance(60_000);
  assert.deepEqual(
    server.requests.map(({ endpoint }) => endpoint),
    ["bootstrap", "events", "bootstrap", "events"],
  );
  assert.equal(server.events()[0].id, server.events()[1].id);
  assert.deepEqual(lines, []);
});

inBothForms("a common request and an exit request with the same invalid session lose nothing", async (form) => {
  const { page, tiny, server, clock, lines } = await startedPage(form);
  const invalid = refusal(403, "invalid_session_for_source");
  server.script("events", invalid, invalid);
  server.hold();
  tiny.track("a");
  await clock.advance(2_000);
  await page.hide();
  server.release();
  await clock.advance(60_000);
  assert.deepEqual(
    server.requests.at(-1).body.events.map(({ name }) => name),
    ["a"],
  );
  assert.equal(server.requests.at(-1).body.sessionId, "sess_2");
  assert.deepEqual(lines, []);
});

inBothForms("a pause that the server asked for is kept also when the page is left", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form);
  server.script("events", { ...refusal(429, "rate_limit_exceeded"), headers: { "retry-after": "60" } });
  tiny.track("a");
  await clock.advance(2_000);
  await page.hide();
  await page.leave();
  assert.equal(server.of("events").length, 1);
});

inBothForms("a pause that is over holds nothing back", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form);
  server.script("events", { ...refusal(429, "rate_limit_exceeded"), headers: { "retry-after": "5" } });
  tiny.track("a");
  await clock.advance(20_000);
  assert.equal(server.of("events").length, 2);
  tiny.track("b");
  await page.leave();
  assert.equal(server.events().at(-1).name, "b");
});

inBothForms("without a pause asked for, leaving is one more try", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form);
  server.script("events", "no network");
  tiny.track("a");
  await clock.advance(2_000);
  await page.leave();
  assert.equal(server.of("events").length, 2);
});

inBothForms("before the bootstrap is answered there is no session to send events with", async (form) => {
  const page = createPage();
  page.server.hold();
  const tiny = await page.load(form);
  tiny.init(CONFIG);
  await page.leave();
  assert.deepEqual(
    page.server.requests.map(({ endpoint }) => endpoint),
    ["bootstrap"],
  );
});
