/** Ids that clients make: opaque to the server, unique without asking anyone. */

/** Not `crypto.randomUUID`, which is missing on plain-http pages other than localhost. */
export const randomId = (prefix: "batch_" | "evt_" | "vis_"): string =>
  prefix + crypto.getRandomValues(new Uint32Array(4)).join("");
