/** A clock that moves only when a test says so. */

/** Lets everything that waits for no clock run to its end. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

export function createClock(startMs = Date.parse("2026-04-10T13:45:00.000Z")) {
  let nowMs = startMs;
  let lastId = 0;
  const timers = new Map();

  return {
    now: () => nowMs,
    setTimeout(work, delayMs = 0) {
      timers.set(++lastId, { work, dueMs: nowMs + delayMs });
      return lastId;
    },
    clearTimeout: (id) => void timers.delete(id),
    pending: () => timers.size,

    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (;;) {
        const next = [...timers]
          .filter(([, timer]) => timer.dueMs <= untilMs)
          .sort((a, b) => a[1].dueMs - b[1].dueMs)[0];
        if (!next) break;
        const [id, { work, dueMs }] = next;
        timers.delete(id);
        nowMs = Math.max(nowMs, dueMs);
        work();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}
