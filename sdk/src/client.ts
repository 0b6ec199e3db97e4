/** One instance: the commands of one public key, put together from store, pages and delivery. */

import { createDelivery } from "./delivery";
import { randomId } from "./ids";
import { createPages, watchNavigation } from "./pages";
import type { Identity, TinyEvent } from "./protocol";
import { createStore } from "./store";
import type { TinyConfig, TinyProperties } from "./tiny-analytics";

export type Client = ReturnType<typeof createClient>;

export function createClient(config: TinyConfig) {
  const { publicKey, autoPageviews = true, respectPrivacySignals } = config;
  const store = createStore(publicKey);
  const pages = createPages();

  const isSignalled = respectPrivacySignals && (navigator.globalPrivacyControl || navigator.doNotTrack === "1");
  let isSilent: unknown = isSignalled || store("optOut");

  /** Without an `anonymousId`, the visitor wants none of this: nothing is recorded, stored or sent. */
  const identity = {} as Identity;
  const loadIdentity = (): void => {
    identity.anonymousId = isSilent ? "" : store("anonymousId") || randomId("vis_");
    identity.userId = store("userId");
  };
  loadIdentity();

  const delivery = createDelivery(config, store, identity, pages.current);

  /** `own` is what the host page gave. Copying it now keeps it as it was, and shows here what JSON cannot carry. */
  function record(type: TinyEvent["type"], own: object, page = pages.current()): void {
    delivery.push({
      id: randomId("evt_"),
      type,
      timestamp: new Date().toISOString(),
      ...identity,
      ...JSON.parse(JSON.stringify(own)),
      page,
    });
  }

  const client = {
    /** Goes to work, unless the visitor has asked not to. */
    init(): void {
      delivery.flush();
      if (autoPageviews) client.page();
    },

    track: (name: string, properties?: TinyProperties): void => record("track", { name, properties }),

    page: (path?: string, properties?: TinyProperties): void => record("page", { properties }, pages.view(path)),

    identify(userId: string, traits?: TinyProperties): void {
      if (!identity.anonymousId) return;
      // Database ids are often numbers; the protocol wants text.
      identity.userId = userId && `${userId}`;
      store("userId", identity.userId);
      record("identify", { properties: traits });
    },

    reset(): void {
      store("anonymousId", "");
      store("sessionId", "");
      store("userId", "");
      loadIdentity();
    },

    flush: delivery.flush,

    optOut(): void {
      isSilent = true;
      delivery.clear();
      store("optOut", "1");
      client.reset();
    },

    /** The browser's signal wins over it. */
    optIn(): void {
      isSilent = isSignalled;
      store("optOut", "");
      if (identity.anonymousId) return;
      loadIdentity();
      client.init();
    },
  };

  if (autoPageviews) watchNavigation(() => client.page());
  return client;
}
