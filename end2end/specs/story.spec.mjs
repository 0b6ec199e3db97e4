/** What a developer goes through who installs tracking, from a fresh instance to a repaired origin. */

import {
  createSource,
  createWorkspace,
  check,
  copied,
  reasons,
  row,
  rows,
  signUp,
  snippet,
  verdict,
} from "../pages.mjs";
import { expect, freshTest as test } from "../fixtures.mjs";
import { words } from "../shell.mjs";

for (const engine of ["sqlite", "postgres"]) {
  test.describe(engine, () => {
    test.use({ engine, permissions: ["clipboard-read", "clipboard-write"] });

    test("from a fresh instance to a verified installation, and from a refused origin to its repair", async ({
      page,
      context,
      customer,
      watched,
    }) => {
      const [allowed, wrong] = [customer.named, customer.numbered];
      const sent = bodies(context);

      await test.step("the first account leads to a first workspace and a first source", async () => {
        await page.goto("/");
        await expect(page.getByText("This is the first account of this instance")).toBeVisible();
        await signUp(page);
        await createWorkspace(page, "Acme");
        await page.getByRole("link", { name: "Create a source" }).click();
        await createSource(page, "Web app", [allowed]);
        await expect(page).toHaveURL("/acme/analytics/setup?source=web-app&done=created");
      });

      const site = await test.step("the snippet is read from the page and pasted into the customer's", async () => {
        const text = await snippet(page).innerText();
        customer.put("/", "Shop", text);
        return context.newPage();
      });

      const debug = page;
      await test.step("the debug view waits, then shows both requests by itself", async () => {
        await debug.getByRole("link", { name: "Open Debug" }).click();
        await expect(verdict(debug).getByRole("heading", { name: "Waiting for first request" })).toBeVisible();
        await expect(debug.getByText("No request has arrived yet")).toBeVisible();
        await site.goto(allowed);
        await expect(row(debug, "bootstrap")).toContainText(/200\s+session ready/);
        await expect(row(debug, "events")).toContainText(/200\s+stored/);
        await expect(row(debug, "events")).toContainText(allowed);
        await expect(verdict(debug).getByRole("heading", { name: "Installation verified" })).toBeVisible();
        await expect(rows(debug)).toHaveCount(2);
      });

      await test.step("requests from another origin appear with their cause and their fix", async () => {
        watched.expectAnswer(403, /\/bootstrap$/);
        watched.expectLine(/tracking_source_origin_not_allowed/);
        await site.goto(wrong);
        await expect(row(debug, "tracking_source_origin_not_allowed")).toContainText(wrong);
        await expect(verdict(debug).getByRole("heading", { name: "Installation verified" })).toBeVisible();
        await site.reload();
        await expect(verdict(debug).getByRole("heading", { name: "Requests are being rejected" })).toBeVisible();
        await expect(verdict(debug)).toContainText(wrong);
        await expect(verdict(debug)).toContainText("tracking_source_origin_not_allowed");
        await expect(verdict(debug).getByRole("button", { name: `Allow ${wrong}` })).toBeVisible();
        await expect(rows(debug)).toHaveCount(4);
      });

      const attempt = await context.newPage();
      await test.step("one of them opens: why, fix, checks and the body byte for byte", async () => {
        const link = rows(debug).first().getByRole("link");
        await attempt.goto(await link.getAttribute("href"));
        await expect(attempt.getByRole("heading", { level: 1 })).toContainText("tracking_source_origin_not_allowed");
        await expect(reasons(attempt)).toContainText(wrong);
        await expect(reasons(attempt)).toContainText(allowed);
        await expect(check(attempt, "source active")).toContainText("passed");
        await expect(check(attempt, "origin")).toContainText("failed");
        await expect(check(attempt, "session")).toContainText("not reached");
        expect(await copied(attempt, "Copy raw body")).toBe(sent.at(-1));
      });

      await test.step("its command sends the same request again", async () => {
        const [program, ...options] = await words(await copied(attempt, "Copy as curl command"));
        expect(program).toBe("curl");
        expect(options.find((word) => word.startsWith("http"))).toMatch(/\/api\/ingest\/v2\/pk_\w+\/bootstrap$/);
        expect(options).toContain(`Origin: ${wrong}`);
        expect(options.at(-1)).toBe(sent.at(-1));
      });

      await test.step("its link leads a colleague to it", async () => {
        const link = await copied(attempt, "Copy link to this attempt");
        expect(link).toMatch(/\/id\/attempt_\w+$/);
        const opened = attempt.url();
        await attempt.goto(link);
        await expect(attempt).toHaveURL(opened);
      });

      await test.step("one press allows the origin, and its pages are verified", async () => {
        const opened = attempt.url();
        await attempt.getByRole("button", { name: `Allow ${wrong}` }).click();
        await expect(attempt).toHaveURL(opened);
        await expect(verdict(debug).getByRole("heading", { name: "Waiting for first request" })).toBeVisible();
        await site.reload();
        await expect(verdict(debug).getByRole("heading", { name: "Installation verified" })).toBeVisible();
        await expect(row(debug, "stored").filter({ hasText: wrong })).toHaveCount(1);
        await expect(verdict(debug)).toContainText(/Allowed origins\s*2/);
      });

      await test.step("the overview sums it up", async () => {
        await debug.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Overview" }).click();
        const source = debug.getByRole("row", { name: /Web app/ });
        await expect(source).toContainText("Installation verified");
        await expect(source.getByRole("cell").nth(2), "events today").toHaveText("2");
        await expect(source.getByRole("cell").nth(3), "refused today").toHaveText("2");
      });
    });
  });
}

/** What the customer's pages have posted to Tiny, in order. */
function bodies(context) {
  const texts = [];
  context.on("request", (request) => {
    if (request.method() === "POST" && request.url().includes("/api/ingest/")) texts.push(request.postData());
  });
  return texts;
}
