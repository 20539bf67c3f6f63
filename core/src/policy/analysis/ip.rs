//! Address blocks: the verdict changes only where a block begins or ends.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::language::{Said, Verdict, verdict};
use crate::name::{IpAddress, IpPrefix};
use crate::policy::document::IpRules;

/// IPv4 addresses within IPv6 (RFC 4291 2.5.5.2): they are looked up as IPv4 addresses.
const MAPPED: std::ops::RangeInclusive<u128> = 0xffff_0000_0000..=0xffff_ffff_ffff;

/// The addresses that `new` allows and `old` does not, IPv4-mapped ones aside.
pub(super) fn difference(new: &IpRules, old: Option<&IpRules>) -> (bool, Vec<IpAddress>) {
    let new = Blocks::new(new);
    let old = old.map(Blocks::new);
    let (mut is_empty, mut all) = (true, Vec::new());
    for width in [32, 128] {
        let mut examples = Vec::new();
        for point in points(width, [Some(&new), old.as_ref()].into_iter().flatten()) {
            if width == 128 && MAPPED.contains(&point) {
                continue;
            }
            let said = old.as_ref().map(|old| old.said(point, width));
            match verdict(&[new.said(point, width)], said.as_ref()) {
                Verdict::Outside => {}
                Verdict::Certain => {
                    is_empty = false;
                    examples.insert(0, address(point, width));
                }
                Verdict::Possible => {
                    is_empty = false;
                    examples.push(address(point, width));
                }
            }
        }
        examples.truncate(3);
        all.append(&mut examples);
    }
    (is_empty, all)
}

struct Blocks {
    allow: Vec<Block>,
    deny: Vec<Block>,
    /// Blocks with references to the context.
    may_allow: BTreeSet<String>,
    may_deny: BTreeSet<String>,
}

#[derive(Clone, Copy)]
struct Block {
    first: u128,
    last: u128,
    width: u32,
}

impl Blocks {
    fn new(rules: &IpRules) -> Self {
        let blocks = |list: &[String]| list.iter().filter_map(|text| block(text)).collect();
        let may = |list: &[String]| list.iter().filter(|text| text.contains("${")).cloned().collect();
        Self {
            allow: blocks(&rules.allow),
            deny: blocks(&rules.deny),
            may_allow: may(&rules.allow),
            may_deny: may(&rules.deny),
        }
    }

    fn said(&self, point: u128, width: u32) -> Said<String> {
        let holds = |list: &[Block]| {
            list.iter().any(|block| block.width == width && (block.first..=block.last).contains(&point))
        };
        Said {
            allowed: holds(&self.allow),
            denied: holds(&self.deny),
            may_allow: self.may_allow.clone(),
            may_deny: self.may_deny.clone(),
        }
    }
}

fn block(text: &str) -> Option<Block> {
    let (network, length) = IpPrefix::parse(text).ok()?.parts();
    let (first, width) = network.bits();
    let host_bits = width.saturating_sub(length);
    let size = 1u128.checked_shl(host_bits).map_or(u128::MAX, |size| size.saturating_sub(1));
    Some(Block { first, last: first.saturating_add(size), width })
}

/// The first address of every stretch within which nothing changes.
fn points<'a>(width: u32, lists: impl Iterator<Item = &'a Blocks>) -> BTreeSet<u128> {
    let mut points = BTreeSet::from([0]);
    let largest = if width == 32 { u128::from(u32::MAX) } else { u128::MAX };
    let after = |last: u128| last.checked_add(1).filter(|next| *next <= largest);
    if width == 128 {
        points.extend(after(*MAPPED.end()));
    }
    for block in lists.flat_map(|lists| lists.allow.iter().chain(&lists.deny)).filter(|b| b.width == width) {
        points.insert(block.first);
        points.extend(after(block.last));
    }
    points
}

fn address(point: u128, width: u32) -> IpAddress {
    match u32::try_from(point) {
        Ok(v4) if width == 32 => IpAddress::from_std(Ipv4Addr::from(v4).into()),
        _ => IpAddress::from_std(Ipv6Addr::from(point).into()),
    }
}

/// The address as an IPv6 address, if it is an IPv4 address.
pub(super) fn mapped(address: IpAddress) -> Option<IpAddress> {
    match address.as_std() {
        std::net::IpAddr::V4(v4) => IpAddress::from_octets(&v4.to_ipv6_mapped().octets()),
        std::net::IpAddr::V6(_) => None,
    }
}
