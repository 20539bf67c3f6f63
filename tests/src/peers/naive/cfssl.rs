use serde_json::Value;

use super::{Case, Naive, as_asked, emitted, from_now, is, parts, seconds, texts};

pub(super) fn decide(case: &Case) -> Naive {
    let signing = &case.policy["signing"];
    let all = [&signing["default"], &signing["profiles"]["short"]];
    let lasting = |profile: &Value| seconds(&profile["expiry"]).is_some() || profile["not_after"].is_string();
    if all.iter().any(|profile| profile.is_object() && !lasting(profile)) {
        return Naive::Refused;
    }
    // A profile that is not known is the default one.
    let named = case.context["parameters"]["profile"].as_str().unwrap_or_default();
    let profile = signing["profiles"].get(named).unwrap_or(&signing["default"]);
    let used = |part: &str| profile["CSRWhitelist"].is_null() || is(&profile["CSRWhitelist"][part], false);
    let hosts = case.context["parameters"]["hosts"].as_str();
    let mut names: Vec<(&str, &str)> = Vec::new();
    match hosts {
        Some(host) if host.parse::<std::net::IpAddr>().is_ok() => names.push(("ip", host)),
        Some(host) if host.contains('@') => names.push(("email", host)),
        Some(host) => names.push(("dns", host)),
        None => {
            for (kind, part) in
                [("dns", "DNSNames"), ("ip", "IPAddresses"), ("email", "EmailAddresses"), ("uri", "URIs")]
            {
                names.extend(parts(case, kind).into_iter().filter(|_| used(part)).map(|name| (kind, name)));
            }
        }
    }
    let pattern = profile["name_whitelist"].as_str().unwrap_or_default();
    let cn = parts(case, "cn").last().copied().filter(|_| used("Subject")).unwrap_or_default();
    let seen = names.iter().filter(|(kind, _)| *kind != "ip").map(|(_, name)| *name);
    if !seen.chain((!cn.is_empty()).then_some(cn)).all(|name| matches(pattern, name)) {
        return Naive::Denied;
    }
    let known = ["digital signature", "server auth", "client auth", "cert sign"];
    if !texts(&profile["usages"]).iter().any(|word| known.contains(word)) {
        return Naive::Denied;
    }
    if is(&profile["ca_constraint"]["is_ca"], false) {
        names.retain(|(kind, _)| *kind == "ip");
    }
    let begin = -seconds(&profile["backdate"]).unwrap_or(300);
    let end =
        from_now(&profile["not_after"]).unwrap_or_else(|| begin + seconds(&profile["expiry"]).unwrap_or(0));
    let asks = !as_asked(case).is_empty();
    let issued = if is(&profile["copy_extensions"], false) && asks {
        as_asked(case)
    } else {
        emitted(names.iter().map(|(kind, name)| format!("{kind} {name}")))
    };
    Naive::Allowed(issued, end)
}

/// The few expressions of the generated profiles, which may match a part.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern {
        "" => true,
        "^[a-z]+[.]example[.]com$" => name
            .strip_suffix(".example.com")
            .is_some_and(|head| !head.is_empty() && head.bytes().all(|byte| byte.is_ascii_lowercase())),
        other => other.strip_prefix('^').map_or(name.contains(other), |head| name.starts_with(head)),
    }
}
