/** Workspaces in every state that a page can show, filled as they would be in real life. */

import { body } from "./house.mjs";
import { PRICES } from "./stripe.mjs";

/** As long as people and machines make them; nothing in these may push a page apart. */
const LONG = {
  workspace: "The Extraordinarily Thorough Department of Storefront Analytics and Experiments",
  source: "Checkout redesign, preview environment of the storefront team",
  origin:
    "https://preview-1847-checkout-redesign-with-saved-cards.storefront.staging.eu-central-1.acme-corporation.dev",
  agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
  word: "w".repeat(128),
};

const APP = "https://app.acme.dev";

export async function furnish(house) {
  const acme = await house.workspace("Acme");
  const [empty, waiting, rejecting] = [
    await house.workspace("Blank page"),
    await house.workspace("Birch"),
    await house.workspace(LONG.workspace),
  ];
  const waitingSource = await waiting.source("Web app");
  const docs = await acme.source("Documentation", ["https://docs.acme.dev"]);
  await docs.change({ isActive: false });
  await (await house.workspace("Gone with the storefront")).delete();
  const unmatched = body.events("sess_1", [body.track("evt_1")]);
  const { attemptId: stray } = await house.stray(`pk_${LONG.word}`, "events", unmatched);
  await house.stray("", "bootstrap", body.bootstrap());
  return {
    stray,
    empty,
    account: await account(house),
    team: await team(await house.workspace("Crew"), house),
    full: await full(await house.workspace("Full boat"), house),
    offered: await offered(await house.workspace("Hive"), house),
    waiting: { ...waiting, source: waitingSource },
    acme: { ...acme, ...(await goodTraffic(acme)), switchedOff: docs },
    rejecting: { ...rejecting, ...(await badTraffic(rejecting)) },
  };
}

/** Workspaces as they are where plans are sold: without one and without a free seat, with one of each kind, and not paid. */
export async function furnishShop(house, stripe) {
  const free = await house.workspace("Acme");
  for (const email of ["ana@acme.dev", "bo@acme.dev"]) await free.invite(email, "Viewer");
  const paid = await house.workspace(LONG.workspace);
  await paid.buy(stripe, PRICES.team, 5);
  const flat = await house.workspace("Flat");
  await flat.buy(stripe, PRICES.business);
  const late = await house.workspace("Behind");
  await stripe.setStatus(await late.buy(stripe, PRICES.team, 4), "past_due");
  await late.askStripe();
  return { free, paid, flat, late };
}

/** What a clock shows that is so many hours behind. */
const ago = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString();

/** Events that arrive, some twice, some with a fault. */
async function goodTraffic(workspace) {
  const source = await workspace.source("Web app", [APP, "http://localhost:3000"]);
  const headers = { origin: APP, "user-agent": LONG.agent };
  const { sessionId } = await source.send("bootstrap", body.bootstrap(), headers);
  const view = {
    id: "evt_view",
    type: "page",
    timestamp: new Date().toISOString(),
    page: { url: `${APP}/reports?range=week`, title: "Reports", referrer: `${APP}/dashboard` },
  };
  const { attemptId: accepted } = await source.send(
    "events",
    body.events(sessionId, [view, body.track("evt_1"), body.track("evt_2", { name: "plan_upgraded" })]),
    headers,
  );
  await source.send("events", body.events(sessionId, [body.track("evt_1")]), headers);
  const { attemptId: inPart } = await source.send(
    "events",
    body.events(sessionId, [
      body.track("evt_1"),
      body.track("evt_3"),
      body.track("evt_4", { name: "" }),
      { id: LONG.word, type: "click" },
    ]),
    headers,
  );
  const { attemptId: slow } = await source.send(
    "events",
    body.events(sessionId, [body.track("evt_5", { timestamp: ago(2) })], { sentAt: ago(2) }),
    headers,
  );
  const { attemptId: tried } = await source.send(
    "validate",
    body.events(sessionId, [body.track("evt_1"), body.track("evt_6"), body.track("evt_7", { name: "" })]),
    headers,
  );
  await source.send("bootstrap", body.bootstrap(), { ...headers, origin: "https://staging.acme.dev" });
  return { source, accepted, inPart, slow, tried };
}

/** Requests refused for every reason that a customer's page can give. */
async function badTraffic(workspace) {
  const source = await workspace.source(LONG.source, [APP]);
  const headers = { origin: APP, "user-agent": LONG.agent };
  const { sessionId } = await source.send("bootstrap", body.bootstrap({ anonymousId: LONG.word }), headers);
  const { attemptId: unreadable } = await source.send("events", '{"events": [', headers);
  const { attemptId: faulty } = await source.send(
    "events",
    body.events(sessionId, [{ id: LONG.word, type: "page", [LONG.word]: { deep: [LONG.word] } }], {
      sentAt: "yesterday",
    }),
    headers,
  );
  await source.send("events", body.events("sess_of_somebody_else", [body.track("evt_1")]), headers);
  const send = () => source.send("bootstrap", body.bootstrap(), { ...headers, origin: LONG.origin });
  await send();
  const { attemptId: refused } = await send();
  return { source, unreadable, faulty, refused };
}

/** Another browser, tokens of each kind, and links such as are sent by mail. */
async function account(house) {
  await house.elsewhere(LONG.agent);
  await house.token({ name: LONG.workspace, permissions: ["analytics.report", "users.permissions.manage"] });
  await house.token({ name: "Nightly export", expiresAt: new Date(Date.now() + 7 * 24 * 3_600_000).toISOString() });
  return { reset: await house.forgotten(), verify: await house.unverified() };
}

/** Two members, one of whom has a long name, and someone who is asked in. */
async function team(workspace, house) {
  await house.colleague(workspace, "jonas@acme.dev", LONG.workspace, "Admin");
  const { link } = await workspace.invite("li.wei.of.the.storefront.platform.team@acme-corporation.example", "Billing");
  const { members } = await workspace.members();
  const own = await workspace.role("Storefront reporting, read only", ["analytics.report", "users.read"]);
  const access = `/${workspace.slug}/access`;
  return {
    path: `${access}/team`,
    settings: `/${workspace.slug}/settings`,
    bulk: `${access}/invitations/bulk`,
    roles: `${access}/roles`,
    own: own.id,
    audit: `${access}/audit`,
    you: members[0].id,
    jonas: members[1].id,
    link: new URL(link).pathname,
  };
}

/** A workspace with more people than its seats, and two who look at it with less than its owner may do. */
async function full(workspace, house) {
  const source = await workspace.source("Web app", [APP]);
  await source.send("bootstrap", body.bootstrap(), { origin: LONG.origin });
  const viewer = await house.colleague(workspace, "vera@acme.dev", LONG.workspace, "Viewer");
  const billing = await house.colleague(workspace, "bill@acme.dev", "Bill", "Billing");
  await workspace.invite("guest@acme.dev", "Viewer");
  await workspace.limitSeats(2);
  const { members } = await workspace.members();
  const [home, access] = [`/${workspace.slug}`, `/${workspace.slug}/access`];
  return {
    viewer,
    billing,
    home,
    path: `${access}/team`,
    bulk: `${access}/invitations/bulk`,
    settings: `${home}/settings`,
    ofViewer: `${access}/team/${members.find(({ email }) => email === viewer.email).id}`,
  };
}

/** A workspace that somebody else owns and offers to the viewer, who is an analyst there. */
async function offered(workspace, house) {
  const ada = await house.colleague(workspace, "ada@acme.dev", "Ada Lovelace", "Owner");
  const { members } = await workspace.members();
  const [you] = members;
  const { roles } = await ada.call("GET", `/api/roles?organizationId=${workspace.id}`);
  const roleId = roles.find((role) => role.name === "Analyst").id;
  await ada.call("PATCH", `/api/members/${you.id}`, { organizationId: workspace.id, roleId });
  await ada.call("POST", `/api/organizations/${workspace.id}/transfer`, { memberId: you.id });
  return { ...workspace, settings: `/${workspace.slug}/settings` };
}
