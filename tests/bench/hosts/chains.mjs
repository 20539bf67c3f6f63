// Verifies leaf, intermediate, root with certgate, and with node's own X509Certificate, in turns: `node chains.mjs POOLS`.

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Verifier } from "../../../node/dist/index.js";

const [pools] = process.argv.slice(2);
const LEAVES_PER_TURN = 10;
// The leaves are gone through so many times: JavaScript is compiled while it runs, and one time is not enough for that.
const PASSES = 5;
const AT = "2026-01-01T00:00:00Z";
const GOAL = 4;

const POOLS = [
  ["P-256 all through", "chain-p-256.pool"],
  ["P-256 leaves under RSA-2048 CAs", "chain-rsa-2048.pool"],
];

function readPool(path) {
  const data = readFileSync(path);
  const items = [];
  for (let at = 0; at < data.length; ) {
    const length = data.readUInt32BE(at);
    items.push(new Uint8Array(data.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return items;
}

const host = (number) => `host-${number}.bench.example.com`;

function withCertgate(root, intermediate, leaves) {
  const verifier = new Verifier(root, { intermediates: intermediate });
  return (number) => verifier.verify(leaves[number], { at: AT, names: [host(number)] }).certificates.length === 3;
}

// Signatures and names as node offers them; neither times nor constraints are looked at.
function withNode(rootDer, intermediateDer, leaves) {
  const [root, intermediate] = [new X509Certificate(rootDer), new X509Certificate(intermediateDer)];
  return (number) => {
    const leaf = new X509Certificate(leaves[number]);
    return (
      leaf.checkIssued(intermediate) &&
      leaf.verify(intermediate.publicKey) &&
      intermediate.checkIssued(root) &&
      intermediate.verify(root.publicKey) &&
      leaf.checkHost(host(number)) !== undefined
    );
  };
}

// The fastest tenth: on a busy machine the other turns measure what else is running.
const fastestTenth = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)];

function run(contestants, count) {
  const turns = contestants.map(() => []);
  const rounds = Math.floor(count / LEAVES_PER_TURN);
  for (let pass = 0; pass < PASSES; pass++) {
    // Each contestant begins anew with each pass and meets no leaf twice in it: one that is remembered would cost no signature.
    const fresh = contestants.map((contestant) => contestant());
    for (let round = 0; round < rounds; round++) {
      for (let offset = 0; offset < fresh.length; offset++) {
        const index = (round + offset) % fresh.length;
        const start = process.hrtime.bigint();
        for (let n = 0; n < LEAVES_PER_TURN; n++) {
          const leaf = round * LEAVES_PER_TURN + n;
          if (!fresh[index](leaf)) {
            throw new Error(`contestant ${index} refuses leaf ${leaf}`);
          }
        }
        turns[index].push(Number(process.hrtime.bigint() - start) / 1e3 / LEAVES_PER_TURN);
      }
    }
  }
  return turns.map(fastestTenth);
}

for (const [title, file] of POOLS) {
  const [root, intermediate, ...leaves] = readPool(join(pools, file));
  const [ours, theirs] = run(
    [() => withCertgate(root, intermediate, leaves), () => withNode(root, intermediate, leaves)],
    leaves.length,
  );
  const row = (name, value, unit) => console.log(`  ${name.padEnd(30)} ${value} ${unit}`);
  console.log(`${title}: a pool of ${leaves.length} leaves`);
  row("certgate, warm", ours.toFixed(1).padStart(8), "us");
  row("node X509Certificate", theirs.toFixed(1).padStart(8), "us");
  row("times as fast", (theirs / ours).toFixed(2).padStart(8), `   goal at least ${GOAL}`);
}
