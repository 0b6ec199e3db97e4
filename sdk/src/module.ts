/** The ES module: the same commands as functions. */

import { call, type Command } from "./commands";
import type * as Api from "./tiny-analytics";

const command =
  (name: Command) =>
  (...args: unknown[]): void =>
    call(name, ...args);

export const initTinyAnalytics: typeof Api.initTinyAnalytics = command("init");
export const track: typeof Api.track = command("track");
export const trackPageView: typeof Api.trackPageView = command("page");
export const identify: typeof Api.identify = command("identify");
export const reset: typeof Api.reset = command("reset");
export const flush: typeof Api.flush = command("flush");
export const optOut: typeof Api.optOut = command("optOut");
export const optIn: typeof Api.optIn = command("optIn");
