/**
 * Every page, in every state worth a look. The rules about all pages, and the pictures, go by this table.
 *
 * `path` is given the rooms; `then` brings the state about; `answers` are the error statuses that belong to it;
 * `as` says who looks, when that is not the owner; a refusal shows what was wrong with a form; where the main part is
 * known, it is that of the place before.
 */

import { checkList, createSource, opened, signIn, signUp } from "./pages.mjs";

/** One entry for most of what can come of one. */
const LIST = "ana@acme.dev\njonas@acme.dev, Analyst\nana@acme.dev\nBo <bo@acme.dev>; nobody\ncleo@acme.dev, King";

const unfold = (words) => (page) => page.getByText(words, { exact: true }).click();

export const places = [
  { name: "sign-in", isSignedOut: true, path: () => "/login" },
  {
    name: "sign-in, refused",
    isRefusal: true,
    isSignedOut: true,
    path: () => "/login",
    then: (page) => signIn(page, "mira@acme.dev", "not the password"),
    answers: [[401, /^\/login$/]],
  },
  { name: "sign-up", isSignedOut: true, path: () => "/signup" },
  {
    name: "sign-up, refused",
    isRefusal: true,
    isSignedOut: true,
    path: () => "/signup",
    then: (page) => signUp(page, { email: "eve@acme.dev", password: "superman" }),
    answers: [[400, /^\/signup$/]],
  },
  { name: "forgot", isSignedOut: true, path: () => "/forgot" },
  {
    name: "forgot, asked",
    isSignedOut: true,
    path: () => "/forgot",
    async then(page) {
      await page.getByLabel("E-mail").fill("nobody@acme.dev");
      await page.getByRole("button", { name: "Send the link" }).click();
    },
  },
  { name: "new password", isSignedOut: true, path: ({ account }) => account.reset },
  {
    name: "new password, refused",
    isRefusal: true,
    isSignedOut: true,
    path: ({ account }) => account.reset,
    async then(page) {
      await page.getByLabel("New password").fill("superman");
      await page.getByRole("button", { name: "Set the password" }).click();
    },
    answers: [[400, /^\/reset\//]],
  },
  { name: "verify", isSignedOut: true, path: ({ account }) => account.verify },
  { name: "dead link", isSignedOut: true, path: () => "/reset/nothing", answers: [[404, /^\/reset\//]] },

  { name: "account", path: () => "/account" },
  {
    name: "account, refused",
    isRefusal: true,
    path: () => "/account",
    async then(page) {
      await page.getByLabel("Current password").fill("superman");
      await page.getByLabel("New password").fill("superman");
      await page.getByRole("button", { name: "Change password" }).click();
    },
    answers: [[400, /^\/account\/password$/]],
  },
  { name: "sessions", path: () => "/account/sessions" },
  { name: "access tokens", path: () => "/account/tokens" },
  {
    name: "access tokens, revoking",
    path: () => "/account/tokens",
    then: (page) => page.getByText("Revoke", { exact: true }).first().click(),
  },
  {
    name: "access tokens, made",
    path: () => "/account/tokens",
    async then(page) {
      await page.getByLabel("Name", { exact: true }).fill("Reports");
      await page.getByRole("button", { name: "Create token" }).click();
    },
  },
  {
    name: "access tokens, refused",
    isRefusal: true,
    path: () => "/account/tokens",
    async then(page) {
      await page.getByLabel("Name", { exact: true }).fill(" ");
      await page.getByRole("button", { name: "Create token" }).click();
    },
    answers: [[400, /^\/account\/tokens$/]],
  },
  { name: "delete account, blocked", path: () => "/account/delete" },

  { name: "new workspace", path: () => "/workspaces/new" },
  {
    name: "new workspace, refused",
    isRefusal: true,
    path: () => "/workspaces/new",
    async then(page) {
      await page.getByLabel("Name", { exact: true }).fill("Acme");
      await page.getByLabel("Address (optional)").fill("acme");
      await page.getByRole("button", { name: "Create workspace" }).click();
    },
    answers: [[409, /^\/workspaces\/new$/]],
  },

  { name: "all workspaces", path: () => "/workspaces?done=deleted" },

  { name: "overview, offered", path: ({ offered }) => `/${offered.slug}` },
  { name: "overview, empty", path: ({ empty }) => `/${empty.slug}` },
  { name: "overview", path: ({ acme }) => `/${acme.slug}` },
  { name: "overview, waiting", path: ({ waiting }) => `/${waiting.slug}` },
  { name: "overview, rejecting", path: ({ rejecting }) => `/${rejecting.slug}` },

  { name: "first source", path: ({ empty }) => empty.setup },
  { name: "new source", path: ({ acme }) => `${acme.setup}/new` },
  {
    name: "new source, refused",
    isRefusal: true,
    path: ({ acme }) => `${acme.setup}/new`,
    then: (page) => createSource(page, "Shop", ["app.acme.dev/dashboard"]),
    answers: [[400, /\/setup\/new$/]],
  },

  { name: "setup", path: ({ acme }) => `${acme.setup}?source=web-app&done=created` },
  { name: "setup, React", path: ({ acme }) => `${acme.setup}?source=web-app&tab=react` },
  { name: "setup, Next.js", path: ({ acme }) => `${acme.setup}?source=web-app&tab=nextjs` },
  { name: "setup, curl", path: ({ acme }) => `${acme.setup}?source=web-app&tab=curl` },
  { name: "setup, switched off", path: ({ acme }) => `${acme.setup}?source=documentation` },
  { name: "setup, rejecting", path: ({ rejecting }) => rejecting.setup },
  {
    name: "setup, unfolded",
    path: ({ waiting }) => waiting.setup,
    async then(page) {
      for (const words of ["Read the install brief", "Nothing arrives?", "Rotate key", "Switch off"]) {
        await unfold(words)(page);
      }
    },
  },
  {
    name: "setup, origin refused",
    isRefusal: true,
    path: ({ waiting }) => waiting.setup,
    async then(page) {
      await page.getByLabel("Add an origin").fill("https://*.github.io");
      await page.getByRole("button", { name: "Add", exact: true }).click();
    },
    answers: [[400, /\/origins\/add$/]],
  },
  {
    name: "setup, address refused",
    isRefusal: true,
    path: ({ acme }) => `${acme.setup}?source=web-app`,
    async then(page) {
      await page.getByLabel("Address", { exact: true }).fill("documentation");
      await page.getByRole("button", { name: "Save" }).click();
    },
    answers: [[409, /\/settings$/]],
  },

  { name: "debug, empty", path: ({ waiting }) => waiting.debug },
  { name: "debug", path: ({ acme }) => `${acme.debug}?source=web-app` },
  { name: "debug, rejecting", path: ({ rejecting }) => rejecting.debug },
  { name: "debug, refused only", path: ({ rejecting }) => `${rejecting.debug}?outcome=refused` },

  { name: "attempt, stored", path: ({ acme }) => `${acme.debug}/${acme.accepted}` },
  { name: "attempt, stored in part", path: ({ acme }) => `${acme.debug}/${acme.inPart}` },
  { name: "attempt, wrong clock", path: ({ acme }) => `${acme.debug}/${acme.slow}` },
  { name: "attempt, dry run", path: ({ acme }) => `${acme.debug}/${acme.tried}` },
  { name: "attempt, origin refused", path: ({ rejecting }) => `${rejecting.debug}/${rejecting.refused}` },
  { name: "attempt, with issues", path: ({ rejecting }) => `${rejecting.debug}/${rejecting.faulty}` },
  { name: "attempt, unreadable", path: ({ rejecting }) => `${rejecting.debug}/${rejecting.unreadable}` },

  { name: "team", path: ({ team }) => team.path },
  { name: "team, cards", path: ({ team }) => `${team.path}?view=cards` },
  { name: "team, nobody matches", path: ({ team }) => `${team.path}?q=nobody` },
  {
    name: "team, invited",
    path: ({ acme }) => `/${acme.slug}/access/team`,
    async then(page) {
      await page.getByLabel("E-mail", { exact: true }).fill("ana@acme.dev");
      await page.getByRole("button", { name: "Invite", exact: true }).click();
    },
  },
  {
    name: "team, refused",
    isRefusal: true,
    path: ({ team }) => team.path,
    async then(page) {
      await page.getByLabel("E-mail", { exact: true }).fill("jonas@acme.dev");
      await page.getByRole("button", { name: "Invite", exact: true }).click();
    },
    answers: [[409, /\/access\/invitations$/]],
  },
  {
    name: "team, nobody to add",
    isRefusal: true,
    path: ({ team }) => team.path,
    async then(page) {
      await page.getByLabel("E-mail", { exact: true }).fill("nobody@acme.dev");
      await page.getByRole("button", { name: "Add now" }).click();
    },
    answers: [[404, /\/access\/team$/]],
  },
  { name: "team, over its seats", path: ({ full }) => full.path },
  {
    name: "team, no seat",
    isRefusal: true,
    path: ({ full }) => full.path,
    async then(page) {
      await page.getByLabel("E-mail", { exact: true }).fill("nobody@acme.dev");
      await page.getByRole("button", { name: "Invite", exact: true }).click();
    },
    answers: [[402, /\/access\/invitations$/]],
  },
  { name: "invite several, no seat", path: ({ full }) => full.bulk, then: (page) => checkList(page, LIST) },
  { name: "billing, off", path: ({ empty }) => `/${empty.slug}/billing` },
  { name: "billing, off for others", as: "billing", path: ({ full }) => `${full.home}/billing` },
  { name: "stripe's messages, none", path: () => "/instance/stripe" },
  { name: "unmatched requests", path: () => "/instance/attempts" },
  {
    name: "unmatched requests, none",
    path: () => "/instance/attempts?key=missing&cursor=attempt_00000000000000000000000000",
  },
  { name: "unmatched request", path: ({ stray }) => `/instance/attempts/${stray}` },
  { name: "settings, billing", as: "billing", path: ({ full }) => full.settings },
  { name: "overview, viewer", as: "viewer", path: ({ full }) => full.home },
  { name: "not for a viewer", as: "viewer", path: ({ full }) => full.path, answers: [[403, /\/access\/team$/]] },
  { name: "member, you as a viewer", as: "viewer", path: ({ full }) => full.ofViewer },
  { name: "member", path: ({ team }) => `${team.path}/${team.jonas}` },
  { name: "member, you", path: ({ team }) => `${team.path}/${team.you}` },
  { name: "audit log", path: ({ team }) => team.audit },
  {
    name: "audit log, unfolded",
    path: ({ team }) => `${team.audit}?action=member`,
    then: (page) => page.getByText("Details", { exact: true }).nth(1).click(),
  },
  {
    name: "audit log, no day",
    isRefusal: true,
    path: ({ team }) => `${team.audit}?from=yesterday`,
    answers: [[400, /\/audit\?/]],
  },
  { name: "audit log, nothing", path: ({ team }) => `${team.audit}?action=source` },
  { name: "roles", path: ({ team }) => team.roles },
  { name: "role, copied", path: ({ team }) => `${team.roles}/new?from=${team.own}` },
  {
    name: "role, refused",
    isRefusal: true,
    path: ({ team }) => `${team.roles}/new`,
    async then(page) {
      await page.getByLabel("Name", { exact: true }).fill("Viewer");
      await page.getByRole("button", { name: "Create role" }).click();
    },
    answers: [[409, /\/roles\/new$/]],
  },
  {
    name: "role",
    path: ({ team }) => `${team.roles}/${team.own}`,
    then: (page) => unfold("Delete this role")(page),
  },
  { name: "invite several", path: ({ team }) => team.bulk },
  {
    name: "invite several, refused",
    isRefusal: true,
    path: ({ team }) => team.bulk,
    then: (page) => page.getByRole("button", { name: "Check" }).click(),
    answers: [[400, /\/bulk$/]],
  },
  { name: "invite several, checked", path: ({ team }) => team.bulk, then: (page) => checkList(page, LIST) },
  {
    name: "invite several, sent",
    path: ({ acme }) => `/${acme.slug}/access/invitations/bulk`,
    async then(page) {
      await checkList(page, LIST);
      await page.getByRole("button", { name: /^Send \d/ }).click();
      await page.getByRole("heading", { name: "What came of it" }).waitFor();
    },
  },
  { name: "settings", path: ({ team }) => `${team.settings}?done=saved` },
  { name: "settings, alone", path: ({ empty }) => `/${empty.slug}/settings` },
  {
    name: "settings, refused",
    isRefusal: true,
    path: ({ team }) => team.settings,
    async then(page) {
      await page.getByLabel("Address", { exact: true }).fill("acme");
      await page.getByRole("button", { name: "Save" }).click();
    },
    answers: [[409, /\/settings$/]],
  },
  {
    name: "settings, not deleted",
    isRefusal: true,
    path: ({ team }) => team.settings,
    async then(page) {
      await unfold("Delete this workspace")(page);
      await page.getByLabel("Type the workspace's name").fill("crew");
      await page.getByRole("button", { name: "Delete workspace" }).click();
    },
    answers: [[400, /\/settings\/delete$/]],
  },
  {
    name: "settings, nobody chosen",
    isRefusal: true,
    path: ({ team }) => team.settings,
    async then(page) {
      // A browser would not send it.
      await page.getByLabel("Member", { exact: true }).evaluate((select) => select.removeAttribute("required"));
      await page.getByRole("button", { name: "Offer ownership" }).click();
    },
    answers: [[400, /\/ownership\/offer$/]],
  },
  { name: "settings, offered", path: ({ offered }) => offered.settings },
  { name: "invitation", isSignedOut: true, path: ({ team }) => team.link },
  { name: "invitation, for another", path: ({ team }) => team.link },

  { name: "error reference", path: () => "/docs/errors" },
  { name: "error reference, signed out", isSignedOut: true, isMainKnown: true, path: () => "/docs/errors" },
  { name: "API reference", path: () => "/docs/api" },
  { name: "API reference, signed out", isSignedOut: true, isMainKnown: true, path: () => "/docs/api" },
  { name: "unknown id", path: () => "/id/attempt_nowhere", answers: [[404, /^\/id\//]] },
  { name: "no id", path: () => "/id", answers: [[404, /^\/id$/]] },
  { name: "nothing here", path: () => "/nothing/at/all", answers: [[404, /^\/nothing/]] },
  { name: "not a member", path: () => "/somebody-else", answers: [[403, /^\/somebody-else$/]] },

  {
    name: "menu, open",
    isNarrow: true,
    path: ({ acme }) => `/${acme.slug}`,
    then: (page) => page.locator(".menu > summary").click(),
  },
  {
    name: "workspaces, open",
    isWide: true,
    path: ({ acme }) => `/${acme.slug}`,
    then: (page) => page.getByRole("navigation", { name: "Main" }).locator(".switcher > summary").click(),
  },
  {
    name: "sources, open",
    path: ({ acme }) => `${acme.debug}?source=web-app`,
    then: (page) => page.getByRole("main").locator(".picker > summary").click(),
  },
];

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 360, height: 740 };

/** The window sizes in which a place exists. */
export const sizesOf = (place) => [...(place.isNarrow ? [] : [WIDE]), ...(place.isWide ? [] : [NARROW])];

/** What a refused form says. */
export const fault = (page) => page.locator(".field-error, [role=alert]");

/** Signs the browser in as whoever looks at a place. */
export async function enter(place, context, house, rooms) {
  if (!place.isSignedOut) await (place.as ? rooms.full[place.as] : house).enter(context);
}

/** Opens a place and waits until it is as it will be. */
export async function visit(page, place, rooms) {
  await page.goto(place.path(rooms));
  await opened(page);
  await place.then?.(page);
  if (place.isRefusal) await fault(page).waitFor();
  await opened(page);
  await page.waitForLoadState();
}
