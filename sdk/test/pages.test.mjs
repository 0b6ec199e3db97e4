import assert from "node:assert/strict";
import { test } from "node:test";
import { CONFIG, QUIET_CONFIG, createPage, settle, startedPage } from "./support/browser.mjs";
import { inBothForms } from "./support/forms.mjs";

const paths = (server) => server.events().map((event) => event.page.path);

inBothForms("loading a page is a page view with URL, path, title and referrer", async (form) => {
  const { server, clock } = await startedPage(form, { config: CONFIG, referrer: "https://search.example/" });
  await clock.advance(2_000);
  const [event] = server.events();
  assert.equal(event.type, "page");
  assert.deepEqual(event.page, {
    url: "https://app.example.com/dashboard?tab=1",
    path: "/dashboard?tab=1",
    title: "Dashboard",
    referrer: "https://search.example/",
  });
});

inBothForms("a page without referrer says null", async (form) => {
  const { server, clock } = await startedPage(form, { config: CONFIG });
  await clock.advance(2_000);
  assert.equal(server.events()[0].page.referrer, null);
});

for (const hasNavigationApi of [true, false]) {
  const by = hasNavigationApi ? "the Navigation API" : "patched history";

  inBothForms(`with ${by}, every navigation inside the app is one page view`, async (form) => {
    const { page, server, clock } = await startedPage(form, { config: CONFIG, hasNavigationApi });
    page.go("/pricing");
    page.replace("/pricing?plan=team");
    page.jump("/dashboard?tab=1");
    await clock.advance(5_000);
    assert.deepEqual(paths(server), ["/dashboard?tab=1", "/pricing", "/pricing?plan=team", "/dashboard?tab=1"]);
  });

  inBothForms(`with ${by}, a navigation to the same URL is no page view`, async (form) => {
    const { page, server, clock } = await startedPage(form, { config: CONFIG, hasNavigationApi });
    page.replace("/dashboard?tab=1");
    page.go("/pricing");
    page.replace("/pricing");
    page.go("/pricing");
    await clock.advance(5_000);
    assert.deepEqual(paths(server), ["/dashboard?tab=1", "/pricing"]);
  });

  inBothForms(`with ${by}, a jump to an anchor is no page view but a hash route is`, async (form) => {
    const { page, server, clock } = await startedPage(form, { config: CONFIG, hasNavigationApi });
    page.jump("#section-2");
    page.jump("#");
    page.jump("#/settings");
    page.jump("#!/billing");
    await clock.advance(5_000);
    assert.deepEqual(paths(server), ["/dashboard?tab=1", "/dashboard?tab=1#/settings", "/dashboard?tab=1#!/billing"]);
  });

  inBothForms(`with ${by} and two instances, a navigation is one page view of each`, async (form) => {
    const { page, tiny, server, clock } = await startedPage(form, { config: CONFIG, hasNavigationApi });
    tiny.init({ ...CONFIG, publicKey: "pk_other" });
    page.go("/pricing");
    await clock.advance(5_000);
    assert.deepEqual(paths(server).sort(), ["/dashboard?tab=1", "/dashboard?tab=1", "/pricing", "/pricing"]);
  });
}

inBothForms("the Navigation API is used where it is, and history stays as it was", async (form) => {
  const page = createPage();
  const before = page.window.history.pushState;
  const tiny = await page.load(form);
  tiny.init(CONFIG);
  assert.equal(page.window.history.pushState, before);
});

inBothForms("patched history keeps the page's own errors and records nothing for them", async (form) => {
  const { page, server, clock } = await startedPage(form, { config: CONFIG, hasNavigationApi: false });
  assert.throws(() => page.go("https://elsewhere.example/"), { name: "SecurityError" });
  await clock.advance(5_000);
  assert.equal(server.events().length, 1);
});

inBothForms("the page before is the referrer of the page after", async (form) => {
  const { page, server, clock } = await startedPage(form, { config: CONFIG, referrer: "https://search.example/" });
  page.go("/pricing");
  page.go("/signup");
  await clock.advance(5_000);
  assert.deepEqual(
    server.events().map((event) => event.page.referrer),
    ["https://search.example/", "https://app.example.com/dashboard?tab=1", "https://app.example.com/pricing"],
  );
});

inBothForms("a page viewed again is not its own referrer", async (form) => {
  const { tiny, server, clock } = await startedPage(form, { config: CONFIG, referrer: "https://search.example/" });
  tiny.page();
  await clock.advance(2_000);
  assert.deepEqual(
    server.events().map((event) => event.page.referrer),
    ["https://search.example/", "https://search.example/"],
  );
});

inBothForms("a title that the router sets after the navigation is the one recorded", async (form) => {
  const { page, document, server, clock } = await startedPage(form, { config: CONFIG });
  page.go("/pricing");
  await clock.advance(100);
  document.title = "Pricing";
  await clock.advance(5_000);
  assert.deepEqual(
    server.events().map((event) => event.page.title),
    ["Dashboard", "Pricing"],
  );
});

inBothForms("a jump to an anchor meanwhile does not keep a late title away", async (form) => {
  const { page, document, server, clock } = await startedPage(form, { config: CONFIG });
  page.go("/pricing");
  page.jump("#plans");
  document.title = "Pricing";
  await clock.advance(5_000);
  assert.deepEqual(
    server.events().map((event) => event.page.title),
    ["Dashboard", "Pricing"],
  );
});

inBothForms("a page left at once does not get the title of the next one", async (form) => {
  const { page, document, server, clock } = await startedPage(form, { config: CONFIG });
  await clock.advance(100);
  page.go("/pricing");
  document.title = "Pricing";
  await clock.advance(5_000);
  assert.deepEqual(
    server.events().map((event) => event.page.title),
    ["Dashboard", "Pricing"],
  );
});

inBothForms("without autoPageviews no page view is recorded by itself", async (form) => {
  const { page, server, clock } = await startedPage(form, { config: QUIET_CONFIG });
  page.go("/pricing");
  await clock.advance(10_000);
  assert.deepEqual(server.events(), []);
});

inBothForms("page without a path records the current page, with one that path", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  tiny.page();
  tiny.page("/virtual?step=2", { variant: "b" });
  await clock.advance(2_000);
  const [current, virtual] = server.events();
  assert.equal(current.page.url, "https://app.example.com/dashboard?tab=1");
  assert.equal(virtual.page.url, "https://app.example.com/virtual?step=2");
  assert.equal(virtual.page.path, "/virtual?step=2");
  assert.equal(virtual.page.referrer, "https://app.example.com/dashboard?tab=1");
  assert.deepEqual(virtual.properties, { variant: "b" });
});

inBothForms("a page view with a path of its own does not disturb the automatic ones", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form, { config: CONFIG });
  tiny.page("/virtual");
  page.replace("/dashboard?tab=1");
  page.go("/pricing");
  await clock.advance(5_000);
  assert.deepEqual(paths(server), ["/dashboard?tab=1", "/virtual", "/pricing"]);
});

test("events of every kind say on which page they happened", async () => {
  const { page, tiny, server, clock } = await startedPage("module", { config: CONFIG });
  page.go("/pricing");
  tiny.track("plan_chosen");
  tiny.identify("user_42");
  await clock.advance(2_000);
  assert.deepEqual(paths(server), ["/dashboard?tab=1", "/pricing", "/pricing", "/pricing"]);
  await settle();
});
