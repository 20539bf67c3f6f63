use std::collections::{BTreeMap, HashMap};

use super::template::{Expansion, Template, each_once, text_of};
use super::{Faults, Verdict};
use crate::diagnostic::{Diagnostic, Path, codes, quote};
use crate::name::{IpAddress, IpPrefix, PrefixFault};
use crate::policy::context::Context;

/// A compiled list of addresses and blocks, by width and length of the prefix.
#[derive(Clone, Debug, Default)]
pub(in crate::policy) struct IpMatcher {
    blocks: BTreeMap<(u32, u32), HashMap<u128, usize>>,
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
                Ok(block) => matcher.insert(index, &block, &at, faults),
                Err(fault) => faults.error(bad_block(text, fault), &at),
            }
        }
        matcher
    }

    fn insert(&mut self, index: usize, block: &IpPrefix, at: &Path, faults: &mut Faults) {
        let (network, length) = block.parts();
        let (bits, width) = network.bits();
        if length == 0 {
            faults.warning(
                Diagnostic::new(
                    codes::DOCUMENT_WIDE_PREFIX,
                    format!("the block {block} holds every address"),
                ),
                at,
            );
        }
        self.blocks.entry((width, length)).or_default().entry(bits).or_insert(index);
    }

    /// The first block that holds the address. A fact is literal: it is an address, and a block only as far as the policy
    /// says so itself.
    pub(in crate::policy) fn covers(&self, address: IpAddress, context: &Context) -> Verdict {
        self.find(address, context, |parts| {
            let is_literal = parts.iter().all(|(literal, text)| *literal || !text.contains('/'));
            if is_literal { IpPrefix::parse(&text_of(parts)).ok() } else { None }
        })
    }

    /// The first block that holds the address, for a deny list: a block in a fact denies what it holds.
    pub(in crate::policy) fn meets(&self, address: IpAddress, context: &Context) -> Verdict {
        self.find(address, context, |parts| IpPrefix::parse(&text_of(parts)).ok())
    }

    fn find(
        &self,
        address: IpAddress,
        context: &Context,
        block_of: impl Fn(&Expansion) -> Option<IpPrefix>,
    ) -> Verdict {
        let (bits, width) = address.bits();
        let block = self
            .blocks
            .iter()
            .filter(|((own_width, _), _)| *own_width == width)
            .filter_map(|((_, length), networks)| networks.get(&mask(bits, width, *length)).copied())
            .min();
        let template = self.templates.iter().find(|(_, template)| {
            template.expand(context).iter().filter_map(&block_of).any(|block| block.contains(address))
        });
        match [block, template.map(|(index, _)| *index)].into_iter().flatten().min() {
            Some(index) => Verdict::Match(index),
            None => Verdict::NoMatch,
        }
    }

    /// The references of the blocks that the context has no value for.
    pub(in crate::policy) fn missing(&self, context: &Context) -> Vec<String> {
        each_once(self.templates.iter().flat_map(|(_, template)| template.missing(context)))
    }

    /// For a deny list: the references without which it cannot be said what it denies.
    pub(in crate::policy) fn undecided(&self, context: &Context) -> Vec<String> {
        let is_block = |parts: &Expansion| IpPrefix::parse(&text_of(parts)).is_ok();
        each_once(self.templates.iter().flat_map(|(_, template)| template.undecided(context, is_block)))
    }
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
