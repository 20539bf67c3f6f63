//! What a text must look like to be a name at all, read from its end to its beginning.

/// What texts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Syntax {
    /// Any text.
    Text,
    /// Any text but the empty one.
    Value,
    /// DNS names without `*` ([`crate::name::DnsName`]), without regard to the length of labels and names, to IDNA, and to
    /// numbers in hexadecimal.
    Dns(Underscore, Labels),
}

/// Whether names have underscores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Underscore {
    Without,
    Possibly,
    /// At least one.
    With,
}

/// How many labels names have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Labels {
    Any,
    One,
    Several,
}

/// How far a text has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::policy) struct Reading {
    not_empty: bool,
    in_label: bool,
    beyond_last_label: bool,
    /// The last label of the name has something other than digits.
    named: bool,
    underscore: bool,
    /// Whether the character read last is a hyphen.
    hyphen: bool,
    /// Whether the characters read last and next to last, one place further, and two places further, are both hyphens.
    hyphens: [bool; 3],
    /// `n--` and `xn--`, read so far.
    prefix: [bool; 2],
}

impl Syntax {
    pub(in crate::policy) fn start(self) -> Reading {
        Reading::default()
    }

    /// Characters that matter whatever the patterns say.
    pub(in crate::policy) fn marks(self) -> impl Iterator<Item = char> {
        let marks: &[char] = match self {
            Self::Text | Self::Value => &[],
            Self::Dns(Underscore::With, _) => &['.', '_'],
            Self::Dns(..) => &['.'],
        };
        marks.iter().copied()
    }

    /// The reading after one more character; `None` if no such text begins so.
    pub(in crate::policy) fn step(self, reading: &Reading, c: char) -> Option<Reading> {
        let Self::Dns(underscore, _) = self else {
            return (!c.is_control()).then(|| Reading { not_empty: true, ..Reading::default() });
        };
        let fits = c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_');
        if !fits || (c == '_' && underscore == Underscore::Without) {
            return None;
        }
        let mut next = reading.clone();
        next.not_empty = true;
        if c == '.' {
            if !reading.label_may_begin_here() {
                return None;
            }
            next.in_label = false;
            next.beyond_last_label = true;
            next.hyphen = false;
            next.hyphens = [false; 3];
            next.prefix = [false; 2];
            return Some(next);
        }
        if c == '-' && !reading.in_label {
            return None;
        }
        next.in_label = true;
        next.underscore |= c == '_' && underscore == Underscore::With;
        next.named |= reading.beyond_last_label || !c.is_ascii_digit();
        let [first, second, _] = reading.hyphens;
        next.hyphens = [reading.hyphen && c == '-', first, second];
        next.hyphen = c == '-';
        next.prefix = [first && c == 'n', second && reading.prefix == [true, false] && c == 'x'];
        Some(next)
    }

    pub(in crate::policy) fn accepts(self, reading: &Reading) -> bool {
        match self {
            Self::Text => true,
            Self::Value => reading.not_empty,
            Self::Dns(underscore, labels) => {
                let fits = match labels {
                    Labels::Any => true,
                    Labels::One => !reading.beyond_last_label,
                    Labels::Several => reading.beyond_last_label,
                };
                let has_underscore = underscore != Underscore::With || reading.underscore;
                reading.label_may_begin_here() && fits && has_underscore
            }
        }
    }
}

impl Reading {
    /// Whether what has been read of a label is a whole label.
    fn label_may_begin_here(&self) -> bool {
        let [.., third_and_fourth] = self.hyphens;
        let [_, a_label] = self.prefix;
        self.in_label && !self.hyphen && self.named && (!third_and_fourth || a_label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::DnsName;

    fn reads(text: &str) -> bool {
        let syntax = Syntax::Dns(Underscore::Possibly, Labels::Any);
        let mut reading = syntax.start();
        for c in text.chars().rev() {
            match syntax.step(&reading, c) {
                Some(next) => reading = next,
                None => return false,
            }
        }
        syntax.accepts(&reading)
    }

    #[test]
    fn names_are_those_that_the_parser_takes() {
        let parts = ["a", "1", "-", ".", "_", "--", "xn--", "b1"];
        for first in parts {
            for second in parts {
                for third in parts {
                    for last in ["", "c", "2", ".d"] {
                        let text = format!("{first}{second}{third}{last}");
                        let parsed = DnsName::parse(&text);
                        if text.contains("xn--") {
                            // IDNA is not known here: what the parser takes is read.
                            assert!(parsed.is_err() || reads(&text), "{text}");
                        } else {
                            assert_eq!(reads(&text), parsed.is_ok(), "{text}");
                        }
                    }
                }
            }
        }
    }
}
