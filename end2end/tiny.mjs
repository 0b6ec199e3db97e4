/** A Tiny of our own: the binary on a free port, with a data folder that goes away with it. */

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { createDatabase } from "./postgres.mjs";
import { selling, startStripe } from "./stripe.mjs";

const START_MS = 20_000;
/** The server gives open connections 10 seconds. */
const STOP_MS = 20_000;

/**
 * Starts one and waits until it is ready.
 *
 * @param {{ engine?: "sqlite" | "postgres", host?: string, seats?: number, smtpUrl?: string, sells?: boolean }} wanted
 *   the database, the host people see, how many a workspace holds, the mail server, and whether plans are sold, through a
 *   Stripe of its own
 */
export async function startTiny({ engine = "sqlite", host = "127.0.0.1", seats, smtpUrl, sells } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "tiny-end2end-"));
  const database = engine === "postgres" ? await createDatabase() : undefined;
  const port = await freePort();
  const stripe = sells ? await startStripe(await freePort(), `http://127.0.0.1:${port}`) : undefined;
  // Nothing of the caller's environment may reach it.
  const env = {
    TINY_ADDR: `127.0.0.1:${port}`,
    TINY_BASE_URL: `http://${host}:${port}`,
    TINY_DATA_DIR: folder,
    TINY_LOG_FORMAT: "json",
    ...(seats && { TINY_SEAT_LIMIT: `${seats}` }),
    ...(smtpUrl && { TINY_SMTP_URL: smtpUrl, TINY_MAIL_FROM: "Tiny <tiny@tiny.example>" }),
    ...(stripe && selling(stripe.url)),
    ...(database && { TINY_DATABASE_URL: database.url }),
  };
  const child = spawn(process.env.TINY_BIN, ["serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (log += text));
  }
  const ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));

  async function leaveNothing() {
    await stripe?.stop();
    await database?.drop();
    await rm(folder, { recursive: true });
  }

  async function stop() {
    child.kill("SIGTERM");
    const end = await Promise.race([ended, wait(STOP_MS, undefined, { ref: false })]);
    if (!end) {
      child.kill("SIGKILL");
      await ended;
    }
    await leaveNothing();
    if (end?.code !== 0) {
      throw new Error(`tiny did not stop well (${end ? JSON.stringify(end) : "killed after a long wait"})\n${log}`);
    }
    const errors = log.split("\n").filter((line) => /^\{.*"level":"ERROR"/.test(line));
    if (errors.length) throw new Error(`tiny logged errors:\n${errors.join("\n")}`);
  }

  try {
    await ready(`http://127.0.0.1:${port}`, ended);
  } catch (error) {
    child.kill("SIGKILL");
    await ended;
    await leaveNothing();
    throw new Error(`${error.message}\n${log}`);
  }
  /** What `tiny admin` with these words prints, beside the running server. */
  const admin = async (...words) =>
    (await promisify(execFile)(process.env.TINY_BIN, ["admin", ...words], { env })).stdout;
  return { url: `http://${host}:${port}`, log: () => log, admin, stripe, stop };
}

async function ready(url, ended) {
  let end;
  ended.then((value) => (end = value));
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await wait(20)) {
    if (end) throw new Error(`tiny ended before it was ready: ${JSON.stringify(end)}`);
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error(`tiny was not ready within ${START_MS} ms`);
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
