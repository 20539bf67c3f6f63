import caseReport from "../../bindings/schemas/case-report.json?text";
import cases from "../../bindings/schemas/cases.json?text";
import certificate from "../../bindings/schemas/certificate.json?text";
import code from "../../bindings/schemas/code.json?text";
import constraints from "../../bindings/schemas/constraints.json?text";
import context from "../../bindings/schemas/context.json?text";
import decision from "../../bindings/schemas/decision.json?text";
import devAuthority from "../../bindings/schemas/dev-authority.json?text";
import devCertificate from "../../bindings/schemas/dev-certificate.json?text";
import error from "../../bindings/schemas/error.json?text";
import explanation from "../../bindings/schemas/explanation.json?text";
import importOptions from "../../bindings/schemas/import-options.json?text";
import importedPolicy from "../../bindings/schemas/imported-policy.json?text";
import issuedCertificate from "../../bindings/schemas/issued-certificate.json?text";
import issuerOptions from "../../bindings/schemas/issuer-options.json?text";
import lintOptions from "../../bindings/schemas/lint-options.json?text";
import lintRule from "../../bindings/schemas/lint-rule.json?text";
import lint from "../../bindings/schemas/lint.json?text";
import loadedPolicy from "../../bindings/schemas/loaded-policy.json?text";
import mendedRequest from "../../bindings/schemas/mended-request.json?text";
import newRequest from "../../bindings/schemas/new-request.json?text";
import newRevocationList from "../../bindings/schemas/new-revocation-list.json?text";
import newRoot from "../../bindings/schemas/new-root.json?text";
import notVerified from "../../bindings/schemas/not-verified.json?text";
import policyComparison from "../../bindings/schemas/policy-comparison.json?text";
import policySet from "../../bindings/schemas/policy-set.json?text";
import policy from "../../bindings/schemas/policy.json?text";
import profile from "../../bindings/schemas/profile.json?text";
import renewal from "../../bindings/schemas/renewal.json?text";
import request from "../../bindings/schemas/request.json?text";
import revocationList from "../../bindings/schemas/revocation-list.json?text";
import setDecision from "../../bindings/schemas/set-decision.json?text";
import signatureStatus from "../../bindings/schemas/signature-status.json?text";
import verifiedPath from "../../bindings/schemas/verified-path.json?text";
import verifierOptions from "../../bindings/schemas/verifier-options.json?text";
import verifyOptions from "../../bindings/schemas/verify-options.json?text";
import type { SchemaName } from "./generated/names.js";

/** A JSON Schema (draft 2020-12). */
export type JsonSchema = { readonly [key: string]: unknown };

/** As texts: nobody waits for what is seldom asked for. */
const texts: Readonly<Record<SchemaName, string>> = {
  "case-report": caseReport,
  cases,
  certificate,
  code,
  constraints,
  context,
  decision,
  "dev-authority": devAuthority,
  "dev-certificate": devCertificate,
  error,
  explanation,
  "import-options": importOptions,
  "imported-policy": importedPolicy,
  "issued-certificate": issuedCertificate,
  "issuer-options": issuerOptions,
  lint,
  "lint-options": lintOptions,
  "lint-rule": lintRule,
  "loaded-policy": loadedPolicy,
  "mended-request": mendedRequest,
  "new-request": newRequest,
  "new-revocation-list": newRevocationList,
  "new-root": newRoot,
  "not-verified": notVerified,
  policy,
  "policy-comparison": policyComparison,
  "policy-set": policySet,
  profile,
  renewal,
  request,
  "revocation-list": revocationList,
  "set-decision": setDecision,
  "signature-status": signatureStatus,
  "verified-path": verifiedPath,
  "verifier-options": verifierOptions,
  "verify-options": verifyOptions,
};

const parsed = new Map<string, JsonSchema>();

/** The JSON Schema of a document that certgate reads or of data that it writes; null if there is none of this name. */
export function schema(name: SchemaName): JsonSchema;
export function schema(name: string): JsonSchema | null;
export function schema(name: string): JsonSchema | null {
  if (!Object.hasOwn(texts, name)) {
    return null;
  }
  const known = parsed.get(name);
  if (known !== undefined) {
    return known;
  }
  const schema = JSON.parse(texts[name as SchemaName]) as JsonSchema;
  parsed.set(name, schema);
  return schema;
}
