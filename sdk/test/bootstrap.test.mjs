import assert from "node:assert/strict";
import { CONFIG, HOST, KEY, QUIET_CONFIG, createPage, createStorage, settle, startedPage } from "./support/browser.mjs";
import { inBothForms, inBothFormsFor } from "./support/forms.mjs";
import { refusal } from "./support/server.mjs";

inBothForms("the first request is a bootstrap with who, where and what", async (form) => {
  const { server, stored } = await startedPage(form, { referrer: "https://search.example/" });
  const [request] = server.requests;
  assert.equal(request.url, `${HOST}/api/ingest/v2/${KEY}/bootstrap`);
  assert.equal(request.method, "POST");
  assert.deepEqual(request.body, {
    ingestVersion: 2,
    sdkVersion: "0.2.0",
    anonymousId: stored("anonymousId"),
    sessionId: null,
    userId: null,
    page: {
      url: "https://app.example.com/dashboard?tab=1",
      path: "/dashboard?tab=1",
      title: "Dashboard",
      referrer: "https://search.example/",
    },
    context: {
      locale: "en-GB",
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      userAgent: "Fake/1.0",
    },
  });
  assert.match(request.body.anonymousId, /^vis_\d{16,}$/);
});

inBothForms("requests are JSON without credentials", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  tiny.track("report_generated");
  await clock.advance(2_000);
  assert.equal(server.requests.length, 2);
  for (const request of server.requests) {
    assert.equal(request.headers["content-type"], "application/json");
    assert.equal(request.credentials, "omit");
    assert.ok(!request.keepalive);
  }
});

inBothForms("nothing but the ingest endpoints is asked, and cookies are left alone", async (form) => {
  const { page, tiny, server, lines, clock } = await startedPage(form, { config: CONFIG });
  tiny.track("a");
  await page.hide();
  await clock.advance(60_000);
  for (const { url } of server.requests) {
    assert.match(url, new RegExp(`^${HOST}/api/ingest/v2/${KEY}/(bootstrap|events)$`));
  }
  assert.deepEqual(lines, []);
});

inBothForms("events queue until the bootstrap is answered", async (form) => {
  const page = createPage();
  page.server.hold();
  const tiny = await page.load(form);
  tiny.init(CONFIG);
  for (let n = 0; n < 25; n++) tiny.track("early", { n });
  tiny.flush();
  await page.clock.advance(10_000);
  assert.deepEqual(
    page.server.requests.map(({ endpoint }) => endpoint),
    ["bootstrap"],
  );
  page.server.release();
  await settle();
  assert.equal(page.server.events().length, 26);
  for (const { body } of page.server.of("events")) assert.equal(body.sessionId, "sess_1");
});

inBothForms("the bootstrap is sent also when nothing is recorded", async (form) => {
  const { server } = await startedPage(form, { config: QUIET_CONFIG });
  assert.deepEqual(
    server.requests.map(({ endpoint }) => endpoint),
    ["bootstrap"],
  );
});

inBothForms("visitor and session are in localStorage under tiny:{publicKey}:…", async (form) => {
  const { storage, server } = await startedPage(form);
  assert.deepEqual(storage.items, {
    [`tiny:${KEY}:anonymousId`]: server.requests[0].body.anonymousId,
    [`tiny:${KEY}:sessionId`]: "sess_1",
  });
});

inBothForms("the next page of the same browser keeps the visitor and resumes the session", async (form) => {
  const first = await startedPage(form);
  const second = await startedPage(form, { storage: first.storage });
  assert.equal(second.server.requests[0].body.anonymousId, first.server.requests[0].body.anonymousId);
  assert.equal(second.server.requests[0].body.sessionId, "sess_1");
});

inBothForms("a session that the server replaced silently is used from then on", async (form) => {
  const storage = createStorage();
  storage.items[`tiny:${KEY}:anonymousId`] = "vis_known";
  storage.items[`tiny:${KEY}:sessionId`] = "sess_old";
  const { tiny, server, clock, stored } = await startedPage(form, { storage });
  tiny.track("a");
  await clock.advance(2_000);
  assert.equal(server.requests[0].body.sessionId, "sess_old");
  assert.equal(server.requests[1].body.sessionId, "sess_1");
  assert.equal(server.requests[1].body.anonymousId, "vis_known");
  assert.equal(stored("sessionId"), "sess_1");
});

for (const kind of ["refused", "full"]) {
  inBothForms(`with localStorage ${kind}, memory serves for as long as the page lives`, async (form) => {
    const { tiny, server, clock, lines } = await startedPage(form, { storage: createStorage(kind) });
    tiny.identify("user_42");
    tiny.track("a");
    await clock.advance(2_000);
    const [bootstrap, batch] = server.requests;
    assert.equal(batch.body.anonymousId, bootstrap.body.anonymousId);
    assert.equal(batch.body.sessionId, "sess_1");
    assert.deepEqual(
      batch.body.events.map(({ userId }) => userId),
      ["user_42", "user_42"],
    );
    tiny.reset();
    tiny.track("b");
    await clock.advance(2_000);
    assert.notEqual(server.requests.at(-1).body.anonymousId, bootstrap.body.anonymousId);
    tiny.optOut();
    tiny.track("c");
    await clock.advance(60_000);
    assert.deepEqual(
      server.events().map(({ name, type }) => name ?? type),
      ["identify", "a", "b"],
    );
    assert.deepEqual(lines, []);
  });
}

inBothFormsFor(
  {
    "no network": "no network",
    500: refusal(500, "internal_error"),
    503: refusal(503, "service_unavailable"),
    429: refusal(429, "rate_limit_exceeded"),
  },
  "a bootstrap that fails for now is tried again",
  async (form, reply) => {
    const page = createPage();
    page.server.script("bootstrap", reply, reply);
    const tiny = await page.load(form);
    tiny.init(CONFIG);
    await page.clock.advance(30_000);
    assert.equal(page.server.of("bootstrap").length, 3);
    assert.equal(page.server.events().length, 1);
    assert.deepEqual(page.lines, []);
  },
);

inBothForms("a bootstrap without page views is tried again too", async (form) => {
  const page = createPage();
  page.server.script("bootstrap", "no network");
  const tiny = await page.load(form);
  tiny.init(QUIET_CONFIG);
  await page.clock.advance(30_000);
  assert.equal(page.server.of("bootstrap").length, 2);
});

inBothFormsFor(
  {
    "unknown key": refusal(404, "tracking_source_not_found"),
    "foreign origin": refusal(403, "tracking_source_origin_not_allowed"),
    "invalid payload": refusal(422, "invalid_bootstrap_payload"),
    "too large": refusal(413, "payload_too_large"),
  },
  "a refused bootstrap is told in one line and never repeated",
  async (form, reply) => {
    const page = createPage();
    for (let n = 0; n < 10; n++) page.server.script("bootstrap", reply);
    page.server.hold();
    const tiny = await page.load(form);
    tiny.init(CONFIG);
    tiny.track("while the answer is on its way");
    await settle();
    page.server.release();
    await settle();
    for (let n = 0; n < 1_500; n++) tiny.track("later", { n });
    tiny.flush();
    page.go("/pricing");
    await page.clock.advance(600_000);
    await page.hide();
    await page.leave();
    assert.equal(page.server.requests.length, 1);
    assert.equal(page.lines.length, 1);
    assert.equal(page.lines[0].level, "error");
    assert.match(page.lines[0].text, new RegExp(`^\\[tiny\\] bootstrap ${reply.status} ${reply.body.error} `));
    assert.match(page.lines[0].text, new RegExp(`${HOST}/id/attempt_refused`));
  },
);

inBothForms("an answer that is no bootstrap answer never makes a loop", async (form) => {
  const page = createPage();
  for (let n = 0; n < 100; n++) page.server.script("bootstrap", { status: 200, body: { ok: true } });
  const tiny = await page.load(form);
  tiny.init(CONFIG);
  await page.clock.advance(1_000);
  assert.equal(page.server.requests.length, 1);
  await page.clock.advance(60_000);
  assert.ok(page.server.requests.length > 1, "it is tried again, with pauses");
});

inBothForms("a refusal that is not from Tiny still says what to check", async (form) => {
  const page = createPage();
  page.server.script("bootstrap", { status: 404, body: "<html>not found</html>" });
  const tiny = await page.load(form);
  tiny.init(CONFIG);
  await settle();
  assert.deepEqual(
    page.lines.map(({ text }) => text),
    ["[tiny] bootstrap 404 check apiHost"],
  );
});
