//! Verifying leaf, intermediate, root: every leaf another one. Beside rustls-webpki, which verifies both signatures each time.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use certgate::certificate::Certificate;
use certgate::time::Timestamp;
use certgate::verify::{PeerName, Profile, Purpose, Verifier, VerifyParameters};
use certgate_tests::certificate::Cert;
use rustls_pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage};

use crate::chains::{Authorities, Chains, host, read};
use crate::rounds::{self, Contestant};

const AT: &str = "2026-01-01T00:00:00Z";

/// One leaf for every turn of every contestant.
const LEAVES: usize = 3 * rounds::WORK;

/// Leaves for the hosts, which meet each one once: enough for an engine of JavaScript to be warm.
const HOSTS_LEAVES: usize = 12_000;

/// CAs, and the goals: certgate's time to that of rustls-webpki with aws-lc-rs, warm and cold.
const POOLS: [(Authorities, f64, f64); 2] =
    [(Authorities::P256, 0.62, 1.4), (Authorities::Rsa2048, 0.62, 1.6)];

/// Intermediates that the verifier knows.
const POOL_SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

pub fn run(folder: &Path) {
    for (authorities, warm_goal, cold_goal) in POOLS {
        Chains::write(authorities, HOSTS_LEAVES, folder);
        let chains = Chains::new(authorities, LEAVES);
        compare(&chains, warm_goal, cold_goal);
        sizes(&chains);
    }
}

fn compare(chains: &Chains, warm_goal: f64, cold_goal: f64) {
    let ours = Ours::new(chains);
    let peer = Peer::new(chains);
    let contestants = [
        Contestant { name: "certgate, warm", work: Box::new(|leaf| ours.warm(leaf)) },
        Contestant { name: "certgate, cold", work: Box::new(|leaf| ours.cold(leaf)) },
        Contestant { name: "rustls-webpki + aws-lc-rs", work: Box::new(|leaf| peer.verify(leaf)) },
    ];
    let times = rounds::run(&contestants, &chains.leaves);
    println!("{}: a pool of {} leaves, each verified once", chains.title, chains.leaves.len());
    for (contestant, time) in contestants.iter().zip(&times) {
        println!("  {:<30} {time:>8.1} us", contestant.name);
    }
    let (warm, cold) = (ours.warm.get(), ours.cold.get());
    println!("  signatures verified: {warm} for {0} leaves warm, {cold} for {0} cold", rounds::WORK);
    assert_eq!(cold, 2 * rounds::WORK as u64, "two signatures a path");
    assert_eq!(warm, 1 + rounds::WORK as u64, "one signature a leaf, and one for all");
    println!("  ratio, warm                    {:>8.2}    goal at most {warm_goal}", times[0] / times[2]);
    println!("  ratio, cold                    {:>8.2}    goal at most {cold_goal}", times[1] / times[2]);
}

/// The engine: with intermediates that are read once and edges that are remembered, and without.
struct Ours<'c> {
    chains: &'c Chains,
    remembering: Verifier,
    forgetting: Verifier,
    at: Timestamp,
    names: HashMap<&'c [u8], PeerName>,
    /// Signatures that were verified.
    warm: Cell<u64>,
    cold: Cell<u64>,
}

impl<'c> Ours<'c> {
    fn new(chains: &'c Chains) -> Self {
        let verifier = |known: &[&Vec<u8>]| {
            Verifier::new([read(&chains.root)], known.iter().map(|der| read(der)), Profile::Rfc5280)
        };
        Self {
            chains,
            remembering: verifier(&[&chains.intermediate]),
            forgetting: verifier(&[]).with_remembered_edges(0),
            at: Timestamp::from_rfc3339(AT).expect("a time"),
            names: names(chains, |name| PeerName::dns(&name).expect("a name")),
            warm: Cell::new(0),
            cold: Cell::new(0),
        }
    }

    fn warm(&self, leaf: &[u8]) -> bool {
        self.verify(&self.remembering, leaf, &[], &self.warm)
    }

    /// The peer presents the intermediate, which is read each time.
    fn cold(&self, leaf: &[u8]) -> bool {
        self.verify(&self.forgetting, leaf, &[read(&self.chains.intermediate)], &self.cold)
    }

    fn verify(
        &self,
        verifier: &Verifier,
        leaf: &[u8],
        presented: &[Arc<Certificate>],
        signatures: &Cell<u64>,
    ) -> bool {
        let name = self.names[leaf].clone();
        let leaf = read(leaf);
        let parameters =
            VerifyParameters::new(self.at, Purpose::Server).with_names([name]).with_presented(presented);
        match verifier.verify(&leaf, &parameters) {
            Ok(path) => {
                signatures.set(signatures.get() + u64::from(path.work().signatures));
                path.certificates().len() == 3
            }
            Err(_) => false,
        }
    }
}

/// The name that a client expects of each leaf: it knows it beforehand.
fn names<T>(chains: &Chains, parse: impl Fn(String) -> T) -> HashMap<&[u8], T> {
    chains.leaves.iter().enumerate().map(|(number, leaf)| (leaf.as_slice(), parse(host(number)))).collect()
}

struct Peer<'c> {
    anchors: Vec<TrustAnchor<'c>>,
    intermediates: Vec<CertificateDer<'c>>,
    at: UnixTime,
    names: HashMap<&'c [u8], ServerName<'static>>,
}

impl<'c> Peer<'c> {
    fn new(chains: &'c Chains) -> Self {
        let root = Box::leak(Box::new(CertificateDer::from(chains.root.as_slice())));
        let at = Timestamp::from_rfc3339(AT).expect("a time").as_unix();
        Self {
            anchors: vec![webpki::anchor_from_trusted_cert(root).expect("an anchor")],
            intermediates: vec![CertificateDer::from(chains.intermediate.as_slice())],
            at: UnixTime::since_unix_epoch(Duration::from_secs(at.unsigned_abs())),
            names: names(chains, |name| ServerName::try_from(name).expect("a name")),
        }
    }

    fn verify(&self, der: &[u8]) -> bool {
        let name = &self.names[der];
        let der = CertificateDer::from(der);
        let Ok(parsed) = EndEntityCert::try_from(&der) else { return false };
        parsed
            .verify_for_usage(
                webpki::ALL_VERIFICATION_ALGS,
                &self.anchors,
                &self.intermediates,
                self.at,
                KeyUsage::server_auth(),
                None,
                None,
            )
            .is_ok()
            && parsed.verify_is_valid_for_subject_name(name).is_ok()
    }
}

/// The time of one verification against the number of certificates that the verifier knows: it must not grow.
fn sizes(chains: &Chains) {
    println!("  time against what the verifier knows:");
    let mut leaves = chains.leaves.iter().cycle();
    let others: Vec<Arc<Certificate>> = (0..POOL_SIZES[POOL_SIZES.len() - 1])
        .map(|number| read(&Cert::ca(&format!("other {number}"), "root").der()))
        .collect();
    for size in POOL_SIZES {
        let pool = others.iter().take(size - 1).cloned().chain([read(&chains.intermediate)]);
        let verifier = Verifier::new([read(&chains.root)], pool, Profile::Rfc5280).with_remembered_edges(0);
        let time = time(&verifier, &mut leaves);
        println!("    {size:>6} intermediates           {time:>8.1} us");
    }
    let store: Vec<Arc<Certificate>> = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok().map(Arc::new))
        .collect();
    let count = store.len() + 1;
    let anchors = store.into_iter().chain([read(&chains.root)]);
    let verifier = Verifier::new(anchors, [read(&chains.intermediate)], Profile::Rfc5280);
    let time = time(&verifier.with_remembered_edges(0), &mut leaves);
    println!("    {count:>6} anchors                 {time:>8.1} us");
}

/// Microseconds of one verification: the fastest tenth of turns.
fn time<'l>(verifier: &Verifier, leaves: &mut impl Iterator<Item = &'l Vec<u8>>) -> f64 {
    let at = Timestamp::from_rfc3339(AT).expect("a time");
    let parameters = VerifyParameters::new(at, Purpose::Server);
    let turns = (0..100).map(|_| {
        let turn: Vec<&Vec<u8>> = leaves.by_ref().take(20).collect();
        let start = Instant::now();
        for leaf in &turn {
            assert!(verifier.verify(&read(leaf), &parameters).is_ok());
        }
        start.elapsed().as_secs_f64() * 1e6 / turn.len() as f64
    });
    rounds::fastest_tenth(turns.collect())
}
