use std::collections::BTreeMap;
use std::sync::Arc;

use certgate_bindings::certgate::certificate::{Certificate, SerialNumber};
use certgate_bindings::certgate::crl::CertificateList;
use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::certgate::extension::{DistributionPointName, ExtensionValue, ReasonCode};
use certgate_bindings::certgate::issue::{Issuer, ListContents, ListScope, NewRevocationList, Revocation};
use certgate_bindings::certgate::name::GeneralName;
use certgate_bindings::certgate::oid;
use certgate_bindings::certgate::time::{Duration, Timestamp};
use certgate_bindings::issue;

use crate::inventory::{Inventory, ListKind, RevokedSerial, number_octets};

/// Which list is wanted.
#[derive(Clone, Debug)]
pub struct ListOrder {
    /// Whether it adds to the last full list of the same scope.
    pub delta: Delta,
    /// The URI of the distribution point, if it is about the certificates that name it alone.
    pub distribution_point: Option<String>,
    /// Which kinds of certificates it is about.
    pub contents: ListContents,
    /// Where the delta lists are; for full lists.
    pub freshest: Vec<String>,
    /// How long it holds.
    pub lifetime: Duration,
    /// A number that it must go beyond, of lists that the inventory does not know.
    pub beyond: i64,
}

/// Whether a list stands alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delta {
    /// It has all that was revoked.
    #[default]
    No,
    /// It has what changed since the last full list.
    SinceLast,
}

/// A list that was signed and recorded.
#[derive(Clone, Debug)]
pub struct SignedList {
    /// Its number.
    pub number: i64,
    /// The list.
    pub list: Arc<CertificateList>,
    /// When the last full list of the scope was issued, if that is later than this one: a clock was ahead then, or is behind now.
    pub earlier_than: Option<Timestamp>,
}

/// Signs the next revocation list of an issuer: what the inventory says was revoked. The number is taken before it is
/// signed, and the list recorded before it comes out.
///
/// # Errors
/// In one sentence: no full list that a delta list could add to, whatever signing refuses, an inventory that cannot be
/// written.
pub fn sign_list(
    inventory: &mut Inventory,
    issuer: &Issuer,
    key: &dyn Signer,
    order: &ListOrder,
    at: Timestamp,
) -> Result<SignedList, String> {
    let ca = Arc::clone(issuer.certificate());
    let next_update = at
        .checked_add(order.lifetime)
        .ok_or_else(|| "the list would hold beyond the year 9999".to_owned())?;
    let scope = scope_name(order);
    let base = inventory.last_full_list(&ca, &scope)?;
    let since = base.as_ref().map(|base| base.this_update);
    let mut current = BTreeMap::new();
    for revoked in inventory.revocations(&ca)? {
        // RFC 5280 3.3: an entry stays until it was in a list that was issued after the end of the certificate.
        // By a clock that was ahead it was not: then it is not over now either.
        let over = revoked.not_after.zip(since).is_some_and(|(end, since)| end < since && end < at);
        if !over && belongs(&revoked, order) {
            let RevokedSerial { serial_number, at, reason, .. } = revoked;
            current.insert(serial_number.clone(), Revocation { serial_number, at, reason });
        }
    }
    let (kind, base_number, revocations) = match (order.delta, base) {
        (Delta::No, _) => (ListKind::Full, None, current.into_values().collect()),
        (Delta::SinceLast, None) => {
            return Err("there is no full list of this scope that a delta list could add to".to_owned());
        }
        (Delta::SinceLast, Some(base)) => {
            let list = CertificateList::from_der(&base.der).map_err(|error| error.to_string())?;
            let changes = changes(&list, current, at);
            (ListKind::Delta(base.number), Some(number_octets(base.number)), changes)
        }
    };
    let number = inventory.reserve_list(&ca, kind, &scope, order.beyond, (at, next_update))?;
    let new = NewRevocationList { number: number_octets(number), this_update: at, next_update, revocations };
    let scope = ListScope {
        base: base_number,
        distribution_point: order.distribution_point.clone(),
        contents: order.contents,
        freshest: order.freshest.clone(),
    };
    let list = issue::new_list_within(&new, &scope, issuer, key).map_err(|error| error.to_string())?;
    inventory.record_list(&ca, number, &list)?;
    Ok(SignedList { number, list, earlier_than: since.filter(|since| at < *since) })
}

/// What changed since a list: new entries, and those that are no more.
fn changes(
    base: &CertificateList,
    current: BTreeMap<SerialNumber, Revocation>,
    at: Timestamp,
) -> Vec<Revocation> {
    let gone =
        base.entries().iter().filter(|entry| !current.contains_key(entry.serial_number())).map(|entry| {
            Revocation { serial_number: entry.serial_number().clone(), at, reason: ReasonCode::RemoveFromCrl }
        });
    let gone: Vec<Revocation> = gone.collect();
    let stands = |revocation: &Revocation| {
        base.entries_of(&revocation.serial_number)
            .any(|entry| entry.reason() == revocation.reason && entry.revocation_date() == revocation.at)
    };
    current.into_values().filter(|revocation| !stands(revocation)).chain(gone).collect()
}

/// How the inventory calls a scope.
fn scope_name(order: &ListOrder) -> String {
    let contents = match order.contents {
        ListContents::All => "all",
        ListContents::UserCertificates => "users",
        ListContents::CaCertificates => "cas",
    };
    match &order.distribution_point {
        None => contents.to_owned(),
        Some(uri) => format!("{contents} {uri}"),
    }
}

/// Whether a list is about a certificate. One that the inventory does not have may be of any kind and name any distribution
/// point: it is on every list, where a serial number too many harms nobody.
fn belongs(revoked: &RevokedSerial, order: &ListOrder) -> bool {
    if order.distribution_point.is_none() && order.contents == ListContents::All {
        return true;
    }
    let Some(certificate) = revoked.der.as_deref().and_then(|der| Certificate::from_der(der).ok()) else {
        return true;
    };
    let kind = match order.contents {
        ListContents::All => true,
        ListContents::UserCertificates => !certificate.is_ca(),
        ListContents::CaCertificates => certificate.is_ca(),
    };
    kind && order.distribution_point.as_ref().is_none_or(|uri| names_point(&certificate, uri))
}

/// Whether cRLDistributionPoints of a certificate has a URI.
fn names_point(certificate: &Certificate, uri: &str) -> bool {
    let Some(ExtensionValue::CrlDistributionPoints(points)) =
        certificate.extension(&oid::CRL_DISTRIBUTION_POINTS).map(|extension| extension.value())
    else {
        return false;
    };
    points.iter().any(|point| match &point.name {
        Some(DistributionPointName::Full(names)) => {
            names.iter().any(|name| matches!(name, GeneralName::Uri(named) if *named.text == *uri))
        }
        _ => false,
    })
}
