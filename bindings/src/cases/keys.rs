use certgate::crypto::PrivateKey;
use certgate::diagnostic::{Diagnostic, codes, quote};
use sha2::{Digest, Sha256};

use crate::error::Error;

/// Fixed keys for requests that are made from descriptions: everyone has them, so they prove nothing and protect nothing.
///
/// # Errors
/// `case/syntax` for a name that is not `P-256`, `P-384`, `P-521`, `Ed25519`, `RSA-1024`, `RSA-2048`, `RSA-3072` or `RSA-4096`.
pub fn case_key(name: &str) -> Result<PrivateKey, Error> {
    let der = match name {
        "P-256" => ec_key(name, &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], 32),
        "P-384" => ec_key(name, &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22], 48),
        "P-521" => ec_key(name, &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23], 66),
        "Ed25519" => {
            let mut der = vec![
                0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
                0x20,
            ];
            der.extend(secret(name, 32));
            Some(der)
        }
        "RSA-1024" => Some(include_bytes!("keys/rsa-1024.der").to_vec()),
        "RSA-2048" => Some(include_bytes!("keys/rsa-2048.der").to_vec()),
        "RSA-3072" => Some(include_bytes!("keys/rsa-3072.der").to_vec()),
        "RSA-4096" => Some(include_bytes!("keys/rsa-4096.der").to_vec()),
        _ => None,
    };
    let der = der.ok_or_else(|| {
        Error::from(
            Diagnostic::new(codes::CASE_SYNTAX, format!("the key {} is not known", quote(name)))
                .with_help("use P-256, P-384, P-521, Ed25519, RSA-1024, RSA-2048, RSA-3072 or RSA-4096"),
        )
    })?;
    // What is made with them is the same on every machine.
    PrivateKey::from_der(&der)
        .map(PrivateKey::portable)
        .map_err(|error| Error::new(crate::error::ErrorKind::Argument, &error))
}

/// `ECPrivateKey ::= SEQUENCE { version 1, privateKey OCTET STRING, parameters [0] }` (RFC 5915 3); all lengths are short.
fn ec_key(name: &str, curve: &[u8], len: usize) -> Option<Vec<u8>> {
    let mut contents = vec![0x02, 0x01, 0x01, 0x04, u8::try_from(len).ok()?];
    contents.extend(secret(name, len));
    contents.extend([0xa0, u8::try_from(curve.len()).ok()?]);
    contents.extend(curve);
    let mut der = vec![0x30, u8::try_from(contents.len()).ok()?];
    der.extend(contents);
    Some(der)
}

/// Octets that follow from the name. The first is zero: the number is below the order of any curve of that size.
fn secret(name: &str, len: usize) -> Vec<u8> {
    let mut out = vec![0];
    let mut counter: u8 = 0;
    while out.len() < len {
        out.extend(Sha256::digest(format!("certgate case key {name} {counter}")));
        counter = counter.wrapping_add(1);
    }
    out.truncate(len);
    out
}
