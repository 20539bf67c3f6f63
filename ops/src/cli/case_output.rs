//! Results of cases in the forms of other test runners: JUnit XML and TAP 14.

use certgate_bindings::cases::CaseReport;

/// JUnit's XML: a suite for each file, a case for each case.
pub(super) fn junit(reports: &[(String, CaseReport)]) -> String {
    let count = |failed: bool| {
        let cases = reports.iter().flat_map(|(_, report)| &report.cases);
        cases.filter(|case| !failed || !case.passed).count()
    };
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!(
        "<testsuites name=\"certgate policy test\" tests=\"{}\" failures=\"{}\">\n",
        count(false),
        count(true)
    ));
    for (file, report) in reports {
        let failed = report.cases.iter().filter(|case| !case.passed).count();
        out.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\">\n",
            xml(&report.policy),
            report.cases.len(),
        ));
        for case in &report.cases {
            let head = format!(
                "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\"",
                xml(&case.name),
                xml(&report.policy),
                xml(file)
            );
            if case.passed {
                out.push_str(&format!("{head}/>\n"));
                continue;
            }
            out.push_str(&format!(
                "{head}>\n      <failure type=\"case/mismatch\" message=\"{}\">{}</failure>\n    </testcase>\n",
                xml(&case.differences.join("; ")),
                xml(&details(case).join("\n"))
            ));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>");
    out
}

/// TAP 14: one line for each case, and what went wrong as a YAML block.
pub(super) fn tap(reports: &[(String, CaseReport)]) -> String {
    let cases: Vec<_> = reports
        .iter()
        .flat_map(|(file, report)| report.cases.iter().map(move |case| (file, report, case)))
        .collect();
    let mut out = format!("TAP version 14\n1..{}", cases.len());
    for (index, (file, report, case)) in cases.iter().enumerate() {
        let word = if case.passed { "ok" } else { "not ok" };
        let number = index.saturating_add(1);
        out.push_str(&format!(
            "\n{word} {number} - {}",
            tap_text(&format!("{}: {}", report.policy, case.name))
        ));
        if !case.passed {
            let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
            out.push_str(&format!("\n  ---\n  file: {}\n  details:", quoted(file)));
            for line in details(case) {
                out.push_str(&format!("\n    - {}", quoted(&line)));
            }
            out.push_str("\n  ...");
        }
    }
    out
}

fn details(case: &certgate_bindings::cases::CaseResult) -> Vec<String> {
    let reasons = case.reasons.iter().map(|reason| format!("got {reason}"));
    case.differences.iter().cloned().chain(reasons).collect()
}

/// Text within XML 1.0, which has no place for most control characters, escaped or not.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// A description in TAP: `#` begins a directive, and `\` escapes.
fn tap_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '#' => out.extend(['\\', c]),
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}
