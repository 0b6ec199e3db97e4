/** The system's own Chromium; nothing is downloaded. */

/** A host name that leads to this machine but is not `localhost`: plain http there is no secure context. */
export const PLAIN_HOST = "tiny.test";

export const launch = {
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`,
  ],
};
