/** What a person does on the pages of Tiny, by the words they see. */

import { expect } from "@playwright/test";
import { PASSWORD } from "./house.mjs";

/**
 * Waits until the cursor is where the page begins, if that is somewhere.
 *
 * The browser puts it there when it first draws the page, which is later than the page can be typed into and clicked.
 * What is focused before keeps the cursor from there, and the browser complains. So whoever opens a page with a form,
 * by its address or by sending another form, waits for this before the first key and the first click.
 */
export async function opened(page) {
  await page.waitForLoadState("domcontentloaded");
  const beginning = page.locator("[autofocus]");
  if (await beginning.count()) await expect(beginning).toBeFocused();
}

export async function signUp(page, { name = "Mira Lindqvist", email = "mira@acme.dev", password = PASSWORD } = {}) {
  await opened(page);
  await page.getByLabel("Your name (optional)").fill(name);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
}

export async function signIn(page, email, password) {
  await opened(page);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function createWorkspace(page, name) {
  await opened(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Create workspace" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
}

export async function createSource(page, name, origins) {
  await opened(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Allowed origins, one a line").fill(origins.join("\n"));
  await page.getByRole("button", { name: "Create source" }).click();
}

/** Pastes a list of people to invite and asks what would come of it. */
export async function checkList(page, list, role = "Viewer") {
  await opened(page);
  await page.getByLabel("Addresses", { exact: true }).fill(list);
  await page.getByLabel("Role of the others").selectOption({ label: role });
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByRole("heading", { name: "What would come of it" }).waitFor();
}

/** Asks somebody in, on the page of the team. */
export async function invite(page, email) {
  await opened(page);
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  await page.getByRole("button", { name: "Invite", exact: true }).click();
}

/** On the page of the plan. */
export const seatsField = (page) => page.getByRole("spinbutton", { name: "Seats" });
export const buyButton = (page) => page.getByRole("button", { name: "Go to payment" });

/** The snippet, as the setup page shows it. */
export const snippet = (page) => page.getByRole("group", { name: "Snippet", exact: true });

export const notice = (page) => page.getByRole("main").getByRole("status").filter({ hasText: /\w/ }).first();

export const card = (page, name) => page.getByRole("region", { name });

/** The list of attempts. */
export const verdict = (page) => page.getByRole("region", { name: "Verdict" });
export const rows = (page) => page.locator("table.attempts tbody tr");
export const row = (page, words) => rows(page).filter({ hasText: words });

/** Waits until the list goes on by itself. */
export async function live(page) {
  await page.waitForResponse((response) => /\/debug\?organizationId=/.test(response.url()) && response.ok());
}

/** One attempt. */
export const reasons = (page) => page.getByRole("region", { name: "Why, and what to do" });
export const check = (page, name) => reasons(page).getByRole("listitem").filter({ hasText: name });

/** Presses a copy button, once its script is there, and gives what is on the clipboard then. */
export async function copied(page, name) {
  const button = page.getByRole("button", { name, exact: true }).first();
  await expect(async () => {
    await button.click();
    await expect(button).toHaveAttribute("data-state", "done", { timeout: 1_000 });
  }).toPass();
  return page.evaluate(() => navigator.clipboard.readText());
}
