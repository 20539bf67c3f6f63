/**
 * Types from the JSON Schemas and names from the engine's tables, into `ts/generated`. The command named by `CERTGATE`
 * gives the tables, else the built package's own. With `--check` nothing is written, and what is not current is an error.
 */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "json-schema-to-typescript";

const root = join(import.meta.dirname, "..");
const schemas = join(root, "../bindings/schemas");
const head = (source) => `/* Generated from ${source} by \`npm run generate\`: change that, not this. */\n\n`;

/** Documents that certgate reads; all others it writes. */
const read = new Set([
  "cases",
  "context",
  "dev-authority",
  "dev-certificate",
  "import-options",
  "issuer-options",
  "lint-options",
  "new-request",
  "new-revocation-list",
  "new-root",
  "policy",
  "verifier-options",
  "verify-options",
]);

/** A code is one of the table, not any text. */
const codes = { CodeView: "code", DiagnosticView: "code", ErrorView: "code", LintRuleView: "code", RuleView: "code" };

function certgate(...args) {
  const command = process.env.CERTGATE;
  return command === undefined
    ? execFileSync(process.execPath, [join(root, "dist/cli.cjs"), ...args], { encoding: "utf8" })
    : execFileSync(command, args, { encoding: "utf8" });
}

function schemaNames() {
  return readdirSync(schemas)
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .sort();
}

/** The schemas of these names as definitions of one, whose names do not hide those of JavaScript. */
function merged(names) {
  const definitions = {};
  for (const name of names) {
    const text = readFileSync(join(schemas, `${name}.json`), "utf8").replaceAll(/\bDataView\b/g, "Data");
    const { $schema, $defs = {}, ...schema } = JSON.parse(text);
    for (const [title, definition] of [...Object.entries($defs), [schema.title, schema]]) {
      referring(definition);
      if (!read.has(name)) {
        written(definition);
      }
      if (codes[title] !== undefined) {
        definition.properties[codes[title]].tsType = "Code";
      }
      definitions[title] = definition;
    }
  }
  const sorted = Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1)));
  const properties = Object.fromEntries(Object.keys(sorted).map((name) => [name, { $ref: `#/$defs/${name}` }]));
  return { $defs: sorted, title: "All", type: "object", properties, required: Object.keys(sorted) };
}

/** A reference beside a comment is the same type as one alone. */
function referring(schema) {
  for (const property of Object.values(schema.properties ?? {})) {
    if (property.$ref !== undefined && Object.keys(property).length > 1) {
      property.tsType = property.$ref.split("/").pop();
      delete property.$ref;
    }
  }
}

/** What is written has a field or leaves it out: a field that may be left out is never null. */
function written(schema) {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (schema.required?.includes(name)) {
      continue;
    }
    if (Array.isArray(property.type)) {
      property.type = property.type.filter((type) => type !== "null");
    }
    if (property.anyOf !== undefined) {
      property.anyOf = property.anyOf.filter((choice) => choice.type !== "null");
    }
  }
}

/** The definitions of documents that certgate reads are declared once, and what is written refers to them. */
async function types(isWanted, declared = {}) {
  const schema = merged(schemaNames().filter(isWanted));
  const shared = Object.keys(schema.$defs).filter((name) => Object.hasOwn(declared, name));
  for (const name of shared) {
    schema.$defs[name] = { tsType: name };
  }
  const text = await compile(schema, "All", {
    additionalProperties: false,
    bannerComment: "",
    style: { printWidth: 120 },
  });
  const start = text.indexOf("export interface All ");
  const end = text.indexOf("\n}\n", start) + 3;
  const declarations = (text.slice(0, start) + text.slice(end)).replaceAll(/^export type (\w+) = \1;\n/gm, "");
  const short = declarations.replaceAll(/\/\*\*\n *\* (.{1,110})\n *\*\//g, "/** $1 */");
  const used = shared.filter((name) => new RegExp(`\\b${name}\\b`).test(short));
  const imports = [
    used.length > 0 ? `import type { ${used.join(", ")} } from "./documents.js";\n` : "",
    short.includes("code: Code;") ? 'import type { Code } from "./names.js";\n' : "",
  ].join("");
  return `${head("bindings/schemas")}${imports}${imports && "\n"}${short.trim()}\n`;
}

function names() {
  const union = (comment, name, words) =>
    `/** ${comment} */\nexport type ${name} =\n${words.map((word) => `  | ${JSON.stringify(word)}`).join("\n")};\n`;
  const table = JSON.parse(certgate("explain", "--format", "json"));
  const policies = certgate("policy", "list").trim().split("\n");
  return (
    head("the engine's tables") +
    [
      union("The code of a diagnostic.", "Code", table.map((entry) => entry.code)),
      union("The name of a ready-made policy.", "ReadyMadePolicyName", policies.map((line) => line.split(" ")[0])),
      union("The name of a JSON Schema.", "SchemaName", schemaNames()),
    ].join("\n")
  );
}

const files = {
  "documents.ts": await types((name) => read.has(name)),
  "names.ts": names(),
  "views.ts": await types((name) => !read.has(name), merged(schemaNames().filter((name) => read.has(name))).$defs),
};
for (const [name, text] of Object.entries(files)) {
  const path = join(root, "ts/generated", name);
  if (!process.argv.includes("--check")) {
    writeFileSync(path, text);
  } else if (readFileSync(path, "utf8") !== text) {
    console.error(`${name} is not current: run \`npm run generate\``);
    process.exitCode = 1;
  }
}
