/** Slices of batches within WebAssembly, in a worker or on the calling thread: two texts for each answer. */

import type { CheckSlice, EvidenceHandle, Failure, VerifySlice } from "../backend.js";
import { gather } from "../evidence.js";
import type { VerifierDocument } from "../generated/documents.js";
import type * as main from "../../build/wasm/certgate_wasm.js";

/** What a verifier is made of. */
export interface VerifierParts {
  anchors: Uint8Array[];
  intermediates: Uint8Array[];
  options: VerifierDocument;
}

/** A slice with what it is judged by; `key` names that among the jobs of one program. */
export type Job =
  | { kind: "check"; key: string; policy: string; slice: CheckSlice }
  | { kind: "verify"; key: string; verifier: VerifierParts; slice: VerifySlice };

/** Words and texts in turns: the outcome and the answer in JSON, or `failed` and the failure in JSON. */
export type Answers = string[];

export type Module = typeof main;

export function check(policy: main.Policy, { data, ends, contexts, at }: CheckSlice): Answers {
  return policy.checkMany(data, ends, contexts, at);
}

export function verify(module: Module, verifier: main.Verifier, slice: VerifySlice): Answers {
  const { data, ends, parts, at, options, evidence } = slice;
  const known = module.newEvidence();
  try {
    gather(known as EvidenceHandle, evidence);
    return verifier.verifyMany(data, ends, parts, at, options, known);
  } finally {
    known.free();
  }
}

/** The verifier of its parts. */
export function makeVerifier(module: Module, { anchors, intermediates, options }: VerifierParts): main.Verifier {
  const bundles = [anchors, intermediates].map((list) => {
    const bundle = module.emptyBundle();
    for (const der of list) {
      const part = module.parseBundle(der);
      bundle.extend(part);
      part.free();
    }
    return bundle;
  });
  try {
    return module.newVerifier(bundles[0] as main.Bundle, bundles[1] as main.Bundle, options);
  } finally {
    bundles.forEach((bundle) => bundle.free());
  }
}

/** The answers one by one: the word, and the value that its text is made into. */
export function* answersOf(answers: Answers): Generator<[word: string, text: string]> {
  for (let index = 0; index < answers.length; index += 2) {
    yield [answers[index] ?? "", answers[index + 1] ?? ""];
  }
}

export function failureOf(text: string): Failure {
  return JSON.parse(text) as Failure;
}
