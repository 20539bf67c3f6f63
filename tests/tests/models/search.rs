//! Random trust graphs: the search finds a path exactly where trying every path finds one.

use certgate::time::Timestamp;
use certgate::verify::{Profile, Purpose, Verifier, VerifyParameters};
use certgate_tests::certificate::{AT, BASIC_CONSTRAINTS, Cert, path_length};
use certgate_tests::der::seq;
use proptest::prelude::*;

use super::read;

/// What the model knows of a certificate; CAs have one of four names and one of two keys each.
#[derive(Clone, Debug)]
struct Issued {
    subject: u8,
    key: u8,
    issuer: u8,
    /// The key of that name that signs.
    signer: u8,
    valid: bool,
    ca: bool,
    length: Option<u8>,
}

fn ca_name(number: u8) -> String {
    format!("ca {number}")
}

fn key_name(name: u8, key: u8) -> String {
    format!("ca {name} key {key}")
}

impl Issued {
    fn cert(&self) -> Cert {
        let mut cert = Cert::ca(&ca_name(self.subject), &ca_name(self.issuer))
            .key(&key_name(self.subject, self.key))
            .signed_by(&key_name(self.issuer, self.signer));
        if !self.valid {
            cert = cert.valid("200101000000Z", "210101000000Z");
        }
        match (self.ca, self.length) {
            (false, _) => cert.with(BASIC_CONSTRAINTS, true, &seq(&[])),
            (true, Some(length)) => cert.with(BASIC_CONSTRAINTS, true, &path_length(length)),
            (true, None) => cert,
        }
    }

    fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether it may stand above these, leaf not included, and signed the last of them.
    fn fits_above(&self, below: &[&Issued], leaf: (u8, u8)) -> bool {
        let (issuer, signer) = below.last().map_or(leaf, |child| (child.issuer, child.signer));
        let counted = below.iter().filter(|cert| !cert.is_self_issued()).count();
        let has_room = self.length.is_none_or(|length| counted <= usize::from(length));
        issuer == self.subject && signer == self.key && self.valid && self.ca && has_room
    }
}

/// Whether any way from the leaf to an anchor holds; no certificate stands twice in one.
fn any_path<'a>(
    below: &mut Vec<&'a Issued>,
    leaf: (u8, u8),
    pool: &'a [Issued],
    anchors: &'a [Issued],
) -> bool {
    if anchors.iter().any(|anchor| anchor.fits_above(below, leaf)) {
        return true;
    }
    for candidate in pool {
        if below.iter().any(|one| std::ptr::eq(*one, candidate)) || !candidate.fits_above(below, leaf) {
            continue;
        }
        below.push(candidate);
        let found = any_path(below, leaf, pool, anchors);
        below.pop();
        if found {
            return true;
        }
    }
    false
}

fn issued() -> impl Strategy<Value = Issued> {
    let length = prop_oneof![4 => Just(None), 1 => (0u8..3).prop_map(Some)];
    let rarely_false = || prop::bool::weighted(0.9);
    (0u8..4, 0u8..2, 0u8..4, 0u8..2, rarely_false(), rarely_false(), length).prop_map(
        |(subject, key, issuer, signer, valid, ca, length)| Issued {
            subject,
            key,
            issuer,
            signer,
            valid,
            ca,
            length,
        },
    )
}

proptest! {
    #[test]
    fn a_path_is_found_where_there_is_one(
        pool in prop::collection::vec(issued(), 0..7),
        anchors in prop::collection::vec(issued(), 1..3),
        leaf in (0u8..4, 0u8..2),
        presented in any::<bool>(),
    ) {
        let expected = any_path(&mut Vec::new(), leaf, &pool, &anchors);
        let certificates: Vec<_> = pool.iter().map(|one| read(&one.cert())).collect();
        let (known, sent) = if presented { (Vec::new(), certificates) } else { (certificates, Vec::new()) };
        let anchors = anchors.iter().map(|one| read(&one.cert()));
        let verifier = Verifier::new(anchors, known, Profile::Private);
        let at = Timestamp::from_rfc3339(AT).expect("a time");
        let parameters = VerifyParameters::new(at, Purpose::Server).with_presented(&sent);
        let leaf = Cert::leaf("a.example.com", &ca_name(leaf.0)).signed_by(&key_name(leaf.0, leaf.1));
        let leaf = read(&leaf);
        let cold = verifier.verify(&leaf, &parameters);
        prop_assert_eq!(cold.is_ok(), expected, "{:?}", cold.err());
        // What is remembered changes no verdict.
        prop_assert_eq!(verifier.verify(&leaf, &parameters).is_ok(), expected);
    }
}
