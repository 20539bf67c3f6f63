//! Section 2b: strings and display, rows 26 to 34.

use crate::der::*;
use crate::request::*;
use crate::vector::{Expect, OPEN, Vector};

const CN: &str = "2.5.4.3";
const O: &str = "2.5.4.10";

pub(super) fn vectors() -> Vec<Vector> {
    let with_cn = |value: Vec<u8>| Csr::subject(&[atv(CN, value)]).der();
    let with_o = |value: Vec<u8>| Csr::subject(&[atv(O, value)]).der();
    let bmp = |text: &str| tlv(0x1e, &text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>());
    let universal =
        |text: &str| tlv(0x1c, &text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect::<Vec<_>>());
    let allow_bmp = OPEN.replace("subject:\n", "subject:\n  stringTypes: [BMPString]\n");
    vec![
        Vector::new(
            "row26-nul-in-cn",
            with_cn(utf8("a.example.com\0.evil.test")),
            Expect::Denied(vec![
                ("name/control-character", "subject[0].commonName"),
                ("policy/common-name-not-in-names", "subject[0].commonName"),
            ]),
        ),
        Vector::denied(
            "row26-nul-in-san",
            Csr::names(&[dns("a.example.com\0.evil.test")]).der(),
            "name/dns-character",
            "extensions.subjectAltName[0].dNSName",
        ),
        Vector::denied(
            "row27-bmp-cn",
            with_cn(bmp("a.example.com")),
            "policy/string-type",
            "subject[0].commonName",
        ),
        Vector::allowed("row27-bmp-cn-allowed", with_cn(bmp("a.example.com"))).by(&allow_bmp),
        Vector::error("row27-bmp-surrogate", with_cn(tlv(0x1e, &[0xd8, 0x00])), "der/string", ""),
        Vector::error("row27-bmp-odd", with_cn(tlv(0x1e, &[0x00, 0x61, 0x00])), "der/string", ""),
        Vector::denied(
            "row27-universal-cn",
            with_cn(universal("a.example.com")),
            "policy/string-type",
            "subject[0].commonName",
        ),
        Vector::denied(
            "row27-teletex-cn",
            with_cn(tlv(0x14, b"a.example.com")),
            "policy/string-type",
            "subject[0].commonName",
        ),
        Vector::denied(
            "row27-not-a-string",
            with_o(int(&[1])),
            "name/not-a-string",
            "subject[0].organizationName",
        ),
        Vector::error("row28-printable-star", with_cn(printable("*.example.com")), "der/string", ""),
        Vector::error("row28-printable-at", with_o(printable("a@b")), "der/string", ""),
        Vector::error("row28-printable-underscore", with_o(printable("a_b")), "der/string", ""),
        Vector::error("row28-ia5-8-bit", with_o(tlv(0x16, &[0xe9])), "der/string", ""),
        Vector::error(
            "row28-ia5-8-bit-san",
            Csr::names(&[context(2, "münchen.example.com".as_bytes())]).der(),
            "der/string",
            "extensions.subjectAltName[0].dNSName",
        ),
        Vector::error("row28-overlong-utf8", with_o(tlv(0x0c, &[0xc0, 0x80])), "der/string", ""),
        Vector::error("row28-invalid-utf8", with_o(tlv(0x0c, &[0xff])), "der/string", ""),
        Vector::error("row28-utf8-surrogate", with_o(tlv(0x0c, &[0xed, 0xa0, 0x80])), "der/string", ""),
        Vector::denied(
            "row29-san-text-injection",
            Csr::names(&[dns("a.example.com, DNS:evil.test")]).der(),
            "name/dns-character",
            "extensions.subjectAltName[0].dNSName",
        ),
        Vector::warned("row30-bidi-override", with_o(utf8("Acme \u{202e}emcA")), "name/misleading-character"),
        Vector::warned("row30-zero-width", with_o(utf8("Ac\u{200b}me")), "name/misleading-character"),
        Vector::denied(
            "row31-escape-sequence",
            with_o(utf8("\u{1b}[2JAcme")),
            "name/control-character",
            "subject[0].organizationName",
        ),
        Vector::denied(
            "row31-newline",
            with_o(utf8("Acme\n::error::x")),
            "name/control-character",
            "subject[0].organizationName",
        ),
        Vector::allowed("row32-markup", with_o(utf8("<img src=x onerror=alert(1)>"))),
        Vector::denied(
            "row32-javascript-uri",
            Csr::names(&[dns("a.example.com"), uri("javascript:alert(1)")]).der(),
            "policy/uri-not-allowed",
            "extensions.subjectAltName[1].uniformResourceIdentifier",
        ),
        Vector::allowed("row33-formula", with_o(utf8("=cmd|'/C calc'!A0"))),
        Vector::allowed("row33-workflow-command", with_o(utf8("::set-output name=x::y"))),
        Vector::warned("row34-mojibake", with_o(utf8("MÃ¼ller")), "name/mojibake"),
        Vector::denied(
            "row63-empty-value",
            with_o(utf8("")),
            "name/empty-value",
            "subject[0].organizationName",
        ),
        Vector::denied(
            "row63-country-length",
            Csr::subject(&[atv("2.5.4.6", printable("CHE"))]).der(),
            "name/value-length",
            "subject[0].countryName",
        ),
    ]
}
