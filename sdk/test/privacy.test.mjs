import assert from "node:assert/strict";
import { CONFIG, KEY, createPage, settle, startedPage } from "./support/browser.mjs";
import { inBothForms, inBothFormsFor } from "./support/forms.mjs";

const SIGNALS = {
  "Do Not Track": { doNotTrack: "1" },
  "Global Privacy Control": { globalPrivacyControl: true },
};
const RESPECTING = { ...CONFIG, respectPrivacySignals: true };

inBothFormsFor(SIGNALS, "with respectPrivacySignals, nothing is sent or stored under", async (form, navigator) => {
  const { page, tiny, server, clock, storage, lines } = await startedPage(form, { config: RESPECTING, navigator });
  tiny.reset();
  tiny.track("a");
  tiny.identify("user_42");
  tiny.flush();
  page.go("/pricing");
  await page.hide();
  await clock.advance(60_000);
  assert.deepEqual(server.requests, []);
  assert.deepEqual(storage.items, {});
  assert.deepEqual(lines, []);
});

inBothFormsFor(SIGNALS, "optIn does not override", async (form, navigator) => {
  const { tiny, server, clock } = await startedPage(form, { config: RESPECTING, navigator });
  tiny.optIn();
  tiny.track("a");
  await clock.advance(60_000);
  assert.deepEqual(server.requests, []);
});

inBothFormsFor(SIGNALS, "without respectPrivacySignals, events are sent under", async (form, navigator) => {
  const { server, clock } = await startedPage(form, { config: CONFIG, navigator });
  await clock.advance(2_000);
  assert.equal(server.events().length, 1);
});

inBothFormsFor(
  {
    unset: { doNotTrack: null },
    off: { doNotTrack: "0" },
    unspecified: { doNotTrack: "unspecified" },
    "GPC off": { globalPrivacyControl: false },
  },
  "with respectPrivacySignals, events are sent when the signal is",
  async (form, navigator) => {
    const { server, clock } = await startedPage(form, { config: RESPECTING, navigator });
    await clock.advance(2_000);
    assert.equal(server.events().length, 1);
  },
);

inBothForms("after optOut nothing is sent, the queue is gone and only the choice is stored", async (form) => {
  const { page, tiny, server, clock, storage } = await startedPage(form, { config: CONFIG });
  tiny.identify("user_42");
  tiny.optOut();
  tiny.reset();
  tiny.track("a");
  tiny.identify("user_43");
  tiny.page();
  tiny.flush();
  page.go("/pricing");
  await clock.advance(60_000);
  await page.hide();
  await page.leave();
  assert.deepEqual(
    server.requests.map(({ endpoint }) => endpoint),
    ["bootstrap"],
  );
  assert.deepEqual(storage.items, { [`tiny:${KEY}:optOut`]: "1" });
});

inBothForms("optOut holds on the next page", async (form) => {
  const first = await startedPage(form, { config: CONFIG });
  first.tiny.optOut();
  const second = await startedPage(form, { config: CONFIG, storage: first.storage });
  second.tiny.track("a");
  await second.clock.advance(60_000);
  assert.deepEqual(second.server.requests, []);
});

inBothForms("optOut while the bootstrap is on its way stores nothing when it comes", async (form) => {
  const page = createPage();
  page.server.hold();
  const tiny = await page.load(form);
  tiny.init(CONFIG);
  tiny.optOut();
  page.server.release();
  await page.clock.advance(60_000);
  assert.equal(page.server.requests.length, 1);
  assert.deepEqual(page.storage.items, { [`tiny:${KEY}:optOut`]: "1" });
});

inBothForms("optOut during a pause after a failure ends the retries", async (form) => {
  const page = createPage();
  page.server.script("bootstrap", "no network");
  const tiny = await page.load(form);
  tiny.init(CONFIG);
  await settle();
  tiny.optOut();
  await page.clock.advance(60_000);
  assert.equal(page.server.requests.length, 1);
});

inBothForms("optIn takes optOut back: a new visitor, beginning with the current page", async (form) => {
  const { tiny, server, clock, stored } = await startedPage(form, { config: CONFIG });
  const before = stored("anonymousId");
  tiny.optOut();
  tiny.track("unheard");
  tiny.optIn();
  tiny.track("heard");
  await clock.advance(2_000);
  assert.deepEqual(
    server.events().map(({ type, name }) => name ?? type),
    ["page", "heard"],
  );
  assert.notEqual(server.events()[0].anonymousId, before);
  assert.equal(stored("optOut"), undefined);
  assert.equal(stored("anonymousId"), server.events()[0].anonymousId);
});

inBothForms("optIn on a page that began opted out starts it", async (form) => {
  const first = await startedPage(form, { config: CONFIG });
  first.tiny.optOut();
  const second = await startedPage(form, { config: CONFIG, storage: first.storage });
  second.tiny.optIn();
  await second.clock.advance(2_000);
  assert.deepEqual(
    second.server.requests.map(({ endpoint }) => endpoint),
    ["bootstrap", "events"],
  );
});

inBothForms("optIn without an optOut before changes nothing", async (form) => {
  const { tiny, server, clock, stored } = await startedPage(form, { config: CONFIG });
  const before = stored("anonymousId");
  tiny.optIn();
  await clock.advance(2_000);
  assert.equal(server.of("bootstrap").length, 1);
  assert.equal(server.events().length, 1);
  assert.equal(stored("anonymousId"), before);
});
