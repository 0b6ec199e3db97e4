/** A telephone shows every page whole. */

import { everywhere, expect, furnishedTest } from "../fixtures.mjs";
import { fault, NARROW } from "../places.mjs";

furnishedTest.use({ viewport: NARROW });

for (const { place, test } of everywhere.filter(({ place }) => !place.isWide)) {
  test(`nothing is wider than 360 px, and no button's word is broken: ${place.name}`, async ({ page, open }) => {
    await open(place);
    const { scrollWidth, wide } = await page.evaluate(measure);
    expect.soft(scrollWidth, `too wide: ${wide.join(", ")}`).toBeLessThanOrEqual(NARROW.width);
    expect(await page.getByRole("main").evaluate(brokenWords)).toEqual([]);
  });
}

for (const { place, test } of everywhere.filter(({ place }) => place.isRefusal)) {
  test(`what is wrong with a form is in sight: ${place.name}`, async ({ page, open }) => {
    await open(place);
    await expect(fault(page)).toBeInViewport();
  });
}

/** How wide the page is, and what reaches beyond its edge without a frame that scrolls. */
function measure() {
  const { scrollWidth } = document.scrollingElement;
  const isFramed = (element) =>
    element &&
    element !== document.body &&
    (getComputedStyle(element).overflowX !== "visible" || isFramed(element.parentElement));
  const wide = [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth && !isFramed(element.parentElement))
    .map((element) => `${element.localName}.${element.className}`);
  return { scrollWidth, wide };
}

/** The words on buttons that stand on two lines. Addresses may: nobody chose their length. */
function brokenWords(main) {
  const broken = [];
  for (const button of main.querySelectorAll("button, .btn")) {
    const texts = document.createTreeWalker(button, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      for (const { index, 0: word } of text.data.matchAll(/\S+/g)) {
        const range = new Range();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        if (range.getClientRects().length > 1 && !word.includes("://")) broken.push(`${word} of ${button.innerText}`);
      }
    }
  }
  return broken;
}
