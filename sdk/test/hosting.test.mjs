import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";
import { CONFIG, HOST, KEY, STUB, createPage, settle } from "./support/browser.mjs";

const snippet = (config) => `${STUB}\ntinyAnalytics("init",${JSON.stringify(config)})`;

test("what the snippet queued before the script came is carried out in order", async () => {
  const page = createPage();
  page.run(snippet(CONFIG));
  page.run(`tinyAnalytics("identify", "user_42"); tinyAnalytics("track", "a", { n: 1 });`);
  page.loadScript();
  await page.clock.advance(2_000);
  assert.deepEqual(
    page.server.events().map(({ type, name }) => name ?? type),
    ["page", "identify", "a"],
  );
  assert.deepEqual(page.server.events()[2].properties, { n: 1 });
});

test("the script works without a stub before it", async () => {
  const page = createPage();
  page.loadScript().init(CONFIG);
  await page.clock.advance(2_000);
  assert.equal(page.server.events().length, 1);
});

test("the snippet pasted twice yields single page views and one warning", async () => {
  const page = createPage();
  for (let n = 0; n < 2; n++) {
    page.run(snippet(CONFIG));
    page.loadScript();
  }
  page.go("/pricing");
  await page.clock.advance(5_000);
  assert.deepEqual(
    page.server.events().map((event) => event.page.path),
    ["/dashboard?tab=1", "/pricing"],
  );
  assert.deepEqual(
    page.lines.map(({ level }) => level),
    ["warn"],
  );
});

test("both snippets before both scripts yield single page views too", async () => {
  const page = createPage();
  page.run(snippet(CONFIG));
  page.run(snippet(CONFIG));
  page.loadScript();
  page.loadScript();
  page.run(`tinyAnalytics("track", "a")`);
  await page.clock.advance(5_000);
  assert.deepEqual(
    page.server.events().map(({ type, name }) => name ?? type),
    ["page", "a"],
  );
  assert.deepEqual(
    page.lines.map(({ level }) => level),
    ["warn"],
  );
});

test("the script and the module on one page share one instance", async () => {
  const page = createPage();
  page.run(snippet(CONFIG));
  page.loadScript();
  const module = await page.loadModule();
  module.init(CONFIG);
  module.track("from the module");
  page.run(`tinyAnalytics("track", "from the script")`);
  await page.clock.advance(5_000);
  assert.deepEqual(
    page.server.events().map(({ type, name }) => name ?? type),
    ["page", "from the module", "from the script"],
  );
  assert.deepEqual(
    page.lines.map(({ level }) => level),
    ["warn"],
  );
});

test("two bundled copies of the module share one instance", async () => {
  const page = createPage();
  const first = await page.loadModule();
  const second = await page.loadModule();
  first.init(CONFIG);
  second.init(CONFIG);
  second.track("a");
  await page.clock.advance(5_000);
  assert.deepEqual(
    page.server.events().map(({ type, name }) => name ?? type),
    ["page", "a"],
  );
});

for (const [src, host] of [
  [`${HOST}/sdk.js`, HOST],
  [`${HOST}/sdk.js?v=2`, HOST],
  [`${HOST}/tiny/sdk.js`, `${HOST}/tiny`],
  ["http://127.0.0.1:3000/sdk.js", "http://127.0.0.1:3000"],
]) {
  test(`without apiHost, the script from ${src} talks to ${host}`, async () => {
    const page = createPage();
    page.run(snippet({ publicKey: KEY }));
    page.loadScript(src);
    await settle();
    assert.equal(page.server.requests[0].url, `${host}/api/ingest/v2/${KEY}/bootstrap`);
  });
}

test("the script's own address is remembered for a later init", async () => {
  const page = createPage();
  const tiny = page.loadScript();
  await page.clock.advance(1_000);
  tiny.init({ publicKey: KEY });
  await settle();
  assert.equal(page.server.requests[0].url, `${HOST}/api/ingest/v2/${KEY}/bootstrap`);
});

test("an apiHost that is given wins over the script's own address", async () => {
  const page = createPage();
  page.loadScript("https://cdn.example.com/sdk.js").init(CONFIG);
  await settle();
  assert.equal(page.server.requests[0].url, `${HOST}/api/ingest/v2/${KEY}/bootstrap`);
});

test("the module has no default for apiHost", async () => {
  const page = createPage();
  (await page.loadModule()).init({ publicKey: KEY });
  await settle();
  assert.deepEqual(page.server.requests, []);
  assert.match(page.lines[0].text, /apiHost/);
});

test("the plain example records its page view and the button's event", async () => {
  const html = readFileSync(new URL("../examples/plain/index.html", import.meta.url), "utf8");
  const inline = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(([, code]) => code);
  const [, src] = html.match(/<script async src="([^"]+)"><\/script>/);
  const [, onclick] = html.match(/onclick="([^"]+)"/);
  const page = createPage({ url: "http://localhost:8000/", title: "Plain page" });
  for (const code of inline) page.run(code);
  page.loadScript(src);
  page.run(onclick);
  await page.clock.advance(2_000);
  assert.deepEqual(page.lines, []);
  assert.equal(page.server.requests[0].url, "http://127.0.0.1:3000/api/ingest/v2/pk_your_public_key/bootstrap");
  assert.deepEqual(
    page.server.events().map(({ type, name }) => name ?? type),
    ["page", "button_pressed"],
  );
});

test("on a server the hosted script does nothing", () => {
  const script = readFileSync(new URL("../dist/sdk.js", import.meta.url), "utf8");
  const context = vm.createContext({});
  vm.runInContext(script, context);
  assert.deepEqual(Object.keys(context), []);
});
