import assert from "node:assert/strict";
import { test } from "node:test";
import * as tiny from "../dist/tiny-analytics.js";
import { CONFIG } from "./support/browser.mjs";

test("the module exports the published names and no others", () => {
  assert.deepEqual(Object.keys(tiny).sort(), [
    "flush",
    "identify",
    "initTinyAnalytics",
    "optIn",
    "optOut",
    "reset",
    "track",
    "trackPageView",
  ]);
});

test("on a server, where there is no window, every call is a quiet no-op", (t) => {
  assert.equal(typeof window, "undefined");
  const spies = ["log", "warn", "error"].map((level) => t.mock.method(console, level, () => {}));
  spies.push(t.mock.method(globalThis, "fetch", () => Promise.reject(new Error("must not be called"))));
  spies.push(t.mock.method(globalThis, "setTimeout"));
  tiny.initTinyAnalytics(CONFIG);
  tiny.initTinyAnalytics({});
  tiny.track("a", { n: 1 });
  tiny.trackPageView("/pricing");
  tiny.identify("user_42", { plan: "team" });
  tiny.reset();
  tiny.flush();
  tiny.optOut();
  tiny.optIn();
  assert.deepEqual(
    spies.map((spy) => spy.mock.callCount()),
    [0, 0, 0, 0, 0],
  );
});
