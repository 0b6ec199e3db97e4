/** A workspace itself: its name, its owner, its roles, many people at once, its end and its return. */

import { expect, freshTest } from "../fixtures.mjs";
import { openHouse } from "../house.mjs";
import * as ui from "../pages.mjs";

const main = (page, name) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name });

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  freshTest.describe(how, () => {
    freshTest.use({ javaScriptEnabled });

    freshTest("a workspace gets another name and address, and old links stop", async ({ page, context, tiny, watched }) => {
      const house = await openHouse(tiny);
      const acme = await house.workspace("Acme");
      await house.workspace("Other");
      await house.enter(context);
      await page.goto(`/${acme.slug}`);
      await main(page, "Settings").click();
      const name = ui.card(page, "Name and address");
      watched.expectAnswer(409, /\/acme\/settings$/);
      await ui.opened(page);
      await name.getByLabel("Address").fill("other");
      await name.getByRole("button", { name: "Save" }).click();
      await expect(name.getByLabel("Address")).toHaveAccessibleDescription(/This address is taken\./);
      await ui.opened(page);
      await name.getByLabel("Name").fill("Acme GmbH");
      await name.getByLabel("Address").fill("acme-gmbh");
      await name.getByRole("button", { name: "Save" }).click();
      await expect(page).toHaveURL("/acme-gmbh/settings?done=saved");
      await expect(ui.notice(page)).toContainText("Settings saved.");
      await expect(page).toHaveTitle(/Acme GmbH/);
      watched.expectAnswer(403, /^\/acme$/);
      await page.goto("/acme");
      await expect(page.getByRole("heading")).toHaveText("You cannot open this");
      await house.leave();
    });

    freshTest("an owner offers a workspace, and whom it is for accepts", async ({ page, browser, context, tiny }) => {
      const house = await openHouse(tiny);
      const acme = await house.workspace("Acme");
      const ana = await house.colleague(acme, "ana@acme.dev", "Ana Sousa", "Analyst");
      await house.enter(context);
      await page.goto(`/${acme.slug}/settings`);
      await expect(ui.card(page, "Leave")).toContainText("You are its only owner");
      const ownership = ui.card(page, "Ownership");
      await ownership.getByLabel("Member").selectOption({ label: "Ana Sousa (ana@acme.dev), Analyst" });
      await ownership.getByRole("button", { name: "Offer ownership" }).click();
      await expect(ui.notice(page)).toContainText("Ownership offered.");
      await expect(ownership).toContainText("Offered to ana@acme.dev");

      const theirs = await browser.newContext({ javaScriptEnabled });
      await ana.enter(theirs);
      const hers = await theirs.newPage();
      await hers.goto(`${tiny.url}/${acme.slug}`);
      await hers.getByRole("link", { name: "Accept or decline" }).click();
      await expect(hers.getByRole("heading", { name: "mira@acme.dev offers you this workspace" })).toBeInViewport();
      await hers.getByRole("button", { name: "Accept" }).click();
      await expect(ui.notice(hers)).toContainText("This workspace is yours.");
      await expect(ui.card(hers, "Delete workspace")).toBeVisible();
      await theirs.close();

      await page.reload();
      await expect(ui.card(page, "Delete workspace")).toHaveCount(0);
      await expect(ownership).toContainText("Owned by Ana Sousa.");
      await page.getByText("Leave this workspace", { exact: true }).click();
      await page.getByRole("button", { name: "Leave", exact: true }).click();
      await expect(page).toHaveURL("/workspaces?done=left");
      await expect(page.getByRole("main")).toContainText("No workspace");
      await house.leave();
    });

    freshTest("a role is copied, given to someone, and cannot be deleted while they have it", async ({
      page,
      context,
      tiny,
    }) => {
      const house = await openHouse(tiny);
      const acme = await house.workspace("Acme");
      await house.colleague(acme, "ana@acme.dev", "Ana Sousa", "Viewer");
      await house.enter(context);
      await page.goto(`/${acme.slug}/access/roles`);
      await page.getByRole("link", { name: "Copy Viewer" }).click();
      await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Copy of Viewer");
      await expect(page.getByLabel("analytics.report")).toBeChecked();
      await ui.opened(page);
      await page.getByLabel("Name", { exact: true }).fill("Reader");
      await page.getByLabel("audit.read").check();
      await page.getByRole("button", { name: "Create role" }).click();
      await expect(ui.notice(page)).toContainText("Role created.");

      await main(page, "Team").click();
      await page.getByRole("link", { name: "Ana Sousa" }).click();
      await page.getByLabel("Role", { exact: true }).selectOption({ label: "Reader" });
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByRole("row").filter({ hasText: "audit.read" })).toContainText("by role");

      await main(page, "Roles").click();
      await page.getByRole("link", { name: "Edit Reader" }).click();
      await expect(page.getByRole("main")).toContainText("1 member has this role.");
      await expect(ui.card(page, "Delete role").getByRole("link", { name: "Team" })).toBeVisible();
      await page.getByLabel("audit.read").uncheck();
      await page.getByRole("button", { name: "Save" }).click();
      await expect(ui.notice(page)).toContainText("Role changed.");
      await page.getByRole("link", { name: "New role" }).click();
      await ui.opened(page);
      await page.getByLabel("Name", { exact: true }).fill("Nobody's");
      await page.getByRole("button", { name: "Create role" }).click();
      await page.getByRole("link", { name: "Delete Nobody's" }).click();
      await page.getByText("Delete this role", { exact: true }).click();
      await page.getByRole("button", { name: "Delete", exact: true }).click();
      await expect(ui.notice(page)).toContainText("Role deleted.");
      await house.leave();
    });

    freshTest.describe("with five seats", () => {
      freshTest.use({ seats: 5 });

      freshTest("a list is checked, mended and sent", async ({ page, context, tiny }) => {
        const house = await openHouse(tiny);
        const acme = await house.workspace("Acme");
        await house.enter(context);
        await page.goto(`/${acme.slug}/access/team`);
        await page.getByRole("link", { name: "Invite several at once" }).click();
        await ui.checkList(page, "E-mail,Role\nana@acme.dev,Analyst\nbo@acme.dev,King\nmira@acme.dev");
        const line = (words) => page.getByRole("row").filter({ hasText: words });
        await expect(line("ana@acme.dev")).toContainText("will be invited");
        await expect(line("ana@acme.dev")).toContainText("Analyst");
        await expect(line("bo@acme.dev")).toContainText("unknown role");
        await expect(line("mira@acme.dev")).toContainText("already a member");
        await expect(page.getByRole("main")).toContainText("1 of 5 seats are used. With these it is 2 of 5.");
        expect((await acme.members()).invitations).toEqual([]);

        await page.getByLabel("Addresses").fill("ana@acme.dev,Analyst\nbo@acme.dev");
        await page.getByRole("button", { name: "Check again" }).click();
        await page.getByRole("button", { name: "Send 2 invitations" }).click();
        await expect(ui.notice(page)).toContainText("2 invitations ready.");
        await expect(line("bo@acme.dev").locator("code.link")).toContainText(`${tiny.url}/invitations/`);
        expect((await acme.members()).invitations.map((one) => one.email)).toEqual(["ana@acme.dev", "bo@acme.dev"]);

        await page.getByRole("link", { name: "Invite more" }).click();
        await ui.checkList(page, "mira@acme.dev, nobody");
        await expect(page.getByRole("main")).toContainText("Nothing of this can be sent.");
        await expect(page.getByRole("button", { name: /^Send/ })).toHaveCount(0);
        await house.leave();
      });
    });

    freshTest("a workspace is deleted by its name, and comes back as it was", async ({ page, context, tiny, watched }) => {
      const house = await openHouse(tiny);
      const acme = await house.workspace("Acme");
      const source = await acme.source();
      await house.enter(context);
      await page.goto(`/${acme.slug}/settings`);
      await page.getByText("Delete this workspace", { exact: true }).click();
      watched.expectAnswer(400, /\/settings\/delete$/);
      await page.getByLabel("Type the workspace's name").fill("acme");
      await page.getByRole("button", { name: "Delete workspace" }).click();
      await expect(page.getByLabel("Type the workspace's name")).toHaveAccessibleDescription(/not the workspace's name/);
      await ui.opened(page);
      await page.getByLabel("Type the workspace's name").fill("Acme");
      await page.getByRole("button", { name: "Delete workspace" }).click();
      await expect(page).toHaveURL("/workspaces?done=deleted");
      await expect(ui.notice(page)).toContainText("Workspace deleted.");
      expect((await source.send("bootstrap", {})).error).toBe("tracking_source_inactive");

      await page.getByRole("button", { name: "Restore Acme" }).click();
      await expect(ui.notice(page)).toContainText("Workspace restored");
      await page.getByRole("link", { name: "Acme", exact: true }).last().click();
      await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
      await expect(page.getByRole("main")).toContainText("Web app");
      await house.leave();
    });
  });
}
