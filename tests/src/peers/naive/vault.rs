use super::{
    Case, Naive, address, emitted, from_now, is, key, lies_in, parts, plain_host, plain_label, seconds, star,
    texts,
};

const MOUNT: i64 = 768 * 3_600;

pub(super) fn decide(case: &Case) -> Naive {
    let role = &case.policy;
    let ttl = |name: &str| seconds(&role[name]).unwrap_or(0);
    if ttl("max_ttl") > 0 && ttl("ttl") > ttl("max_ttl") {
        return Naive::Refused;
    }
    let (kind, bits) = key(case);
    let wanted = role["key_type"].as_str().unwrap_or("rsa");
    if (wanted != "any" && wanted != kind) || (kind == "rsa" && bits < 2048) {
        return Naive::Denied;
    }
    let cn = parts(case, "cn").last().copied().unwrap_or_default();
    if cn.is_empty() && is(&role["require_cn"], true) {
        return Naive::Denied;
    }
    let mut dns: Vec<String> = parts(case, "dns").iter().map(|name| (*name).to_owned()).collect();
    let mut email: Vec<String> = parts(case, "email").iter().map(|name| (*name).to_owned()).collect();
    if !cn.is_empty() && !is(&case.context["parameters"]["excludeCnFromSans"], false) {
        if cn.contains('@') {
            email.push(cn.to_owned());
        } else if plain_host(cn.strip_prefix("*.").unwrap_or(cn)) {
            dns.push(cn.to_owned());
        }
    }
    if !cn.is_empty() && !common_name(case, cn) {
        return Naive::Denied;
    }
    if !dns.iter().chain(&email).all(|name| allowed(case, name)) {
        return Naive::Denied;
    }
    let listed = texts(&role["allowed_serial_numbers"]);
    if !parts(case, "serial").iter().all(|value| listed.iter().any(|entry| star(entry, value))) {
        return Naive::Denied;
    }
    let ip = parts(case, "ip");
    let blocks = texts(&role["allowed_ip_sans_cidr"]);
    let within = |ip: &&str| blocks.is_empty() || blocks.iter().any(|block| lies_in(ip, block));
    if !ip.is_empty() && (!is(&role["allow_ip_sans"], true) || !ip.iter().all(within)) {
        return Naive::Denied;
    }
    let uri = parts(case, "uri");
    let globs = texts(&role["allowed_uri_sans"]);
    if !uri.iter().all(|uri| globs.iter().any(|glob| star(glob, uri))) {
        return Naive::Denied;
    }
    let Some(end) = end(case) else { return Naive::Denied };
    let names = dns.iter().map(|name| format!("dns {name}"));
    let names = names.chain(email.iter().map(|name| format!("email {name}")));
    let names = names.chain(uri.iter().map(|name| format!("uri {name}")));
    Naive::Allowed(emitted(names.chain(ip.iter().map(|ip| format!("ip {}", address(ip))))), end)
}

fn common_name(case: &Case, cn: &str) -> bool {
    let words = texts(&case.policy["cn_validations"]);
    if words == ["disabled"] {
        return true;
    }
    let needed = if cn.contains('@') { "email" } else { "hostname" };
    allowed(case, cn) && (words.is_empty() || words.contains(&needed))
}

/// The order of the table: mailbox, wildcard, syntax, any, localhost, display name, domains.
fn allowed(case: &Case, name: &str) -> bool {
    let role = &case.policy;
    let pieces: Vec<&str> = name.split('@').collect();
    if pieces.len() > 2 {
        return false;
    }
    let mailbox = pieces.len() == 2;
    let host = *pieces.last().expect("a piece");
    let wildcard = host.contains('*');
    let mut reduced = host;
    if wildcard {
        let labels: Vec<&str> = host.splitn(2, '.').collect();
        let one = host.chars().filter(|c| *c == '*').count() == 1 && labels[0].contains('*');
        if !is(&role["allow_wildcard_certificates"], true) || !one || mailbox {
            return false;
        }
        reduced = labels.get(1).copied().unwrap_or_default();
        let shaped = labels[0].split('*').all(|piece| piece.is_empty() || plain_label(piece));
        if is(&role["enforce_hostnames"], true) && !shaped {
            return false;
        }
    }
    if is(&role["enforce_hostnames"], true) && !reduced.is_empty() && !plain_host(reduced) {
        return false;
    }
    if is(&role["allow_any_name"], false) {
        return true;
    }
    let sub = is(&role["allow_subdomains"], false);
    if is(&role["allow_localhost"], true) {
        for local in ["localhost", "localdomain"] {
            if reduced == local || (sub && reduced.ends_with(&format!(".{local}"))) {
                return true;
            }
        }
    }
    if is(&role["allow_token_displayname"], false)
        && let Some(display) = case.context["facts"]["tokenDisplayName"].as_str()
    {
        let behind = display.split('@').nth(1);
        if name == display
            || (sub && reduced.ends_with(&format!(".{display}")))
            || (sub && wildcard && reduced == display)
            || (sub && mailbox && behind.is_some_and(|host| reduced.ends_with(&format!(".{host}"))))
        {
            return true;
        }
    }
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    texts(&role["allowed_domains"]).into_iter().any(|domain| {
        (is(&role["allow_bare_domains"], false) && (same(name, domain) || (mailbox && same(host, domain))))
            || (sub && reduced.ends_with(&format!(".{domain}")))
            || (sub && wildcard && same(reduced, domain))
            || (is(&role["allow_glob_domains"], false) && domain.contains('*') && star(domain, name))
    })
}

/// Seconds to the end of life.
fn end(case: &Case) -> Option<i64> {
    let role = &case.policy;
    let or_mount = |name: &str| seconds(&role[name]).filter(|seconds| *seconds > 0).unwrap_or(MOUNT);
    let asked = seconds(&case.context["duration"]);
    if let Some(end) = from_now(&case.context["notAfter"]) {
        return match role["not_after_bound"].as_str().unwrap_or("permit") {
            _ if asked.is_some() => None,
            "permit" => Some(end),
            "forbid" => None,
            "ttl-limited" => (end <= or_mount("ttl")).then_some(end),
            _ => (end <= from_now(&role["not_after_bound"])?).then_some(end),
        };
    }
    Some(asked.unwrap_or_else(|| or_mount("ttl")).min(or_mount("max_ttl")))
}
