use super::{ELIDED, secret};

/// What was found or expected, as data that a program can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Text.
    Text(String),
    /// A number within ±2^53.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// A list.
    List(Vec<Data>),
}

impl Data {
    /// The same without private keys.
    pub(crate) fn without_keys(self) -> Self {
        match self {
            Self::Text(text) if secret::holds_key(&text) => Self::from(ELIDED),
            Self::List(items) => Self::List(items.into_iter().map(Self::without_keys).collect()),
            other => other,
        }
    }
}

impl From<&str> for Data {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Data {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Data {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Data {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Data {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<usize> for Data {
    fn from(number: usize) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl<T: Into<Data>> From<Vec<T>> for Data {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}
