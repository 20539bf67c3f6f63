use super::ca::CaRule;
use super::usage_words::{self, Usage};
use crate::diagnostic::{Code, Diagnostic, Path, codes, path::steps, quote};
use crate::extension::{ExtensionValue, KeyUsage, KeyUsageBit};
use crate::key::KeyAlgorithm;
use crate::oid::{self, Oid};
use crate::policy::document::{UsageRule, UsageRules};
use crate::policy::evaluate::Judgement;
use crate::policy::matcher::Faults;

/// Key usage and extended key usage.
#[derive(Debug)]
pub(in crate::policy) struct UsagesRule {
    key: Option<Rule<KeyUsageBit>>,
    extended: Option<Rule<Oid>>,
    ca: bool,
}

#[derive(Debug)]
struct Rule<T> {
    allow: Vec<T>,
    require: Vec<T>,
    one_of: Vec<Vec<T>>,
    default: Option<Vec<T>>,
    force: Option<Vec<T>>,
}

/// Which of the two lists of usages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Key,
    Extended,
}

/// How one of the two lists of usages is named, in the request and in the policy.
struct Field {
    kind: Kind,
    /// As an extension.
    label: &'static str,
    /// In the policy.
    rule: Path,
    /// In the request, or in the context if the usages come from there.
    at: Path,
    not_allowed: Code,
    missing: Code,
}

impl UsagesRule {
    pub(in crate::policy) fn compile(rules: &UsageRules, ca: &CaRule, faults: &mut Faults) -> Self {
        let key = rules.key.as_ref().map(|rule| {
            compile_rule(rule, &steps!["usages", "key"], faults, |usage| match usage {
                Usage::Key(bit) => Some(bit),
                Usage::Extended(_) => None,
            })
        });
        let extended = rules.extended.as_ref().map(|rule| {
            compile_rule(rule, &steps!["usages", "extended"], faults, |usage| match usage {
                Usage::Extended(oid) => Some(oid),
                Usage::Key(_) => None,
            })
        });
        let rule = Self { key, extended, ca: ca.is_ca() };
        rule.check_ca(faults);
        rule
    }

    /// Every purpose that can be issued, each once.
    pub(in crate::policy) fn purposes(&self) -> Vec<Oid> {
        let mut purposes: Vec<Oid> = Vec::new();
        for purpose in self.extended.iter().flat_map(Rule::all) {
            if !purposes.contains(purpose) {
                purposes.push(purpose.clone());
            }
        }
        purposes
    }

    /// keyCertSign and cRLSign belong to CAs (RFC 5280 4.2.1.3): no policy without `ca` allows them.
    fn check_ca(&self, faults: &mut Faults) {
        let Some(key) = self.key.as_ref().filter(|_| !self.ca) else { return };
        for bit in key.all() {
            if [KeyUsageBit::KeyCertSign, KeyUsageBit::CrlSign].contains(bit) {
                faults.error(
                    Diagnostic::new(codes::DOCUMENT_CONTRADICTION, format!("{bit} is for CAs only"))
                        .with_help("add ca to the policy, or leave it out"),
                    &steps!["usages", "key"],
                );
            }
        }
    }

    /// The purposes that are issued, if what is asked for is allowed.
    pub(in crate::policy) fn extended(&self, requested: Option<&[Oid]>) -> Option<Vec<Oid>> {
        let nothing = Rule::allowing(Vec::new());
        self.extended.as_ref().unwrap_or(&nothing).accepts(requested, Kind::Extended, |_| true)
    }

    /// The key usage that is issued, if what is asked for is allowed.
    pub(in crate::policy) fn key(
        &self,
        requested: Option<&[KeyUsageBit]>,
        key: Option<KeyAlgorithm>,
        for_servers: bool,
    ) -> Option<Vec<KeyUsageBit>> {
        let derived = Rule::allowing(derive_key_usage(key, for_servers, self.ca));
        self.key.as_ref().unwrap_or(&derived).accepts(requested, Kind::Key, |bit| fits_key(*bit, key))
    }

    /// The purposes that may be asked for one by one, and the sets that may be asked for as a whole.
    pub(in crate::policy) fn extended_words(&self) -> (Vec<Oid>, Vec<Vec<Oid>>) {
        let mut items = self.extended_required();
        let mut sets = Vec::new();
        if let Some(rule) = &self.extended {
            for oid in rule.allow.iter().chain(rule.force.iter().flatten()) {
                if !items.contains(oid) {
                    items.push(oid.clone());
                }
            }
            sets.clone_from(&rule.one_of);
        }
        (items, sets)
    }

    /// The purposes that must be asked for.
    pub(in crate::policy) fn extended_required(&self) -> Vec<Oid> {
        self.extended.as_ref().map(|rule| rule.require.clone()).unwrap_or_default()
    }

    pub(in crate::policy) fn judge(&self, judgement: &mut Judgement<'_>) {
        let requested = Requested::of(judgement);
        let key_algorithm = judgement.request.public_key().algorithm();

        let field = Field {
            kind: Kind::Extended,
            label: "extendedKeyUsage",
            rule: steps!["usages", "extended"],
            at: requested.extended_at.clone(),
            not_allowed: codes::POLICY_EXTENDED_KEY_USAGE_NOT_ALLOWED,
            missing: codes::POLICY_EXTENDED_KEY_USAGE_MISSING,
        };
        let nothing = Rule::allowing(Vec::new());
        let rule = self.extended.as_ref().unwrap_or(&nothing);
        let issued =
            rule.judge(judgement, &field, requested.extended.as_deref(), |oid| oid.label(), |_| true);
        let for_servers = issued.contains(&oid::SERVER_AUTH);
        judgement.extended_key_usage = issued;

        let field = Field {
            kind: Kind::Key,
            label: "keyUsage",
            rule: steps!["usages", "key"],
            at: requested.key_at.clone(),
            not_allowed: codes::POLICY_KEY_USAGE_NOT_ALLOWED,
            missing: codes::POLICY_KEY_USAGE_MISSING,
        };
        let derived = Rule::allowing(derive_key_usage(key_algorithm, for_servers, self.ca));
        let rule = self.key.as_ref().unwrap_or(&derived);
        let fits = |bit: &KeyUsageBit| fits_key(*bit, key_algorithm);
        let issued = rule.judge_bits(judgement, &field, requested.key.as_deref(), fits);
        judgement.key_usage = issued.into_iter().collect::<KeyUsage>();
    }
}

/// What follows from key and purpose: digitalSignature, and keyEncipherment for RSA servers; for CAs keyCertSign and
/// cRLSign.
fn derive_key_usage(key: Option<KeyAlgorithm>, for_servers: bool, ca: bool) -> Vec<KeyUsageBit> {
    if ca {
        return vec![KeyUsageBit::DigitalSignature, KeyUsageBit::KeyCertSign, KeyUsageBit::CrlSign];
    }
    let mut bits = vec![KeyUsageBit::DigitalSignature];
    if key == Some(KeyAlgorithm::Rsa) && for_servers {
        bits.push(KeyUsageBit::KeyEncipherment);
    }
    bits
}

/// Whether a key can do what the bit says (RFC 4055 1.2, RFC 5480 3, RFC 8410 5).
pub(in crate::policy) fn fits_key(bit: KeyUsageBit, key: Option<KeyAlgorithm>) -> bool {
    use KeyUsageBit::{DataEncipherment, DecipherOnly, EncipherOnly, KeyAgreement, KeyEncipherment};
    match key {
        Some(KeyAlgorithm::Rsa) => !matches!(bit, KeyAgreement | EncipherOnly | DecipherOnly),
        Some(KeyAlgorithm::Ec) => !matches!(bit, KeyEncipherment | DataEncipherment),
        Some(KeyAlgorithm::Ed25519) => {
            !matches!(bit, KeyEncipherment | DataEncipherment | KeyAgreement | EncipherOnly | DecipherOnly)
        }
        None => true,
    }
}

/// The usages that are asked for: by the request's extensions, or by the context.
struct Requested {
    key: Option<Vec<KeyUsageBit>>,
    key_at: Path,
    extended: Option<Vec<Oid>>,
    extended_at: Path,
}

impl Requested {
    fn of(judgement: &mut Judgement<'_>) -> Self {
        let request = judgement.request;
        let key = match request.extension(&oid::KEY_USAGE).map(|extension| extension.value()) {
            Some(ExtensionValue::KeyUsage(usage)) => Some(usage.iter().collect::<Vec<_>>()),
            _ => None,
        };
        let extended = match request.extension(&oid::EXTENDED_KEY_USAGE).map(|extension| extension.value()) {
            Some(ExtensionValue::ExtendedKeyUsage(purposes)) => Some(purposes.clone()),
            _ => None,
        };
        let mut requested = Self {
            key,
            key_at: steps!["extensions", "keyUsage"],
            extended,
            extended_at: steps!["extensions", "extendedKeyUsage"],
        };
        if let Some(words) = judgement.context.usages() {
            requested.take_context(words, judgement);
        }
        requested
    }

    /// Usages of the context are what is asked for; the request's extensions may only repeat them (hostile input 84).
    fn take_context(&mut self, words: &[String], judgement: &mut Judgement<'_>) {
        let (mut key, mut extended) = (Vec::new(), Vec::new());
        for (index, word) in words.iter().enumerate() {
            match usage_words::parse(word) {
                Some(Usage::Key(bit)) if !key.contains(&bit) => key.push(bit),
                Some(Usage::Extended(oid)) if !extended.contains(&oid) => extended.push(oid),
                Some(_) => {}
                None => judgement.deny(
                    Diagnostic::new(
                        codes::POLICY_USAGE_UNKNOWN,
                        format!("the usage {} is not known", quote(word)),
                    )
                    .at(steps!["context", "usages", index])
                    .with_found(word.as_str())
                    .with_help(
                        "use a usage of Kubernetes such as `server auth`, or of X.509 such as `serverAuth`",
                    ),
                ),
            }
        }
        let same_key = self.key.as_ref().is_none_or(|own| same_set(own, &key));
        let same_extended = self.extended.as_ref().is_none_or(|own| same_set(own, &extended));
        for (same, at, label) in
            [(same_key, &self.key_at, "keyUsage"), (same_extended, &self.extended_at, "extendedKeyUsage")]
        {
            if !same {
                judgement.deny(
                    Diagnostic::new(
                        codes::POLICY_USAGES_CONFLICT,
                        format!("the request's {label} is not what the usages beside the request ask for"),
                    )
                    .at(at.clone())
                    .with_help("make both say the same, or leave the extension out of the request"),
                );
            }
        }
        self.key = Some(key);
        self.key_at = steps!["context", "usages"];
        self.extended = Some(extended);
        self.extended_at = steps!["context", "usages"];
    }
}

fn same_set<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    a.iter().all(|item| b.contains(item)) && b.iter().all(|item| a.contains(item))
}

impl<T: Clone + PartialEq> Rule<T> {
    fn allowing(allow: Vec<T>) -> Self {
        Self { allow, require: Vec::new(), one_of: Vec::new(), default: None, force: None }
    }

    fn all(&self) -> impl Iterator<Item = &T> {
        self.allow
            .iter()
            .chain(&self.require)
            .chain(self.one_of.iter().flatten())
            .chain(self.default.iter().flatten())
            .chain(self.force.iter().flatten())
    }

    /// What is issued, if what is asked for is allowed: what [`Rule::judge`] does, without words.
    fn accepts(&self, requested: Option<&[T]>, kind: Kind, fits: impl Fn(&T) -> bool) -> Option<Vec<T>> {
        if let Some(force) = &self.force {
            return self.fitting(force, fits);
        }
        let Some(requested) = self.asked(requested, kind) else {
            if self.default.is_some() || !self.one_of.is_empty() {
                return self.default_set(kind, &fits).and_then(|set| self.fitting(set, fits));
            }
            if !self.unfit_as_a_whole(&fits).is_empty() {
                return None;
            }
            let all = self.every_fitting(&fits);
            let ambiguous = all.len() > 1 && kind == Kind::Extended;
            return (!ambiguous).then_some(all);
        };
        let nothing = requested.is_empty() && kind == Kind::Extended && self.all().next().is_some();
        let allowed = requested.iter().all(|item| self.lists(item)) && self.is_complete(requested);
        if nothing || !allowed { None } else { self.fitting(requested, fits) }
    }

    /// What is asked for, if anything is. A keyUsage of nothing is none: a certificate without the extension may be used for
    /// all that its key can do (RFC 5280 4.2.1.3), and what is issued then follows as for a request that says nothing. Rules
    /// that name what must be asked for see it as it is.
    fn asked<'a>(&self, requested: Option<&'a [T]>, kind: Kind) -> Option<&'a [T]> {
        let is_bound = !self.one_of.is_empty() || !self.require.is_empty();
        requested.filter(|requested| !requested.is_empty() || kind == Kind::Extended || is_bound)
    }

    /// What is issued if nothing is asked for, where a set says it: the default, or the first set that the key can do all of. Of
    /// several sets of purposes none does.
    fn default_set(&self, kind: Kind, fits: &impl Fn(&T) -> bool) -> Option<&Vec<T>> {
        let several = kind == Kind::Extended && self.one_of.len() > 1;
        let mut sets = self.one_of.iter().filter(|_| !several);
        let fitting = || sets.clone().find(|set| set.iter().all(fits)).or_else(|| sets.next());
        self.default.as_ref().or_else(fitting)
    }

    /// What is allowed and the key can do, each once.
    fn every_fitting(&self, fits: &impl Fn(&T) -> bool) -> Vec<T> {
        let mut all: Vec<T> = Vec::new();
        for item in self.allow.iter().chain(&self.require).filter(|item| fits(item)) {
            if !all.contains(item) {
                all.push(item.clone());
            }
        }
        all
    }

    /// The usages for want of which the key cannot have those of the rule: what is required and the key cannot do, or everything if
    /// nothing is left. A certificate without keyUsage may be used for all that its key can do (RFC 5280 4.2.1.3), which is more
    /// than the rule allows.
    fn unfit_as_a_whole(&self, fits: &impl Fn(&T) -> bool) -> Vec<T> {
        let unfit: Vec<T> = self.require.iter().filter(|item| !fits(item)).cloned().collect();
        if unfit.is_empty() && self.every_fitting(fits).is_empty() { self.allow.clone() } else { unfit }
    }

    /// Whether a usage may be asked for, or is issued whatever is asked for.
    fn lists(&self, item: &T) -> bool {
        if let Some(force) = &self.force {
            force.contains(item)
        } else if self.one_of.is_empty() {
            self.allow.contains(item) || self.require.contains(item)
        } else {
            self.one_of.iter().flatten().any(|own| own == item)
        }
    }

    /// Whether nothing is missing: what must be there is, and it is one of the sets.
    fn is_complete(&self, items: &[T]) -> bool {
        self.require.iter().all(|item| items.contains(item))
            && (self.one_of.is_empty() || self.one_of.iter().any(|set| same_set(set, items)))
    }

    /// What is asked for without what the key cannot do; `None` if the rest is not what the rule asks for.
    fn fitting(&self, requested: &[T], fits: impl Fn(&T) -> bool) -> Option<Vec<T>> {
        let kept: Vec<T> = requested.iter().filter(|item| fits(item) || !self.lists(item)).cloned().collect();
        let is_whole = kept.len() == requested.len();
        (is_whole || (!kept.is_empty() && self.is_complete(&kept))).then_some(kept)
    }

    /// Judges what is asked for and says what is issued.
    fn judge(
        &self,
        judgement: &mut Judgement<'_>,
        field: &Field,
        requested: Option<&[T]>,
        label: impl Fn(&T) -> String,
        fits: impl Fn(&T) -> bool,
    ) -> Vec<T> {
        let labels = |items: &[T]| items.iter().map(&label).collect::<Vec<_>>();
        if let Some(force) = &self.force {
            if requested.is_some_and(|requested| !same_set(requested, force)) {
                judgement.warn(
                    Diagnostic::new(
                        codes::POLICY_USAGE_REPLACED,
                        format!("the {} that is asked for is replaced by that of the policy", field.label),
                    )
                    .at(field.at.clone())
                    .with_rule(field.rule.join("force"))
                    .with_expected(labels(force)),
                );
            }
            judgement.pass(|| field.rule.join("force"));
            return self.judge_fit(judgement, field, force.clone(), &label, fits);
        }
        let Some(requested) = self.asked(requested, field.kind) else {
            return self.default_issue(judgement, field, &label, fits);
        };
        let mut issued: Vec<T> = Vec::new();
        for (index, item) in requested.iter().enumerate() {
            if issued.contains(item) {
                continue;
            }
            issued.push(item.clone());
            if let Some(index) = self.allow.iter().position(|allowed| allowed == item) {
                judgement.pass(|| field.rule.join("allow").join(index));
            }
            if self.one_of.is_empty() && !self.allow.contains(item) && !self.require.contains(item) {
                let allowed: Vec<T> = self.allow.iter().chain(&self.require).cloned().collect();
                let name = label(item);
                judgement.deny(
                    Diagnostic::new(
                        field.not_allowed,
                        format!(
                            "the {} `{name}` is not allowed by policy `{}`",
                            field.label, judgement.policy
                        ),
                    )
                    .at(item_path(field, index, name.clone()))
                    .with_rule(field.rule.clone())
                    .with_found(name.as_str())
                    .with_expected(labels(&allowed))
                    .with_help(format!(
                        "make the request without it, or add {name} to {} of the policy",
                        field.rule
                    )),
                );
            }
        }
        // RFC 5280 4.2.1.12: a certificate that names no purpose may be used for any.
        if issued.is_empty() && field.kind == Kind::Extended && self.all().next().is_some() {
            let allowed: Vec<T> = self.all().cloned().collect();
            judgement.deny(
                Diagnostic::new(
                    field.missing,
                    format!(
                        "no purpose is asked for, and policy `{}` allows only certificates for some",
                        judgement.policy
                    ),
                )
                .at(field.at.clone())
                .with_rule(field.rule.clone())
                .with_expected(labels(&allowed))
                .with_help(format!("ask for {}", labels(&allowed).join(" or "))),
            );
            return issued;
        }
        judgement.pass(|| field.rule.join("require"));
        if let Some(index) = self.one_of.iter().position(|set| same_set(set, &issued)) {
            judgement.pass(|| field.rule.join("oneOf").join(index));
        }
        for item in self.require.iter().filter(|item| !issued.contains(item)) {
            let name = label(item);
            judgement.deny(
                Diagnostic::new(
                    field.missing,
                    format!(
                        "the {} `{name}` is not asked for, and policy `{}` requires it",
                        field.label, judgement.policy
                    ),
                )
                .at(field.at.clone())
                .with_rule(field.rule.join("require"))
                .with_expected(name.as_str())
                .with_help(format!("ask for {name}")),
            );
        }
        if !self.one_of.is_empty() && !self.one_of.iter().any(|set| same_set(set, &issued)) {
            let sets: Vec<Vec<String>> = self.one_of.iter().map(|set| labels(set)).collect();
            let shown: Vec<String> = sets.iter().map(|set| set.join(" + ")).collect();
            judgement.deny(
                Diagnostic::new(
                    field.not_allowed,
                    format!(
                        "the {} is none of the sets that policy `{}` allows",
                        field.label, judgement.policy
                    ),
                )
                .at(field.at.clone())
                .with_rule(field.rule.join("oneOf"))
                .with_found(labels(&issued))
                .with_expected(sets)
                .with_help(format!("ask for exactly {}", shown.join(", or "))),
            );
        }
        self.judge_fit(judgement, field, issued, &label, fits)
    }

    /// Leaves out what the key cannot do, with a notice; where the rest is not what the rule asks for, denies.
    fn judge_fit(
        &self,
        judgement: &mut Judgement<'_>,
        field: &Field,
        issued: Vec<T>,
        label: &impl Fn(&T) -> String,
        fits: impl Fn(&T) -> bool,
    ) -> Vec<T> {
        let unfit: Vec<String> =
            issued.iter().filter(|item| !fits(item) && self.lists(item)).map(label).collect();
        // What is not complete has been denied.
        if unfit.is_empty() || !self.is_complete(&issued) {
            return issued;
        }
        if let Some(kept) = self.fitting(&issued, &fits) {
            let message = format!(
                "the key cannot be used for {}, which is left out of the certificate",
                unfit.join(", ")
            );
            judgement.warn(
                Diagnostic::new(codes::POLICY_USAGE_REPLACED, message)
                    .at(field.at.clone())
                    .with_rule(field.rule.clone())
                    .with_found(unfit)
                    .with_expected(kept.iter().map(label).collect::<Vec<_>>()),
            );
            return kept;
        }
        for (index, item) in issued.iter().enumerate().filter(|(_, item)| !fits(item) && self.lists(item)) {
            deny_unfit(judgement, field, index, label(item));
        }
        issued
    }

    /// What is issued if nothing is asked for: the default, the set if there is one, or all that is allowed and the key can do. Of
    /// several purposes or sets of them none is chosen.
    fn default_issue(
        &self,
        judgement: &mut Judgement<'_>,
        field: &Field,
        label: &impl Fn(&T) -> String,
        fits: impl Fn(&T) -> bool,
    ) -> Vec<T> {
        if let Some(default) = self.default_set(field.kind, &fits) {
            judgement.pass(|| field.rule.join(if self.default.is_some() { "default" } else { "oneOf" }));
            return self.judge_fit(judgement, field, default.clone(), label, fits);
        }
        if self.one_of.is_empty() {
            for (index, item) in self.unfit_as_a_whole(&fits).iter().enumerate() {
                deny_unfit(judgement, field, index, label(item));
            }
        }
        let mut all: Vec<T> = self.one_of.iter().flatten().cloned().collect();
        for (index, item) in self.allow.iter().chain(&self.require).enumerate().filter(|(_, item)| fits(item))
        {
            judgement.pass(|| field.rule.join("allow").join(index));
            if !all.contains(item) {
                all.push(item.clone());
            }
        }
        let ambiguous = field.kind == Kind::Extended && (all.len() > 1 || !self.one_of.is_empty());
        if ambiguous {
            judgement.deny(
                Diagnostic::new(
                    codes::POLICY_EXTENDED_KEY_USAGE_MISSING,
                    format!(
                        "the request says no purpose, and policy `{}` allows more than one",
                        judgement.policy
                    ),
                )
                .at(field.at.clone())
                .with_rule(field.rule.clone())
                .with_expected(all.iter().map(label).collect::<Vec<_>>())
                .with_help(
                    "ask for one: `-addext extendedKeyUsage=…`, or set usages.extended.default in the policy",
                ),
            );
        }
        all
    }
}

impl Rule<KeyUsageBit> {
    fn judge_bits(
        &self,
        judgement: &mut Judgement<'_>,
        field: &Field,
        requested: Option<&[KeyUsageBit]>,
        fits: impl Fn(&KeyUsageBit) -> bool,
    ) -> Vec<KeyUsageBit> {
        self.judge(judgement, field, requested, |bit| bit.as_str().to_owned(), fits)
    }
}

/// A usage that the key cannot have.
fn deny_unfit(judgement: &mut Judgement<'_>, field: &Field, index: usize, name: String) {
    judgement.deny(
        Diagnostic::new(field.not_allowed, format!("the key cannot be used for {name}"))
            .at(item_path(field, index, name.clone()))
            .with_rule(field.rule.clone())
            .with_found(name)
            .with_help("ask for usages that a key of this kind can have, or make a key of another kind"),
    );
}

/// Where one usage stands: an item of the list, or a bit by its name.
fn item_path(field: &Field, index: usize, name: String) -> Path {
    match field.label {
        "keyUsage" if field.at == steps!["extensions", "keyUsage"] => field.at.join(name),
        "extendedKeyUsage" if field.at == steps!["extensions", "extendedKeyUsage"] => field.at.join(index),
        _ => field.at.clone(),
    }
}

fn compile_rule<T: Clone + PartialEq>(
    rule: &UsageRule,
    at: &Path,
    faults: &mut Faults,
    select: impl Fn(Usage) -> Option<T>,
) -> Rule<T> {
    let mut read = |words: &[String], at: Path| -> Vec<T> {
        let mut out = Vec::new();
        for (index, word) in words.iter().enumerate() {
            match usage_words::parse(word).and_then(&select) {
                Some(usage) => out.push(usage),
                None => faults.error(
                    Diagnostic::new(codes::DOCUMENT_USAGE, format!("{} is no usage of this kind", quote(word)))
                        .with_help("key: digitalSignature, keyEncipherment …; extended: serverAuth, clientAuth, or an OID"),
                    &at.join(index),
                ),
            }
        }
        out
    };
    let compiled = Rule {
        allow: read(&rule.allow, at.join("allow")),
        require: read(&rule.require, at.join("require")),
        one_of: rule
            .one_of
            .iter()
            .enumerate()
            .map(|(index, set)| read(set, at.join("oneOf").join(index)))
            .collect(),
        default: rule.default.as_ref().map(|words| read(words, at.join("default"))),
        force: rule.force.as_ref().map(|words| read(words, at.join("force"))),
    };
    check_rule(rule, &compiled, at, faults);
    compiled
}

fn check_rule<T: Clone + PartialEq>(rule: &UsageRule, compiled: &Rule<T>, at: &Path, faults: &mut Faults) {
    let others = !rule.allow.is_empty()
        || !rule.require.is_empty()
        || !rule.one_of.is_empty()
        || rule.default.is_some();
    let mut contradiction = |message: &str, field: &'static str| {
        faults.error(Diagnostic::new(codes::DOCUMENT_CONTRADICTION, message), &at.join(field));
    };
    if rule.force.is_some() && others {
        contradiction("force excludes allow, require, oneOf and default", "force");
    }
    if !rule.one_of.is_empty() && (!rule.allow.is_empty() || !rule.require.is_empty()) {
        contradiction("oneOf excludes allow and require", "oneOf");
    }
    if let Some(default) = &compiled.default {
        let allowed = if compiled.one_of.is_empty() {
            default.iter().all(|item| compiled.allow.contains(item) || compiled.require.contains(item))
                && compiled.require.iter().all(|item| default.contains(item))
        } else {
            compiled.one_of.iter().any(|set| same_set(set, default))
        };
        if !allowed {
            contradiction("the default is not allowed by the rule itself", "default");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is issued without words, as analysis asks for it; [`Rule::judge`] is held to the same by the vectors.
    #[test]
    fn a_key_usage_that_the_key_cannot_have_is_never_left_out_as_a_whole() {
        use KeyUsageBit::{DigitalSignature, KeyEncipherment};
        let signing = Some(vec![DigitalSignature]);
        for (rule, requested, issued) in [
            (r#"["keyEncipherment"]"#, None, None),
            (r#"["keyEncipherment", "digitalSignature"]"#, None, signing.clone()),
            (r#"{ "require": ["keyEncipherment"], "allow": ["digitalSignature"] }"#, None, None),
            (r#"{ "oneOf": [["keyEncipherment"]] }"#, None, None),
            (r#"{ "oneOf": [["keyEncipherment"], ["digitalSignature"]] }"#, None, signing.clone()),
            (r#"{ "allow": ["keyEncipherment"], "default": ["keyEncipherment"] }"#, None, None),
            (r#"{ "force": ["keyEncipherment"] }"#, None, None),
            (r#"{ "force": ["keyEncipherment"] }"#, Some(vec![DigitalSignature]), None),
            (r#"{ "force": ["keyEncipherment", "digitalSignature"] }"#, None, signing),
            (r#"{ "force": [] }"#, None, Some(Vec::new())),
        ] {
            let rules: UsageRules = serde_json::from_str(&format!(r#"{{ "key": {rule} }}"#)).expect("rules");
            let mut faults = Faults::default();
            let compiled = UsagesRule::compile(&rules, &CaRule::compile(None), &mut faults);
            assert_eq!(faults.errors, [], "{rule}");
            assert_eq!(compiled.key(requested.as_deref(), Some(KeyAlgorithm::Ec), true), issued, "{rule}");
            assert!(
                compiled.key(Some(&[KeyEncipherment]), Some(KeyAlgorithm::Rsa), true).is_some(),
                "{rule}"
            );
        }
    }
}
