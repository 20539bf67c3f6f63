//! Each rule of the profiles: one certificate of a path that breaks it, and the profiles that have the rule.

use serde_json::json;

use super::{PathVector, leaf};
use crate::certificate::*;
use crate::der::*;
use crate::keys;
use crate::request::{atv, dns, extension, uri};

const ALL: [&str; 3] = ["rfc5280", "webpki", "private"];
const PUBLIC: [&str; 2] = ["rfc5280", "webpki"];

/// The vector is refused by these profiles, and accepted by the others.
fn rule(vector: PathVector, profiles: &[&str], code: &'static str, path: &'static str) -> Vec<PathVector> {
    ALL.into_iter()
        .map(|profile| {
            let mut vector = vector.clone().profile(profile);
            vector.id = format!("{code}-{}-{profile}", vector.id);
            if profiles.contains(&profile) { vector.refused(code, path) } else { vector.accepted() }
        })
        .collect()
}

fn with_leaf(id: &str, leaf: Cert) -> PathVector {
    PathVector::new(id).leaf(leaf)
}

fn with_ca(id: &str, change: impl FnOnce(Cert) -> Cert) -> PathVector {
    PathVector::new(id).presented(&[change(Cert::ca("ca", "root"))])
}

fn with_root(id: &str, change: impl FnOnce(Cert) -> Cert) -> PathVector {
    PathVector::new(id).anchors(&[change(Cert::root("root"))])
}

pub(super) fn vectors() -> Vec<PathVector> {
    let plain = ALL.map(|profile| PathVector::new(&format!("plain-{profile}")).profile(profile).accepted());
    [plain.to_vec(), leaves(), names(), cas(), roots(), asked()].concat()
}

fn leaves() -> Vec<PathVector> {
    let access = seq(&[seq(&[oid("1.3.6.1.5.5.7.48.1"), uri("http://ocsp.example.com/")])]);
    let key = seq(&[context(0, &identifier("ca"))]);
    let purposes = |oids: &[&str]| seq(&oids.iter().map(|dotted| oid(dotted)).collect::<Vec<_>>());
    let constraint = constraints(&[dns("example.com")], &[]);
    let ca = seq(&[boolean(0xff)]);
    [
        rule(
            with_leaf("leaf", leaf().with("1.3.6.1.5.5.7.1.1", true, &access)),
            &PUBLIC,
            "verify/access-critical",
            "path[0].extensions.authorityInfoAccess.critical",
        ),
        rule(
            with_leaf("leaf", leaf().with(AUTHORITY_KEY, true, &key)),
            &PUBLIC,
            "verify/authority-key-critical",
            "path[0].extensions.authorityKeyIdentifier.critical",
        ),
        rule(
            with_leaf("leaf", leaf().without(AUTHORITY_KEY)),
            &PUBLIC,
            "verify/authority-key-missing",
            "path[0].extensions.authorityKeyIdentifier",
        ),
        rule(
            with_leaf("row104-ca", leaf().with(BASIC_CONSTRAINTS, true, &ca)),
            &["webpki"],
            "verify/ca-as-leaf",
            "path[0].extensions.basicConstraints.cA",
        ),
        rule(
            with_leaf("leaf", leaf().with("1.2.3.4", true, &null())),
            &ALL,
            "verify/critical-extension",
            "path[0].extensions.\"1.2.3.4\"",
        ),
        rule(
            with_leaf("leaf", leaf().valid("240101000000Z", "251231235959Z")),
            &ALL,
            "verify/expired",
            "path[0].validity.notAfter",
        ),
        rule(
            with_leaf("leaf", leaf().valid("260101000001Z", "270101000000Z")),
            &ALL,
            "verify/not-yet-valid",
            "path[0].validity.notBefore",
        ),
        rule(
            with_leaf("leaf", leaf().with(EXTENDED_KEY_USAGE, false, &purposes(&["2.5.29.37.0"]))),
            &["webpki"],
            "verify/extended-key-usage-any",
            "path[0].extensions.extendedKeyUsage",
        ),
        rule(
            with_leaf("leaf", leaf().with(EXTENDED_KEY_USAGE, true, &purposes(&[SERVER_AUTH]))),
            &["webpki"],
            "verify/extended-key-usage-critical",
            "path[0].extensions.extendedKeyUsage.critical",
        ),
        rule(
            with_leaf("leaf", leaf().without(EXTENDED_KEY_USAGE)),
            &["webpki"],
            "verify/extended-key-usage-missing",
            "path[0].extensions.extendedKeyUsage",
        ),
        rule(
            with_leaf("leaf", leaf().set(|cert| cert.issuer = seq(&[]))),
            &ALL,
            "verify/issuer-empty",
            "path[0].issuer",
        ),
        rule(
            with_leaf("row104", leaf().with(KEY_USAGE, true, &tlv(0x03, &[2, 0x84]))),
            &PUBLIC,
            "verify/key-cert-sign-in-leaf",
            "path[0].extensions.keyUsage",
        ),
        rule(
            with_leaf("ed25519", leaf().set(|cert| cert.spki = keys::spki("Ed25519"))),
            &["webpki"],
            "verify/key-not-accepted",
            "path[0].subjectPublicKeyInfo",
        ),
        rule(
            with_leaf("leaf", leaf().with(NAME_CONSTRAINTS, true, &constraint)),
            &PUBLIC,
            "verify/name-constraints-in-leaf",
            "path[0].extensions.nameConstraints",
        ),
        rule(with_leaf("zero", leaf().serial(&[0])), &PUBLIC, "verify/serial-number", "path[0].serialNumber"),
        rule(
            with_leaf("negative", leaf().serial(&[0x80])),
            &PUBLIC,
            "verify/serial-number",
            "path[0].serialNumber",
        ),
        rule(
            with_leaf("21-octets", leaf().serial(&[0x11; 21])),
            &PUBLIC,
            "verify/serial-number",
            "path[0].serialNumber",
        ),
        rule(
            with_leaf("leaf", leaf().with(SUBJECT_KEY, true, &octets(&[1; 20]))),
            &PUBLIC,
            "verify/subject-key-critical",
            "path[0].extensions.subjectKeyIdentifier.critical",
        ),
        version_1(),
    ]
    .concat()
}

/// A leaf of version 1 has no extensions, so no names that could be asked for.
fn version_1() -> Vec<PathVector> {
    let old = leaf().set(|cert| {
        cert.version = Vec::new();
        cert.extensions.clear();
    });
    let vector = |profile: &str| {
        let id = format!("verify/version-row104-{profile}");
        PathVector::new(&id).leaf(old.clone()).profile(profile).ask("names", json!([]))
    };
    let missing = ("verify/authority-key-missing", "path[0].extensions.authorityKeyIdentifier");
    vec![
        vector("webpki").refused(missing.0, missing.1).and("verify/version", "path[0].version"),
        vector("rfc5280").refused(missing.0, missing.1),
        vector("private").accepted(),
    ]
}

fn names() -> Vec<PathVector> {
    let other_name = |cert: Cert, subject: Vec<u8>| cert.set(|cert| cert.subject = subject);
    let organisation = seq(&[set(&[atv("2.5.4.10", utf8("Team"))])]);
    let two = |second: &str| leaf().names(&[dns("a.example.com"), dns(second)]);
    let critical = extension(SUBJECT_ALT_NAME, true, &seq(&[dns("a.example.com")]));
    let unnamed = |profile: &str, cert: Cert| {
        PathVector::new(&format!("verify/names-missing-{profile}"))
            .leaf(cert)
            .profile(profile)
            .ask("names", json!([]))
    };
    let nameless = other_name(leaf(), organisation.clone()).without(SUBJECT_ALT_NAME);
    let mut vectors = [
        rule(
            with_leaf("two", two("b c")),
            &["webpki"],
            "verify/name-malformed",
            "path[0].extensions.subjectAltName[1].dNSName",
        ),
        rule(
            with_leaf("leaf", leaf().without(SUBJECT_ALT_NAME).push(SUBJECT_ALT_NAME, critical)),
            &["webpki"],
            "verify/names-critical",
            "path[0].extensions.subjectAltName.critical",
        ),
        rule(
            with_leaf("co.uk", two("*.co.uk")),
            &["webpki"],
            "verify/public-suffix-wildcard",
            "path[0].extensions.subjectAltName[1].dNSName",
        ),
        rule(
            with_leaf("two", two("a_b.example.com")),
            &PUBLIC,
            "verify/underscore",
            "path[0].extensions.subjectAltName[1].dNSName",
        ),
    ]
    .concat();
    vectors.push(
        unnamed("webpki", nameless.clone())
            .refused("verify/names-missing", "path[0].extensions.subjectAltName"),
    );
    vectors.push(unnamed("rfc5280", nameless.clone()).holds(&["", "ca", "root"]));
    vectors.push(unnamed("private", nameless).holds(&["", "ca", "root"]));
    for (profile, is_refused) in [("rfc5280", true), ("webpki", true), ("private", false)] {
        let vector = PathVector::new(&format!("verify/names-not-critical-{profile}"))
            .leaf(other_name(leaf(), seq(&[])))
            .profile(profile);
        vectors.push(if is_refused {
            vector.refused("verify/names-not-critical", "path[0].extensions.subjectAltName")
        } else {
            vector.holds(&["", "ca", "root"])
        });
    }
    for (profile, is_refused) in [("rfc5280", false), ("webpki", true), ("private", false)] {
        let vector = PathVector::new(&format!("verify/common-name-not-in-names-{profile}"))
            .leaf(other_name(leaf(), name("Team")))
            .profile(profile);
        vectors.push(if is_refused {
            vector.refused("verify/common-name-not-in-names", "path[0].subject")
        } else {
            vector.holds(&["Team", "ca", "root"])
        });
    }
    vectors
}

fn cas() -> Vec<PathVector> {
    let example = constraints(&[dns("example.com")], &[]);
    [
        rule(
            with_ca("row99-ca", |ca| ca.without(BASIC_CONSTRAINTS)),
            &ALL,
            "verify/basic-constraints-missing",
            "path[1].extensions.basicConstraints",
        ),
        rule(
            with_ca("ca", |ca| ca.with(BASIC_CONSTRAINTS, false, &seq(&[boolean(0xff)]))),
            &PUBLIC,
            "verify/basic-constraints-not-critical",
            "path[1].extensions.basicConstraints.critical",
        ),
        rule(
            with_ca("row104", |ca| ca.with(BASIC_CONSTRAINTS, true, &seq(&[]))),
            &ALL,
            "verify/not-a-ca",
            "path[1].extensions.basicConstraints.cA",
        ),
        rule(
            with_ca("ca", |ca| ca.with(KEY_USAGE, true, &tlv(0x03, &DIGITAL_SIGNATURE))),
            &ALL,
            "verify/key-usage-no-cert-sign",
            "path[1].extensions.keyUsage",
        ),
        rule(
            with_ca("ca", |ca| ca.with(NAME_CONSTRAINTS, true, &seq(&[explicit(0, &[])]))),
            &PUBLIC,
            "verify/name-constraints-empty",
            "path[1].extensions.nameConstraints",
        ),
        rule(
            with_ca("ca", |ca| ca.with(NAME_CONSTRAINTS, false, &example)),
            &["rfc5280"],
            "verify/name-constraints-not-critical",
            "path[1].extensions.nameConstraints.critical",
        ),
        rule(
            with_ca("ca", |ca| ca.with(POLICY_CONSTRAINTS, false, &policy_constraints(None, Some(0)))),
            &PUBLIC,
            "verify/policy-constraints-not-critical",
            "path[1].extensions.policyConstraints.critical",
        ),
        rule(
            with_ca("ca", |ca| ca.without(SUBJECT_KEY)),
            &PUBLIC,
            "verify/subject-key-missing",
            "path[1].extensions.subjectKeyIdentifier",
        ),
        rule(
            with_ca("ca", |ca| ca.with(EXTENDED_KEY_USAGE, false, &seq(&[oid("1.3.6.1.5.5.7.3.4")]))),
            &ALL,
            "verify/purpose",
            "path[1].extensions.extendedKeyUsage",
        ),
        rule(
            with_ca("ca", |ca| ca.valid("240101000000Z", "251231235959Z")),
            &ALL,
            "verify/expired",
            "path[1].validity.notAfter",
        ),
    ]
    .concat()
}

fn roots() -> Vec<PathVector> {
    let both = |key: &str| {
        seq(&[context(0, &identifier(key)), explicit(1, &directory(&name("root"))), context(2, &[7])])
    };
    [
        rule(
            with_root("issuer-and-serial", |root| root.with(AUTHORITY_KEY, false, &both("root"))),
            &["webpki"],
            "verify/authority-key-form",
            "path[2].extensions.authorityKeyIdentifier",
        ),
        rule(
            with_root("root", |root| root.with(EXTENDED_KEY_USAGE, false, &seq(&[oid(SERVER_AUTH)]))),
            &["webpki"],
            "verify/extended-key-usage-in-root",
            "path[2].extensions.extendedKeyUsage",
        ),
        rule(
            with_root("row104-version-1", |root| {
                root.set(|cert| {
                    cert.version = Vec::new();
                    cert.extensions.clear();
                })
            }),
            &PUBLIC,
            "verify/subject-key-missing",
            "path[2].extensions.subjectKeyIdentifier",
        ),
        rule(
            with_root("root", |root| root.valid("240101000000Z", "251231235959Z")),
            &ALL,
            "verify/expired",
            "path[2].validity.notAfter",
        ),
    ]
    .concat()
}

/// What the caller asks for.
fn asked() -> Vec<PathVector> {
    [
        rule(
            PathVector::new("client").ask("purpose", json!("client")),
            &ALL,
            "verify/purpose",
            "path[0].extensions.extendedKeyUsage",
        ),
        rule(
            PathVector::new("key-encipherment").ask("keyUsage", json!(["keyEncipherment"])),
            &ALL,
            "verify/key-usage",
            "path[0].extensions.keyUsage",
        ),
        rule(
            PathVector::new("another").ask("names", json!(["b.example.com"])),
            &ALL,
            "verify/name-mismatch",
            "path[0].extensions.subjectAltName",
        ),
        rule(PathVector::new("none").ask("depth", json!(0)), &ALL, "verify/depth", "path[1]"),
        rule(PathVector::new("one").ask("depth", json!(1)), &[], "verify/depth", "path[1]"),
    ]
    .concat()
}
