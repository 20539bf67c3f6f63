/**
 * The packages as they are published, from what has been built: `certgate` with its JavaScript and WebAssembly, and one package
 * for each platform whose addon is in `dist`, made by `napi create-npm-dirs`. Their archives go into the folder that the
 * argument names; left out: `build/packages`.
 */

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = join(import.meta.dirname, "..");
const stage = join(root, "build/stage");
const out = resolve(process.argv[2] ?? join(root, "build/packages"));
const dist = join(root, "dist");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** `certgate.linux-x64-gnu.node` */
const addons = readdirSync(dist).filter((name) => name.endsWith(".node"));

function pack(folder) {
  execFileSync("npm", ["pack", "--silent", "--pack-destination", out], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

function write(path, value) {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

rmSync(stage, { recursive: true, force: true });
mkdirSync(join(stage, "certgate"), { recursive: true });
mkdirSync(out, { recursive: true });
write(join(stage, "package.json"), manifest);
execFileSync(process.execPath, [join(root, "node_modules/@napi-rs/cli/dist/cli.js"), "create-npm-dirs", "--cwd", stage], { stdio: "pipe" });

const platforms = readdirSync(join(stage, "npm"));
for (const platform of platforms) {
  const folder = join(stage, "npm", platform);
  const addon = addons.find((name) => name === `certgate.${platform}.node`);
  const path = join(folder, "package.json");
  const made = JSON.parse(readFileSync(path, "utf8"));
  write(path, { ...made, description: `The native engine of certgate for ${platform}`, exports: { ".": `./${made.main}`, "./package.json": "./package.json" } });
  if (addon !== undefined) {
    cpSync(join(dist, addon), join(folder, addon));
    ["LICENSE-APACHE", "LICENSE-MIT"].forEach((name) => cpSync(join(dist, name), join(folder, name)));
    pack(folder);
  }
}

const { devDependencies, napi, scripts, ...published } = manifest;
const optionalDependencies = Object.fromEntries(platforms.sort().map((platform) => [`certgate-${platform}`, manifest.version]));
write(join(stage, "certgate/package.json"), { ...published, files: [...published.files, "wasm", "inline"], optionalDependencies });
cpSync(join(root, "README.md"), join(stage, "certgate/README.md"));
/** For programs that know no `exports`: a folder for each entry. */
for (const entry of ["wasm", "inline"]) {
  const folder = join(stage, "certgate", entry);
  mkdirSync(folder);
  write(join(folder, "package.json"), { main: `../dist/${entry}.cjs`, types: "../dist/types/index.d.cts" });
}
cpSync(dist, join(stage, "certgate/dist"), { recursive: true, filter: (path) => !path.endsWith(".node") });
pack(join(stage, "certgate"));
if (!existsSync(join(out, `certgate-${manifest.version}.tgz`))) {
  throw new Error("npm pack made no archive of certgate");
}
