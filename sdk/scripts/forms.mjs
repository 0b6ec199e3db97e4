/** How the sources become the files in dist/. The same input gives the same bytes, which `npm run check` relies on. */

import { readFile, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { minify } from "terser";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const dist = join(root, "dist");

/** The limit of the contract, for each form on its own. */
export const MAX_GZIPPED_BYTES = 2_560;

const forms = [
  { entry: "src/browser.ts", output: "sdk.js", format: "iife" },
  { entry: "src/module.ts", output: "tiny-analytics.js", format: "esm" },
];

export const scripts = forms.map((form) => form.output);

async function buildForm({ entry, format }, version) {
  const bundle = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    format,
    target: "es2022",
    minifySyntax: true,
    legalComments: "none",
    define: { __SDK_VERSION__: JSON.stringify(version) },
    // Spares the hosted script its "use strict".
    tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
  });
  // esbuild alone ends about 80 bytes above the limit.
  const { code } = await minify(bundle.outputFiles[0].text, {
    ecma: 2022,
    module: format === "esm",
    toplevel: true,
    compress: { ecma: 2022, hoist_funs: true },
  });
  return code;
}

export async function buildInto(folder) {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  await mkdir(folder, { recursive: true });
  for (const form of forms) {
    await writeFile(join(folder, form.output), await buildForm(form, version));
  }
  await writeFile(join(folder, "tiny-analytics.d.ts"), await readFile(join(root, "src/tiny-analytics.d.ts")));
}
