/** `npm run check`: dist/ is what the sources build to, the types hold, and each form is small enough. */

import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { MAX_GZIPPED_BYTES, buildInto, dist, root, scripts } from "./forms.mjs";

const faults = [];

const fresh = await mkdtemp(join(tmpdir(), "tiny-sdk-"));
try {
  await buildInto(fresh);
  const names = new Set([...(await readdir(fresh)), ...(await readdir(dist).catch(() => []))]);
  for (const name of [...names].sort()) {
    const [built, committed] = await Promise.all(
      [fresh, dist].map((folder) => readFile(join(folder, name), "utf8").catch(() => undefined)),
    );
    if (built !== committed) faults.push(`dist/${name} is not what the sources build to: run npm run build`);
  }
  for (const name of scripts) {
    const bytes = gzipSync(await readFile(join(fresh, name)), { level: 9 }).length;
    console.log(`${name}: ${bytes} of ${MAX_GZIPPED_BYTES} bytes gzipped`);
    if (bytes > MAX_GZIPPED_BYTES) faults.push(`${name} is ${bytes - MAX_GZIPPED_BYTES} bytes too large`);
  }
} finally {
  await rm(fresh, { recursive: true });
}

try {
  execFileSync(join(root, "node_modules/.bin/tsc"), ["--noEmit"], { cwd: root, stdio: "inherit" });
} catch {
  faults.push("the type check failed, see above");
}

for (const fault of faults) console.error(fault);
process.exitCode = faults.length ? 1 : 0;
