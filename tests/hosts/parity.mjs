// Does the jobs of `parity jobs` through the npm package: `node tests/hosts/parity.mjs native|wasm [--crypto NAME]`.
// The text of each answer is made by JSON.stringify over the package's public objects.

import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const { positionals, values } = parseArgs({ allowPositionals: true, options: { crypto: { type: "string" } } });
const entries = { native: "index.js", wasm: "wasm.js" };
const [kind] = positionals;
if (entries[kind] === undefined) {
  throw new Error(`give one of ${Object.keys(entries).join(", ")}`);
}
const certgate = await import(new URL(`../../node/dist/${entries[kind]}`, import.meta.url));
if (certgate.engineKind() !== kind) {
  throw new Error(`the engine is ${certgate.engineKind()}, not ${kind}`);
}
if (values.crypto !== undefined && !certgate.selectCrypto(values.crypto)) {
  throw new Error(`the back ends ${values.crypto} cannot be selected`);
}

const policies = new Map();

function loadPolicy(text) {
  if (!policies.has(text)) {
    policies.set(text, certgate.loadPolicy(text));
  }
  return policies.get(text);
}

const bytes = (base64) => Buffer.from(base64, "base64");

const jobs = {
  evaluate({ input, policy: text, context, at }) {
    const policy = loadPolicy(text);
    return { policy, decision: policy.evaluate(bytes(input), { context, at }) };
  },
  inspect: ({ input }) => certgate.inspect(bytes(input)),
  inspectCertificate: ({ input }) => certgate.inspectCertificate(bytes(input)),
  lint: ({ input, profile, at }) => certgate.lint(bytes(input), { profile, at }),
  tool: ({ call, inputs }) => tools[call.tool](call, ...inputs.map(bytes)),
  verify,
  verifySignature: ({ publicKey, algorithm, message, signature }) =>
    certgate.verifySignature({
      publicKey: bytes(publicKey),
      algorithm: bytes(algorithm),
      message: bytes(message),
      signature: bytes(signature),
    }),
};

const tools = {
  async import({ kind, options }, input) {
    const { policy, notes } = await certgate.importPolicy(kind, input, options);
    return { policy: policy.source, digest: policy.digest, notes };
  },
  explain: over("explain"),
  mend: over("mend"),
  lint: ({ policy, at }) => loadPolicy(policy).lint({ at }),
  constraints: ({ policy }) => loadPolicy(policy).constraints(),
  export: ({ policy, kind }) => loadPolicy(policy).export(kind),
  atMost: ({ policy, other }) => loadPolicy(policy).atMost(loadPolicy(other)),
  diff: ({ old, new: next }) => loadPolicy(old).diff(loadPolicy(next)),
  runCases: ({ policy, cases }) => loadPolicy(policy).runCases(cases),
};

/** A tool over one request. */
function over(name) {
  return ({ policy, context, at }, input) => {
    // A request that cannot be read is found before a policy that cannot be loaded.
    certgate.parseRequest(input);
    return loadPolicy(policy)[name](input, { context, at });
  };
}

function verify({ certificates, anchors, intermediates, lists, options, ask, at }) {
  const known = !intermediates ? {} : { intermediates: bytes(intermediates) };
  const verifier = new certgate.Verifier(bytes(anchors), { ...options, ...known });
  const crls = !lists ? {} : { crls: [bytes(lists)] };
  try {
    return verifier.verify(bytes(certificates), { ...ask, ...crls, at });
  } catch (error) {
    if (error instanceof certgate.VerificationError) {
      return error.diagnosis;
    }
    throw error;
  }
}

async function answer(job) {
  try {
    return await jobs[job.job](job);
  } catch (error) {
    if (error instanceof certgate.CertgateError) {
      return { error: error.code, diagnostics: error.diagnostics };
    }
    throw new Error(`job ${job.id}`, { cause: error });
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const job = JSON.parse(line);
  process.stdout.write(`${job.id}\t${JSON.stringify(await answer(job))}\n`);
}
