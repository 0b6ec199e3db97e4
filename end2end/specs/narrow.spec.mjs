/** A telephone shows every page without scrolling sideways. */

import { expect, furnishedTest as test } from "../fixtures.mjs";
import { NARROW, places, visit } from "../places.mjs";

test.use({ viewport: NARROW });

for (const place of places.filter((place) => !place.isWide)) {
  test(`nothing is wider than 360 px: ${place.name}`, async ({ page, rooms, house, context, watched }) => {
    if (!place.isSignedOut) await house.enter(context);
    for (const [status, path] of place.answers ?? []) watched.expectAnswer(status, path);
    await visit(page, place, rooms);
    const { scrollWidth, wide } = await page.evaluate(measure);
    expect(scrollWidth, `too wide: ${wide.join(", ")}`).toBeLessThanOrEqual(NARROW.width);
  });
}

for (const place of places.filter((place) => place.name.endsWith(" refused") && place.then)) {
  test(`what is wrong with a form is in sight: ${place.name}`, async ({ page, rooms, house, context, watched }) => {
    if (!place.isSignedOut) await house.enter(context);
    for (const [status, path] of place.answers) watched.expectAnswer(status, path);
    await visit(page, place, rooms);
    await expect(page.locator(".field-error, [role=alert]")).toBeInViewport();
  });
}

/** How wide the page is, and what reaches beyond its edge without a frame that scrolls. */
function measure() {
  const { scrollWidth } = document.scrollingElement;
  const isFramed = (element) =>
    element && element !== document.body && (getComputedStyle(element).overflowX !== "visible" || isFramed(element.parentElement));
  const wide = [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth && !isFramed(element.parentElement))
    .map((element) => `${element.localName}.${element.className}`);
  return { scrollWidth, wide };
}
