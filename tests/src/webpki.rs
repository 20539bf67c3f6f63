//! rustls-webpki on the same chains: an independent verifier of the Web PKI's rules.

use std::time::Duration;

use ::webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, KeyUsage, RevocationCheckDepth,
    RevocationOptionsBuilder, UnknownStatusPolicy,
};
use certgate::time::Timestamp;
use rustls_pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};

use crate::limbo::{Case, der};

/// A chain, and what is asked of it.
pub struct Chain {
    pub anchors: Vec<Vec<u8>>,
    pub pool: Vec<Vec<u8>>,
    pub leaf: Vec<u8>,
    pub lists: Vec<Vec<u8>>,
    pub at: Timestamp,
    pub usage: KeyUsage,
    /// Host names and addresses.
    pub names: Vec<String>,
}

/// Why a chain is not accepted.
pub enum Verdict {
    Refuse(String),
    /// What the peer has no parameter for: it cannot be right or wrong there.
    Skip(String),
}

impl Chain {
    /// A case of x509-limbo; without a time of its own it is of `now`.
    pub fn of_case(case: &Case, now: Timestamp) -> Result<Self, Verdict> {
        let skip = |what: String| Err(Verdict::Skip(what));
        if !case.key_usage.is_empty() {
            return skip("key usages".to_owned());
        }
        if case.max_chain_depth.is_some() {
            return skip("a depth".to_owned());
        }
        let usage = match (case.extended_key_usage.as_slice(), case.validation_kind.as_str()) {
            ([], "SERVER") => KeyUsage::server_auth(),
            ([], _) => KeyUsage::client_auth(),
            ([one], _) if one == "serverAuth" => KeyUsage::server_auth(),
            ([one], _) if one == "clientAuth" => KeyUsage::client_auth(),
            (other, _) => return skip(format!("purposes {other:?}")),
        };
        let names: Vec<_> = case.expected_peer_name.iter().chain(&case.expected_peer_names).collect();
        if let Some(name) = names.iter().find(|name| !matches!(name.kind.as_str(), "DNS" | "IP")) {
            return skip(format!("a name of kind {}", name.kind));
        }
        let at = match &case.validation_time {
            None => now,
            Some(text) => {
                Timestamp::from_rfc3339(text).ok_or_else(|| Verdict::Skip("the time".to_owned()))?
            }
        };
        let ders = |texts: &[String]| texts.iter().filter_map(|text| der(text)).collect::<Vec<_>>();
        let lists = ders(&case.crls);
        if lists.is_empty() && !case.crls.is_empty() {
            return Err(Verdict::Refuse("no list can be read".to_owned()));
        }
        Ok(Self {
            anchors: ders(&case.trusted_certs),
            pool: ders(&case.untrusted_intermediates),
            leaf: der(&case.peer_certificate).unwrap_or_default(),
            lists,
            at,
            usage,
            names: names.iter().map(|name| name.value.clone()).collect(),
        })
    }

    /// Reads and verifies it. Lists, where there are any, must tell the status of all certificates.
    pub fn verify(&self) -> Result<(), Verdict> {
        let refuse = |what: &str, error: ::webpki::Error| Verdict::Refuse(format!("{what}: {error:?}"));
        let seconds = u64::try_from(self.at.as_unix()).unwrap_or(0);
        let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let certificates = |ders: &'_ [Vec<u8>]| -> Vec<CertificateDer<'static>> {
            ders.iter().map(|der| CertificateDer::from(der.clone())).collect()
        };
        let (roots, pool) = (certificates(&self.anchors), certificates(&self.pool));
        let anchors: Vec<TrustAnchor<'_>> =
            roots.iter().filter_map(|root| ::webpki::anchor_from_trusted_cert(root).ok()).collect();
        let leaf = CertificateDer::from(self.leaf.as_slice());
        let leaf = EndEntityCert::try_from(&leaf).map_err(|error| refuse("the leaf", error))?;
        let lists: Vec<CertRevocationList<'_>> = self
            .lists
            .iter()
            .filter_map(|der| BorrowedCertRevocationList::from_der(der).ok())
            .map(CertRevocationList::from)
            .collect();
        let lists: Vec<&CertRevocationList<'_>> = lists.iter().collect();
        let revocation = match (lists.is_empty(), self.lists.is_empty()) {
            (_, true) => None,
            (true, false) => return Err(Verdict::Refuse("no list can be read".to_owned())),
            (false, false) => Some(
                RevocationOptionsBuilder::new(&lists)
                    .map_err(|_| Verdict::Skip("no lists".to_owned()))?
                    .with_depth(RevocationCheckDepth::Chain)
                    .with_status_policy(UnknownStatusPolicy::Deny)
                    .build(),
            ),
        };
        leaf.verify_for_usage(
            ::webpki::ALL_VERIFICATION_ALGS,
            &anchors,
            &pool,
            at,
            self.usage,
            revocation,
            None,
        )
        .map_err(|error| refuse("the path", error))?;
        for name in &self.names {
            let server = ServerName::try_from(name.as_str())
                .map_err(|_| Verdict::Refuse(format!("{name} is no name")))?;
            leaf.verify_is_valid_for_subject_name(&server).map_err(|error| refuse("the name", error))?;
        }
        Ok(())
    }
}

/// A verdict in one line: `accept`, `refuse: …` or `skip: …`.
pub fn line(verdict: Result<(), Verdict>) -> String {
    let line = match verdict {
        Ok(()) => "accept".to_owned(),
        Err(Verdict::Refuse(why)) => format!("refuse: {why}"),
        Err(Verdict::Skip(why)) => format!("skip: {why}"),
    };
    line.replace('\n', " ")
}
