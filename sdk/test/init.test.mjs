import assert from "node:assert/strict";
import { CONFIG, KEY, QUIET_CONFIG, createPage, settle, startedPage } from "./support/browser.mjs";
import { inBothForms } from "./support/forms.mjs";

const OTHER_KEY = "pk_other";

inBothForms("a second init with the same key is ignored with a warning", async (form) => {
  const { tiny, server, said, lines, clock } = await startedPage(form, { config: CONFIG });
  tiny.init(CONFIG);
  await clock.advance(5_000);
  assert.deepEqual(
    lines.map(({ level, text }) => [level, text]),
    [["warn", `[tiny] duplicate init ignored: ${KEY}`]],
  );
  assert.equal(server.of("bootstrap").length, 1);
  assert.equal(server.events().length, 1);
  assert.equal(said("error").length, 0);
});

inBothForms("after a second init a navigation is still one page view", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form, { config: CONFIG });
  tiny.init(CONFIG);
  page.go("/pricing");
  await clock.advance(5_000);
  assert.deepEqual(
    server.events().map((event) => event.page.path),
    ["/dashboard?tab=1", "/pricing"],
  );
});

inBothForms("a different key makes a second instance with a visitor of its own", async (form) => {
  const { tiny, server, lines, stored } = await startedPage(form);
  tiny.init({ ...QUIET_CONFIG, publicKey: OTHER_KEY });
  await settle();
  assert.deepEqual(lines, []);
  assert.deepEqual(
    server.of("bootstrap").map(({ url }) => url.split("/").at(-2)),
    [KEY, OTHER_KEY],
  );
  assert.notEqual(stored("anonymousId"), stored("anonymousId", OTHER_KEY));
  assert.notEqual(stored("sessionId"), stored("sessionId", OTHER_KEY));
});

inBothForms("commands go to every instance", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  tiny.init({ ...QUIET_CONFIG, publicKey: OTHER_KEY });
  tiny.track("report_generated");
  await clock.advance(2_000);
  assert.deepEqual(
    server.of("events").map(({ url, body }) => [url.split("/").at(-2), body.events[0].name]),
    [
      [KEY, "report_generated"],
      [OTHER_KEY, "report_generated"],
    ],
  );
});

inBothForms("what is called before init is recorded once init comes", async (form) => {
  const page = createPage();
  const tiny = await page.load(form);
  tiny.track("early", { n: 1 });
  tiny.identify("user_42");
  await page.clock.advance(60_000);
  assert.deepEqual(page.server.requests, []);
  tiny.init(QUIET_CONFIG);
  await page.clock.advance(2_000);
  assert.deepEqual(
    page.server.events().map(({ type, name }) => name ?? type),
    ["early", "identify"],
  );
});

inBothForms("what was called before init belongs to the first instance and is recorded once", async (form) => {
  const page = createPage();
  const tiny = await page.load(form);
  tiny.track("early");
  tiny.init(QUIET_CONFIG);
  tiny.init({ ...QUIET_CONFIG, publicKey: OTHER_KEY });
  await page.clock.advance(5_000);
  assert.equal(page.server.events().length, 1);
});

inBothForms("an opt-out before init sends and stores nothing but the choice", async (form) => {
  const page = createPage();
  const tiny = await page.load(form);
  tiny.optOut();
  tiny.init(CONFIG);
  await page.clock.advance(60_000);
  assert.deepEqual(page.server.requests, []);
  assert.deepEqual(Object.keys(page.storage.items), [`tiny:${KEY}:optOut`]);
});

inBothForms("at most 1,000 calls are kept while no init comes", async (form) => {
  const page = createPage();
  const tiny = await page.load(form);
  for (let n = 0; n < 1_200; n++) tiny.track("early", { n });
  tiny.init(QUIET_CONFIG);
  await page.clock.advance(60_000);
  const numbers = page.server.events().map(({ properties }) => properties.n);
  assert.deepEqual(numbers, [...Array(1_000).keys()]);
});

inBothForms("a command that does not exist never throws into the page", async (form) => {
  const { page } = await startedPage(form);
  if (form === "hosted script") page.window.tinyAnalytics("trak", "typo");
  assert.equal(page.said("error").length, form === "hosted script" ? 1 : 0);
});

inBothForms("nothing is printed when all is well and debug is off", async (form) => {
  const { page, tiny, clock, lines } = await startedPage(form, { config: CONFIG });
  tiny.track("report_generated");
  tiny.identify("user_42");
  page.go("/pricing");
  await clock.advance(10_000);
  tiny.reset();
  tiny.flush();
  await page.hide();
  await page.leave();
  assert.deepEqual(lines, []);
});
