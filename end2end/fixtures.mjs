/**
 * What every test starts from: a Tiny, pages that are watched, a customer's site.
 *
 * `test` shares one Tiny among the tests of a worker; each makes a workspace of its own. `sellingTest` is `furnishedTest`
 * where plans are sold. `freshTest` has a Tiny
 * that nobody has used, on the engine and under the host that it asks for. `mailTest` is that with a mailbox, where
 * all mails of its Tiny arrive.
 */

import { test as base } from "@playwright/test";
import { startCustomer } from "./customer.mjs";
import { openHouse } from "./house.mjs";
import { startMailbox } from "./mailbox.mjs";
import { enter, places, visit } from "./places.mjs";
import { sellingPlaces } from "./places-selling.mjs";
import { furnish, furnishShop } from "./rooms.mjs";
import { startTiny } from "./tiny.mjs";
import { watch } from "./watch.mjs";

export { expect } from "@playwright/test";

const common = {
  /** Tiny is there before the first page and still there after the last. */
  baseURL: ({ tiny }, use) => use(tiny.url),

  watched: [
    async ({ context, tiny }, use, info) => {
      const watched = watch(context, tiny.url);
      await use(watched);
      const problems = await watched.verdict();
      if (info.status !== info.expectedStatus) await info.attach("tiny.log", { body: tiny.log() });
      if (problems.length) throw new Error(`What nobody should have to see:\n- ${problems.join("\n- ")}`);
    },
    { auto: true },
  ],

  /** A customer's site on a port of its own. */
  customer: async ({ watched }, use) => {
    const customer = await startCustomer();
    watched.customer(customer.named, customer.numbered);
    await use(customer);
    await customer.stop();
  },
};

export const test = base
  .extend({
    sells: [false, { scope: "worker", option: true }],
    tiny: [
      async ({ sells }, use) => {
        const tiny = await startTiny({ sells });
        await use(tiny);
        await tiny.stop();
      },
      { scope: "worker" },
    ],
    /** An account on the shared Tiny. */
    house: [
      async ({ tiny }, use) => {
        const house = await openHouse(tiny);
        await use(house);
        await house.leave();
      },
      { scope: "worker" },
    ],
  })
  .extend(common)
  .extend({
    /** A workspace of the test's own; the browser is signed in as its owner. */
    workspace: async ({ house, context }, use) => {
      await house.enter(context);
      await use(await house.workspace());
    },
  });

/** Workspaces in every state; its tests look and change nothing. */
export const furnishedTest = test.extend({
  rooms: [async ({ house }, use) => use(await furnish(house)), { scope: "worker" }],
  /** Opens a place as whoever is meant to see it. */
  open: async ({ page, context, watched, house, rooms }, use) => {
    await use(async (place) => {
      await enter(place, context, house, rooms);
      for (const [status, path] of place.answers ?? []) watched.expectAnswer(status, path);
      await visit(page, place, rooms);
    });
  },
});

/** The same, with the workspaces of a house in which plans are sold. */
export const sellingTest = furnishedTest.extend({
  sells: [true, { scope: "worker", option: true }],
  rooms: [async ({ house, tiny }, use) => use(await furnishShop(house, tiny.stripe)), { scope: "worker" }],
});

/** Every place, each with the test that opens it. */
export const everywhere = [
  ...places.map((place) => ({ place, test: furnishedTest })),
  ...sellingPlaces.map((place) => ({ place, test: sellingTest })),
];

export const freshTest = base
  .extend({
    engine: ["sqlite", { option: true }],
    host: ["127.0.0.1", { option: true }],
    seats: [undefined, { option: true }],
    smtpUrl: [undefined, { option: true }],
    sells: [false, { option: true }],
    tiny: async ({ engine, host, seats, smtpUrl, sells }, use) => {
      const tiny = await startTiny({ engine, host, seats, smtpUrl, sells });
      await use(tiny);
      await tiny.stop();
    },
  })
  .extend(common);

export const mailTest = freshTest.extend({
  mailbox: async ({}, use) => {
    const mailbox = await startMailbox();
    await use(mailbox);
    await mailbox.close();
  },
  smtpUrl: ({ mailbox }, use) => use(mailbox.url),
});
