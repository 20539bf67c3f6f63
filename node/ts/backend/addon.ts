/** Finding the native addon: beside this file in a build of one's own, else in the package of the platform. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../backend.js";

/** What the addon exports. */
export type Addon = Omit<Engine, "kind" | "lanes"> & { runCommand(args: string[]): number };

/** The platform's name in the names of its package and of the addon's file: that of napi-rs. */
export function platform(): string {
  const { platform, arch } = process;
  const suffix = platform === "linux" ? [libc()] : platform === "win32" ? ["msvc"] : [];
  return [platform, arch, ...suffix].join("-");
}

/** The addon for this platform; undefined if there is none. One that is there and does not load throws. */
export function loadAddon(): Addon | undefined {
  const file = join(__dirname, `certgate.${platform()}.node`);
  return existsSync(file) ? (require(file) as Addon) : ofPackage(`certgate-${platform()}`);
}

function ofPackage(name: string): Addon | undefined {
  let manifest: string;
  try {
    manifest = require.resolve(`${name}/package.json`);
  } catch {
    // An optional dependency, which package managers leave out on platforms without one.
    return undefined;
  }
  const { version } = require(manifest) as { version: string };
  if (version !== CERTGATE_VERSION) {
    throw new Error(`certgate ${CERTGATE_VERSION} does not work with ${name} ${version}: install both anew`);
  }
  return require(name) as Addon;
}

/** `ldd` is a script or a program of the C library. Node's report tells too, and takes as long as starting Node does. */
function libc(): "gnu" | "musl" {
  try {
    const ldd = readFileSync("/usr/bin/ldd", "latin1");
    if (ldd.includes("musl")) {
      return "musl";
    }
    if (/GLIBC|GNU libc/.test(ldd)) {
      return "gnu";
    }
  } catch {
    // An image without it.
  }
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined ? "musl" : "gnu";
}
