import assert from "node:assert/strict";
import { HOST, settle, startedPage } from "./support/browser.mjs";
import { inBothForms, inBothFormsFor } from "./support/forms.mjs";
import { refusal } from "./support/server.mjs";

const invalidSession = refusal(403, "invalid_session_for_source");
const tooLarge = refusal(413, "payload_too_large");
const names = ({ body }) => body.events.map(({ name }) => name).join("");

inBothForms("after invalid_session_for_source there is one new bootstrap, then the same events again", async (form) => {
  const { tiny, server, clock, lines, stored } = await startedPage(form);
  server.script("events", invalidSession);
  tiny.track("a");
  tiny.track("b");
  await clock.advance(2_000);
  assert.deepEqual(
    server.requests.map(({ endpoint }) => endpoint),
    ["bootstrap", "events", "bootstrap", "events"],
  );
  const [first, second] = server.of("events").map(({ body }) => body);
  assert.deepEqual(
    second.events.map(({ id }) => id),
    first.events.map(({ id }) => id),
  );
  assert.equal(first.sessionId, "sess_1");
  assert.equal(second.sessionId, "sess_2");
  assert.equal(second.anonymousId, first.anonymousId);
  assert.equal(stored("sessionId"), "sess_2");
  assert.deepEqual(lines, []);
});

inBothForms("events that a new session does not help are given up", async (form) => {
  const { tiny, server, clock, lines } = await startedPage(form);
  server.script("events", invalidSession, invalidSession);
  tiny.track("a");
  await clock.advance(600_000);
  assert.deepEqual(
    server.requests.map(({ endpoint }) => endpoint),
    ["bootstrap", "events", "bootstrap", "events"],
  );
  assert.equal(lines.length, 1);
});

inBothForms("a session that becomes invalid a second time, later, is renewed again", async (form) => {
  const { tiny, server, clock, lines } = await startedPage(form);
  for (const name of ["a", "b"]) {
    server.script("events", invalidSession);
    tiny.track(name);
    await clock.advance(2_000);
  }
  assert.equal(server.of("bootstrap").length, 3);
  assert.deepEqual(server.of("events").map(names), ["a", "a", "b", "b"]);
  assert.deepEqual(lines, []);
});

inBothForms("a new bootstrap that fails for now keeps the events", async (form) => {
  const { tiny, server, clock } = await startedPage(form);
  server.script("events", invalidSession);
  tiny.track("a");
  await clock.advance(1_999);
  server.script("bootstrap", "no network");
  await clock.advance(10_000);
  assert.equal(server.of("bootstrap").length, 3);
  assert.deepEqual(server.of("events").map(names), ["a", "a"]);
});

inBothForms("a batch that is too large is split in half", async (form) => {
  const { tiny, server, lines } = await startedPage(form);
  server.script("events", tooLarge);
  for (let n = 0; n < 20; n++) tiny.track(String.fromCharCode(97 + n));
  await settle();
  assert.deepEqual(server.of("events").map(names), ["abcdefghijklmnopqrst", "abcdefghij", "klmnopqrst"]);
  assert.deepEqual(lines, []);
});

inBothForms("after the halves, batches are whole again", async (form) => {
  const { tiny, server } = await startedPage(form);
  server.script("events", tooLarge);
  for (let n = 0; n < 20; n++) tiny.track("a");
  await settle();
  for (let n = 0; n < 20; n++) tiny.track("b");
  await settle();
  assert.deepEqual(
    server.of("events").map(({ body }) => body.events.length),
    [20, 10, 10, 20],
  );
});

inBothForms("halves are split again until they fit", async (form) => {
  const { tiny, server, clock, lines } = await startedPage(form);
  const fitsTwo = ({ body }) => (body.events.length > 2 ? tooLarge : { status: 200, body: { ok: true } });
  server.script("events", ...Array(20).fill(fitsTwo));
  for (const name of "abcdef") tiny.track(name);
  await clock.advance(60_000);
  const delivered = server.of("events").filter(({ body }) => body.events.length <= 2);
  assert.equal(delivered.map(names).join(""), "abcdef");
  assert.deepEqual(lines, []);
});

inBothForms("a single event that is too large is given up, and its neighbours arrive", async (form) => {
  const { tiny, server, clock, lines } = await startedPage(form);
  const refusesB = ({ body }) =>
    body.events.some(({ name }) => name === "b") ? tooLarge : { status: 200, body: { ok: true } };
  server.script("events", ...Array(20).fill(refusesB));
  for (const name of "abc") tiny.track(name);
  await clock.advance(60_000);
  assert.equal(lines.length, 1);
  assert.match(lines[0].text, /events 413 payload_too_large/);
  assert.deepEqual(server.of("events").map(names).slice(-2).sort(), ["b", "c"]);
});

inBothFormsFor(
  {
    400: refusal(400, "invalid_json"),
    "403 origin": refusal(403, "tracking_source_origin_not_allowed"),
    "403 inactive": refusal(403, "tracking_source_inactive"),
    404: refusal(404, "tracking_source_not_found"),
    415: refusal(415, "unsupported_media_type"),
    422: refusal(422, "invalid_events_payload"),
  },
  "any other refusal gives the batch up, with code, fix and attempt in one line",
  async (form, reply) => {
    const { tiny, server, clock, lines } = await startedPage(form);
    server.script("events", reply);
    tiny.track("a");
    await clock.advance(600_000);
    assert.equal(server.of("events").length, 1);
    assert.equal(lines.length, 1);
    assert.equal(lines[0].level, "error");
    const { error, message, docs } = reply.body;
    assert.equal(lines[0].text, `[tiny] events ${reply.status} ${error} ${message} ${docs} ${HOST}/id/attempt_refused`);
    tiny.track("b");
    await clock.advance(2_000);
    assert.deepEqual(server.of("events").map(names), ["a", "b"]);
  },
);

inBothForms("the faults that validation found are in the line", async (form) => {
  const issues = [{ code: "missing_event_name", field: "events[0].name", message: "name is required" }];
  const { tiny, server, clock, lines } = await startedPage(form);
  server.script("events", refusal(422, "invalid_events_payload", { issues }));
  tiny.track("a");
  await clock.advance(2_000);
  assert.deepEqual(JSON.parse(JSON.stringify(lines[0].parts.at(-1))), issues);
});

inBothForms("an event rejected beside accepted ones is told and not sent again", async (form) => {
  const { tiny, server, clock, lines } = await startedPage(form);
  const issues = [{ code: "missing_event_name", field: "events[1].name", message: "name is required" }];
  server.script("events", {
    status: 200,
    body: { ok: true, accepted: 1, duplicates: 0, rejected: 1, issues, attemptId: "attempt_partly" },
  });
  tiny.track("a");
  tiny.track();
  await clock.advance(60_000);
  assert.equal(server.of("events").length, 1);
  assert.equal(lines.length, 1);
  assert.match(lines[0].text, new RegExp(`^\\[tiny\\] events 200 .*${HOST}/id/attempt_partly`));
  assert.deepEqual(JSON.parse(JSON.stringify(lines[0].parts.at(-1))), issues);
});

inBothForms("a duplicate is a success", async (form) => {
  const { tiny, server, clock, lines } = await startedPage(form);
  server.script("events", { status: 200, body: { ok: true, accepted: 0, duplicates: 1, rejected: 0 } });
  tiny.track("a");
  await clock.advance(60_000);
  assert.equal(server.of("events").length, 1);
  assert.deepEqual(lines, []);
});
