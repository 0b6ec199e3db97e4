/** An account from its first mail to its end: confirmed, forgotten, its tokens, its sessions, deleted. */

import AxeBuilder from "@axe-core/playwright";
import { openHouse, PASSWORD } from "../house.mjs";
import { expect, freshTest, mailTest } from "../fixtures.mjs";
import * as ui from "../pages.mjs";

const NEW = "another horse and a goat";
const EMAIL = "mira@acme.dev";

const path = (mail) => {
  const [link] = mail.links.map((href) => new URL(href)).filter(({ pathname }) => pathname.length > 1);
  return link.pathname;
};

/** For pages that only mail leads to, which are in no list of places. */
async function expectNoBarrier(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`)).toEqual([]);
}

for (const [javaScriptEnabled, engine] of [
  [true, "sqlite"],
  [false, "postgres"],
]) {
  const how = `${engine}, ${javaScriptEnabled ? "with" : "without"} JavaScript`;

  mailTest.describe(how, () => {
    mailTest.use({ engine, javaScriptEnabled });

    mailTest("one signs up by mail, and chooses another password by mail", async ({ page, mailbox, watched }) => {
      await page.goto("/signup");
      await ui.signUp(page);
      await expect(page.getByRole("heading")).toHaveText("Check your mail");
      await expect(page.getByRole("main")).toContainText(EMAIL);
      if (javaScriptEnabled) await expectNoBarrier(page);

      const confirm = path(await mailbox.waitFor(EMAIL, "Confirm"));
      await page.goto(confirm);
      if (javaScriptEnabled) await expectNoBarrier(page);
      watched.expectAnswer(401, /^\/confirm\//);
      await ui.opened(page);
      await page.getByLabel("Password").fill(NEW);
      await page.getByRole("button", { name: "Confirm and sign in" }).click();
      await expect(page.getByLabel("Password")).toHaveAccessibleDescription(/not the password/);
      await ui.opened(page);
      await page.getByLabel("Password").fill(PASSWORD);
      await page.getByRole("button", { name: "Confirm and sign in" }).click();
      await expect(page).toHaveURL("/workspaces/new");
      await ui.opened(page);
      await page.getByRole("link", { name: "Mira Lindqvist" }).click();
      await expect(ui.card(page, "E-mail")).toContainText("verified");
      await expect(ui.card(page, "E-mail")).not.toContainText("not verified");

      await page.getByRole("button", { name: "Sign out" }).click();
      watched.expectAnswer(401, /^\/login$/);
      await ui.signIn(page, EMAIL, NEW);
      await expect(page.getByRole("alert")).toContainText("Just signed up? Follow the link in our mail first.");
      await ui.opened(page);
      await page.getByRole("link", { name: "Forgot your password?" }).click();
      await ui.opened(page);
      await page.getByLabel("E-mail").fill(EMAIL);
      await page.getByRole("button", { name: "Send the link" }).click();
      await expect(page.getByRole("main")).toContainText("a link is on its way there");

      await page.goto(path(await mailbox.waitFor(EMAIL, "new password")));
      await ui.opened(page);
      await page.getByLabel("New password").fill(NEW);
      await page.getByRole("button", { name: "Set the password" }).click();
      await expect(ui.notice(page)).toContainText("Your password is changed.");
      await ui.signIn(page, EMAIL, NEW);
      await expect(page).toHaveURL("/workspaces/new");
      await mailbox.waitFor(EMAIL, "was changed");
      watched.expectAnswer(404, /^\/confirm\//);
      await page.goto(confirm);
      await expect(page.getByRole("heading")).toHaveText("This link does not work any more.");
    });
  });

  freshTest.describe(how, () => {
    freshTest.use({ engine, javaScriptEnabled });

    freshTest("a token is made for a tool, used, and revoked", async ({ page, context, tiny }) => {
      const house = await openHouse(tiny);
      await house.workspace("Acme");
      await house.enter(context);
      await page.goto("/account");
      await page.getByRole("link", { name: "Access tokens" }).click();
      await ui.opened(page);
      await page.getByLabel("Name", { exact: true }).fill("Reports");
      await page.getByLabel("Workspace", { exact: true }).selectOption({ label: "Acme" });
      await page.getByLabel("analytics.report").check();
      await page.getByRole("button", { name: "Create token" }).click();
      const secret = await page.getByRole("status", { name: /^Token ready/ }).locator("code.link").innerText();
      const ask = () => fetch(`${tiny.url}/api/organizations`, { headers: { authorization: `Bearer ${secret}` } });
      expect((await (await ask()).json()).organizations).toMatchObject([{ name: "Acme" }]);

      await page.goto("/account/tokens");
      await expect(page.getByRole("main")).not.toContainText(secret);
      await page.getByText("Revoke", { exact: true }).click();
      await page.getByRole("button", { name: "Revoke now" }).click();
      await expect(ui.notice(page)).toContainText("Token revoked.");
      expect((await ask()).status).toBe(401);
      await house.leave();
    });

    freshTest("another browser is signed out, and a new password signs out all others", async ({
      page,
      browser,
      context,
      tiny,
      watched,
    }) => {
      const house = await openHouse(tiny);
      await house.enter(context);
      const elsewhere = await browser.newContext({ baseURL: tiny.url, javaScriptEnabled });
      const other = await elsewhere.newPage();
      const signIn = async () => {
        await other.goto("/login");
        await ui.signIn(other, EMAIL, PASSWORD);
        await expect(other).toHaveURL("/workspaces/new");
      };
      const isOut = async () => {
        await other.goto("/account");
        await expect(other).toHaveURL("/login?next=/account");
      };

      await signIn();
      await page.goto("/account/sessions");
      await expect(page.getByRole("row").filter({ hasText: "this browser" })).toHaveCount(1);
      await page.getByRole("button", { name: "Sign out Chrome on Linux" }).click();
      await expect(ui.notice(page)).toContainText("Signed out there.");
      await isOut();

      await signIn();
      await page.goto("/account");
      watched.expectAnswer(401, /^\/account\/password$/);
      for (const current of [NEW, PASSWORD]) {
        await ui.opened(page);
        await page.getByLabel("Current password").fill(current);
        await page.getByLabel("New password").fill(NEW);
        await page.getByRole("button", { name: "Change password" }).click();
        if (current === NEW) {
          await expect(page.getByLabel("Current password")).toHaveAccessibleDescription(/not your password/);
        }
      }
      await expect(ui.notice(page)).toContainText("Every other browser was signed out.");
      await isOut();
      await elsewhere.close();
      await house.leave();
    });

    freshTest("an account is deleted by its person, and not while a workspace needs them", async ({
      page,
      context,
      tiny,
      watched,
    }) => {
      const house = await openHouse(tiny);
      const acme = await house.workspace("Acme");
      await house.enter(context);
      await page.goto("/account");
      await page.getByRole("link", { name: "Delete my account" }).click();
      await expect(page.getByRole("link", { name: "Hand over or delete Acme" })).toBeVisible();
      await expect(page.getByLabel("Your password")).toHaveCount(0);

      const ana = await house.colleague(acme, "ana@acme.dev", "Ana Sousa", "Viewer");
      await context.clearCookies();
      await ana.enter(context);
      await page.goto(`/${acme.slug}`);
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Ana Sousa" }).click();
      await page.getByRole("link", { name: "Delete my account" }).click();
      await expect(ui.card(page, "What comes of it")).toContainText("You leave Acme.");
      if (javaScriptEnabled) await expectNoBarrier(page);
      const submit = async (email, password) => {
        await ui.opened(page);
        await page.getByLabel("Your e-mail address").fill(email);
        await page.getByLabel("Your password").fill(password);
        await page.getByRole("button", { name: "Delete my account for good" }).click();
      };
      watched.expectAnswer(400, /^\/account\/delete$/);
      await submit(EMAIL, PASSWORD);
      await expect(page.getByLabel("Your e-mail address")).toHaveAccessibleDescription(/Write ana@acme.dev/);
      watched.expectAnswer(401, /^\/account\/delete$/);
      await submit("ana@acme.dev", NEW);
      await expect(page.getByLabel("Your password")).toHaveAccessibleDescription(/not your password/);
      await submit("ana@acme.dev", PASSWORD);
      await expect(page).toHaveURL("/login?done=deleted");
      await expect(ui.notice(page)).toContainText("Your account is deleted.");
      const { members } = await acme.members();
      expect(members.map((member) => member.email)).toEqual([EMAIL]);
      await house.leave();
    });
  });
}
