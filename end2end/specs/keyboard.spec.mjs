/** Everything is reached and done by keyboard. */

import { body } from "../house.mjs";
import { expect, furnishedTest, test } from "../fixtures.mjs";
import * as ui from "../pages.mjs";
import { places } from "../places.mjs";

/** The one act of a page. */
const PRIMARY = {
  "sign-in": "Sign in",
  "sign-up": "Create account",
  forgot: "Send the link",
  account: "Save",
  "access tokens": "Create token",
  "new workspace": "Create workspace",
  "overview, empty": "Create a source",
  "overview, rejecting": /^Allow https/,
  "new source": "Create source",
  "debug, empty": "Open Setup",
  "debug, rejecting": /^Allow https/,
  "attempt, origin refused": /^Allow https/,
  "invite several": "Check",
  "invite several, checked": /^Send 1 invitation/,
  settings: "Save",
  "settings, offered": "Accept",
  roles: "New role",
  "role, copied": "Create role",
  "unknown id": "Find",
  "nothing here": "Back to the start",
};

for (const [name, act] of Object.entries(PRIMARY)) {
  furnishedTest(`Tab leads to the act of the page, in sight all the way: ${name}`, async ({ page, open }) => {
    await open(places.find((place) => place.name === name));
    const primary = page.getByRole("main").locator(".btn.primary", { hasText: act });
    await expect(primary).toHaveCount(1);
    for (let presses = 0; !(await isFocused(primary)); presses++) {
      expect(presses, "far too many presses").toBeLessThan(40);
      await page.keyboard.press("Tab");
      await expect(page.locator(":focus")).toBeInViewport();
    }
  });
}

test("the first Tab offers to skip to the content, and that leads past the navigation", async ({ page, workspace }) => {
  await page.goto(`/${workspace.slug}`);
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Create a source" })).toBeFocused();
});

for (const keys of ["Control+k", "/"]) {
  test(`${keys} focuses the search, and an id typed there opens`, async ({ page, workspace }) => {
    const source = await workspace.source();
    const { attemptId } = await source.send("bootstrap", body.bootstrap());
    await page.goto(`/${workspace.slug}`);
    const search = page.getByRole("searchbox", { name: "Search or paste any id" });
    await pressUntil(page, keys, search);
    await page.keyboard.type(attemptId);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(`${workspace.debug}/${attemptId}`);
  });
}

test("a key that is a command stays a letter where text is typed", async ({ page, workspace }) => {
  await workspace.source();
  await page.goto(workspace.debug);
  await ui.live(page);
  const search = page.getByRole("searchbox", { name: "Search or paste any id" });
  await search.click();
  await page.keyboard.type("./jk");
  await expect(search).toHaveValue("./jk");
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
});

test("j and k move through the requests, and Enter opens one", async ({ page, workspace }) => {
  const source = await workspace.source();
  const ids = [];
  for (let count = 0; count < 3; count++) ids.unshift((await source.send("bootstrap", body.bootstrap())).attemptId);
  await page.goto(workspace.debug);
  await ui.live(page);
  const link = (place) => ui.rows(page).nth(place).getByRole("link");
  for (const [key, place] of [
    ["j", 0],
    ["j", 1],
    ["j", 2],
    ["j", 2],
    ["k", 1],
  ]) {
    await page.keyboard.press(key);
    await expect(link(place)).toBeFocused();
  }
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${workspace.debug}/${ids[1]}`);
});

const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Presses keys that do the same each time until their script has come alive. */
async function pressUntil(page, keys, focused) {
  await expect(async () => {
    await page.keyboard.press(keys);
    await expect(focused).toBeFocused({ timeout: 500 });
  }).toPass();
}
