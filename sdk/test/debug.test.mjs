import assert from "node:assert/strict";
import { CONFIG, HOST, startedPage } from "./support/browser.mjs";
import { inBothForms } from "./support/forms.mjs";
import { refusal } from "./support/server.mjs";

const DEBUG = { ...CONFIG, debug: true };

inBothForms("debug prints each request, its answer and a link to the attempt", async (form) => {
  const { tiny, server, clock, said } = await startedPage(form, { config: DEBUG });
  tiny.track("report_generated");
  await clock.advance(2_000);
  assert.equal(server.requests.length, 2);
  assert.deepEqual(
    said("log").map(({ parts: [tag, endpoint, body, status, answer, link] }) => [
      tag,
      endpoint,
      body,
      status,
      answer.ok,
      link,
    ]),
    server.requests.map(({ endpoint, text }, n) => [
      "[tiny]",
      endpoint,
      text,
      200,
      true,
      `${HOST}/id/attempt_${n + 1}`,
    ]),
  );
});

inBothForms("debug prints failures and refusals too", async (form) => {
  const { tiny, server, clock, said } = await startedPage(form, { config: DEBUG });
  server.script("events", "no network", refusal(422, "invalid_events_payload"));
  tiny.track("a");
  await clock.advance(60_000);
  const [, failure, refused] = said("log");
  assert.equal(failure.parts[1], "events");
  assert.deepEqual(refused.parts.slice(3), [
    422,
    refusal(422, "invalid_events_payload").body,
    `${HOST}/id/attempt_refused`,
  ]);
  assert.equal(said("error").length, 1);
});

inBothForms("debug prints what leaves with the page", async (form) => {
  const { page, said } = await startedPage(form, { config: DEBUG });
  await page.leave();
  assert.deepEqual(
    said("log").map(({ parts }) => parts[1]),
    ["bootstrap", "events"],
  );
});
