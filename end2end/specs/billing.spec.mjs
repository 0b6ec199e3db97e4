/** Plans: the limit, an upgrade at Stripe, a smaller plan, a payment that fails, cancelling, and nothing to buy at all. */

import { openHouse } from "../house.mjs";
import { expect, freshTest } from "../fixtures.mjs";
import * as ui from "../pages.mjs";

const { invite } = ui;
const plan = (page) => page.locator("#plan");
const seats = (page) => ui.card(page, "Seats");

/** An owner with a workspace, at its team. */
async function atTeam({ page, context, tiny }) {
  const house = await openHouse(tiny);
  const acme = await house.workspace("Acme");
  await house.enter(context);
  await page.goto(`/${acme.slug}/access/team`);
  return acme;
}

/** Buys so many seats and comes back. */
async function buy(page, count) {
  await ui.opened(page);
  await ui.seatsField(page).fill(`${count}`);
  await ui.buyButton(page).click();
  await expect(page.getByRole("heading", { name: "Subscribe" })).toBeVisible();
  await page.getByRole("button", { name: "Pay" }).click();
  await expect(ui.notice(page)).toContainText("Paid. The seats are yours");
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";
  for (const engine of ["sqlite", "postgres"]) {
    freshTest.describe(`${engine}, ${how}`, () => {
      freshTest.use({ engine, sells: true, javaScriptEnabled });

      freshTest("from the limit to a bigger plan and back to inviting", async ({ page, context, tiny, watched }) => {
        await atTeam({ page, context, tiny });
        await invite(page, "ana@acme.dev");
        await invite(page, "bo@acme.dev");
        watched.expectAnswer(402, /\/access\/invitations$/);
        await invite(page, "cleo@acme.dev");
        const alert = page.getByRole("alert");
        await expect(alert).toContainText("There is no free seat: 3 of 3 are used.");
        await ui.opened(page);
        await alert.getByRole("link", { name: "Add seats" }).click();

        await expect(page.getByRole("heading", { name: "Billing" })).toBeVisible();
        await expect(plan(page)).toContainText("Free plan");
        await buy(page, 5);
        await expect(plan(page)).toContainText("Team plan active");
        await expect(plan(page)).toContainText("5 seats at $9.00 per seat and month.");
        await expect(plan(page)).toContainText("Next charge $45.00");
        await expect(ui.card(page, "Invoices")).toContainText("$45.00");

        await ui.notice(page).getByRole("link", { name: "Go to Team" }).click();
        await invite(page, "cleo@acme.dev");
        await expect(seats(page)).toContainText("4 of 5");
      });

      freshTest("fewer seats than people: over the limit, and everyone stays", async ({ page, context, tiny, watched }) => {
        await atTeam({ page, context, tiny });
        await page.getByRole("link", { name: "Add seats" }).click();
        await buy(page, 4);
        await page.getByRole("link", { name: "Members and invitations" }).click();
        for (const email of ["ana@acme.dev", "bo@acme.dev", "cleo@acme.dev"]) await invite(page, email);
        await page.getByRole("link", { name: "Billing", exact: true }).first().click();

        await ui.seatsField(page).fill("2");
        await page.getByRole("button", { name: "See what it costs" }).click();
        await expect(plan(page)).toContainText("is set off against the next invoice. Then $18.00 each month, before tax and discounts.");
        await expect(plan(page)).toContainText("That is 2 seats fewer than are used.");
        await page.getByRole("button", { name: "Change to 2 seats" }).click();
        await expect(ui.notice(page)).toContainText("Seats changed.");
        await expect(seats(page)).toContainText("Over the limit.");
        await page.getByRole("link", { name: "Members and invitations" }).click();
        await expect(page.getByText("cleo@acme.dev")).toBeVisible();
        watched.expectAnswer(402, /\/access\/invitations$/);
        await invite(page, "dan@acme.dev");
        await expect(page.getByRole("alert")).toContainText("3 seats have to come free first.");
      });

      freshTest("a payment fails, is late for a while, and is made after all", async ({ page, context, tiny }) => {
        const acme = await atTeam({ page, context, tiny });
        await page.getByRole("link", { name: "Add seats" }).click();
        await buy(page, 4);
        await tiny.stripe.setCard("fails_at_renewal");
        await tiny.stripe.advance(32);
        await expect(async () => {
          await page.goto(`/${acme.slug}/billing`);
          await expect(plan(page)).toContainText("payment late", { timeout: 500 });
        }).toPass();
        await expect(page.getByText("The last payment failed.")).toBeVisible();
        await expect(page.getByText(/the seats stay until \d+ \w+ \d{4} at the latest/)).toBeVisible();
        await expect(seats(page)).toContainText("1 of 4");
        await page.goto(`/${acme.slug}/settings`);
        await expect(page.getByRole("main")).toContainText("A payment for the plan is late.");
        await page.getByRole("link", { name: "See to it" }).click();
        await page.getByRole("link", { name: "Pay the open invoice" }).click();
        await page.getByRole("button", { name: /^Pay/ }).click();
        await expect(async () => {
          await page.goto(`/${acme.slug}/billing`);
          await expect(plan(page)).toContainText("active", { timeout: 500 });
        }).toPass();
        await expect(page.getByText("The last payment failed.")).toHaveCount(0);
      });

      freshTest("cancelled, and resumed", async ({ page, context, tiny }) => {
        await atTeam({ page, context, tiny });
        await page.getByRole("link", { name: "Add seats" }).click();
        await buy(page, 4);
        await page.getByText("Cancel the plan", { exact: true }).click();
        await page.getByRole("button", { name: "Cancel at the end of the period" }).click();
        await expect(ui.notice(page)).toContainText("Cancelled. The plan ends with its period");
        await expect(plan(page)).toContainText(/It ends on \d+ \w+ \d{4} and is not renewed\./);
        await expect(seats(page)).toContainText("1 of 4");
        await page.getByRole("button", { name: "Resume the plan" }).click();
        await expect(ui.notice(page)).toContainText("The plan goes on.");
        await expect(plan(page)).toContainText("Next charge $36.00");
        await page.getByRole("button", { name: "Invoices and card" }).click();
        await expect(page).toHaveURL(new RegExp(`^${tiny.stripe.url}`));
      });
    });
  }
}

freshTest("where nothing is sold everything else works, and the owner is told what to set", async ({ page, context, tiny }) => {
  const acme = await atTeam({ page, context, tiny });
  await expect(page.getByRole("link", { name: "Add seats" })).toHaveCount(0);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Billing" }).click();
  await expect(page.getByText("Billing is not configured on this instance.")).toBeVisible();
  await expect(page.getByText(`${tiny.url}/api/stripe/webhook`)).toBeVisible();
  await page.goto(`/${acme.slug}/access/team`);
  await invite(page, "ana@acme.dev");
  await expect(seats(page)).toContainText("1 member, 1 invited");
});
