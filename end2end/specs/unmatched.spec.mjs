/** Requests that belong to no source: whoever runs the instance finds them, with JavaScript and without. */

import { body } from "../house.mjs";
import { expect, test } from "../fixtures.mjs";
import * as ui from "../pages.mjs";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("one finds a request with a key of nobody, from the navigation to its cause", async ({
      page,
      house,
      workspace,
    }) => {
      const key = `pk_${javaScriptEnabled ? "scripted" : "plain"}`;
      const { attemptId } = await house.stray(key, "events", body.events("sess_1", [body.track("evt_1")]));
      await page.goto(`/${workspace.slug}`);
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Unmatched requests" }).click();
      await expect(page).toHaveURL("/instance/attempts");
      const row = ui.rows(page).filter({ hasText: key });
      await expect(row).toContainText("tracking_source_not_found");
      await row.getByRole("link").click();
      await expect(page).toHaveURL(`/instance/attempts/${attemptId}`);
      const reasons = page.getByRole("region", { name: "Why, and what to do" });
      await expect(reasons).toContainText(`No source has the key ${key}`);
      await expect(reasons).toContainText("Compare it with the key in Setup");
      await expect(page.getByText("vis_mira").first()).toBeVisible();
      await page.getByRole("link", { name: "All unmatched requests" }).click();
      await page.getByRole("list", { name: "Filter" }).getByRole("link", { name: "No key" }).click();
      await expect(page).toHaveURL("/instance/attempts?key=missing");
      await expect(ui.rows(page).filter({ hasText: key })).toHaveCount(0);
    });

    test("the search field opens it by its id", async ({ page, house, workspace }) => {
      const { attemptId, requestId } = await house.stray("", "bootstrap", body.bootstrap());
      for (const id of [attemptId, requestId]) {
        await page.goto(`/${workspace.slug}`);
        const field = page.getByRole("searchbox", { name: "Search or paste any id" });
        await field.fill(id);
        await field.press("Enter");
        await expect(page).toHaveURL(`/instance/attempts/${attemptId}`);
        await expect(page.getByText("none: no key was sent")).toBeVisible();
      }
    });

    test("a member who does not run the instance sees neither the entry nor the page", async ({
      page,
      context,
      house,
      workspace,
      watched,
    }) => {
      const { attemptId } = await house.stray("pk_nobody", "bootstrap", body.bootstrap());
      const email = `ana.${javaScriptEnabled}@acme.dev`;
      const ana = await house.colleague(workspace, email, "Ana", "Admin");
      await context.clearCookies();
      await ana.enter(context);
      await page.goto(`/${workspace.slug}`);
      await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
      await expect(page.getByRole("link", { name: "Unmatched requests" })).toHaveCount(0);
      for (const path of ["/instance/attempts", `/instance/attempts/${attemptId}`, `/id/${attemptId}`]) {
        watched.expectAnswer(404, new RegExp(`^${path}$`));
        await page.goto(path);
        await expect(page.getByRole("link", { name: "Unmatched requests" })).toHaveCount(0);
      }
    });
  });
}
