//! Signers that are built into Kubernetes, for what kube-controller-manager signs. The file names the signer and, if it is
//! not a year, the value of `--cluster-signing-duration`.

use certgate::diagnostic::{Error, codes, quote};
use certgate::oid::{Oid, OidKind};
use certgate::policy::PolicyDocument;
use certgate::policy::document::{
    AttributeRule, Conditions, DnsRules, EmailRules, OidText, OverMax, Permission, Presence, TextPattern,
    TextPatternKind, TextRule, UriPattern, UriRules, UsageRule,
};
use serde::Deserialize;

use super::value::{attribute, seconds};
use super::{Notes, blank, key, keys, names, validity};
use crate::document::{CodeFamily, SourceText};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "signerName and clusterSigningDuration")]
struct SignerFile {
    signer_name: String,
    #[serde(default)]
    cluster_signing_duration: Option<String>,
}

/// `--cluster-signing-duration` unless it is given.
const CLUSTER_SIGNING_DURATION: i64 = 8_760 * validity::HOUR;
/// The shortest lifetime that the API takes.
const SHORTEST: i64 = 600;
/// How far before now lifetimes begin.
const BACKDATE: i64 = 300;

pub(super) fn import(source: &SourceText, notes: &mut Notes) -> Result<PolicyDocument, Error> {
    let file: SignerFile = source.read(&CodeFamily::IMPORT)?;
    let Some((domain, name)) = file.signer_name.split_once('/') else {
        let message = format!("{} is no signer name: DOMAIN/NAME", quote(&file.signer_name));
        notes.error(codes::IMPORT_REFUSED, &key("signerName"), message);
        return Ok(blank(""));
    };
    let mut document = blank(name);
    if domain != "kubernetes.io" {
        let message = format!(
            "the rules of the signer {} are not known: it is not built into Kubernetes",
            quote(&file.signer_name)
        );
        notes.error(codes::IMPORT_UNSUPPORTED, &key("signerName"), message);
    }
    let signer_name = exactly(&file.signer_name);
    document.select = Some(Conditions {
        signer_name: Some(TextRule { allow: vec![signer_name], deny: Vec::new() }),
        ..Conditions::default()
    });
    match name {
        "kube-apiserver-client" => client(&mut document),
        "kube-apiserver-client-kubelet" => {
            node(&mut document, "clientAuth");
            document.names.presence = Some(Presence::Forbidden);
            notes.outside(
                &key("signerName"),
                "whether the requester may have it approved (selfnodeclient, nodeclient) is for the host to find out",
            );
        }
        "kubelet-serving" => {
            node(&mut document, "serverAuth");
            document.names.presence = Some(Presence::Required);
            free_hosts(&mut document);
            notes.outside(
                &key("signerName"),
                "the names of the node are not checked, as the signer does not: kubelet-serving among the ready-made policies does",
            );
        }
        "legacy-unknown" => notes.error(
            codes::IMPORT_REFUSED,
            &key("signerName"),
            "certificates.k8s.io/v1 takes no request for kubernetes.io/legacy-unknown",
        ),
        _ if domain == "kubernetes.io" => {
            let message = format!("{} is no signer of Kubernetes", quote(&file.signer_name));
            notes.error(codes::IMPORT_REFUSED, &key("signerName"), message);
        }
        _ => {}
    }
    let longest = file.cluster_signing_duration.as_deref().map(seconds);
    if longest == Some(None) {
        let message = "clusterSigningDuration is no duration in whole seconds";
        notes.error(codes::IMPORT_VALUE, &key("clusterSigningDuration"), message);
    }
    let longest = longest.flatten().unwrap_or(CLUSTER_SIGNING_DURATION);
    document.validity = validity::up_to(longest, Some(longest));
    document.validity.min = Some(validity::duration(SHORTEST));
    document.validity.over_max = OverMax::Clamp;
    document.validity.backdate = Some(validity::duration(BACKDATE));
    document.keys.rsa = keys::rsa(0, u32::MAX);
    document.keys.ec = keys::ec(0, u32::MAX);
    document.keys.ed25519 = keys::ed25519();
    document.extensions.ignore.extend(subject_key_identifier());
    let at = key("signerName");
    notes.not_kept(&at, "usages are compared by meaning: signing is digital signature");
    notes.not_kept(
        &at,
        "names that are not valid, otherNames and requested extensions are denied, not dropped",
    );
    notes.not_kept(
        &at,
        "RSA keys below 2048 bits, curves other than P-256, P-384 and P-521, and ML-DSA keys are denied",
    );
    Ok(document)
}

/// Client certificates for the API server: everything is free but the group system:masters.
fn client(document: &mut PolicyDocument) {
    document.names.presence = Some(Presence::Optional);
    free_hosts(document);
    document.names.email = Some(EmailRules { allow: vec![names::any_email()], ..EmailRules::default() });
    let any_uri = names::text("*").map(UriPattern::Text);
    document.names.uri = Some(UriRules { allow: any_uri.into_iter().collect(), ..UriRules::default() });
    document.subject.common_name.allow.extend(names::text("*"));
    for name in [
        "countryName",
        "localityName",
        "organizationName",
        "organizationalUnitName",
        "postalCode",
        "serialNumber",
        "stateOrProvinceName",
        "streetAddress",
    ] {
        let Some(oid) = attribute(name) else { continue };
        let mut rule =
            AttributeRule { allow: names::text("*").into_iter().collect(), ..AttributeRule::default() };
        if name == "organizationName" {
            rule.deny.extend(names::text("system:masters"));
        }
        document.subject.attributes.insert(oid, rule);
    }
    document.usages.key =
        Some(UsageRule { allow: words(&["digitalSignature", "keyEncipherment"]), ..UsageRule::default() });
    document.usages.extended = Some(UsageRule { require: words(&["clientAuth"]), ..UsageRule::default() });
}

/// Certificates of nodes.
fn node(document: &mut PolicyDocument, purpose: &str) {
    let common_name = &mut document.subject.common_name;
    common_name.presence = Some(Presence::Required);
    common_name.allow.extend(names::text("system:node:*"));
    let group = AttributeRule {
        presence: Some(Presence::Required),
        exactly: Some(words(&["system:nodes"])),
        ..AttributeRule::default()
    };
    document.subject.attributes.extend(attribute("organizationName").map(|oid| (oid, group)));
    document.usages.key = Some(UsageRule {
        one_of: vec![words(&["digitalSignature"]), words(&["digitalSignature", "keyEncipherment"])],
        ..UsageRule::default()
    });
    document.usages.extended = Some(UsageRule { one_of: vec![words(&[purpose])], ..UsageRule::default() });
}

/// Any host names and addresses.
fn free_hosts(document: &mut PolicyDocument) {
    document.names.dns = Some(DnsRules {
        allow: vec![names::any_dns()],
        wildcard: Permission::Allow,
        underscore: Permission::Allow,
        ..DnsRules::default()
    });
    document.names.ip = Some(names::any_ip());
}

/// The extension that keytool and others always ask for, and that every issuer makes itself.
pub(super) fn subject_key_identifier() -> Option<OidText> {
    Oid::from_label("subjectKeyIdentifier", OidKind::Extension).map(OidText)
}

fn exactly(text: &str) -> TextPattern {
    TextPattern { kind: TextPatternKind::Exact(text.to_owned()), ignore_case: false }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
