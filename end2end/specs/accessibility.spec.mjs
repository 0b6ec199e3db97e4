/** What a person needs who does not see the page, or not all of it. */

import AxeBuilder from "@axe-core/playwright";
import { expect, furnishedTest as test } from "../fixtures.mjs";
import { places, sizesOf, visit } from "../places.mjs";

// Axe looks at every element, and the error reference has thousands. What it finds is told in words, so no trace
// of each step is needed.
test.describe.configure({ timeout: 240_000 });
test.use({ trace: "off" });

for (const place of places) {
  test(`axe finds nothing: ${place.name}`, async ({ page, rooms, house, context, watched }) => {
    if (!place.isSignedOut) await house.enter(context);
    for (const [status, path] of place.answers ?? []) watched.expectAnswer(status, path);
    const [first, ...rest] = sizesOf(place);
    await page.setViewportSize(first);
    await visit(page, place, rooms);
    for (const size of [first, ...rest]) {
      for (const colorScheme of ["light", "dark"]) {
        await page.setViewportSize(size);
        // Colours in the middle of a transition are nobody's.
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect.soft(violations.map(told), `${size.width} px, ${colorScheme}`).toEqual([]);
      }
    }
  });
}

/** A violation in a line a node. */
const told = ({ id, nodes }) =>
  nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.replaceAll(/\s+/g, " ")}`).join("\n");
