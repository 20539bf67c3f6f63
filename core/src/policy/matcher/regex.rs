use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::Look;

use crate::diagnostic::{Diagnostic, codes, quote};

/// Largest compiled program in bytes (hostile input 110).
const SIZE_LIMIT: usize = 1 << 16;
/// Longest pattern in bytes.
const LONGEST: usize = 1_024;

/// A regular expression that matches whole texts. Classes such as `\d` are those of ASCII.
#[derive(Clone, Debug)]
pub(in crate::policy) struct AnchoredRegex(Regex);

impl AnchoredRegex {
    /// Compiles a pattern that is anchored at both ends in every alternative.
    pub(in crate::policy) fn parse(pattern: &str, ignore_case: bool) -> Result<Self, Box<Diagnostic>> {
        let fault = |message: String| Box::new(Diagnostic::new(codes::DOCUMENT_REGEX, message));
        if pattern.len() > LONGEST {
            return Err(fault(format!("the regular expression has more than {LONGEST} bytes")));
        }
        let parsed = regex_syntax::ParserBuilder::new()
            .unicode(false)
            .utf8(false)
            .case_insensitive(ignore_case)
            .build()
            .parse(pattern)
            .map_err(|error| fault(format!("the regular expression is not valid: {}", summary(&error))))?;
        let properties = parsed.properties();
        let begins = properties.look_set_prefix().contains(Look::Start);
        let ends = properties.look_set_suffix().contains(Look::End);
        if !begins || !ends {
            let missing = match (begins, ends) {
                (false, false) => "neither end",
                (false, true) => "its end only",
                _ => "its beginning only",
            };
            return Err(Box::new(
                Diagnostic::new(
                    codes::DOCUMENT_REGEX_UNANCHORED,
                    format!("the regular expression {} is anchored at {missing}", quote(pattern)),
                )
                .with_help(format!(
                    "write `^(?:{})$`",
                    pattern.trim_start_matches('^').trim_end_matches('$')
                )),
            ));
        }
        RegexBuilder::new(pattern)
            .unicode(false)
            .case_insensitive(ignore_case)
            .size_limit(SIZE_LIMIT)
            .build()
            .map(Self)
            .map_err(|_| {
                fault(format!("the regular expression is larger than {SIZE_LIMIT} bytes when compiled"))
            })
    }

    pub(in crate::policy) fn matches(&self, text: &str) -> bool {
        self.0.is_match(text.as_bytes())
    }
}

/// A regular expression as programs in Go use it: it may match a part of a text, unless it is asked to match all of it.
#[derive(Clone, Debug)]
pub(in crate::policy) struct SearchRegex(Regex);

impl SearchRegex {
    /// Compiles a pattern; `parts` says whether it may match a part of a text.
    pub(in crate::policy) fn parse(pattern: &str, parts: bool) -> Result<Self, Box<Diagnostic>> {
        let fault = |message: String| Box::new(Diagnostic::new(codes::DOCUMENT_REGEX, message));
        if pattern.len() > LONGEST {
            return Err(fault(format!("the regular expression has more than {LONGEST} bytes")));
        }
        let whole = if parts { pattern.to_owned() } else { format!("^(?:{pattern})$") };
        RegexBuilder::new(&whole)
            .unicode(false)
            .size_limit(SIZE_LIMIT)
            .build()
            .map(Self)
            .map_err(|_| fault("the regular expression is not valid or too large".to_owned()))
    }

    pub(in crate::policy) fn matches(&self, text: &str) -> bool {
        self.0.is_match(text.as_bytes())
    }
}

/// The parser's one-line reason, without the picture of the pattern.
fn summary(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        _ => "it cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_anchored_patterns_of_bounded_size_are_taken() {
        let parse = |pattern: &str| AnchoredRegex::parse(pattern, false).map_err(|fault| fault.code());
        assert!(parse("^n[0-9]+$").unwrap().matches("n12"));
        assert!(!parse("^n[0-9]+$").unwrap().matches("n12\n"));
        assert!(!parse(r"^\d$").unwrap().matches("\u{663}"));
        for pattern in ["n[0-9]+", "^a", "a$", "^a|b$", "(?m)^a$"] {
            assert_eq!(parse(pattern).unwrap_err(), codes::DOCUMENT_REGEX_UNANCHORED, "{pattern}");
        }
        for pattern in ["^(a{1000}){1000}$", "^($", r"^\p{L}$", r"^(a)\1$"] {
            assert_eq!(parse(pattern).unwrap_err(), codes::DOCUMENT_REGEX, "{pattern}");
        }
        assert!(parse("^(?:a|b)$").unwrap().matches("b") && parse("^a$|^b$").unwrap().matches("b"));
    }
}
