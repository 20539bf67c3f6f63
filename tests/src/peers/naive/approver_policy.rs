use serde_json::Value;

use super::{Case, Naive, as_asked, is, key, parts, seconds, star, texts};

pub(super) fn decide(case: &Case) -> Naive {
    let spec = &case.policy["spec"];
    let context = &case.context;
    let issuer = &spec["selector"]["issuerRef"];
    for (field, default) in [("name", ""), ("kind", "Issuer"), ("group", "cert-manager.io")] {
        let value = context["issuer"][field].as_str().unwrap_or(default);
        if issuer[field].as_str().is_some_and(|pattern| !star(pattern, value)) {
            return Naive::Pending;
        }
    }
    let spaces = texts(&spec["selector"]["namespace"]["matchNames"]);
    let space = context["namespace"].as_str().unwrap_or_default();
    if !spaces.is_empty() && !spaces.iter().any(|pattern| star(pattern, space)) {
        return Naive::Pending;
    }
    let allowed = &spec["allowed"];
    let mut fits = true;
    for (kind, field) in
        [("dns", "dnsNames"), ("ip", "ipAddresses"), ("uri", "uris"), ("email", "emailAddresses")]
    {
        fits &= every(&allowed[field], "values", &parts(case, kind));
    }
    fits &= every(&allowed["commonName"], "value", &filled(&parts(case, "cn")));
    fits &= every(&allowed["subject"]["organizations"], "values", &filled(&parts(case, "o")));
    let other = &allowed["subject"]["otherAttributes"][0];
    fits &= every(other, "values", &parts(case, "mail"));
    // What has no field here has none in the generated policies.
    fits &= parts(case, "serial").is_empty();
    fits &= !is(&context["parameters"]["isCA"], false) || is(&allowed["isCA"], false);
    let patterns = texts(&allowed["usages"]);
    fits &= texts(&context["usages"]).iter().all(|word| patterns.iter().any(|pattern| star(pattern, word)));
    let constraints = &spec["constraints"];
    let asked = seconds(&context["duration"]);
    if let Some(min) = seconds(&constraints["minDuration"]) {
        fits &= asked.is_some_and(|asked| asked >= min);
    }
    if let Some(max) = seconds(&constraints["maxDuration"]) {
        fits &= asked.is_some_and(|asked| asked <= max);
    }
    let wanted = &constraints["privateKey"];
    let (kind, bits) = key(case);
    let algorithm = match kind {
        "rsa" => "RSA",
        "ec" => "ECDSA",
        _ => "Ed25519",
    };
    fits &= wanted["algorithm"].as_str().is_none_or(|wanted| wanted == algorithm);
    fits &= wanted["minSize"].as_i64().is_none_or(|min| bits >= min);
    fits &= wanted["maxSize"].as_i64().is_none_or(|max| bits <= max);
    if fits { Naive::Allowed(as_asked(case), asked.unwrap_or(90 * 86_400)) } else { Naive::Denied }
}

fn filled<'a>(values: &[&'a str]) -> Vec<&'a str> {
    values.iter().copied().filter(|value| !value.is_empty()).collect()
}

/// Every value matches some pattern; a field that is left out takes none.
fn every(field: &Value, key: &str, values: &[&str]) -> bool {
    let patterns: Vec<&str> = texts(&field[key]).into_iter().filter(|pattern| !pattern.is_empty()).collect();
    if values.is_empty() {
        return !is(&field["required"], false);
    }
    values.iter().all(|value| patterns.iter().any(|pattern| star(pattern, value)))
}
