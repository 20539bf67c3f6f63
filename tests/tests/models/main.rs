//! Verification against models that are slow and plain: a search that tries every path, a tree of policies, and sets of
//! names that are enumerated.

use std::sync::Arc;

use certgate::certificate::Certificate;
use certgate_tests::certificate::Cert;

mod constraints;
mod policies;
mod search;

fn read(cert: &Cert) -> Arc<Certificate> {
    Arc::new(Certificate::from_der(&cert.der()).expect("a certificate"))
}
