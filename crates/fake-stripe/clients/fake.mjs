// A fake Stripe of our own: the binary on a free port, standing at a fixed time, gone with the tests.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export const KEY = 'sk_test_of_the_node_client';
export const SECRET = 'whsec_of_the_node_client';
/** 1 February 2027, 12:00 UTC. */
export const START = 1801483200;
export const DAY = 86400;

/** Starts one; `stop` ends it. */
export async function start() {
  const bin = process.env.FAKE_STRIPE_BIN;
  if (!bin) throw new Error('FAKE_STRIPE_BIN names the binary; `cargo xtask test stripe` sets it');
  const args = ['--addr', '127.0.0.1:0', '--secret-key', KEY, '--webhook-secret', SECRET, '--now', String(START)];
  const child = spawn(bin, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const found = line.match(/listens on (http:\S+)/);
    if (found) return { url: found[1], stop: () => child.kill() };
  }
  throw new Error('the fake ended before it listened');
}

/** Calls the control API. */
export async function control(url, path, body) {
  const answer = await fetch(`${url}/_fake${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
