import assert from "node:assert/strict";
import { settle, startedPage } from "./support/browser.mjs";
import { inBothForms, inBothFormsFor } from "./support/forms.mjs";
import { refusal } from "./support/server.mjs";

const MANY = 30;

/** The times between the requests to /events, in seconds, while every one of them fails. */
async function gaps(form, random, reply = "no network") {
  const { page, tiny, server, clock } = await startedPage(form);
  page.random = random;
  const times = [];
  const failing = () => (times.push(clock.now()), reply);
  server.script("events", ...Array(MANY).fill(failing));
  tiny.track("a");
  await clock.advance(300_000);
  return times.slice(1, 9).map((time, n) => (time - times[n]) / 1_000);
}

const PASSING = {
  "no network": "no network",
  429: refusal(429, "rate_limit_exceeded"),
  500: refusal(500, "internal_error"),
  502: { status: 502, body: "<html>bad gateway</html>" },
  503: refusal(503, "service_unavailable"),
  "a success that is not Tiny's": { status: 200, body: "<html>sign in to the network</html>" },
  "a success that says null": { status: 200, body: "null" },
  "a success cut off": { status: 200, body: '{"ok":tr' },
};

inBothFormsFor(PASSING, "what fails for now is kept and sent again under the same ids", async (form, reply) => {
  const { tiny, server, clock, lines } = await startedPage(form);
  server.script("events", reply, reply);
  tiny.track("a");
  tiny.track("b");
  await clock.advance(60_000);
  const ids = server.of("events").map(({ body }) => body.events.map(({ id }) => id).join());
  assert.equal(ids.length, 3);
  assert.equal(new Set(ids).size, 1);
  assert.deepEqual(lines, []);
});

inBothForms("the pauses grow from 1 second to 30 seconds, shortest first", async (form) => {
  assert.deepEqual(await gaps(form, 0), [1, 2, 4, 8, 15, 15, 15, 15]);
});

inBothForms("the pauses are jittered up to 30 seconds", async (form) => {
  const longest = (await gaps(form, 0.999_999)).map((gap) => Math.round(gap));
  assert.deepEqual(longest, [2, 4, 8, 16, 30, 30, 30, 30]);
});

inBothForms("Retry-After is honoured", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  server.script("events", { ...refusal(503, "service_unavailable"), headers: { "retry-after": "45" } });
  tiny.track("a");
  await clock.advance(2_000);
  assert.equal(server.of("events").length, 1);
  await clock.advance(45_999);
  assert.equal(server.of("events").length, 1);
  await clock.advance(2_001);
  assert.equal(server.of("events").length, 2);
});

inBothForms("a Retry-After that is no number counts as none", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  server.script("events", { ...refusal(503, "x"), headers: { "retry-after": "Fri, 10 Apr 2026 14:00:00 GMT" } });
  tiny.track("a");
  await clock.advance(4_000);
  assert.equal(server.of("events").length, 2);
});

inBothForms("the pause starts short again after a success", async (form) => {
  const { page, tiny, server, clock } = await startedPage(form);
  page.random = 0;
  server.script("events", ...Array(4).fill("no network"));
  tiny.track("a");
  await clock.advance(60_000);
  assert.equal(server.of("events").length, 5);
  server.script("events", "no network");
  tiny.track("b");
  await clock.advance(3_000);
  assert.equal(server.of("events").length, 7);
});

inBothForms("neither new events nor flush cut a pause short", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  server.script("events", { ...refusal(429, "rate_limit_exceeded"), headers: { "retry-after": "30" } });
  tiny.track("a");
  await clock.advance(2_000);
  for (let n = 0; n < 50; n++) tiny.track("b");
  tiny.flush();
  await clock.advance(29_000);
  assert.equal(server.of("events").length, 1);
  await clock.advance(10_000);
  assert.equal(new Set(server.events().map(({ id }) => id)).size, 51);
});

inBothForms("events recorded while a request is failing do not cut the pause short", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  server.script("events", { ...refusal(429, "rate_limit_exceeded"), headers: { "retry-after": "30" } });
  server.hold();
  tiny.track("a");
  await clock.advance(2_000);
  tiny.track("b");
  server.release();
  await clock.advance(29_000);
  assert.equal(server.of("events").length, 1);
});

inBothForms("at most 1,000 events are kept: the oldest are dropped and counted", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  server.script("events", ...Array(3).fill("no network"));
  for (let n = 0; n < 1_250; n++) tiny.track("a", { n });
  await clock.advance(60_000);
  const delivered = server.of("events").slice(3);
  const numbers = delivered.flatMap(({ body }) => body.events.map(({ properties }) => properties.n));
  assert.deepEqual(
    numbers,
    [...Array(1_000).keys()].map((n) => n + 250),
  );
  assert.equal(delivered[0].body.droppedEvents, 250);
});

inBothForms("a retry says anew when it is sent", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  server.script("events", "no network");
  tiny.track("a");
  await clock.advance(60_000);
  const [first, second] = server.of("events").map(({ body }) => body);
  assert.ok(second.sentAt > first.sentAt);
  assert.equal(second.events[0].timestamp, first.events[0].timestamp);
});

inBothForms("a fetch that throws on the spot is a failure like any other", async (form) => {
  const { page, tiny, server, clock, lines } = await startedPage(form);
  const fetch = page.window.fetch;
  page.window.fetch = () => {
    throw new Error("blocked by an extension");
  };
  tiny.track("a");
  await clock.advance(2_000);
  page.window.fetch = fetch;
  await clock.advance(10_000);
  await settle();
  assert.equal(server.events().length, 1);
  assert.deepEqual(lines, []);
});
