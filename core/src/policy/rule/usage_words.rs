//! Words for usages: those of X.509 and the 23 of Kubernetes (certificates.k8s.io/v1).

use crate::extension::KeyUsageBit;
use crate::oid::{self, Oid, OidKind};

/// What a word asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Usage {
    /// A bit of keyUsage (RFC 5280 4.2.1.3).
    Key(KeyUsageBit),
    /// A purpose of extendedKeyUsage (RFC 5280 4.2.1.12).
    Extended(Oid),
}

impl Usage {
    /// The name of X.509, or dotted decimal.
    pub fn label(&self) -> String {
        match self {
            Self::Key(bit) => bit.as_str().to_owned(),
            Self::Extended(oid) => oid.label(),
        }
    }
}

/// Reads a word of X.509 or of Kubernetes, or an object identifier of a purpose.
pub(in crate::policy) fn parse(word: &str) -> Option<Usage> {
    if let Some(bit) = KeyUsageBit::from_name(word) {
        return Some(Usage::Key(bit));
    }
    if let Some(usage) = kubernetes(word) {
        return Some(usage.clone());
    }
    Oid::from_label(word, OidKind::ExtendedKeyUsage).map(Usage::Extended)
}

/// The name of X.509 for a word.
pub(in crate::policy) fn usage_label(word: &str) -> Option<String> {
    parse(word).map(|usage| usage.label())
}

/// The 23 words of Kubernetes (certificates.k8s.io/v1 `KeyUsage`) in the order of its documentation, and what each asks for.
static KUBERNETES: [(&str, Usage); 23] = [
    ("signing", Usage::Key(KeyUsageBit::DigitalSignature)),
    ("digital signature", Usage::Key(KeyUsageBit::DigitalSignature)),
    ("content commitment", Usage::Key(KeyUsageBit::ContentCommitment)),
    ("key encipherment", Usage::Key(KeyUsageBit::KeyEncipherment)),
    ("key agreement", Usage::Key(KeyUsageBit::KeyAgreement)),
    ("data encipherment", Usage::Key(KeyUsageBit::DataEncipherment)),
    ("cert sign", Usage::Key(KeyUsageBit::KeyCertSign)),
    ("crl sign", Usage::Key(KeyUsageBit::CrlSign)),
    ("encipher only", Usage::Key(KeyUsageBit::EncipherOnly)),
    ("decipher only", Usage::Key(KeyUsageBit::DecipherOnly)),
    ("any", Usage::Extended(oid::ANY_EXTENDED_KEY_USAGE)),
    ("server auth", Usage::Extended(oid::SERVER_AUTH)),
    ("client auth", Usage::Extended(oid::CLIENT_AUTH)),
    ("code signing", Usage::Extended(oid::CODE_SIGNING)),
    ("email protection", Usage::Extended(oid::EMAIL_PROTECTION)),
    ("s/mime", Usage::Extended(oid::EMAIL_PROTECTION)),
    ("ipsec end system", Usage::Extended(oid::IPSEC_END_SYSTEM)),
    ("ipsec tunnel", Usage::Extended(oid::IPSEC_TUNNEL)),
    ("ipsec user", Usage::Extended(oid::IPSEC_USER)),
    ("timestamping", Usage::Extended(oid::TIME_STAMPING)),
    ("ocsp signing", Usage::Extended(oid::OCSP_SIGNING)),
    ("microsoft sgc", Usage::Extended(oid::MICROSOFT_SGC)),
    ("netscape sgc", Usage::Extended(oid::NETSCAPE_SGC)),
];

/// The words of Kubernetes for usages, and what each asks for.
pub fn kubernetes_usages() -> &'static [(&'static str, Usage)] {
    &KUBERNETES
}

/// Of two words of Kubernetes for one usage, the one that says more; other words stay as they are.
pub fn normal_usage(word: &str) -> &str {
    match word {
        "signing" => "digital signature",
        "s/mime" => "email protection",
        other => other,
    }
}

/// What a word of Kubernetes asks for.
pub(in crate::policy) fn kubernetes(word: &str) -> Option<&'static Usage> {
    KUBERNETES.iter().find(|(own, _)| *own == word).map(|(_, usage)| usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_of_kubernetes_are_known() {
        for (word, usage) in kubernetes_usages() {
            assert_eq!(parse(word).as_ref(), Some(usage));
            assert_eq!(kubernetes(normal_usage(word)), Some(usage));
        }
        assert_eq!(parse("serverAuth"), parse("server auth"));
        assert_eq!(parse("1.3.6.1.5.5.7.3.1"), parse("serverAuth"));
        assert_eq!(parse("nonRepudiation"), parse("contentCommitment"));
        assert_eq!(parse("bogus"), None);
    }
}
