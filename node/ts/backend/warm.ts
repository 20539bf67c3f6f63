/**
 * A check of a request that is always the same, and denied. Engines of JavaScript compile a function of WebAssembly when it is
 * first called: whoever waits for `init` has that behind them, so that the first verdict comes as fast as the ones after it.
 */

import * as main from "../../build/wasm/certgate_wasm.js";

const POLICY = JSON.stringify({
  version: 1,
  id: "warm-up",
  names: { dns: { allow: [{ under: "example.org" }] } },
  keys: { EC: ["P-256"] },
  usages: { extended: ["serverAuth"] },
  validity: { default: "24h", max: "90d" },
});

/** A request for `host.example.com`, signed by a P-256 key that nobody has. */
const REQUEST = `
MIIBBTCBqwIBADAbMRkwFwYDVQQDDBBob3N0LmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVbSYRxEFhGBNpdVc
MRmTm4RljtajghSa3FLRwWyjhhq4VmtixV1KoDIStWgJGVcTY0v3EBO+5F00LSoTqaQJ96AuMCwGCSqGSIb3DQEJDjEfMB0wGwYDVR0R
BBQwEoIQaG9zdC5leGFtcGxlLmNvbTAKBggqhkjOPQQDAgNJADBGAiEAr8FStYyXMP3KgiHsnJ5+5p6Iv0dardvv9NK2E8K0+6sCIQDH
9qGVsoZCA7+EOvbYkSz6FJwcDM2TaX2MWpC0D3Dr/A==`;

/** Does the check in three parts, and lets a page do what it has to between them. Nobody misses it where it cannot be done. */
export async function warmUp(): Promise<void> {
  const handles: { free(): void }[] = [];
  const held = <H extends { free(): void }>(handle: H) => {
    handles.push(handle);
    return handle;
  };
  try {
    const policy = held(main.loadPolicy(POLICY));
    await turn();
    const request = held(main.parseRequest(Uint8Array.from(atob(REQUEST), (character) => character.charCodeAt(0))));
    await turn();
    held(policy.evaluateRequest(request, {}, "2026-01-01T00:00:00Z")).reasons();
  } catch {
    // What is broken is said to whoever asks for a check, with its own words.
  } finally {
    handles.forEach((handle) => handle.free());
  }
}

/** No timer: programs stop them in tests, and pages out of sight have slow ones. */
const turn = () => (globalThis as { scheduler?: { yield?(): Promise<void> } }).scheduler?.yield?.();
