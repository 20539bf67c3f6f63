//! Words for usages: those of X.509 and the 23 of Kubernetes (certificates.k8s.io/v1).

use crate::extension::KeyUsageBit;
use crate::oid::{self, Oid, OidKind};

/// What a word asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Usage {
    Key(KeyUsageBit),
    Extended(Oid),
}

/// Reads a word of X.509 or of Kubernetes, or an object identifier of a purpose.
pub(in crate::policy) fn parse(word: &str) -> Option<Usage> {
    if let Some(bit) = KeyUsageBit::from_name(word) {
        return Some(Usage::Key(bit));
    }
    if let Some(usage) = kubernetes(word) {
        return Some(usage);
    }
    Oid::from_label(word, OidKind::ExtendedKeyUsage).map(Usage::Extended)
}

/// The name of X.509 for a word.
pub(in crate::policy) fn usage_label(word: &str) -> Option<String> {
    Some(match parse(word)? {
        Usage::Key(bit) => bit.as_str().to_owned(),
        Usage::Extended(oid) => oid.label(),
    })
}

fn kubernetes(word: &str) -> Option<Usage> {
    use KeyUsageBit::{
        ContentCommitment, CrlSign, DataEncipherment, DecipherOnly, DigitalSignature, EncipherOnly,
        KeyAgreement, KeyCertSign, KeyEncipherment,
    };
    Some(match word {
        "signing" | "digital signature" => Usage::Key(DigitalSignature),
        "content commitment" => Usage::Key(ContentCommitment),
        "key encipherment" => Usage::Key(KeyEncipherment),
        "key agreement" => Usage::Key(KeyAgreement),
        "data encipherment" => Usage::Key(DataEncipherment),
        "cert sign" => Usage::Key(KeyCertSign),
        "crl sign" => Usage::Key(CrlSign),
        "encipher only" => Usage::Key(EncipherOnly),
        "decipher only" => Usage::Key(DecipherOnly),
        "any" => Usage::Extended(oid::ANY_EXTENDED_KEY_USAGE),
        "server auth" => Usage::Extended(oid::SERVER_AUTH),
        "client auth" => Usage::Extended(oid::CLIENT_AUTH),
        "code signing" => Usage::Extended(oid::CODE_SIGNING),
        "email protection" | "s/mime" => Usage::Extended(oid::EMAIL_PROTECTION),
        "ipsec end system" => Usage::Extended(oid::IPSEC_END_SYSTEM),
        "ipsec tunnel" => Usage::Extended(oid::IPSEC_TUNNEL),
        "ipsec user" => Usage::Extended(oid::IPSEC_USER),
        "timestamping" => Usage::Extended(oid::TIME_STAMPING),
        "ocsp signing" => Usage::Extended(oid::OCSP_SIGNING),
        "microsoft sgc" => Usage::Extended(oid::MICROSOFT_SGC),
        "netscape sgc" => Usage::Extended(oid::NETSCAPE_SGC),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_of_kubernetes_are_known() {
        let words = [
            "signing",
            "digital signature",
            "content commitment",
            "key encipherment",
            "key agreement",
            "data encipherment",
            "cert sign",
            "crl sign",
            "encipher only",
            "decipher only",
            "any",
            "server auth",
            "client auth",
            "code signing",
            "email protection",
            "s/mime",
            "ipsec end system",
            "ipsec tunnel",
            "ipsec user",
            "timestamping",
            "ocsp signing",
            "microsoft sgc",
            "netscape sgc",
        ];
        assert_eq!(words.len(), 23);
        for word in words {
            assert!(parse(word).is_some(), "{word}");
        }
        assert_eq!(parse("serverAuth"), parse("server auth"));
        assert_eq!(parse("1.3.6.1.5.5.7.3.1"), parse("serverAuth"));
        assert_eq!(parse("nonRepudiation"), parse("contentCommitment"));
        assert_eq!(parse("bogus"), None);
    }
}
