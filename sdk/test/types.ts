/** Read by the type check only: the published types say what the sources do, and refuse what they should. */

import * as source from "../src/module";
import * as published from "../dist/tiny-analytics.js";

export const sourceKeepsTheTypes: typeof published = source;
export const typesNameEverything: typeof source = published;

const { flush, identify, initTinyAnalytics, optIn, optOut, reset, track, trackPageView } = published;

initTinyAnalytics({ publicKey: "pk_1", apiHost: "https://tiny.example.com" });
initTinyAnalytics({
  publicKey: "pk_1",
  apiHost: "https://tiny.example.com",
  autoPageviews: false,
  respectPrivacySignals: true,
  debug: true,
});
track("a");
track("a", { n: 1, list: ["x"], nothing: null });
trackPageView();
trackPageView("/pricing", { variant: "b" });
identify("user_42", { plan: "team" });
for (const command of [reset, flush, optOut, optIn]) command();

// @ts-expect-error the host is required
initTinyAnalytics({ publicKey: "pk_1" });
// @ts-expect-error a misspelt setting is refused
initTinyAnalytics({ publicKey: "pk_1", apiHost: "https://tiny.example.com", autoPageView: true });
// @ts-expect-error an event needs a name
track();
// @ts-expect-error properties are an object
track("a", "b");
// @ts-expect-error identify needs a user
identify();
