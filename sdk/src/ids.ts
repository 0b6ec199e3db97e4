/** Ids that clients make: opaque to the server, unique without asking anyone. */

/**
 * The time comes first, so that ids made one after the other lie beside each other in the server's index.
 * Not `crypto.randomUUID`, which is missing on plain-http pages other than localhost.
 */
export const randomId = (prefix: "batch_" | "evt_" | "vis_"): string =>
  prefix + Date.now() + crypto.getRandomValues(new Uint32Array(3)).join("");
