//! Patterns and names over a small alphabet, so that they meet often.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::model::{Block, Dns, Email, Lists, Parts, Regex};

fn label() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "ab", "z", "A"]).prop_map(str::to_owned)
}

/// `x` with up to three labels in front.
pub fn host() -> impl Strategy<Value = String> {
    vec(label(), 0..=3)
        .prop_map(|labels| labels.into_iter().chain(["x".to_owned()]).collect::<Vec<_>>().join("."))
}

/// A glob of names: no empty label, no dot at an end, at most four letters or stars in a row before the last label.
fn dns_glob() -> impl Strategy<Value = String> {
    vec(select(vec!['a', 'b', '*', '.', 'A', 'x']), 1..=4)
        .prop_map(|head| head.into_iter().collect::<String>())
        .prop_flat_map(|head| (Just(head), select(vec!["", ".x", ".a.x", ".b.x", "x"])))
        .prop_map(|(head, tail)| head + tail)
        .prop_filter("a glob of names", |glob| {
            !glob.starts_with('.') && !glob.ends_with('.') && !glob.contains("..")
        })
}

fn regex() -> impl Strategy<Value = Regex> {
    let leaf = prop_oneof![
        4 => select(vec!['a', 'b', 'x', '.']).prop_map(Regex::Literal),
        1 => Just(Regex::Any),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            3 => vec(inner.clone(), 1..=4).prop_map(Regex::Sequence),
            1 => (inner.clone(), inner.clone()).prop_map(|(one, other)| Regex::Either(one.into(), other.into())),
            1 => inner.clone().prop_map(|item| Regex::Repeat(item.into())),
            1 => inner.prop_map(|item| Regex::Optional(item.into())),
        ]
    })
}

pub fn dns() -> impl Strategy<Value = Dns> {
    prop_oneof![
        3 => host().prop_map(Dns::Exact),
        3 => host().prop_map(Dns::OneLabel),
        3 => (host(), proptest::option::of(1usize..=3)).prop_map(|(domain, depth)| Dns::Under(domain, depth)),
        4 => dns_glob().prop_map(Dns::Glob),
        1 => regex().prop_map(Dns::Regex),
    ]
}

pub fn lists<P: Clone + std::fmt::Debug>(
    pattern: impl Strategy<Value = P> + Clone,
) -> impl Strategy<Value = Lists<P>> {
    (vec(pattern.clone(), 1..=4), vec(pattern, 0..=2)).prop_map(|(allow, deny)| Lists { allow, deny })
}

/// Few addresses that share many bits.
pub fn addresses() -> Vec<Vec<u8>> {
    let v4 = [
        [10, 0, 0, 0],
        [10, 0, 0, 1],
        [10, 0, 0, 2],
        [10, 0, 0, 255],
        [10, 0, 1, 0],
        [10, 128, 0, 0],
        [11, 0, 0, 0],
    ];
    let far = [[0, 0, 0, 0], [255, 255, 255, 255]];
    let mut all: Vec<Vec<u8>> = v4.iter().chain(&far).map(|octets| octets.to_vec()).collect();
    let mapped = |octets: &[u8; 4]| [&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff][..], octets].concat();
    all.extend(v4.iter().map(mapped));
    for tail in [[0u8, 0], [0, 1], [0, 255], [1, 0], [128, 0]] {
        all.push([&[0x20, 0x01, 0x0d, 0xb8][..], &[0; 10], &tail].concat());
    }
    // An IPv4-compatible address, NAT64, and the two ends.
    all.push([&[0; 12][..], &[10, 0, 0, 1]].concat());
    all.push([&[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0][..], &[10, 0, 0, 1]].concat());
    all.push(vec![0; 16]);
    all.push(vec![0xff; 16]);
    all
}

/// A block around one of the addresses. Mapped ones are no networks of a policy, so only blocks shorter than their
/// prefix are made of them.
pub fn block() -> impl Strategy<Value = Block> {
    (select(addresses()), 0usize..=128, proptest::bool::ANY).prop_filter_map(
        "a block",
        |(octets, length, long)| {
            let width = octets.len() * 8;
            // Half of the blocks part the addresses in their last bits.
            let length = if long { width - length % 10 } else { length.min(width) };
            let mapped = octets.len() == 16 && octets[..12] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
            (!mapped || length <= 80).then(|| Block::around(&octets, length))
        },
    )
}

pub fn email_address() -> impl Strategy<Value = String> {
    (select(vec!["a", "b", "A"]), host()).prop_map(|(local, host)| format!("{local}@{host}"))
}

pub fn email() -> impl Strategy<Value = Email> {
    prop_oneof![
        email_address().prop_map(Email::Exact),
        host().prop_map(Email::Host),
        host().prop_map(Email::Under),
    ]
}

/// Scheme, host and path.
pub fn uri() -> impl Strategy<Value = (&'static str, String, String)> {
    let segment = select(vec!["a", "b", "ab"]);
    let path = vec(segment, 1..=3).prop_map(|segments| format!("/{}", segments.join("/")));
    let host = vec(select(vec!["a", "b", "ab"]), 0..=2)
        .prop_map(|labels| labels.into_iter().chain(["x"]).collect::<Vec<_>>().join("."));
    (select(vec!["spiffe", "https"]), host, path)
}

pub fn parts() -> impl Strategy<Value = Parts> {
    let path = vec(select(vec!["a", "b", "*", "**", "/"]), 0..=5).prop_map(|parts| {
        let path = format!("/{}", parts.concat());
        // Three stars in a row can be read in two ways.
        path.replace("***", "**").replace("***", "**")
    });
    let host = prop_oneof![
        host().prop_map(Dns::Exact),
        host().prop_map(Dns::OneLabel),
        dns_glob().prop_map(Dns::Glob)
    ];
    (select(vec!["spiffe", "https"]), proptest::option::of(host), proptest::option::of(path))
        .prop_map(|(scheme, host, path)| Parts { scheme, host, path })
}
