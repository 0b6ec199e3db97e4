/** Everything that a form can do works without JavaScript. */

import { body, PASSWORD } from "../house.mjs";
import { expect, freshTest, test } from "../fixtures.mjs";
import * as ui from "../pages.mjs";

freshTest.describe("on a fresh instance", () => {
  freshTest.use({ javaScriptEnabled: false });

  freshTest("one signs up, out and in again, and a wrong password is told", async ({ page, watched }) => {
    await page.goto("/");
    await expect(page).toHaveURL("/signup");
    await ui.signUp(page);
    await expect(page).toHaveURL("/workspaces/new");
    await ui.opened(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL("/login");
    await page.goto("/workspaces/new");
    await expect(page).toHaveURL("/login?next=/workspaces/new");

    watched.expectAnswer(401, /^\/login$/);
    await ui.signIn(page, "mira@acme.dev", "not the password");
    await expect(page.getByRole("alert")).toContainText("That e-mail and password do not match.");
    await expect(page.getByLabel("E-mail")).toHaveValue("mira@acme.dev");
    await ui.signIn(page, "mira@acme.dev", PASSWORD);
    await expect(page, "where one wanted to go").toHaveURL("/workspaces/new");
  });

  freshTest("a taken address and a common password are told at their fields", async ({ page, context, watched }) => {
    await page.goto("/signup");
    await ui.signUp(page);
    await context.clearCookies();
    await page.goto("/signup");
    watched.expectAnswer(409, /^\/signup$/);
    await ui.signUp(page);
    await expect(page.getByLabel("E-mail")).toHaveAccessibleDescription(/exists already/);
    watched.expectAnswer(400, /^\/signup$/);
    await ui.signUp(page, { email: "eve@acme.dev", password: "superman" });
    await expect(page.getByLabel("Password")).toHaveAccessibleDescription(/one of the first that anyone would try/);
  });

  freshTest("a workspace and a source are made, from the first page to the snippet", async ({ page, tiny }) => {
    await page.goto("/signup");
    await ui.signUp(page);
    await ui.createWorkspace(page, "Acme");
    await page.getByRole("link", { name: "Create a source" }).click();
    await ui.createSource(page, "Web app", ["http://localhost:3000", "https://app.acme.dev"]);
    await expect(ui.notice(page)).toContainText("Source created.");
    await expect(ui.snippet(page)).toContainText(`<script async src="${tiny.url}/sdk.js"></script>`);
    for (const framework of ["React", "Next.js", "curl"]) {
      await page.getByRole("navigation", { name: "Snippet for" }).getByRole("link", { name: framework }).click();
      await expect(page.getByRole("group").filter({ hasText: "pk_" }).first()).toBeVisible();
    }
    await expect(ui.card(page, "Allowed origins").getByRole("listitem")).toHaveText([
      /^http:\/\/localhost:3000/,
      /^https:\/\/app\.acme\.dev/,
    ]);
  });
});

test.describe("in Setup", () => {
  test.use({ javaScriptEnabled: false });

  test("a malformed origin comes back with what would be right", async ({ page, workspace, watched }) => {
    await workspace.source();
    await page.goto(workspace.setup);
    const origins = ui.card(page, "Allowed origins");
    const field = origins.getByLabel("Add an origin");
    watched.expectAnswer(400, /\/origins\/add$/);
    await field.fill("app.acme.dev/dashboard");
    await origins.getByRole("button", { name: "Add" }).click();
    await expect(field).toHaveAccessibleDescription(/use https:\/\/app\.acme\.dev\./);
    await expect(field).toHaveValue("app.acme.dev/dashboard");
    await expect(field).toHaveAttribute("aria-invalid", "true");
  });

  test("a source with a malformed origin is not made, and nothing typed is lost", async ({
    page,
    workspace,
    watched,
  }) => {
    await page.goto(workspace.setup);
    watched.expectAnswer(400, /\/setup\/new$/);
    await ui.createSource(page, "Shop", ["https://shop.acme.dev", "localhost:3000"]);
    const field = page.getByLabel("Allowed origins, one a line");
    await expect(field).toHaveAccessibleDescription(/use http:\/\/localhost:3000\./);
    await expect(field).toHaveValue("https://shop.acme.dev\nlocalhost:3000");
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Shop");
  });

  test("origins are added and removed", async ({ page, workspace }) => {
    const source = await workspace.source();
    const origin = "https://app.acme.dev";
    const refused = async () => (await source.send("bootstrap", body.bootstrap(), { origin })).error;
    await page.goto(workspace.setup);
    const origins = ui.card(page, "Allowed origins");
    await expect(origins).toContainText("every browser is refused");
    expect(await refused()).toBe("tracking_source_origin_not_allowed");
    await origins.getByLabel("Add an origin").fill("HTTPS://App.Acme.dev:443");
    await origins.getByRole("button", { name: "Add" }).click();
    await expect(ui.notice(page)).toContainText("Origin added.");
    await expect(origins.getByRole("listitem")).toContainText(origin);
    expect(await refused()).toBeUndefined();
    await origins.getByRole("button", { name: `Remove ${origin}` }).click();
    await expect(ui.notice(page)).toContainText("Origin removed.");
    await expect(origins.getByRole("listitem")).toHaveCount(0);
    expect(await refused()).toBe("tracking_source_origin_not_allowed");
  });

  test("limits are changed and hold at once", async ({ page, workspace }) => {
    const source = await workspace.source();
    const large = body.bootstrap({ context: { filler: "x".repeat(3_000) } });
    expect((await source.send("bootstrap", large)).status).toBe(200);
    await page.goto(workspace.setup);
    const settings = ui.card(page, "Name and limits");
    await settings.getByLabel("Largest body, in bytes").fill("2048");
    await settings.getByLabel("Requests a minute").fill("0");
    await settings.getByLabel("Name", { exact: true }).fill("Shop");
    await settings.getByLabel("Framework").selectOption("React");
    await settings.getByRole("button", { name: "Save" }).click();
    await expect(ui.notice(page)).toContainText("Settings saved.");
    await expect(settings.getByLabel("Largest body, in bytes")).toHaveValue("2048");
    await expect(settings.getByLabel("Requests a minute")).toHaveValue("0");
    await expect(page.getByRole("group", { name: "React component" })).toBeVisible();
    expect(await source.send("bootstrap", large)).toMatchObject({ status: 413, error: "payload_too_large" });
  });

  test("a source that requires an origin refuses servers until it does not", async ({ page, workspace }) => {
    const source = await workspace.source();
    await page.goto(workspace.setup);
    const settings = ui.card(page, "Name and limits");
    for (const [isRequired, status] of [
      [true, 403],
      [false, 200],
    ]) {
      await settings.getByLabel("Require an origin").setChecked(isRequired);
      await settings.getByRole("button", { name: "Save" }).click();
      await expect(ui.notice(page)).toContainText("Settings saved.");
      await expect(settings.getByLabel("Require an origin")).toBeChecked({ checked: isRequired });
      expect((await source.send("bootstrap", body.bootstrap())).status).toBe(status);
    }
  });

  test("a source is switched off and on again", async ({ page, workspace }) => {
    const source = await workspace.source();
    await page.goto(workspace.setup);
    const state = ui.card(page, "State");
    await state.getByText("Switch off", { exact: true }).click();
    await expect(state).toContainText("tracking_source_inactive");
    await state.getByRole("button", { name: "Switch off now" }).click();
    await expect(state).toContainText("switched off");
    expect(await source.send("bootstrap", body.bootstrap())).toMatchObject({
      status: 403,
      error: "tracking_source_inactive",
    });
    await state.getByRole("button", { name: "Switch on" }).click();
    await expect(state).toContainText("This source takes requests.");
    expect((await source.send("bootstrap", body.bootstrap())).status).toBe(200);
  });

  test("rotating the key stops the old one at once, and says so first", async ({ page, workspace }) => {
    const source = await workspace.source();
    await page.goto(workspace.setup);
    const key = ui.card(page, "Public key");
    await expect(key).toContainText(source.publicKey);
    await expect(key.getByRole("button", { name: "Rotate the key now" })).toBeHidden();
    await key.getByText("Rotate key", { exact: true }).click();
    await expect(key).toContainText("The old key stops at once.");
    await key.getByRole("button", { name: "Rotate the key now" }).click();
    await expect(ui.notice(page)).toContainText("New key made.");
    await expect(key).not.toContainText(source.publicKey);
    await expect(ui.snippet(page)).not.toContainText(source.publicKey);
    expect(await source.send("bootstrap", body.bootstrap())).toMatchObject({ error: "tracking_source_not_found" });
  });
});

test.describe("in Debug", () => {
  test.use({ javaScriptEnabled: false });

  test("requests are listed, filtered and opened, refused ones with their reason", async ({ page, workspace }) => {
    const source = await workspace.source("Web app", ["https://app.acme.dev"]);
    const { sessionId } = await source.send("bootstrap", body.bootstrap(), { origin: "https://app.acme.dev" });
    await page.goto(workspace.debug);
    await expect(ui.verdict(page)).toContainText("Snippet connected, waiting for first event");
    await source.send("events", body.events(sessionId, [body.track("evt_1")]));
    const refused = await source.send("bootstrap", body.bootstrap(), { origin: "https://staging.acme.dev" });

    await page.getByRole("link", { name: "Refresh" }).click();
    await expect(ui.verdict(page)).toContainText("Installation verified");
    await expect(ui.rows(page)).toHaveCount(3);
    await expect(ui.rows(page).first(), "newest first").toContainText("https://staging.acme.dev");
    await page.getByRole("link", { name: "Refused", exact: true }).click();
    await expect(ui.rows(page)).toHaveCount(1);
    await ui.rows(page).getByRole("link").click();
    await expect(page).toHaveURL(new RegExp(`/${refused.attemptId}$`));
    await expect(ui.reasons(page)).toContainText("https://staging.acme.dev");
    await expect(ui.check(page, "origin")).toContainText("failed");

    await page.getByRole("button", { name: "Allow https://staging.acme.dev" }).click();
    const again = await source.send("bootstrap", body.bootstrap(), { origin: "https://staging.acme.dev" });
    expect(again.status).toBe(200);
  });

  test("older requests are a page away", async ({ page, workspace }) => {
    const source = await workspace.source();
    for (let count = 0; count < 60; count++) await source.send("bootstrap", body.bootstrap());
    await page.goto(workspace.debug);
    await expect(ui.rows(page)).toHaveCount(50);
    await page.getByRole("link", { name: "Older" }).click();
    await expect(ui.rows(page)).toHaveCount(10);
    await page.getByRole("link", { name: "Back to the newest" }).click();
    await expect(ui.rows(page)).toHaveCount(50);
  });

  test("a refusal leads to its entry in the error reference", async ({ page, workspace }) => {
    const source = await workspace.source();
    const { attemptId } = await source.send("events", body.events(undefined, [{ id: "evt_1", type: "page" }]));
    await page.goto(`${workspace.debug}/${attemptId}`);
    await expect(page.getByRole("region", { name: /^\d+ issues$/ })).toContainText("sessionId is required");
    await page.getByRole("link", { name: "invalid_events_payload" }).click();
    await expect(page).toHaveURL("/docs/errors#invalid_events_payload");
    await expect(page.locator("article:target")).toContainText("do not retry");
  });

  test("an id from any answer leads to the attempt, and an unknown one to another try", async ({
    page,
    workspace,
    watched,
  }) => {
    const source = await workspace.source();
    const { attemptId, requestId } = await source.send("bootstrap", body.bootstrap());
    await page.goto("/");
    for (const id of [attemptId, requestId]) {
      await page.getByRole("searchbox", { name: "Search or paste any id" }).fill(`  ${id} `);
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL(`${workspace.debug}/${attemptId}`);
    }
    watched.expectAnswer(404, /^\/id\?id=attempt_0+$/);
    await page.getByRole("searchbox", { name: "Search or paste any id" }).fill("attempt_00000000000000000000000000");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing found for this id");
    await expect(page.getByLabel("Id", { exact: true })).toHaveValue("attempt_00000000000000000000000000");
  });

  test("nothing is shown that needs a script", async ({ page, workspace }) => {
    const source = await workspace.source();
    const { attemptId } = await source.send("bootstrap", body.bootstrap());
    for (const path of [workspace.setup, workspace.debug, `${workspace.debug}/${attemptId}`, "/docs/errors"]) {
      await page.goto(path);
      await expect(page.getByRole("main")).toBeVisible();
      await expect(page.locator(".js-only:visible")).toHaveCount(0);
      await expect(page.getByRole("button", { name: /^(Copy|Pause)/ })).toHaveCount(0);
    }
  });
});
