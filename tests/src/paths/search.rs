//! Building paths: several issuers, cross-signing, loops, and what a failure says of each path that was tried.

use super::{PathVector, leaf};
use crate::certificate::*;
use crate::der::{boolean, explicit, int, oid, seq};
use crate::request::{dns, ip};
use crate::revocation::Crl;

const EXPIRED: (&str, &str) = ("200101000000Z", "210101000000Z");

fn expired(cert: Cert) -> Cert {
    cert.valid(EXPIRED.0, EXPIRED.1)
}

pub(super) fn vectors() -> Vec<PathVector> {
    [lengths(), alternatives(), cycles(), anchors()].concat()
}

fn lengths() -> Vec<PathVector> {
    let bounded = |length| Cert::root("root").with(BASIC_CONSTRAINTS, true, &path_length(length));
    // `ca` has a new key, certified under its own name with the old one.
    let rollover = Cert::ca("ca", "ca").key("ca new").signed_by("ca");
    let under_new = leaf().signed_by("ca new");
    vec![
        PathVector::new("path-length-0-and-one-intermediate")
            .anchors(&[bounded(0)])
            .refused("verify/path-length", "path[2].extensions.basicConstraints.pathLenConstraint"),
        PathVector::new("path-length-1-and-one-intermediate").anchors(&[bounded(1)]).accepted(),
        PathVector::new("path-length-0-and-a-leaf-below-the-root")
            .leaf(Cert::leaf("a.example.com", "root"))
            .anchors(&[bounded(0)])
            .holds(&["a.example.com", "root"]),
        PathVector::new("path-length-counts-no-self-issued-certificate")
            .leaf(under_new.clone())
            .presented(&[rollover.clone(), Cert::ca("ca", "root")])
            .anchors(&[bounded(1)])
            .holds(&["a.example.com", "ca", "ca", "root"]),
        PathVector::new("path-length-of-five-octets")
            .anchors(&[Cert::root("root").with(
                BASIC_CONSTRAINTS,
                true,
                &seq(&[boolean(0xff), int(&[1, 0, 0, 0, 0])]),
            )])
            .accepted(),
        PathVector::new("depth-counts-no-self-issued-certificate")
            .leaf(under_new)
            .presented(&[rollover, Cert::ca("ca", "root")])
            .ask("depth", 1.into())
            .holds(&["a.example.com", "ca", "ca", "root"]),
    ]
}

fn alternatives() -> Vec<PathVector> {
    let constrained =
        Cert::ca("ca", "other root").with(NAME_CONSTRAINTS, true, &constraints(&[dns("example.org")], &[]));
    let wrong_key = Cert::ca("ca", "root").key("ca of someone else");
    vec![
        PathVector::new("issuer-in-the-pool").presented(&[]).pool(&[Cert::ca("ca", "root")]).accepted(),
        PathVector::new("no-issuer").presented(&[]).refused("verify/issuer-unknown", "path[0].issuer"),
        PathVector::new("no-root")
            .anchors(&[Cert::root("another root")])
            .refused("verify/issuer-unknown", "path[1].issuer"),
        PathVector::new("row103-expired-cross-sign-first")
            .presented(&[expired(Cert::ca("ca", "old root")), Cert::ca("ca", "root")])
            .anchors(&[expired(Cert::root("old root")), Cert::root("root")])
            .accepted(),
        PathVector::new("row103-expired-root-and-a-cross-signed-one")
            .presented(&[Cert::ca("ca", "root"), Cert::ca("root", "other root")])
            .anchors(&[expired(Cert::root("root")), Cert::root("other root")])
            .holds(&["a.example.com", "ca", "root", "other root"]),
        PathVector::new("row103-every-way-is-closed")
            .presented(&[expired(Cert::ca("ca", "root")), constrained.clone()])
            .anchors(&[Cert::root("root"), Cert::root("other root")])
            .refused("verify/name-not-permitted", "path[0].extensions.subjectAltName[0].dNSName")
            .and("verify/expired", "path[1].validity.notAfter"),
        PathVector::new("row103-constrained-cross-sign-first")
            .presented(&[constrained, Cert::ca("ca", "root")])
            .anchors(&[Cert::root("other root"), Cert::root("root")])
            .accepted(),
        PathVector::new("an-issuer-with-another-key-first")
            .presented(&[wrong_key.clone().without(SUBJECT_KEY), Cert::ca("ca", "root")])
            .profile("private")
            .accepted(),
        PathVector::new("only-an-issuer-with-another-key")
            .presented(&[wrong_key])
            .refused("verify/signature", "path[0].signatureValue"),
    ]
}

fn cycles() -> Vec<PathVector> {
    let cycle = [Cert::ca("ca", "b"), Cert::ca("b", "ca")];
    let way_out = [&cycle[..], &[Cert::ca("b", "root")]].concat();
    vec![
        PathVector::new("row96-cycle").presented(&cycle).refused("verify/loop", "path[3].subject"),
        PathVector::new("row96-cycle-with-a-way-out").presented(&way_out).holds(&[
            "a.example.com",
            "ca",
            "b",
            "root",
        ]),
        PathVector::new("row96-ca-that-signed-itself")
            .presented(&[Cert::ca("ca", "ca").signed_by("ca")])
            .refused("verify/loop", "path[2].subject"),
    ]
}

fn anchors() -> Vec<PathVector> {
    let own = Cert::leaf("a.example.com", "a.example.com").signed_by("a.example.com");
    let two = Cert::leaf("a.example.com", "ca").names(&[dns("a.example.com"), ip(&[192, 0, 2, 1])]);
    // The Baseline Requirements want extendedKeyUsage in an issuing CA, and forbid it in a root.
    let purposes = seq(&[oid(SERVER_AUTH)]);
    let issuing = Cert::ca("ca", "root").with(EXTENDED_KEY_USAGE, false, &purposes);
    // The bad signature is that of E, which has another place in each of the two paths.
    let bad = Cert::ca("E", "Y").signed_by("not Y");
    let of_one_name = |number: usize| {
        let key = format!("root {number}");
        Cert::root("root").key(&key).set(|cert| cert.signer = key)
    };
    let of_one_name: Vec<Cert> =
        [Cert::root("root"), Cert::root("other root")].into_iter().chain((1..60).map(of_one_name)).collect();
    let met_twice = [Cert::ca("ca", "D"), Cert::ca("ca", "C"), Cert::ca("C", "D"), Cert::ca("D", "E"), bad];
    vec![
        PathVector::new("an-anchor-may-be-an-intermediate")
            .presented(std::slice::from_ref(&issuing))
            .anchors(&[Cert::root("root"), issuing.clone()])
            .profile("webpki")
            .accepted(),
        PathVector::new("an-anchor-alone-may-be-an-intermediate")
            .presented(&[])
            .anchors(&[Cert::root("root"), issuing])
            .profile("webpki")
            .accepted(),
        // They are tried as anchors, and not as intermediates below one another too.
        PathVector::new("anchors-of-one-name-and-another-way")
            .presented(&[Cert::ca("ca", "root"), Cert::ca("ca", "other root")])
            .anchors(&of_one_name)
            .lists(&[
                Crl::new("root").revoking(&Cert::ca("ca", "root")),
                Crl::new("other root"),
                Crl::new("ca"),
            ])
            .holds(&["a.example.com", "ca", "other root"]),
        PathVector::new("a-bad-signature-in-two-places")
            .presented(&met_twice)
            .anchors(&[Cert::root("Y")])
            .refused("verify/signature", "path[4].signatureValue")
            .and("verify/signature", "path[3].signatureValue"),
        PathVector::new("host-with-two-hyphens")
            .leaf(leaf().names(&[dns("*.example.com")]))
            .ask("names", serde_json::json!(["r3---sn-4g5e6nsz.example.com"]))
            .accepted(),
        PathVector::new("an-intermediate-as-anchor")
            .anchors(&[Cert::ca("ca", "root")])
            .holds(&["a.example.com", "ca"]),
        PathVector::new("row104-self-signed-leaf-that-is-no-anchor")
            .leaf(own.clone())
            .presented(&[])
            .refused("verify/issuer-unknown", "path[0].issuer"),
        PathVector::new("row104-self-signed-leaf-as-anchor-is-no-ca")
            .leaf(own.clone())
            .presented(&[])
            .anchors(&[own])
            .profile("private")
            .refused("verify/basic-constraints-missing", "path[1].extensions.basicConstraints"),
        PathVector::new("both-names")
            .leaf(two.clone())
            .ask("names", serde_json::json!(["192.0.2.1", "a.example.com"]))
            .accepted(),
        PathVector::new("one-name-of-two")
            .leaf(two)
            .ask("names", serde_json::json!(["192.0.2.2", "a.example.com"]))
            .refused("verify/name-mismatch", "path[0].extensions.subjectAltName"),
        PathVector::new("names-in-another-case")
            .leaf(leaf().set(|cert| cert.issuer = name("  CA ")))
            .accepted(),
        PathVector::new("unknown-extension-that-is-not-critical")
            .leaf(leaf().with("1.2.3.4", false, &seq(&[explicit(0, &[])])))
            .accepted(),
    ]
}
