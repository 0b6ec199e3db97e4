/** The only place that writes to the host page's console. */

/** Empty parts are left out, so that callers need not ask what an answer contains. */
export const log = (level: "error" | "log" | "warn", ...parts: unknown[]): void =>
  console[level]("[tiny]", ...parts.filter(Boolean));

/** Wraps what the host page or the browser calls: a fault of ours must not become a fault of theirs. */
export const safely =
  <Args extends unknown[]>(work: (...args: Args) => void) =>
  (...args: Args): void => {
    try {
      work(...args);
    } catch (fault) {
      log("error", fault);
    }
  };
