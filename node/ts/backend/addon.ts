/** Loading the native addon. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../backend.js";

/** What the addon exports. */
export type Addon = Omit<Engine, "kind" | "lanes"> & { runCommand(args: string[]): number };

/** The platform's name in the addon's file name. */
export function platform(): string {
  return [process.platform, process.arch, ...(process.platform === "linux" ? [libc()] : [])].join("-");
}

/** The addon for this platform; undefined if the package has none. One that is there and does not load throws. */
export function loadAddon(): Addon | undefined {
  const path = join(__dirname, `certgate.${platform()}.node`);
  return existsSync(path) ? (require(path) as Addon) : undefined;
}

function libc(): "gnu" | "musl" {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined ? "musl" : "gnu";
}
