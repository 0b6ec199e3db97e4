/** The public types of the SDK. The build copies this file to `dist/`; the sources import their types from it. */

export interface TinyConfig {
  /** The source's public key, `pk_…`, from the Setup screen. */
  publicKey: string;
  /**
   * Where Tiny runs, for example `https://tiny.example.com`. Only the hosted script may do without: then it is
   * where the script came from.
   */
  apiHost: string;
  /** Record page views on load and on every navigation inside the app. Default `true`. */
  autoPageviews?: boolean;
  /** Send and store nothing under Do Not Track or Global Privacy Control. Default `false`. */
  respectPrivacySignals?: boolean;
  /** Print every request, its answer and a link to the recorded attempt. Default `false`. */
  debug?: boolean;
}

/** Anything that JSON can carry. It is copied when the call is made. */
export type TinyProperties = Record<string, unknown>;

/**
 * Starts the SDK for one source. A second call with the same key is ignored with a warning; another key starts a
 * second instance, and every command goes to all instances.
 */
export function initTinyAnalytics(config: TinyConfig): void;

/** Records that something happened. */
export function track(name: string, properties?: TinyProperties): void;

/**
 * Records a page view of the current page, or of `path`. Needed only without `autoPageviews`, or for views that
 * have no URL of their own.
 */
export function trackPageView(path?: string, properties?: TinyProperties): void;

/** Says who the visitor is. Events after this call belong to that user; earlier ones do not. */
export function identify(userId: string, traits?: TinyProperties): void;

/** Forgets user, visitor and session, as on signing out. The next event belongs to a new visitor. */
export function reset(): void;

/** Sends what is queued now, without waiting for the batch to fill. A pause that the server asked for is kept. */
export function flush(): void;

/** Stops sending, empties the queue, forgets the visitor and remembers this choice in the browser. */
export function optOut(): void;

/** Takes `optOut` back and starts again with a new visitor. */
export function optIn(): void;
