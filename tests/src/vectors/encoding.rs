//! Section 2a: DER, PEM and base64, rows 1 to 25.

use base64::Engine;

use crate::der::*;
use crate::keys;
use crate::request::*;
use crate::vector::{Expect, OPEN, Vector};

pub(super) fn vectors() -> Vec<Vector> {
    [der_rows(), text_rows(), attribute_rows(), value_rows()].concat()
}

fn with(mut der: Vec<u8>, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    change(&mut der);
    der
}

fn der_rows() -> Vec<Vector> {
    let good = Csr::default();
    let long_form = {
        let der = good.der();
        let contents = &der[4..];
        [&[0x30, 0x83, 0x00][..], &der[2..4], contents].concat()
    };
    let nested = (0..10_000).fold(null(), |inner, _| tlv(0x30, &inner));
    vec![
        Vector::allowed("row0-good", good.der()),
        Vector::error("row1-trailing-outside", with(good.der(), |der| der.push(0)), "der/trailing-data", ""),
        Vector::error(
            "row1-trailing-inside",
            seq(&[good.info(), good.signature_algorithm.clone(), bits(&[1]), null()]),
            "der/trailing-data",
            "",
        ),
        Vector::error(
            "row2-indefinite-length",
            [&[0x30, 0x80][..], &good.der()[4..], &[0, 0]].concat(),
            "der/indefinite-length",
            "",
        ),
        Vector::error("row2-long-form-length", long_form, "der/non-minimal-length", ""),
        Vector::error(
            "row2-constructed-string",
            Csr {
                signing: Signing::Octets(vec![0, 1]),
                ..Csr::subject(&[atv("2.5.4.3", tlv(0x2c, &utf8("a")))])
            }
            .der(),
            "der/constructed-string",
            "",
        ),
        Vector::error(
            "row3-integer-leading-zero",
            Csr { version: int(&[0, 0]), ..good.clone() }.der(),
            "der/integer",
            "",
        ),
        Vector::error(
            "row3-integer-empty",
            Csr { version: int(&[]), ..good.clone() }.der(),
            "der/integer",
            "",
        ),
        Vector::error(
            "row3-negative-modulus",
            Csr::unsigned(
                seq(&[
                    seq(&[oid("1.2.840.113549.1.1.1"), null()]),
                    bits(&seq(&[int(&[0x85; 256]), int(&[1, 0, 1])])),
                ]),
                seq(&[oid(SHA256_RSA), null()]),
                256,
            )
            .der(),
            "key/rsa-negative",
            "subjectPublicKeyInfo.subjectPublicKey.modulus",
        ),
        Vector::error(
            "row4-length-4-gib",
            vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02, 0x01, 0x00],
            "der/truncated",
            "",
        ),
        Vector::error(
            "row4-length-2-63",
            vec![0x30, 0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
            "der/length-too-large",
            "",
        ),
        Vector::error("row5-nesting", nested, "limit/der-depth", ""),
        Vector::error("row6-many-elements", tlv(0x30, &seq(&[]).repeat(60_000)), "limit/der-elements", ""),
        Vector::error("row6-too-large", tlv(0x30, &vec![0; 1 << 20]), "limit/der-bytes", ""),
        Vector::error("row1-truncated", good.der()[..100].to_vec(), "der/truncated", ""),
        Vector::error("row25-unknown-type", tlv(0x30, &tlv(0x0f, &[])), "der/unsupported-type", ""),
        Vector::error(
            "row25-other-type",
            Csr { version: utf8("0"), ..good.clone() }.der(),
            "der/unexpected-type",
            "",
        ),
        Vector::error(
            "row25-spki-inside-spki",
            Csr { spki: seq(&[keys::spki("P-256")]), ..good.clone() }.der(),
            "der/unexpected-type",
            "subjectPublicKeyInfo.algorithm.algorithm",
        ),
        Vector::error("row25-private-tag", tlv(0xe0, &good.der()), "input/not-recognised", ""),
    ]
}

fn text_rows() -> Vec<Vector> {
    let good = Csr::default();
    let pem_text = good.pem();
    let base64 = |der: &[u8]| base64::engine::general_purpose::STANDARD.encode(der);
    let certificate = {
        let time = tlv(0x17, b"260101000000Z");
        let tbs = seq(&[
            explicit(0, &int(&[2])),
            int(&[1]),
            seq(&[oid(ECDSA_SHA256)]),
            seq(&[]),
            seq(&[time.clone(), time]),
            seq(&[]),
            keys::spki("P-256"),
        ]);
        seq(&[tbs, seq(&[oid(ECDSA_SHA256)]), bits(&[1])])
    };
    let pkcs8 =
        seq(&[int(&[0]), seq(&[oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")]), octets(&[1; 32])]);
    let sec1 = seq(&[int(&[1]), octets(&[1; 32])]);
    let encrypted = seq(&[seq(&[oid("1.2.840.113549.1.5.13"), seq(&[])]), octets(&[1; 32])]);
    let many = "-----BEGIN X-----\nAA==\n-----END X-----\n".repeat(1_001);
    let double = base64(pem_text.as_bytes());
    let with_bits = {
        // Set a bit that the last character must have as zero.
        let text = unpadded();
        let (rest, last) = text.split_at(text.len() - 1);
        let next = (last.as_bytes()[0] + 1) as char;
        format!("{rest}{next}")
    };
    vec![
        Vector::allowed("row7-pem", pem_text.clone()),
        Vector::allowed("row7-pem-crlf", pem_text.replace('\n', "\r\n")),
        Vector::allowed("row7-pem-text-around", format!("Certificate Request:\n    Data\n{pem_text}\nbye\n")),
        Vector::allowed("row11-bom", format!("\u{feff}{pem_text}")),
        Vector::error("row7-many-begin", "-----BEGIN A-----\n".repeat(50_000), "pem/damaged", ""),
        Vector::error("row7-many-blocks", many, "limit/pem-blocks", ""),
        Vector::error("row7-huge-text", "x".repeat((1 << 22) + 1), "limit/text-bytes", ""),
        Vector::error("row8-two-requests", format!("{pem_text}{pem_text}"), "input/several-blocks", ""),
        Vector::error(
            "row8-key-and-request",
            format!("{}{pem_text}", pem("PRIVATE KEY", &pkcs8)),
            "input/private-key",
            "",
        ),
        Vector::error(
            "row8-request-and-certificate",
            format!("{pem_text}{}", pem("CERTIFICATE", &certificate)),
            "input/several-blocks",
            "",
        ),
        Vector::warned(
            "row9-new-certificate-request",
            pem("NEW CERTIFICATE REQUEST", &good.der()),
            "pem/new-certificate-request",
        ),
        Vector::error("row10-label-lies", pem("CERTIFICATE", &good.der()), "pem/label-mismatch", ""),
        Vector::error("row10-certificate", pem("CERTIFICATE", &certificate), "input/other-content", ""),
        Vector::error("row10-certificate-der", certificate.clone(), "input/other-content", ""),
        Vector::error(
            "row10-certificate-as-request",
            pem("CERTIFICATE REQUEST", &certificate),
            "input/other-content",
            "",
        ),
        Vector::error("row11-utf16", vec![0xff, 0xfe, b'-', 0], "input/encoding", ""),
        Vector::error(
            "row11-dashes",
            pem_text.replace("-----", "\u{2014}\u{2014}"),
            "input/not-recognised",
            "",
        ),
        Vector::error("row11-entities", pem_text.replace('-', "&#45;"), "input/not-recognised", ""),
        Vector::error("row11-json-escaped", pem_text.replace('\n', "\\n"), "pem/damaged", ""),
        Vector::error(
            "row11-missing-end",
            pem_text.split("-----END").next().expect("text"),
            "pem/damaged",
            "",
        ),
        Vector::error(
            "row11-line-numbers",
            pem_text.lines().map(|line| format!("1: {line}\n")).collect::<String>(),
            "input/not-recognised",
            "",
        ),
        Vector::error("row11-empty", "", "input/empty", ""),
        Vector::error("row11-white-space", " \r\n\t", "input/empty", ""),
        Vector::error("row11-noise", vec![0x00, 0xfe, 0x9f, 0x88], "input/not-recognised", ""),
        Vector::error(
            "row12-encrypted-key-headers",
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
            "input/private-key",
            "",
        ),
        Vector::error("row116-pkcs8-label", pem("PRIVATE KEY", &pkcs8), "input/private-key", ""),
        Vector::error("row116-pkcs8-der", pkcs8.clone(), "input/private-key", ""),
        Vector::error("row116-sec1-base64", base64(&sec1), "input/private-key", ""),
        Vector::error("row116-encrypted-der", encrypted, "input/private-key", ""),
        Vector::error("row116-key-as-request", pem("CERTIFICATE REQUEST", &pkcs8), "input/private-key", ""),
        Vector::warned("row13-bare-base64", base64(&good.der()), "input/bare-base64"),
        Vector::warned("row13-inner-space", pem_text.replacen("\nMI", "\nM I", 1), "pem/inner-whitespace"),
        Vector::warned(
            "row13-url-safe",
            base64(&good.der()).replace('+', "-").replace('/', "_"),
            "pem/url-safe-alphabet",
        ),
        Vector::warned("row13-no-padding", unpadded(), "pem/padding"),
        Vector::error("row13-trailing-bits", with_bits, "pem/base64", ""),
        Vector::error("row13-bad-character", pem_text.replacen("\nMI", "\nM*", 1), "pem/base64", ""),
        Vector::error("row123-double-base64", double, "input/double-base64", ""),
    ]
}

/// A request whose base64 needs padding, without it.
fn unpadded() -> String {
    for name in ["a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg"] {
        let csr = Csr::names(&[dns(&format!("{name}.example.com"))]);
        let text = base64::engine::general_purpose::STANDARD.encode(csr.der());
        if text.ends_with('=') {
            return text.trim_end_matches('=').to_owned();
        }
    }
    unreachable!("one of seven names gives a length that needs padding")
}

fn attribute_rows() -> Vec<Vector> {
    let good = Csr::default();
    let request = extension_request(&[san(&[dns("a.example.com")])]);
    let microsoft = |extensions: &[Vec<u8>]| attribute("1.3.6.1.4.1.311.2.1.14", &[seq(extensions)]);
    let unsorted = {
        let mut list = [request.clone(), attribute("1.2.840.113549.1.9.7", &[utf8("secret")])];
        list.sort();
        list.reverse();
        explicit(0, &list.concat())
    };
    vec![
        Vector::new(
            "row14-attributes-absent",
            Csr { attributes: None, subject: seq(&[]), ..good.clone() }.der(),
            Expect::Denied(vec![("policy/names-missing", "extensions.subjectAltName")]),
        ),
        Vector::warned(
            "row14-attributes-absent-finding",
            Csr { attributes: None, ..Csr::subject(&[atv("2.5.4.10", utf8("Acme"))]) }.der(),
            "request/attributes-absent",
        )
        .by(&OPEN.replace("names:\n", "names:\n  presence: optional\n")),
        Vector::warned(
            "row14-attributes-unsorted",
            Csr { attributes: Some(unsorted), ..good.clone() }.der(),
            "request/attributes-unsorted",
        ),
        Vector::error(
            "row15-version-1",
            Csr { version: int(&[1]), ..good.clone() }.der(),
            "request/version",
            "version",
        ),
        Vector::new(
            "row16-two-extension-requests",
            Csr::attributes(&[
                request.clone(),
                extension_request(&[extension("2.5.29.15", true, &tlv(3, &[7, 0x80]))]),
            ])
            .der(),
            Expect::Denied(vec![
                ("request/duplicate-attribute", "attributes[1].extensionRequest"),
                ("request/two-extension-requests", "attributes[1].extensionRequest"),
            ]),
        ),
        Vector::new(
            "row16-no-value",
            Csr::attributes(&[attribute("1.2.840.113549.1.9.14", &[])]).der(),
            Expect::Denied(vec![
                ("policy/names-missing", "extensions.subjectAltName"),
                ("request/attribute-malformed", "attributes[0].extensionRequest"),
            ]),
        ),
        Vector::new(
            "row16-two-values",
            Csr::attributes(&[attribute(
                "1.2.840.113549.1.9.14",
                &[seq(&[san(&[dns("a.example.com")])]), seq(&[san(&[dns("b.example.com")])])],
            )])
            .der(),
            Expect::Denied(vec![
                ("policy/names-missing", "extensions.subjectAltName"),
                ("request/attribute-malformed", "attributes[0].extensionRequest"),
            ]),
        ),
        Vector::new(
            "row16-microsoft-too",
            Csr::attributes(&[
                request.clone(),
                microsoft(&[extension("2.5.29.15", true, &tlv(3, &[7, 0x80]))]),
            ])
            .der(),
            Expect::Denied(vec![("request/two-extension-requests", "attributes[1].extensionRequest")]),
        ),
        Vector::warned(
            "row16-microsoft-alone",
            Csr::attributes(&[microsoft(&[san(&[dns("a.example.com")])])]).der(),
            "request/microsoft-extensions",
        ),
        Vector::new(
            "row17-two-sans",
            Csr::extensions(&[san(&[dns("a.example.com")]), san(&[dns("evil.test")])]).der(),
            Expect::Denied(vec![("request/duplicate-extension", "extensions.subjectAltName")]),
        ),
        Vector::error(
            "row18-rdn-unsorted",
            Csr {
                subject: seq(&[set(&reversed([cn("a.example.com"), atv("2.5.4.10", utf8("Acme"))]))]),
                ..good.clone()
            }
            .der(),
            "der/set-order",
            "",
        ),
        Vector::new(
            "row18-multi-valued-rdn",
            Csr {
                subject: seq(&[set(&sorted([cn("a.example.com"), atv("2.5.4.10", utf8("Acme"))]))]),
                ..good.clone()
            }
            .der(),
            Expect::Denied(vec![
                ("policy/multi-valued-rdn", "subject[0].organizationName"),
                ("policy/multi-valued-rdn", "subject[1].commonName"),
            ]),
        ),
        Vector::error(
            "row18-empty-rdn",
            Csr { subject: seq(&[set(&[])]), ..good.clone() }.der(),
            "name/empty-rdn",
            "subject[0]",
        ),
        Vector::error(
            "limit-name-attributes",
            Csr::subject(&vec![atv("2.5.4.10", utf8("Acme")); 101]).der(),
            "limit/name-attributes",
            "subject",
        ),
        Vector::error(
            "limit-attributes",
            Csr::attributes(
                &(0..101u8).map(|n| attribute(&format!("1.2.3.{n}"), &[null()])).collect::<Vec<_>>(),
            )
            .der(),
            "limit/attributes",
            "attributes",
        ),
        Vector::error(
            "limit-extensions",
            Csr::extensions(
                &(0..101u8).map(|n| extension(&format!("1.2.3.{n}"), false, &null())).collect::<Vec<_>>(),
            )
            .der(),
            "limit/extensions",
            "extensions",
        ),
    ]
}

fn sorted(parts: [Vec<u8>; 2]) -> Vec<Vec<u8>> {
    let mut parts = parts.to_vec();
    parts.sort();
    parts
}

fn reversed(parts: [Vec<u8>; 2]) -> Vec<Vec<u8>> {
    sorted(parts).into_iter().rev().collect()
}

fn value_rows() -> Vec<Vector> {
    let good = Csr::default();
    let eku = "2.5.29.37";
    let giant = tlv(0x06, &[&[0x2a][..], &[0xff; 18], &[0x7f]].concat());
    let long = tlv(0x06, &[&[0x2a][..], &[0xff; 70], &[0x7f]].concat());
    vec![
        Vector::denied(
            "row19-giant-arc",
            Csr::attributes(&[
                extension_request(&[san(&[dns("a.example.com")])]),
                seq(&[giant, set(&[null()])]),
            ])
            .der(),
            "policy/attribute-not-allowed",
            "attributes[0].0x2affffffffffffffffffffffffffffffffffff7f",
        ),
        Vector::error(
            "row19-long-oid",
            Csr::attributes(&[seq(&[long, set(&[null()])])]).der(),
            "der/oid",
            "",
        ),
        Vector::error(
            "row19-non-minimal-arc",
            Csr::attributes(&[seq(&[tlv(0x06, &[0x2a, 0x80, 0x01]), set(&[null()])])]).der(),
            "der/oid",
            "",
        ),
        Vector::error(
            "row20-true-is-01",
            Csr::extensions(&[seq(&[
                oid("2.5.29.17"),
                boolean(0x01),
                octets(&seq(&[dns("a.example.com")])),
            ])])
            .der(),
            "der/boolean",
            "",
        ),
        Vector::warned(
            "row20-critical-false",
            Csr::extensions(&[seq(&[oid("2.5.29.17"), boolean(0), octets(&seq(&[dns("a.example.com")]))])])
                .der(),
            "der/explicit-default",
        ),
        Vector::warned(
            "row20-ca-false",
            Csr::more(&[extension("2.5.29.19", true, &seq(&[boolean(0)]))]).der(),
            "der/explicit-default",
        ),
        Vector::error(
            "row21-empty-bit-string-signature",
            Csr { signing: Signing::Octets(vec![]), ..good.clone() }.der(),
            "der/bit-string",
            "",
        ),
        Vector::error(
            "row21-unused-bits-signature",
            Csr { signing: Signing::Octets(vec![1, 0x30, 0x00]), ..good.clone() }.der(),
            "der/bit-string",
            "signature",
        ),
        Vector::error(
            "row21-unused-bits-8",
            Csr { signing: Signing::Octets(vec![8, 0x30, 0x00]), ..good.clone() }.der(),
            "der/bit-string",
            "",
        ),
        Vector::error(
            "row21-padding-bits-key",
            Csr {
                spki: seq(&[seq(&[oid("1.3.101.112")]), tlv(0x03, &[&[1][..], &[0xff; 32]].concat())]),
                ..good.clone()
            }
            .der(),
            "der/bit-string",
            "",
        ),
        Vector::error(
            "row21-empty-bit-string-key-usage",
            Csr::more(&[extension("2.5.29.15", true, &tlv(0x03, &[]))]).der(),
            "der/bit-string",
            "extensions.keyUsage",
        ),
        Vector::error(
            "row21-unused-bits-8-key",
            Csr {
                spki: seq(&[seq(&[oid("1.3.101.112")]), tlv(0x03, &[&[8][..], &[0xff; 32]].concat())]),
                ..good.clone()
            }
            .der(),
            "der/bit-string",
            "",
        ),
        Vector::error(
            "row21-padding-bits-key-usage",
            Csr::more(&[extension("2.5.29.15", true, &tlv(0x03, &[7, 0xc0]))]).der(),
            "der/bit-string",
            "extensions.keyUsage",
        ),
        Vector::error(
            "row21-unused-bits-8-key-usage",
            Csr::more(&[extension("2.5.29.15", true, &tlv(0x03, &[8, 0x80]))]).der(),
            "der/bit-string",
            "extensions.keyUsage",
        ),
        // X.690 11.2.2 is not kept here; what is issued is encoded anew.
        Vector::allowed(
            "row21-trailing-zero-bits-key-usage",
            Csr::more(&[extension("2.5.29.15", true, &tlv(0x03, &[0, 0x80]))]).der(),
        ),
        Vector::error(
            "row22-empty-name-constraints",
            Csr::more(&[extension("2.5.29.30", true, &seq(&[]))]).der(),
            "extension/empty",
            "extensions.nameConstraints",
        ),
        Vector::error(
            "row22-empty-policies",
            Csr::more(&[extension("2.5.29.32", false, &seq(&[]))]).der(),
            "extension/empty",
            "extensions.certificatePolicies",
        ),
        Vector::error(
            "row22-empty-eku",
            Csr::more(&[extension(eku, false, &seq(&[]))]).der(),
            "extension/empty",
            "extensions.extendedKeyUsage",
        ),
        Vector::error(
            "row22-empty-san",
            Csr::names(&[]).der(),
            "extension/empty",
            "extensions.subjectAltName",
        ),
        Vector::error("row22-empty-extensions", Csr::extensions(&[]).der(), "extension/empty", "extensions"),
        Vector::error(
            "row23-rsa-garbage-parameters",
            Csr {
                spki: seq(&[
                    seq(&[oid("1.2.840.113549.1.1.1"), utf8("x")]),
                    bits(&seq(&[uint(&[0xc1; 256]), int(&[1, 0, 1])])),
                ]),
                ..good.clone()
            }
            .der(),
            "key/parameters",
            "subjectPublicKeyInfo.algorithm.parameters",
        ),
        Vector::error(
            "row23-null-with-contents",
            Csr { signature_algorithm: seq(&[oid(SHA256_RSA), tlv(0x05, &[0])]), ..good.clone() }.der(),
            "der/null",
            "",
        ),
        Vector::warned("row23-rsa-absent-parameters", rsa_without_parameters(), "key/parameters-absent"),
        Vector::error(
            "row23-ed25519-null-parameters",
            Csr { spki: seq(&[seq(&[oid("1.3.101.112"), null()]), bits(&[9; 32])]), ..good.clone() }.der(),
            "key/parameters",
            "subjectPublicKeyInfo.algorithm.parameters",
        ),
        Vector::error(
            "row23-ecdsa-null-parameters",
            Csr { signature_algorithm: seq(&[oid(ECDSA_SHA256), null()]), ..good.clone() }.der(),
            "signature/parameters",
            "signatureAlgorithm.parameters",
        ),
        Vector::warned(
            "row23-rsa-signature-absent-parameters",
            Csr { signature_algorithm: seq(&[oid(SHA256_RSA)]), ..Csr::key("RSA-2048") }.der(),
            "signature/parameters-absent",
        ),
        Vector::error(
            "row23-ec-null-parameters",
            Csr { spki: seq(&[seq(&[oid("1.2.840.10045.2.1"), null()]), bits(&[4; 65])]), ..good.clone() }
                .der(),
            "key/parameters",
            "subjectPublicKeyInfo.algorithm.parameters",
        ),
    ]
}

/// A key whose rsaEncryption has no parameters, signed by the fixed key.
fn rsa_without_parameters() -> Vec<u8> {
    use certgate::key::{KeyMaterial, PublicKey};
    let key = PublicKey::from_der(&keys::spki("RSA-2048")).expect("a key");
    let KeyMaterial::Rsa { key, .. } = key.material() else { unreachable!("an RSA key") };
    let spki = seq(&[seq(&[oid("1.2.840.113549.1.1.1")]), bits(key.pkcs1_der())]);
    Csr { spki, ..Csr::key("RSA-2048") }.der()
}
