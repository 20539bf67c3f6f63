//! Issuing from requests that have been read and checked: policy, encoding, lint, signature, and verification of the result.
//! Beside rcgen with aws-lc-rs, and one verification by aws-lc-rs, which looks at no policy and lints nothing.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey, VerificationAlgorithm,
};
use certgate::crypto::{KeyKind, PrivateKey, RsaBits, Signer};
use certgate::issue::{IssueInputs, Issuer, NewAuthority};
use certgate::oid::COMMON_NAME;
use certgate::policy::Context;
use certgate::request::CertificationRequest;
use certgate::time::Timestamp;
use certgate_bindings::Policy;
use rcgen::{CertificateSigningRequestParams, PublicKeyData, SignatureAlgorithm, SigningKey};
use rustls_pki_types::CertificateDer;

use crate::pool;
use crate::rounds::{self, Contestant};

const AT: &str = "2026-01-01T00:00:00Z";

/// Keys of the CA, and the goal where there is one: certgate's time to the other one's.
const AUTHORITIES: [(&str, KeyKind, Option<f64>); 2] =
    [("P-256 CA", KeyKind::P256, Some(1.4)), ("RSA-2048 CA", KeyKind::Rsa(RsaBits::B2048), None)];

pub fn run(folder: &Path) {
    let pool = pool::read(&folder.join("p-256.pool"));
    let policy = Policy::load(include_str!("../policy.json")).expect("the policy");
    let at = Timestamp::from_rfc3339(AT).expect("a time");
    for (title, kind, goal) in AUTHORITIES {
        let key = PrivateKey::generate(kind, [5; 32]).expect("a key");
        let issuer = issuer(&key, at);
        let ours =
            Ours { policy: &policy, key: &key, issuer, context: Context::new(at), requests: read(&pool) };
        let peer = Peer::new(&ours.issuer, &key, &pool);
        let (serial, turn, their_turn, bare_turn) = (Cell::new(0), Cell::new(0), Cell::new(0), Cell::new(0));
        let next = |turn: &Cell<usize>| turn.replace((turn.get() + 1) % pool.len());
        let contestants = [
            Contestant {
                name: "certgate",
                work: Box::new(|_| ours.issue(next(&turn), serial.replace(serial.get() + 1), at)),
            },
            Contestant {
                name: "rcgen + aws-lc-rs, verified",
                work: Box::new(|_| peer.verify(&peer.issue(next(&their_turn)))),
            },
            Contestant {
                name: "rcgen + aws-lc-rs, issue only",
                work: Box::new(|_| !peer.issue(next(&bare_turn)).is_empty()),
            },
        ];
        let times = rounds::run(&contestants, &pool);
        println!("issue, {title}: a pool of {} checked requests with P-256 keys", pool.len());
        for (contestant, time) in contestants.iter().zip(&times) {
            println!("  {:<30} {time:>8.1} us", contestant.name);
        }
        let goal = goal.map_or_else(String::new, |goal| format!("    goal at most {goal}"));
        println!("  ratio                          {:>8.2}{goal}", times[0] / times[1]);
    }
}

/// Requests whose signatures have been verified: what is measured begins with the policy.
fn read(pool: &[Vec<u8>]) -> Vec<CertificationRequest> {
    let crypto = certgate::crypto::CryptoProvider::best();
    let read = |der: &Vec<u8>| {
        let request = CertificationRequest::from_der(der).expect("a request");
        request.signature_status(crypto);
        request
    };
    pool.iter().map(read).collect()
}

fn issuer(key: &PrivateKey, at: Timestamp) -> Issuer {
    let root = NewAuthority {
        subject: vec![(COMMON_NAME, "Bench CA".to_owned())],
        not_before: at,
        not_after: Timestamp::from_rfc3339("2036-01-01T00:00:00Z").expect("a time"),
        path_length: None,
    };
    let root = root.prepare(key.public_key(), key.scheme(), &IssueInputs::new(at, [1; 20])).expect("a root");
    Issuer::new(root.sign(key).expect("a root"), Vec::new()).expect("an issuer")
}

struct Ours<'c> {
    policy: &'c Policy,
    key: &'c PrivateKey,
    issuer: Issuer,
    context: Context,
    requests: Vec<CertificationRequest>,
}

impl Ours<'_> {
    fn issue(&self, number: usize, serial: u64, at: Timestamp) -> bool {
        let decision = self.policy.as_core().evaluate(&self.requests[number], &self.context);
        let mut random = [0; 20];
        random[12..].copy_from_slice(&serial.to_be_bytes());
        let approval = decision.approval().expect("an approval");
        self.issuer
            .prepare(approval, &IssueInputs::new(at, random), self.key.scheme())
            .and_then(|prepared| prepared.sign(self.key))
            .is_ok()
    }
}

/// The other library.
struct Peer {
    issuer: rcgen::Issuer<'static, PeerKey>,
    requests: Vec<CertificateSigningRequestParams>,
}

impl Peer {
    fn new(issuer: &Issuer, key: &PrivateKey, pool: &[Vec<u8>]) -> Self {
        let der = CertificateDer::from(issuer.certificate().der().to_vec());
        let issuer = rcgen::Issuer::from_ca_cert_der(&der, PeerKey::new(key)).expect("an issuer");
        let read = |der: &Vec<u8>| {
            CertificateSigningRequestParams::from_der(&der.as_slice().into()).expect("a request")
        };
        Self { issuer, requests: pool.iter().map(read).collect() }
    }

    fn issue(&self, number: usize) -> Vec<u8> {
        self.requests[number].signed_by(&self.issuer).expect("a certificate").der().to_vec()
    }

    /// The signature of a certificate.
    fn verify(&self, der: &[u8]) -> bool {
        let (_, certificate) = x509_parser::parse_x509_certificate(der).expect("a certificate");
        let key = self.issuer.key();
        UnparsedPublicKey::new(key.verification(), key.der_bytes())
            .verify(certificate.tbs_certificate.as_ref(), &certificate.signature_value.data)
            .is_ok()
    }
}

/// A key of aws-lc-rs, as rcgen takes it.
enum PeerKey {
    P256(Arc<EcdsaKeyPair>, SystemRandom),
    Rsa(Box<RsaKeyPair>, SystemRandom),
}

impl PeerKey {
    fn new(key: &PrivateKey) -> Self {
        let pkcs8 = key.to_pkcs8_der().expect("a key in PKCS #8");
        let random = SystemRandom::new();
        match EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8) {
            Ok(pair) => Self::P256(Arc::new(pair), random),
            Err(_) => Self::Rsa(Box::new(RsaKeyPair::from_pkcs8(&pkcs8).expect("a key")), random),
        }
    }

    fn verification(&self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::P256(..) => &ECDSA_P256_SHA256_ASN1,
            Self::Rsa(..) => &RSA_PKCS1_2048_8192_SHA256,
        }
    }
}

impl PublicKeyData for PeerKey {
    fn der_bytes(&self) -> &[u8] {
        match self {
            Self::P256(pair, _) => pair.public_key().as_ref(),
            Self::Rsa(pair, _) => pair.public_key().as_ref(),
        }
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self {
            Self::P256(..) => &rcgen::PKCS_ECDSA_P256_SHA256,
            Self::Rsa(..) => &rcgen::PKCS_RSA_SHA256,
        }
    }
}

impl SigningKey for PeerKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        match self {
            Self::P256(pair, random) => {
                pair.sign(random, message).map(|signature| signature.as_ref().to_vec())
            }
            Self::Rsa(pair, random) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, random, message, &mut signature).map(|()| signature)
            }
        }
        .map_err(|_| rcgen::Error::RemoteKeyError)
    }
}
