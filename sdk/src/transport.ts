/** Speaks HTTP to the ingest endpoints. Knows nothing of queues; never rejects. */

import { log } from "./log";
import type { Answer } from "./protocol";
import type { TinyConfig } from "./tiny-analytics";

export type Endpoint = "bootstrap" | "events";

/** No status means that no answer came; the link leads to what Tiny made of the request. */
export type Reply = [answer: Answer, status: number | undefined, link: string | undefined, retryAfterMs: number];

/** With `keepalive` the request outlives the page. */
export async function post(config: TinyConfig, endpoint: Endpoint, body: string, keepalive?: boolean): Promise<Reply> {
  const url = `${config.apiHost}/api/ingest/v2/${config.publicKey}/${endpoint}`;
  let answer: Answer = {};
  let response: Response | undefined;
  try {
    if (keepalive && !("keepalive" in Request.prototype)) {
      // A string goes out as text/plain, which needs no preflight: a page that goes away could not wait for one.
      answer.ok = navigator.sendBeacon(url, body);
    } else {
      response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        credentials: "omit",
        body,
        keepalive: keepalive!,
      });
      answer = (await response.json()) || answer;
    }
  } catch {
    // No answer, or not JSON: the status says which.
  }
  const status = response?.status;
  const link = answer.attemptId && `${config.apiHost}/id/${answer.attemptId}`;
  const retryAfterMs = (response?.headers.get("retry-after") as unknown as number) * 1000 || 0;
  if (config.debug) log("log", endpoint, body, status, answer, link);
  return [answer, status, link, retryAfterMs];
}
