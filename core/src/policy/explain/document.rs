//! The smallest change to a policy with which it allows a request.

use std::rc::Rc;

use super::{Action, Change, PolicyChange, index_of, number_of, smallest, text_of, try_out};
use crate::diagnostic::{Data, Diagnostic, Path, Step, codes, path::steps};
use crate::extension::ExtensionValue;
use crate::key::KeyMaterial;
use crate::name::GeneralName;
use crate::oid::{self, Oid};
use crate::policy::context::Context;
use crate::policy::decision::Decision;
use crate::policy::document::{
    AttributeRule, CaRules, Conditions, DnsPattern, DnsRules, DurationText, EcKeys, Ed25519Keys,
    EmailPattern, EmailRules, InNames, IpRules, IssuerConditions, OidText, OtherNameRules, Permission,
    PolicyDocument, Presence, RsaKeys, TextPattern, TextPatternKind, TextRule, UriPattern, UriRules,
    UsageRule,
};
use crate::request::CertificationRequest;
use crate::time::Duration;

/// Most changes of one proposal.
const MOST_CHANGES: usize = 40;

/// One change to a document, and how it is shown.
#[derive(Clone)]
struct Edit {
    change: Change,
    apply: Rc<dyn Fn(&mut PolicyDocument)>,
}

impl Edit {
    fn new(
        action: Action,
        path: Path,
        value: impl Into<Data>,
        apply: impl Fn(&mut PolicyDocument) + 'static,
    ) -> Self {
        Self { change: Change::new(action, path, value), apply: Rc::new(apply) }
    }
}

/// A change with which the policy allows the request; `None` if there is a reason that no policy can take away.
pub(super) fn find(
    document: &PolicyDocument,
    request: &CertificationRequest,
    context: &Context,
    decision: &Decision,
) -> Option<PolicyChange> {
    let applied = |edits: &[Edit]| {
        let mut changed = document.clone();
        for edit in edits {
            (edit.apply)(&mut changed);
        }
        changed
    };
    let judge = |edits: &[Edit]| Some(try_out(&applied(edits))?.evaluate(request, context));
    let mut edits: Vec<Edit> = Vec::new();
    let mut judged = decision.clone();
    while !judged.is_allowed() {
        let remaining = judged.reasons().len();
        let was_applicable = judged.outcome();
        let next = judged.reasons().iter().flat_map(|reason| mends(reason, request)).find_map(|edit| {
            let more: Vec<Edit> = edits.iter().cloned().chain([edit]).collect();
            let judged = judge(&more)?;
            // A policy that has become applicable has reasons of its own.
            let helps = judged.is_allowed()
                || judged.reasons().len() < remaining
                || judged.outcome() != was_applicable;
            helps.then_some((more, judged))
        });
        (edits, judged) = next.filter(|(edits, _)| edits.len() <= MOST_CHANGES)?;
    }
    let edits = smallest(edits, |edits| judge(edits).is_some_and(|decision| decision.is_allowed()));
    let document = applied(&edits);
    Some(PolicyChange { changes: edits.into_iter().map(|edit| edit.change).collect(), document })
}

/// Changes that could answer a reason, small ones first.
fn mends(reason: &Diagnostic, request: &CertificationRequest) -> Vec<Edit> {
    let rule = reason.rule().cloned().unwrap_or_default();
    let field = |index: usize| match rule.steps().get(index) {
        Some(Step::Field(field)) => field.as_ref(),
        _ => "",
    };
    match (field(0), field(1)) {
        ("names", "") => name_kind(reason, request),
        ("names", "presence") => vec![Edit::new(Action::Replace, rule.clone(), "optional", |document| {
            document.names.presence = Some(Presence::Optional);
        })],
        ("names", "count") => count(reason, &rule),
        ("names", _) => name_list(reason, &rule, request),
        ("subject", "commonName") => common_name(reason, &rule),
        ("subject", _) => subject(reason, &rule, request),
        ("keys", _) => key(request, &rule),
        ("usages", which) => usage(reason, which == "key", request),
        ("validity", _) => validity(reason, &rule),
        ("extensions", _) => extension(reason, request),
        ("attributes", _) => {
            let oid = text_of(reason).and_then(|label| attribute_oid(label, request)).filter(is_sayable);
            oid.map(|oid| {
                Edit::new(Action::Add, steps!["attributes", "ignore"], oid.label(), move |document| {
                    document.attributes.ignore.push(OidText(oid.clone()));
                })
            })
            .into_iter()
            .collect()
        }
        ("ca", _) => ca(reason, request),
        ("select" | "require", _) => condition(reason, &rule),
        ("rules", _) => cel_rule(reason, &rule),
        _ => Vec::new(),
    }
}

/// A rule in CEL can only be taken out: what else it could say is not known.
fn cel_rule(reason: &Diagnostic, rule: &Path) -> Vec<Edit> {
    let Some(Data::Text(code)) = reason.expected() else { return Vec::new() };
    let code = code.clone();
    let remove = Edit::new(Action::Remove, rule.clone(), code.clone(), move |document| {
        document.rules.retain(|rule| rule.code != code);
    });
    vec![remove]
}

fn exact(text: &str) -> TextPattern {
    TextPattern { kind: TextPatternKind::Exact(text.to_owned()), ignore_case: false }
}

fn name_at(reason: &Diagnostic, request: &CertificationRequest) -> Option<GeneralName> {
    request.subject_alt_names().get(index_of(reason.path(), 2)?).cloned()
}

/// A kind of name that the policy does not mention.
fn name_kind(reason: &Diagnostic, request: &CertificationRequest) -> Vec<Edit> {
    name_at(reason, request).and_then(|name| allow_name(&name)).into_iter().collect()
}

/// Adds a name to the list of its kind.
fn allow_name(name: &GeneralName) -> Option<Edit> {
    let text = name.display();
    let add = |kind: &'static str, apply: Rc<dyn Fn(&mut PolicyDocument)>| {
        let change = Change::new(Action::Add, steps!["names", kind, "allow"], text.clone());
        Some(Edit { change, apply })
    };
    let value = text.clone();
    match name {
        GeneralName::DnsName(_) => add(
            "dns",
            Rc::new(move |document| {
                let pattern = match value.strip_prefix("*.") {
                    Some(domain) => DnsPattern::OneLabel(domain.to_owned()),
                    None => DnsPattern::Exact(value.clone()),
                };
                document.names.dns.get_or_insert_with(DnsRules::default).allow.push(pattern);
            }),
        ),
        GeneralName::IpAddress { address, .. } => {
            let value = address.map_or(value, |address| address.unmapped().to_string());
            add(
                "ip",
                Rc::new(move |document| {
                    document.names.ip.get_or_insert_with(IpRules::default).allow.push(value.clone());
                }),
            )
        }
        GeneralName::Rfc822Name(_) => add(
            "email",
            Rc::new(move |document| {
                let rules = document.names.email.get_or_insert_with(EmailRules::default);
                rules.allow.push(EmailPattern::Exact(value.clone()));
            }),
        ),
        GeneralName::Uri(_) => add(
            "uri",
            Rc::new(move |document| {
                let rules = document.names.uri.get_or_insert_with(UriRules::default);
                rules.allow.push(UriPattern::Text(exact(&value)));
            }),
        ),
        GeneralName::OtherName(other) if is_sayable(&other.oid) => {
            let oid = OidText(other.oid.clone());
            add(
                "otherName",
                Rc::new(move |document| {
                    let rules =
                        document.names.other_name.entry(oid.clone()).or_insert_with(OtherNameRules::default);
                    rules.allow.push(exact(&value));
                }),
            )
        }
        _ => None,
    }
}

fn count(reason: &Diagnostic, rule: &Path) -> Vec<Edit> {
    let Some(found) = number_of(reason.found()).and_then(|number| u32::try_from(number).ok()) else {
        return Vec::new();
    };
    let is_most = reason.code() == codes::POLICY_TOO_MANY_NAMES;
    vec![Edit::new(Action::Replace, rule.clone(), found, move |document| {
        let count = &mut document.names.count;
        if is_most { count.max = Some(found) } else { count.min = Some(found) }
    })]
}

/// The rules of one kind of name.
fn name_list(reason: &Diagnostic, rule: &Path, request: &CertificationRequest) -> Vec<Edit> {
    let field = |index: usize| match rule.steps().get(index) {
        Some(Step::Field(field)) => field.to_string(),
        _ => String::new(),
    };
    let (kind, at) = (field(1), if field(1) == "otherName" { 3 } else { 2 });
    let permission = |set: fn(&mut DnsRules)| {
        Edit::new(Action::Replace, rule.clone(), "allow", move |document| {
            if let Some(dns) = &mut document.names.dns {
                set(dns);
            }
        })
    };
    match field(at).as_str() {
        "allow" => name_at(reason, request).and_then(|name| allow_name(&name)).into_iter().collect(),
        "deny" => index_of(rule, at.saturating_add(1))
            .map(|index| remove_denied(&kind, index, rule))
            .into_iter()
            .collect(),
        "wildcard" => vec![permission(|dns| dns.wildcard = Permission::Allow)],
        "publicSuffixWildcard" => vec![permission(|dns| dns.public_suffix_wildcard = Permission::Allow)],
        "underscore" => vec![permission(|dns| dns.underscore = Permission::Allow)],
        "mapped" => vec![Edit::new(Action::Replace, rule.clone(), "allow", |document| {
            if let Some(ip) = &mut document.names.ip {
                ip.mapped = Permission::Allow;
            }
        })],
        "presence" | "count" => {
            let found = number_of(reason.found()).and_then(|number| u32::try_from(number).ok());
            let code = reason.code();
            vec![Edit::new(
                Action::Replace,
                rule.clone(),
                found.map_or(Data::from("optional"), Data::from),
                move |document| {
                    let names = &mut document.names;
                    let (presence, count) = match kind.as_str() {
                        "dns" => names.dns.as_mut().map(|rules| (&mut rules.presence, &mut rules.count)),
                        "ip" => names.ip.as_mut().map(|rules| (&mut rules.presence, &mut rules.count)),
                        "email" => names.email.as_mut().map(|rules| (&mut rules.presence, &mut rules.count)),
                        "uri" => names.uri.as_mut().map(|rules| (&mut rules.presence, &mut rules.count)),
                        _ => None,
                    }
                    .unzip();
                    if let (Some(count), true) = (count, code == codes::POLICY_TOO_MANY_NAMES) {
                        count.max = found;
                    } else if let Some(presence) = presence {
                        *presence = Some(Presence::Optional);
                    }
                },
            )]
        }
        _ => Vec::new(),
    }
}

fn remove_denied(kind: &str, index: usize, rule: &Path) -> Edit {
    fn remove<T>(list: Option<&mut Vec<T>>, index: usize) {
        if let Some(list) = list.filter(|list| index < list.len()) {
            list.remove(index);
        }
    }
    let kind = kind.to_owned();
    let value = rule.to_string();
    Edit::new(Action::Remove, rule.clone(), value, move |document| {
        let names = &mut document.names;
        match kind.as_str() {
            "dns" => remove(names.dns.as_mut().map(|rules| &mut rules.deny), index),
            "ip" => remove(names.ip.as_mut().map(|rules| &mut rules.deny), index),
            "email" => remove(names.email.as_mut().map(|rules| &mut rules.deny), index),
            "uri" => remove(names.uri.as_mut().map(|rules| &mut rules.deny), index),
            _ => {}
        }
    })
}

fn common_name(reason: &Diagnostic, rule: &Path) -> Vec<Edit> {
    let presence =
        Edit::new(Action::Replace, steps!["subject", "commonName", "presence"], "optional", |document| {
            document.subject.common_name.presence = Some(Presence::Optional);
        });
    let found = text_of(reason).unwrap_or_default().to_owned();
    let allow = {
        let found = found.clone();
        Edit::new(Action::Add, steps!["subject", "commonName", "allow"], found.clone(), move |document| {
            let common = &mut document.subject.common_name;
            // The list is there for this one alone: what was allowed before stays so.
            common.allow.push(exact(&found));
            common.in_names = Some(InNames::Optional);
        })
    };
    match rule.steps().get(2) {
        Some(Step::Field(field)) if field == "presence" => vec![presence],
        Some(Step::Field(field)) if field == "deny" => index_of(rule, 3)
            .map(|index| {
                Edit::new(Action::Remove, rule.clone(), rule.to_string(), move |document| {
                    let deny = &mut document.subject.common_name.deny;
                    if index < deny.len() {
                        deny.remove(index);
                    }
                })
            })
            .into_iter()
            .collect(),
        Some(_) => vec![allow],
        None => Vec::new(),
    }
}

fn subject(reason: &Diagnostic, rule: &Path, request: &CertificationRequest) -> Vec<Edit> {
    let step = |index: usize| match rule.steps().get(index) {
        Some(Step::Field(field)) => field.to_string(),
        _ => String::new(),
    };
    match (step(1).as_str(), step(3).as_str()) {
        ("multiValued", _) => vec![Edit::new(Action::Replace, rule.clone(), "allow", |document| {
            document.subject.multi_valued = Permission::Allow;
        })],
        ("stringTypes", _) => {
            let Some(found) = text_of(reason).map(str::to_owned) else { return Vec::new() };
            vec![Edit::new(Action::Add, rule.clone(), found.clone(), move |document| {
                document.subject.string_types.push(found.clone());
            })]
        }
        ("attributes", what) => {
            let attributes = request.subject().attributes();
            let labelled = attributes.iter().find(|attribute| attribute.oid().label() == step(2));
            let indexed = index_of(reason.path(), 1).and_then(|index| attributes.get(index));
            let oid = match labelled.or(indexed) {
                Some(attribute) if !is_sayable(attribute.oid()) => return Vec::new(),
                Some(attribute) => OidText(attribute.oid().clone()),
                None => match Oid::from_label(&step(2), oid::OidKind::Attribute) {
                    Some(oid) => OidText(oid),
                    None => return Vec::new(),
                },
            };
            attribute(reason, rule, &oid, what, request)
        }
        _ => Vec::new(),
    }
}

fn attribute(
    reason: &Diagnostic,
    rule: &Path,
    oid: &OidText,
    what: &str,
    request: &CertificationRequest,
) -> Vec<Edit> {
    let oid = oid.clone();
    let at = steps!["subject", "attributes", oid.0.label()];
    match what {
        "presence" => vec![Edit::new(Action::Remove, rule.clone(), "presence", move |document| {
            if let Some(rule) = document.subject.attributes.get_mut(&oid) {
                let values = !rule.allow.is_empty() || rule.exactly.is_some();
                rule.presence = None;
                if !values {
                    rule.allow.push(TextPattern::from_text("*"));
                }
            }
        })],
        "exactly" => {
            let attributes =
                request.subject().attributes().iter().filter(|attribute| *attribute.oid() == oid.0);
            let values: Vec<String> =
                attributes.filter_map(|attribute| attribute.text().map(str::to_owned)).collect();
            vec![Edit::new(Action::Replace, rule.clone(), values.clone(), move |document| {
                if let Some(rule) = document.subject.attributes.get_mut(&oid) {
                    rule.exactly = Some(values.clone());
                }
            })]
        }
        "deny" => index_of(rule, 4)
            .map(|index| {
                Edit::new(Action::Remove, rule.clone(), rule.to_string(), move |document| {
                    if let Some(rule) = document.subject.attributes.get_mut(&oid)
                        && index < rule.deny.len()
                    {
                        rule.deny.remove(index);
                    }
                })
            })
            .into_iter()
            .collect(),
        _ => {
            let Some(found) = text_of(reason).map(str::to_owned) else { return Vec::new() };
            vec![Edit::new(Action::Add, at.join("allow"), found.clone(), move |document| {
                let rule =
                    document.subject.attributes.entry(oid.clone()).or_insert_with(AttributeRule::default);
                rule.allow.push(exact(&found));
            })]
        }
    }
}

fn key(request: &CertificationRequest, rule: &Path) -> Vec<Edit> {
    let key = request.public_key();
    match key.material() {
        KeyMaterial::Ec { curve, compressed, .. } => {
            let name = curve.as_str();
            let add = Edit::new(Action::Add, steps!["keys", "EC"], name, move |document| {
                let ec = document.keys.ec.get_or_insert_with(EcKeys::default);
                if !ec.curves.iter().any(|own| own == name) {
                    ec.curves.push(name.to_owned());
                }
            });
            let compress =
                Edit::new(Action::Replace, steps!["keys", "EC", "compressed"], "allow", |document| {
                    if let Some(ec) = &mut document.keys.ec {
                        ec.compressed = Permission::Allow;
                    }
                });
            let at_form = rule.steps().last() == Some(&Step::from("compressed"));
            if *compressed && at_form { vec![compress] } else { vec![add] }
        }
        KeyMaterial::Ed25519(_) => {
            vec![Edit::new(Action::Add, steps!["keys", "Ed25519"], "Ed25519", |document| {
                document.keys.ed25519 = Some(Ed25519Keys {});
            })]
        }
        KeyMaterial::Rsa { key, .. } => {
            let bits = key.bits();
            vec![Edit::new(Action::Add, steps!["keys", "RSA"], bits, move |document| {
                let rsa = document
                    .keys
                    .rsa
                    .get_or_insert_with(|| RsaKeys { sizes: vec![bits], ..RsaKeys::default() });
                rsa.identifiers.clear();
                if rsa.min.is_some_and(|min| bits < min) {
                    rsa.min = Some(bits);
                }
                if rsa.max.is_some_and(|max| bits > max) || bits > 4096 {
                    rsa.max = Some(bits);
                }
                if !rsa.sizes.is_empty() && !rsa.sizes.contains(&bits) {
                    rsa.sizes.push(bits);
                }
            })]
        }
        KeyMaterial::Unsupported { .. } => Vec::new(),
    }
}

fn usage(reason: &Diagnostic, is_key: bool, request: &CertificationRequest) -> Vec<Edit> {
    let field = if is_key { "key" } else { "extended" };
    let asked: Vec<String> = request
        .extensions()
        .iter()
        .flat_map(|extension| match extension.value() {
            ExtensionValue::KeyUsage(usage) if is_key => {
                usage.iter().map(|bit| bit.as_str().to_owned()).collect()
            }
            ExtensionValue::ExtendedKeyUsage(purposes) if !is_key => {
                purposes.iter().filter(|purpose| is_sayable(purpose)).map(Oid::label).collect()
            }
            _ => Vec::new(),
        })
        .collect();
    let is_known = |word: &&str| is_key || Oid::from_label(word, oid::OidKind::ExtendedKeyUsage).is_some();
    let found = text_of(reason).filter(is_known).map(str::to_owned);
    let at = steps!["usages", field];
    let change = move |document: &mut PolicyDocument, edit: &dyn Fn(&mut UsageRule)| {
        let usages = &mut document.usages;
        let rule = if is_key { &mut usages.key } else { &mut usages.extended };
        edit(rule.get_or_insert_with(UsageRule::default));
    };
    let mut edits = Vec::new();
    if let Some(word) = found.filter(|_| reason.code() != codes::POLICY_KEY_USAGE_MISSING) {
        let others = asked.clone();
        edits.push(Edit::new(Action::Add, at.join("allow"), word.clone(), move |document| {
            let others = others.clone();
            change(document, &|rule| {
                // Key usage that follows from the key has to be listed once there is a list.
                if rule.allow.is_empty() && rule.require.is_empty() && is_key {
                    rule.allow.extend(others.iter().filter(|other| **other != word).cloned());
                }
                rule.allow.push(word.clone());
            });
        }));
    }
    if !asked.is_empty() {
        let set = asked.clone();
        edits.push(Edit::new(Action::Add, at.join("oneOf"), set.clone(), move |document| {
            let set = set.clone();
            change(document, &|rule| {
                if !rule.one_of.is_empty() {
                    rule.one_of.push(set.clone());
                }
            });
        }));
    }
    if let Some(Data::Text(word)) = reason.expected().cloned() {
        edits.push(Edit::new(Action::Remove, at.join("require"), word.clone(), move |document| {
            change(document, &|rule| {
                rule.require.retain(|own| *own != word);
                if !rule.allow.contains(&word) {
                    rule.allow.push(word.clone());
                }
            });
        }));
    }
    if let Some(Data::List(words)) = reason.expected()
        && let Some(Data::Text(first)) = words.first().cloned()
    {
        edits.push(Edit::new(Action::Add, at.join("default"), first.clone(), move |document| {
            change(document, &|rule| rule.default = Some(vec![first.clone()]));
        }));
    }
    edits
}

fn validity(reason: &Diagnostic, rule: &Path) -> Vec<Edit> {
    let found = number_of(reason.found()).and_then(Duration::from_seconds);
    let field = match rule.steps().get(1) {
        Some(Step::Field(field)) => field.to_string(),
        _ => String::new(),
    };
    match (field.as_str(), found) {
        ("max", Some(found)) => {
            vec![Edit::new(Action::Replace, rule.clone(), found.to_string(), move |document| {
                document.validity.max = DurationText(found);
            })]
        }
        ("min", Some(found)) => {
            vec![Edit::new(Action::Replace, rule.clone(), found.to_string(), move |document| {
                document.validity.min = Some(DurationText(found));
            })]
        }
        ("maxRequestedEnd", Some(found)) => {
            vec![Edit::new(Action::Replace, rule.clone(), found.to_string(), move |document| {
                document.validity.max_requested_end = Some(DurationText(found));
            })]
        }
        ("notAfter", _) => vec![Edit::new(Action::Remove, rule.clone(), "notAfter", |document| {
            document.validity.not_after = None;
        })],
        ("default", _) => vec![Edit::new(Action::Add, rule.clone(), "max", |document| {
            document.validity.default = Some(document.validity.max.clone());
        })],
        ("", _) => vec![Edit::new(Action::Remove, rule.join("notAfter"), "notAfter", |document| {
            document.validity.not_after = None;
        })],
        _ => Vec::new(),
    }
}

fn extension(reason: &Diagnostic, request: &CertificationRequest) -> Vec<Edit> {
    let label = text_of(reason).unwrap_or_default();
    let mut extensions = request.extensions().iter().map(|extension| extension.oid());
    let Some(found) = extensions.find(|oid| oid.label() == label).filter(|oid| is_sayable(oid)) else {
        return Vec::new();
    };
    let oid = OidText(found.clone());
    let copied = oid.clone();
    let ignore = Edit::new(Action::Add, steps!["extensions", "ignore"], label, move |document| {
        document.extensions.ignore.push(oid.clone());
    });
    let copy = Edit::new(Action::Add, steps!["extensions", "copy"], label, move |document| {
        document.extensions.ignore.retain(|own| *own != copied);
        document.extensions.copy.push(copied.clone());
    });
    vec![ignore, copy]
}

/// Whether a policy can say this object identifier: one with an arc of more than 128 bits has no dotted form.
fn is_sayable(oid: &Oid) -> bool {
    Oid::parse(&oid.to_string()).as_ref() == Some(oid)
}

fn attribute_oid(label: &str, request: &CertificationRequest) -> Option<Oid> {
    request.attributes().iter().map(|attribute| attribute.oid()).find(|oid| oid.label() == label).cloned()
}

fn ca(reason: &Diagnostic, request: &CertificationRequest) -> Vec<Edit> {
    let requested = request.extensions().iter().find_map(|extension| match extension.value() {
        ExtensionValue::BasicConstraints(constraints) => constraints.path_length,
        _ => None,
    });
    let length = requested.unwrap_or(0);
    if reason.code() == codes::POLICY_CA_MISSING {
        return vec![Edit::new(Action::Remove, steps!["ca"], "ca", |document| document.ca = None)];
    }
    vec![Edit::new(Action::Replace, steps!["ca", "maxPathLength"], length, move |document| {
        document.ca = Some(CaRules { max_path_length: length });
    })]
}

/// A condition of `select` or `require`: what was found is added to it, and what is not known takes it away.
fn condition(reason: &Diagnostic, rule: &Path) -> Vec<Edit> {
    let steps: Vec<String> = rule
        .steps()
        .iter()
        .filter_map(|step| match step {
            Step::Field(field) => Some(field.to_string()),
            Step::Index(_) => None,
        })
        .collect();
    let found = text_of(reason).map(str::to_owned);
    let groups = match reason.found() {
        Some(Data::List(groups)) => groups.first().cloned(),
        _ => None,
    };
    let at: Vec<Step> = rule
        .steps()
        .iter()
        .take(if steps.iter().any(|s| s == "issuer" || s == "facts") { 3 } else { 2 })
        .cloned()
        .collect();
    let at = Path::from(at);
    let path = steps.clone();
    let add = found.map(|found| {
        let path = path.clone();
        Edit::new(Action::Add, at.join("allow"), found.clone(), move |document| {
            if let Some(rule) = text_rule(document, &path) {
                rule.deny.clear();
                rule.allow.push(exact(&found));
            }
        })
    });
    let add_group = groups.and_then(|group| match group {
        Data::Text(group) => Some(Edit::new(Action::Add, at.join("anyOf"), group.clone(), {
            let path = path.clone();
            move |document| {
                if let Some(groups) =
                    conditions(document, &path).and_then(|conditions| conditions.groups.as_mut())
                {
                    groups.any_of.push(exact(&group));
                }
            }
        })),
        _ => None,
    });
    let remove = Edit::new(Action::Remove, at.clone(), at.to_string(), move |document| {
        let Some(conditions) = conditions(document, &path) else { return };
        let name = |index: usize| path.get(index).map(String::as_str).unwrap_or_default();
        match (name(1), name(2)) {
            ("username", _) => conditions.username = None,
            ("namespace", _) => conditions.namespace = None,
            ("signerName", _) => conditions.signer_name = None,
            ("groups", _) => conditions.groups = None,
            ("issuer", part) => {
                let issuer = conditions.issuer.get_or_insert_with(IssuerConditions::default);
                match part {
                    "name" => issuer.name = None,
                    "kind" => issuer.kind = None,
                    _ => issuer.group = None,
                }
            }
            ("facts", fact) => {
                conditions.facts.remove(fact);
            }
            _ => {}
        }
        leave_out_empty(document);
    });
    add.into_iter().chain(add_group).chain([remove]).collect()
}

/// No policy has conditions without any in them.
fn leave_out_empty(document: &mut PolicyDocument) {
    for place in [&mut document.select, &mut document.require] {
        if let Some(conditions) = place {
            conditions.issuer.take_if(|issuer| *issuer == IssuerConditions::default());
        }
        place.take_if(|conditions| *conditions == Conditions::default());
    }
}

fn conditions<'a>(document: &'a mut PolicyDocument, path: &[String]) -> Option<&'a mut Conditions> {
    match path.first().map(String::as_str) {
        Some("select") => document.select.as_mut(),
        Some("require") => document.require.as_mut(),
        _ => None,
    }
}

fn text_rule<'a>(document: &'a mut PolicyDocument, path: &[String]) -> Option<&'a mut TextRule> {
    let conditions = conditions(document, path)?;
    let name = |index: usize| path.get(index).map(String::as_str).unwrap_or_default();
    match (name(1), name(2)) {
        ("username", _) => conditions.username.as_mut(),
        ("namespace", _) => conditions.namespace.as_mut(),
        ("signerName", _) => conditions.signer_name.as_mut(),
        ("issuer", "name") => conditions.issuer.as_mut()?.name.as_mut(),
        ("issuer", "kind") => conditions.issuer.as_mut()?.kind.as_mut(),
        ("issuer", _) => conditions.issuer.as_mut()?.group.as_mut(),
        ("facts", fact) => conditions.facts.get_mut(fact),
        _ => None,
    }
}
