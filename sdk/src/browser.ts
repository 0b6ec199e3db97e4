/** The hosted script: takes over from the snippet's stub and runs what it has queued. */

import { call, type Command } from "./commands";

interface Stub {
  (command: Command, ...args: unknown[]): void;
  q?: [command: Command, ...args: unknown[]][];
}

declare global {
  interface Window {
    tinyAnalytics?: Stub;
  }
}

if (typeof window !== "undefined") {
  const queued = window.tinyAnalytics?.q || [];
  const apiHost = (document.currentScript as HTMLScriptElement | null)?.src.replace(/\/[^/]*$/, "");

  const tinyAnalytics: Stub = (command, first, ...rest) =>
    call(command, command === "init" ? { apiHost, ...(first as object) } : first, ...rest);
  window.tinyAnalytics = tinyAnalytics;
  for (const args of queued) tinyAnalytics(...args);
}
