/** What is known of revocation, on its way to an engine. */

import { engine } from "#backend";
import type { EvidenceHandle } from "./backend.js";
import { answer } from "./error.js";

/** Revocation lists, OCSP responses and their nonce, as bytes. */
export interface EvidenceParts {
  crls: readonly Uint8Array[];
  ocsp: readonly Uint8Array[];
  nonce: Uint8Array | undefined;
}

let nothing: EvidenceHandle | undefined;

/** Gives all parts to an engine for as long as `work` takes. */
export function withEvidence<T>(parts: EvidenceParts, work: (evidence: EvidenceHandle) => T): T {
  const { crls, ocsp, nonce } = parts;
  if (crls.length === 0 && ocsp.length === 0 && nonce === undefined) {
    // Nobody adds to it.
    nothing ??= engine().newEvidence();
    return work(nothing);
  }
  const evidence = engine().newEvidence();
  try {
    gather(evidence, parts);
    return work(evidence);
  } finally {
    evidence.free?.();
  }
}

/** Gives all parts to an engine. */
export function gather(evidence: EvidenceHandle, { crls, ocsp, nonce }: EvidenceParts): void {
  for (const list of crls) {
    answer(() => evidence.addLists(list) ?? undefined);
  }
  for (const response of ocsp) {
    answer(() => evidence.addResponse(response) ?? undefined);
  }
  if (nonce !== undefined) {
    evidence.setNonce(nonce);
  }
}
