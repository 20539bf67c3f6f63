//! What each program decides, written from the tables a second time and as simply as it goes: over the words of a case, not
//! over requests. Nothing here is shared with the engine.

use certgate_bindings::import::Peer;
use serde_json::Value;

use super::random::Case;

mod approver_policy;
mod cfssl;
mod kubernetes;
mod step_ca;
mod vault;

/// What a program decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Naive {
    /// Allowed, with the names in the form `kind text`, sorted, and the end of life in seconds from now.
    Allowed(Vec<String>, i64),
    Denied,
    Pending,
    /// The policy itself is refused.
    Refused,
}

/// What the program decides.
pub fn decide(peer: Peer, case: &Case) -> Naive {
    match peer {
        Peer::OpenBaoRole | Peer::VaultRole => vault::decide(case),
        Peer::ApproverPolicy => approver_policy::decide(case),
        Peer::StepCa => step_ca::decide(case),
        Peer::KubernetesSigner => kubernetes::signer(case),
        Peer::KubeletCsrApprover => kubernetes::kubelet(case),
        Peer::Cfssl => cfssl::decide(case),
    }
}

/// The values of the parts of a kind.
fn parts<'a>(case: &'a Case, kind: &str) -> Vec<&'a str> {
    case.parts.iter().filter(|(other, _)| *other == kind).map(|(_, value)| *value).collect()
}

/// The key's kind and bits.
fn key(case: &Case) -> (&'static str, i64) {
    match parts(case, "key").last().copied().unwrap_or("P-256") {
        "RSA-1024" => ("rsa", 1024),
        "RSA-2048" => ("rsa", 2048),
        "RSA-3072" => ("rsa", 3072),
        "P-384" => ("ec", 384),
        "Ed25519" => ("ed25519", -1),
        _ => ("ec", 256),
    }
}

/// `kind text`, each once, sorted.
fn emitted(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort();
    names.dedup();
    names
}

/// All names of the request but addresses as they are; of mapped addresses what they stand for.
fn as_asked(case: &Case) -> Vec<String> {
    let kinds = ["dns", "email", "uri"];
    let mut names: Vec<String> = Vec::new();
    for kind in kinds {
        names.extend(parts(case, kind).iter().map(|text| format!("{kind} {text}")));
    }
    names.extend(parts(case, "ip").iter().map(|text| format!("ip {}", address(text))));
    emitted(names)
}

fn address(text: &str) -> std::net::IpAddr {
    text.parse::<std::net::IpAddr>().expect("an address").to_canonical()
}

/// Whether an address lies in a block, or is it.
fn lies_in(text: &str, block: &str) -> bool {
    let (network, length) =
        block.split_once('/').map_or((block, None), |(network, length)| (network, Some(length)));
    let bits = |address: std::net::IpAddr| match address {
        std::net::IpAddr::V4(v4) => (u128::from(u32::from(v4)) << 96, 32),
        std::net::IpAddr::V6(v6) => (u128::from(v6), 128),
    };
    let ((own, width), (network, other)) = (bits(address(text)), bits(address(network)));
    let length: u32 = length.map_or(width, |length| length.parse().expect("a length"));
    width == other && (length == 0 || own >> (128 - length) == network >> (128 - length))
}

/// A `*` stands for any characters.
fn star(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            text.char_indices().map(|(at, _)| &text[at..]).chain([""]).any(|tail| star(rest, tail))
        }
        Some(first) => text.strip_prefix(first).is_some_and(|tail| star(&pattern[first.len_utf8()..], tail)),
    }
}

/// Seconds of `1h30m`, or a number.
fn seconds(value: &Value) -> Option<i64> {
    let Some(text) = value.as_str() else { return value.as_i64() };
    let (mut total, mut number) = (0, 0);
    for c in text.chars() {
        match c {
            'h' => total += std::mem::take(&mut number) * 3_600,
            'm' => total += std::mem::take(&mut number) * 60,
            's' => total += std::mem::take(&mut number),
            digit => number = number * 10 + i64::from(digit.to_digit(10).expect("a digit")),
        }
    }
    Some(total)
}

/// Seconds from now, 2026-01-01T00:00:00Z, to a time.
fn from_now(value: &Value) -> Option<i64> {
    let at = |text: &str| certgate_bindings::parse_time(text).expect("a time").as_unix();
    value.as_str().map(|text| at(text) - at(crate::vector::AT))
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is(value: &Value, default: bool) -> bool {
    value.as_bool().unwrap_or(default)
}

/// Letters, digits and hyphens between letters and digits.
fn plain_label(label: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric();
    !label.is_empty()
        && label.len() <= 63
        && label.starts_with(fits)
        && label.ends_with(fits)
        && label.chars().all(|c| fits(c) || c == '-')
}

fn plain_host(host: &str) -> bool {
    host.strip_suffix('.').unwrap_or(host).split('.').all(plain_label)
}
