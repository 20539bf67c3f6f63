//! A signer that issues the request as it stands: what a policy would change of it is a reason.

use serde_json::json;

use crate::der::*;
use crate::request::*;
use crate::vector::{OPEN, Vector};

pub(super) fn vectors() -> Vec<Vector> {
    let good = Csr::default().der();
    let context = |more: serde_json::Value| {
        let mut context = json!({
            "asRequested": true, "duration": "24h", "usages": ["digital signature", "server auth"],
        });
        let more = more.as_object().expect("an object").clone();
        context.as_object_mut().expect("an object").extend(more);
        context
    };
    let rule = |old: &str, new: &str| OPEN.replace(old, new);
    let clamp = rule("max: 90d", "max: 90d, overMax: clamp");
    let differs = |id: &str, input: Vec<u8>, path: &'static str| {
        Vector::denied(id, input, "policy/not-as-requested", path).with(context(json!({})))
    };
    let masters = Csr::subject(&[atv("2.5.4.10", utf8("system:masters"))]).der();
    let named = Csr::subject(&[cn("b.example.com")]).der();
    vec![
        Vector::allowed("as-requested", good.clone()).with(context(json!({}))),
        // For no key usage: the policy has no rule for it.
        Vector::allowed("as-requested-no-key-usage", good.clone())
            .with(context(json!({ "usages": ["server auth"] }))),
        differs("as-requested-clamped", good.clone(), "context.duration")
            .by(&clamp)
            .with(context(json!({ "duration": "2400h" }))),
        Vector::warned("as-requested-not", good.clone(), "policy/validity-clamped")
            .by(&clamp)
            .with(context(json!({ "duration": "2400h", "asRequested": false }))),
        differs("as-requested-end", good.clone(), "context.notAfter")
            .by(&clamp)
            .with(context(json!({ "duration": null, "notAfter": "2027-01-01T00:00:00Z" }))),
        differs("as-requested-forced", good.clone(), "context.usages")
            .by(&rule("extended: [serverAuth]", "extended: { force: [serverAuth] }"))
            .with(context(json!({ "usages": ["digital signature", "client auth"] }))),
        differs("as-requested-key-usage", good.clone(), "context.usages")
            .by(&rule("extended: [serverAuth]", "extended: [serverAuth], key: { force: [digitalSignature] }"))
            .with(context(json!({ "usages": ["digital signature", "cert sign", "server auth"] }))),
        differs("as-requested-subject", masters, "subject").by(&rule(
            "organizationName: { allow: [\"*\"] }, ",
            "",
        )
        .replace("subject:", "subject:\n  ignore: [organizationName]")),
        differs("as-requested-names", named, "extensions.subjectAltName")
            .by(&rule("subject:", "subject:\n  commonName: { inNames: add }")),
        // The lifetime that the signer gives where none is asked for.
        Vector::denied("default-duration-long", good.clone(), "policy/validity-too-long", "context.duration")
            .with(json!({ "defaultDuration": "8760h" })),
        Vector::allowed("default-duration-asked", good.clone())
            .with(json!({ "defaultDuration": "8760h", "duration": "1h" })),
        Vector::error("default-duration-bad", good, "context/value", "defaultDuration")
            .with(json!({ "defaultDuration": "a year" })),
    ]
}
