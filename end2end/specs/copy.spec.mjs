/** What is copied is what is meant, byte for byte. */

import { body } from "../house.mjs";
import { expect, freshTest, test } from "../fixtures.mjs";
import * as ui from "../pages.mjs";
import { PLAIN_HOST } from "../browser.mjs";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test("Setup copies each snippet, the key and the install brief as they are shown", async ({ page, workspace }) => {
  const source = await workspace.source("Web app", ["https://app.acme.dev"]);
  const tabs = [
    ["browser", "Snippet"],
    ["react", "React component"],
    ["nextjs", "Next.js layout"],
    ["curl", "Shell commands"],
  ];
  for (const [tab, title] of tabs) {
    await page.goto(`${workspace.setup}?tab=${tab}`);
    const text = await ui.copied(page, `Copy ${title.toLowerCase()}`);
    expect(text).toBe(await page.getByRole("group", { name: title, exact: true }).textContent());
    expect(text).toContain(source.publicKey);
  }
  expect(await ui.copied(page, "Copy public key")).toBe(source.publicKey);
  const brief = await ui.copied(page, "Copy install brief");
  expect(brief).toBe(await page.getByRole("group", { name: "Install brief", includeHidden: true }).textContent());
  for (const part of [source.publicKey, "https://app.acme.dev", `${workspace.debug}?source=web-app`]) {
    expect(brief).toContain(part);
  }
});

test("an attempt copies its ids and its body, whatever is in it", async ({ page, workspace, tiny }) => {
  const source = await workspace.source();
  const { sessionId } = await source.send("bootstrap", body.bootstrap());
  const own = { note: "“é” </script> 'quoted' \\ \u2028 🦊", number: 1.0 };
  // Spaces and an escape that no writer of JSON would choose: only the bytes themselves have them.
  const json = JSON.stringify(body.events(sessionId, [body.track("evt_1", { properties: own })]));
  const raw = `  ${json.replace("report", "r\\u0065port")}\n`;
  const { attemptId, requestId } = await source.send("events", raw);
  await page.goto(`${workspace.debug}/${attemptId}`);
  const expected = {
    "Copy raw body": raw,
    "Copy attempt id": attemptId,
    "Copy link to this attempt": `${tiny.url}/id/${attemptId}`,
    "Copy request id": requestId,
    "Copy session id": sessionId,
    "Copy visitor id": "vis_mira",
    "Copy batch id": "batch_1",
  };
  for (const [name, text] of Object.entries(expected)) expect(await ui.copied(page, name), name).toBe(text);
});

test("a copy says so for two seconds, to eyes and to ears", async ({ page, workspace }) => {
  await workspace.source();
  await page.clock.install();
  await page.goto(workspace.setup);
  await ui.copied(page, "Copy snippet");
  await page.clock.pauseAt(Date.now() + 60_000);
  const key = ui.card(page, "Public key");
  const button = key.getByRole("button", { name: "Copy public key" });
  await button.click();
  await expect(button.getByText("Copied")).toBeVisible();
  await expect(key.getByRole("status")).toHaveText("Copied");
  await page.clock.runFor(2_000);
  await expect(button.getByText("Copied")).toBeHidden();
  await expect(key.getByRole("status")).toBeEmpty();
});

freshTest.describe("on plain http inside a private network", () => {
  // Browsers give such pages no clipboard of the new kind and send no Sec-Fetch-Site.
  freshTest.use({ host: PLAIN_HOST });

  freshTest("one signs up, makes a source and copies its key", async ({ page }) => {
    await page.goto("/");
    await ui.signUp(page);
    await ui.createWorkspace(page, "Acme");
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await page.getByRole("link", { name: "Create a source" }).click();
    await ui.createSource(page, "Web app", []);
    const button = page.getByRole("button", { name: "Copy public key" });
    await expect(async () => {
      await button.click();
      await expect(button).toHaveAttribute("data-state", "done", { timeout: 1_000 });
    }).toPass();
    await expect(button, "the focus stays").toBeFocused();
    const search = page.getByRole("searchbox");
    await search.focus();
    await page.keyboard.press("Control+v");
    await expect(search).toHaveValue(/^pk_\w+$/);
    await expect(ui.card(page, "Public key")).toContainText(await search.inputValue());
  });
});
