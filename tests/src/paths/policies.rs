//! Certificate policies: required, mapped, inhibited.

use serde_json::{Value, json};

use super::{PathVector, leaf};
use crate::certificate::*;
use crate::der::{ia5, int, oid, seq};

const ONE: &str = "1.3.6.1.4.1.99999.1";
const TWO: &str = "1.3.6.1.4.1.99999.2";
const LEAF: &str = "path[0].extensions.certificatePolicies";
const CA: &str = "path[1].extensions.certificatePolicies";

/// The leaf and its CA have these policies; the caller asks for this.
fn vector(id: &str, of_leaf: &[&str], of_ca: &[&str], ask: Value) -> PathVector {
    let with = |cert: Cert, policy: &[&str]| match policy {
        [] => cert,
        policy => cert.with(POLICIES, false, &policies(policy)),
    };
    PathVector::new(&format!("policies-{id}"))
        .leaf(with(leaf(), of_leaf))
        .presented(&[with(Cert::ca("ca", "root"), of_ca)])
        .ask("policies", ask)
}

/// As [`vector`], with another change of the CA.
fn changed(vector: PathVector, of_ca: &[&str], change: impl FnOnce(Cert) -> Cert) -> PathVector {
    vector.presented(&[change(Cert::ca("ca", "root").with(POLICIES, false, &policies(of_ca)))])
}

pub(super) fn vectors() -> Vec<PathVector> {
    let explicit = || json!({ "requireExplicit": true });
    let required = |vector: PathVector, path| vector.refused("verify/policy-required", path);
    let mapped = |id: &str, ask: Value| {
        changed(vector(id, &[TWO], &[], ask), &[ONE], |ca| ca.with(MAPPINGS, true, &mappings(&[(ONE, TWO)])))
    };
    let to_any =
        |row: (&'static str, &'static str)| move |ca: Cert| ca.with(MAPPINGS, true, &mappings(&[row]));
    let critical = |value: Vec<u8>| move |ca: Cert| ca.with(POLICY_CONSTRAINTS, true, &value);
    let only = |policy: &str| json!({ "requireExplicit": true, "acceptable": [policy] });
    let qualified = |id: &str, critical: bool, qualifier: &str| {
        let qualifiers = seq(&[seq(&[oid(qualifier), ia5("https://example.com/cps")])]);
        let value = seq(&[seq(&[oid(ONE), qualifiers])]);
        PathVector::new(&format!("policies-{id}")).leaf(leaf().with(POLICIES, critical, &value))
    };
    vec![
        qualified("critical-and-known-qualifier", true, "1.3.6.1.5.5.7.2.1").accepted(),
        qualified("critical-and-unknown-qualifier", true, "1.3.6.1.4.1.99999.1")
            .refused("verify/critical-extension", LEAF),
        qualified("unknown-qualifier", false, "1.3.6.1.4.1.99999.1").accepted(),
        vector("none", &[], &[], json!({})).accepted(),
        required(vector("required-and-none", &[], &[], explicit()), CA),
        required(vector("required-and-none-in-the-leaf", &[], &[ONE], explicit()), LEAF),
        vector("required-and-there", &[ONE], &[ONE], explicit()).accepted(),
        required(vector("required-and-different", &[TWO], &[ONE], explicit()), LEAF),
        vector("acceptable", &[ONE], &[ONE], only(ONE)).accepted(),
        required(vector("not-acceptable", &[ONE], &[ONE], only(TWO)), LEAF),
        vector("any-in-the-ca", &[ONE], &[ANY_POLICY], only(ONE)).accepted(),
        required(
            vector(
                "any-inhibited",
                &[ONE],
                &[ANY_POLICY],
                json!({ "requireExplicit": true, "inhibitAny": true }),
            ),
            CA,
        ),
        mapped("mapped", only(ONE)).accepted(),
        required(mapped("mapped-and-asked-for-the-other-name", only(TWO)), LEAF),
        required(
            mapped("mapping-inhibited", json!({ "requireExplicit": true, "inhibitMapping": true })),
            LEAF,
        ),
        changed(vector("mapped-from-any", &[ONE], &[], json!({})), &[ONE], to_any((ANY_POLICY, ONE)))
            .refused("verify/policy-mapping-any", "path[1].extensions.policyMappings"),
        changed(vector("mapped-to-any", &[ONE], &[], json!({})), &[ONE], to_any((ONE, ANY_POLICY)))
            .refused("verify/policy-mapping-any", "path[1].extensions.policyMappings"),
        required(
            changed(
                vector("required-by-the-ca", &[], &[], json!({})),
                &[ONE],
                critical(policy_constraints(Some(0), None)),
            ),
            LEAF,
        ),
        changed(
            vector("required-by-the-ca-after-one-more", &[], &[], json!({})),
            &[ONE],
            critical(policy_constraints(Some(2), None)),
        )
        .accepted(),
        required(
            changed(vector("any-inhibited-by-the-ca", &[ANY_POLICY], &[], explicit()), &[ONE], |ca| {
                ca.with(INHIBIT_ANY, true, &int(&[0]))
            }),
            LEAF,
        ),
    ]
}
