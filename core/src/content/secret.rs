//! Recognising private keys in every form in which people keep them, so that a program can refuse an input before it shows,
//! logs or keeps any of it. Generous on purpose: refusing a text that only looks like a key costs its sender a second look.

use super::ContentKind;
pub(super) use crate::diagnostic::secret::holds_key;
use crate::diagnostic::secret::{IN_BASE64, LABELS, hexadecimal, is_json_web_key, is_xml_key};
use crate::pem;

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
    fn a_key_is_recognised_as_a_value_among_others() {
        let key = "MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let sec1 = "MHcCAQEEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4foAoGCCqGSM49AwEHoUQDQgAE";
        let rsa = "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn_ygWyF8PbnGy0AHB7MaGir";
        let encrypted = "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgAAAAAAAAAAAICCAAw";
        let openssh = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB";
        for key in [key, sec1, rsa, encrypted, openssh] {
            for text in [
                format!("version: 1\nkeyz: {key}\n"),
                format!("{{\"keyz\":\"first\\n{key}\\nsecond\"}}"),
                format!("keyz: |\n  {key}\n  AAAA\n"),
            ] {
                assert!(holds_key(&text), "{text}");
                assert!(super::super::holds_private_key(&text), "{text}");
            }
        }
    }

    #[test]
    fn a_key_is_recognised_in_short_lines_in_hexadecimal_and_in_json() {
        let key = "302e020100300506032b657004220420000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let colons: Vec<&str> =
            key.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect();
        let openssh = "6f70656e7373682d6b65792d7631000000000463626331";
        for text in [
            format!("0x{key}"),
            format!("key={key}."),
            format!("the key {} of a host", colons.join(":")),
            format!("the key {} of a host", colons.join(" ").to_uppercase()),
            format!("k={}", colons.join("-")),
            key.as_bytes().chunks(20).map(|line| String::from_utf8_lossy(line) + "\n").collect(),
            format!("x{openssh}"),
            "MC4CAQAwBQYDK2Vw\nBCIEIAABAgMEBQYH\nCAkKCwwNDg8QERIT\n".to_owned(),
            "\"MC4CAQAwBQYDK2Vw\\nBCIEIAABAgMEBQYH\\nCAkKCwwNDg8QERIT\"".to_owned(),
            r#"{"kty":"OKP","d":"AAAA"}"#.to_owned(),
            r#""{\"kty\":\"OKP\",\"d\":\"AAAA\"}""#.to_owned(),
        ] {
            assert!(holds_key(&text), "{text}");
            assert!(super::super::holds_private_key(&text), "{text}");
        }
        // A public key, and a digest that begins as a SEQUENCE does.
        for text in [
            "302a300506032b6570032100000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "3059301306072a8648ce3d020106082a8648ce3d030107034200040001020304050607",
            "302e0f0e0d0c0b0a09080706050403020100302e0f0e0d0c0b0a090807060504",
        ] {
            assert!(!holds_key(&format!("0x{text}")), "{text}");
        }
    }

    #[test]
    fn public_base64_as_a_value_is_none() {
        for value in [
            // A key, a certificate, a request, a revocation list, a signature; and a digest that begins as one of them.
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "MIIBszCCAVmgAwIBAgIUAAAAAAAAAAAAAAAAAAAAAAAAAAAwCgYIKoZIzj0EAwIwEjEQ",
            "MIH8MIGiAgEAMBYxFDASBgNVBAMMC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYI",
            "MIHJMHACAQEwCgYIKoZIzj0EAwIwEjEQMA4GA1UEAwwHZXhhbXBsZRcNMjcwMTAx",
            "MHACAQEwCgYIKoZIzj0EAwIwEjEQMA4GA1UEAwwHZXhhbXBsZRcNMjcwMTAx",
            "MEUCIQDKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIgAAAAAAAAAAAA",
            "MCQ1zVyUbGxk1tVnQ2Zk9qS0pYbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODk",
        ] {
            assert!(!holds_key(&format!("version: 1\nvalue: {value}\n")), "{value}");
        }
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
