//! Signatures of handshakes that the back end of TLS does not verify.

use certgate_bindings::certgate::key::{Curve, KeyMaterial};
use certgate_bindings::certgate::signature::SignatureAlgorithm;
use certgate_bindings::{Certificate, crypto};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, DigitallySignedStruct, SignatureScheme};

/// The AlgorithmIdentifier of ecdsa-with-SHA512 (RFC 5758 3.2).
const ECDSA_WITH_SHA512: [u8; 12] = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];

/// Whether a scheme names the hash alone, as in TLS 1.2 (RFC 5246 7.4.1.4.1), or the curve too (RFC 8446 4.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnyCurve {
    Allowed,
    Refused,
}

/// Verifies a signature by `ecdsa_secp521r1_sha512` under a key on P-521; `None` for any other.
pub(super) fn p521(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    any_curve: AnyCurve,
) -> Option<Result<HandshakeSignatureValid, rustls::Error>> {
    if signed.scheme != SignatureScheme::ECDSA_NISTP521_SHA512 {
        return None;
    }
    let bad = |error| Some(Err(rustls::Error::InvalidCertificate(error)));
    let Ok(certificate) = Certificate::parse(certificate) else { return bad(CertificateError::BadEncoding) };
    let key = certificate.as_core().public_key();
    let is_p521 = matches!(key.material(), KeyMaterial::Ec { curve: Curve::P521, .. });
    if !is_p521 && any_curve == AnyCurve::Refused {
        return bad(CertificateError::BadSignature);
    }
    let Ok(algorithm) = SignatureAlgorithm::from_der(&ECDSA_WITH_SHA512) else {
        return bad(CertificateError::BadSignature);
    };
    match algorithm.verify(key, message, signed.signature(), crypto()).is_valid() {
        true => Some(Ok(HandshakeSignatureValid::assertion())),
        false => bad(CertificateError::BadSignature),
    }
}
