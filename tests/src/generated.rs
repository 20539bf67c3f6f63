//! Files that are made from the code and committed: the JSON Schemas and the page of codes.

use std::fmt::Write;

use certgate_bindings::schema;
use certgate_bindings::view::CodeView;

/// The path of each file within the project, and its text.
pub fn files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = schema::NAMES
        .iter()
        .map(|(name, _)| {
            let schema = schema::schema(name).expect("a schema for each name");
            let text = serde_json::to_string_pretty(&schema).expect("plain data");
            (format!("bindings/schemas/{name}.json"), text + "\n")
        })
        .collect();
    files.push(("docs/codes.md".to_owned(), codes()));
    files
}

/// The page of all codes, by stage.
fn codes() -> String {
    let mut page = "# Codes\n\n\
        Every diagnostic has a code. A code is never renamed and never reused. The severity is that of the code unless a\n\
        profile says otherwise. `certgate explain CODE` prints the same.\n\n\
        Made from the table in `core/src/diagnostic/codes` by `cargo xtask generate`.\n"
        .to_owned();
    let mut stage = String::new();
    for code in certgate_bindings::explain_all() {
        let own = code.code.split('/').next().unwrap_or_default().to_owned();
        if own != stage {
            write!(page, "\n## {own}\n").expect("a string");
            stage = own;
        }
        page.push_str(&entry(&code));
    }
    page
}

fn entry(code: &CodeView) -> String {
    let mut text = format!("\n### `{}`\n\n", code.code);
    writeln!(text, "{}.\n", sentence(&code.summary)).expect("a string");
    writeln!(text, "- severity: {}", code.severity).expect("a string");
    writeln!(text, "- what to do: {}", code.help).expect("a string");
    if let Some(citation) = &code.citation {
        writeln!(text, "- source: {citation}").expect("a string");
    }
    writeln!(text, "- since: {}", code.since).expect("a string");
    text
}

/// Summaries begin in lower case.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
