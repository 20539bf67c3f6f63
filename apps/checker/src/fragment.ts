/** The policy in the address: a ready-made one by its name, or a text, compressed. Nothing of the request is ever there. */

/** Characters of a policy that a link may unpack to: what the engine reads at most is larger than any policy in use. */
const MOST = 262_144;
/** Characters of a link that every browser and chat program takes. */
const LINK = 16_000;

export type FragmentPolicy = { name: string } | { text: string };

export async function readFragment(fragment: string): Promise<FragmentPolicy | null> {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const name = parameters.get("policy");
  if (name !== null) {
    return { name };
  }
  const packed = parameters.get("policy-text");
  return packed === null ? null : { text: await unpack(packed) };
}

/** The fragment for a policy; null if it would be too long. */
export async function writeFragment(policy: FragmentPolicy): Promise<string | null> {
  if ("name" in policy) {
    return `#policy=${encodeURIComponent(policy.name)}`;
  }
  const stream = new Blob([policy.text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const base64 = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return base64.length > LINK ? null : `#policy-text=${base64}`;
}

async function unpack(packed: string): Promise<string> {
  const text = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let out = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return out + decoder.decode();
    }
    out += decoder.decode(value, { stream: true });
    if (out.length > MOST) {
      await reader.cancel();
      throw new RangeError("the policy in the link is too long");
    }
  }
}
