import caseReport from "../../bindings/schemas/case-report.json" with { type: "json" };
import cases from "../../bindings/schemas/cases.json" with { type: "json" };
import certificate from "../../bindings/schemas/certificate.json" with { type: "json" };
import code from "../../bindings/schemas/code.json" with { type: "json" };
import constraints from "../../bindings/schemas/constraints.json" with { type: "json" };
import context from "../../bindings/schemas/context.json" with { type: "json" };
import decision from "../../bindings/schemas/decision.json" with { type: "json" };
import devAuthority from "../../bindings/schemas/dev-authority.json" with { type: "json" };
import devCertificate from "../../bindings/schemas/dev-certificate.json" with { type: "json" };
import error from "../../bindings/schemas/error.json" with { type: "json" };
import explanation from "../../bindings/schemas/explanation.json" with { type: "json" };
import importOptions from "../../bindings/schemas/import-options.json" with { type: "json" };
import importedPolicy from "../../bindings/schemas/imported-policy.json" with { type: "json" };
import issuedCertificate from "../../bindings/schemas/issued-certificate.json" with { type: "json" };
import issuerOptions from "../../bindings/schemas/issuer-options.json" with { type: "json" };
import lintOptions from "../../bindings/schemas/lint-options.json" with { type: "json" };
import lintRule from "../../bindings/schemas/lint-rule.json" with { type: "json" };
import lint from "../../bindings/schemas/lint.json" with { type: "json" };
import loadedPolicy from "../../bindings/schemas/loaded-policy.json" with { type: "json" };
import mendedRequest from "../../bindings/schemas/mended-request.json" with { type: "json" };
import newRequest from "../../bindings/schemas/new-request.json" with { type: "json" };
import newRevocationList from "../../bindings/schemas/new-revocation-list.json" with { type: "json" };
import newRoot from "../../bindings/schemas/new-root.json" with { type: "json" };
import notVerified from "../../bindings/schemas/not-verified.json" with { type: "json" };
import policyComparison from "../../bindings/schemas/policy-comparison.json" with { type: "json" };
import policySet from "../../bindings/schemas/policy-set.json" with { type: "json" };
import policy from "../../bindings/schemas/policy.json" with { type: "json" };
import profile from "../../bindings/schemas/profile.json" with { type: "json" };
import renewal from "../../bindings/schemas/renewal.json" with { type: "json" };
import request from "../../bindings/schemas/request.json" with { type: "json" };
import revocationList from "../../bindings/schemas/revocation-list.json" with { type: "json" };
import setDecision from "../../bindings/schemas/set-decision.json" with { type: "json" };
import signatureStatus from "../../bindings/schemas/signature-status.json" with { type: "json" };
import verifiedPath from "../../bindings/schemas/verified-path.json" with { type: "json" };
import verifierOptions from "../../bindings/schemas/verifier-options.json" with { type: "json" };
import verifyOptions from "../../bindings/schemas/verify-options.json" with { type: "json" };
import type { SchemaName } from "./generated/names.js";

/** A JSON Schema (draft 2020-12). */
export type JsonSchema = { readonly [key: string]: unknown };

const schemas: Readonly<Record<SchemaName, JsonSchema>> = {
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

/** The JSON Schema of a document that certgate reads or of data that it writes; null if there is none of this name. */
export function schema(name: SchemaName): JsonSchema;
export function schema(name: string): JsonSchema | null;
export function schema(name: string): JsonSchema | null {
  return Object.hasOwn(schemas, name) ? (schemas[name as SchemaName] ?? null) : null;
}
