use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::issue::Issuer;
use certgate_bindings::issue::{self, PrivateKey};

use super::Order;
use crate::input::read_file;
use crate::inventory::{self, Inventory, NewRecord};
use crate::renewal::{Failure, LocalPlan};

/// Issues with a CA whose key is at hand: approved by the policy, recorded in the CA's inventory.
pub(super) fn issue(plan: &LocalPlan, order: &Order<'_>) -> Result<Vec<Arc<Certificate>>, Failure> {
    let Some(decision) = order.decision else {
        return Err("a local CA issues what a policy allows".to_owned().into());
    };
    let path = order.target.path(&plan.ca);
    let bundle = order.target.read_bundle(&plan.ca)?;
    let (certificate, above) = bundle.split_leaf().map_err(|error| format!("{}: {error}", path.display()))?;
    let certificate = certificate.as_core();
    let issuer = Issuer::new(Arc::clone(certificate), above.to_vec())
        .map_err(|error| format!("{}: {error}", path.display()))?
        .with_distribution_points(plan.crl_uris.clone());
    let key_path = order.target.path(&plan.private_key);
    let bytes = zeroize::Zeroizing::new(read_file(&key_path).map_err(String::from)?);
    let key = PrivateKey::parse(&bytes).map_err(|error| format!("{}: {error}", key_path.display()))?;
    let books = order.target.inventory().unwrap_or_else(|| inventory::beside(&path));
    let mut inventory = Inventory::open(&books)?;
    inventory.check_issuer(&issuer)?;
    let record = NewRecord {
        issuer: Some(certificate),
        policy: Some(decision.as_core().policy()),
        request: Some(order.request.der()),
        public_key: order.request.as_core().public_key(),
    };
    let recorded = inventory
        .issue(&record, order.now, |inputs| {
            issue::issue(decision, &issuer, &key, inputs).map(|issued| Arc::clone(issued.certificate()))
        })
        .map_err(|error| error.to_string())?;
    inventory.deliver(&recorded, order.now)?;
    Ok(std::iter::once(recorded.certificate()).chain(bundle.certificates()).cloned().collect())
}
