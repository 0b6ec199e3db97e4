/**
 * The visitor's few facts in localStorage, under `tiny:{publicKey}:…`.
 *
 * Browsers may refuse localStorage (blocked site data, full quota, sandboxed frames). Nothing falls over
 * then: whoever reads or writes also holds the value in memory, so it merely lives as long as the page.
 */

export type StoredName = "anonymousId" | "optOut" | "sessionId" | "userId";

/** Reads a value, or writes it when one is given; the empty string removes it. */
export type Store = (name: StoredName, value?: string) => string | undefined;

export const createStore =
  (publicKey: string): Store =>
  (name, value) => {
    const key = `tiny:${publicKey}:${name}`;
    try {
      if (value) localStorage[key] = value;
      else if (value === "") delete localStorage[key];
      return localStorage[key];
    } catch {
      return;
    }
  };
