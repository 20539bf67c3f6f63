//! Annotations of GitHub Actions: `::error file=…,line=…,title=…::message`.

use certgate_bindings::view::DiagnosticView;

/// One annotation.
pub(crate) fn annotation(file: &str, diagnostic: &DiagnosticView) -> String {
    let command = match diagnostic.severity.as_str() {
        "error" => "error",
        "warning" => "warning",
        _ => "notice",
    };
    let mut properties = format!("file={}", property(file));
    if let Some(position) = diagnostic.position {
        properties.push_str(&format!(",line={},col={}", position.line, position.column));
    }
    properties.push_str(&format!(",title={}", property(&diagnostic.code)));
    let mut message = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        message.push_str("; ");
        message.push_str(help);
    }
    format!("::{command} {properties}::{}", data(&message))
}

/// What a message may not hold by itself: the end of a line would end the command.
fn data(text: &str) -> String {
    super::escape::escape(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What a property may not hold by itself either: `:` and `,` separate properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
