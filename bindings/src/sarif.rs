//! SARIF 2.1.0 (OASIS) from diagnostics: what code scanning services read.

use serde_json::{Value, json};

use crate::explain::explain;
use crate::view::DiagnosticView;

/// What one input's diagnostics are about.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The input's name, as a relative URI where it is a file.
    pub uri: String,
    /// What is said of it.
    pub diagnostic: DiagnosticView,
}

/// One SARIF log with one run.
pub fn log(findings: &[Finding]) -> Value {
    let mut ids: Vec<&str> = findings.iter().map(|finding| finding.diagnostic.code.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let rules: Vec<Value> = ids.iter().map(|id| rule(id)).collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let index = ids.binary_search(&finding.diagnostic.code.as_str()).unwrap_or_default();
            result(finding, index)
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "certgate",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(id: &str) -> Value {
    match explain(id) {
        Some(code) => json!({
            "id": id,
            "shortDescription": { "text": sentence(&code.summary) },
            "help": { "text": sentence(&code.help) },
            "defaultConfiguration": { "level": level(&code.severity) },
        }),
        None => json!({ "id": id }),
    }
}

fn result(finding: &Finding, rule_index: usize) -> Value {
    let diagnostic = &finding.diagnostic;
    let mut message = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        message.push_str("; ");
        message.push_str(help);
    }
    let mut physical = json!({ "artifactLocation": { "uri": finding.uri } });
    if let (Some(position), Some(object)) = (diagnostic.position, physical.as_object_mut()) {
        let region = json!({ "startLine": position.line, "startColumn": position.column });
        object.insert("region".to_owned(), region);
    } else if let (Some(span), Some(object)) = (diagnostic.span, physical.as_object_mut()) {
        let region = json!({ "byteOffset": span.start, "byteLength": span.end.saturating_sub(span.start) });
        object.insert("region".to_owned(), region);
    }
    let path = crate::view::path_text(&diagnostic.path);
    let mut location = json!({ "physicalLocation": physical });
    if let (false, Some(object)) = (path.is_empty(), location.as_object_mut()) {
        object.insert("logicalLocations".to_owned(), json!([{ "fullyQualifiedName": path }]));
    }
    json!({
        "ruleId": diagnostic.code,
        "ruleIndex": rule_index,
        "level": level(&diagnostic.severity),
        "message": { "text": sentence(&message) },
        "locations": [location],
    })
}

fn level(severity: &str) -> &'static str {
    match severity {
        "error" => "error",
        "warning" => "warning",
        _ => "note",
    }
}

/// SARIF wants sentences with an end.
fn sentence(text: &str) -> String {
    format!("{text}.")
}
