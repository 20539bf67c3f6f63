//! Name constraints of every kind: permitted, excluded, both, and what cannot be compared.

use super::{PathVector, leaf};
use crate::certificate::*;
use crate::der::*;
use crate::request::{atv, dns, email, ip, other_name, uri};

const UPN: &str = "1.3.6.1.4.1.311.20.2.3";
const SMTP_UTF8: &str = "1.3.6.1.5.5.7.8.9";

/// The names of the leaf beside its host name, below a CA with these constraints.
fn vector(id: &str, names: &[Vec<u8>], permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> PathVector {
    let all = [&[dns("a.example.com")][..], names].concat();
    let ca = Cert::ca("ca", "root").with(NAME_CONSTRAINTS, true, &constraints(permitted, excluded));
    PathVector::new(&format!("constraints-{id}")).leaf(leaf().names(&all)).presented(&[ca])
}

fn not_permitted(vector: PathVector, path: &'static str) -> PathVector {
    vector.refused("verify/name-not-permitted", path)
}

fn excluded(vector: PathVector, path: &'static str) -> PathVector {
    vector.refused("verify/name-excluded", path)
}

const FIRST: &str = "path[0].extensions.subjectAltName[0].dNSName";

pub(super) fn vectors() -> Vec<PathVector> {
    [hosts(), addresses(), mailboxes(), uris(), directories(), others(), forms()].concat()
}

fn hosts() -> Vec<PathVector> {
    let second = "path[0].extensions.subjectAltName[1].dNSName";
    let wild = [dns("*.example.com")];
    vec![
        vector("dns-below", &[], &[dns("example.com")], &[]).accepted(),
        vector("dns-itself", &[], &[dns("A.Example.com")], &[]).accepted(),
        vector("dns-everything", &[], &[dns("")], &[]).accepted(),
        vector("dns-one-of-two", &[], &[dns("example.org"), dns("example.com")], &[]).accepted(),
        not_permitted(vector("dns-elsewhere", &[], &[dns("example.org")], &[]), FIRST),
        not_permitted(vector("dns-no-label", &[], &[dns("ample.com")], &[]), FIRST),
        excluded(vector("dns-excluded", &[], &[], &[dns("example.com")]), FIRST),
        excluded(vector("dns-everything-excluded", &[], &[], &[dns("")]), FIRST),
        excluded(vector("row100-both", &[], &[dns("example.com")], &[dns("a.example.com")]), FIRST),
        not_permitted(
            vector("row100-both-and-neither", &[], &[dns("example.org")], &[dns("b.example.com")]),
            FIRST,
        ),
        vector("dns-wildcard-within", &wild, &[dns("example.com")], &[]).accepted(),
        not_permitted(
            vector("dns-wildcard-with-a-member-outside", &wild, &[dns("a.example.com")], &[]),
            second,
        ),
        excluded(vector("dns-wildcard-with-an-excluded-member", &wild, &[], &[dns("b.example.com")]), second),
        vector("dns-two-hyphens-within", &[dns("r3---sn-4g.example.com")], &[dns("example.com")], &[])
            .accepted(),
        excluded(
            vector(
                "dns-two-hyphens-excluded",
                &[dns("ab--cd.example.com")],
                &[],
                &[dns("ab--cd.example.com")],
            ),
            second,
        ),
        vector("dns-two-hyphens-elsewhere", &[], &[], &[dns("ab--cd.example.com")]).accepted(),
        vector("dns-read-as-an-address", &[dns("0x7f000001")], &[dns("example.com")], &[])
            .refused("verify/name-malformed", second),
        vector("dns-wildcard-and-two-labels-below", &wild, &[], &[dns("b.c.example.com")]).accepted(),
    ]
}

fn addresses() -> Vec<PathVector> {
    let block = |text: &[u8]| ip(text);
    let ten = block(&[10, 0, 0, 0, 255, 0, 0, 0]);
    let names = [ip(&[10, 1, 2, 3])];
    let path = "path[0].extensions.subjectAltName[1].iPAddress";
    let v6 = [ip(&[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])];
    vec![
        vector("ip-within", &names, std::slice::from_ref(&ten), &[]).accepted(),
        not_permitted(vector("ip-outside", &[ip(&[11, 1, 2, 3])], std::slice::from_ref(&ten), &[]), path),
        excluded(vector("ip-excluded", &names, &[], std::slice::from_ref(&ten)), path),
        not_permitted(vector("ip-other-family", &v6, std::slice::from_ref(&ten), &[]), path),
        vector("ip-not-named", &[], std::slice::from_ref(&ten), &[]).accepted(),
        vector("ip-mask-with-a-hole", &names, &[block(&[10, 0, 0, 0, 255, 0, 255, 0])], &[])
            .refused("verify/name-constraints-malformed", "path[1].extensions.nameConstraints"),
        vector("ip-of-three-octets", &names, &[block(&[10, 0, 0])], &[])
            .refused("verify/name-constraints-malformed", "path[1].extensions.nameConstraints"),
    ]
}

fn mailboxes() -> Vec<PathVector> {
    let names = [email("joe@example.com")];
    let path = "path[0].extensions.subjectAltName[1].rfc822Name";
    let smtp = [other_name(SMTP_UTF8, &utf8("jöe@example.com"))];
    let smtp_path = "path[0].extensions.subjectAltName[1].otherName";
    let subject = seq(&[set(&[atv("1.2.840.113549.1.9.1", ia5("joe@example.com"))])]);
    let in_subject = |id: &str, base: &str| {
        let ca = Cert::ca("ca", "root").with(NAME_CONSTRAINTS, true, &constraints(&[email(base)], &[]));
        PathVector::new(&format!("constraints-{id}"))
            .leaf(leaf().without(SUBJECT_ALT_NAME).set(|cert| cert.subject = subject.clone()))
            .presented(&[ca])
            .ask("names", serde_json::json!([]))
            .profile("private")
    };
    let no_string = seq(&[set(&[atv("1.2.840.113549.1.9.1", octets(b"joe@example.org"))])]);
    let no_mailbox = |id: &str, permitted: &[Vec<u8>], excluded: &[Vec<u8>]| {
        let ca = Cert::ca("ca", "root").with(NAME_CONSTRAINTS, true, &constraints(permitted, excluded));
        let leaf = leaf().without(SUBJECT_ALT_NAME).set(|cert| cert.subject = no_string.clone());
        let vector = PathVector::new(&format!("constraints-{id}")).leaf(leaf).presented(&[ca]);
        vector.ask("names", serde_json::json!([])).profile("private")
    };
    let local = |length: usize| [email(&format!("{}@example.com", "j".repeat(length)))];
    vec![
        no_mailbox("email-no-string-excluded", &[], &[email("example.org")])
            .refused("verify/name-malformed", "path[0].subject"),
        no_mailbox("email-no-string-permitted", &[email("example.com")], &[])
            .refused("verify/name-malformed", "path[0].subject"),
        no_mailbox("email-no-string-not-constrained", &[], &[dns("example.org")]).holds(&["", "ca", "root"]),
        vector("email-longest-local-part", &local(64), &[email("example.com")], &[]).accepted(),
        vector("email-local-part-beyond-the-usual", &local(65), &[email("example.com")], &[]).accepted(),
        not_permitted(
            vector("email-local-part-beyond-the-usual-elsewhere", &local(65), &[email("example.org")], &[]),
            path,
        ),
        vector("email-too-long", &local(1_100), &[email("example.com")], &[])
            .refused("verify/name-malformed", path),
        vector("email-host-with-two-hyphens", &[email("joe@ab--cd.org")], &[email("ab--cd.org")], &[])
            .accepted(),
        vector("email-itself", &names, &[email("joe@EXAMPLE.com")], &[]).accepted(),
        not_permitted(vector("email-other-case", &names, &[email("Joe@example.com")], &[]), path),
        vector("email-host", &names, &[email("example.com")], &[]).accepted(),
        not_permitted(vector("email-domain-is-not-the-host", &names, &[email(".example.com")], &[]), path),
        not_permitted(vector("email-parent-host", &names, &[email("com")], &[]), path),
        excluded(vector("email-excluded", &names, &[], &[email("example.com")]), path),
        vector("email-quoted", &[email("\"joe@x\"@example.com")], &[], &[email("example.org")])
            .refused("verify/name-malformed", path),
        vector("smtp-utf8-host", &smtp, &[email("example.com")], &[]).accepted(),
        not_permitted(vector("smtp-utf8-elsewhere", &smtp, &[email("example.org")], &[]), smtp_path),
        in_subject("email-in-the-subject", "example.com").holds(&["", "ca", "root"]),
        not_permitted(in_subject("email-in-the-subject-elsewhere", "example.org"), "path[0].subject"),
    ]
}

fn uris() -> Vec<PathVector> {
    let names = [uri("https://www.example.com:8443/x")];
    let path = "path[0].extensions.subjectAltName[1].uniformResourceIdentifier";
    let forms = [
        ("case", "HTTP://WWW.Example.COM/"),
        ("user", "ftp://joe@www.example.com/"),
        ("fragment", "http://www.example.com#a"),
        ("encoding", "http://www.example.com/%2f//a/../b"),
    ];
    let two_hosts = ["http://evil.org@a@www.example.com/", "http://evil.org\\@www.example.com/"];
    let formed = forms.map(|(id, text)| {
        vector(&format!("uri-form-{id}"), &[uri(text)], &[uri(".example.com")], &[]).accepted()
    });
    let read_in_two_ways = two_hosts.into_iter().enumerate().map(|(index, text)| {
        vector(&format!("uri-of-two-hosts-{index}"), &[uri(text)], &[uri(".example.com")], &[])
            .refused("verify/name-malformed", path)
    });
    let others = vec![
        vector("uri-host", &names, &[uri("www.example.com")], &[]).accepted(),
        vector("uri-domain", &names, &[uri(".example.com")], &[]).accepted(),
        not_permitted(vector("uri-host-is-no-domain", &names, &[uri("example.com")], &[]), path),
        excluded(vector("uri-excluded", &names, &[], &[uri(".example.com")]), path),
        vector("uri-without-host", &[uri("urn:x:y")], &[uri(".example.com")], &[])
            .refused("verify/name-malformed", path),
        vector("uri-with-an-address", &[uri("https://192.0.2.1/")], &[], &[uri(".example.com")])
            .refused("verify/name-malformed", path),
    ];
    others.into_iter().chain(formed).chain(read_in_two_ways).collect()
}

fn directories() -> Vec<PathVector> {
    let team = seq(&[set(&[atv("2.5.4.10", utf8("Team"))])]);
    let member = seq(&[set(&[atv("2.5.4.10", printable("TEAM"))]), set(&[atv("2.5.4.3", utf8("a"))])]);
    let with_subject = |id: &str, permitted: &[Vec<u8>], excluded: &[Vec<u8>]| {
        let mut vector = vector(id, &[], permitted, excluded);
        vector.leaf = leaf().set(|cert| cert.subject = member.clone()).der();
        vector
    };
    // Written in other characters, it is the same name (RFC 4518 2).
    let written = |id: &str, text: &str| {
        let subject = seq(&[set(&[atv("2.5.4.10", utf8(text))]), set(&[atv("2.5.4.3", utf8("a"))])]);
        let mut vector = vector(&format!("directory-{id}"), &[], &[], &[directory(&team)]);
        vector.leaf = leaf().set(|cert| cert.subject = subject).der();
        excluded(vector, "path[0].subject")
    };
    // RFC 4518 2.4 leaves undefined what text with such a character matches.
    let private = |base: &str, text: &str| {
        let name = |text: &str| seq(&[set(&[atv("2.5.4.10", utf8(text))])]);
        let base = [directory(&name(base))];
        [("excluded", &[][..], &base[..]), ("permitted", &base, &[])].map(|(id, permitted, excluded)| {
            let mut vector = vector(&format!("directory-undefined-{id}"), &[], permitted, excluded);
            vector.leaf = leaf().set(|cert| cert.subject = name(text)).der();
            vector
        })
    };
    let [undefined_excluded, undefined_permitted] = private("Team", "Te\u{e000}am");
    let same = private("Te\u{e000}am", "Te\u{e000}am").map(|mut vector| {
        vector.id.push_str("-and-the-same");
        vector
    });
    let [same_excluded, same_permitted] = same;
    let other_type = {
        let mut vector = vector("directory-undefined-of-another-type", &[], &[], &[directory(&team)]);
        vector.leaf = leaf().set(|cert| cert.subject = name("Te\u{e000}am")).der();
        vector.holds(&["Te\u{e000}am", "ca", "root"])
    };
    let encoded = {
        let subject = seq(&[set(&[atv("2.5.4.10", octets(b"Team"))])]);
        let mut vector = vector("directory-undefined-for-another-syntax", &[], &[], &[directory(&team)]);
        vector.leaf = leaf().set(|cert| cert.subject = subject).der();
        vector.refused("verify/name-malformed", "path[0].subject")
    };
    vec![
        undefined_excluded.refused("verify/name-malformed", "path[0].subject"),
        not_permitted(undefined_permitted, "path[0].subject"),
        excluded(same_excluded, "path[0].subject"),
        same_permitted.holds(&["", "ca", "root"]),
        other_type,
        encoded,
        written("with-an-unassigned-invisible-one", "Te\u{2065}am"),
        written("with-an-isolate", "Te\u{2066}am"),
        written("with-an-arabic-mark", "\u{61c}Team"),
        written("with-a-variation-selector", "Team\u{e0100}"),
        written("with-a-hangul-filler", "Te\u{115f}\u{3164}am"),
        written("with-a-soft-hyphen", "Te\u{ad}am"),
        written("with-a-zero-width-space", "Team\u{200b}"),
        written("in-full-width", "Ｔｅａｍ"),
        with_subject("directory-below", &[directory(&team)], &[]).holds(&["a", "ca", "root"]),
        not_permitted(with_subject("directory-elsewhere", &[directory(&name("b"))], &[]), "path[0].subject"),
        excluded(with_subject("directory-excluded", &[], &[directory(&team)]), "path[0].subject"),
        excluded(
            vector("directory-name-excluded", &[directory(&member)], &[], &[directory(&team)]),
            "path[0].extensions.subjectAltName[1].directoryName",
        ),
    ]
}

/// Kinds that certgate does not compare.
fn others() -> Vec<PathVector> {
    let id = context(8, &[0x2a, 3]);
    let upn = other_name(UPN, &utf8("joe@example.com"));
    let other = |text: &str| other_name(UPN, &utf8(text));
    vec![
        vector("row102-registered-id", std::slice::from_ref(&id), &[], std::slice::from_ref(&id))
            .refused("verify/name-malformed", "path[0].extensions.subjectAltName[1].registeredID"),
        vector("row102-other-name", &[upn], &[], &[other("@example.org")])
            .refused("verify/name-malformed", "path[0].extensions.subjectAltName[1].otherName"),
        // Another type of otherName is another kind of name.
        vector("row102-other-type", &[other_name(SMTP_UTF8, &utf8("jöe@example.com"))], &[], &[other("joe")])
            .accepted(),
        vector("row102-kind-that-is-not-named", &[], &[], &[id]).accepted(),
        vector("row102-kind-that-is-not-constrained", &[other("joe")], &[dns("example.com")], &[]).accepted(),
    ]
}

fn forms() -> Vec<PathVector> {
    let subtrees =
        |fields: &[Vec<u8>]| seq(&[explicit(0, &seq(&[&[dns("example.com")][..], fields].concat()))]);
    let with = |id: &str, value: &[u8]| {
        let ca = Cert::ca("ca", "root").with(NAME_CONSTRAINTS, true, value);
        PathVector::new(&format!("constraints-{id}")).presented(&[ca])
    };
    let malformed = |vector: PathVector| {
        vector.refused("verify/name-constraints-malformed", "path[1].extensions.nameConstraints")
    };
    let by_root = |id: &str, base: &str| {
        let root = Cert::root("root").with(NAME_CONSTRAINTS, true, &constraints(&[dns(base)], &[]));
        PathVector::new(&format!("constraints-{id}")).anchors(&[root])
    };
    vec![
        malformed(with("row101-minimum", &subtrees(&[context(0, &[1])]))),
        malformed(with("row101-maximum", &subtrees(&[context(1, &[1])]))),
        malformed(with("no-host", &constraints(&[dns("exa mple")], &[]))),
        malformed(with("leading-dot", &constraints(&[dns(".example.com")], &[]))),
        with("leading-dot-private", &constraints(&[dns(".example.com")], &[])).profile("private").accepted(),
        by_root("of-the-anchor", "example.com").accepted(),
        not_permitted(by_root("of-the-anchor-elsewhere", "example.org"), FIRST),
    ]
}
