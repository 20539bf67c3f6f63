//! Certificates and revocation lists in DER. Oracles: what is accepted is one DER value that encodes to the same bytes;
//! what is signed lies in it; every place that a diagnostic names lies in the input.

use certgate::certificate::Certificate;
use certgate::crl::CertificateList;
use certgate::diagnostic::{Diagnostic, Error, Span};
use der::{Decode, Encode};

use crate::PLANTED;

pub fn check_certificate(input: &[u8]) {
    let certificate = match read(input, Certificate::from_der) {
        Ok(certificate) => certificate,
        Err(error) => return hold_spans(error.diagnostics(), input),
    };
    hold_value(certificate.der(), certificate.signed_der(), input);
    hold_spans(certificate.findings(), input);
    for finding in certificate.findings() {
        hold_span(certificate.span(finding.path()), input);
    }
    // What is read one by one is read in a bundle too, and shown.
    let bundle = certgate::chain::read(input).expect("a bundle of one");
    assert!(bundle.certificates.len() == 1 && *bundle.certificates[0] == certificate);
    let view = certgate_bindings::inspect_certificate(input).expect("a certificate that core has read");
    serde_json::to_string(&view).expect("plain data");
}

pub fn check_list(input: &[u8]) {
    let list = match read(input, CertificateList::from_der) {
        Ok(list) => list,
        Err(error) => return hold_spans(error.diagnostics(), input),
    };
    hold_value(list.der(), list.signed_der(), input);
    hold_spans(list.findings(), input);
    // The index of serial numbers finds every entry.
    for entry in list.entries() {
        assert!(list.entries_of(entry.serial_number()).any(|found| found == entry));
    }
}

fn hold_value(der: &[u8], signed: &[u8], input: &[u8]) {
    assert_eq!(der, input, "the whole input");
    let value = der::asn1::AnyRef::from_der(input).expect("one DER value");
    assert_eq!(value.to_der().expect("an encoding"), input, "the canonical encoding");
    let signed = der::asn1::AnyRef::from_der(signed).expect("what is signed is one DER value");
    assert!(value.value().starts_with(&signed.to_der().expect("an encoding")), "and the first one");
}

fn hold_spans(diagnostics: &[Diagnostic], input: &[u8]) {
    diagnostics.iter().for_each(|diagnostic| hold_span(diagnostic.span(), input));
}

fn hold_span(span: Option<Span>, input: &[u8]) {
    assert!(span.is_none_or(|span| span.start <= span.end && span.end <= input.len()), "{span:?}");
}

fn read<T>(input: &[u8], from_der: fn(&[u8]) -> Result<T, Error>) -> Result<T, Error> {
    match input {
        // Planted: one octet behind the value is left unread.
        [head @ .., _] if PLANTED => from_der(input).or_else(|_| from_der(head)),
        _ => from_der(input),
    }
}
