/** How the SDK and the files of the pages are handed out. */

import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { request as http } from "node:http";
import { expect, test } from "../fixtures.mjs";

const SCRIPTS = ["/sdk.js", "/sdk/tiny-analytics.js"];

for (const path of SCRIPTS) {
  test(`${path} is asked for again with its validator, and may be used by any origin`, async ({ tiny }) => {
    const first = await get(tiny.url + path, { origin: "https://app.acme.dev" });
    expect(first.status).toBe(200);
    expect(first.headers["content-type"]).toMatch(/^text\/javascript/);
    expect(first.headers["access-control-allow-origin"]).toBe("*");
    expect(first.headers["cache-control"]).not.toContain("immutable");
    expect(first.headers.etag).toMatch(/^"\w+"$/);
    const again = await get(tiny.url + path, { "if-none-match": first.headers.etag });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect(again.headers["access-control-allow-origin"]).toBe("*");
    const stale = await get(tiny.url + path, { "if-none-match": '"another"' });
    expect(stale.status).toBe(200);
  });

  test(`${path} travels compressed and arrives the same`, async ({ tiny }) => {
    const plain = await get(tiny.url + path);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    for (const [encoding, unpack] of [
      ["br", brotliDecompressSync],
      ["gzip", gunzipSync],
    ]) {
      const packed = await get(tiny.url + path, { "accept-encoding": encoding });
      expect(packed.headers["content-encoding"]).toBe(encoding);
      expect(packed.headers.vary).toMatch(/accept-encoding/i);
      expect(packed.body.length).toBeLessThan(plain.body.length);
      expect(unpack(packed.body).equals(plain.body)).toBe(true);
    }
    const best = await get(tiny.url + path, { "accept-encoding": "gzip, deflate, br, zstd" });
    expect(best.headers["content-encoding"]).toBe("br");
  });
}

test("the hosted script is at most 2.5 KB with gzip", async ({ tiny }) => {
  const { body } = await get(`${tiny.url}/sdk.js`, { "accept-encoding": "gzip" });
  expect(body.length).toBeLessThanOrEqual(2_560);
});

test("files whose name carries their hash may be kept for ever", async ({ page, workspace }) => {
  const files = [];
  page.on("response", (response) => {
    if (new URL(response.url()).pathname.startsWith("/assets/")) files.push(response);
  });
  const woken = page.waitForResponse(/\.wasm$/);
  await page.goto(`/${workspace.slug}`);
  await woken;
  const kinds = files.map((file) => new URL(file.url()).pathname.split(".").at(-1));
  expect(kinds.toSorted()).toEqual(["css", "js", "js", "wasm"]);
  for (const file of files) {
    expect(file.url()).toMatch(/-[0-9a-f]{12}\.\w+$/);
    expect(await file.headerValue("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(await file.headerValue("content-encoding")).toBe("br");
  }
});

/** An answer as it came over the wire, still packed. */
function get(url, headers = {}) {
  return new Promise((resolve, reject) => {
    const asked = http(url, { headers }, async (response) => {
      const chunks = await response.toArray();
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
    });
    asked.on("error", reject).end();
  });
}
