//! The subject: the common name, and other attributes by type.

use super::Analysis;
use super::common_name::read_dns;
use super::language::{Class, Lists, Pattern, Unit, difference, literal};
use super::names::Names;
use super::pattern::{self, DnsSet};
use super::sketch::{Sketch, dns_name, email_name, ip_name, uri_name};
use super::syntax::{Labels, Syntax, Underscore};
use crate::diagnostic::{Path, path::steps};
use crate::name::{DnsName, EmailAddress, GeneralName, IpAddress, Uri};
use crate::oid;
use crate::policy::document::{
    AttributeRule, CommonNameRule, DnsRules, InNames, NameRules, OidText, Presence, SubjectRules,
    TextPatternKind,
};

/// Longest common name.
const LONGEST: usize = 64;

/// What may be said of one type of attribute.
struct Values {
    lists: Lists,
    exactly: Option<Vec<String>>,
    may_have: bool,
    may_lack: bool,
    examples: Vec<String>,
}

impl Values {
    fn new(rule: &AttributeRule) -> Self {
        let AttributeRule { presence, allow, deny, exactly } = rule;
        let allow = match exactly {
            Some(values) => values.iter().map(|value| Pattern::Words(vec![literal(value)])).collect(),
            None => pattern::texts(allow),
        };
        let lists = Lists { allow: Some(allow), deny: pattern::texts(deny) };
        let found = difference(&[&lists], None, Syntax::Value, &|_| true);
        // All of the exact values must be there, so that none may be denied.
        let denied = exactly.iter().flatten().any(|value| {
            let one = Lists { allow: Some(vec![Pattern::Words(vec![literal(value)])]), deny: Vec::new() };
            difference(&[&lists, &one], None, Syntax::Value, &|_| true).is_empty
        });
        Self {
            may_have: *presence != Some(Presence::Forbidden) && !found.is_empty && !denied,
            may_lack: *presence != Some(Presence::Required),
            lists,
            exactly: exactly.clone(),
            examples: found.examples,
        }
    }

    /// Values that satisfy the rule.
    fn some(&self) -> Vec<String> {
        self.exactly.clone().unwrap_or_else(|| self.examples.iter().take(1).cloned().collect())
    }
}

/// What is said of the common name.
struct Common<'a> {
    rule: &'a CommonNameRule,
    presence: Presence,
    in_names: InNames,
    lists: Lists,
}

impl<'a> Common<'a> {
    fn new(rule: &'a CommonNameRule) -> Self {
        let CommonNameRule { presence, allow, deny, in_names } = rule;
        let default = if allow.is_empty() { InNames::Required } else { InNames::Optional };
        Self {
            rule,
            presence: presence.unwrap_or(Presence::Optional),
            in_names: in_names.unwrap_or(default),
            lists: Lists {
                allow: (!allow.is_empty()).then(|| pattern::texts(allow)),
                deny: pattern::texts(deny),
            },
        }
    }

    fn values(&self) -> Vec<String> {
        difference(&[&self.lists], None, Syntax::Value, &|_| true).examples
    }

    /// Whether an allow list is there that may match the text of an IP address.
    fn may_allow_address(&self) -> bool {
        let of_address = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
        self.rule.allow.iter().any(|pattern| match &pattern.kind {
            TextPatternKind::Exact(text) if !text.contains("${") => {
                IpAddress::parse(text.strip_suffix('.').unwrap_or(text)).is_some()
            }
            TextPatternKind::Glob(text) if !text.contains("${") => {
                text.chars().all(|c| c == '*' || of_address(c))
            }
            _ => true,
        })
    }
}

/// Whether no subject satisfies the rules.
pub(super) fn is_impossible(rules: &SubjectRules) -> bool {
    rules.attributes.values().map(Values::new).any(|values| !values.may_have && !values.may_lack)
}

/// Gives the sketch a subject that satisfies the rules.
pub(in crate::policy) fn satisfy(rules: &SubjectRules, sketch: &mut Sketch) {
    for (oid, rule) in &rules.attributes {
        let values = Values::new(rule);
        if !values.may_lack {
            sketch.request.subject.extend(values.some().into_iter().map(|value| (oid.0.clone(), value)));
        }
    }
    let common = Common::new(&rules.common_name);
    if common.presence == Presence::Required {
        set_common_name(sketch, &common);
    }
}

/// Gives the sketch a common name that the rules allow.
fn set_common_name(sketch: &mut Sketch, common: &Common<'_>) {
    let of_names: Vec<String> =
        sketch.request.names.iter().flat_map(|name| variants(&name.display())).collect();
    let allowed = |text: &&String| {
        let one = Lists { allow: Some(vec![Pattern::Words(vec![literal(text)])]), deny: Vec::new() };
        let found = difference(&[&common.lists, &one], None, Syntax::Value, &|_| true);
        text.chars().count() <= LONGEST && !found.examples.is_empty()
    };
    let text = match common.in_names {
        InNames::Optional => common.values().into_iter().next(),
        _ => of_names.iter().find(allowed).cloned(),
    };
    if let Some(text) = text {
        *sketch = sketch.with_attribute(&oid::COMMON_NAME, &[text]);
    }
}

/// A name, and other texts that are read as the same name: case and width of letters make no difference to IDNA.
fn variants(text: &str) -> Vec<String> {
    let wide = |c: char| match u32::from(c) {
        code @ 0x61..=0x7a => char::from_u32(code.saturating_add(0xfee0)).unwrap_or(c),
        _ => c,
    };
    let first = text.chars().take(1).map(wide).chain(text.chars().skip(1)).collect();
    vec![text.to_owned(), text.to_ascii_uppercase(), first]
}

/// The same texts in either case.
fn in_either_case(patterns: Vec<Pattern>) -> Vec<Pattern> {
    let unit = |unit: Unit| match unit {
        Unit::One(Class::Char(c)) if c.is_ascii_alphabetic() => Unit::One(Class::EitherCase(c)),
        other => other,
    };
    let pattern = |pattern: Pattern| match pattern {
        Pattern::Words(words) => {
            Pattern::Words(words.into_iter().map(|word| word.into_iter().map(unit).collect()).collect())
        }
        Pattern::Opaque(text) => Pattern::Opaque(text),
    };
    patterns.into_iter().map(pattern).collect()
}

/// Texts that can be a common name which must be one of the names: at least those.
fn texts_of_names(names: &NameRules) -> Lists {
    let any = || Unit::Many(Class::Any);
    // What has a character outside of ASCII may be read as any name.
    let foreign = Pattern::Words(vec![vec![any(), Unit::One(Class::NotAscii), any()]]);
    let (mut allow, mut deny) = (vec![foreign], Vec::new());
    if let Some(dns) = &names.dns {
        allow.extend(in_either_case(pattern::dns(&dns.allow, DnsSet::Names)));
        deny = in_either_case(pattern::dns(&dns.deny, DnsSet::Names));
        // What is not known may deny nothing.
        deny.retain(|pattern| matches!(pattern, Pattern::Words(_)));
        if dns.wildcard.is_allowed() {
            let star = [Unit::One(Class::Char('*')), Unit::One(Class::Char('.'))];
            for pattern in in_either_case(pattern::dns(&dns.allow, DnsSet::Covered)) {
                allow.push(match pattern {
                    Pattern::Words(words) => {
                        let behind = |word: Vec<Unit>| star.iter().copied().chain(word).collect();
                        Pattern::Words(words.into_iter().map(behind).collect())
                    }
                    Pattern::Opaque(_) => Pattern::Words(vec![vec![any()]]),
                });
            }
        }
    }
    if let Some(email) = &names.email {
        allow.extend(in_either_case(pattern::emails(&email.allow)));
    }
    if let Some(uri) = &names.uri {
        allow.extend(pattern::uris(&uri.allow));
    }
    Lists { allow: Some(allow), deny }
}

/// Values of one type that the rules allow, if they say anything of it.
pub(in crate::policy) fn example(rules: &SubjectRules, oid: &oid::Oid) -> Option<Vec<String>> {
    let (_, rule) = rules.attributes.iter().find(|(own, _)| own.0 == *oid)?;
    let values = Values::new(rule);
    values.may_have.then(|| values.some())
}

/// Common names of the allow list.
pub(in crate::policy) fn common_name_examples(rules: &SubjectRules) -> Vec<String> {
    let common = Common::new(&rules.common_name);
    if common.lists.allow.is_some() { common.values() } else { Vec::new() }
}

/// The name that a text is.
pub(in crate::policy) fn as_name(text: &str) -> Option<GeneralName> {
    if let Some(address) = IpAddress::parse(text) {
        return Some(ip_name(address));
    }
    if EmailAddress::parse(text).is_ok() {
        return Some(email_name(text));
    }
    if let Ok(name) = DnsName::parse_unicode(text) {
        return Some(dns_name(&name.to_string()));
    }
    Uri::parse(text).is_ok().then(|| uri_name(text))
}

impl Analysis<'_> {
    pub(super) fn compare_subject(&mut self, new: &SubjectRules, old: &SubjectRules, names: &Names<'_>) {
        let SubjectRules { common_name, attributes, ignore, write, string_types, multi_valued } = new;
        self.compare_common_name(&Common::new(common_name), &Common::new(&old.common_name), names);
        for (oid, rule) in attributes {
            self.compare_attribute(oid, &Values::new(rule), old);
        }
        for oid in ignore {
            // The certificate has nothing of it, but the request may say anything.
            let anything = Values {
                lists: Lists::everything(),
                exactly: None,
                may_have: true,
                may_lack: true,
                examples: vec!["a".to_owned()],
            };
            self.compare_attribute(oid, &anything, old);
        }
        for (oid, rule) in &old.attributes {
            let known = attributes.contains_key(oid) || ignore.contains(oid);
            if !known && rule.presence == Some(Presence::Required) {
                let sketches = self.sketch(|_| {});
                self.suspect(attribute_at(oid).join("presence"), sketches);
            }
        }
        if *write != old.write {
            let sketches = self.sketch(|_| {});
            self.suspect_certificate(steps!["subject", "write"], sketches);
        }
        // Requests with such subjects are not made here.
        if string_types.iter().any(|kind| !old.string_types.contains(kind)) {
            self.suspect(steps!["subject", "stringTypes"], Vec::new());
        }
        if multi_valued.is_allowed() && !old.multi_valued.is_allowed() {
            self.suspect(steps!["subject", "multiValued"], Vec::new());
        }
    }

    fn compare_attribute(&mut self, oid: &OidText, new: &Values, old: &SubjectRules) {
        let at = attribute_at(oid);
        let base = self.base.clone();
        let with = |values: &[String]| -> Vec<Sketch> {
            base.iter().map(|base| base.with_attribute(&oid.0, values)).collect()
        };
        let Some(rule) = old.attributes.get(oid) else {
            if !new.may_have {
                return;
            }
            if !old.ignore.contains(oid) {
                self.suspect(steps!["subject", "attributes"], with(&new.some()));
            } else if new.lists.allow.is_some() {
                self.suspect_certificate(steps!["subject", "ignore"], with(&new.some()));
            }
            return;
        };
        if rule.presence == Some(Presence::Required) && new.may_lack {
            self.suspect(at.join("presence"), with(&[]));
        }
        if !new.may_have {
            return;
        }
        if rule.presence == Some(Presence::Forbidden) {
            self.suspect(at.join("presence"), with(&new.some()));
            return;
        }
        let old_values = Values::new(rule);
        let found = difference(&[&new.lists], Some(&old_values.lists), Syntax::Value, &|_| true);
        if !found.is_empty {
            let sketches = found
                .examples
                .iter()
                .flat_map(|text| with(&new.exactly.clone().unwrap_or_else(|| vec![text.clone()])))
                .collect();
            self.suspect(at.join("allow"), sketches);
            return;
        }
        let Some(mut exactly) = old_values.exactly else { return };
        exactly.sort();
        let differs = match &new.exactly {
            Some(own) => {
                let mut own = own.clone();
                own.sort();
                own != exactly
            }
            None => true,
        };
        if differs {
            let one = new.some();
            let twice: Vec<String> = one.iter().chain(&one).cloned().collect();
            let sketches = match &new.exactly {
                Some(own) => with(own),
                None => with(&one).into_iter().chain(with(&twice)).collect(),
            };
            self.suspect(at.join("exactly"), sketches);
        }
    }

    fn compare_common_name(&mut self, new: &Common<'_>, old: &Common<'_>, names: &Names<'_>) {
        let at = steps!["subject", "commonName"];
        if old.presence == Presence::Required && new.presence != Presence::Required {
            let sketches = self.sketch(|sketch| *sketch = sketch.with_attribute(&oid::COMMON_NAME, &[]));
            self.suspect(at.join("presence"), sketches);
        }
        if new.presence == Presence::Forbidden {
            return;
        }
        if old.presence == Presence::Forbidden {
            let sketches = self.sketch(|sketch| set_common_name(sketch, new));
            self.suspect(at.join("presence"), sketches);
            return;
        }
        let of_names = match new.in_names {
            InNames::Required | InNames::Add => texts_of_names(&self.new.document.names),
            InNames::Optional => Lists::everything(),
        };
        let is_ascii = |text: &str| text.is_ascii();
        let found = difference(&[&new.lists, &of_names], Some(&old.lists), Syntax::Value, &is_ascii);
        if !found.is_empty {
            let mut texts = found.examples;
            texts.extend(self.common_dns_names(new, old));
            texts.extend(names.dns_texts().iter().flat_map(|text| variants(text)));
            let sketches = texts.iter().flat_map(|text| self.with_common_name(text, new)).collect();
            self.suspect(at.join("allow"), sketches);
        }
        if old.rule.allow.is_empty() && new.may_allow_address() {
            let sketches = names.addresses().into_iter().flat_map(|text| self.with_common_name(&text, new));
            let sketches = sketches.collect();
            self.suspect(at.join("allow"), sketches);
        }
        self.compare_readings(new.rule, old.rule);
        self.compare_in_names(new, old, names);
    }

    fn compare_in_names(&mut self, new: &Common<'_>, old: &Common<'_>, names: &Names<'_>) {
        let at = steps!["subject", "commonName", "inNames"];
        match (new.in_names, old.in_names) {
            (InNames::Optional, InNames::Required)
                if names.only_dns_name().is_some_and(|only| {
                    let only =
                        Lists { allow: Some(vec![Pattern::Words(vec![literal(&only)])]), deny: Vec::new() };
                    difference(&[&new.lists], Some(&only), Syntax::Value, &|_| true).is_empty
                }) => {}
            (InNames::Optional | InNames::Add, InNames::Required) => {
                let mut sketches = Vec::new();
                for text in new.values().into_iter().chain(names.dns_texts()) {
                    sketches.extend(self.sketch(|sketch| {
                        *sketch = sketch.with_attribute(&oid::COMMON_NAME, std::slice::from_ref(&text));
                    }));
                    sketches.extend(self.sketch(|sketch| {
                        *sketch = sketch.with_attribute(&oid::COMMON_NAME, &[text]);
                        sketch.request.names.clear();
                    }));
                }
                self.suspect(at, sketches);
            }
            (InNames::Optional, InNames::Add) => {
                let sketches =
                    new.values().iter().flat_map(|text| self.with_common_name(text, new)).collect();
                self.suspect(at, sketches);
            }
            (InNames::Required, InNames::Add) if names.has_uris_or_addresses() => {
                let sketches =
                    names.uri_texts().iter().flat_map(|text| self.with_common_name(text, new)).collect();
                self.suspect(at, sketches);
            }
            _ => {}
        }
        if new.in_names == InNames::Optional {
            self.compare_denied_dns(new);
            self.compare_kinds_of_common_names(new.rule, new.may_allow_address());
        }
    }

    /// A common name that is none of the names is held to the deny list for DNS names all the same.
    fn compare_denied_dns(&mut self, new: &Common<'_>) {
        let deny = |dns: Option<&DnsRules>| dns.map(|dns| dns.deny.clone()).unwrap_or_default();
        let (own, old) =
            (deny(self.new.document.names.dns.as_ref()), deny(self.old.document.names.dns.as_ref()));
        if old.iter().all(|pattern| own.contains(pattern)) {
            return;
        }
        let lists = |patterns: &[_]| Lists { allow: None, deny: pattern::dns(patterns, DnsSet::Names) };
        let (own, old) = (lists(&own), lists(&old));
        let mut sketches = Vec::new();
        let mut is_open = false;
        for pattern in &new.rule.allow {
            let name = match &pattern.kind {
                TextPatternKind::Exact(text) if !text.contains("${") => read_dns(text),
                _ => {
                    is_open = true;
                    continue;
                }
            };
            let Some(name) = name else { continue };
            let one =
                Lists { allow: Some(vec![Pattern::Words(vec![literal(name.base())])]), deny: Vec::new() };
            let syntax = Syntax::Dns(Underscore::Possibly, Labels::Any);
            let found = difference(&[&one, &own], Some(&old), syntax, &|_| true);
            if name.is_wildcard() || !found.is_empty {
                is_open = true;
                sketches.extend(self.with_common_name(&name.to_string(), new));
            }
        }
        if is_open {
            self.suspect(steps!["names", "dns", "deny"], sketches);
        }
    }

    /// Common names of the difference that are DNS names which the new policy allows.
    fn common_dns_names(&self, new: &Common<'_>, old: &Common<'_>) -> Vec<String> {
        let Some(dns) = &self.new.document.names.dns else { return Vec::new() };
        let lists = Lists {
            allow: Some(pattern::dns(&dns.allow, DnsSet::Names)),
            deny: pattern::dns(&dns.deny, DnsSet::Names),
        };
        let syntax = Syntax::Dns(Underscore::Without, Labels::Any);
        let fits = |text: &str| text.len() <= LONGEST && DnsName::parse(text).is_ok();
        difference(&[&new.lists, &lists], Some(&old.lists), syntax, &fits).examples
    }

    fn with_common_name(&self, text: &str, new: &Common<'_>) -> Vec<Sketch> {
        self.sketch(|sketch| {
            let name = as_name(text).filter(|_| new.in_names != InNames::Optional);
            if let Some(name) = name {
                *sketch = sketch.with_names(vec![name]);
            }
            *sketch = sketch.with_attribute(&oid::COMMON_NAME, &[text.to_owned()]);
        })
    }
}

fn attribute_at(oid: &OidText) -> Path {
    steps!["subject", "attributes", oid.0.label()]
}
