//! Decisions. Oracle: allowed means that every name, usage and lifetime of the template is in the policy's set, by a model
//! that shares nothing with the engine. A name with `*` is tried with many labels in its place.

use std::collections::BTreeSet;

use arbitrary::{Result, Unstructured};
use certgate::name::{GeneralName, IpAddress};
use certgate::policy::{Context, Template};
use certgate::time::Timestamp;
use certgate_bindings::{Policy, Request};
use certgate_tests::request::{self, Csr};
use serde_json::{Value, json};

use crate::model::{self, Pattern};
use crate::{PLANTED, lenient, list};

/// Few, so that patterns and names often meet.
const LABELS: [&str; 4] = ["a", "b", "a-b", "com"];
const AFFIXES: [&str; 6] = ["*", "a*", "*b", "a*b", "*.a", "x"];
const BLOCKS: [&str; 6] =
    ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32", "2001:db8::1", "0.0.0.0/0"];
const HOSTS: [&str; 3] = ["example.com", "a.example.com", "b.net"];
const MAX_SECONDS: i64 = 90 * 86_400;

/// What a policy says, for the document and for the model.
#[derive(Debug)]
struct Rules {
    allow: Vec<Pattern>,
    deny: Vec<Pattern>,
    wildcard: bool,
    ip_allow: Vec<&'static str>,
    ip_deny: Vec<&'static str>,
    email_hosts: Vec<&'static str>,
    uri_hosts: Vec<&'static str>,
}

pub fn check(input: &[u8]) {
    // An input that runs out of bytes goes on with zeros, and never fails.
    let _ = judge(&mut Unstructured::new(input));
}

fn judge(u: &mut Unstructured<'_>) -> Result<()> {
    let mut hosts = Vec::new();
    let rules = Rules {
        allow: list(u, 3, |u| pattern(u, &mut hosts))?,
        deny: list(u, 2, |u| pattern(u, &mut hosts))?,
        wildcard: u.arbitrary()?,
        ip_allow: list(u, 2, |u| u.choose(&BLOCKS).copied())?,
        ip_deny: list(u, 1, |u| u.choose(&BLOCKS).copied())?,
        email_hosts: list(u, 1, |u| u.choose(&HOSTS).copied())?,
        uri_hosts: list(u, 1, |u| u.choose(&HOSTS).copied())?,
    };
    let input = if u.ratio(1, 16)? {
        u.bytes(u.len())?.to_vec()
    } else {
        let names = list(u, 3, |u| name(u, &rules.allow, &mut hosts))?;
        let csr = match u.ratio(1, 3)? {
            true => Csr {
                subject: Csr::subject(&[request::cn(&host(u, &mut hosts)?)]).subject,
                ..Csr::names(&names)
            },
            false => Csr::names(&names),
        };
        // The lenient back end takes any two numbers for a signature.
        let signature = [&[0, 0x30, 6, 2, 1, 1, 2, 1, 1][..]].concat();
        Csr { signing: request::Signing::Octets(signature), ..csr }.der()
    };
    let Ok(request) = Request::parse(&input) else { return Ok(()) };
    let decide = |rules: &Rules| {
        let policy = match Policy::load(&rules.document().to_string()) {
            Ok(policy) => policy,
            // A policy of the grammar may allow nothing at all; there is nothing else to refuse.
            Err(error) => {
                let other = error.diagnostics().iter().find(|fault| fault.code != "document/never-matches");
                assert!(other.is_none(), "{other:?} in {rules:?}");
                return None;
            }
        };
        let at = Timestamp::from_rfc3339(certgate_tests::vector::AT).expect("a time");
        Some(policy.evaluate(&request, &Context::new(at).with_crypto(lenient())))
    };
    let decision = if PLANTED && has_wildcard(&request) {
        // Planted: a wildcard is not held against the patterns that deny a part of its set.
        decide(&Rules { deny: Vec::new(), ..rules.copy() })
    } else {
        decide(&rules)
    };
    let Some(decision) = decision else { return Ok(()) };
    let core = decision.as_core();
    assert_eq!(core.template().is_some(), core.is_allowed());
    assert_eq!(core.is_allowed(), core.reasons().is_empty());
    if let Some(template) = core.template() {
        rules.hold(template, &request);
    }
    Ok(())
}

impl Rules {
    fn copy(&self) -> Self {
        Self {
            allow: self.allow.clone(),
            deny: self.deny.clone(),
            wildcard: self.wildcard,
            ip_allow: self.ip_allow.clone(),
            ip_deny: self.ip_deny.clone(),
            email_hosts: self.email_hosts.clone(),
            uri_hosts: self.uri_hosts.clone(),
        }
    }

    fn document(&self) -> Value {
        let patterns = |list: &[Pattern]| list.iter().map(Pattern::to_json).collect::<Vec<_>>();
        let mut names = json!({});
        if !self.allow.is_empty() {
            let permission = if self.wildcard { "allow" } else { "deny" };
            names["dns"] = json!({ "allow": patterns(&self.allow), "deny": patterns(&self.deny), "wildcard": permission });
        }
        if !self.ip_allow.is_empty() {
            names["ip"] = json!({ "allow": self.ip_allow, "deny": self.ip_deny });
        }
        if !self.email_hosts.is_empty() {
            let hosts: Vec<String> = self.email_hosts.iter().map(|host| format!("*@{host}")).collect();
            names["email"] = json!({ "allow": hosts });
        }
        if !self.uri_hosts.is_empty() {
            let hosts: Vec<Value> =
                self.uri_hosts.iter().map(|host| json!({ "scheme": "spiffe", "host": host })).collect();
            names["uri"] = json!({ "allow": hosts });
        }
        json!({
            "version": 1,
            "id": "fuzz",
            "names": names,
            "keys": { "EC": ["P-256"], "RSA": { "min": 2048 }, "Ed25519": {} },
            "usages": { "extended": ["serverAuth"] },
            "validity": { "default": "24h", "max": "90d" },
        })
    }

    /// Fails unless everything that would be issued is allowed.
    fn hold(&self, template: &Template, request: &Request) {
        assert!(!template.names.is_empty(), "no name at all");
        for name in &template.names {
            assert!(self.allows(name), "{name:?} by {self:?}");
        }
        let names: BTreeSet<String> =
            template.names.iter().map(|name| name.display().to_ascii_lowercase()).collect();
        for attribute in &template.subject {
            assert_eq!(attribute.oid.name(), Some("commonName"));
            assert!(names.contains(&attribute.value.to_ascii_lowercase()), "{attribute:?} among {names:?}");
        }
        let purposes: Vec<Option<&str>> = template.extended_key_usage.iter().map(|oid| oid.name()).collect();
        assert_eq!(purposes, [Some("serverAuth")]);
        assert!(!template.basic_constraints.ca);
        assert!(template.extensions.is_empty());
        let seconds = template.not_after.seconds_since(template.not_before) + 1;
        assert!((1..=MAX_SECONDS).contains(&seconds), "{seconds}");
        assert_eq!(template.public_key.der(), request.as_core().public_key().der());
    }

    fn allows(&self, name: &GeneralName) -> bool {
        match name {
            GeneralName::DnsName(named) => {
                let text = named.text.to_ascii_lowercase();
                match text.strip_prefix("*.") {
                    None => self.allows_host(&text),
                    Some(base) => {
                        self.wildcard
                            && self
                                .sample_labels()
                                .iter()
                                .all(|label| self.allows_host(&format!("{label}.{base}")))
                    }
                }
            }
            GeneralName::IpAddress { octets, .. } => {
                in_any(&self.ip_allow, octets) && !in_any(&self.ip_deny, octets)
            }
            GeneralName::Rfc822Name(named) => named
                .text
                .rsplit_once('@')
                .is_some_and(|(_, host)| self.email_hosts.iter().any(|own| own.eq_ignore_ascii_case(host))),
            GeneralName::Uri(named) => self.uri_hosts.iter().any(|host| {
                let (head, rest) = (format!("spiffe://{host}"), named.text.to_ascii_lowercase());
                rest.strip_prefix(&head).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }),
            _ => false,
        }
    }

    fn allows_host(&self, host: &str) -> bool {
        self.allow.iter().any(|pattern| pattern.matches(host))
            && !self.deny.iter().any(|pattern| pattern.matches(host))
    }

    /// Labels to stand for a `*`: some that no pattern knows, and all that a pattern begins with.
    fn sample_labels(&self) -> BTreeSet<String> {
        let first = |pattern: &Pattern| match pattern {
            Pattern::Exact(text) | Pattern::Glob(text) => {
                text.replace('*', "q").split('.').next().map(str::to_owned)
            }
            _ => None,
        };
        let fixed = LABELS.iter().chain(&["0", "zz-9", "q", "aq", "qb"]).map(|label| (*label).to_owned());
        fixed.chain(self.allow.iter().chain(&self.deny).filter_map(first)).collect()
    }
}

fn in_any(blocks: &[&str], octets: &[u8]) -> bool {
    blocks.iter().any(|block| {
        let (network, length) = block.split_once('/').unwrap_or((block, "128"));
        let network = IpAddress::parse(network).expect("a network").octets();
        let length = length.parse::<u32>().expect("a length").min(network.len() as u32 * 8);
        model::in_block(&network, length, octets)
    })
}

fn has_wildcard(request: &Request) -> bool {
    request.as_core().subject_alt_names().iter().any(|name| name.display().starts_with("*."))
}

/// A new host, or one of those before, or a host below one of them.
fn host(u: &mut Unstructured<'_>, hosts: &mut Vec<String>) -> Result<String> {
    let host = match u.int_in_range(0..=3)? {
        0 if !hosts.is_empty() => u.choose(hosts)?.clone(),
        1 | 2 if !hosts.is_empty() => format!("{}.{}", u.choose(&LABELS)?, u.choose(hosts)?),
        _ => {
            let count = u.int_in_range(2..=3)?;
            let labels = (0..count).map(|_| u.choose(&LABELS).copied()).collect::<Result<Vec<_>>>()?;
            labels.join(".")
        }
    };
    hosts.push(host.clone());
    Ok(host)
}

fn pattern(u: &mut Unstructured<'_>, hosts: &mut Vec<String>) -> Result<Pattern> {
    let host = host(u, hosts)?;
    Ok(match u.int_in_range(0..=3)? {
        0 => Pattern::Exact(host),
        1 => Pattern::OneLabel(host),
        2 => Pattern::Under(host, if u.arbitrary()? { Some(u.int_in_range(1..=3)?) } else { None }),
        _ => Pattern::Glob(format!("{}.{host}", u.choose(&AFFIXES)?)),
    })
}

/// A name: half of them such as a pattern asks for, so that much is allowed.
fn name(u: &mut Unstructured<'_>, allow: &[Pattern], hosts: &mut Vec<String>) -> Result<Vec<u8>> {
    if !allow.is_empty() && u.arbitrary()? {
        return Ok(request::dns(&match u.choose(allow)? {
            Pattern::Exact(host) => host.clone(),
            Pattern::OneLabel(host) | Pattern::Under(host, _) => format!("*.{host}"),
            Pattern::Glob(text) => format!("*.{}", text.split_once('.').map_or("", |(_, rest)| rest)),
        }));
    }
    Ok(match u.int_in_range(0..=7)? {
        0..=2 => request::dns(&host(u, hosts)?),
        3..=4 => request::dns(&format!("*.{}", host(u, hosts)?)),
        5 => {
            let octets: [u8; 4] =
                *u.choose(&[[10, 0, 0, 1], [10, 1, 2, 3], [11, 0, 0, 0], [192, 168, 0, 1]])?;
            request::ip(&octets)
        }
        6 => request::email(&format!("jane@{}", u.choose(&HOSTS)?)),
        _ => request::uri(&format!("spiffe://{}/x", u.choose(&HOSTS)?)),
    })
}
