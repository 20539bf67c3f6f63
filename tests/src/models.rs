//! What verification means, said again slowly and plainly: a search that tries every path, the tree of policies, and sets
//! of names that are enumerated. The property tests and the fuzz targets hold the engine to these.

pub mod constraints;
pub mod policies;
pub mod search;

use std::sync::Arc;

use certgate::certificate::Certificate;

use crate::certificate::Cert;

fn read(cert: &Cert) -> Arc<Certificate> {
    Arc::new(Certificate::from_der(&cert.der()).expect("a certificate"))
}
