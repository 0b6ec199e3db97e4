/** Every rule holds for both built forms, so each test runs once with each. */

import { test } from "node:test";
import { FORMS } from "./browser.mjs";

export function inBothForms(rule, body) {
  for (const form of FORMS) test(`${form}: ${rule}`, () => body(form));
}

/** Runs the same body over a table of cases, named by what varies. */
export function inBothFormsFor(cases, rule, body) {
  for (const [name, value] of Object.entries(cases)) inBothForms(`${rule}: ${name}`, (form) => body(form, value));
}
