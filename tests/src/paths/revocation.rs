//! Revocation lists (RFC 5280 6.3) and OCSP responses (RFC 6960), each fault of theirs.

use certgate::crypto::Signer;
use serde_json::json;
use sha1::Digest;

use super::{PathVector, leaf};
use crate::certificate::*;
use crate::der::*;
use crate::request::{atv, extension, uri};
use crate::revocation::*;

const UNKNOWN: &str = "verify/revocation-unknown";
const SERIAL: &str = "path[0].serialNumber";
const CA_SERIAL: &str = "path[1].serialNumber";

fn ca() -> Cert {
    Cert::ca("ca", "root")
}

/// A list of the root that revokes nothing, and this list of the CA.
fn listed(id: &str, list: Crl) -> PathVector {
    PathVector::new(&format!("crl-{id}")).lists(&[Crl::new("root"), list])
}

/// The list of the CA tells nothing, for this reason.
fn useless(id: &str, list: Crl, code: &'static str, path: &'static str) -> PathVector {
    listed(&format!("row105-{id}"), list).refused(UNKNOWN, SERIAL).and(code, path)
}

/// A leaf that names this place of its list.
fn pointing(place: &str) -> Cert {
    leaf().with(DISTRIBUTION_POINTS, false, &seq(&[distribution_point(&[uri(place)], &[])]))
}

fn revoked(vector: PathVector, path: &'static str) -> PathVector {
    vector.refused("verify/revoked", path)
}

/// What the CA answers of the leaf; the root's list speaks for the CA.
fn answered(id: &str, response: Ocsp) -> PathVector {
    PathVector::new(&format!("ocsp-{id}")).lists(&[Crl::new("root")]).responses(&[response])
}

/// The response tells nothing, for this reason.
fn unanswered(id: &str, response: Ocsp, code: &'static str) -> PathVector {
    answered(id, response).refused(UNKNOWN, SERIAL).and(code, "responses[0]")
}

pub(super) fn vectors() -> Vec<PathVector> {
    [lists(), newer(), scopes(), deltas(), indirect(), responses(), responders(), hashes()].concat()
}

fn lists() -> Vec<PathVector> {
    let own = || Crl::new("ca");
    let without_crl_sign = Cert::ca("ca", "root").with(KEY_USAGE, true, &tlv(0x03, &CERT_SIGN));
    let unknown = extension("1.2.3.4", true, &null());
    let none = |unknown: &str| json!({ "unknown": unknown });
    let other = Cert::leaf("b.example.com", "ca");
    vec![
        listed("fresh", own()).accepted(),
        listed("another-is-revoked", own().revoking(&other)).accepted(),
        revoked(listed("revoked", own().revoking(&leaf())), SERIAL),
        revoked(listed("revoked-for-a-reason", own().entry(&leaf(), &[reason(1)])), SERIAL),
        revoked(
            PathVector::new("crl-revoked-ca").lists(&[Crl::new("root").revoking(&ca()), own()]),
            CA_SERIAL,
        ),
        PathVector::new("crl-none-of-the-root").lists(&[own()]).refused(UNKNOWN, CA_SERIAL),
        PathVector::new("crl-none-of-the-root-and-leaf-alone")
            .lists(&[own()])
            .ask("revocation", json!({ "scope": "leaf" }))
            .accepted(),
        PathVector::new("crl-none-and-refused").ask("revocation", none("refuse")).refused(UNKNOWN, CA_SERIAL),
        PathVector::new("crl-none-and-allowed")
            .ask("revocation", none("allow"))
            .accepted()
            .warned(UNKNOWN)
            .warned(UNKNOWN),
        useless(
            "expired",
            own().set(|list| list.next_update = time("251231235959Z")),
            "crl/expired",
            "crls[1].nextUpdate",
        ),
        useless(
            "not-yet-valid",
            own().set(|list| list.this_update = time("260101000001Z")),
            "crl/not-yet-valid",
            "crls[1].thisUpdate",
        ),
        useless(
            "without-next-update",
            own().set(|list| list.next_update = Vec::new()),
            "crl/next-update-absent",
            "crls[1].nextUpdate",
        ),
        useless(
            "without-number",
            own().without(CRL_NUMBER),
            "crl/number-absent",
            "crls[1].crlExtensions.cRLNumber",
        ),
        useless(
            "critical-number",
            own().with(CRL_NUMBER, true, &int(&[1])),
            "crl/number-critical",
            "crls[1].crlExtensions.cRLNumber",
        ),
        useless(
            "unknown-extension",
            own().with("1.2.3.4", true, &null()),
            "crl/critical-extension",
            "crls[1].crlExtensions.\"1.2.3.4\"",
        ),
        useless(
            "unknown-extension-of-an-entry",
            own().entry(&other, &[unknown]),
            "crl/critical-extension",
            "crls[1].crlExtensions.\"1.2.3.4\"",
        ),
        useless(
            "signed-by-another",
            own().set(|list| list.signer = "someone".to_owned()),
            "crl/issuer-unknown",
            "crls[1].signatureValue",
        ),
        useless("issuer-without-crl-sign", own(), "crl/issuer-unknown", "crls[1].signatureValue")
            .presented(&[without_crl_sign]),
    ]
}

/// Several lists of one scope: the newest holds, in whatever order they come (RFC 5280 5.2.3).
fn newer() -> Vec<PathVector> {
    let number = |list: Crl, number: u8, from: &str| {
        list.with(CRL_NUMBER, false, &int(&[number])).set(|list| list.this_update = time(from))
    };
    let old = |list: Crl| number(list, 1, "251224000000Z");
    let new = |list: Crl| number(list, 2, "251226000000Z");
    let own = || Crl::new("ca");
    let held = || own().entry(&leaf(), &[reason(6)]);
    let both = |id: &str, one: Crl, other: Crl| {
        [(String::new(), [&one, &other]), ("-turned-round".to_owned(), [&other, &one])].map(
            |(suffix, lists)| {
                let lists = [&[Crl::new("root")][..], &lists.map(Crl::clone)].concat();
                PathVector::new(&format!("crl-newer-{id}{suffix}")).lists(&lists)
            },
        )
    };
    let delta = |base: u8| own().with(CRL_NUMBER, false, &int(&[3])).with(DELTA, true, &int(&[base]));
    // A CA with a new key goes on with the lists of its old one.
    let rollover = Cert::ca("ca", "ca").key("ca new").signed_by("ca");
    let of_new_key = |list: Crl| {
        list.with(AUTHORITY_KEY, false, &seq(&[context(0, &identifier("ca new"))]))
            .set(|list| list.signer = "ca new".to_owned())
    };
    let two_keys = |vector: PathVector| vector.presented(&[ca(), rollover.clone()]);
    let without_number = |list: Crl| list.without(CRL_NUMBER);
    [
        both("revokes", old(own()), new(own().revoking(&leaf()))).map(|vector| revoked(vector, SERIAL)),
        both("lifts-a-hold", old(held()), new(own())).map(PathVector::accepted),
        both("by-this-update-alone", without_number(old(held())), without_number(new(own())))
            .map(|vector| vector.profile("private").accepted()),
        both(
            "that-is-not-signed",
            old(own()),
            new(own().revoking(&leaf()).set(|list| list.signer = "x".to_owned())),
        )
        .map(PathVector::accepted),
        both("of-another-key-revokes", new(own()), of_new_key(old(own().revoking(&leaf()))))
            .map(|vector| revoked(two_keys(vector), SERIAL)),
        // Nothing but the signatures says that the keys are two.
        both(
            "of-another-key-without-its-identifier",
            new(own()).without(AUTHORITY_KEY),
            of_new_key(old(own().revoking(&leaf()))).without(AUTHORITY_KEY),
        )
        .map(|vector| revoked(two_keys(vector), SERIAL)),
        both("that-begins-to-name-its-key", old(held()).without(AUTHORITY_KEY), new(own()))
            .map(PathVector::accepted),
        both(
            "counted-anew",
            number(own(), 0x7f, "251224000000Z"),
            number(own().revoking(&leaf()), 1, "251226000000Z"),
        )
        .map(|vector| revoked(vector, SERIAL)),
        both("without-number", old(own()), without_number(new(own().revoking(&leaf()))))
            .map(|vector| revoked(vector.profile("private"), SERIAL)),
        both("lifts-a-hold-of-a-certificate-with-a-point", old(held()), new(own()))
            .map(|vector| vector.leaf(pointing("http://crl.example.com/1")).accepted()),
        // The newest list of all covers everything, and has no entry; the one that lifts the hold covers nothing new.
        both("lifts-a-hold-beside-another-scope", old(held()), new(own())).map(|mut vector| {
            let users = own().with(SCOPE, true, &seq(&[context(1, &[0xff])]));
            vector.lists.push(number(users, 3, "251227000000Z").der());
            vector.accepted()
        }),
    ]
    .into_iter()
    .flatten()
    .chain(both("with-a-delta", old(own()), new(own())).map(|vector| {
        let mut vector = vector;
        vector.lists.push(delta(2).revoking(&leaf()).der());
        revoked(vector, SERIAL)
    }))
    .chain([
        revoked(listed("reason-that-is-not-known", own().entry(&leaf(), &[reason(7)])), SERIAL),
        listed("number-absent-private", without_number(own())).profile("private").accepted(),
        listed("number-critical-private", own().with(CRL_NUMBER, true, &int(&[1])))
            .profile("private")
            .accepted(),
    ])
    .collect()
}

/// issuingDistributionPoint, and the distribution points of the certificate.
fn scopes() -> Vec<PathVector> {
    let flag = |number: u8| seq(&[context(number, &[0xff])]);
    let scoped = |scope: &[u8]| Crl::new("ca").with(SCOPE, true, scope);
    let at = |place: &str| seq(&[explicit(0, &explicit(0, &uri(place)))]);
    let here = "http://crl.example.com/1";
    let some_reasons = seq(&[context(3, &[5, 0x60])]);
    vec![
        listed("row105-for-users", scoped(&flag(1))).accepted(),
        listed("row105-for-cas", scoped(&flag(2))).refused(UNKNOWN, SERIAL),
        listed("row105-for-attributes", scoped(&flag(5))).refused(UNKNOWN, SERIAL),
        listed("row105-for-some-reasons", scoped(&some_reasons)).refused(UNKNOWN, SERIAL),
        revoked(listed("row105-for-some-reasons-revoked", scoped(&some_reasons).revoking(&leaf())), SERIAL),
        listed("row105-right-point", scoped(&at(here))).leaf(pointing(here)).accepted(),
        listed("row105-wrong-point", scoped(&at("http://crl.example.com/2")))
            .leaf(pointing(here))
            .refused(UNKNOWN, SERIAL),
        listed("row105-point-that-the-certificate-does-not-name", scoped(&at(here))).refused(UNKNOWN, SERIAL),
    ]
}

fn deltas() -> Vec<PathVector> {
    let delta = || Crl::new("ca").with(CRL_NUMBER, false, &int(&[2])).with(DELTA, true, &int(&[1]));
    let with = |id: &str, base: Crl, delta: Crl| {
        PathVector::new(&format!("crl-row105-delta-{id}")).lists(&[Crl::new("root"), base, delta])
    };
    let base = || Crl::new("ca");
    let held = || base().entry(&leaf(), &[reason(6)]);
    vec![
        with("without-entry", base(), delta()).accepted(),
        revoked(with("revokes", base(), delta().revoking(&leaf())), SERIAL),
        revoked(with("does-not-know-better", held(), delta()), SERIAL),
        with("removes", held(), delta().entry(&leaf(), &[reason(8)])).accepted(),
        revoked(with("of-a-later-base", held(), delta().with(DELTA, true, &int(&[5]))), SERIAL),
        with("alone", Crl::new("someone"), delta()).refused(UNKNOWN, SERIAL),
        // Nothing but the signature says that another key of the same name made it.
        revoked(
            with("of-another-key", held().without(AUTHORITY_KEY), {
                let removing = delta().entry(&leaf(), &[reason(8)]).without(AUTHORITY_KEY);
                removing.set(|list| list.signer = "ca new".to_owned())
            })
            .presented(&[ca(), Cert::ca("ca", "ca").key("ca new").signed_by("ca")]),
            SERIAL,
        ),
    ]
}

/// Lists that someone else issues.
fn indirect() -> Vec<PathVector> {
    let scope = seq(&[context(4, &[0xff])]);
    let point = distribution_point(&[directory(&name("lists"))], &[directory(&name("lists"))]);
    let pointing = leaf().with(DISTRIBUTION_POINTS, false, &seq(&[point]));
    let of_ca = extension(CERTIFICATE_ISSUER, true, &seq(&[directory(&name("ca"))]));
    let signer = Cert::new("lists", "root").with(KEY_USAGE, true, &tlv(0x03, &[1, 0x02]));
    let list = || Crl::new("lists").with(SCOPE, true, &scope);
    let vector = |id: &str, list: Crl| {
        PathVector::new(&format!("crl-row105-indirect-{id}"))
            .leaf(pointing.clone())
            .presented(&[ca(), signer.clone()])
            .lists(&[Crl::new("root"), list])
    };
    vec![
        vector("fresh", list()).accepted(),
        revoked(vector("revoked", list().entry(&leaf(), std::slice::from_ref(&of_ca))), SERIAL),
        vector("same-number-of-another-issuer", list().entry(&leaf(), &[])).accepted(),
        vector("that-does-not-say-so", list().without(SCOPE)).refused(UNKNOWN, SERIAL),
        vector("of-an-unknown-signer", list()).presented(&[ca()]).refused(UNKNOWN, SERIAL),
    ]
}

fn responses() -> Vec<PathVector> {
    let good = || Ocsp::new(&leaf(), "ca");
    let says = |answer: Vec<u8>| good().set(|response| response.answer = answer);
    let signing = seq(&[oid("1.3.6.1.5.5.7.3.9")]);
    let responder = |issuer: &str| Cert::new("responder", issuer).with(EXTENDED_KEY_USAGE, false, &signing);
    let delegated = |responder: Cert| {
        good().set(|response| {
            response.responder = explicit(1, &name("responder"));
            response.certificates = vec![responder.der()];
            response.signer = "responder".to_owned();
        })
    };
    let nonce = |octet: u8| extension("1.3.6.1.5.5.7.48.1.2", false, &octets(&[octet; 32]));
    let asked = |id: &str, extensions: Vec<Vec<u8>>| {
        let mut vector = answered(id, good().set(|response| response.extensions = extensions));
        vector.nonce = Some(vec![7; 32]);
        vector
    };
    let unknown = extension("1.2.3.4", true, &null());
    vec![
        answered("good", good()).accepted(),
        answered("good-of-all", good()).lists(&[]).responses(&[good(), Ocsp::new(&ca(), "root")]).accepted(),
        revoked(answered("revoked", says(explicit(1, &time("20251226000000Z")))), SERIAL),
        answered("unknown", says(context(2, &[]))).refused(UNKNOWN, SERIAL),
        answered("of-another", Ocsp::new(&Cert::leaf("b.example.com", "ca"), "ca")).refused(UNKNOWN, SERIAL),
        revoked(
            answered("good-and-listed", good()).lists(&[Crl::new("root"), Crl::new("ca").revoking(&leaf())]),
            SERIAL,
        ),
        answered("delegated", delegated(responder("ca"))).accepted(),
        unanswered("delegated-by-another", delegated(responder("root")), "ocsp/responder"),
        unanswered(
            "delegated-without-purpose",
            delegated(responder("ca").without(EXTENDED_KEY_USAGE)),
            "ocsp/responder",
        ),
        unanswered(
            "delegated-to-an-expired-one",
            delegated(responder("ca").valid("200101000000Z", "210101000000Z")),
            "ocsp/responder",
        ),
        unanswered(
            "signed-by-another",
            good().set(|response| response.signer = "someone".to_owned()),
            "ocsp/responder",
        ),
        unanswered(
            "unknown-extension",
            good().set(|response| response.extensions = vec![unknown]),
            "ocsp/critical-extension",
        ),
        unanswered(
            "expired",
            good().set(|response| response.next_update = explicit(0, &time("20251231235959Z"))),
            "ocsp/expired",
        ),
        unanswered(
            "without-next-update",
            good().set(|response| response.next_update = Vec::new()),
            "ocsp/next-update-absent",
        ),
        unanswered(
            "not-yet-valid",
            good().set(|response| response.this_update = time("20260101000001Z")),
            "ocsp/not-yet-valid",
        ),
        asked("nonce", vec![nonce(7)]).accepted(),
        asked("other-nonce", vec![nonce(8)]).refused(UNKNOWN, SERIAL).and("ocsp/nonce", "responses[0]"),
        asked("no-nonce", Vec::new()).refused(UNKNOWN, SERIAL).and("ocsp/nonce", "responses[0]"),
    ]
}

/// How issuers and responders are named, and where their certificates are.
fn responders() -> Vec<PathVector> {
    let ca_printable = seq(&[set(&[atv("2.5.4.3", printable("CA"))])]);
    // The leaf writes its issuer's name in another string type than the issuer itself.
    let odd = leaf().set(|cert| cert.issuer = ca_printable.clone());
    let of_odd = |named: &[u8]| {
        Ocsp::new(&odd, "ca").set(|response| {
            response.issuer_name = named.to_vec();
            response.answer = explicit(1, &time("20251226000000Z"));
        })
    };
    let signing = seq(&[oid("1.3.6.1.5.5.7.3.9")]);
    let responder = Cert::new("responder", "ca").with(EXTENDED_KEY_USAGE, false, &signing);
    let by = |responder: Vec<u8>| {
        Ocsp::new(&leaf(), "ca").set(|response| {
            response.responder = responder;
            response.signer = "responder".to_owned();
        })
    };
    let by_name = || by(explicit(1, &name("responder")));
    let spki = key("responder").public_key().der().to_vec();
    let by_key = by(explicit(2, &octets(&sha1::Sha1::digest(&spki[spki.len() - 65..]))));
    let non_repudiation = responder.clone().with(KEY_USAGE, true, &tlv(0x03, &[6, 0x40]));
    let key_agreement = responder.clone().with(KEY_USAGE, true, &tlv(0x03, &[3, 0x08]));
    let with =
        |response: Ocsp, cert: &Cert| response.set(|response| response.certificates = vec![cert.der()]);
    let why = tlv(0x0a, &[7]);
    let unknown_reason = explicit(1, &[time("20251226000000Z"), explicit(0, &why)].concat());
    vec![
        revoked(answered("name-as-in-the-certificate", of_odd(&ca_printable)).leaf(odd.clone()), SERIAL),
        revoked(answered("name-as-in-the-issuer", of_odd(&name("ca"))).leaf(odd.clone()), SERIAL),
        answered("responder-presented", by_name()).presented(&[ca(), responder.clone()]).accepted(),
        answered("responder-in-the-pool-by-key", by_key.clone())
            .pool(std::slice::from_ref(&responder))
            .accepted(),
        answered("responder-presented-by-key", by_key).presented(&[ca(), responder.clone()]).accepted(),
        answered("responder-in-the-pool", by_name()).pool(&[responder]).accepted(),
        unanswered("responder-nowhere", by_name(), "ocsp/responder"),
        answered("responder-that-attests", with(by_name(), &non_repudiation)).accepted(),
        unanswered("responder-that-may-not-sign", with(by_name(), &key_agreement), "ocsp/responder"),
        revoked(
            answered(
                "reason-that-is-not-known",
                Ocsp::new(&leaf(), "ca").set(|response| response.answer = unknown_reason),
            ),
            SERIAL,
        ),
    ]
}

/// The hashes by which answers name the issuer (RFC 6960 4.1.1 leaves them open).
fn hashes() -> Vec<PathVector> {
    let by = |hash: &str| {
        Ocsp::new(&leaf(), "ca").set(|response| {
            response.hash = hash.to_owned();
            response.answer = explicit(1, &time("20251226000000Z"));
        })
    };
    const SHA3_256: &str = "2.16.840.1.101.3.4.2.8";
    let known = [("sha1", SHA1), ("sha224", SHA224), ("sha384", SHA384), ("sha512", SHA512)];
    let mut vectors: Vec<PathVector> =
        known.map(|(word, hash)| revoked(answered(&format!("hash-{word}"), by(hash)), SERIAL)).to_vec();
    vectors.push(
        answered("hash-not-known", by(SHA3_256))
            .refused(UNKNOWN, SERIAL)
            .and("ocsp/hash-algorithm", "responses[0].certID.hashAlgorithm"),
    );
    vectors
}
