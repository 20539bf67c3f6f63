//! Log lines in JSON on standard error. They hold ids, codes and digests; never a request, a key or a Secret.

use std::io::Write;

use serde_json::{Map, Value};

/// How much a line matters.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    Info,
    Warning,
    Error,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Writes one line. A reader that went away, or a full disk, is no reason to stop.
pub(crate) fn write(level: Level, message: &str, fields: Value) {
    let mut line = Map::new();
    let time = certgate_ops::now().map(|now| now.to_string()).unwrap_or_default();
    line.insert("time".to_owned(), time.into());
    line.insert("level".to_owned(), level.as_str().into());
    line.insert("message".to_owned(), message.into());
    if let Value::Object(fields) = fields {
        line.extend(fields);
    }
    let mut text = Value::Object(line).to_string();
    text.push('\n');
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
