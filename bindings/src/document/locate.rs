//! From a path to the bytes of a text: a second reading, done only for a message.

use std::collections::BTreeMap;

use certgate::diagnostic::{Span, Step};
use serde_json::value::RawValue;

/// Follows the path through JSON as far as it goes, at least by one step.
pub(super) fn json(text: &str, path: &[Step]) -> Option<Span> {
    let mut value: &RawValue = serde_json::from_str(text).ok()?;
    for (depth, step) in path.iter().enumerate() {
        let next = match step {
            Step::Field(key) if is_shorthand(key) && value.get().starts_with('[') => continue,
            Step::Field(key) => {
                let map: BTreeMap<String, &RawValue> = serde_json::from_str(value.get()).unwrap_or_default();
                map.get(key.as_ref()).copied()
            }
            Step::Index(index) => {
                let list: Vec<&RawValue> = serde_json::from_str(value.get()).unwrap_or_default();
                list.get(*index).copied()
            }
        };
        match next {
            Some(next) => value = next,
            None if depth == 0 => return None,
            None => break,
        }
    }
    let start = value.get().as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    Some(Span { start, end: start.checked_add(value.get().len())? })
}

/// Keys that a plain list stands for: `usages.extended: [serverAuth]` is `usages.extended.allow`.
fn is_shorthand(key: &str) -> bool {
    matches!(key, "allow" | "anyOf" | "curves")
}

/// Follows the path through YAML as far as it goes, at least by one step. A mapping or a list is shown by its key.
#[cfg(feature = "yaml")]
pub(super) fn yaml(text: &str, path: &[Step]) -> Option<Span> {
    let mut walker = yaml::Walker::new(text);
    walker.document(path)
}

#[cfg(feature = "yaml")]
mod yaml {
    use certgate::diagnostic::{Span, Step};
    use serde_saphyr::granit_parser::{Event, Parser, StrInput};

    /// Reads events one by one and remembers the deepest value on the path.
    pub(super) struct Walker<'a> {
        parser: Parser<'a, StrInput<'a>>,
        offsets: Offsets<'a>,
        best: Option<Span>,
    }

    type Item<'a> = (Event<'a>, Span);

    /// The byte offsets of characters. Those of every 64th are kept, so that a large text costs an eighth of its size.
    struct Offsets<'a> {
        text: &'a str,
        kept: Vec<usize>,
    }

    const KEPT: usize = 64;

    impl<'a> Offsets<'a> {
        fn new(text: &'a str) -> Self {
            Self { text, kept: text.char_indices().map(|(offset, _)| offset).step_by(KEPT).collect() }
        }

        /// The offset of a character; the end of the text for one behind it.
        fn of(&self, character: usize) -> usize {
            let end = self.text.len();
            let Some(start) = self.kept.get(character / KEPT) else { return end };
            let rest = self.text.get(*start..).unwrap_or_default();
            let within = rest.char_indices().nth(character % KEPT);
            within.map_or(end, |(offset, _)| start.saturating_add(offset))
        }
    }

    /// Anchors and comments are none. There are comments only where another crate of the program asks the parser for them,
    /// so that they cannot be named here.
    fn is_part_of_a_node(event: &Event<'_>) -> bool {
        matches!(
            event,
            Event::StreamStart
                | Event::StreamEnd
                | Event::DocumentStart(..)
                | Event::DocumentEnd
                | Event::Alias(..)
                | Event::UnresolvedAlias(..)
                | Event::Scalar(..)
                | Event::SequenceStart(..)
                | Event::SequenceEnd
                | Event::MappingStart(..)
                | Event::MappingEnd
        )
    }

    impl<'a> Walker<'a> {
        pub(super) fn new(text: &'a str) -> Self {
            Self { parser: Parser::new_from_str(text), offsets: Offsets::new(text), best: None }
        }

        pub(super) fn document(&mut self, path: &[Step]) -> Option<Span> {
            loop {
                let (event, span) = self.next()?;
                match event {
                    Event::StreamStart | Event::DocumentStart(..) => {}
                    Event::StreamEnd | Event::DocumentEnd => return self.best,
                    _ => {
                        self.node(event, span, Some(path));
                        return self.best.filter(|best| {
                            path.is_empty() || best.start != span.start || best.end != span.end
                        });
                    }
                }
            }
        }

        fn next(&mut self) -> Option<Item<'a>> {
            loop {
                let (event, span) = self.parser.next_event()?.ok()?;
                let offset = |index: usize| self.offsets.of(index);
                let span = Span { start: offset(span.start.index()), end: offset(span.end.index()) };
                if is_part_of_a_node(&event) {
                    return Some((event, span));
                }
            }
        }

        /// Reads one node to its end. `path` is what is left of the path, if the node lies on it.
        fn node(&mut self, event: Event<'a>, span: Span, path: Option<&[Step]>) -> Option<()> {
            if path.is_some() {
                self.best = Some(span);
            }
            match event {
                Event::MappingStart(..) => self.mapping(path),
                Event::SequenceStart(..) => self.sequence(path),
                _ => Some(()),
            }
        }

        fn mapping(&mut self, path: Option<&[Step]>) -> Option<()> {
            loop {
                let (event, span) = self.next()?;
                if matches!(event, Event::MappingEnd) {
                    return Some(());
                }
                let rest = match (&event, path) {
                    (Event::Scalar(key, ..), Some([Step::Field(wanted), rest @ ..])) if **key == **wanted => {
                        Some(rest)
                    }
                    _ => None,
                };
                self.node(event, span, None)?;
                let (event, value_span) = self.next()?;
                let is_scalar = matches!(event, Event::Scalar(..));
                self.node(event, value_span, rest)?;
                // Where the path ends, the key is the better place for a mapping, a list or an empty value.
                let ends_here = rest.is_some() && self.best == Some(value_span);
                if ends_here && (!is_scalar || value_span.start == value_span.end) {
                    self.best = Some(span);
                }
            }
        }

        fn sequence(&mut self, path: Option<&[Step]>) -> Option<()> {
            let path = match path {
                Some([Step::Field(key), rest @ ..]) if super::is_shorthand(key) => Some(rest),
                path => path,
            };
            let mut index: usize = 0;
            loop {
                let (event, span) = self.next()?;
                if matches!(event, Event::SequenceEnd) {
                    return Some(());
                }
                let rest = match path {
                    Some([Step::Index(wanted), rest @ ..]) if *wanted == index => Some(rest),
                    _ => None,
                };
                self.node(event, span, rest)?;
                index = index.saturating_add(1);
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn offsets_are_those_of_all_characters() {
            for text in [String::new(), "a".repeat(64), "aé€𝄞".repeat(100), "é".repeat(63)] {
                let offsets = Offsets::new(&text);
                let count = text.chars().count();
                for (character, (offset, _)) in text.char_indices().enumerate() {
                    assert_eq!(offsets.of(character), offset);
                }
                assert_eq!((offsets.of(count), offsets.of(count + 500)), (text.len(), text.len()));
            }
        }
    }
}
