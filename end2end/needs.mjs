/** Says once, before any test, what is missing. */

import { access, constants } from "node:fs/promises";
import { launch } from "./browser.mjs";

const NEEDS = [
  ["TINY_BIN", "the path of a release build of tiny", process.env.TINY_BIN],
  ["FAKE_STRIPE_BIN", "the path of a build of fake-stripe", process.env.FAKE_STRIPE_BIN],
  ["CHROMIUM", "the path of a Chromium", launch.executablePath],
];

export default async function needs() {
  for (const [name, what, path] of NEEDS) {
    if (!path) throw new Error(`${name} is not set: it must be ${what}. \`cargo xtask test pages\` sets it.`);
    await access(path, constants.X_OK).catch(() => {
      throw new Error(`${name} must be ${what}, and there is none at ${path}.`);
    });
  }
  if (!process.env.TINY_TEST_POSTGRES_URL) {
    throw new Error(
      "TINY_TEST_POSTGRES_URL is not set: it must be the address of a PostgreSQL where databases may be " +
        "made. `cargo xtask test pages` starts one.",
    );
  }
}
