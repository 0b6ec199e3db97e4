/**
 * Pictures of every page in every state, wide and narrow, light and dark:
 *
 *     TINY_BIN=… FAKE_STRIPE_BIN=… node screenshots.mjs <folder>
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { launch } from "./browser.mjs";
import { openHouse } from "./house.mjs";
import { enter, places, sizesOf, visit } from "./places.mjs";
import { sellingPlaces } from "./places-selling.mjs";
import { furnish, furnishShop } from "./rooms.mjs";
import { startTiny } from "./tiny.mjs";

/** Browsers do not draw higher pictures; the rest of such a page looks like its beginning. */
const MOST_PX = 8_000;

const [folder] = process.argv.slice(2);
if (!folder || !process.env.TINY_BIN || !process.env.FAKE_STRIPE_BIN) {
  console.error("TINY_BIN=<release build of tiny> FAKE_STRIPE_BIN=<build of fake-stripe> node screenshots.mjs <folder>");
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const browser = await chromium.launch(launch);
try {
  await album(places, false, (house) => furnish(house));
  await album(sellingPlaces, true, (house, { stripe }) => furnishShop(house, stripe));
} finally {
  await browser.close();
}

/** All pictures of one house. */
async function album(places, sells, furnish) {
  const tiny = await startTiny({ sells });
  try {
    const house = await openHouse(tiny);
    const rooms = await furnish(house, tiny);
    for (const place of places) await picture(tiny, place, house, rooms);
    await house.leave();
  } finally {
    await tiny.stop();
  }
}

async function picture(tiny, place, house, rooms) {
  const context = await browser.newContext({ baseURL: tiny.url, reducedMotion: "reduce" });
  await enter(place, context, house, rooms);
  const page = await context.newPage();
  const [first] = sizesOf(place);
  await page.setViewportSize(first);
  await visit(page, place, rooms);
  for (const size of sizesOf(place)) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      // What is fixed to the window would stand in the middle of a page that was scrolled.
      await page.evaluate(() => scrollTo(0, 0));
      const name = place.name.toLowerCase().replaceAll(/[^a-z]+/g, "-");
      const path = join(folder, `${name}-${size.width}-${colorScheme}.png`);
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.screenshot({
        path,
        fullPage: true,
        clip: { x: 0, y: 0, width: size.width, height: Math.min(height, MOST_PX) },
      });
      console.log(path);
    }
  }
  await context.close();
}
