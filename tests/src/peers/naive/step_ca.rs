use serde_json::Value;

use super::{Case, Naive, as_asked, emitted, is, key, lies_in, parts, plain_host, seconds, texts};

pub(super) fn decide(case: &Case) -> Naive {
    let authority = &case.policy["authority"];
    let claim = |name: &str, default: i64| seconds(&authority["claims"][name]).unwrap_or(default);
    let (min, max, default) = (
        claim("minTLSCertDuration", 300),
        claim("maxTLSCertDuration", 86_400),
        claim("defaultTLSCertDuration", 86_400),
    );
    if !(0 < min && min <= default && default <= max) {
        return Naive::Refused;
    }
    let (kind, bits) = key(case);
    if kind == "rsa" && bits < 2048 {
        return Naive::Denied;
    }
    let cn = parts(case, "cn").last().copied().unwrap_or_default();
    if let Some(sans) = case.context["facts"].get("tokenSans") {
        let sans = texts(sans);
        let subject = case.context["facts"]["tokenSubject"].as_str();
        if !cn.is_empty() && Some(cn) != subject && !sans.contains(&cn) {
            return Naive::Denied;
        }
        for kind in ["dns", "ip", "email", "uri"] {
            let own = parts(case, kind).into_iter().map(|name| match kind {
                "ip" => super::address(name).to_string(),
                _ => name.to_owned(),
            });
            let own = emitted(own);
            let theirs =
                emitted(sans.iter().filter(|san| looks_like(san) == kind).map(|san| (*san).to_owned()));
            if !own.is_empty() && own != theirs {
                return Naive::Denied;
            }
        }
    }
    let levels = [&authority["policy"]["x509"], &authority["provisioners"][0]["policy"]["x509"]];
    for level in levels.into_iter().filter(|level| level.is_object()) {
        let mut fits = true;
        for kind in ["dns", "ip", "email", "uri"] {
            fits &= parts(case, kind).iter().all(|name| allowed(level, kind, name));
        }
        fits &= cn.is_empty() || common_name(level, cn);
        if !fits {
            return Naive::Denied;
        }
    }
    let lives = seconds(&case.context["duration"]).unwrap_or(default);
    // The minute before now is a part of the lifetime, and is allowed for at its longest.
    if lives + 60 < min || lives > max {
        return Naive::Denied;
    }
    Naive::Allowed(as_asked(case), lives)
}

const KINDS: [&str; 5] = ["cn", "dns", "ip", "email", "uri"];

fn entries<'a>(level: &'a Value, side: &str, kind: &str) -> Vec<&'a str> {
    texts(&level[side][kind])
}

fn looks_like(text: &str) -> &'static str {
    if text.parse::<std::net::IpAddr>().is_ok() {
        "ip"
    } else if text.contains("://") {
        "uri"
    } else if text.contains('@') {
        "email"
    } else {
        "dns"
    }
}

fn common_name(level: &Value, cn: &str) -> bool {
    if KINDS
        .iter()
        .all(|kind| entries(level, "allow", kind).is_empty() && entries(level, "deny", kind).is_empty())
    {
        return true;
    }
    let (allow, deny) = (entries(level, "allow", "cn"), entries(level, "deny", "cn"));
    let is = |entry: &&str| entry.eq_ignore_ascii_case(cn);
    let listed = !allow.is_empty() || !deny.is_empty();
    if listed && !deny.iter().any(is) && (allow.is_empty() || allow.iter().any(is)) {
        return true;
    }
    allowed(level, looks_like(cn), cn)
}

fn allowed(level: &Value, kind: &str, name: &str) -> bool {
    let (allow, deny) = (entries(level, "allow", kind), entries(level, "deny", kind));
    let any_allow = KINDS.iter().any(|kind| !entries(level, "allow", kind).is_empty());
    let any = any_allow || KINDS.iter().any(|kind| !entries(level, "deny", kind).is_empty());
    if !any {
        return true;
    }
    if allow.is_empty() && deny.is_empty() && any_allow {
        return false;
    }
    let wild = is(&level["allowWildcardNames"], false);
    let fits: Box<dyn Fn(&str) -> bool> = match kind {
        "ip" => Box::new(|entry| lies_in(name, entry)),
        "email" => {
            let Some((local, host)) = name.rsplit_once('@') else { return false };
            Box::new(move |entry| match entry.split_once('@').expect("an @") {
                ("", domain) => domain.eq_ignore_ascii_case(host),
                (own, domain) => own.to_lowercase() == local && domain.eq_ignore_ascii_case(host),
            })
        }
        "uri" => {
            if allow.is_empty() && deny.is_empty() {
                return true;
            }
            let Some((_, rest)) = name.split_once("://") else { return false };
            let host = rest.split(['/', ':']).next().unwrap_or_default();
            if host.is_empty() || host.parse::<std::net::IpAddr>().is_ok() {
                return false;
            }
            Box::new(move |entry| domain(entry, host, wild))
        }
        _ => {
            if !plain_host(name.strip_prefix("*.").unwrap_or(name)) || name.ends_with('.') {
                return false;
            }
            Box::new(move |entry| domain(entry, name, wild))
        }
    };
    !deny.iter().any(|entry| fits(entry)) && (allow.is_empty() || allow.iter().any(|entry| fits(entry)))
}

/// `*.` stands for exactly one label; a literal wildcard matches nothing unless wildcards are allowed.
fn domain(entry: &str, name: &str, wild: bool) -> bool {
    let (entry, name) = (entry.to_ascii_lowercase(), name.to_ascii_lowercase());
    if name.starts_with("*.") && !wild {
        return false;
    }
    match entry.strip_prefix("*.") {
        Some(rest) => name.split_once('.').is_some_and(|(_, tail)| tail == rest),
        None => entry == name,
    }
}
