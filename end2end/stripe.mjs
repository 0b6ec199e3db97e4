/** A Stripe that is none, on a port of its own: its pages can be clicked, its clock moved, its cards changed. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

const START_MS = 10_000;

/** What is sold. */
export const PRICES = { team: "price_team_monthly", business: "price_business_monthly" };

/** What a Tiny has to be told to sell through it. */
export const selling = (url) => ({
  TINY_STRIPE_API_BASE: url,
  TINY_STRIPE_SECRET_KEY: "sk_test_fake",
  TINY_STRIPE_WEBHOOK_SECRETS: "whsec_fake",
  TINY_PLANS: `[{name="Team",price="${PRICES.team}",per_seat=true},{name="Business",price="${PRICES.business}",seats=50}]`,
});

/**
 * Starts one that tells the Tiny at `tinyUrl` what happens.
 *
 * @param {number} port a free one
 * @param {string} tinyUrl where Tiny listens
 */
export async function startStripe(port, tinyUrl) {
  const args = ["--addr", `127.0.0.1:${port}`, "--webhook-url", `${tinyUrl}/api/stripe/webhook`];
  const child = spawn(process.env.FAKE_STRIPE_BIN, args, { env: {}, stdio: "ignore" });
  const ended = once(child, "exit");
  const url = `http://127.0.0.1:${port}`;
  const ask = async (method, path, data) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/_fake${path}`, { method, headers, body: data && JSON.stringify(data) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  for (const deadline = Date.now() + START_MS; ; await wait(20)) {
    if (await fetch(`${url}/_fake/state`).catch(() => undefined)) break;
    if (Date.now() > deadline) throw new Error(`fake-stripe was not ready within ${START_MS} ms`);
  }
  return {
    url,
    /** Lets time pass there. */
    advance: (days) => ask("POST", "/advance", { days }),
    /** What the card of every customer does from now on. */
    async setCard(card) {
      for (const { id } of await ask("GET", "/customers")) await ask("POST", `/customers/${id}/card`, { card });
    },
    /** Pays a page of Checkout; gives the id of the subscription. */
    async pay(checkoutUrl) {
      const session = new URL(checkoutUrl).pathname.split("/").at(-1);
      return (await ask("POST", `/checkout/${session}/pay`, {})).subscription;
    },
    /** Puts a subscription into any state. */
    setStatus: (subscription, status) => ask("POST", `/subscriptions/${subscription}`, { status }),
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
