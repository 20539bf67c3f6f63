/** What may stand at a place of a policy's text, by its JSON Schema. Works on text that is not finished and not valid. */

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  patternProperties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  description?: string;
}

export interface Suggestion {
  text: string;
  /** What is inserted in the place of the word that has been begun. */
  insert: string;
  description: string;
}

export interface Completion {
  /** Where the word begins that has been begun. */
  from: number;
  suggestions: Suggestion[];
}

/** A place: the keys above it (`null` is an item of a list), the word begun, and what may stand there. */
interface Place {
  path: (string | null)[];
  word: string;
  slot: "key" | "value";
}

interface Flow {
  list: boolean;
  key: string | null;
  /** The path below the enclosing flow. */
  above: (string | null)[];
}

export function complete(schema: Schema, text: string, caret: number): Completion {
  const place = locate(text.slice(0, caret));
  const candidates = place.path.reduce<Schema[]>((found, step) => found.flatMap((one) => descend(schema, one, step)), resolve(schema, schema));
  const all = place.slot === "key" ? keys(schema, candidates) : values(schema, candidates, place);
  const begun = place.word.toLowerCase();
  const suggestions = all.filter(({ text: word }) => word.toLowerCase().startsWith(begun) && word !== place.word);
  return { from: caret - place.word.length, suggestions };
}

/** All forms that a schema may take. */
function resolve(root: Schema, schema: Schema, depth = 0): Schema[] {
  if (depth > 8) {
    return [];
  }
  const name = schema.$ref?.replace("#/$defs/", "");
  const target = name === undefined ? undefined : root.$defs?.[name];
  const others = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [
    schema,
    ...(target === undefined ? [] : resolve(root, target, depth + 1)),
    ...others.flatMap((one) => resolve(root, one, depth + 1)),
  ];
}

function descend(root: Schema, schema: Schema, step: string | null): Schema[] {
  if (step === null) {
    return schema.items === undefined ? [] : resolve(root, schema.items);
  }
  const named = schema.properties?.[step] ?? (typeof schema.additionalProperties === "object" ? schema.additionalProperties : Object.values(schema.patternProperties ?? {})[0]);
  return named === undefined ? [] : resolve(root, named);
}

function keys(root: Schema, candidates: readonly Schema[]): Suggestion[] {
  const found = new Map<string, Suggestion>();
  for (const schema of candidates) {
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      const description = value.description ?? resolve(root, value).find((one) => one.description !== undefined)?.description ?? "";
      found.set(key, { text: key, insert: `${key}: `, description });
    }
  }
  return Array.from(found.values());
}

function values(root: Schema, candidates: readonly Schema[], place: Place): Suggestion[] {
  const found = new Map<string, Suggestion>();
  for (const schema of candidates) {
    const choices = [...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const])];
    for (const value of choices) {
      found.set(String(value), { text: String(value), insert: String(value), description: schema.description ?? "" });
    }
  }
  return found.size > 0 || place.path.at(-1) !== null ? Array.from(found.values()) : keys(root, candidates);
}

/** Reads the text before the caret: block keys by their indentation, flows by their brackets. */
function locate(before: string): Place {
  let block: { indent: number; key: string | null }[] = [];
  const flows: Flow[] = [];
  let word = "";
  let slot: Place["slot"] = "key";
  const lines = before.split("\n");
  lines.forEach((line, index) => {
    const last = index === lines.length - 1;
    let rest = line;
    if (flows.length === 0) {
      if (!last && /^\s*(#|$)/.test(line)) {
        return;
      }
      let indent = 0;
      slot = "key";
      let match = /^\s*/.exec(rest);
      indent = match?.[0].length ?? 0;
      rest = rest.slice(indent);
      block = block.filter((one) => one.indent < indent || (one.indent === indent && one.key !== null && rest.startsWith("- ")));
      while (rest.startsWith("- ") || rest === "-") {
        block = block.filter((one) => one.indent < indent || one.key !== null);
        block.push({ indent, key: null });
        rest = rest.slice(2);
        indent += 2;
        slot = "value";
      }
      match = /^(?:"([^"]*)"|'([^']*)'|([\w.$-]+))\s*:(\s|$)/.exec(rest);
      if (match !== null) {
        block = block.filter((one) => one.indent < indent);
        block.push({ indent, key: match[1] ?? match[2] ?? match[3] ?? "" });
        rest = rest.slice(match[0].length);
        slot = "value";
      }
      word = "";
    }
    for (const character of rest) {
      const flow = flows.at(-1);
      if (character === "{" || character === "[") {
        flows.push({ list: character === "[", key: null, above: flow === undefined ? [] : [...flow.above, flow.list ? null : flow.key] });
        word = "";
        slot = character === "[" ? "value" : "key";
      } else if ((character === "}" || character === "]") && flow !== undefined) {
        flows.pop();
        word = "";
        slot = "value";
      } else if (character === "," && flow !== undefined) {
        word = "";
        slot = flow.list ? "value" : "key";
        flow.key = null;
      } else if (character === ":" && flow !== undefined && !flow.list && flow.key === null) {
        flow.key = word.trim().replaceAll(/["']/g, "");
        word = "";
        slot = "value";
      } else if (character === "#" && (word === "" || word.endsWith(" "))) {
        break;
      } else if (!(/\s/.test(character) && word === "")) {
        word += character;
      }
    }
    if (!last && flows.length === 0) {
      word = "";
    }
  });
  const flow = flows.at(-1);
  const path = block.map(({ key }) => key);
  if (flow !== undefined) {
    path.push(...flow.above);
    if (flow.list) {
      path.push(null);
    } else if (flow.key !== null) {
      path.push(flow.key);
    }
  }
  return { path, word: word.replace(/^["']/, ""), slot };
}
