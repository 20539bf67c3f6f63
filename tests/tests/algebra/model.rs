//! What the lists of names mean, by naive enumeration: written from the documentation, and slow.

/// A pattern for DNS names, and how a policy writes it.
#[derive(Clone, Debug)]
pub enum Dns {
    Exact(String),
    OneLabel(String),
    Under(String, Option<usize>),
    Glob(String),
    Regex(Regex),
}

/// A regular expression of which the model knows the meaning.
#[derive(Clone, Debug)]
pub enum Regex {
    Literal(char),
    Any,
    Sequence(Vec<Regex>),
    Either(Box<Regex>, Box<Regex>),
    Repeat(Box<Regex>),
    Optional(Box<Regex>),
}

impl Regex {
    pub fn text(&self) -> String {
        match self {
            Self::Literal('.') => "[.]".to_owned(),
            Self::Literal(c) => c.to_string(),
            Self::Any => ".".to_owned(),
            Self::Sequence(items) => items.iter().map(Self::text).collect(),
            Self::Either(one, other) => format!("(?:{}|{})", one.text(), other.text()),
            Self::Repeat(item) => format!("(?:{})*", item.text()),
            Self::Optional(item) => format!("(?:{})?", item.text()),
        }
    }

    /// All lengths of beginnings of `text` that the expression matches.
    fn ends(&self, text: &[char]) -> Vec<usize> {
        let mut ends = match self {
            Self::Literal(c) => {
                if text.first() == Some(c) {
                    vec![1]
                } else {
                    vec![]
                }
            }
            Self::Any => {
                if text.is_empty() {
                    vec![]
                } else {
                    vec![1]
                }
            }
            Self::Sequence(items) => items.iter().fold(vec![0], |starts, item| {
                starts
                    .iter()
                    .flat_map(|start| item.ends(&text[*start..]).into_iter().map(move |end| start + end))
                    .collect()
            }),
            Self::Either(one, other) => [one.ends(text), other.ends(text)].concat(),
            Self::Optional(item) => [vec![0], item.ends(text)].concat(),
            Self::Repeat(item) => {
                let mut all = vec![0];
                let mut next = 0;
                while next < all.len() {
                    let start = all[next];
                    for end in item.ends(&text[start..]) {
                        if !all.contains(&(start + end)) {
                            all.push(start + end);
                        }
                    }
                    next += 1;
                }
                all
            }
        };
        ends.sort_unstable();
        ends.dedup();
        ends
    }

    fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        self.ends(&text).contains(&text.len())
    }
}

/// Whether `*` of the pattern can be filled so that the text comes out.
pub fn glob(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => (0..=text.len()).any(|taken| glob(&pattern[1..], &text[taken..])),
        Some(c) => text.starts_with(c) && glob(&pattern[1..], &text[1..]),
    }
}

/// As [`glob`], for paths: `*` stays within a segment, `**` does not.
pub fn path_glob(pattern: &str, path: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix("**") {
        return (0..=path.len()).any(|taken| path_glob(rest, &path[taken..]));
    }
    match pattern.chars().next() {
        None => path.is_empty(),
        Some('*') => (0..=path.len())
            .take_while(|taken| !path[..*taken].contains('/'))
            .any(|taken| path_glob(&pattern[1..], &path[taken..])),
        Some(c) => path.starts_with(c) && path_glob(&pattern[1..], &path[1..]),
    }
}

impl Dns {
    /// Whether the pattern matches a name without `*`. Case does not matter.
    pub fn matches(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        let labels: Vec<&str> = host.split('.').collect();
        let below = |domain: &str| {
            let domain = domain.to_lowercase();
            let domain: Vec<String> = domain.split('.').map(str::to_owned).collect();
            let ends = labels.len() > domain.len() && labels[labels.len() - domain.len()..] == domain[..];
            ends.then(|| labels.len() - domain.len())
        };
        match self {
            Self::Exact(name) => name.to_lowercase() == host,
            Self::OneLabel(domain) => below(domain) == Some(1),
            Self::Under(domain, depth) => {
                below(domain).is_some_and(|labels| depth.is_none_or(|depth| labels <= depth))
            }
            Self::Glob(pattern) => glob(&pattern.to_lowercase(), &host),
            Self::Regex(regex) => regex.matches(&host),
        }
    }
}

/// The labels that stand for all labels: every word of up to four of these letters. `z` stands for the letters that no
/// pattern of these tests names, and no pattern has more than four letters in one label.
fn labels() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..4 {
        last = last
            .iter()
            .flat_map(|word| ["a", "b", "x", "z"].map(|letter| format!("{word}{letter}")))
            .collect();
        all.extend(last.iter().cloned());
    }
    all.remove(0);
    all
}

/// Two lists of patterns.
#[derive(Clone, Debug, Default)]
pub struct Lists<P> {
    pub allow: Vec<P>,
    pub deny: Vec<P>,
}

impl Lists<Dns> {
    /// Whether a name is allowed. A wildcard stands for all names with any label in place of `*`: it is allowed if each of
    /// them is. Regular expressions are not asked for sets: they allow no wildcard, and deny every one.
    pub fn allows(&self, name: &str) -> bool {
        let Some(base) = name.strip_prefix("*.") else {
            return self.allow.iter().any(|pattern| pattern.matches(name))
                && !self.deny.iter().any(|pattern| pattern.matches(name));
        };
        let is_regex = |pattern: &&Dns| matches!(pattern, Dns::Regex(_));
        if self.deny.iter().any(|pattern| is_regex(&pattern)) {
            return false;
        }
        labels().iter().all(|label| {
            let host = format!("{label}.{base}");
            self.allow.iter().filter(|pattern| !is_regex(pattern)).any(|pattern| pattern.matches(&host))
                && !self.deny.iter().any(|pattern| pattern.matches(&host))
        })
    }
}

/// An address block: the first bits of its addresses, in text.
#[derive(Clone, Debug)]
pub struct Block {
    pub text: String,
    bits: String,
    width: usize,
}

/// The bits of an address in text.
fn bits(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:08b}")).collect()
}

impl Block {
    /// The block of this length around the address: its other bits are cleared.
    pub fn around(octets: &[u8], length: usize) -> Self {
        let all = bits(octets);
        let kept = all[..length].to_owned();
        let network: Vec<u8> = format!("{kept:0<width$}", width = all.len())
            .as_bytes()
            .chunks(8)
            .map(|octet| u8::from_str_radix(std::str::from_utf8(octet).expect("ASCII"), 2).expect("bits"))
            .collect();
        Self { text: format!("{}/{length}", address_text(&network)), bits: kept, width: all.len() }
    }

    fn holds(&self, octets: &[u8]) -> bool {
        octets.len() * 8 == self.width && bits(octets).starts_with(&self.bits)
    }
}

/// An address as a policy may write it: IPv6 without any shortening.
fn address_text(octets: &[u8]) -> String {
    if octets.len() == 4 {
        return octets.iter().map(u8::to_string).collect::<Vec<_>>().join(".");
    }
    octets.chunks(2).map(|pair| format!("{:02x}{:02x}", pair[0], pair[1])).collect::<Vec<_>>().join(":")
}

impl Lists<Block> {
    /// Whether an address is allowed. An IPv4-mapped one counts as the IPv4 address, if mapped ones are allowed at all.
    pub fn allows(&self, octets: &[u8], mapped: bool) -> bool {
        let plain = octets.strip_prefix(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff][..]);
        if plain.is_some_and(|plain| plain.len() == 4) && !mapped {
            return false;
        }
        let octets = plain.filter(|plain| plain.len() == 4).unwrap_or(octets);
        self.allow.iter().any(|block| block.holds(octets))
            && !self.deny.iter().any(|block| block.holds(octets))
    }
}

/// A pattern for mail addresses.
#[derive(Clone, Debug)]
pub enum Email {
    Exact(String),
    Host(String),
    Under(String),
}

impl Email {
    pub fn matches(&self, address: &str) -> bool {
        let (_, host) = address.split_once('@').expect("an address");
        let host = host.to_lowercase();
        match self {
            Self::Exact(own) => {
                let (local, own_host) = own.split_once('@').expect("an address");
                address.starts_with(&format!("{local}@")) && own_host.to_lowercase() == host
            }
            Self::Host(own) => own.to_lowercase() == host,
            Self::Under(domain) => host.ends_with(&format!(".{}", domain.to_lowercase())),
        }
    }
}

impl Lists<Email> {
    pub fn allows(&self, address: &str) -> bool {
        self.allow.iter().any(|pattern| pattern.matches(address))
            && !self.deny.iter().any(|pattern| pattern.matches(address))
    }
}

/// A pattern for URIs by part.
#[derive(Clone, Debug)]
pub struct Parts {
    pub scheme: &'static str,
    pub host: Option<Dns>,
    pub path: Option<String>,
}

impl Parts {
    pub fn matches(&self, scheme: &str, host: &str, path: &str) -> bool {
        self.scheme == scheme
            && self.host.as_ref().is_none_or(|pattern| pattern.matches(host))
            && self.path.as_ref().is_none_or(|pattern| path_glob(pattern, path))
    }
}

impl Lists<Parts> {
    pub fn allows(&self, (scheme, host, path): (&str, &str, &str)) -> bool {
        self.allow.iter().any(|pattern| pattern.matches(scheme, host, path))
            && !self.deny.iter().any(|pattern| pattern.matches(scheme, host, path))
    }
}
