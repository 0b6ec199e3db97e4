/**
 * Brings queued events to the server: in order, one request at a time, each event until the server
 * has answered for it. Every event keeps its id, so sending it again never counts it twice.
 */

import { randomId } from "./ids";
import { log } from "./log";
import * as protocol from "./protocol";
import type { Identity, PageInfo, TinyEvent } from "./protocol";
import type { Store } from "./store";
import type { TinyConfig } from "./tiny-analytics";
import { post } from "./transport";

type Batch = [events: TinyEvent[], body: string, bytes: number];

/** What all instances together may still send in requests that outlive the page: the browser counts them together. */
let exitRoom = protocol.KEEPALIVE_BYTES;

export function createDelivery(config: TinyConfig, store: Store, identity: Identity, currentPage: () => PageInfo) {
  let queue: TinyEvent[] = [];
  /** Told to the server with every batch, so that the loss can be seen there. */
  let droppedEvents = 0;
  let timer = 0;
  let isSending = false;
  /** Retryable failures in a row. */
  let failures = 0;
  /** A pause that the server has asked for and that is not over. */
  let pauseMs = 0;
  let batchLimit = protocol.BATCH_EVENTS;
  /** For the events now at the head of the queue. */
  let hasRenewedSession = false;
  /** On their way in a request that outlives the page. */
  const leaving = new Set<TinyEvent>();
  /** The confirmed session of each visitor that has queued events. Nobody, after an opt-out, needs none. */
  const sessions: Record<string, string> = { "": "-" };

  const encode = (own: object): string =>
    JSON.stringify({
      ingestVersion: protocol.INGEST_VERSION,
      sdkVersion: protocol.SDK_VERSION,
      context: {
        locale: navigator.language,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        userAgent: navigator.userAgent,
      },
      ...own,
    });

  /** As many of `events`, from the first, as are of one visitor and fit. Nothing while that visitor has no session. */
  function pack(events: TinyEvent[], maxBytes: number): Batch | undefined {
    const { anonymousId } = events[0] || identity;
    const sessionId = sessions[anonymousId];
    if (!sessionId || !events[0]) return;
    // After a reset, events of the visitor before and of the one after may stand in one queue.
    events = events.filter((event) => event.anonymousId === anonymousId);
    for (;;) {
      const body = encode({
        anonymousId,
        sessionId,
        batchId: randomId("batch_"),
        sentAt: new Date().toISOString(),
        events,
        droppedEvents,
      });
      const size = new Blob([body]).size;
      if (size <= maxBytes || events.length < 2) return [events, body, size];
      events.splice(events.length * 0.9);
    }
  }

  function wakeIn(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = pauseMs = 0;
      flush();
    }, delayMs);
  }

  /** One request, and what follows from its answer. A bootstrap has no events. */
  async function exchange(anonymousId: string, body: string, events: TinyEvent[], isExit?: boolean): Promise<void> {
    const endpoint = events[0] ? "events" : "bootstrap";
    const [answer, status, link, retryAfterMs] = await post(config, endpoint, body, isExit);

    // Any 4xx but 429.
    const isRefused = /^4(?!29)/.test(status as unknown as string);
    if (!isRefused && !(events[0] ? answer.ok : answer.sessionId)) {
      const ceiling = Math.min(protocol.BACKOFF_MAX_MS, protocol.BACKOFF_MIN_MS * 2 ** ++failures);
      pauseMs = retryAfterMs;
      wakeIn(pauseMs + (ceiling / 2) * (1 + Math.random()));
      return;
    }
    failures = 0;
    if (answer.sessionId) {
      sessions[anonymousId] = answer.sessionId;
      // The answer may be for a visitor whom `reset` has replaced since.
      if (anonymousId === identity.anonymousId) {
        store("anonymousId", anonymousId);
        store("sessionId", answer.sessionId);
      }
    } else if (status === 413 && events.length > 1) batchLimit = events.length >> 1;
    else if (answer.error === protocol.INVALID_SESSION && !(hasRenewedSession && sessions[anonymousId])) {
      hasRenewedSession = true;
      sessions[anonymousId] = "";
    } else {
      if (isRefused || answer.rejected) {
        log(
          "error",
          endpoint,
          status,
          answer.error,
          answer.message || "check apiHost",
          answer.docs,
          link,
          answer.issues,
        );
      }
      if (!events[0]) {
        // Without a session nothing can succeed: back off for good.
        clearTimeout(timer);
        failures = timer = -1;
      }
      queue = queue.filter((event) => !events.includes(event));
      batchLimit = protocol.BATCH_EVENTS;
      hasRenewedSession = false;
    }
  }

  /** The next request, if there is anything to send. */
  async function step(): Promise<void> {
    const { anonymousId, userId } = queue[0] || identity;
    const batch = pack(queue.slice(0, batchLimit), protocol.BATCH_BYTES);
    if (batch) return exchange(anonymousId, batch[1], batch[0]);
    if (sessions[anonymousId]) return;
    const body = encode({
      anonymousId,
      sessionId: store("sessionId") || null,
      userId: userId || null,
      page: currentPage(),
    });
    return exchange(anonymousId, body, []);
  }

  async function flush(): Promise<void> {
    const isBackingOff = failures && timer;
    if (isBackingOff) return;
    clearTimeout(timer);
    timer = 0;
    if (isSending) return;
    isSending = true;
    // What is queued from here on waits for a batch of its own.
    const last = queue.at(-1);
    do await step();
    while (!failures && queue.includes(last!));
    isSending = false;
    // No timer means that someone asked for it meanwhile.
    if (queue.length && !timer) flush();
  }

  function push(event: TinyEvent): void {
    if (!identity.anonymousId) return;
    queue.push(event);
    if (queue.length > protocol.QUEUE_EVENTS) {
      queue.shift();
      droppedEvents++;
    }
    if (queue.length >= protocol.BATCH_EVENTS) flush();
    else if (!timer) wakeIn(protocol.BATCH_DELAY_MS);
  }

  /**
   * The page may be going away. Everything still unanswered goes out in one request that outlives it, also
   * what is in a common request now, since that one may be cut off.
   */
  function sendOnExit(): void {
    const rest = queue.filter((event) => !leaving.has(event));
    const batch = !pauseMs && pack(rest, exitRoom);
    if (!batch) return;
    const [events, body, size] = batch;
    exitRoom -= size;
    for (const event of events) leaving.add(event);
    exchange(events[0]!.anonymousId, body, events, true).then(() => {
      exitRoom += size;
      for (const event of events) leaving.delete(event);
    });
  }
  addEventListener("pagehide", sendOnExit);
  addEventListener("visibilitychange", () => document.hidden && sendOnExit());

  return {
    flush,
    push,
    clear(): void {
      queue = [];
    },
  };
}
