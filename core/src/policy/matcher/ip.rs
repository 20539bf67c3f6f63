use std::collections::{BTreeMap, HashMap};

use super::in_context::Expanded;
use super::template::{Expansion, Template, text_of};
use super::{Faults, InContext, PatternList, Verdict};
use crate::diagnostic::{Diagnostic, Path, codes, quote};
use crate::name::{IpAddress, IpPrefix, PrefixFault};
use crate::policy::context::Context;

/// Blocks by width and length of the prefix, and by the bits of the network.
type Blocks = BTreeMap<(u32, u32), HashMap<u128, usize>>;

/// A compiled list of addresses and blocks.
#[derive(Clone, Debug, Default)]
pub(in crate::policy) struct IpMatcher {
    blocks: Blocks,
    /// Blocks that a fact says: it is literal, so that nothing is allowed by them. What they hold is denied.
    blocks_of_facts: Blocks,
    templates: Vec<(usize, Template)>,
}

impl IpMatcher {
    pub(in crate::policy) fn compile(blocks: &[String], at: &Path, faults: &mut Faults) -> Self {
        let mut matcher = Self::default();
        for (index, text) in blocks.iter().enumerate() {
            let at = at.join(index);
            if let Some(template) = Template::parse(text, &at, faults) {
                matcher.templates.push((index, template));
                continue;
            }
            match IpPrefix::parse(text) {
                Ok(block) => {
                    if block.parts().1 == 0 {
                        let message = format!("the block {block} holds every address");
                        faults.warning(Diagnostic::new(codes::DOCUMENT_WIDE_PREFIX, message), &at);
                    }
                    insert(&mut matcher.blocks, index, &block);
                }
                Err(fault) => faults.error(bad_block(text, fault), &at),
            }
        }
        matcher
    }

    fn covers_fixed(&self, address: IpAddress) -> Verdict {
        find(&self.blocks, address)
    }

    fn meets_fixed(&self, address: IpAddress) -> Verdict {
        self.covers_fixed(address).or(find(&self.blocks_of_facts, address))
    }
}

impl PatternList for IpMatcher {
    fn expand(&self, context: &Context) -> Expanded<Self> {
        let mut expanded: Expanded<Self> = Expanded::default();
        for (index, template) in &self.templates {
            let expansions = template.expand(context);
            let block_of = |parts: &Expansion| IpPrefix::parse(&text_of(parts));
            expanded.note(template, context, &expansions, |parts| block_of(parts).is_ok());
            for parts in &expansions {
                let is_literal = parts.iter().all(|(literal, text)| *literal || !text.contains('/'));
                let Self { blocks, blocks_of_facts, .. } = &mut expanded.patterns;
                if let Ok(block) = block_of(parts) {
                    insert(if is_literal { blocks } else { blocks_of_facts }, *index, &block);
                }
            }
        }
        expanded
    }
}

impl InContext<'_, IpMatcher> {
    /// The first block that holds the address. A fact is literal: it is an address, and a block only as far as the policy
    /// says so itself.
    pub(in crate::policy) fn covers(&self, address: IpAddress) -> Verdict {
        self.ask(|patterns| patterns.covers_fixed(address))
    }

    /// The first block that holds the address, for a deny list: a block in a fact denies what it holds.
    pub(in crate::policy) fn meets(&self, address: IpAddress) -> Verdict {
        self.ask(|patterns| patterns.meets_fixed(address))
    }
}

fn insert(blocks: &mut Blocks, index: usize, block: &IpPrefix) {
    let (network, length) = block.parts();
    let (bits, width) = network.bits();
    blocks.entry((width, length)).or_default().entry(bits).or_insert(index);
}

fn find(blocks: &Blocks, address: IpAddress) -> Verdict {
    let (bits, width) = address.bits();
    let found = blocks
        .iter()
        .filter(|((own_width, _), _)| *own_width == width)
        .filter_map(|((_, length), networks)| networks.get(&mask(bits, width, *length)).copied())
        .min();
    found.map_or(Verdict::NoMatch, Verdict::Match)
}

fn mask(bits: u128, width: u32, length: u32) -> u128 {
    let host_bits = width.saturating_sub(length);
    bits.checked_shr(host_bits).and_then(|network| network.checked_shl(host_bits)).unwrap_or(0)
}

fn bad_block(text: &str, fault: PrefixFault) -> Diagnostic {
    let quoted = quote(text);
    match fault {
        PrefixFault::Address => {
            Diagnostic::new(codes::DOCUMENT_PREFIX, format!("{quoted} is no IP address or block"))
                .with_help("write an address such as 10.0.0.1 or a block such as 10.0.0.0/8")
        }
        PrefixFault::Length => {
            Diagnostic::new(codes::DOCUMENT_PREFIX, format!("the prefix length of {quoted} is not valid"))
        }
        PrefixFault::HostBits => {
            let diagnostic = Diagnostic::new(
                codes::DOCUMENT_PREFIX,
                format!("the block {quoted} has bits set behind its prefix"),
            );
            match IpPrefix::cleared(text) {
                Some(cleared) => diagnostic.with_help(format!("write {cleared}, or the single address")),
                None => diagnostic,
            }
        }
    }
}
