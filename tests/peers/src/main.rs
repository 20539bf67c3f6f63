//! `certgate-peers FILE`: puts the cases of a file in the form of x509-limbo to rustls-webpki. Prints one line a case: the
//! id, a tab, and `accept`, `refuse: …` or `skip: …`.

use std::process::ExitCode;
use std::time::Duration;

use certgate::time::Timestamp;
use certgate_tests::limbo::{Case, Limbo, der};
use rustls_pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, KeyUsage, RevocationCheckDepth,
    RevocationOptionsBuilder, UnknownStatusPolicy,
};

enum Verdict {
    Refuse(String),
    Skip(String),
}

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1) else {
        eprintln!("certgate-peers FILE");
        return ExitCode::from(2);
    };
    let limbo = match Limbo::read(std::path::Path::new(&file)) {
        Ok(limbo) => limbo,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(3);
        }
    };
    let now = i64::try_from(UnixTime::now().as_secs()).ok().and_then(Timestamp::from_unix).expect("a clock");
    for case in &limbo.testcases {
        let verdict = match verify(case, now) {
            Ok(()) => "accept".to_owned(),
            Err(Verdict::Refuse(why)) => format!("refuse: {why}"),
            Err(Verdict::Skip(why)) => format!("skip: {why}"),
        };
        println!("{}\t{}", case.id, verdict.replace('\n', " "));
    }
    ExitCode::SUCCESS
}

/// What the peer has no parameter for is skipped: it cannot be right or wrong there.
fn verify(case: &Case, now: Timestamp) -> Result<(), Verdict> {
    let refuse = |what: &str, error: webpki::Error| Verdict::Refuse(format!("{what}: {error:?}"));
    if !case.key_usage.is_empty() {
        return Err(Verdict::Skip("key usages".to_owned()));
    }
    if case.max_chain_depth.is_some() {
        return Err(Verdict::Skip("a depth".to_owned()));
    }
    let usage = match (case.extended_key_usage.as_slice(), case.validation_kind.as_str()) {
        ([], "SERVER") => KeyUsage::server_auth(),
        ([], _) => KeyUsage::client_auth(),
        ([one], _) if one == "serverAuth" => KeyUsage::server_auth(),
        ([one], _) if one == "clientAuth" => KeyUsage::client_auth(),
        (other, _) => return Err(Verdict::Skip(format!("purposes {other:?}"))),
    };
    let at = match &case.validation_time {
        None => now,
        Some(text) => Timestamp::from_rfc3339(text).ok_or_else(|| Verdict::Skip("the time".to_owned()))?,
    };
    let at = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at.as_unix()).unwrap_or(0)));
    let ders = |texts: &[String]| -> Vec<Vec<u8>> { texts.iter().filter_map(|text| der(text)).collect() };
    let (roots, pool) = (ders(&case.trusted_certs), ders(&case.untrusted_intermediates));
    let roots: Vec<CertificateDer<'_>> =
        roots.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let anchors: Vec<TrustAnchor<'_>> =
        roots.iter().filter_map(|root| webpki::anchor_from_trusted_cert(root).ok()).collect();
    let pool: Vec<CertificateDer<'_>> = pool.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let leaf_der = der(&case.peer_certificate).unwrap_or_default();
    let leaf = CertificateDer::from(leaf_der.as_slice());
    let leaf = EndEntityCert::try_from(&leaf).map_err(|error| refuse("the leaf", error))?;
    let lists: Vec<Vec<u8>> = case.crls.iter().filter_map(|text| der(text)).collect();
    let lists: Vec<CertRevocationList<'_>> = lists
        .iter()
        .filter_map(|der| BorrowedCertRevocationList::from_der(der).ok())
        .map(CertRevocationList::from)
        .collect();
    let lists: Vec<&CertRevocationList<'_>> = lists.iter().collect();
    let revocation = match (lists.is_empty(), case.crls.is_empty()) {
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
    leaf.verify_for_usage(webpki::ALL_VERIFICATION_ALGS, &anchors, &pool, at, usage, revocation, None)
        .map_err(|error| refuse("the path", error))?;
    for name in case.expected_peer_name.iter().chain(&case.expected_peer_names) {
        if !matches!(name.kind.as_str(), "DNS" | "IP") {
            return Err(Verdict::Skip(format!("a name of kind {}", name.kind)));
        }
        let server = ServerName::try_from(name.value.as_str())
            .map_err(|_| Verdict::Refuse(format!("{} is no name", name.value)))?;
        leaf.verify_is_valid_for_subject_name(&server).map_err(|error| refuse("the name", error))?;
    }
    Ok(())
}
