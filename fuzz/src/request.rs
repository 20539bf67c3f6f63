//! Requests in DER. Oracles: what is accepted is one DER value that encodes to the same bytes; every place that a diagnostic
//! names lies in the input; all back ends agree on the signature.

use certgate::crypto::CryptoProvider;
use certgate::diagnostic::Error;
use certgate::request::CertificationRequest;
use certgate_bindings::Request;
use der::{Decode, Encode};

use crate::PLANTED;

pub fn check(input: &[u8]) {
    let request = match read(input) {
        Ok(request) => request,
        Err(error) => {
            for diagnostic in error.diagnostics() {
                if let Some(span) = diagnostic.span() {
                    assert!(span.start <= span.end && span.end <= input.len(), "{diagnostic:?}");
                }
            }
            return;
        }
    };
    assert_eq!(request.der(), input, "the whole input");
    let value = der::asn1::AnyRef::from_der(input).expect("one DER value");
    assert_eq!(value.to_der().expect("an encoding"), input, "the canonical encoding");
    for finding in request.findings() {
        if let Some(span) = request.span(finding.path()) {
            assert!(span.start <= span.end && span.end <= input.len(), "{finding:?}");
        }
    }
    let statuses: Vec<String> = CryptoProvider::all()
        .into_iter()
        .map(|(_, provider)| {
            let algorithm = request.signature_algorithm();
            let status =
                algorithm.verify(request.public_key(), request.signed_der(), request.signature(), provider);
            format!("{status:?}")
        })
        .collect();
    assert!(statuses.windows(2).all(|pair| pair[0] == pair[1]), "{statuses:?}");
    let view = Request::parse(input).expect("a request that core has read").view();
    serde_json::to_string(&view).expect("plain data");
}

fn read(input: &[u8]) -> Result<CertificationRequest, Error> {
    match input {
        // Planted: one octet behind the request is left unread.
        [head @ .., 0] if PLANTED => {
            CertificationRequest::from_der(input).or_else(|_| CertificationRequest::from_der(head))
        }
        _ => CertificationRequest::from_der(input),
    }
}
