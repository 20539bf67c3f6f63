//! kubelet-csr-approver: requests of kubelets for serving certificates. The first check that fails decides. The fact
//! `resolved-NAME` has the addresses that a DNS name resolves to.

use std::collections::BTreeSet;

use super::seen::{self, Names, Placed};
use super::{Case, Issued, Stop, denied, later, not_applicable, planted, usages};
use crate::diagnostic::{Code, Diagnostic, Path, codes, path::steps, quote};
use crate::extension::BasicConstraints;
use crate::name::{IpAddress, IpPrefix};
use crate::oid;
use crate::policy::document::{KubeletCsrApprover, Quirk};
use crate::policy::matcher::Faults;
use crate::policy::matcher::regex::SearchRegex;

/// Compiled options.
#[derive(Debug)]
pub(super) struct Rule {
    options: KubeletCsrApprover,
    regex: Option<SearchRegex>,
    blocks: Vec<IpPrefix>,
    at: Path,
}

const SIGNER: &str = "kubernetes.io/kubelet-serving";
const NODE: &str = "system:node:";
/// 367 days.
const LONGEST: i64 = 367 * 86_400;
/// A year, which a request gets that asks for nothing.
const DEFAULT: i64 = 8_760 * 3_600;
const BACKDATE: i64 = 300;

impl Rule {
    pub(super) fn compile(
        options: &KubeletCsrApprover,
        quirks: &BTreeSet<Quirk>,
        at: &Path,
        faults: &mut Faults,
    ) -> Self {
        let pattern = options.provider_regex.as_deref().filter(|pattern| !pattern.is_empty());
        let regex = pattern.and_then(|pattern| {
            match SearchRegex::parse(pattern, quirks.contains(&Quirk::UnanchoredRegex)) {
                Ok(regex) => Some(regex),
                Err(fault) => {
                    faults.error(*fault, &at.join("provider-regex"));
                    None
                }
            }
        });
        let mut blocks = Vec::new();
        let given = options.provider_ip_prefixes.as_ref().map(|list| list.as_slice()).unwrap_or_default();
        for (index, text) in given.iter().enumerate() {
            let cleared = || IpPrefix::cleared(text).and_then(|text| IpPrefix::parse(&text).ok());
            match IpPrefix::parse(text).ok().or_else(cleared) {
                Some(block) => blocks.push(block),
                None => faults.error(
                    Diagnostic::new(
                        codes::DOCUMENT_COMPAT,
                        format!("{} is no block of addresses", quote(text)),
                    ),
                    &at.join("provider-ip-prefixes").join(index),
                ),
            }
        }
        Self { options: options.clone(), regex, blocks, at: at.clone() }
    }

    pub(super) fn judge(&self, case: &mut Case<'_>) -> Result<Issued, Stop> {
        if let Some(asked) = case.context.signer_name().filter(|asked| *asked != SIGNER) {
            let message = format!("the request is for the signer {}", quote(asked));
            return Err(not_applicable(message, steps!["context", "signerName"], self.at.clone()));
        }
        match self.check(case) {
            Err(Stop::Denied(reasons)) if self.options.skip_deny_step == Some(true) => {
                Err(Stop::NotApplicable(reasons))
            }
            Err(stop) => Err(stop),
            Ok(found) => self.issued(&found, case),
        }
    }

    fn deny(&self, code: Code, message: impl Into<String>, at: Path, option: &'static str) -> Stop {
        denied(code, message, at, self.at.join(option))
    }

    fn check(&self, case: &Case<'_>) -> Result<Names, Stop> {
        let found = Names::of(case.request);
        let username = case.context.username().unwrap_or_default();
        let at_user = steps!["context", "requester", "username"];
        let Some(node) = username.strip_prefix(NODE) else {
            let message = format!("the requester {} is no node", quote(username));
            if self.options.ignore_non_system_node == Some(true) {
                let rule = self.at.join("ignore-non-system-node");
                return Err(not_applicable(message, at_user, rule));
            }
            return Err(self.deny(codes::COMPAT_REQUEST, message, at_user, "ignore-non-system-node"));
        };
        let at_names = steps!["extensions", "subjectAltName"];
        if found.dns.is_empty() && found.ip.is_empty() {
            let message = "there must be a DNS name or an address";
            return Err(self.deny(codes::COMPAT_NAME, message, at_names, "allowed-dns-names"));
        }
        let name = seen::last_value(case.request, &oid::COMMON_NAME);
        let own = name.is_some_and(|name| name.text == username);
        if !own && !planted::is_planted(23) {
            let message = "the common name is not the requester";
            return Err(self.deny(codes::COMPAT_SUBJECT, message, steps!["subject"], "allowed-dns-names"));
        }
        let most = usize::try_from(self.options.allowed_dns_names.unwrap_or(1)).unwrap_or(usize::MAX);
        if found.dns.len() > most {
            let message = format!("there are {} DNS names, more than {most}", found.dns.len());
            return Err(self.deny(codes::COMPAT_NAME, message, at_names, "allowed-dns-names"));
        }
        for name in &found.dns {
            if self.options.bypass_hostname_check != Some(true) && !name.text.starts_with(node) {
                let message = format!("{} does not begin with the name of the node", quote(&name.text));
                return Err(self.deny(codes::COMPAT_NAME, message, name.at.clone(), "bypass-hostname-check"));
            }
        }
        for name in &found.dns {
            if self.regex.as_ref().is_some_and(|regex| !regex.matches(&name.text)) {
                let message = format!("{} does not match the regular expression", quote(&name.text));
                return Err(self.deny(codes::COMPAT_NAME, message, name.at.clone(), "provider-regex"));
            }
        }
        self.check_addresses(&found, case)?;
        let longest = self.options.max_expiration_seconds.map_or(LONGEST, |seconds| seconds.0);
        if case.context.duration().is_some_and(|asked| asked.as_seconds() > longest) {
            let at = steps!["context", "duration"];
            return Err(self.deny(
                codes::COMPAT_VALIDITY,
                "the lifetime is too long",
                at,
                "max-expiration-seconds",
            ));
        }
        Ok(found)
    }

    fn within(&self, address: IpAddress) -> bool {
        self.blocks.is_empty() || self.blocks.iter().any(|block| block.contains(address))
    }

    fn check_addresses(&self, found: &Names, case: &Case<'_>) -> Result<(), Stop> {
        if self.options.bypass_dns_resolution != Some(true) && !found.dns.is_empty() {
            let mut resolved = BTreeSet::new();
            for name in &found.dns {
                resolved.extend(self.resolve(name, case)?);
            }
            for (address, at) in &found.ip {
                if !resolved.contains(&address.unmapped()) && !planted::is_planted(24) {
                    let message = format!("no DNS name resolves to {address}");
                    return Err(self.deny(codes::COMPAT_NAME, message, at.clone(), "bypass-dns-resolution"));
                }
            }
        }
        for (address, at) in &found.ip {
            if !self.within(*address) {
                let message = format!("{address} lies in no block");
                return Err(self.deny(codes::COMPAT_NAME, message, at.clone(), "provider-ip-prefixes"));
            }
        }
        Ok(())
    }

    /// The addresses of a name, all of them in the blocks.
    fn resolve(&self, name: &Placed, case: &Case<'_>) -> Result<Vec<IpAddress>, Stop> {
        let stop = |message: String| {
            self.deny(codes::COMPAT_NAME, message, name.at.clone(), "bypass-dns-resolution")
        };
        let texts = case.context.fact(&format!("resolved-{}", name.text)).unwrap_or_default();
        let addresses: Vec<IpAddress> =
            texts.iter().filter_map(|text| IpAddress::parse(text)).map(IpAddress::unmapped).collect();
        if addresses.is_empty() {
            return Err(stop(format!("{} does not resolve", quote(&name.text))));
        }
        match addresses.iter().find(|address| !self.within(**address)) {
            Some(outside) => Err(stop(format!("{} resolves to {outside}, in no block", quote(&name.text)))),
            None => Ok(addresses),
        }
    }

    /// What the signer makes of what was approved.
    fn issued(&self, found: &Names, case: &Case<'_>) -> Result<Issued, Stop> {
        let words = case.context.usages().unwrap_or_default();
        let (key_usage, extended_key_usage) = usages::resolve(words.iter().map(String::as_str));
        let now = case.context.at();
        let seconds = case.context.duration().map_or(DEFAULT, |asked| asked.as_seconds().min(DEFAULT));
        Ok(Issued {
            subject: seen::reencoded_subject(case.request),
            names: found.issued(),
            key_usage,
            extended_key_usage,
            basic_constraints: BasicConstraints::default(),
            not_before: later(now, BACKDATE.saturating_neg())?,
            not_after: later(now, seconds)?,
            extensions: Vec::new(),
        })
    }
}
