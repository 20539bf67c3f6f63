//! Showing text of others: control characters and direction marks become visible (hostile inputs 30 and 31).

/// The text with everything escaped that could move the cursor, hide or reorder text.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        certgate_bindings::certgate::diagnostic::push_visible(&mut out, c);
    }
    out
}
