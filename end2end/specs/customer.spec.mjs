/** What the snippet does in the pages of a customer, and what becomes of it. */

import { expect, test } from "../fixtures.mjs";
import { snippet } from "../pages.mjs";

test("moving inside an app sends one more page view, and only one", async ({ page, workspace, customer }) => {
  const pasted = await pastedInto(customer, page, workspace);
  await page.goto(`${customer.named}/shop`);
  await expect.poll(() => pasted.views()).toEqual(["/shop"]);
  await page.evaluate(() => history.pushState({}, "", "/shop/cart"));
  await expect.poll(() => pasted.views()).toEqual(["/shop", "/shop/cart"]);
  await page.evaluate(() => history.replaceState({}, "", location.href));
  await page.evaluate(() => tinyAnalytics("track", "looked_around"));
  await expect.poll(() => pasted.names()).toContain("looked_around");
  expect(await pasted.views()).toEqual(["/shop", "/shop/cart"]);
});

test("the snippet pasted twice sends single page views", async ({ page, workspace, customer, watched }) => {
  const pasted = await pastedInto(customer, page, workspace, 2);
  watched.expectLine(/duplicate init ignored/);
  await page.goto(`${customer.named}/shop`);
  await expect.poll(() => pasted.views()).toEqual(["/shop"]);
  await page.evaluate(() => history.pushState({}, "", "/shop/cart"));
  await page.evaluate(() => tinyAnalytics("track", "looked_around"));
  await expect.poll(() => pasted.names()).toEqual(["page_view", "page_view", "looked_around"]);
  expect((await pasted.kinds()).filter((kind) => kind === "bootstrap")).toHaveLength(1);
});

test("a visitor who leaves at once is still counted", async ({ page, workspace, customer }) => {
  const pasted = await pastedInto(customer, page, workspace);
  await page.goto(`${customer.named}/shop`);
  // The session is there, and the page goes while its page view still waits for company.
  await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.endsWith(":sessionId")));
  await page.goto(customer.named);
  await expect.poll(() => pasted.views()).toEqual(["/shop"]);
});

test("who comes back within the session stays the same visitor in the same session", async ({
  page,
  workspace,
  customer,
}) => {
  const pasted = await pastedInto(customer, page, workspace);
  await page.goto(`${customer.named}/shop`);
  await expect.poll(() => pasted.views()).toEqual(["/shop"]);
  await page.reload();
  await expect.poll(() => pasted.views()).toEqual(["/shop", "/shop"]);
  const attempts = await workspace.attempts();
  expect(new Set(attempts.map((attempt) => attempt.sessionId)).size).toBe(1);
  expect(new Set(attempts.map((attempt) => attempt.anonymousId)).size).toBe(1);
});

test("a refused page is told once in its own console, with the code, the fix and a link", async ({
  page,
  workspace,
  customer,
  watched,
  tiny,
}) => {
  await pastedInto(customer, page, workspace);
  watched.expectAnswer(403, /\/bootstrap$/);
  watched.expectLine(/tracking_source_origin_not_allowed/);
  await page.goto(`${customer.numbered}/shop`);
  await expect.poll(() => watched.written()).toHaveLength(1);
  const [{ id }] = await workspace.attempts();
  const [line] = watched.written();
  expect(line).toContain(`${tiny.url}/id/${id}`);
  expect(line).toContain(`${tiny.url}/docs/errors#tracking_source_origin_not_allowed`);
});

/** Pastes the snippet of a new source, as its setup page shows it, into the customer's page at `/shop`. */
async function pastedInto(customer, page, workspace, times = 1) {
  await workspace.source("Web app", [customer.named]);
  await page.goto(workspace.setup);
  const text = await snippet(page).innerText();
  customer.put("/", "Another page", "");
  customer.put("/shop", "Shop", `${text}\n`.repeat(times));

  /** What was stored, oldest first. */
  async function events() {
    const attempts = (await workspace.attempts()).reverse().filter((attempt) => attempt.kind === "events");
    const whole = await Promise.all(attempts.map((attempt) => workspace.attempt(attempt.id)));
    return whole.flatMap((attempt) => attempt.normalised);
  }
  return {
    kinds: async () => (await workspace.attempts()).reverse().map((attempt) => attempt.kind),
    names: async () => (await events()).map((event) => event.name),
    views: async () => (await events()).filter((event) => event.type === "page").map((event) => event.page.path),
  };
}
