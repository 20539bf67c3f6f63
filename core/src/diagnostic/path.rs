use std::borrow::Cow;
use std::fmt;

use super::visible;

/// One step of a path: a field by its ASN.1 name, or an item of a list by its index from 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A field. Names of fields that are known need no memory.
    Field(Cow<'static, str>),
    /// An item.
    Index(usize),
}

/// Where something stands, such as `extensions.subjectAltName[2].dNSName`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path(Vec<Step>);

impl Path {
    /// The steps from the outside in.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether the whole input is meant.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The path with one more step at its end.
    #[must_use]
    pub fn join(&self, step: impl Into<Step>) -> Self {
        let mut steps = self.0.clone();
        steps.push(step.into());
        Self(steps)
    }

    pub(crate) fn replace_first(&mut self, step: Step) {
        if let Some(first) = self.0.first_mut() {
            *first = step;
        }
    }

    pub(crate) fn prepend(&mut self, step: Step) {
        self.0.insert(0, step);
    }
}

impl PartialOrd for Step {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Step {
    /// Items sort by number and before fields, fields by name.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Index(a), Self::Index(b)) => a.cmp(b),
            (Self::Field(a), Self::Field(b)) => a.cmp(b),
            (Self::Index(_), Self::Field(_)) => std::cmp::Ordering::Less,
            (Self::Field(_), Self::Index(_)) => std::cmp::Ordering::Greater,
        }
    }
}

impl PartialOrd for Path {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Path {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl From<&'static str> for Step {
    fn from(field: &'static str) -> Self {
        Self::Field(Cow::Borrowed(field))
    }
}

impl From<String> for Step {
    fn from(field: String) -> Self {
        Self::Field(Cow::Owned(field))
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

impl From<Vec<Step>> for Path {
    fn from(steps: Vec<Step>) -> Self {
        Self(steps)
    }
}

impl<const N: usize> From<[&'static str; N]> for Path {
    fn from(fields: [&'static str; N]) -> Self {
        Self(fields.into_iter().map(Step::from).collect())
    }
}

/// Builds a [`Path`] from fields and indexes: `steps!["subject", 0, "commonName"]`.
macro_rules! steps {
    ($($step:expr),* $(,)?) => {
        $crate::diagnostic::Path::from(::std::vec![$($crate::diagnostic::Step::from($step)),*])
    };
}
pub(crate) use steps;

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Field(field) => {
                    if position > 0 {
                        f.write_str(".")?;
                    }
                    // A key of a document is input.
                    let shown = visible(field);
                    if field.contains(['.', '[', ' ']) {
                        write!(f, "\"{shown}\"")?;
                    } else {
                        f.write_str(&shown)?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn paths_print_and_sort_by_step() {
        let second = steps!["subject", 2usize, "commonName"];
        let tenth = steps!["subject", 10usize, "commonName"];
        assert!(second < tenth);
        assert_eq!(tenth.to_string(), "subject[10].commonName");
        assert_eq!(steps!["extensions", "1.2.3"].to_string(), "extensions.\"1.2.3\"");
        assert_eq!(steps!["facts", "a\u{1b}[31m\n"].to_string(), "facts.\"a\\u{1b}[31m\\u{a}\"");
        assert_eq!(steps!["x".repeat(1_000)].to_string().chars().count(), 97);
    }
}
