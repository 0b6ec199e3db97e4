/** The ingest endpoints as the SDK sees them: records every request, answers well unless told otherwise. */

export const HOST = "https://tiny.example.com";
export const KEY = "pk_7f3a19b0d4e8426c";

/** What browsers allow for all keepalive requests of a page that are under way together. */
const KEEPALIVE_QUOTA_BYTES = 65_536;

export function createServer() {
  const requests = [];
  const scripted = { bootstrap: [], events: [] };
  const held = [];
  let isHolding = false;
  let sessions = 0;
  let keepaliveBytes = 0;

  const usual = {
    bootstrap: ({ body }) => ({
      status: 200,
      body: {
        ok: true,
        sessionId: `sess_${++sessions}`,
        anonymousId: body.anonymousId,
        resumed: false,
        attemptId: `attempt_${requests.length}`,
      },
    }),
    events: ({ body }) => ({
      status: 200,
      body: {
        ok: true,
        batchId: body.batchId,
        accepted: body.events.length,
        duplicates: 0,
        rejected: 0,
        results: body.events.map(({ id }) => ({ id, status: "accepted" })),
        issues: [],
        attemptId: `attempt_${requests.length}`,
      },
    }),
  };

  function record(url, text, more) {
    const request = { ...more, url, text, body: JSON.parse(text), endpoint: url.split("/").at(-1) };
    requests.push(request);
    return request;
  }

  function answer(request) {
    const next = scripted[request.endpoint]?.shift() ?? usual[request.endpoint];
    const reply = typeof next === "function" ? next(request) : next;
    if (reply === "no network") throw new TypeError("Failed to fetch");
    const { status, body, headers = {} } = reply;
    return {
      ok: status >= 200 && status < 300,
      status,
      headers: new Headers(headers),
      json: async () => JSON.parse(typeof body === "string" ? body : JSON.stringify(body)),
    };
  }

  return {
    requests,
    of: (endpoint) => requests.filter((request) => request.endpoint === endpoint),
    /** All events received, in order, repeats included. */
    events: () => requests.filter(({ endpoint }) => endpoint === "events").flatMap(({ body }) => body.events),

    /** The next requests to an endpoint get these replies, one each. */
    script: (endpoint, ...replies) => void scripted[endpoint].push(...replies),

    /** Requests are received but not answered until `release`. */
    hold: () => void (isHolding = true),
    release() {
      isHolding = false;
      for (const go of held.splice(0)) go();
    },

    async fetch(url, init) {
      const request = record(url, init.body, { ...init, via: "fetch" });
      const bytes = init.keepalive ? Buffer.byteLength(init.body) : 0;
      if (keepaliveBytes + bytes > KEEPALIVE_QUOTA_BYTES) {
        request.isOverQuota = true;
        throw new TypeError("Failed to fetch");
      }
      keepaliveBytes += bytes;
      try {
        if (isHolding) await new Promise((resolve) => held.push(resolve));
        return answer(request);
      } finally {
        keepaliveBytes -= bytes;
      }
    },

    sendBeacon(url, data) {
      record(url, data, { via: "beacon", isString: typeof data === "string" });
      return true;
    },
  };
}

/** A refusal in the ingest dialect. */
export const refusal = (status, error, more = {}) => ({
  status,
  body: {
    error,
    message: `About ${error}.`,
    attemptId: "attempt_refused",
    docs: `${HOST}/docs/errors#${error}`,
    ...more,
  },
});
