/** The WebAssembly modules as an engine. The module of YAML is instantiated when the first policy in YAML comes. */

import * as main from "../../build/wasm/certgate_wasm.js";
import * as reader from "../../build/wasm/certgate_wasm_yaml.js";
import type { Engine, PolicyHandle } from "../backend.js";
import { readyMade } from "./ready-made.js";

/** A compiled module, or its bytes. */
export type Module = WebAssembly.Module | BufferSource;

/** Makes the engine of its main module; `yaml` gives the module that reads YAML. */
export function wasmEngine(module: Module, yaml: () => Module): Engine {
  main.initSync({ module });
  let hasReader = false;
  const needReader = () => {
    if (!hasReader) {
      reader.initSync({ module: yaml() });
      hasReader = true;
    }
  };
  return {
    kind: "wasm",
    parseRequest: main.parseRequest,
    inspect: main.inspect,
    parseCertificate: main.parseCertificate,
    inspectCertificate: main.inspectCertificate,
    parseBundle: main.parseBundle,
    bundleOf: main.bundleOf,
    emptyBundle: main.emptyBundle,
    newEvidence: main.newEvidence,
    newVerifier: main.newVerifier as Engine["newVerifier"],
    profile: main.profile,
    lint: main.lint,
    lintRules: main.lintRules,
    loadPolicy: (text) => loadPolicy(text, needReader) as PolicyHandle,
    readyMadePolicies: () => Object.keys(readyMade),
    readyMadePolicy: (name) => (Object.hasOwn(readyMade, name) ? (readyMade[name] ?? null) : null),
    explain: main.explain,
    explainAll: main.explainAll,
    verifySignature: main.verifySignature,
    selectCrypto: main.selectCrypto,
    version: main.version,
  };
}

function loadPolicy(text: string, needReader: () => void): main.Policy {
  if (main.isJson(text)) {
    return main.loadPolicy(text);
  }
  needReader();
  const policy = reader.readPolicy(text);
  try {
    return main.loadConvertedPolicy(policy.json(), text, (path: (string | number)[]) => policy.locate(path));
  } finally {
    policy.free();
  }
}
