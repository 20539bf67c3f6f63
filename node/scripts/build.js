/**
 * The package: one bundle for each entry, the element of the checker, their types, the WebAssembly modules and the addon, into `dist`. The argument is
 * the library that cargo has built.
 */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { bundle as checkerBundle } from "../../apps/checker/scripts/bundle.js";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const declarations = join(root, "build/types/node/ts");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Entries: name, back end, formats. In Node an ES module passes on what the CommonJS one has, so that classes exist once. */
const entries = [
  { name: "index", backend: "node", formats: ["cjs"], target: "node" },
  { name: "wasm", backend: "node-wasm", formats: ["cjs"], target: "node" },
  { name: "web", backend: "web", formats: ["esm"], target: "neutral" },
  { name: "inline", backend: "inline", formats: ["cjs", "esm"], target: "neutral" },
];

/** `x.json?text` is the text of a file of JSON, without what is there for people only. */
const jsonTexts = {
  name: "json-texts",
  setup(plugins) {
    plugins.onResolve({ filter: /\.json\?text$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice(0, -"?text".length)),
      namespace: "json-text",
    }));
    plugins.onLoad({ filter: /.*/, namespace: "json-text" }, ({ path }) => ({
      contents: JSON.stringify(JSON.parse(readFileSync(path, "utf8"))),
      loader: "text",
    }));
  },
};

async function bundle(entry, outfile, format, platform, backend, minify = false) {
  await build({
    absWorkingDir: root,
    alias: { "#backend": `./ts/backend/${backend}.ts` },
    bundle: true,
    define: { CERTGATE_VERSION: JSON.stringify(version) },
    entryPoints: [entry],
    external: ["./inline-tools.js"],
    format,
    legalComments: "none",
    loader: { ".txt": "text", ".wasm": "base64", ".yaml": "text" },
    logLevel: "warning",
    minify,
    outfile: join(dist, outfile),
    platform,
    plugins: [jsonTexts],
    target: "es2022",
  });
}

/**
 * An ES module with the names of the CommonJS one. Node looks for names in whatever CommonJS module is imported, which takes
 * longer than running this one: so a small one stands between, in which nothing is to be found.
 */
function passOn(name, exported) {
  writeFileSync(join(dist, `${name}.bridge.cjs`), `"use strict";\nconst certgate = require("./${name}.cjs");\nmodule.exports = certgate;\n`);
  const text = `import certgate from "./${name}.bridge.cjs";\n\nexport const {\n${exported.map((word) => `  ${word},\n`).join("")}} = certgate;\n`;
  writeFileSync(join(dist, `${name}.js`), text);
}

/**
 * Classes whose constructor is internal: it may not be called, which the declarations say. Errors are left as they are: what
 * expects an exception of a class, as test runners do, is declared to take what can be constructed.
 */
function closed(text) {
  return text.replaceAll(/^(export declare class \w+ \{\n)((?:[ \t].*\n)*?\})/gm, (whole, head, body) =>
    body.includes("constructor(") ? whole : `${head}    private constructor();\n${body}`,
  );
}

/** Declarations that are part of the interface, for ES modules and for CommonJS. */
function copyTypes() {
  for (const folder of [".", "generated"]) {
    mkdirSync(join(dist, "types", folder), { recursive: true });
    for (const file of readdirSync(join(declarations, folder)).filter((file) => file.endsWith(".d.ts"))) {
      const text = closed(readFileSync(join(declarations, folder, file), "utf8"));
      writeFileSync(join(dist, "types", folder, file), text);
      const common = text.replaceAll(/(from|import\()( ?)"(\..*?)\.js"/g, '$1$2"$3.cjs"');
      writeFileSync(join(dist, "types", folder, file.replace(".d.ts", ".d.cts")), common);
    }
  }
}

rmSync(dist, { recursive: true, force: true });
rmSync(join(root, "build/types"), { recursive: true, force: true });
mkdirSync(dist);
cpSync(join(root, "build/wasm/certgate_wasm_bg.wasm"), join(dist, "certgate.wasm"));
cpSync(join(root, "build/wasm/certgate_wasm_yaml_bg.wasm"), join(dist, "certgate-yaml.wasm"));
cpSync(join(root, "build/wasm/certgate_wasm_tools_bg.wasm"), join(dist, "certgate-tools.wasm"));
for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) {
  cpSync(join(root, "..", name), join(dist, name));
}
await bundle("ts/backend/addon.ts", "../build/addon.cjs", "cjs", "node", "node");
const { platform } = createRequire(import.meta.url)("../build/addon.cjs");
cpSync(process.argv[2], join(dist, `certgate.${platform()}.node`));
await bundle("ts/backend/worker.ts", "../build/worker.txt", "iife", "neutral", "inline", true);
for (const { name, backend, formats, target } of entries) {
  for (const format of formats) {
    await bundle("ts/index.ts", `${name}.${format === "cjs" ? "cjs" : "js"}`, format, target, backend);
  }
}
await bundle("ts/backend/inline-tools.ts", "inline-tools.js", "esm", "neutral", "inline");
writeFileSync(join(dist, "checker.js"), await checkerBundle(build, "src/index.ts", "esm"));
await bundle("ts/cli.ts", "cli.cjs", "cjs", "node", "node");
for (const name of ["index", "wasm"]) {
  const { default: exported } = await import(join(dist, `${name}.cjs`));
  passOn(name, Object.keys(exported).sort());
}
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", root], { stdio: "inherit" });
copyTypes();
cpSync(join(root, "types/checker.d.ts"), join(dist, "types/checker.d.ts"));
