/** Accounts, workspaces, sources and traffic, made over HTTP where a test is not about making them. */

import { setTimeout as wait } from "node:timers/promises";
import { request } from "@playwright/test";

export const PASSWORD = "tr0ub4dor and a horse";

/** What is posted to the ingest endpoints, as the SDK would. */
export const body = {
  bootstrap: (own = {}) => ({
    ingestVersion: 2,
    sdkVersion: "0.2.0",
    anonymousId: "vis_mira",
    page: { url: "https://app.acme.dev/dashboard", path: "/dashboard", title: "Dashboard", referrer: null },
    context: { locale: "en-GB", timezone: "Europe/London" },
    ...own,
  }),
  events: (sessionId, events, own = {}) => ({
    ingestVersion: 2,
    sdkVersion: "0.2.0",
    batchId: "batch_1",
    sentAt: new Date().toISOString(),
    sessionId,
    anonymousId: "vis_mira",
    events,
    ...own,
  }),
  track: (id, own = {}) => ({
    id,
    type: "track",
    name: "report_generated",
    timestamp: new Date().toISOString(),
    properties: { reportType: "weekly", rows: 1250 },
    ...own,
  }),
};

/**
 * Signs up with a new account.
 *
 * `enter` signs a browser in, `workspace` makes workspaces, `leave` closes what is open here.
 */
export async function openHouse(tiny, { name = "Mira Lindqvist", email = "mira@acme.dev" } = {}) {
  const client = await signedOut(tiny);
  const guests = [];
  let made = 0;

  const callAs = async (who, method, path, data) => {
    const answer = await who.fetch(path, { method, data });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.status() === 204 ? undefined : answer.json();
  };
  const call = (method, path, data) => callAs(client, method, path, data);

  const signedUp = await client.post("/signup", { form: { name, email, password: PASSWORD }, maxRedirects: 0 });
  if (signedUp.status() !== 303) throw new Error(`signing up: ${signedUp.status()} ${await signedUp.text()}`);
  const { cookies } = await client.storageState();

  return {
    email,
    enter: (context) => context.addCookies(cookies),
    leave: () => Promise.all([client, ...guests].map((one) => one.dispose())),

    /** Signs in with another browser. */
    async elsewhere(userAgent) {
      const other = await signedOut(tiny, { userAgent });
      await other.post("/login", { form: { email, password: PASSWORD } });
      await other.dispose();
    },

    /** Sends with a key that no source has, or with none. */
    stray: (publicKey, kind, data) => send(client, publicKey, kind, data),

    /** Makes an access token. */
    token: (fields) => call("POST", "/api/tokens", fields),

    /** The path of a link to choose a new password with, from whoever runs the server. */
    async forgotten() {
      return (await tiny.admin("reset-password", email)).match(/\/reset\/[\w-]+/)[0];
    },

    /** The link that verifies the address of whoever signed up. */
    unverified: () => logged(tiny),

    /** Someone with an account of their own, who has followed an invitation. */
    async colleague(workspace, colleagueEmail, colleagueName, roleName) {
      const { link } = await workspace.invite(colleagueEmail, roleName);
      const theirs = await signedOut(tiny);
      const form = { name: colleagueName, password: PASSWORD };
      const joined = await theirs.post(`${new URL(link).pathname}/signup`, { form, maxRedirects: 0 });
      if (joined.status() !== 303) throw new Error(`joining: ${joined.status()} ${await joined.text()}`);
      const { cookies: own } = await theirs.storageState();
      guests.push(theirs);
      return {
        email: colleagueEmail,
        enter: (context) => context.addCookies(own),
        call: (method, path, data) => callAs(theirs, method, path, data),
      };
    },

    async workspace(workspaceName = `Acme ${++made}`) {
      const { organization } = await call("POST", "/api/organizations", { name: workspaceName });
      const organizationId = organization.id;
      /** Lets Tiny ask Stripe what the workspace has. */
      const askStripe = async () => {
        const asked = await client.post(`/${organization.slug}/billing/refresh`, { maxRedirects: 0 });
        if (asked.status() !== 303) throw new Error(`asking Stripe: ${asked.status()} ${await asked.text()}`);
      };
      return {
        ...organization,
        setup: `/${organization.slug}/analytics/setup`,
        debug: `/${organization.slug}/analytics/setup/debug`,

        async source(sourceName = "Web app", allowedOrigins = []) {
          const fields = { organizationId, name: sourceName, allowedOrigins };
          const { source } = await call("POST", "/api/tracking-sources", fields);
          return {
            ...source,
            change: (changes) => call("PATCH", `/api/tracking-sources/${source.id}`, { organizationId, ...changes }),
            send: (kind, data, headers) => send(client, source.publicKey, kind, data, headers),
          };
        },

        members: () => call("GET", `/api/members?organizationId=${organizationId}`),

        /** How many it may hold, as whoever runs the instance says. */
        limitSeats: (limit) => tiny.admin("set-seats", organization.slug, `${limit}`),

        /** A role of the workspace's own. */
        async role(name, permissions) {
          return (await call("POST", "/api/roles", { organizationId, name, permissions })).role;
        },

        delete: () => call("DELETE", `/api/organizations/${organizationId}?confirm=${organization.slug}`),

        /** Asks someone in, as one of the roles by its name. */
        async invite(invitedEmail, roleName) {
          const { roles } = await call("GET", `/api/roles?organizationId=${organizationId}`);
          const roleId = roles.find((role) => role.name === roleName).id;
          return call("POST", "/api/invitations", { organizationId, email: invitedEmail, roleId });
        },

        /** Buys a plan, pays it and comes back. Gives the id of the subscription. */
        async buy(stripe, priceId, seats = 1) {
          const { url } = await call("POST", "/api/billing/checkout", { organizationId, priceId, seats });
          const subscription = await stripe.pay(url);
          await askStripe();
          return subscription;
        },

        askStripe,

        async attempt(id) {
          const query = new URLSearchParams({ organizationId });
          return (await call("GET", `/api/attempts/${id}?${query}`)).attempt;
        },

        async attempts() {
          const query = new URLSearchParams({ organizationId, limit: "200" });
          return (await call("GET", `/api/attempts?${query}`)).attempts;
        },
      };
    },
  };
}

/** The path of the newest link in the server's log that verifies an address. */
async function logged(tiny) {
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; await wait(20)) {
    const found = tiny.log().match(/\/verify\/[\w-]+/g)?.at(-1);
    if (found) return found;
  }
  throw new Error("no link to /verify in the log");
}

/** A client that writes as pages of the instance do: with its cookie goes the word from where. */
function signedOut(tiny, own = {}) {
  return request.newContext({ baseURL: tiny.url, extraHTTPHeaders: { "sec-fetch-site": "same-origin" }, ...own });
}

/** Posts to an ingest endpoint; gives the answer's status and what is in it. Text is sent as it is. */
export async function send(client, publicKey, kind, data, headers = {}) {
  const answer = await client.post(`/api/ingest/v2/${publicKey}/${kind}`, {
    data: typeof data === "string" ? data : JSON.stringify(data),
    headers: { "content-type": "application/json", ...headers },
  });
  return { status: answer.status(), requestId: answer.headers()["x-request-id"], ...(await answer.json()) };
}
