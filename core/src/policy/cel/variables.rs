//! The variables of rules: their types, and their values of one request.
//!
//! A field that a request does not have is absent, and never an empty text: a rule that reads it without `has()` fails, and
//! denies.

use std::collections::BTreeMap;

use super::Variables;
use super::datum::{Bindings, Datum};
use super::shape::Shape;
use crate::key::{KeyMaterial, PublicKey};
use crate::limits::CelLimits;
use crate::name::{GeneralName, GeneralNameKind};
use crate::policy::context::Context;
use crate::policy::evaluate::Judgement;
use crate::request::CertificationRequest;

/// The type that `serviceAccount` gives.
pub(super) const SERVICE_ACCOUNT: &str = "serviceAccount";

/// The variable of one value.
pub(super) const SELF: &str = "self";

/// What is declared for rules of a policy that lets through so many names.
pub(super) fn declare_native(limits: &CelLimits, names: u64) -> Variables {
    let text = || Shape::Text(limits.text_bytes);
    let texts = || Shape::texts(limits.text_bytes, limits.list_items);
    let attributes = || Shape::map(texts(), limits.text_bytes, limits.list_items);
    let key = || Shape::record("key", [("algorithm", text()), ("curve", text()), ("size", Shape::Int)]);
    let names_of = || {
        let dns = Shape::texts(limits.name_bytes, names);
        [
            ("dns", dns.clone()),
            ("ip", Shape::texts(limits.name_bytes, names)),
            ("email", Shape::texts(limits.name_bytes.saturating_mul(2), names)),
            ("uri", Shape::texts(limits.text_bytes, names)),
            ("commonName", text()),
            ("subject", attributes()),
            ("key", key()),
        ]
    };
    let cert = Shape::record(
        "cert",
        names_of().into_iter().chain([
            ("keyUsage", texts()),
            ("extendedKeyUsage", texts()),
            ("isCA", Shape::Bool),
            ("pathLength", Shape::Int),
            ("notBefore", Shape::Int),
            ("notAfter", Shape::Int),
            ("lifetime", Shape::Int),
        ]),
    );
    let issuer = Shape::record("issuer", [("name", text()), ("kind", text()), ("group", text())]);
    let request = Shape::record(
        "request",
        names_of().into_iter().chain([
            ("namespace", text()),
            ("signerName", text()),
            ("issuer", issuer),
            ("usages", texts()),
            ("duration", Shape::Int),
            ("isCA", Shape::Bool),
        ]),
    );
    let requester =
        Shape::record("requester", [("username", text()), ("groups", texts()), ("extra", attributes())]);
    BTreeMap::from([
        ("cert", cert),
        ("cr", declare_cr(limits)),
        ("factValues", attributes()),
        ("facts", Shape::map(text(), limits.text_bytes, limits.list_items)),
        ("request", request),
        ("requester", requester),
    ])
}

fn declare_cr(limits: &CelLimits) -> Shape {
    let text = || Shape::Text(limits.text_bytes);
    let groups = Shape::texts(limits.text_bytes, limits.list_items);
    Shape::record("cr", [("name", text()), ("namespace", text()), ("username", text()), ("groups", groups)])
}

/// Adds the variable of one value.
pub(super) fn declare_self(limits: &CelLimits, mut variables: Variables) -> Variables {
    variables.insert(SELF, Shape::Text(limits.text_bytes));
    variables
}

/// What is declared for validations of approver-policy.
pub(super) fn declare_approver_policy(limits: &CelLimits) -> Variables {
    declare_self(limits, BTreeMap::from([("cr", declare_cr(limits))]))
}

/// The values of one request, as far as the other rules of the policy have resolved the certificate.
pub(super) fn bind_native(declared: &Variables, judgement: &Judgement<'_>) -> Bindings {
    let (request, context) = (judgement.request, judgement.context);
    let mut bindings = Bindings::default();
    bindings.set(declared, "cert", &cert(judgement));
    bindings.set(declared, "request", &requested(request, context));
    bindings.set(declared, "requester", &requester(context));
    let facts: Vec<(String, Vec<String>)> =
        context.facts().map(|(name, values)| (name.to_owned(), values.to_vec())).collect();
    let single = facts.iter().filter_map(|(name, values)| match values.as_slice() {
        [value] => Some((name.clone(), Datum::text(value.as_str()))),
        _ => None,
    });
    bindings.set(declared, "facts", &Datum::Named(single.collect()));
    let all =
        facts.iter().map(|(name, values)| (name.clone(), Datum::texts(values.iter().map(String::as_str))));
    bindings.set(declared, "factValues", &Datum::Named(all.collect()));
    let groups = context.requester().map(|requester| requester.groups.as_slice());
    let cr = Datum::record([
        ("name", context.fact("requestName").and_then(<[String]>::first).map(Datum::text)),
        ("namespace", context.namespace().map(Datum::text)),
        ("username", context.username().map(Datum::text)),
        ("groups", groups.map(|groups| Datum::texts(groups.iter().map(String::as_str)))),
    ]);
    bindings.set(declared, "cr", &cr);
    bindings
}

fn cert(judgement: &Judgement<'_>) -> Datum {
    let subject = judgement.subject.iter().map(|attribute| (attribute.oid.label(), attribute.value.as_str()));
    let mut fields = described(&judgement.names, subject.collect(), judgement.request.public_key());
    let key_usage = judgement.key_usage.iter().map(|bit| bit.as_str());
    let purposes = judgement.extended_key_usage.iter().map(crate::oid::Oid::label);
    fields.extend([
        ("keyUsage", Some(Datum::texts(key_usage))),
        ("extendedKeyUsage", Some(Datum::texts(purposes))),
        ("isCA", Some(Datum::Bool(judgement.basic_constraints.ca))),
        ("pathLength", judgement.basic_constraints.path_length.map(|length| Datum::Int(i64::from(length)))),
    ]);
    if let Some((not_before, not_after)) = judgement.validity {
        let (first, last) = (not_before.as_unix(), not_after.as_unix());
        // Both seconds at the ends are part of a lifetime (RFC 5280 4.1.2.5).
        let lifetime = last.saturating_sub(first).saturating_add(1);
        fields.extend([
            ("notBefore", Some(Datum::Int(first))),
            ("notAfter", Some(Datum::Int(last))),
            ("lifetime", Some(Datum::Int(lifetime))),
        ]);
    }
    Datum::record(fields)
}

fn requested(request: &CertificationRequest, context: &Context) -> Datum {
    let attributes = request.subject().attributes().iter();
    let subject =
        attributes.filter_map(|attribute| attribute.text().map(|text| (attribute.oid().label(), text)));
    let mut fields = described(request.subject_alt_names(), subject.collect(), request.public_key());
    let usages = context.usages().map(|usages| Datum::texts(usages.iter().map(String::as_str)));
    let issuer = context.issuer().map(|issuer| {
        Datum::record([
            ("name", Some(Datum::text(issuer.name.as_str()))),
            ("kind", Some(Datum::text(issuer.kind.as_str()))),
            ("group", Some(Datum::text(issuer.group.as_str()))),
        ])
    });
    fields.extend([
        ("namespace", context.namespace().map(Datum::text)),
        ("signerName", context.signer_name().map(Datum::text)),
        ("issuer", issuer),
        ("usages", usages),
        ("duration", context.duration().map(|duration| Datum::Int(duration.as_seconds()))),
        ("isCA", context.ca().map(Datum::Bool)),
    ]);
    Datum::record(fields)
}

fn requester(context: &Context) -> Datum {
    let Some(requester) = context.requester() else { return Datum::Named(BTreeMap::new()) };
    let extra = requester.extra.iter();
    let extra = extra.map(|(name, values)| (name.clone(), Datum::texts(values.iter().map(String::as_str))));
    Datum::record([
        ("username", Some(Datum::text(requester.username.as_str()))),
        ("groups", Some(Datum::texts(requester.groups.iter().map(String::as_str)))),
        ("extra", Some(Datum::Named(extra.collect()))),
    ])
}

/// What a request and a certificate have alike.
fn described(
    names: &[GeneralName],
    subject: Vec<(String, &str)>,
    key: &PublicKey,
) -> Vec<(&'static str, Option<Datum>)> {
    let of = |kind: GeneralNameKind| {
        let names = names.iter().filter(|name| name.kind() == kind);
        Some(Datum::texts(names.map(|name| name.canonical().display())))
    };
    let mut attributes: BTreeMap<String, Vec<Datum>> = BTreeMap::new();
    for (label, value) in &subject {
        attributes.entry(label.clone()).or_default().push(Datum::text(*value));
    }
    let common_name = subject.iter().find(|(label, _)| label == "commonName");
    vec![
        ("dns", of(GeneralNameKind::DnsName)),
        ("ip", of(GeneralNameKind::IpAddress)),
        ("email", of(GeneralNameKind::Rfc822Name)),
        ("uri", of(GeneralNameKind::Uri)),
        ("commonName", common_name.map(|(_, value)| Datum::text(*value))),
        (
            "subject",
            Some(Datum::Named(
                attributes.into_iter().map(|(label, values)| (label, Datum::List(values))).collect(),
            )),
        ),
        ("key", Some(key_record(key))),
    ]
}

fn key_record(key: &PublicKey) -> Datum {
    let (algorithm, curve) = match key.material() {
        KeyMaterial::Rsa { .. } => ("RSA", None),
        KeyMaterial::Ec { curve, .. } => ("EC", Some(curve.as_str())),
        KeyMaterial::Ed25519(_) => ("Ed25519", None),
        KeyMaterial::Unsupported { name } => (name.as_str(), None),
    };
    Datum::record([
        ("algorithm", Some(Datum::text(algorithm))),
        ("curve", curve.map(Datum::text)),
        ("size", key.bits().map(|bits| Datum::Int(i64::from(bits)))),
    ])
}
