use super::Draft;
use crate::diagnostic::path::steps;
use crate::name::{GeneralName, IpAddress, IpPrefix};
use crate::policy::document::IpRules;

/// RFC 5280 4.2.1.10: an address and a mask, which say exactly what a block says.
pub(super) fn derive(rules: Option<&IpRules>, draft: &mut Draft) {
    let Some(rules) = rules.filter(|rules| !rules.allow.is_empty()) else {
        draft.excluded.extend(["0.0.0.0/0", "::/0"].into_iter().filter_map(block));
        return;
    };
    let mut permitted = Vec::new();
    let mut anywhere = false;
    for (index, text) in rules.allow.iter().enumerate() {
        match IpPrefix::parse(text) {
            Ok(prefix) => permitted.push(prefix),
            Err(_) => {
                anywhere = true;
                draft.not_expressible(
                    steps!["names", "ip", "allow", index],
                    "the block depends on the request, so that any iPAddress passes",
                );
            }
        }
    }
    let mapped = rules.mapped.is_allowed();
    if !anywhere {
        let outer = |prefix: &&IpPrefix| {
            !permitted.iter().any(|other| other != *prefix && other.contains_prefix(prefix))
        };
        let smallest: Vec<&IpPrefix> = permitted.iter().filter(outer).collect();
        let mut has_v6 = false;
        let mut has_v4 = false;
        for prefix in smallest {
            let is_v4 = prefix.parts().0.as_std().is_ipv4();
            has_v4 |= is_v4;
            has_v6 |= !is_v4 || mapped;
            draft.permitted.extend(encoded(prefix));
            draft.permitted.extend(mapped.then(|| encoded_mapped(prefix)).flatten());
        }
        // TLS BR 7.1.2.5.2: a family that has no permitted block is excluded, for verifiers that look at each by itself.
        draft.excluded.extend((!has_v4).then(|| block("0.0.0.0/0")).flatten());
        draft.excluded.extend((!has_v6).then(|| block("::/0")).flatten());
    }
    for (index, text) in rules.deny.iter().enumerate() {
        match IpPrefix::parse(text) {
            Ok(prefix) => {
                draft.excluded.extend(encoded(&prefix));
                draft.excluded.extend(mapped.then(|| encoded_mapped(&prefix)).flatten());
            }
            Err(_) => draft
                .not_expressible(steps!["names", "ip", "deny", index], "the block depends on the request"),
        }
    }
}

fn block(text: &str) -> Option<GeneralName> {
    encoded(&IpPrefix::parse(text).ok()?)
}

fn encoded(prefix: &IpPrefix) -> Option<GeneralName> {
    let (network, length) = prefix.parts();
    Some(name(network, length))
}

/// The same block of IPv4 in `::ffff:0:0/96`.
fn encoded_mapped(prefix: &IpPrefix) -> Option<GeneralName> {
    let (network, length) = prefix.parts();
    let octets = network.octets();
    let mapped: Vec<u8> = [0; 10].into_iter().chain([0xff, 0xff]).chain(octets.iter().copied()).collect();
    let mapped = IpAddress::from_octets(&mapped).filter(|_| octets.len() == 4)?;
    Some(name(mapped, length.saturating_add(96)))
}

fn name(network: IpAddress, length: u32) -> GeneralName {
    let mut octets = network.octets();
    let width = octets.len();
    let mut left = length;
    for _ in 0..width {
        let ones = left.min(8);
        left = left.saturating_sub(ones);
        octets.push(u8::MAX.checked_shl(8u32.saturating_sub(ones)).unwrap_or(0));
    }
    GeneralName::IpAddress { octets, address: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_ones_and_then_zeros() {
        let octets = |text: &str| match block(text) {
            Some(GeneralName::IpAddress { octets, .. }) => octets,
            _ => panic!("no block"),
        };
        assert_eq!(octets("10.0.0.0/8"), [10, 0, 0, 0, 255, 0, 0, 0]);
        assert_eq!(octets("10.32.0.0/11"), [10, 32, 0, 0, 255, 224, 0, 0]);
        assert_eq!(octets("0.0.0.0/0"), [0; 8]);
        assert_eq!(octets("10.1.2.3"), [10, 1, 2, 3, 255, 255, 255, 255]);
        let Some(GeneralName::IpAddress { octets, .. }) =
            encoded_mapped(&IpPrefix::parse("10.0.0.0/8").unwrap())
        else {
            panic!("no block")
        };
        assert_eq!(octets.len(), 32);
        assert_eq!(octets[10..13], [0xff, 0xff, 10]);
        assert_eq!(octets[16..29], [[0xff; 13]].concat());
    }
}
