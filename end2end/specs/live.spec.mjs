/** The list of requests goes on by itself, stops when told to, and never hides that it could not. */

import { body } from "../house.mjs";
import { expect, test } from "../fixtures.mjs";
import * as ui from "../pages.mjs";

const line = (page) => page.locator(".live").getByRole("status");

test("requests appear without a reload, newest first, and leave the focus where it is", async ({ page, workspace }) => {
  const source = await workspace.source();
  const first = await source.send("bootstrap", body.bootstrap());
  await page.goto(workspace.debug);
  const link = ui.rows(page).first().getByRole("link");
  await link.focus();
  await expect(link).toHaveAttribute("href", new RegExp(first.attemptId));
  await source.send("events", body.events(first.sessionId, [body.track("evt_1")]));
  await expect(ui.rows(page)).toHaveCount(2);
  await expect(ui.rows(page).first()).toContainText("events");
  await expect(ui.rows(page).last().getByRole("link")).toBeFocused();
  await expect(ui.verdict(page)).toContainText("Installation verified");
  await expect(page.locator("[aria-live=polite]")).toContainText("Installation verified");
});

test("a full stop pauses the list, and another one brings what came meanwhile", async ({ page, workspace }) => {
  const source = await workspace.source();
  await page.clock.install();
  await page.goto(workspace.debug);
  await ui.live(page);
  await expect(line(page)).toHaveText("Live");
  await page.keyboard.press(".");
  await expect(line(page)).toHaveText("Paused");
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  const asked = requests(page, /\/debug\?organizationId=/);
  await source.send("bootstrap", body.bootstrap());
  // The list's clock ticks every second.
  await page.clock.runFor(10_000);
  expect(asked).toEqual([]);
  await expect(ui.rows(page)).toHaveCount(0);
  await page.keyboard.press(".");
  await expect(line(page)).toHaveText("Live");
  await expect(ui.rows(page)).toHaveCount(1);
});

test("the pause button does what the key does", async ({ page, workspace }) => {
  await workspace.source();
  await page.goto(workspace.debug);
  await ui.live(page);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(line(page)).toHaveText("Paused");
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(line(page)).toHaveText("Live");
});

test("the list of refused requests shows new refusals and nothing else", async ({ page, workspace }) => {
  const source = await workspace.source();
  await source.send("bootstrap", body.bootstrap());
  await page.goto(`${workspace.debug}?outcome=refused`);
  await expect(page.getByText("No refused request is kept")).toBeVisible();
  await source.send("bootstrap", body.bootstrap());
  await source.send("events", "no JSON");
  await expect(ui.rows(page)).toHaveCount(1);
  await expect(ui.rows(page)).toContainText("invalid_json");
});

test("a verdict that turns bad by itself offers the repair, and that works", async ({ page, workspace }) => {
  const source = await workspace.source("Web app", ["https://app.acme.dev"]);
  const origin = "https://staging.acme.dev";
  await page.goto(workspace.debug);
  await ui.live(page);
  await source.send("bootstrap", body.bootstrap(), { origin });
  await expect(ui.verdict(page)).toContainText("Requests are being rejected");
  await ui
    .verdict(page)
    .getByRole("button", { name: `Allow ${origin}` })
    .click();
  await expect(ui.verdict(page)).toContainText("Waiting for first request");
  await expect(ui.notice(page)).toContainText("Origin added.");
  expect((await source.send("bootstrap", body.bootstrap(), { origin })).status).toBe(200);
  await expect(ui.verdict(page)).toContainText("Snippet connected, waiting for first event");
});

test("more requests than the list can fetch at once are announced, not hidden", async ({ page, workspace }) => {
  const source = await workspace.source();
  await source.send("bootstrap", body.bootstrap());
  await page.goto(workspace.debug);
  await ui.live(page);
  await page.keyboard.press(".");
  await Promise.all(Array.from({ length: 60 }, () => source.send("bootstrap", body.bootstrap())));
  await page.keyboard.press(".");
  await expect(page.getByText("More came in than fit here; all of them are kept.")).toBeVisible();
  await page.getByRole("link", { name: "Reload to page through them" }).click();
  await expect(ui.rows(page)).toHaveCount(50);
  await expect(page.getByRole("link", { name: "Older" })).toBeVisible();
});

test("who is signed out elsewhere is told so", async ({ page, workspace, context, watched }) => {
  await workspace.source();
  await page.goto(workspace.debug);
  await ui.live(page);
  watched.expectAnswer(401, /\/debug\?organizationId=/);
  await context.clearCookies();
  await expect(line(page)).toHaveText(/Reload/);
  await page.reload();
  await expect(page).toHaveURL(/\/login\?next=/);
});

test("after a lost connection the list goes on by itself", async ({ page, workspace, watched }) => {
  const source = await workspace.source();
  await page.goto(workspace.debug);
  await ui.live(page);
  watched.expectAnswer(503, /\/debug\?organizationId=/);
  await page.route(/\/debug\?organizationId=/, (route) => route.fulfill({ status: 503 }));
  await expect(line(page)).toHaveText("Connection lost, retrying");
  await source.send("bootstrap", body.bootstrap());
  await page.unroute(/\/debug\?organizationId=/);
  await expect(line(page)).toHaveText("Live");
  await expect(ui.rows(page)).toHaveCount(1);
});

function requests(page, path) {
  const urls = [];
  page.on("request", (request) => path.test(request.url()) && urls.push(request.url()));
  return urls;
}
