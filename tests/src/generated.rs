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
    files.push(("docs/lint.md".to_owned(), lint()));
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

/// What stands before the table of lint rules.
const LINT: &str = "# Lint

`certgate lint FILE…` holds certificates, requests and revocation lists against the rules that bind those who issue. The same rules
are run over every certificate that certgate is about to sign, under the profile of the issuer (`private` unless it says otherwise): a finding of severity
error stops issuance (`issue/lint`), lesser ones come with the result.

| profile | whose rules |
|---|---|
| `rfc5280` | RFC 5280 with the RFCs that amend it |
| `cabf-tls` | the CA/Browser Forum's Baseline Requirements for TLS on top |
| `mozilla` | Mozilla's Root Store Policy on top of those |
| `private` | in-house PKI: what breaks software or is unsafe, without the duties of public CAs |

A rule binds from a day on. What counts is the day on which a certificate or list was made, as it says itself (notBefore, thisUpdate),
and for requests now; `--at` says another. A request is asked the same questions as the certificate that it asks for; what it lacks the CA may still
add, and is at most a warning.

What a rule looks at: `server` is a certificate with serverAuth, with any purpose, or without purposes; `responder` one with OCSPSigning; `leaf` another
that is no CA's; `root` a self-issued CA; and requests accordingly. Signatures of certificates are not verified here (`certgate verify` does that).

What certgate refuses to read at all needs no rule: everything that is not DER, trailing data, an extension that comes twice, empty extensions, times that
are none, algorithm identifiers that differ. Such an input is an error (exit code 3), and its code is in [codes.md](codes.md).

The letters are error, warning and notice. Made from the table in `core/src/lint/rule.rs` by `cargo xtask generate`; `certgate lint --list` prints the same.

| code | what breaks it | source | since | rfc5280 | cabf-tls | mozilla | private | looks at |
|---|---|---|---|---|---|---|---|---|
";

/// The page of all lint rules.
fn lint() -> String {
    let mut page = LINT.to_owned();
    for rule in certgate_bindings::lint_rules() {
        let letter = |profile: &str| {
            let found = rule.profiles.iter().find(|severity| severity.profile == profile);
            found.map_or("", |severity| match severity.severity.as_str() {
                "error" => "E",
                "warning" => "W",
                _ => "N",
            })
        };
        writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} |",
            rule.code,
            rule.summary,
            rule.citation,
            rule.since.as_deref().unwrap_or_default(),
            letter("rfc5280"),
            letter("cabf-tls"),
            letter("mozilla"),
            letter("private"),
            rule.targets.join(", "),
        )
        .expect("a string");
    }
    page
}

/// Summaries begin in lower case.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
