/** What the SDK and the server agree on (ingest v2), and the limits the SDK keeps on its own side. */

import type { TinyProperties } from "./tiny-analytics";

/** Filled in by the build from package.json. */
declare const __SDK_VERSION__: string;

export const SDK_VERSION = __SDK_VERSION__;
export const INGEST_VERSION = 2;

/** A batch leaves when it holds this many events … */
export const BATCH_EVENTS = 20;
/** … or when its oldest event is this old. */
export const BATCH_DELAY_MS = 2_000;
/** Below the server's default limit of 65,536 bytes. */
export const BATCH_BYTES = 60_000;
/** Browsers allow 65,536 bytes for all keepalive requests of a page that are under way together. */
export const KEEPALIVE_BYTES = 60_000;
/** More than this is not kept while the server is out of reach: the oldest go first. */
export const QUEUE_EVENTS = 1_000;

export const BACKOFF_MIN_MS = 1_000;
export const BACKOFF_MAX_MS = 30_000;

/** Routers change the URL first and the title once the new page is drawn; by then it has been. */
export const TITLE_SETTLES_MS = 500;

export const INVALID_SESSION = "invalid_session_for_source";

export interface PageInfo {
  url: string;
  path: string;
  title: string;
  referrer: string | null;
}

/** The visitor, and the user that the visitor is known to be. */
export interface Identity {
  anonymousId: string;
  userId?: string | undefined;
}

/**
 * The identity is on the event and not only on the envelope: events made before `identify` stay without a
 * user, and events made before `reset` stay with their visitor.
 */
export interface TinyEvent extends Identity {
  id: string;
  type: "page" | "track" | "identify";
  name?: string | undefined;
  timestamp: string;
  page: PageInfo;
  properties?: TinyProperties;
}

/** Every key is optional: the answer may come from a proxy that is not Tiny. */
export interface Answer {
  ok?: boolean;
  sessionId?: string;
  rejected?: number;
  error?: string;
  message?: string;
  issues?: { code: string; field: string; message: string }[];
  /** Where the error's causes and its fix are explained. */
  docs?: string;
  attemptId?: string;
}
