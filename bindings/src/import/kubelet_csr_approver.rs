//! Options of kubelet-csr-approver, for requests of kubelets for serving certificates.

use certgate::diagnostic::{Error, Path, codes};
use certgate::policy::PolicyDocument;
use certgate::policy::document::{
    AttributeRule, Conditions, Count, DnsPattern, DnsRules, IpRules, KubeletCsrApprover, Permission,
    Presence, TextPattern, TextPatternKind, TextRule, UsageRule,
};

use super::cfssl::anchored;
use super::value::attribute;
use super::{Notes, blank, key, keys, names, validity};
use crate::document::{CodeFamily, SourceText};

const SIGNER: &str = "kubernetes.io/kubelet-serving";
/// 367 days, a year, and how far before now lifetimes begin.
const LONGEST: i64 = 367 * 24 * validity::HOUR;
const DEFAULT: i64 = 8_760 * validity::HOUR;
const BACKDATE: i64 = 300;

pub(super) fn import(source: &SourceText, notes: &mut Notes) -> Result<PolicyDocument, Error> {
    let options: KubeletCsrApprover = source.read(&CodeFamily::IMPORT)?;
    super::exact::check_kubelet(&options, notes);
    let mut document = blank("kubelet-csr-approver");
    let node = TextRule { allow: names::text("system:node:*").into_iter().collect(), deny: Vec::new() };
    let signer = TextPattern { kind: TextPatternKind::Exact(SIGNER.to_owned()), ignore_case: false };
    let mut select = Conditions {
        signer_name: Some(TextRule { allow: vec![signer], deny: Vec::new() }),
        ..Conditions::default()
    };
    let mut require = Conditions::default();
    if options.ignore_non_system_node == Some(true) {
        select.username = Some(node);
    } else {
        require.username = Some(node);
    }
    if options.bypass_dns_resolution != Some(true) {
        let rule = TextRule { allow: names::text("allowed").into_iter().collect(), deny: Vec::new() };
        require.facts.insert("dnsResolution".to_owned(), rule);
        notes.outside(
            &key("bypass-dns-resolution"),
            "the host resolves the DNS names, and gives the fact `dnsResolution` with the value allowed if every one resolves within provider-ip-prefixes and the addresses of the request are among those",
        );
    }
    document.select = Some(select);
    document.require = (require != Conditions::default()).then_some(require);
    names_of(&options, &mut document, notes);
    let common_name = &mut document.subject.common_name;
    common_name.presence = Some(Presence::Required);
    let requester = TextPatternKind::Exact("${requester.username}".to_owned());
    common_name.allow = vec![TextPattern { kind: requester, ignore_case: false }];
    let group = AttributeRule {
        presence: Some(Presence::Required),
        exactly: Some(vec!["system:nodes".to_owned()]),
        ..AttributeRule::default()
    };
    document.subject.attributes.extend(attribute("organizationName").map(|oid| (oid, group)));
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    document.usages.key = Some(UsageRule {
        one_of: vec![words(&["digitalSignature"]), words(&["digitalSignature", "keyEncipherment"])],
        ..UsageRule::default()
    });
    document.usages.extended =
        Some(UsageRule { one_of: vec![words(&["serverAuth"])], ..UsageRule::default() });
    let longest = options.max_expiration_seconds.map_or(LONGEST, |seconds| seconds.0);
    document.validity = validity::up_to(longest, Some(longest.min(DEFAULT)));
    document.validity.backdate = Some(validity::duration(BACKDATE));
    document.keys.rsa = keys::rsa(0, u32::MAX);
    document.keys.ec = keys::ec(0, u32::MAX);
    document.keys.ed25519 = keys::ed25519();
    document.extensions.ignore.extend(super::kubernetes_signer::subject_key_identifier());
    let at = Path::default();
    notes.not_kept(
        &at,
        "what the signer would not sign is denied: other organizations, other usages, mail addresses and URIs",
    );
    notes.not_kept(&at, "names are compared without regard to case, and weak keys and wildcards are denied");
    if options.skip_deny_step == Some(true) {
        notes.outside(&key("skip-deny-step"), "what becomes of a request that is denied is for the host");
    }
    Ok(document)
}

fn names_of(options: &KubeletCsrApprover, document: &mut PolicyDocument, notes: &mut Notes) {
    document.names.presence = Some(Presence::Required);
    let regex = options.provider_regex.as_deref().filter(|pattern| !["", ".*", "^.*$"].contains(pattern));
    let by_node = options.bypass_hostname_check != Some(true);
    let pattern = match (by_node, regex) {
        (true, None) => DnsPattern::Glob("${requester.nodeName}*".to_owned()),
        (false, None) => names::any_dns(),
        (false, Some(pattern)) => {
            let message = "the regular expression matches whole names, in lower case";
            notes.not_kept(&key("provider-regex"), message);
            DnsPattern::Regex(anchored(pattern))
        }
        (true, Some(_)) => {
            let message = "a regular expression beside the check of the node's name cannot be said";
            notes.error(codes::IMPORT_UNSUPPORTED, &key("provider-regex"), message);
            names::any_dns()
        }
    };
    document.names.dns = Some(DnsRules {
        allow: vec![pattern],
        count: Count { min: None, max: Some(options.allowed_dns_names.unwrap_or(1)) },
        underscore: Permission::Allow,
        ..DnsRules::default()
    });
    let blocks = options.provider_ip_prefixes.as_ref().map(|list| list.as_slice()).unwrap_or_default();
    let given: Vec<String> = blocks.iter().filter_map(|text| names::block(text)).collect();
    document.names.ip = Some(if blocks.is_empty() {
        names::any_ip()
    } else {
        IpRules { allow: given, mapped: Permission::Allow, ..IpRules::default() }
    });
}
