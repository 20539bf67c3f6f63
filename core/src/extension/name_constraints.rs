use crate::der::{Decoder, Element, tag};
use crate::diagnostic::{Error, codes};
use crate::limits::Limits;
use crate::name::{GeneralName, decode_general_name};

/// Within which names the certificates below a CA must lie.
///
/// ```text
/// NameConstraints ::= SEQUENCE {
///     permittedSubtrees  [0] GeneralSubtrees OPTIONAL,
///     excludedSubtrees   [1] GeneralSubtrees OPTIONAL }
/// GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree
/// ```
///
/// RFC 5280 4.2.1.10.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// A name whose kind is here must lie within one of these.
    pub permitted: Vec<GeneralSubtree>,
    /// No name may lie within one of these.
    pub excluded: Vec<GeneralSubtree>,
    /// Whether both lists are absent or empty, which says nothing.
    pub is_empty: bool,
}

/// One subtree of names.
///
/// ```text
/// GeneralSubtree ::= SEQUENCE {
///     base         GeneralName,
///     minimum  [0] BaseDistance DEFAULT 0,
///     maximum  [1] BaseDistance OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneralSubtree {
    /// Where the subtree begins. Its text follows the rules of constraints, not those of names.
    pub base: GeneralName,
    /// Whether `minimum` is not 0 or `maximum` is there, which RFC 5280 forbids.
    pub has_distance: bool,
}

impl NameConstraints {
    pub(super) fn decode(element: &Element<'_>, limits: &Limits) -> Result<Self, Error> {
        let mut fields = element.expect(tag::SEQUENCE, "NameConstraints")?.contents()?;
        let mut read =
            |number: u8, name: &'static str| match fields.optional(tag::context_constructed(number))? {
                Some(field) => decode_subtrees(field.contents()?, limits).map_err(|error| error.within(name)),
                None => Ok(Vec::new()),
            };
        let permitted = read(0, "permittedSubtrees")?;
        let excluded = read(1, "excludedSubtrees")?;
        fields.finish()?;
        let is_empty = permitted.is_empty() && excluded.is_empty();
        Ok(Self { permitted, excluded, is_empty })
    }
}

fn decode_subtrees(mut contents: Decoder<'_>, limits: &Limits) -> Result<Vec<GeneralSubtree>, Error> {
    let mut subtrees = Vec::new();
    while !contents.is_finished() {
        let element = contents.expect(tag::SEQUENCE, "GeneralSubtree")?;
        if subtrees.len() >= limits.general_subtrees {
            return Err(element.error(
                codes::LIMIT_GENERAL_SUBTREES,
                format!("there are more than {} subtrees", limits.general_subtrees),
            ));
        }
        let mut fields = element.contents()?;
        let base =
            decode_general_name(&fields.element()?, limits).map_err(|error| error.within(subtrees.len()))?;
        let minimum = fields.optional(tag::context(0))?;
        let maximum = fields.optional(tag::context(1))?;
        fields.finish()?;
        let has_distance = minimum.is_some_and(|field| field.value != [0]) || maximum.is_some();
        subtrees.push(GeneralSubtree { base, has_distance });
    }
    Ok(subtrees)
}
