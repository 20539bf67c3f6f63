#!/usr/bin/env node
/** `npx certgate`: the command line, which is the native engine's. */

import { loadAddon, platform } from "./backend/addon.js";

const addon = loadAddon();
if (addon === undefined) {
  process.stderr.write(`certgate: there is no command line for ${platform()}; use the binary of \`cargo install certgate-cli\`\n`);
  process.exitCode = 70;
} else {
  process.exitCode = addon.runCommand(process.argv.slice(2));
}
