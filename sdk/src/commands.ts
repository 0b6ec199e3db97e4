/** The door both forms share: one function that takes a command's name and its arguments. */

import { createClient, type Client } from "./client";
import { faultOf } from "./config";
import { log, safely } from "./log";
import { QUEUE_EVENTS } from "./protocol";
import type { TinyConfig } from "./tiny-analytics";

declare global {
  interface Window {
    /** On the window, so that the script and the module, or two copies of one, find each other's instances. */
    tinyClients?: Record<string, Client>;
  }
  interface Navigator {
    globalPrivacyControl?: boolean;
  }
}

export type Command = keyof Client;

/** Calls made before the first init, which components may well do: children run their effects before their parents. */
const early: [command: Command, ...args: unknown[]][] = [];

export const call = safely((command: Command, ...args: unknown[]): void => {
  if (typeof window === "undefined") return;
  const clients = (window.tinyClients ||= {});
  if (command === "init") return init(clients, args[0] as TinyConfig);
  let isEarly = !early[QUEUE_EVENTS - 1];
  for (const key in clients) {
    isEarly = false;
    (clients[key]![command] as (...args: unknown[]) => void)(...args);
  }
  if (isEarly) early.push([command, ...args]);
});

function init(clients: Record<string, Client>, given?: TinyConfig): void {
  const config = { ...given } as TinyConfig;
  const { publicKey } = config;
  const fault = faultOf(config);
  if (fault) return log("error", "init: missing or malformed", fault);
  if (clients[publicKey]) return log("warn", "duplicate init ignored:", publicKey);
  config.apiHost = config.apiHost.replace(/\/+$/, "");
  const client = (clients[publicKey] = createClient(config));
  for (const args of early.splice(0)) call(...args);
  client.init();
}
