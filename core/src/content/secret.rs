//! Recognising private keys in every form in which people keep them, so that a program can refuse an input before it shows,
//! logs or keeps any of it. Generous on purpose: refusing a text that only looks like a key costs its sender a second look.

use super::ContentKind;
use crate::pem;

/// What the lines around keys say: PEM (RFC 7468, RFC 1421), OpenPGP (RFC 9580), SSH (RFC 4716) and PuTTY.
const LABELS: [&str; 4] = [
    "PRIVATE KEY-----",
    "PRIVATE KEY BLOCK-----",
    "BEGIN SSH2 ENCRYPTED PRIVATE KEY",
    "PuTTY-User-Key-File-",
];

/// How base64 of a PEM key begins, as in the data of a Kubernetes Secret: `PRIVATE KEY`, `RSA`, `EC`, `DSA`, `ENCRYPTED`
/// and `OPENSSH` behind `-----BEGIN `.
const IN_BASE64: [&str; 6] = [
    "LS0tLS1CRUdJTiBQUklWQVRFIEtF",
    "LS0tLS1CRUdJTiBSU0EgUFJJVkFU",
    "LS0tLS1CRUdJTiBFQyBQUklWQVRF",
    "LS0tLS1CRUdJTiBEU0EgUFJJVkFU",
    "LS0tLS1CRUdJTiBFTkNSWVBURUQg",
    "LS0tLS1CRUdJTiBPUEVOU1NIIFBS",
];

/// How key stores of Java begin: JKS and JCEKS.
const STORES: [&[u8]; 2] = [&[0xfe, 0xed, 0xfe, 0xed], &[0xce, 0xce, 0xce, 0xce]];

/// The kind of secret that an input holds anywhere: by label, by structure (DER, its base64 and its hexadecimal), as JSON
/// Web Key (RFC 7517), as XML, or within base64 of a document. UTF-16 is looked through too.
pub fn secret(input: &[u8]) -> Option<ContentKind> {
    if STORES.iter().any(|store| input.starts_with(store)) {
        return Some(ContentKind::PrivateKey);
    }
    let by_structure = |der: &[u8]| Some(ContentKind::of_der(der)).filter(|kind| kind.is_secret());
    if let Some(kind) = by_structure(input) {
        return Some(kind);
    }
    let narrow: Vec<u8>;
    let text = match input {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            narrow = input.iter().copied().filter(u8::is_ascii).filter(|byte| *byte != 0).collect();
            std::str::from_utf8(&narrow).ok()?
        }
        _ => std::str::from_utf8(input).ok()?,
    };
    let text = text.trim_start_matches('\u{feff}');
    if LABELS.iter().any(|label| text.contains(label)) {
        let encrypted = text.contains("ENCRYPTED");
        return Some(if encrypted { ContentKind::EncryptedPrivateKey } else { ContentKind::PrivateKey });
    }
    if IN_BASE64.iter().any(|start| text.contains(start)) || is_json_web_key(text) || is_xml_key(text) {
        return Some(ContentKind::PrivateKey);
    }
    let trimmed = text.trim();
    let octets =
        hexadecimal(trimmed).or_else(|| pem::decode_base64(trimmed).ok().map(|decoded| decoded.octets))?;
    by_structure(&octets).or_else(|| {
        let inner = std::str::from_utf8(&octets).ok()?;
        LABELS.iter().any(|label| inner.contains(label)).then_some(ContentKind::PrivateKey)
    })
}

/// A JSON Web Key with a private part: `d` of RSA, EC and OKP keys, `k` of symmetric ones (RFC 7518 6).
fn is_json_web_key(text: &str) -> bool {
    has_member(text, "\"kty\"") && (has_member(text, "\"d\"") || has_member(text, "\"k\""))
}

fn has_member(text: &str, quoted: &str) -> bool {
    text.match_indices(quoted).any(|(start, _)| {
        let rest = text.get(start..).and_then(|rest| rest.strip_prefix(quoted));
        rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
    })
}

/// The form of XML signatures in .NET: `RSAKeyValue` with the private exponent.
fn is_xml_key(text: &str) -> bool {
    text.contains("KeyValue>") && text.contains("<D>")
}

/// Octets of hexadecimal text; white space and colons are skipped.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let mut digits = Vec::new();
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b':') {
        digits.push(u8::try_from(char::from(byte).to_digit(16)?).ok()?);
    }
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    Some(pairs.iter().map(|[high, low]| (high << 4) | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_recognised_in_each_form() {
        for text in [
            "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----",
            "-----BEGIN PGP PRIVATE KEY BLOCK-----",
            "PuTTY-User-Key-File-3: ssh-ed25519",
            r#"{ "kty": "OKP", "crv": "Ed25519", "d" : "AAAA" }"#,
            "<RSAKeyValue><Modulus>AA</Modulus><D>AA</D></RSAKeyValue>",
            "data:\n  tls.key: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCg==",
            "MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "30:2e:02:01:00:30:05:06:03:2b:65:70:04:22:04:20:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\
             00000000000000000000000000000000",
        ] {
            assert!(secret(text.as_bytes()).is_some(), "{text}");
            let mut wide = vec![0xff, 0xfe];
            wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            assert!(secret(&wide).is_some(), "UTF-16: {text}");
        }
        assert!(secret(&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]).is_some());
    }

    #[test]
    fn what_is_public_is_not() {
        for text in [
            "",
            "-----BEGIN CERTIFICATE REQUEST-----",
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----",
            r#"{ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" }"#,
            r#"{ "version": 1, "id": "d" }"#,
            "MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ] {
            assert_eq!(secret(text.as_bytes()), None, "{text}");
        }
    }
}
