//! Signing profiles of cfssl. The parameters `profile` and `hosts` are those of the call; the facts `issuerPathLength` and
//! `issuerNotAfter` are what the host knows.

use std::collections::{BTreeMap, BTreeSet};

use super::seen::{self, Names, Placed};
use super::{Case, Issued, Stop, denied, later, usages};
use crate::diagnostic::{Diagnostic, Path, codes, path::steps, quote};
use crate::extension::{BasicConstraints, ExtensionValue};
use crate::name::IpAddress;
use crate::oid;
use crate::policy::document::{CfsslCsrParts, CfsslProfile, CfsslSigning, Quirk};
use crate::policy::matcher::Faults;
use crate::policy::matcher::regex::SearchRegex;
use crate::time::Timestamp;

/// A compiled configuration.
#[derive(Debug)]
pub(super) struct Rule {
    default: Option<Profile>,
    profiles: BTreeMap<String, Profile>,
    at: Path,
}

#[derive(Debug)]
struct Profile {
    profile: CfsslProfile,
    regex: Option<SearchRegex>,
    at: Path,
}

/// How far before now lifetimes begin.
const BACKDATE: i64 = 300;
/// Now is rounded to the minute.
const MINUTE: i64 = 60;

impl Rule {
    pub(super) fn compile(
        signing: &CfsslSigning,
        quirks: &BTreeSet<Quirk>,
        at: &Path,
        faults: &mut Faults,
    ) -> Self {
        if signing.default.is_none() && signing.profiles.is_empty() {
            faults.error(Diagnostic::new(codes::DOCUMENT_COMPAT, "there is no profile"), at);
        }
        let mut one = |profile: &CfsslProfile, at: Path| Profile::compile(profile, quirks, at, faults);
        Self {
            default: signing.default.as_ref().map(|profile| one(profile, at.join("default"))),
            profiles: signing
                .profiles
                .iter()
                .map(|(name, profile)| (name.clone(), one(profile, at.join("profiles").join(name.clone()))))
                .collect(),
            at: at.clone(),
        }
    }

    pub(super) fn judge(&self, case: &mut Case<'_>) -> Result<Issued, Stop> {
        case.check_possession()?;
        let unknown = |name: &str| {
            let message = format!("the profile {} is not known, error 5400", quote(name));
            denied(
                codes::COMPAT_REQUEST,
                message,
                steps!["context", "parameters", "profile"],
                self.at.clone(),
            )
        };
        let profile = match case.parameter("profile") {
            None | Some("") => self.default.as_ref().ok_or_else(|| unknown("default"))?,
            Some(name) => match self.profiles.get(name) {
                Some(profile) => profile,
                None if case.keeps(Quirk::UnknownProfileIsDefault) => {
                    self.default.as_ref().ok_or_else(|| unknown(name))?
                }
                None => return Err(unknown(name)),
            },
        };
        profile.judge(case)
    }
}

impl Profile {
    fn compile(profile: &CfsslProfile, quirks: &BTreeSet<Quirk>, at: Path, faults: &mut Faults) -> Self {
        let mut fault =
            |at: Path, message: String| faults.error(Diagnostic::new(codes::DOCUMENT_COMPAT, message), &at);
        if profile.expiry.is_none_or(|expiry| expiry.0 <= 0) && profile.not_after.is_none() {
            fault(at.join("expiry"), "a profile has a lifetime".to_owned());
        }
        for (field, text) in [("not_before", &profile.not_before), ("not_after", &profile.not_after)] {
            if text.as_deref().is_some_and(|text| Timestamp::from_rfc3339(text).is_none()) {
                fault(at.join(field), "it is no time in RFC 3339".to_owned());
            }
        }
        if !quirks.contains(&Quirk::UnknownUsagesIgnored) {
            for (index, word) in profile.usages.iter().enumerate().filter(|(_, word)| !usages::is_known(word))
            {
                fault(at.join("usages").join(index), format!("{} is no usage", quote(word)));
            }
        }
        let ca = profile.ca_constraint.clone().unwrap_or_default();
        if ca.max_path_len_zero == Some(true) && ca.max_path_len.is_some_and(|length| length > 0) {
            fault(
                at.join("ca_constraint"),
                "max_path_len and max_path_len_zero exclude each other".to_owned(),
            );
        }
        for (index, text) in profile.allowed_extensions.iter().enumerate() {
            if crate::oid::Oid::parse(text).is_none() {
                let message = format!("{} is no object identifier", quote(text));
                fault(at.join("allowed_extensions").join(index), message);
            }
        }
        let pattern = profile.name_whitelist.as_deref().filter(|pattern| !pattern.is_empty());
        let regex = pattern.and_then(|pattern| {
            match SearchRegex::parse(pattern, quirks.contains(&Quirk::UnanchoredRegex)) {
                Ok(regex) => Some(regex),
                Err(fault) => {
                    faults.error(*fault, &at.join("name_whitelist"));
                    None
                }
            }
        });
        Self { profile: profile.clone(), regex, at }
    }

    fn judge(&self, case: &mut Case<'_>) -> Result<Issued, Stop> {
        let parts = self.profile.csr_whitelist.clone();
        let mut found = self.take_names(parts.as_ref(), case);
        let subject = parts.as_ref().is_none_or(|parts| parts.subject == Some(true));
        let name = seen::last_value(case.request, &oid::COMMON_NAME).filter(|_| subject);
        let ca = self.authority(case)?;
        self.judge_names(name.as_ref(), &found, case)?;
        if ca.ca {
            // Certificates of CAs have no names but addresses.
            found.dns.clear();
            found.email.clear();
            found.uri.clear();
        }
        let known = self.profile.usages.iter().map(String::as_str).filter(|word| usages::is_known(word));
        let (key_usage, extended_key_usage) = usages::resolve(known);
        if key_usage.is_empty() && extended_key_usage.is_empty() {
            return Err(denied(
                codes::COMPAT_USAGE,
                "the profile has no usage that is known, error 5100",
                steps!["context", "parameters", "profile"],
                self.at.join("usages"),
            ));
        }
        let (not_before, not_after) = self.lifetime(case)?;
        let mut issued = Issued {
            subject: if subject { seen::reencoded_subject(case.request) } else { Vec::new() },
            names: found.issued(),
            key_usage,
            extended_key_usage,
            basic_constraints: ca,
            not_before,
            not_after,
            extensions: Vec::new(),
        };
        if self.profile.copy_extensions == Some(true) {
            copy_extensions(case, &mut issued);
        }
        Ok(issued)
    }

    /// The names of the call, which stand for all of the request; else those of the request that are used.
    fn take_names(&self, parts: Option<&CfsslCsrParts>, case: &Case<'_>) -> Names {
        if case.context.parameter("hosts").is_some() {
            let mut names = Names::default();
            for text in case.parameters("hosts") {
                let at = steps!["context", "parameters", "hosts"];
                if let Some(address) = IpAddress::parse(&text) {
                    names.ip.push((address.unmapped(), at));
                } else if text.contains('@') {
                    names.email.push(Placed::new(text, at));
                } else if text.contains("://") {
                    names.uri.push(Placed::new(text, at));
                } else {
                    names.dns.push(Placed::new(text, at));
                }
            }
            return names;
        }
        let mut names = Names::of(case.request);
        names.other.clear();
        if let Some(parts) = parts {
            let unused = |used: Option<bool>| used != Some(true);
            if unused(parts.dns_names) {
                names.dns.clear();
            }
            if unused(parts.ip_addresses) {
                names.ip.clear();
            }
            if unused(parts.email_addresses) {
                names.email.clear();
            }
            if unused(parts.uris) {
                names.uri.clear();
            }
        }
        names
    }

    fn authority(&self, case: &Case<'_>) -> Result<BasicConstraints, Stop> {
        let ca = self.profile.ca_constraint.clone().unwrap_or_default();
        let rule = self.at.join("ca_constraint");
        let at = steps!["extensions", "basicConstraints"];
        let asked = seen::basic_constraints(case.request).unwrap_or_default();
        let is_ca = ca.is_ca == Some(true);
        if asked.ca && !is_ca {
            let message = "a certificate of a CA is asked for, error 5300";
            return Err(denied(codes::COMPAT_REQUEST, message, at, rule));
        }
        let above = case.fact("issuerPathLength").and_then(|text| text.parse::<u32>().ok());
        if let (true, Some(above)) = (asked.ca, above)
            && asked.path_length.is_none_or(|length| length >= above)
        {
            let message = "the path length is not below that of the issuer, error 5300";
            return Err(denied(codes::COMPAT_REQUEST, message, at, rule));
        }
        let zero = ca.max_path_len_zero == Some(true);
        let path_length = ca.max_path_len.filter(|length| *length > 0).or(zero.then_some(0));
        Ok(BasicConstraints { ca: is_ca, path_length: path_length.filter(|_| is_ca) })
    }

    fn judge_names(&self, name: Option<&Placed>, found: &Names, case: &Case<'_>) -> Result<(), Stop> {
        let Some(regex) = &self.regex else { return Ok(()) };
        let rule = self.at.join("name_whitelist");
        let texts = name.into_iter().chain(&found.dns).chain(&found.email).chain(&found.uri);
        let addresses: Vec<Placed> =
            found.ip.iter().map(|(address, at)| Placed::new(address.to_string(), at.clone())).collect();
        let addresses = addresses.iter().filter(|_| !case.keeps(Quirk::AddressesUnseen));
        for name in texts.chain(addresses) {
            if !regex.matches(&name.text) {
                let message = format!("the name {} does not match, error 5500", quote(&name.text));
                return Err(denied(codes::COMPAT_NAME, message, name.at.clone(), rule));
            }
        }
        Ok(())
    }

    fn lifetime(&self, case: &Case<'_>) -> Result<(Timestamp, Timestamp), Stop> {
        let now = case.context.at().as_unix();
        let rounded = now.saturating_add(MINUTE / 2).div_euclid(MINUTE).saturating_mul(MINUTE);
        let rounded = Timestamp::from_unix(rounded).unwrap_or(case.context.at());
        let backdate = self.profile.backdate.map_or(BACKDATE, |seconds| seconds.0);
        let begin = match case.time(self.profile.not_before.as_deref()) {
            Some(fixed) => fixed,
            None => later(rounded, backdate.saturating_neg())?,
        };
        let end = match case.time(self.profile.not_after.as_deref()) {
            Some(fixed) => fixed,
            None => later(begin, self.profile.expiry.map_or(0, |seconds| seconds.0))?,
        };
        Ok((begin, end))
    }
}

/// Every extension of the request but basicConstraints, before those that were made.
fn copy_extensions(case: &Case<'_>, issued: &mut Issued) {
    for extension in case.request.extensions() {
        match extension.value() {
            ExtensionValue::BasicConstraints(_) => {}
            ExtensionValue::SubjectAltName(names) => {
                issued.names.clone_from(names);
            }
            ExtensionValue::KeyUsage(usage) => issued.key_usage = *usage,
            ExtensionValue::ExtendedKeyUsage(purposes) => issued.extended_key_usage.clone_from(purposes),
            _ => issued.extensions.push(extension.clone()),
        }
    }
}
