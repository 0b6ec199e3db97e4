/** What a POSIX shell makes of a command. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The words of a `curl` command, as the shell gives them to the program; nothing is sent. */
export async function words(command) {
  const script = `curl() { printf '%s\\0' curl "$@"; }\n${command}\n`;
  const { stdout } = await promisify(execFile)("sh", ["-c", script]);
  return stdout.split("\0").slice(0, -1);
}
