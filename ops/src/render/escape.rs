//! Showing text of others: control characters and direction marks become visible (hostile inputs 30 and 31), and private keys
//! are not shown.

use certgate_bindings::certgate::content;
use certgate_bindings::certgate::diagnostic::ELIDED;

/// The text with everything escaped that could move the cursor, hide or reorder text; of a private key nothing.
pub(crate) fn escape(text: &str) -> String {
    if content::holds_private_key(text) {
        return ELIDED.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        certgate_bindings::certgate::diagnostic::push_visible(&mut out, c);
    }
    out
}

/// A text as one word of a command for POSIX shells (IEEE Std 1003.1, 2.2.2): in single quotes unless it is plain.
pub(crate) fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_commands_are_quoted() {
        assert_eq!(shell_word("issuing-ca"), "issuing-ca");
        assert_eq!(shell_word("it's $(id)"), r"'it'\''s $(id)'");
        assert_eq!(shell_word(""), "''");
    }

    #[test]
    fn nothing_of_a_private_key_is_shown() {
        assert_eq!(escape("a\u{1b}"), "a\\u{1b}");
        let key = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";
        assert_eq!(escape(&format!("CN={key}")), ELIDED);
    }
}
