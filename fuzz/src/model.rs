//! What names mean, said again in the plainest way: strings, labels and bits.

/// Labels of letters, digits, hyphens and underscores, at most 63 and 253 bytes; `*` as the whole first label only; the last one
/// is no number.
pub fn is_host_name(name: &str) -> bool {
    let base = name.strip_prefix("*.").unwrap_or(name);
    let last = base.rsplit('.').next().unwrap_or_default();
    let digits = last.strip_prefix("0x").unwrap_or("none");
    base.len() <= 253
        && !last.bytes().all(|b| b.is_ascii_digit())
        && !digits.bytes().all(|b| b.is_ascii_hexdigit())
        && base.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
        })
}

fn labels(name: &str) -> Vec<&str> {
    name.split('.').collect()
}

/// Whether every host that `other` stands for is one that `name` stands for. `*` is any one label.
pub fn covers(name: &str, other: &str) -> bool {
    let (name, other) = (labels(name), labels(other));
    name.len() == other.len()
        && name
            .iter()
            .zip(&other)
            .enumerate()
            .all(|(index, (own, label))| own == label || (index == 0 && *own == "*"))
}

/// Whether `name` has the labels of `domain` at its end, and more before them.
pub fn is_below(name: &str, domain: &str) -> bool {
    let (name, domain) = (labels(name), labels(domain));
    name.len() > domain.len() && name[name.len() - domain.len()..] == domain[..]
}

/// `*` stands for any characters.
pub fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [b'*', rest @ ..] => (0..=text.len()).any(|skip| glob(rest, &text[skip..])),
        [first, rest @ ..] => text.first() == Some(first) && glob(rest, &text[1..]),
    }
}

/// Whether the first `length` bits are the same, of addresses of the same kind.
pub fn in_block(network: &[u8], length: u32, address: &[u8]) -> bool {
    let bit = |octets: &[u8], index: usize| octets[index / 8] >> (7 - index % 8) & 1;
    network.len() == address.len()
        && (0..length as usize).all(|index| bit(network, index) == bit(address, index))
}

/// A pattern for host names.
#[derive(Clone, Debug)]
pub enum Pattern {
    Exact(String),
    OneLabel(String),
    Under(String, Option<u32>),
    Glob(String),
}

impl Pattern {
    /// As a policy document in JSON writes it.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Exact(name) => serde_json::json!(name),
            Self::OneLabel(domain) => serde_json::json!(format!("*.{domain}")),
            Self::Under(domain, None) => serde_json::json!({ "under": domain }),
            Self::Under(domain, Some(depth)) => serde_json::json!({ "under": domain, "depth": depth }),
            Self::Glob(glob) => serde_json::json!({ "glob": glob }),
        }
    }

    /// Whether it matches a host name without `*`.
    pub fn matches(&self, host: &str) -> bool {
        match self {
            Self::Exact(name) => name == host,
            Self::OneLabel(domain) => covers(&format!("*.{domain}"), host),
            Self::Under(domain, depth) => {
                is_below(host, domain)
                    && depth.is_none_or(|depth| labels(host).len() - labels(domain).len() <= depth as usize)
            }
            Self::Glob(pattern) => glob(pattern.as_bytes(), host.as_bytes()),
        }
    }
}
