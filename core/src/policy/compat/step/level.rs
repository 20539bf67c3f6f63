//! One policy for names: denied entries before allowed ones; a kind without entries is open only if no other kind has
//! allowed ones.

use super::mailbox::Mailbox;
use super::{Case, Names, Placed, Stop, address, denied, go, planted};
use crate::diagnostic::{Diagnostic, Path, codes, quote};
use crate::name::{IpAddress, IpPrefix};
use crate::policy::document::{Quirk, StepNames, StepX509};
use crate::policy::matcher::Faults;

/// A kind of name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Dns,
    Ip,
    Email,
    Uri,
}

/// A compiled policy.
#[derive(Debug)]
pub(super) struct Level {
    allow: Lists,
    deny: Lists,
    wildcards: bool,
    at: Path,
}

#[derive(Debug, Default)]
struct Lists {
    common_names: Vec<String>,
    /// A domain; with a dot before it for exactly one more label.
    dns: Vec<String>,
    ip: Vec<IpPrefix>,
    email: Vec<String>,
    uri: Vec<String>,
}

/// Why a name cannot be matched at all.
struct Unmatchable;

impl Lists {
    fn compile(names: &StepNames, at: &Path, faults: &mut Faults) -> Self {
        let mut lists = Self::default();
        let mut fault = |field: &'static str, index: usize, text: &str| {
            let message = format!("{} is no entry for {field}", quote(text));
            faults.error(Diagnostic::new(codes::DOCUMENT_COMPAT, message), &at.join(field).join(index));
        };
        for (index, text) in names.cn.iter().enumerate() {
            let text = text.trim();
            if text.is_empty() || text.contains('*') {
                fault("cn", index, text);
            }
            lists.common_names.push(text.to_owned());
        }
        for (index, text) in names.dns.iter().enumerate() {
            match domain(text) {
                Some(domain) => lists.dns.push(domain),
                None => fault("dns", index, text),
            }
        }
        for (index, text) in names.ip.iter().enumerate() {
            let single = || address(text).and_then(|address| IpPrefix::parse(&address.to_string()).ok());
            let cleared = || IpPrefix::cleared(text).and_then(|text| IpPrefix::parse(&text).ok());
            match IpPrefix::parse(text).ok().or_else(cleared).or_else(single) {
                Some(block) => lists.ip.push(block),
                None => fault("ip", index, text),
            }
        }
        for (index, text) in names.email.iter().enumerate() {
            match mail(text) {
                Some(entry) => lists.email.push(entry),
                None => fault("email", index, text),
            }
        }
        for (index, text) in names.uri.iter().enumerate() {
            let plain = !text.contains("://") && !text.contains(['/', ':']);
            let host = domain(text).filter(|_| plain && IpAddress::parse(text.trim()).is_none());
            match host {
                Some(host) => lists.uri.push(host),
                None => fault("uri", index, text),
            }
        }
        lists
    }

    fn len(&self, kind: Kind) -> usize {
        match kind {
            Kind::Dns => self.dns.len(),
            Kind::Ip => self.ip.len(),
            Kind::Email => self.email.len(),
            Kind::Uri => self.uri.len(),
        }
    }

    fn is_empty(&self) -> bool {
        self.common_names.is_empty()
            && [Kind::Dns, Kind::Ip, Kind::Email, Kind::Uri].into_iter().all(|kind| self.len(kind) == 0)
    }
}

/// A domain in its form for comparison: `*.example.com` is `.example.com`.
fn domain(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let partial =
        text.rfind('*').is_some_and(|at| at > 0) || (text.starts_with('*') && !text.starts_with("*."));
    if text.is_empty() || text.contains("..") || text.starts_with('.') || partial {
        return None;
    }
    let text = text.strip_prefix('*').unwrap_or(&text);
    let (dot, bare) = match text.strip_prefix('.') {
        Some(bare) => (".", bare),
        None => ("", text),
    };
    let ascii = go::lookup_to_ascii(bare)?;
    go::reverse_labels(&ascii)?;
    Some(format!("{dot}{ascii}"))
}

/// `@example.com` is `example.com`; a mailbox stays one. Both are lower-cased.
fn mail(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    if text.contains('*') || text.is_empty() || text.matches('@').count() > 1 {
        return None;
    }
    if let Some(host) = text.strip_prefix('@') {
        return domain(host).filter(|host| !host.starts_with('.'));
    }
    let mailbox = text.contains('@').then(|| Mailbox::parse(&text)).flatten()?;
    let host = go::lookup_to_ascii(&mailbox.domain)?;
    Some(format!("{}@{host}", mailbox.local))
}

/// The kind that a text looks like: an address, a URI with a scheme, a mailbox, else a DNS name.
pub(super) fn kind_of(text: &str) -> Kind {
    if address(text).is_some() {
        Kind::Ip
    } else if scheme(text) {
        Kind::Uri
    } else if text.contains('@') {
        Kind::Email
    } else {
        Kind::Dns
    }
}

fn scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

impl Level {
    pub(super) fn compile(policy: &StepX509, at: &Path, faults: &mut Faults) -> Self {
        let lists = |names: &Option<StepNames>, field: &'static str, faults: &mut Faults| {
            names.as_ref().map(|names| Lists::compile(names, &at.join(field), faults)).unwrap_or_default()
        };
        Self {
            allow: lists(&policy.allow, "allow", faults),
            deny: lists(&policy.deny, "deny", faults),
            wildcards: policy.allow_wildcard_names.unwrap_or(false),
            at: at.clone(),
        }
    }

    pub(super) fn judge(&self, name: Option<&Placed>, found: &Names, case: &Case<'_>) -> Result<(), Stop> {
        if self.allow.is_empty() && self.deny.is_empty() {
            return Ok(());
        }
        let addresses = found.ip.iter().map(|(address, at)| Placed::new(address.to_string(), at.clone()));
        let addresses: Vec<Placed> = addresses.collect();
        for (names, kind) in [
            (&found.dns, Kind::Dns),
            (&addresses, Kind::Ip),
            (&found.email, Kind::Email),
            (&found.uri, Kind::Uri),
        ] {
            for name in names {
                self.judge_name(name, kind, case)?;
            }
        }
        match name {
            Some(name) => self.judge_common_name(name, case),
            None => Ok(()),
        }
    }

    fn stop(&self, what: &str, name: &Placed, field: &'static str) -> Stop {
        let message = format!("the name {} is {what}", quote(&name.text));
        denied(codes::COMPAT_NAME, message, name.at.clone(), self.at.join(field))
    }

    /// A name that cannot be read or matched.
    fn faulty(&self, name: &Placed, case: &Case<'_>) -> Stop {
        if case.keeps(Quirk::ParseFaultIsServerFault) {
            return self.stop(
                "not one that can be matched: a fault of the server, status 500",
                name,
                "allow",
            );
        }
        self.stop("not one that can be matched", name, "allow")
    }

    fn judge_common_name(&self, name: &Placed, case: &Case<'_>) -> Result<(), Stop> {
        let (allow, deny) = (&self.allow.common_names, &self.deny.common_names);
        if !allow.is_empty() || !deny.is_empty() {
            let is = |entry: &String| go::equal_fold(entry, &name.text);
            let excluded = deny.iter().any(is) && !planted::is_planted(17);
            if excluded && !case.keeps(Quirk::CommonNameDenyFallsThrough) {
                return Err(self.stop("denied as a common name", name, "deny"));
            }
            if !excluded && (allow.is_empty() || allow.iter().any(is)) {
                return Ok(());
            }
        }
        self.judge_name(name, kind_of(&name.text), case)
    }

    fn judge_name(&self, name: &Placed, kind: Kind, case: &Case<'_>) -> Result<(), Stop> {
        let (allow, deny) = (self.allow.len(kind), self.deny.len(kind));
        let others = !self.allow.is_empty();
        let open = allow > 0 || (deny > 0 && case.keeps(Quirk::DenyOnlyKindsOpen));
        if !open && others && !planted::is_planted(18) {
            return Err(self.stop("of a kind that no entry allows", name, "allow"));
        }
        match kind {
            Kind::Dns => self.judge_dns(name, case),
            Kind::Ip => {
                let within = |list: &Lists| {
                    address(&name.text).is_some_and(|ip| list.ip.iter().any(|block| block.contains(ip)))
                };
                self.verdict(name, kind, within(&self.deny), within(&self.allow))
            }
            Kind::Email => self.judge_mail(name, case),
            Kind::Uri => self.judge_uri(name, case),
        }
    }

    /// Denied before allowed; without allowed entries everything else is.
    fn verdict(&self, name: &Placed, kind: Kind, excluded: bool, permitted: bool) -> Result<(), Stop> {
        if excluded && !planted::is_planted(19) {
            return Err(self.stop("excluded", name, "deny"));
        }
        if self.allow.len(kind) > 0 && !permitted {
            return Err(self.stop("not allowed", name, "allow"));
        }
        Ok(())
    }

    fn judge_dns(&self, name: &Placed, case: &Case<'_>) -> Result<(), Stop> {
        let (star, rest) = match name.text.strip_prefix("*.") {
            Some(rest) => ("*.", rest),
            None => ("", name.text.as_str()),
        };
        let ascii = go::lookup_to_ascii(rest).filter(|ascii| !ascii.starts_with('.'));
        let Some(ascii) = ascii
            .map(|ascii| format!("{star}{ascii}"))
            .filter(|ascii| !ascii.is_empty() && go::reverse_labels(ascii).is_some())
        else {
            return Err(self.faulty(name, case));
        };
        let unseen = case.keeps(Quirk::WildcardUnseenByDeny);
        let excluded = self.deny.dns.iter().any(|entry| {
            let hidden = !star.is_empty() && !self.wildcards && unseen;
            !hidden && self.matches_domain(&ascii, entry, true)
        });
        let permitted = self.allow.dns.iter().any(|entry| self.matches_domain(&ascii, entry, self.wildcards));
        self.verdict(name, Kind::Dns, excluded, permitted)
    }

    /// Label by label without regard to case; a dot before the entry stands for exactly one more label.
    fn matches_domain(&self, domain: &str, entry: &str, wildcards: bool) -> bool {
        if domain.starts_with("*.") && !wildcards || domain.rfind('*').is_some_and(|at| at > 0) {
            return false;
        }
        let (more, entry) = match entry.strip_prefix('.') {
            Some(entry) => (1, entry),
            None => (0, entry),
        };
        let (Some(domain), Some(entry)) = (go::reverse_labels(domain), go::reverse_labels(entry)) else {
            return false;
        };
        let length =
            domain.len() == entry.len().saturating_add(more) || (planted::is_planted(20) && more == 1);
        length
            && entry.iter().zip(&domain).all(|(entry, label)| entry.eq_ignore_ascii_case(label))
            && entry.len() <= domain.len()
    }

    fn judge_mail(&self, name: &Placed, case: &Case<'_>) -> Result<(), Stop> {
        let mailbox = Mailbox::parse(&name.text)
            .and_then(|mailbox| Some(Mailbox { domain: go::to_ascii(&mailbox.domain)?, ..mailbox }));
        let Some(mailbox) = mailbox else { return Err(self.faulty(name, case)) };
        let fits = |entry: &String| match Mailbox::parse(entry) {
            Some(own) => own.local == mailbox.local && own.domain.eq_ignore_ascii_case(&mailbox.domain),
            None => self.matches_domain(&mailbox.domain, entry, self.wildcards),
        };
        let (excluded, permitted) = (self.deny.email.iter().any(fits), self.allow.email.iter().any(fits));
        self.verdict(name, Kind::Email, excluded, permitted)
    }

    fn judge_uri(&self, name: &Placed, case: &Case<'_>) -> Result<(), Stop> {
        // Without entries nothing is matched, so that nothing can fail to match.
        if self.allow.uri.is_empty() && self.deny.uri.is_empty() {
            return Ok(());
        }
        let Ok(host) = host(&name.text) else { return Err(self.faulty(name, case)) };
        if go::reverse_labels(&host).is_none() {
            return Err(self.faulty(name, case));
        }
        let fits = |entry: &String| self.matches_domain(&host, entry, self.wildcards);
        let (excluded, permitted) = (self.deny.uri.iter().any(fits), self.allow.uri.iter().any(fits));
        self.verdict(name, Kind::Uri, excluded, permitted)
    }
}

/// The host of a URI: there is one, without a star, and it is no address.
fn host(text: &str) -> Result<String, Unmatchable> {
    let rest = text.split_once("://").map(|(_, rest)| rest).ok_or(Unmatchable)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let bare = match host.rsplit_once(':') {
        Some((bare, _)) if !host.ends_with(']') => bare,
        _ => host,
    };
    let literal = bare.starts_with('[') && bare.ends_with(']');
    if bare.is_empty() || bare.contains('*') || literal || IpAddress::parse(bare).is_some() {
        return Err(Unmatchable);
    }
    Ok(bare.to_owned())
}
