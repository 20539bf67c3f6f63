#!/usr/bin/env node
/** `npx certgate`: the command line, which is the native engine's. */

import { type Addon, loadAddon, platform } from "./backend/addon.js";

/** The exit code of a fault of certgate, which no answer has. */
const FAULT = 70;

process.exitCode = run();

function run(): number {
  let addon: Addon | undefined;
  try {
    addon = loadAddon();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuse(`the addon for ${platform()} cannot be loaded: ${why}`);
  }
  return addon?.runCommand(process.argv.slice(2)) ?? refuse(`there is no command line for ${platform()}`);
}

function refuse(why: string): number {
  process.stderr.write(`certgate: ${why}; use the binary of \`cargo install certgate-cli\`\n`);
  return FAULT;
}
