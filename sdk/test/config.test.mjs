import assert from "node:assert/strict";
import { CONFIG, HOST, KEY, createPage, settle, startedPage } from "./support/browser.mjs";
import { inBothForms, inBothFormsFor } from "./support/forms.mjs";

inBothFormsFor(
  {
    "no configuration at all": [undefined, "publicKey"],
    "no key": [{ apiHost: HOST }, "publicKey"],
    "an empty key": [{ ...CONFIG, publicKey: "" }, "publicKey"],
    "a key that is not pk_…": [{ ...CONFIG, publicKey: "sk_123" }, "publicKey"],
    "a key with a slash": [{ ...CONFIG, publicKey: "pk_1/2" }, "publicKey"],
    "a key that is not text": [{ ...CONFIG, publicKey: 42 }, "publicKey"],
    "a host without scheme": [{ ...CONFIG, apiHost: "tiny.example.com" }, "apiHost"],
    "a host of another scheme": [{ ...CONFIG, apiHost: "ftp://tiny.example.com" }, "apiHost"],
    "a host with a query": [{ ...CONFIG, apiHost: `${HOST}?a=1` }, "apiHost"],
    "a host with a space": [{ ...CONFIG, apiHost: "https://tiny example.com" }, "apiHost"],
    "an empty host": [{ ...CONFIG, apiHost: "" }, "apiHost"],
  },
  "a missing or malformed setting is named in one clear error, and nothing is sent or stored",
  async (form, [config, named]) => {
    const page = createPage();
    const tiny = await page.load(form);
    tiny.init(config);
    tiny.track("report_generated");
    tiny.flush();
    await page.clock.advance(60_000);
    await page.leave();
    assert.equal(page.lines.length, 1);
    assert.equal(page.lines[0].level, "error");
    assert.match(page.lines[0].text, new RegExp(`^\\[tiny\\] init: missing or malformed ${named}$`));
    assert.deepEqual(page.server.requests, []);
    assert.deepEqual(page.storage.items, {});
  },
);

inBothForms("a good init after a failed one works", async (form) => {
  const page = createPage();
  const tiny = await page.load(form);
  tiny.init({ ...CONFIG, publicKey: "oops" });
  tiny.init(CONFIG);
  await settle();
  assert.equal(page.server.of("bootstrap").length, 1);
});

inBothForms("a host may end with slashes", async (form) => {
  const { server } = await startedPage(form, { config: { ...CONFIG, apiHost: `${HOST}//` } });
  assert.equal(server.requests[0].url, `${HOST}/api/ingest/v2/${KEY}/bootstrap`);
});

inBothForms("a host may have a path and a port", async (form) => {
  const { server } = await startedPage(form, { config: { ...CONFIG, apiHost: "http://192.168.1.20:3000/tiny" } });
  assert.equal(server.requests[0].url, `http://192.168.1.20:3000/tiny/api/ingest/v2/${KEY}/bootstrap`);
});
