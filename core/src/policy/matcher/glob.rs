use std::collections::BTreeSet;

/// The most stars of one pattern: matching is linear in the text for each (hostile input 109).
pub(in crate::policy) const MAX_STARS: usize = 8;

/// A pattern of literal characters and runs of any characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) struct Glob(Vec<Token>);

/// One part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Token {
    Literal(char),
    /// Any characters, also none.
    Any,
    /// Any characters other than this one, also none.
    AnyBut(char),
}

/// Characters that a label may have.
const LABEL: &str = "abcdefghijklmnopqrstuvwxyz0123456789-_";

impl Glob {
    /// `*` stands for any characters.
    pub(in crate::policy) fn parse(pattern: &str) -> Self {
        Self(pattern.chars().map(|c| if c == '*' { Token::Any } else { Token::Literal(c) }).collect())
    }

    /// `*` stands for any characters of one path segment, `**` for any characters.
    pub(in crate::policy) fn parse_path(pattern: &str) -> Self {
        let mut tokens = Vec::new();
        let mut chars = pattern.chars().peekable();
        while let Some(c) = chars.next() {
            tokens.push(match c {
                '*' if chars.next_if_eq(&'*').is_some() => Token::Any,
                '*' => Token::AnyBut('/'),
                c => Token::Literal(c),
            });
        }
        Self(tokens)
    }

    pub(in crate::policy) fn from_tokens(tokens: Vec<Token>) -> Self {
        Self(tokens)
    }

    pub(in crate::policy) fn tokens(&self) -> &[Token] {
        &self.0
    }

    pub(in crate::policy) fn stars(&self) -> usize {
        self.0.iter().filter(|token| !matches!(token, Token::Literal(_))).count()
    }

    #[must_use]
    pub(in crate::policy) fn to_ascii_lowercase(&self) -> Self {
        let lower = |token: &Token| match token {
            Token::Literal(c) => Token::Literal(c.to_ascii_lowercase()),
            other => *other,
        };
        Self(self.0.iter().map(lower).collect())
    }

    /// Whether the pattern matches the whole text: a set of positions moves over it, so the cost is at most the product
    /// of both lengths.
    pub(in crate::policy) fn matches(&self, text: &str) -> bool {
        let mut states = self.start();
        for c in text.chars() {
            states = self.step(&states, c);
            if states.is_empty() {
                return false;
            }
        }
        self.accepts(&states)
    }

    /// Whether the pattern matches every name `LABEL.suffix` with any label in front.
    pub(in crate::policy) fn covers_labels(&self, suffix: &str) -> bool {
        self.after_labels(true, suffix)
    }

    /// Whether the pattern matches some name `LABEL.suffix`.
    pub(in crate::policy) fn meets_labels(&self, suffix: &str) -> bool {
        self.after_labels(false, suffix)
    }

    /// Follows all labels of 1 to 63 characters, then the suffix. With `all` every label must lead to a match. Sets of
    /// positions that were seen before are not followed again; labels of different length that lead to the same set agree
    /// on everything that follows.
    fn after_labels(&self, all: bool, suffix: &str) -> bool {
        let mut seen: BTreeSet<Vec<usize>> = BTreeSet::new();
        let mut queue = vec![self.start()];
        while let Some(states) = queue.pop() {
            for c in LABEL.chars() {
                let next = self.step(&states, c);
                if !seen.insert(next.clone()) {
                    continue;
                }
                let hit = self.follow(&next, suffix);
                if hit != all {
                    return hit;
                }
                queue.push(next);
            }
        }
        all
    }

    fn follow(&self, states: &[usize], suffix: &str) -> bool {
        let mut states = self.step(states, '.');
        for c in suffix.chars() {
            states = self.step(&states, c);
        }
        self.accepts(&states)
    }

    fn start(&self) -> Vec<usize> {
        let mut states = vec![0];
        self.close(&mut states);
        states
    }

    /// Adds the positions that are reached without a character: a run may be empty.
    fn close(&self, states: &mut Vec<usize>) {
        let mut index = 0;
        while let Some(state) = states.get(index).copied() {
            let next = state.saturating_add(1);
            if matches!(self.0.get(state), Some(Token::Any | Token::AnyBut(_))) && !states.contains(&next) {
                states.push(next);
            }
            index = index.saturating_add(1);
        }
        states.sort_unstable();
        states.dedup();
        // Whatever an earlier position would accept, a run of any characters that has been reached accepts too: positions
        // before the last such run add nothing. So the sets stay as small as one segment between two runs.
        if let Some(last) = states.iter().rposition(|state| self.0.get(*state) == Some(&Token::Any)) {
            states.drain(..last);
        }
    }

    fn step(&self, states: &[usize], c: char) -> Vec<usize> {
        let mut next = Vec::with_capacity(states.len());
        for state in states {
            match self.0.get(*state) {
                Some(Token::Literal(literal)) if *literal == c => next.push(state.saturating_add(1)),
                Some(Token::Any) => next.push(*state),
                Some(Token::AnyBut(excluded)) if *excluded != c => next.push(*state),
                _ => {}
            }
        }
        self.close(&mut next);
        next
    }

    fn accepts(&self, states: &[usize]) -> bool {
        states.contains(&self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_span_everything_and_nothing() {
        let matches = |pattern: &str, text: &str| Glob::parse(pattern).matches(text);
        assert!(matches("a*c", "ac") && matches("a*c", "abbc") && matches("*", "") && matches("*.b", "a.b"));
        assert!(!matches("a*c", "acb") && !matches("", "a") && !matches("a", "ab"));
        assert!(Glob::parse("*a*a*a*a*a*a*a*").matches(&"a".repeat(5_000)));
        assert!(!Glob::parse("*a*a*a*a*a*a*a*b").matches(&"a".repeat(5_000)));
        assert!(Glob::parse_path("/ns/*/sa/*").matches("/ns/a/sa/b"));
        assert!(!Glob::parse_path("/ns/*/sa/*").matches("/ns/a/b/sa/c"));
        assert!(Glob::parse_path("/ns/**").matches("/ns/a/b"));
    }

    #[test]
    fn wildcards_are_sets() {
        let covers = |pattern: &str, suffix: &str| Glob::parse(pattern).covers_labels(suffix);
        assert!(
            covers("*.example.com", "example.com")
                && covers("*", "example.com")
                && covers("*example.com", "example.com")
        );
        assert!(!covers("a*.example.com", "example.com") && !covers("*a.example.com", "example.com"));
        assert!(!covers("*.*.example.com", "example.com"));
        let meets = |pattern: &str, suffix: &str| Glob::parse(pattern).meets_labels(suffix);
        assert!(meets("a*.example.com", "example.com") && meets("web-1.example.com", "example.com"));
        assert!(!meets("*.example.org", "example.com") && !meets("*.*.example.com", "example.com"));
        assert!(!meets("example.com", "example.com"));
    }
}
