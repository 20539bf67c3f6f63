use std::collections::BTreeSet;

use super::{Case, Naive, address, as_asked, is, lies_in, parts, seconds, texts};

pub(super) fn signer(case: &Case) -> Naive {
    let name = case.policy["signerName"].as_str().unwrap_or_default();
    if name.is_empty() {
        return Naive::Refused;
    }
    let words = texts(&case.context["usages"]);
    let set: BTreeSet<&str> = words.iter().copied().collect();
    let asked = seconds(&case.context["duration"]);
    if words.is_empty() || set.len() != words.len() || asked.is_some_and(|asked| asked < 600) {
        return Naive::Denied;
    }
    let (o, cn) = (parts(case, "o"), parts(case, "cn").last().copied().unwrap_or_default());
    let count = |kind: &str| parts(case, kind).len();
    let node = o == ["system:nodes"] && cn.starts_with("system:node:");
    let one_of = |purpose: &'static str| {
        set == BTreeSet::from(["digital signature", purpose])
            || set == BTreeSet::from(["digital signature", "key encipherment", purpose])
    };
    let signs = match name.rsplit('/').next().unwrap_or_default() {
        "kube-apiserver-client" => {
            let others = BTreeSet::from(["client auth", "digital signature", "key encipherment"]);
            !o.contains(&"system:masters") && set.contains("client auth") && set.is_subset(&others)
        }
        "kube-apiserver-client-kubelet" => {
            node && one_of("client auth") && count("dns") + count("ip") + count("email") + count("uri") == 0
        }
        "kubelet-serving" => {
            node && one_of("server auth")
                && count("dns") + count("ip") > 0
                && count("email") + count("uri") == 0
        }
        _ => return Naive::Refused,
    };
    if !signs {
        return Naive::Denied;
    }
    let facts = &case.context["facts"];
    if name.ends_with("client-kubelet")
        && (facts.get("selfnodeclient").is_some() || facts.get("nodeclient").is_some())
    {
        let own = case.context["requester"]["username"].as_str() == Some(cn);
        let granted = facts["nodeclient"] == "allowed" || (own && facts["selfnodeclient"] == "allowed");
        if !granted {
            return Naive::Pending;
        }
    }
    let longest = seconds(&case.policy["clusterSigningDuration"]).unwrap_or(365 * 86_400);
    let lives = asked.map_or(longest, |asked| asked.min(longest)).max(600);
    Naive::Allowed(as_asked(case), if lives < 8 * 3_600 { lives } else { lives - 300 })
}

pub(super) fn kubelet(case: &Case) -> Naive {
    let option = |name: &str| &case.policy[name];
    let denied = if is(option("skip-deny-step"), false) { Naive::Pending } else { Naive::Denied };
    let username = case.context["requester"]["username"].as_str().unwrap_or_default();
    let Some(node) = username.strip_prefix("system:node:") else {
        return if is(option("ignore-non-system-node"), false) { Naive::Pending } else { denied };
    };
    let (dns, ip) = (parts(case, "dns"), parts(case, "ip"));
    let most = option("allowed-dns-names").as_u64().unwrap_or(1);
    let mut fits = !(dns.is_empty() && ip.is_empty());
    fits &= parts(case, "cn").last() == Some(&username);
    fits &= u64::try_from(dns.len()).expect("a small number") <= most;
    let pattern = option("provider-regex").as_str().unwrap_or(".*");
    for name in &dns {
        fits &= is(option("bypass-hostname-check"), false) || name.starts_with(node);
        fits &= match pattern {
            ".*" => true,
            "^n[0-9]$" => {
                name.len() == 2 && name.starts_with('n') && name.ends_with(|c: char| c.is_ascii_digit())
            }
            other => other.strip_prefix('^').map_or(name.contains(other), |head| name.starts_with(head)),
        };
    }
    let blocks = texts(option("provider-ip-prefixes"));
    let within = |ip: &str| blocks.is_empty() || blocks.iter().any(|block| lies_in(ip, block));
    if !is(option("bypass-dns-resolution"), false) && !dns.is_empty() {
        let mut resolved = Vec::new();
        for name in &dns {
            let found = texts(&case.context["facts"][format!("resolved-{name}")]);
            fits &= !found.is_empty() && found.iter().all(|ip| within(ip));
            resolved.extend(found.into_iter().map(address));
        }
        fits &= ip.iter().all(|ip| resolved.contains(&address(ip)));
    }
    fits &= ip.iter().all(|ip| within(ip));
    let asked = seconds(&case.context["duration"]);
    let longest = seconds(option("max-expiration-seconds")).unwrap_or(367 * 86_400);
    fits &= asked.is_none_or(|asked| asked <= longest);
    if !fits {
        return denied;
    }
    Naive::Allowed(as_asked(case), asked.unwrap_or(365 * 86_400).min(365 * 86_400))
}
