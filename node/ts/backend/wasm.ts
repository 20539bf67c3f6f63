/** The WebAssembly modules as an engine. The module of YAML is instantiated when the first policy in YAML comes. */

import * as main from "../../build/wasm/certgate_wasm.js";
import * as reader from "../../build/wasm/certgate_wasm_yaml.js";
import type { BundleHandle, Engine, PolicyHandle, VerifierHandle } from "../backend.js";
import { WorkerLanes } from "./lanes.js";
import { readyMade } from "./ready-made.js";
import type { VerifierParts } from "./slices.js";

/** A compiled module, or its bytes. */
export type Module = WebAssembly.Module | BufferSource;

/** Makes the engine of its main module; `yaml` gives the module that reads YAML. */
export function wasmEngine(given: Module, yaml: () => Module): Engine {
  const module = given instanceof WebAssembly.Module ? given : new WebAssembly.Module(given);
  main.initSync({ module });
  let hasReader = false;
  const needReader = () => {
    if (!hasReader) {
      reader.initSync({ module: yaml() });
      hasReader = true;
    }
  };
  const verifiers = new WeakMap<VerifierHandle, VerifierParts>();
  return {
    kind: "wasm",
    lanes: new WorkerLanes(
      main,
      () => module,
      (verifier) => verifiers.get(verifier) ?? { anchors: [], intermediates: [], options: {} },
    ),
    parseRequest: main.parseRequest,
    inspect: main.inspect,
    parseCertificate: main.parseCertificate,
    inspectCertificate: main.inspectCertificate,
    parseBundle: main.parseBundle,
    bundleOf: main.bundleOf,
    emptyBundle: main.emptyBundle,
    newEvidence: main.newEvidence,
    newIssuer: main.newIssuer as Engine["newIssuer"],
    parseRevocationList: main.parseRevocationList,
    prepareRequest: main.prepareRequest,
    prepareRoot: main.prepareRoot,
    exactPolicy: main.exactPolicy as Engine["exactPolicy"],
    newVerifier(anchors, intermediates, options) {
      const verifier = main.newVerifier(anchors as main.Bundle, intermediates as main.Bundle, options);
      verifiers.set(verifier, { anchors: ders(anchors), intermediates: ders(intermediates), options });
      return verifier;
    },
    profile: main.profile,
    lint: main.lint,
    lintRules: main.lintRules,
    loadPolicy: (text) => loadPolicy(text, needReader) as PolicyHandle,
    readyMadePolicies: () => Object.keys(readyMade),
    readyMadePolicy: (name) => (Object.hasOwn(readyMade, name) ? (readyMade[name] ?? null) : null),
    explain: main.explain,
    explainAll: main.explainAll,
    longestInput: main.longestInput,
    tooLong: main.tooLong,
    verifySignature: main.verifySignature,
    selectCrypto: main.selectCrypto,
    version: main.version,
  };
}

/** The encodings of the certificates of a bundle. */
function ders(bundle: BundleHandle): Uint8Array[] {
  return bundle.certificates().map((certificate) => {
    const der = certificate.der();
    certificate.free?.();
    return der;
  });
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
