/**
 * The WebAssembly modules as an engine. The module of YAML is instantiated when the first policy in YAML comes, that of the tools
 * when the first tool is asked for.
 */

import * as main from "../../build/wasm/certgate_wasm.js";
import * as tools from "../../build/wasm/certgate_wasm_tools.js";
import * as reader from "../../build/wasm/certgate_wasm_yaml.js";
import type { BundleHandle, Engine, PolicyHandle, VerifierHandle } from "../backend.js";
import { WorkerLanes } from "./lanes.js";
import { readyMade } from "./ready-made.js";
import type { VerifierParts } from "./slices.js";

/** A compiled module, or its bytes. */
export type Module = WebAssembly.Module | BufferSource;

/** Makes the engine of its main module; `yaml` gives the module that reads YAML, `toolbox` that of the tools. */
export function wasmEngine(given: Module, yaml: () => Module, toolbox: () => Module | Promise<Module>): Engine {
  const module = given instanceof WebAssembly.Module ? given : new WebAssembly.Module(given);
  main.initSync({ module });
  let hasReader = false;
  const needReader = () => {
    if (!hasReader) {
      reader.initSync({ module: yaml() });
      hasReader = true;
    }
  };
  let crypto: string | undefined;
  let loading: Promise<void> | undefined;
  const startTools = async () => {
    const module = await toolbox();
    await tools.default({ module_or_path: module instanceof WebAssembly.Module ? module : await WebAssembly.compile(module) });
    if (crypto !== undefined) {
      tools.selectCrypto(crypto);
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
    loadTools() {
      loading ??= startTools().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      return loading;
    },
    async runTool(call, inputs) {
      const given = new tools.Inputs();
      try {
        inputs.forEach((input) => given.push(input));
        return tools.runTool(call, given);
      } finally {
        given.free();
      }
    },
    selectCrypto(name) {
      const isSelected = main.selectCrypto(name);
      crypto = isSelected ? name : crypto;
      return isSelected;
    },
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
