/** A small browser page: enough of window, document, history, storage and console to run either built form. */

import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import vm from "node:vm";
import { createClock, settle } from "./clock.mjs";
import { HOST, KEY, createServer } from "./server.mjs";

const read = (name) => readFileSync(new URL(`../../dist/${name}`, import.meta.url), "utf8");
const SCRIPT = read("sdk.js");
const MODULE = read("tiny-analytics.js");

/** The stub of the published snippet. */
export const STUB =
  "window.tinyAnalytics=window.tinyAnalytics||function(){(tinyAnalytics.q=tinyAnalytics.q||[]).push(arguments)};";

export const FORMS = ["hosted script", "module"];

/** `works`, `refused` (access throws) or `full` (writing throws). Give the same object to two pages for one browser. */
export function createStorage(kind = "works") {
  const items = {};
  const storage = new Proxy(items, {
    set(target, key, value) {
      if (kind === "full") throw new DOMException("full", "QuotaExceededError");
      target[key] = String(value);
      return true;
    },
  });
  return { kind, items, storage };
}

function createHistory(navigation, move) {
  const change = (_state, _title, url) => {
    if (String(url).startsWith("https://elsewhere")) throw new DOMException("not this origin", "SecurityError");
    if (url != null) move(url);
    navigation?.dispatchEvent(new Event("currententrychange"));
  };
  class History {
    pushState(...args) {
      if (!(this instanceof History)) throw new TypeError("Illegal invocation");
      change(...args);
    }
    replaceState(...args) {
      if (!(this instanceof History)) throw new TypeError("Illegal invocation");
      change(...args);
    }
  }
  return new History();
}

export function createPage({
  url = "https://app.example.com/dashboard?tab=1",
  title = "Dashboard",
  referrer = "",
  storage = createStorage(),
  hasNavigationApi = true,
  hasKeepalive = true,
  navigator = {},
  server = createServer(),
  clock = createClock(),
} = {}) {
  const lines = [];
  const current = { url: new URL(url) };
  const windowEvents = new EventTarget();
  const document = new EventTarget();
  const navigation = hasNavigationApi ? new EventTarget() : undefined;

  const location = {
    get href() {
      return current.url.href;
    },
    get origin() {
      return current.url.origin;
    },
  };
  const move = (to) => void (current.url = new URL(to, current.url));

  Object.assign(document, { title, referrer, hidden: false, currentScript: null });
  Object.defineProperty(document, "cookie", {
    get: () => lines.push("cookie read"),
    set: () => lines.push("cookie written"),
  });

  class Request {}
  if (hasKeepalive) Object.defineProperty(Request.prototype, "keepalive", { get: () => false });

  const window = {
    document,
    location,
    navigation,
    history: createHistory(navigation, move),
    navigator: {
      language: "en-GB",
      userAgent: "Fake/1.0",
      doNotTrack: null,
      sendBeacon: server.sendBeacon,
      ...navigator,
    },
    // Without randomUUID, as on plain-http pages.
    crypto: { getRandomValues: (array) => webcrypto.getRandomValues(array) },
    console: Object.fromEntries(
      ["log", "warn", "error"].map((level) => [
        level,
        (...parts) => lines.push({ level, parts, text: parts.join(" ") }),
      ]),
    ),
    fetch: server.fetch,
    setTimeout: clock.setTimeout,
    clearTimeout: clock.clearTimeout,
    addEventListener: windowEvents.addEventListener.bind(windowEvents),
    Request,
    URL,
    Blob,
    __now: clock.now,
    __random: () => page.random,
  };
  window.window = window;
  Object.defineProperty(window, "localStorage", {
    get() {
      if (storage.kind === "refused") throw new DOMException("denied", "SecurityError");
      return storage.storage;
    },
  });
  const context = vm.createContext(window);
  vm.runInContext(
    `Date = class extends Date {
       constructor(...args) { args.length ? super(...args) : super(__now()); }
       static now() { return __now(); }
     };
     Math.random = () => __random();`,
    context,
  );

  const page = {
    window,
    document,
    location,
    server,
    clock,
    storage,
    lines,
    random: 0.5,
    stored: (name, key = KEY) => storage.items[`tiny:${key}:${name}`],
    said: (level) => lines.filter((line) => line.level === level),
    run: (code) => vm.runInContext(code, context),

    /** Loads the hosted script, as a script element with this address would. */
    loadScript(src = `${HOST}/sdk.js`) {
      document.currentScript = { src };
      vm.runInContext(SCRIPT, context);
      document.currentScript = null;
      return command;
    },

    /** Loads a copy of the ES module. */
    async loadModule() {
      const module = new vm.SourceTextModule(MODULE, { context });
      await module.link(() => {
        throw new Error("the module must not import anything");
      });
      await module.evaluate();
      const { initTinyAnalytics, trackPageView, ...rest } = module.namespace;
      return { init: initTinyAnalytics, page: trackPageView, ...rest };
    },

    /** Either form, with the same commands. */
    load: async (form) => (form === "module" ? page.loadModule() : page.loadScript()),

    go(to) {
      vm.runInContext(`history.pushState({}, "", ${JSON.stringify(to)})`, context);
    },
    replace(to) {
      vm.runInContext(`history.replaceState({}, "", ${JSON.stringify(to)})`, context);
    },
    /** The back button, or a click on a link to an anchor. */
    jump(to) {
      move(to);
      navigation?.dispatchEvent(new Event("currententrychange"));
      windowEvents.dispatchEvent(new Event("popstate"));
    },

    async hide() {
      document.hidden = true;
      windowEvents.dispatchEvent(new Event("visibilitychange"));
      await settle();
    },
    async show() {
      document.hidden = false;
      windowEvents.dispatchEvent(new Event("visibilitychange"));
      await settle();
    },
    async leave() {
      windowEvents.dispatchEvent(new Event("pagehide"));
      await settle();
    },
  };

  const command = Object.fromEntries(
    ["init", "track", "page", "identify", "reset", "flush", "optOut", "optIn"].map((name) => [
      name,
      (...args) => window.tinyAnalytics(name, ...args),
    ]),
  );
  return page;
}

export const CONFIG = { publicKey: KEY, apiHost: HOST };
export const QUIET_CONFIG = { ...CONFIG, autoPageviews: false };

/** A page on which one form runs and its session is confirmed. Nothing is queued unless `config` records page views. */
export async function startedPage(form, { config = QUIET_CONFIG, ...options } = {}) {
  const page = createPage(options);
  const tiny = await page.load(form);
  tiny.init(config);
  await settle();
  return { page, tiny, ...page };
}

export { HOST, KEY, settle };
