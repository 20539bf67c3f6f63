//! Revocation lists: the algorithm of RFC 5280 6.3.3.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::path::Search;
use super::super::profile::ActiveRules;
use super::{RevocationInputs, Status};
use crate::certificate::Certificate;
use crate::crl::{CertificateList, IssuerNames};
use crate::der::integer;
use crate::diagnostic::{Diagnostic, codes, quote};
use crate::extension::{
    DistributionPoint, DistributionPointName, Extension, ExtensionValue, KeyUsageBit, ReasonCode, ReasonFlags,
};
use crate::name::{DistinguishedName, GeneralName};
use crate::oid;
use crate::time::Timestamp;

/// The SHA-256 digest of a SubjectPublicKeyInfo.
type KeyDigest = [u8; 32];

/// A list and its index.
type Numbered<'l> = (usize, &'l Arc<CertificateList>);

/// What the lists say of `certificate`.
pub(super) fn status(
    search: &mut Search<'_>,
    inputs: &RevocationInputs<'_>,
    certificate: &Arc<Certificate>,
    issuer: &Arc<Certificate>,
    above: &[Arc<Certificate>],
) -> Result<Status, Diagnostic> {
    let serial = certificate.serial_number();
    let telling = |list: &&Arc<CertificateList>| list.entries_of(serial).next().is_some();
    let deltas = inputs.lists.iter().filter(|list| list.base_number().is_some());
    let mut job = Job {
        search,
        inputs,
        certificate,
        issuer,
        above,
        telling_deltas: deltas.filter(telling).collect(),
        checked: HashMap::new(),
        covered: ReasonFlags::NONE,
        why: Vec::new(),
    };
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
    /// The deltas with an entry of the serial number.
    telling_deltas: Vec<&'j Arc<CertificateList>>,
    /// Of the lists that were looked into, by index, the key that signed them; `None` for one that tells nothing.
    checked: HashMap<(usize, Vouching), Option<KeyDigest>>,
    /// reasons_mask
    covered: ReasonFlags,
    /// Why lists that could have told do not.
    why: Vec<Diagnostic>,
}

impl Job<'_, '_> {
    /// Looks for one distribution point into all lists that belong to it. Of those of one scope and key the newest holds, in
    /// whatever order they came (RFC 5280 5.2.3); a list that covers nothing new is still looked at if it may tell of the
    /// certificate.
    fn process(&mut self, point: &DistributionPoint) -> Result<Option<Status>, Diagnostic> {
        let lists = self.inputs.lists.iter().enumerate();
        let mut full: Vec<Numbered<'_>> =
            lists.filter(|(_, list)| list.base_number().is_none() && self.belongs(list, point)).collect();
        full.sort_by(|(_, a), (_, b)| latest_first(a, b));
        for (place, (index, list)) in full.iter().enumerate() {
            let interim = self.interim(list, point);
            let may_tell = self.may_tell(list);
            if interim.is_subset(self.covered) && !may_tell {
                continue;
            }
            let vouched = vouches(point, list);
            let Some(key) = self.check(*index, vouched)? else { continue };
            // One that tells nothing of the certificate need not be told from a newer one.
            if may_tell && self.is_superseded(list, full.iter().take(place), key, vouched)? {
                continue;
            }
            let entry = match self.entry_of_deltas(list, key, vouched)? {
                // 6.3.3 (i), (j): the delta knows better than its base. In a full list, where RFC 5280 5.3.1 has no place for
                // it, removeFromCRL stays a revocation.
                Some((_, ReasonCode::RemoveFromCrl)) => None,
                Some(found) => Some(found),
                None => self.entry(list)?,
            };
            if let Some((at, reason)) = entry {
                return Ok(Some(Status::Revoked { at, reason }));
            }
            self.covered = self.covered.union(interim);
        }
        Ok(None)
    }

    /// Whether the list, or a delta of its scope, has an entry of the serial number. Looked up, whoever signed the list and
    /// however many entries it has.
    fn may_tell(&self, list: &CertificateList) -> bool {
        list.entries_of(self.certificate.serial_number()).next().is_some()
            || self.telling_deltas.iter().any(|delta| same_scope(delta, list))
    }

    /// Whether one of the newer lists stands for this one: of the same scope and by the same key (RFC 5280 5.2.3).
    fn is_superseded<'l>(
        &mut self,
        list: &CertificateList,
        newer: impl Iterator<Item = &'l Numbered<'l>>,
        key: KeyDigest,
        itself: Vouching,
    ) -> Result<bool, Diagnostic> {
        for (index, newer) in newer {
            if stands_for(newer, list) && self.check(*index, itself)? == Some(key) {
                return Ok(true);
            }
        }
        Ok(false)
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

    /// The key that signed the list with this index. `None` if the list tells nothing, the reason being put down once.
    fn check(&mut self, index: usize, itself: Vouching) -> Result<Option<KeyDigest>, Diagnostic> {
        if let Some(known) = self.checked.get(&(index, itself)) {
            return Ok(*known);
        }
        let Some(list) = self.inputs.lists.get(index) else { return Ok(None) };
        let key = match self.check_list(list, itself)? {
            Ok(key) => Some(key),
            Err(fault) => {
                self.why.push(fault.within(index).within("crls"));
                None
            }
        };
        self.checked.insert((index, itself), key);
        Ok(key)
    }

    /// Form, freshness, and 6.3.3 (f), (g): who signed. The outer error ends the search.
    fn check_list(
        &mut self,
        list: &Arc<CertificateList>,
        itself: Vouching,
    ) -> Result<Result<KeyDigest, Diagnostic>, Diagnostic> {
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
    ) -> Result<Result<KeyDigest, Diagnostic>, Diagnostic> {
        let wanted = list.authority_key_identifier().and_then(|aki| aki.key_identifier.as_deref());
        let mut candidates: Vec<Arc<Certificate>> = Vec::new();
        if self.issuer.subject_form() == list.issuer_form() {
            candidates.push(Arc::clone(self.issuer));
        }
        let own = self.above.iter().filter(|certificate| certificate.subject_form() == list.issuer_form());
        candidates.extend(own.cloned());
        candidates.extend(self.search.named(list.issuer_form(), wanted));
        let mut tried = HashSet::new();
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
                return Ok(Ok(*candidate.key_digest()));
            }
        }
        let name = list.issuer().to_string();
        let message =
            format!("no trusted certificate of {} verifies the signature of the list", quote(&name));
        Ok(Err(Diagnostic::new(codes::CRL_ISSUER_UNKNOWN, message).at(["signatureValue"]).with_found(name)))
    }

    /// 6.3.3 (c): what the deltas that add to the list say of the certificate, those that newer ones stand for left out. A
    /// revocation counts before a removal.
    fn entry_of_deltas(
        &mut self,
        list: &CertificateList,
        key: KeyDigest,
        itself: Vouching,
    ) -> Result<Option<Entry>, Diagnostic> {
        let Some(number) = list.number() else { return Ok(None) };
        let adds = |delta: &CertificateList| {
            same_scope(delta, list)
                && delta.base_number().is_some_and(|base| integer::compare(base, number).is_le())
                && delta.number().is_some_and(|own| integer::compare(own, number).is_gt())
        };
        let lists = self.inputs.lists.iter().enumerate();
        let mut deltas: Vec<Numbered<'_>> = lists.filter(|(_, delta)| adds(delta)).collect();
        deltas.sort_by(|(_, a), (_, b)| latest_first(a, b));
        let mut current: Vec<&Arc<CertificateList>> = Vec::new();
        let mut removed = None;
        for (index, delta) in deltas {
            if current.iter().any(|newer| stands_for(newer, delta)) || self.check(index, itself)? != Some(key)
            {
                continue;
            }
            current.push(delta);
            match self.entry(delta)? {
                None => {}
                // What is older than the list was known to who made the list.
                Some((_, ReasonCode::RemoveFromCrl)) if delta.this_update() < list.this_update() => {}
                Some((at, ReasonCode::RemoveFromCrl)) => removed = Some((at, ReasonCode::RemoveFromCrl)),
                Some(revoked) => return Ok(Some(revoked)),
            }
        }
        Ok(removed)
    }

    /// The entry of the certificate: its serial number, under its issuer. Names of issuers that are compared are counted.
    fn entry(&mut self, list: &CertificateList) -> Result<Option<Entry>, Diagnostic> {
        // RFC 5280 5.3.3: the extension belongs to indirect lists.
        let indirect = list.issuing_distribution_point().is_some_and(|scope| scope.indirect);
        let mut known: Option<(&IssuerNames, bool)> = None;
        for entry in list.entries_of(self.certificate.serial_number()) {
            let is_of_issuer = match entry.issuer_names().filter(|_| indirect) {
                None => list.issuer_form() == self.certificate.issuer_form(),
                Some(names) => match known.filter(|(last, _)| std::ptr::eq(*last, names)) {
                    Some((_, answer)) => answer,
                    None => {
                        let answer = self.is_issuer(names)?;
                        known = Some((names, answer));
                        answer
                    }
                },
            };
            if is_of_issuer {
                return Ok(Some((entry.revocation_date(), entry.reason())));
            }
        }
        Ok(None)
    }

    /// Whether one of the names is that of the certificate's issuer.
    fn is_issuer(&mut self, names: &IssuerNames) -> Result<bool, Diagnostic> {
        for form in names.forms() {
            self.search.work.compare(form.len())?;
            if **form == *self.certificate.issuer_form() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// When a certificate was revoked, and why.
type Entry = (Timestamp, ReasonCode);

/// Who may sign the list that tells about a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
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

/// Whether two lists are of one issuer and scope.
fn same_scope(a: &CertificateList, b: &CertificateList) -> bool {
    a.issuer_form() == b.issuer_form() && scope_of(a) == scope_of(b)
}

fn scope_of(list: &CertificateList) -> Option<&[u8]> {
    list.extension(&oid::ISSUING_DISTRIBUTION_POINT).map(Extension::value_der)
}

/// Whether `newer` stands for `older`, if one key signed both: it is of the same scope, and neither older by its number nor by
/// thisUpdate (RFC 5280 5.2.3). Where numbers and dates disagree, as they do after a CA has begun to count anew, neither stands
/// for the other; where one has no number, the dates tell.
fn stands_for(newer: &CertificateList, older: &CertificateList) -> bool {
    let numbers = match (newer.number(), older.number()) {
        (Some(newer), Some(older)) => integer::compare(newer, older),
        _ => Ordering::Equal,
    };
    let dates = newer.this_update().cmp(&older.this_update());
    same_scope(newer, older) && numbers.is_ge() && dates.is_ge() && (numbers.is_gt() || dates.is_gt())
}

/// By thisUpdate and then by number, so that no list comes behind one that it stands for.
fn latest_first(a: &CertificateList, b: &CertificateList) -> Ordering {
    let numbers = || integer::compare(b.number().unwrap_or_default(), a.number().unwrap_or_default());
    b.this_update().cmp(&a.this_update()).then_with(numbers)
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
