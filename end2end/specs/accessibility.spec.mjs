/** What a person needs who does not see the page, or not all of it. */

import AxeBuilder from "@axe-core/playwright";
import { everywhere, expect, furnishedTest } from "../fixtures.mjs";
import { sizesOf } from "../places.mjs";

// Axe looks at every element, and the error reference has thousands. What it finds is told in words, so no trace
// of each step is needed.
furnishedTest.describe.configure({ timeout: 240_000 });
furnishedTest.use({ trace: "off" });

for (const { place, test } of everywhere) {
  test(`axe finds nothing: ${place.name}`, async ({ page, open }) => {
    const sizes = sizesOf(place);
    await page.setViewportSize(sizes[0]);
    await open(place);
    for (const size of sizes) {
      for (const colorScheme of ["light", "dark"]) {
        await page.setViewportSize(size);
        // Colours in the middle of a transition are nobody's.
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const axe = new AxeBuilder({ page });
        if (place.isMainKnown) axe.exclude("main > *");
        const { violations } = await axe.analyze();
        expect.soft(violations.map(told), `${size.width} px, ${colorScheme}`).toEqual([]);
      }
    }
  });
}

/** A violation in a line a node. */
const told = ({ id, nodes }) =>
  nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.replaceAll(/\s+/g, " ")}`).join("\n");
