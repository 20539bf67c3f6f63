//! What was asked for against what the policy would issue.
//!
//! The signers of a Kubernetes cluster issue no template: kube-controller-manager and cert-manager sign the request and its
//! `spec` as they stand. So what a policy changes (a lifetime that is cut, usages that are forced, attributes that are left
//! out) is changed nowhere, and allowed is only what is asked for as it would be issued.

use std::borrow::Cow;

use super::compile::Compiled;
use super::context::Context;
use super::decision::Template;
use super::rule::{Usage, kubernetes_usages};
use crate::diagnostic::{Diagnostic, Path, codes, visible};
use crate::extension::{BasicConstraints, ExtensionValue, KeyUsage, KeyUsageBit};
use crate::key::KeyAlgorithm;
use crate::name::GeneralName;
use crate::oid::{self, Oid, OidKind};
use crate::request::CertificationRequest;
use crate::time::{Duration, Timestamp};

/// Items of a list that a reason shows. A request may have a thousand names.
const SHOWN: usize = 16;

/// The context as the signer fills it: with its own lifetime where none is asked for, or, by kube-controller-manager, where a
/// longer one is. A policy that decides as a program does that knows by itself what it issues then is not told.
pub(super) fn filled<'a>(policy: &Compiled, context: &'a Context) -> Cow<'a, Context> {
    let compat = policy.document.compat.as_ref();
    let knows =
        compat.is_some_and(|compat| compat.kubernetes_signer.is_some() || compat.approver_policy.is_some());
    let Some(own) = context.default_duration().filter(|_| !knows) else { return Cow::Borrowed(context) };
    let is_cut = is_signed_by(context, KUBERNETES) && context.is_as_requested();
    let is_filled = match context.duration() {
        Some(asked) => is_cut && asked > own,
        None => context.not_after().is_none(),
    };
    if is_filled { Cow::Owned(context.clone().with_duration(own)) } else { Cow::Borrowed(context) }
}

/// Signers of kube-controller-manager.
const KUBERNETES: &[&str] = &["kubernetes.io/"];
/// Issuers of cert-manager that are asked as signers of Kubernetes.
const CERT_MANAGER: &[&str] = &["issuers.cert-manager.io/", "clusterissuers.cert-manager.io/"];

fn is_signed_by(context: &Context, domains: &[&str]) -> bool {
    context.signer_name().is_some_and(|signer| domains.iter().any(|domain| signer.starts_with(domain)))
}

/// Every field in which the signer would issue something else than the policy, sorted by path and code; none where the
/// template is what is issued, or the policy decides as the very signer that is asked.
pub(super) fn differences(
    policy: &Compiled,
    request: &CertificationRequest,
    context: &Context,
    template: &Template,
) -> Vec<Diagnostic> {
    let document = &policy.document;
    let is_signer = document.compat.as_ref().is_some_and(|compat| compat.kubernetes_signer.is_some());
    if !context.is_as_requested() || is_signer {
        return Vec::new();
    }
    let compare = Compare {
        policy: &policy.identity.id,
        template,
        request,
        context,
        has_key_rule: document.usages.key.is_some(),
    };
    let mut found: Vec<Diagnostic> =
        [compare.lifetime(), compare.usages(), compare.subject(), compare.names(), compare.ca()]
            .into_iter()
            .flatten()
            .collect();
    Diagnostic::sort(&mut found);
    found
}

struct Compare<'a> {
    policy: &'a str,
    template: &'a Template,
    request: &'a CertificationRequest,
    context: &'a Context,
    /// Whether the policy says which key usages there may be. Else they follow from the key, for who issues the template.
    has_key_rule: bool,
}

impl Compare<'_> {
    /// NOTE: of a refusal `kubectl` shows the message alone, so that it says what to do, too.
    fn differs(
        &self,
        what: &str,
        at: impl Into<Path>,
        [found, expected]: [String; 2],
        help: String,
    ) -> Diagnostic {
        let message = format!(
            "the signer issues {what} as asked for, {found}, and policy `{}` would issue {expected}: {help}",
            self.policy
        );
        Diagnostic::new(codes::POLICY_NOT_AS_REQUESTED, message)
            .at(at)
            .with_found(found)
            .with_expected(expected)
            .with_help(help)
    }

    /// A lifetime that is longer than what the policy cuts it to. A shorter one is within what the policy allows.
    fn lifetime(&self) -> Option<Diagnostic> {
        let end = self.template.not_after;
        if let Some(asked) = self.context.not_after().filter(|asked| *asked > end) {
            let help = format!("ask for an end at {end} at the latest");
            let shown = [asked, end].map(|end: Timestamp| end.to_string());
            return Some(self.differs("the end of life", ["context", "notAfter"], shown, help));
        }
        let asked = self.context.duration()?;
        let seconds = end.seconds_since(self.template.not_before).saturating_add(1);
        let granted = Duration::from_seconds(seconds).filter(|granted| asked > *granted)?;
        let help = format!(
            "ask for {granted} at most: set spec.duration to {seconds}s, or spec.expirationSeconds to {seconds}"
        );
        let shown = [asked, granted].map(|duration| duration.to_string());
        Some(self.differs("the lifetime", ["context", "duration"], shown, help))
    }

    /// NOTE: of usages that are not asked for a signer issues no extension, and the certificate is good for all (RFC 5280
    /// 4.2.1.3 and 4.2.1.12). The engine refuses a request for no purpose; a request for no key usage is taken where the policy
    /// has no rule for them.
    fn usages(&self) -> Option<Diagnostic> {
        let (key, extended) = self.usages_asked();
        let algorithm = self.request.public_key().algorithm();
        let issued = &self.template.extended_key_usage;
        let is_same_purpose = extended.iter().all(|purpose| issued.contains(purpose))
            && issued.iter().all(|purpose| extended.contains(purpose));
        let of_use =
            |key: KeyUsage| -> KeyUsage { key.iter().filter(|bit| !is_idle(*bit, algorithm)).collect() };
        let is_free = key.is_empty() && !self.has_key_rule;
        if is_same_purpose && (is_free || of_use(key) == of_use(self.template.key_usage)) {
            return None;
        }
        let shown = [(key, &extended), (self.template.key_usage, issued)].map(|(key, extended)| {
            listed(key.iter().map(|bit| bit.as_str().to_owned()).chain(extended.iter().map(Oid::label)))
        });
        let words = kubernetes_words(self.template.key_usage, issued);
        let help = format!("set spec.usages to [{words}]");
        Some(self.differs("the usages", ["context", "usages"], shown, help))
    }

    /// The usages of the certificate that is asked for.
    fn usages_asked(&self) -> (KeyUsage, Vec<Oid>) {
        let (mut key, mut extended) = (Vec::new(), Vec::new());
        for word in self.context.usages().unwrap_or_default() {
            let known = kubernetes_usages().iter().find(|(own, _)| own == word);
            let usage = known.map(|(_, usage)| usage.clone()).or_else(|| {
                let bit = KeyUsageBit::from_name(word).map(Usage::Key);
                bit.or_else(|| Oid::from_label(word, OidKind::ExtendedKeyUsage).map(Usage::Extended))
            });
            match usage {
                Some(Usage::Key(bit)) => key.push(bit),
                Some(Usage::Extended(purpose)) => extended.push(purpose),
                None => {}
            }
        }
        (key.into_iter().collect(), extended)
    }

    fn subject(&self) -> Option<Diagnostic> {
        let own = self.request.subject().attributes();
        let mut asked: Vec<(&Oid, &str)> =
            own.iter().map(|attribute| (attribute.oid(), attribute.text().unwrap_or_default())).collect();
        let issued = self.template.subject.iter();
        let mut issued: Vec<(&Oid, &str)> =
            issued.map(|attribute| (&attribute.oid, attribute.value.as_str())).collect();
        asked.sort();
        issued.sort();
        if asked == issued {
            return None;
        }
        let shown = [asked, issued].map(|attributes| {
            listed(attributes.iter().map(|(kind, value)| format!("{}={}", kind.label(), visible(value))))
        });
        let [_, issued] = &shown;
        let help = format!("make the request with this subject: {issued}");
        Some(self.differs("the subject", ["subject"], shown, help))
    }

    fn names(&self) -> Option<Diagnostic> {
        let [asked, issued] = [self.request.subject_alt_names(), &self.template.names]
            .map(|names| names.iter().map(GeneralName::canonical).collect::<Vec<_>>());
        let is_same =
            asked.iter().all(|name| issued.contains(name)) && issued.iter().all(|name| asked.contains(name));
        if is_same {
            return None;
        }
        let shown = [asked, issued].map(|names| listed(names.iter().map(|name| visible(&name.display()))));
        let [_, issued] = &shown;
        let help = format!("make the request with these names: {issued}");
        Some(self.differs("the names", ["extensions", "subjectAltName"], shown, help))
    }

    /// Whether a CA is asked for, and how many may follow it. Issuers of cert-manager write no pathLenConstraint, whatever the
    /// request has.
    fn ca(&self) -> Option<Diagnostic> {
        let own = match self.request.extension(&oid::BASIC_CONSTRAINTS).map(|own| own.value()) {
            Some(ExtensionValue::BasicConstraints(own)) => *own,
            _ => BasicConstraints::default(),
        };
        let issued = &self.template.basic_constraints;
        let is_ca = self.context.ca().unwrap_or(own.ca);
        let writes_none = self.context.issuer().is_some_and(|issuer| issuer.group == "cert-manager.io")
            || is_signed_by(self.context, CERT_MANAGER);
        let asked = own.path_length.filter(|_| !writes_none);
        if is_ca == issued.ca && (!is_ca || asked == issued.path_length) {
            return None;
        }
        let shown = |ca: bool, length: Option<u32>| {
            let length = length.filter(|_| ca).map(|length| format!(", pathlen:{length}"));
            format!("CA:{}{}", if ca { "TRUE" } else { "FALSE" }, length.unwrap_or_default())
        };
        let expected = shown(issued.ca, issued.path_length);
        let help = if writes_none && is_ca && issued.ca {
            "the issuer writes no pathLenConstraint: have this CA issued where it can be written, such as by `certgate issue`".to_owned()
        } else {
            format!("ask for basicConstraints = {expected}")
        };
        let shown = [shown(is_ca, asked), expected];
        Some(self.differs("basicConstraints", ["extensions", "basicConstraints"], shown, help))
    }
}

/// What a reason shows of a list: of many only the first.
fn listed(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    let first = items.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match items.len().checked_sub(SHOWN) {
        _ if items.is_empty() => "none".to_owned(),
        Some(more) if more > 0 => format!("{first} and {more} more"),
        _ => first,
    }
}

/// Whether a key can do nothing with a bit (RFC 4055 1.2, RFC 5480 3, RFC 8410 5), so that it says nothing.
fn is_idle(bit: KeyUsageBit, key: Option<KeyAlgorithm>) -> bool {
    use KeyUsageBit::{DataEncipherment, DecipherOnly, EncipherOnly, KeyAgreement, KeyEncipherment};
    match key {
        Some(KeyAlgorithm::Rsa) => matches!(bit, KeyAgreement | EncipherOnly | DecipherOnly),
        Some(KeyAlgorithm::Ec) => matches!(bit, KeyEncipherment | DataEncipherment),
        Some(KeyAlgorithm::Ed25519) => {
            matches!(bit, KeyEncipherment | DataEncipherment | KeyAgreement | EncipherOnly | DecipherOnly)
        }
        None => false,
    }
}

/// The usages in the words of Kubernetes, as `spec.usages` has them.
fn kubernetes_words(key: KeyUsage, extended: &[Oid]) -> String {
    let usages = key.iter().map(Usage::Key).chain(extended.iter().cloned().map(Usage::Extended));
    // Of two words for one usage the later says more, but for s/mime.
    let word = |usage: Usage| {
        let mut words = kubernetes_usages().iter().filter(|(word, own)| *own == usage && *word != "s/mime");
        words.next_back().map_or_else(|| usage.label(), |(word, _)| (*word).to_owned())
    };
    usages.map(word).collect::<Vec<_>>().join(", ")
}
