/** How the tests run. Where the browser and the binary are comes from the environment: see README.md. */

import { defineConfig } from "@playwright/test";
import { launch } from "./browser.mjs";

export default defineConfig({
  testDir: "specs",
  outputDir: "results",
  globalSetup: "./needs.mjs",
  reporter: "list",
  fullyParallel: true,
  forbidOnly: true,
  // A test that holds only when tried again does not hold.
  retries: 0,
  // Each worker runs a browser and a server beside it.
  workers: 2,
  // Generous: a busy machine is no fault. Tests wait for conditions and end when they hold.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    launchOptions: launch,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
