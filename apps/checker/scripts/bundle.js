/**
 * The bundles of the checker: its worker as text, and what carries the worker. `build` is esbuild's.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** WebAssembly as base64 of xz, as `cargo xtask checker` packs it: it stays as small when a server compresses the page again. */
const packedWasm = {
  name: "packed-wasm",
  setup(build) {
    build.onLoad({ filter: /\.xz$/ }, ({ path }) => ({ contents: readFileSync(path).toString("base64"), loader: "text" }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  legalComments: "eof", // those of the reader of xz
  loader: { ".yaml": "text", ".pem": "text", ".css": "text" },
  logLevel: "warning",
  minify: true,
  platform: "browser",
  target: "es2022",
  write: false,
};

async function text(build, entry, options) {
  const { outputFiles } = await build({ ...common, entryPoints: [join(root, entry)], ...options });
  return outputFiles[0].text;
}

/** A bundle of an entry with the worker inside, as text. */
export async function bundle(build, entry, format) {
  const worker = await text(build, "src/worker.ts", { format: "iife", plugins: [packedWasm] });
  return text(build, entry, { format, define: { CERTGATE_WORKER: JSON.stringify(worker) }, plugins: [styles(build)] });
}

/** Style sheets as texts without what is there for people only. */
function styles(build) {
  return {
    name: "styles",
    setup(plugins) {
      plugins.onLoad({ filter: /\.css$/ }, async ({ path }) => ({ contents: await minifiedStyle(build, path), loader: "text" }));
    },
  };
}

/** A style sheet, minified. */
export async function minifiedStyle(build, path) {
  const { outputFiles } = await build({ ...common, entryPoints: [path], loader: {} });
  return outputFiles[0].text.trim();
}
