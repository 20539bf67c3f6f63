//! Which names a role allows. The first that it does not ends the evaluation.

use super::{Rule, list};
use crate::diagnostic::{codes, quote};
use crate::policy::compat::seen::{Names, Placed};
use crate::policy::compat::{Case, Stop, denied, go, planted};
use crate::policy::document::Quirk;

/// The parts of a name that the rules look at.
struct Parts<'a> {
    whole: &'a str,
    /// The host, without the label that holds a star.
    reduced: &'a str,
    /// What stands behind the `@`, or the whole name.
    host: &'a str,
    mailbox: bool,
    /// The label that holds a star.
    star: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// `None` for a name that no flag allows: two `@`, two stars, a star behind the first label or in a mailbox.
    fn split(name: &'a str) -> Option<Self> {
        let (mailbox, host) = match name.split_once('@') {
            None => (false, name),
            Some((_, host)) if !host.contains('@') => (true, host),
            Some(_) => return None,
        };
        if !host.contains('*') {
            return Some(Self { whole: name, reduced: host, host, mailbox, star: None });
        }
        let (label, reduced) = host.split_once('.').unwrap_or((host, ""));
        let one = host.matches('*').count() == 1 && label.contains('*');
        (one && !mailbox).then_some(Self { whole: name, reduced, host, mailbox, star: Some(label) })
    }
}

impl Rule {
    pub(super) fn judge_common_name(&self, name: &Placed, case: &Case<'_>) -> Result<(), Stop> {
        let words = list(self.role.cn_validations.as_ref());
        if words == ["disabled"] {
            return Ok(());
        }
        let message = format!("the common name {} is not allowed by the role", quote(&name.text));
        let stop =
            |field: &'static str| denied(codes::COMPAT_NAME, &*message, name.at.clone(), self.rule(field));
        let compared = if case.keeps(Quirk::CommonNameBeforeIdna) {
            name.text.clone()
        } else {
            go::to_ascii(&name.text.to_lowercase()).unwrap_or_else(|| name.text.clone())
        };
        if !self.allows(&compared, case) {
            return Err(stop("allowed_domains"));
        }
        let needed = if name.text.contains('@') { "email" } else { "hostname" };
        if words.is_empty() || words.iter().any(|word| word == needed) || planted::is_planted(4) {
            Ok(())
        } else {
            Err(stop("cn_validations"))
        }
    }

    pub(super) fn judge_names(&self, found: &Names, case: &Case<'_>) -> Result<(), Stop> {
        for (name, mailbox) in
            found.dns.iter().map(|name| (name, false)).chain(found.email.iter().map(|name| (name, true)))
        {
            let fits = case.keeps(Quirk::MailboxRuleForHosts) || name.text.contains('@') == mailbox;
            if !fits || !self.allows(&name.text, case) {
                let message = format!("the name {} is not allowed by the role", quote(&name.text));
                let rule = self.rule("allowed_domains");
                return Err(denied(codes::COMPAT_NAME, message, name.at.clone(), rule));
            }
        }
        Ok(())
    }

    /// Whether one of the flags allows the name.
    fn allows(&self, name: &str, case: &Case<'_>) -> bool {
        let role = &self.role;
        if name.contains('*') && !role.allow_wildcard_certificates.unwrap_or(true) && !planted::is_planted(5)
        {
            let host = name.rsplit('@').next().unwrap_or(name);
            if host.contains('*') {
                return false;
            }
        }
        let Some(parts) = Parts::split(name) else { return false };
        if role.enforce_hostnames.unwrap_or(true) && !is_well_formed(&parts) {
            return false;
        }
        role.allow_any_name.unwrap_or(false)
            || self.allows_local(&parts)
            || self.allows_display_name(&parts, case)
            || self.allows_domain(&parts, case)
    }

    fn allows_local(&self, parts: &Parts<'_>) -> bool {
        if !self.role.allow_localhost.unwrap_or(true) {
            return false;
        }
        let subdomains = self.role.allow_subdomains.unwrap_or(false);
        ["localhost", "localdomain"].into_iter().any(|local| {
            parts.reduced == local
                || (parts.mailbox && parts.host == local)
                || (subdomains && is_below(parts.reduced, local))
        })
    }

    /// The display name of the token, and what is below it.
    fn allows_display_name(&self, parts: &Parts<'_>, case: &Case<'_>) -> bool {
        let Some(display) = case
            .fact("tokenDisplayName")
            .filter(|_| self.role.allow_token_displayname.unwrap_or(false) && !planted::is_planted(6))
        else {
            return false;
        };
        if parts.whole == display {
            return true;
        }
        let behind = display.split_once('@').map(|(_, host)| host).filter(|host| !host.contains('@'));
        self.role.allow_subdomains.unwrap_or(false)
            && (is_below(parts.reduced, display)
                || (parts.star.is_some() && parts.reduced == display)
                || (parts.mailbox && behind.is_some_and(|host| is_below(parts.reduced, host))))
    }

    fn allows_domain(&self, parts: &Parts<'_>, case: &Case<'_>) -> bool {
        let role = &self.role;
        let (bare, subdomains, globs) = (
            role.allow_bare_domains.unwrap_or(false),
            role.allow_subdomains.unwrap_or(false),
            role.allow_glob_domains.unwrap_or(false),
        );
        let sensitive = case.keeps(Quirk::SuffixCaseSensitive) && !planted::is_planted(7);
        let cased = |text: &str| if sensitive { text.to_owned() } else { text.to_lowercase() };
        let (reduced, whole) = (cased(parts.reduced), cased(parts.whole));
        self.domains(case).iter().any(|domain| {
            let domain = if case.keeps(Quirk::CommonNameBeforeIdna) || domain.contains('*') {
                domain.clone()
            } else {
                go::to_ascii(&domain.to_lowercase()).unwrap_or_else(|| domain.clone())
            };
            let equal = |text: &str| go::equal_fold(text, &domain);
            let domain_cased = cased(&domain);
            (bare && (equal(parts.whole) || (parts.mailbox && equal(parts.host))))
                || (subdomains
                    && (is_below(&reduced, &domain_cased) || (parts.star.is_some() && equal(parts.reduced))))
                || (globs && domain.contains('*') && go::glob(&domain_cased, &whole))
        })
    }

    /// The domains with their templates filled. One that cannot be filled is left out.
    fn domains(&self, case: &Case<'_>) -> Vec<String> {
        let entries = list(self.role.allowed_domains.as_ref()).iter().filter(|entry| !entry.is_empty());
        let templated = self.role.allowed_domains_template.unwrap_or(false);
        entries.filter_map(|entry| self.filled(entry, templated, case)).collect()
    }

    /// An entry with `{{…}}` filled from facts: each expression is the fact of its name, with `_` for what no name has.
    fn filled(&self, entry: &str, templated: bool, case: &Case<'_>) -> Option<String> {
        // A caller without an entity has no values to fill in: the text stands for itself.
        if !templated || !entry.contains("{{") || case.fact("identity") == Some("none") {
            return Some(entry.to_owned());
        }
        let stars = self.flavour == super::Flavour::Vault
            || self.role.allow_globs_in_identity_templates.unwrap_or(false);
        let (mut out, mut rest) = (String::new(), entry);
        while let Some((before, after)) = rest.split_once("{{") {
            let (expression, behind) = after.split_once("}}")?;
            let fits = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
            let name: String = expression.trim().chars().map(fits).collect();
            let value = case.fact(&name).filter(|value| stars || !value.contains('*'))?;
            out.push_str(before);
            out.push_str(value);
            rest = behind;
        }
        out.push_str(rest);
        Some(out)
    }

    pub(super) fn judge_addresses(&self, found: &Names) -> Result<(), Stop> {
        for (address, at) in &found.ip {
            if !self.role.allow_ip_sans.unwrap_or(true) {
                let message = format!("the role allows no addresses, and there is {address}");
                return Err(denied(codes::COMPAT_NAME, message, at.clone(), self.rule("allow_ip_sans")));
            }
            let within = self.blocks.iter().any(|block| block.contains(*address));
            if !self.blocks.is_empty() && !within && !planted::is_planted(8) {
                let message = format!("the address {address} lies in no block of the role");
                return Err(denied(
                    codes::COMPAT_NAME,
                    message,
                    at.clone(),
                    self.rule("allowed_ip_sans_cidr"),
                ));
            }
        }
        Ok(())
    }

    pub(super) fn judge_uris(&self, found: &Names, case: &Case<'_>) -> Result<(), Stop> {
        let templated = self.role.allowed_uri_sans_template.unwrap_or(false);
        let entries = list(self.role.allowed_uri_sans.as_ref());
        let globs: Vec<String> =
            entries.iter().filter_map(|entry| self.filled(entry, templated, case)).collect();
        for name in &found.uri {
            if !globs.iter().any(|glob| go::glob(glob, &name.text)) {
                let message = format!("the uri {} is not allowed by the role", quote(&name.text));
                return Err(denied(
                    codes::COMPAT_NAME,
                    message,
                    name.at.clone(),
                    self.rule("allowed_uri_sans"),
                ));
            }
        }
        Ok(())
    }

    pub(super) fn judge_other_names(&self, found: &Names) -> Result<(), Stop> {
        let any = list(self.role.allowed_other_sans.as_ref()) == ["*"];
        for (other, at) in &found.other {
            let stop = |message: String| {
                denied(codes::COMPAT_NAME, message, at.clone(), self.rule("allowed_other_sans"))
            };
            let Some((_, text)) = other.string.as_ref().filter(|(kind, _)| kind.as_str() == "UTF8String")
            else {
                return Err(stop("an otherName is no UTF8String".to_owned()));
            };
            let fits = |(oid, glob): &(crate::oid::Oid, String)| *oid == other.oid && go::glob(glob, text);
            if !any && !self.other_names.iter().any(fits) {
                let message = format!("the otherName {} is not allowed by the role", quote(text));
                return Err(stop(message));
            }
        }
        Ok(())
    }
}

/// Whether the host is one of letters, digits and hyphens, and a star stands for a whole label or a part of one.
fn is_well_formed(parts: &Parts<'_>) -> bool {
    let host = parts.reduced.is_empty() || go::to_ascii(parts.reduced).is_some_and(|host| go::is_host(&host));
    host && parts.star.is_none_or(go::is_wildcard_label)
}

/// Whether a name ends in a dot and the domain.
fn is_below(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|before| before.ends_with('.'))
}
