//! Revocation lists: the algorithm of RFC 5280 6.3.3.

use std::cmp::Ordering;
use std::sync::Arc;

use super::super::path::Search;
use super::super::profile::ActiveRules;
use super::{RevocationInputs, Status};
use crate::certificate::Certificate;
use crate::crl::{CertificateList, RevokedCertificate};
use crate::diagnostic::{Diagnostic, codes, quote};
use crate::extension::{
    DistributionPoint, DistributionPointName, Extension, ExtensionValue, KeyUsageBit, ReasonCode, ReasonFlags,
};
use crate::name::{DistinguishedName, GeneralName};
use crate::oid::{self, Oid};

/// What the lists say of `certificate`.
pub(super) fn status(
    search: &mut Search<'_>,
    inputs: &RevocationInputs<'_>,
    certificate: &Arc<Certificate>,
    issuer: &Arc<Certificate>,
    above: &[Arc<Certificate>],
) -> Result<Status, Diagnostic> {
    let mut job =
        Job { search, inputs, certificate, issuer, above, covered: ReasonFlags::NONE, why: Vec::new() };
    let points = match certificate.extension(&oid::CRL_DISTRIBUTION_POINTS).map(Extension::value) {
        Some(ExtensionValue::CrlDistributionPoints(points)) => points.clone(),
        _ => Vec::new(),
    };
    // 6.3.3: after the points of the certificate, lists of the issuer for which it names none.
    let implicit = DistributionPoint {
        name: Some(DistributionPointName::Full(vec![GeneralName::DirectoryName(
            certificate.issuer().clone(),
        )])),
        reasons: None,
        crl_issuer: Vec::new(),
    };
    for point in points.iter().chain(std::iter::once(&implicit)) {
        if let Some(revoked) = job.process(point)? {
            return Ok(revoked);
        }
    }
    let (covered, why) = (job.covered, job.why);
    Ok(if covered.is_all() { Status::Good } else { Status::Unknown(why) })
}

struct Job<'j, 's> {
    search: &'j mut Search<'s>,
    inputs: &'j RevocationInputs<'j>,
    certificate: &'j Arc<Certificate>,
    issuer: &'j Arc<Certificate>,
    /// The certificates above, the anchor last: those below are not to be believed, for a revoked CA made them.
    above: &'j [Arc<Certificate>],
    /// reasons_mask
    covered: ReasonFlags,
    /// Why lists that could have told do not.
    why: Vec<Diagnostic>,
}

impl Job<'_, '_> {
    /// Looks for one distribution point into all lists that belong to it. Of those of one scope the newest holds, in whatever
    /// order they came (RFC 5280 5.2.3); a list that covers nothing new is still looked at if it tells of the certificate.
    fn process(&mut self, point: &DistributionPoint) -> Result<Option<Status>, Diagnostic> {
        let lists = self.inputs.lists;
        let mut full: Vec<(usize, &Arc<CertificateList>)> = lists
            .iter()
            .enumerate()
            .filter(|(_, list)| list.base_number().is_none() && self.belongs(list, point))
            .collect();
        full.sort_by(|(_, a), (_, b)| by_age(b, a));
        let mut current: Vec<&Arc<CertificateList>> = Vec::new();
        for (index, list) in full {
            if current.iter().any(|newer| same_scope(newer, list)) {
                continue;
            }
            let interim = self.interim(list, point);
            if interim.is_subset(self.covered) && !self.tells(list) {
                continue;
            }
            let vouched = vouches(point, list);
            if let Err(fault) = self.check_list(list, vouched)? {
                self.why.push(fault.within(index).within("crls"));
                continue;
            }
            current.push(list);
            let delta = self.delta_of(list, vouched)?;
            let in_delta = delta.and_then(|delta| self.entry(&delta));
            let entry = match in_delta {
                // 6.3.3 (i), (j): the delta knows better than its base. In a full list, where RFC 5280 5.3.1 has no place for
                // it, removeFromCRL stays a revocation.
                Some((_, ReasonCode::RemoveFromCrl)) => None,
                Some(found) => Some(found),
                None => self.entry(list),
            };
            if let Some((at, reason)) = entry {
                return Ok(Some(Status::Revoked { at, reason }));
            }
            self.covered = self.covered.union(interim);
        }
        Ok(None)
    }

    /// Whether the list, or a delta of its scope, has an entry of the certificate.
    fn tells(&self, list: &CertificateList) -> bool {
        let mut deltas = self.inputs.lists.iter().filter(|delta| delta.base_number().is_some());
        self.entry(list).is_some()
            || deltas.any(|delta| same_scope(delta, list) && self.entry(delta).is_some())
    }

    /// 6.3.3 (b): whether issuer and scope of the list fit the certificate and the distribution point.
    fn belongs(&self, list: &CertificateList, point: &DistributionPoint) -> bool {
        let scope = list.issuing_distribution_point();
        let issuer_fits = if point.crl_issuer.is_empty() {
            list.issuer_form() == self.certificate.issuer_form()
        } else {
            scope.is_some_and(|scope| scope.indirect)
                && directory_names(&point.crl_issuer).any(|name| name.normal_form() == list.issuer_form())
        };
        if !issuer_fits {
            return false;
        }
        let Some(scope) = scope else { return true };
        if let Some(name) = &scope.name {
            let of_list = name.names(list.issuer());
            let wanted = match (&point.name, directory_names(&point.crl_issuer).next()) {
                (Some(name), Some(issuer)) => name.names(issuer),
                (Some(name), None) => name.names(self.certificate.issuer()),
                (None, _) => point.crl_issuer.clone(),
            };
            if !wanted.iter().any(|name| of_list.iter().any(|known| same_name(name, known))) {
                return false;
            }
        }
        let is_ca = self.certificate.is_ca();
        !(scope.only_attribute || (scope.only_user && is_ca) || (scope.only_ca && !is_ca))
    }

    /// 6.3.3 (d): the reasons that the list covers for this point.
    fn interim(&self, list: &CertificateList, point: &DistributionPoint) -> ReasonFlags {
        let of_list = list.issuing_distribution_point().and_then(|scope| scope.only_reasons);
        let of_list = of_list.unwrap_or(ReasonFlags::ALL);
        point.reasons.unwrap_or(ReasonFlags::ALL).intersection(of_list)
    }

    /// Form, freshness, and 6.3.3 (f), (g): who signed. The outer error ends the search.
    fn check_list(
        &mut self,
        list: &Arc<CertificateList>,
        itself: Vouching,
    ) -> Result<Result<(), Diagnostic>, Diagnostic> {
        if let Err(fault) = check_form(list, self.search.verifier.active_rules()) {
            return Ok(Err(fault));
        }
        let at = self.search.at();
        if at < list.this_update() {
            let message = format!("the list was issued at {}, after {at}", list.this_update());
            return Ok(Err(Diagnostic::new(codes::CRL_NOT_YET_VALID, message).at(["thisUpdate"])));
        }
        match list.next_update() {
            None => {
                let message = "the list does not say when the next one comes";
                return Ok(Err(Diagnostic::new(codes::CRL_NEXT_UPDATE_ABSENT, message).at(["nextUpdate"])));
            }
            Some(next) if next < at => {
                let message = format!("the next list was due at {next}, before {at}");
                return Ok(Err(Diagnostic::new(codes::CRL_EXPIRED, message).at(["nextUpdate"])));
            }
            Some(_) => {}
        }
        self.check_signer(list, itself)
    }

    fn check_signer(
        &mut self,
        list: &Arc<CertificateList>,
        itself: Vouching,
    ) -> Result<Result<(), Diagnostic>, Diagnostic> {
        let wanted = list.authority_key_identifier().and_then(|aki| aki.key_identifier.as_deref());
        let mut candidates: Vec<Arc<Certificate>> = Vec::new();
        if self.issuer.subject_form() == list.issuer_form() {
            candidates.push(Arc::clone(self.issuer));
        }
        let own = self.above.iter().filter(|certificate| certificate.subject_form() == list.issuer_form());
        candidates.extend(own.cloned());
        candidates.extend(self.search.named(list.issuer_form(), wanted));
        let mut tried = std::collections::HashSet::new();
        for candidate in candidates {
            if (candidate == *self.certificate && itself == Vouching::Others)
                || !tried.insert(*candidate.digest())
                || !may_sign_lists(&candidate)
            {
                continue;
            }
            if !self.search.verify_list(list, &candidate)? {
                continue;
            }
            if self.above.contains(&candidate)
                || candidate == *self.certificate
                || self.search.trusts_list_issuer(&candidate, self.above)?
            {
                return Ok(Ok(()));
            }
        }
        let name = list.issuer().to_string();
        let message =
            format!("no trusted certificate of {} verifies the signature of the list", quote(&name));
        Ok(Err(Diagnostic::new(codes::CRL_ISSUER_UNKNOWN, message).at(["signatureValue"]).with_found(name)))
    }

    /// 6.3.3 (c): the newest delta that adds to the list.
    fn delta_of(
        &mut self,
        list: &CertificateList,
        itself: Vouching,
    ) -> Result<Option<Arc<CertificateList>>, Diagnostic> {
        let Some(number) = list.number() else { return Ok(None) };
        let mut best: Option<Arc<CertificateList>> = None;
        for delta in self.inputs.lists {
            let Some(base) = delta.base_number() else { continue };
            let fits = same_scope(delta, list)
                && compare(base, number) != Ordering::Greater
                && delta.number().is_some_and(|own| compare(own, number) == Ordering::Greater);
            let newer = best.as_ref().is_none_or(|best| {
                compare(delta.number().unwrap_or_default(), best.number().unwrap_or_default())
                    == Ordering::Greater
            });
            if !fits || !newer {
                continue;
            }
            match self.check_list(delta, itself)? {
                Ok(()) => best = Some(Arc::clone(delta)),
                Err(fault) => self.why.push(fault.within("crls")),
            }
        }
        Ok(best)
    }

    /// The entry of the certificate: its serial number, under its issuer.
    fn entry(&self, list: &CertificateList) -> Option<(crate::time::Timestamp, ReasonCode)> {
        // RFC 5280 5.3.3: the extension belongs to indirect lists.
        let indirect = list.issuing_distribution_point().is_some_and(|scope| scope.indirect);
        let is_of_issuer = |entry: &&RevokedCertificate| match entry.certificate_issuer().filter(|_| indirect)
        {
            Some(names) => {
                directory_names(names).any(|name| name.normal_form() == self.certificate.issuer_form())
            }
            None => list.issuer_form() == self.certificate.issuer_form(),
        };
        let entry = list.entries_of(self.certificate.serial_number()).find(is_of_issuer)?;
        Some((entry.revocation_date(), entry.reason()))
    }
}

/// Who may sign the list that tells about a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Vouching {
    /// Anyone but the certificate itself.
    Others,
    /// The certificate itself too: its CA named it as the issuer of the list in the distribution point.
    Itself,
}

fn vouches(point: &DistributionPoint, list: &CertificateList) -> Vouching {
    let named = directory_names(&point.crl_issuer).any(|name| name.normal_form() == list.issuer_form());
    if named { Vouching::Itself } else { Vouching::Others }
}

/// What a list must have whoever signed it: RFC 5280 5.2 for critical extensions, 5.3 for those of entries; and its number, where
/// the profile asks issuers for it (5.2.3).
fn check_form(list: &CertificateList, rules: &ActiveRules) -> Result<(), Diagnostic> {
    let number = list.extension(&oid::CRL_NUMBER);
    let place = ["crlExtensions", "cRLNumber"];
    if number.is_none() && rules.has(codes::CRL_NUMBER_ABSENT) {
        return Err(Diagnostic::new(codes::CRL_NUMBER_ABSENT, "the list has no number").at(place));
    }
    if number.is_some_and(Extension::is_critical) && rules.has(codes::CRL_NUMBER_CRITICAL) {
        let message = "the number of the list is marked critical";
        return Err(Diagnostic::new(codes::CRL_NUMBER_CRITICAL, message).at(place));
    }
    match list.unknown_critical() {
        None => Ok(()),
        Some(oid) => {
            let label = oid.label();
            let message = format!("the critical extension {label} is not understood");
            Err(Diagnostic::new(codes::CRL_CRITICAL_EXTENSION, message)
                .at(crate::diagnostic::path::steps!["crlExtensions", label]))
        }
    }
}

/// RFC 5280 4.2.1.3: cRLSign, where there is a key usage.
fn may_sign_lists(certificate: &Certificate) -> bool {
    certificate.key_usage().is_none_or(|usage| usage.contains(KeyUsageBit::CrlSign))
}

/// Whether two lists are of one issuer, key and scope, so that the newer one stands for the older (RFC 5280 5.2.3).
fn same_scope(a: &CertificateList, b: &CertificateList) -> bool {
    a.issuer_form() == b.issuer_form()
        && same_extension(a, b, &oid::ISSUING_DISTRIBUTION_POINT)
        && same_extension(a, b, &oid::AUTHORITY_KEY_IDENTIFIER)
}

fn same_extension(a: &CertificateList, b: &CertificateList, oid: &Oid) -> bool {
    a.extension(oid).map(Extension::value_der) == b.extension(oid).map(Extension::value_der)
}

/// The older list first: by their numbers, none being the lowest, and by thisUpdate where these are the same.
fn by_age(a: &CertificateList, b: &CertificateList) -> Ordering {
    compare(a.number().unwrap_or_default(), b.number().unwrap_or_default())
        .then_with(|| a.this_update().cmp(&b.this_update()))
}

/// Compares non-negative INTEGERs by their contents octets.
fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (without_zeros(a), without_zeros(b));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn without_zeros(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets.get(zeros..).unwrap_or_default()
}

fn directory_names(names: &[GeneralName]) -> impl Iterator<Item = &DistinguishedName> {
    names.iter().filter_map(|name| match name {
        GeneralName::DirectoryName(name) => Some(name),
        _ => None,
    })
}

fn same_name(a: &GeneralName, b: &GeneralName) -> bool {
    match (a, b) {
        (GeneralName::DirectoryName(a), GeneralName::DirectoryName(b)) => a.matches(b),
        (GeneralName::Uri(a), GeneralName::Uri(b)) => a.text == b.text,
        _ => a == b,
    }
}
