/** Batches on the thread pool of libuv. */

import { availableParallelism } from "node:os";
import type { DecisionHandle, EvidenceHandle, Failure, Lanes, PolicyHandle, VerifiedPathHandle, VerifierHandle } from "../backend.js";
import { gather } from "../evidence.js";
import type { ContextDocument, VerifyDocument } from "../generated/documents.js";
import type { Addon } from "./addon.js";

/** Threads of the pool, unless the variable UV_THREADPOOL_SIZE says otherwise. */
const POOL = 4;

interface BatchPolicy extends PolicyHandle {
  checkMany(
    data: Uint8Array,
    ends: Uint32Array,
    contexts: (ContextDocument | null)[],
    at: string,
  ): Promise<(DecisionHandle | Failure)[]>;
}

interface BatchVerifier extends VerifierHandle {
  verifyMany(
    data: Uint8Array,
    ends: Uint32Array,
    parts: Uint32Array,
    at: string,
    options: VerifyDocument[],
    evidence: EvidenceHandle,
  ): Promise<(VerifiedPathHandle | Failure)[]>;
}

export function nativeLanes(addon: Addon): Lanes {
  return {
    count: Math.min(availableParallelism(), POOL),
    check: (policy) => ({ data, ends, contexts, at }) => (policy as BatchPolicy).checkMany(data, ends, contexts, at),
    verify: (verifier) => async ({ data, ends, parts, at, options, evidence }) => {
      const known = addon.newEvidence();
      try {
        gather(known, evidence);
        // The job has its own copy by the time that this returns.
        return await (verifier as BatchVerifier).verifyMany(data, ends, parts, at, options, known);
      } finally {
        known.free?.();
      }
    },
  };
}
