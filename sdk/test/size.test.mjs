import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

for (const name of ["sdk.js", "tiny-analytics.js"]) {
  const bytes = readFileSync(new URL(`../dist/${name}`, import.meta.url));

  test(`${name} is at most 2.5 KB gzipped`, () => {
    const { length } = gzipSync(bytes, { level: 9 });
    assert.ok(length <= 2_560, `${length} bytes`);
  });

  test(`${name} has no dependency`, () => {
    assert.doesNotMatch(bytes.toString(), /\bimport\b|\brequire\b/);
  });

  test(`${name} touches no cookie`, () => {
    assert.doesNotMatch(bytes.toString(), /cookie/i);
  });
}
