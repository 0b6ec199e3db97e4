/** A team moves in: invitations, the limit of seats, a seat that is freed, and what a viewer may not do. */

import { openHouse, PASSWORD } from "../house.mjs";
import { expect, freshTest } from "../fixtures.mjs";
import * as ui from "../pages.mjs";

const SEATS = 4;

async function invite(page, email, role = "Viewer") {
  await ui.opened(page);
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  await page.getByLabel("Role", { exact: true }).selectOption({ label: role });
  await page.getByRole("button", { name: "Invite", exact: true }).click();
}

const link = (page) => page.getByRole("status", { name: /^Invitation ready/ }).locator("code.link").innerText();
const seats = (page) => ui.card(page, "Seats");

/** Sends a form that the page does not show; the browser's own address of it. */
const posted = (page, path, form) =>
  page.evaluate(
    async ([to, fields]) => (await fetch(to, { method: "POST", body: new URLSearchParams(fields) })).status,
    [path, form],
  );

async function join(browser, address, { javaScriptEnabled, watched }) {
  const context = await browser.newContext({ javaScriptEnabled });
  watched.also(context);
  const theirs = await context.newPage();
  await theirs.goto(address);
  await ui.opened(theirs);
  await theirs.getByLabel("Password").fill(PASSWORD);
  await theirs.getByRole("button", { name: "Create account and join" }).click();
  await expect(theirs.getByRole("heading", { name: "Overview" })).toBeVisible();
  return theirs;
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";
  for (const engine of ["sqlite", "postgres"]) {
    freshTest.describe(`${engine}, ${how}`, () => {
      freshTest.use({ engine, seats: SEATS, javaScriptEnabled });

      freshTest("an owner fills the seats, frees one, and a viewer stays a viewer", async ({
        page,
        browser,
        context,
        tiny,
        watched,
      }) => {
        const house = await openHouse(tiny);
        const acme = await house.workspace("Acme");
        await house.enter(context);
        await page.goto(`/${acme.slug}`);
        await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Team" }).click();
        await expect(seats(page)).toContainText("1 of 4");

        await invite(page, "ana@acme.dev");
        const ana = await join(browser, await link(page), { javaScriptEnabled, watched });
        await page.goto(`/${acme.slug}/access/team`);
        await invite(page, "bo@acme.dev", "Analyst");
        await invite(page, "cleo@acme.dev");
        await expect(seats(page)).toContainText("4 of 4");
        await expect(seats(page)).toContainText("2 members, 2 invited");
        await expect(seats(page)).toContainText("No seat left.");

        watched.expectAnswer(402, /\/access\/invitations$/);
        await invite(page, "dan@acme.dev");
        const alert = page.getByRole("alert");
        await expect(alert).toContainText("There is no free seat: 4 of 4 are used.");
        await expect(alert).toContainText("2 are held by open invitations");
        await expect(alert, "the page opens where it is told").toBeInViewport();
        for (const door of ["Open invitations", "Members"]) {
          await expect(alert.getByRole("link", { name: door })).toBeVisible();
        }
        await expect(page.getByLabel("E-mail", { exact: true })).toHaveValue("dan@acme.dev");

        await ui.opened(page);
        await page.getByRole("button", { name: "Revoke cleo@acme.dev" }).click();
        await expect(ui.notice(page)).toContainText("Invitation revoked.");
        await invite(page, "dan@acme.dev");
        const dan = await join(browser, await link(page), { javaScriptEnabled, watched });
        await expect(dan.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Team" })).toHaveCount(0);

        watched.expectAnswer(403, /\/access\/team$/);
        await ana.goto(`/${acme.slug}/access/team`);
        await expect(ana.getByRole("heading")).toHaveText("You cannot open this");
        await ana.goto(`/${acme.slug}/settings`);
        watched.expectAnswer(403, /\/access\/invitations$/);
        expect(await posted(ana, `/${acme.slug}/access/invitations`, { email: "eve@acme.dev" })).toBe(403);

        await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Audit log" }).click();
        const denied = page.getByRole("row").filter({ hasText: "access.denied" });
        await expect(denied).toContainText("ana@acme.dev");
        await expect(denied).toContainText("GET /{workspace}/access/team");
        await page.getByLabel("What", { exact: true }).selectOption({ label: "Invitations" });
        await page.getByRole("button", { name: "Filter" }).click();
        await expect(page).toHaveURL(/\/access\/audit\?action=invitation&actor=&from=&to=$/);
        await expect(denied).toHaveCount(0);
        await expect(page.getByRole("row"), "the head, four invitations, one revoked").toHaveCount(1 + 5);
        await expect(page.getByRole("row").filter({ hasText: "cleo@acme.dev" })).toHaveCount(2);

        await page.goto(`/${acme.slug}/access/team`);
        await page.getByRole("link", { name: "ana@acme.dev" }).click();
        await page.getByText("Remove from this workspace", { exact: true }).click();
        await page.getByRole("button", { name: "Remove", exact: true }).click();
        await expect(ui.notice(page)).toContainText("Member removed.");
        await expect(seats(page)).toContainText("3 of 4");
        watched.expectAnswer(403, new RegExp(`^/${acme.slug}$`));
        await ana.goto(`/${acme.slug}`);
        await expect(ana.getByRole("heading")).toHaveText("You cannot open this");

        await dan.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "My place in this workspace" }).click();
        await dan.getByText("Leave this workspace", { exact: true }).click();
        await dan.getByRole("button", { name: "Leave", exact: true }).click();
        await expect(dan).toHaveURL(/\/workspaces\?done=left$/);
        await expect(ui.notice(dan)).toContainText("You have left the workspace.");
        for (const other of [ana, dan]) await other.context().close();
        await house.leave();
      });
    });
  }
}

freshTest("a link tells whom it is for, and opens nothing for others", async ({ page, context, tiny, watched }) => {
  const house = await openHouse(tiny);
  const acme = await house.workspace("Acme");
  const { link: address } = await acme.invite("ana@acme.dev", "Analyst");
  await house.enter(context);
  await page.goto(address);
  await expect(page.getByRole("main")).toContainText("this invitation is for ana@acme.dev");
  await context.clearCookies();
  await page.goto(address);
  await expect(page.getByRole("main")).toContainText("Mira Lindqvist invites ana@acme.dev to the workspace Acme as Analyst");
  watched.expectAnswer(400, /\/signup$/);
  await ui.opened(page);
  await page.getByLabel("Password").fill("superman");
  await page.getByRole("button", { name: "Create account and join" }).click();
  await expect(page.getByLabel("Password")).toHaveAccessibleDescription(/one of the first that anyone would try/);
  await ui.opened(page);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account and join" }).click();
  await expect(page).toHaveURL(`/${acme.slug}`);
  watched.expectAnswer(409, /^\/invitations\//);
  await page.goto(address);
  await expect(page.getByRole("heading")).toHaveText("This invitation was accepted or revoked, or has expired.");
  await house.leave();
});

freshTest("someone with an account is added at once, or signs in and joins", async ({ page, browser, context, tiny, watched }) => {
  const house = await openHouse(tiny);
  const [acme, crew] = [await house.workspace("Acme"), await house.workspace("Crew")];
  const ana = await house.colleague(acme, "ana@acme.dev", "Ana Sousa", "Viewer");
  await house.enter(context);
  await page.goto(`/${crew.slug}/access/team`);
  watched.expectAnswer(404, /\/access\/team$/);
  await ui.opened(page);
  await page.getByLabel("E-mail", { exact: true }).fill("nobody@acme.dev");
  await page.getByRole("button", { name: "Add now" }).click();
  await expect(page.getByLabel("E-mail", { exact: true })).toHaveAccessibleDescription(/Send an invitation instead/);
  await expect(page.getByLabel("E-mail", { exact: true })).toBeFocused();
  await page.getByLabel("E-mail", { exact: true }).fill(ana.email);
  await page.getByRole("button", { name: "Add now" }).click();
  await expect(ui.notice(page)).toContainText("Member added.");
  await expect(page.getByRole("link", { name: "Ana Sousa" })).toBeVisible();

  const other = await house.workspace("Hive");
  const { link: address } = await other.invite(ana.email, "Viewer");
  const theirs = await browser.newContext();
  watched.also(theirs);
  const hers = await theirs.newPage();
  await hers.goto(address);
  await hers.getByRole("link", { name: "Sign in and join" }).click();
  await ui.signIn(hers, ana.email, PASSWORD);
  await hers.getByRole("button", { name: "Join" }).click();
  await expect(hers).toHaveURL(`/${other.slug}`);
  await theirs.close();
  await house.leave();
});

freshTest("a member's role and grants are changed, and the last owner stays one", async ({ page, context, tiny, watched }) => {
  const house = await openHouse(tiny);
  const acme = await house.workspace("Acme");
  await house.colleague(acme, "ana@acme.dev", "Ana Sousa", "Viewer");
  await house.enter(context);
  await page.goto(`/${acme.slug}/access/team?q=SOUSA`);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("link", { name: "Cards" }).click();
  await page.getByRole("link", { name: "Ana Sousa" }).click();
  await page.getByLabel("Role", { exact: true }).selectOption({ label: "Analyst" });
  await page.getByLabel("billing.read").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(ui.notice(page)).toContainText("Changes saved.");
  const held = page.getByRole("row").filter({ hasText: "billing.read" });
  await expect(held).toContainText("granted");
  await expect(page.getByRole("row").filter({ hasText: "analytics.manage" })).toContainText("by role");

  const { members } = await acme.members();
  await page.goto(`/${acme.slug}/access/team/${members[0].id}`);
  await expect(ui.card(page, "Leave")).toContainText("You are its only owner");
  await page.getByRole("link", { name: "Offer it to someone" }).click();
  await expect(page).toHaveURL(`/${acme.slug}/settings#ownership`);
  await page.goto(`/${acme.slug}/access/team/${members[0].id}`);
  watched.expectAnswer(409, /\/change$/);
  await page.getByLabel("Role", { exact: true }).selectOption({ label: "Viewer" });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toContainText("You are the last owner.");
  await expect(page.getByRole("alert")).toBeFocused();
  await house.leave();
});
