/** What is known of revocation, on its way to an engine. */

import type { EvidenceHandle } from "./backend.js";
import { answer } from "./error.js";

/** Revocation lists, OCSP responses and their nonce, as bytes. */
export interface EvidenceParts {
  crls: readonly Uint8Array[];
  ocsp: readonly Uint8Array[];
  nonce: Uint8Array | undefined;
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
