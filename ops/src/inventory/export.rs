//! The inventory in the forms that others read.

use std::fmt::Write;

use certgate_bindings::certgate::name::DistinguishedName;
use certgate_bindings::certgate::time::Timestamp;

use super::{Entry, Inventory, State};

/// A form of an inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON array.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated values with a head.
    Csv,
    /// Metrics in the text format of Prometheus.
    Prometheus,
}

impl Format {
    /// Finds a form by its name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "json" => Self::Json,
            "ndjson" => Self::Ndjson,
            "csv" => Self::Csv,
            "prometheus" => Self::Prometheus,
            _ => return None,
        })
    }
}

/// Entries of an inventory in a form; `at` is when metrics are taken.
///
/// # Errors
/// An inventory that cannot be read.
pub fn write(
    inventory: &Inventory,
    entries: &[Entry],
    format: Format,
    at: Timestamp,
) -> Result<String, String> {
    let json = |error: serde_json::Error| error.to_string();
    Ok(match format {
        Format::Json => serde_json::to_string_pretty(entries).map_err(json)?,
        Format::Ndjson => {
            let lines = entries.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
            lines.map_err(json)?.join("\n")
        }
        Format::Csv => csv(entries),
        Format::Prometheus => prometheus(inventory, entries, at)?,
    })
}

/// One row of CSV: fields that need it are quoted, and none is taken for a formula by a spreadsheet (RFC 4180).
fn csv_row(out: &mut String, fields: &[&str]) {
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if formula || field.contains([',', '"', '\n', '\r', ' ']) {
            let quoted = field.replace('"', "\"\"");
            let _ = write!(out, "\"{}{quoted}\"", if formula { "'" } else { "" });
        } else {
            out.push_str(field);
        }
    }
    out.push_str("\r\n");
}

/// Comma-separated values with a head.
pub fn csv(entries: &[Entry]) -> String {
    let mut out = String::new();
    let head = [
        "serialNumber",
        "state",
        "issuer",
        "subject",
        "names",
        "notBefore",
        "notAfter",
        "revokedAt",
        "reason",
        "policy",
        "policyDigest",
        "requestSha256",
        "spkiSha256",
        "sha256",
    ];
    csv_row(&mut out, &head);
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    for entry in entries {
        let revoked = |part: fn(&super::Revoked) -> &str| entry.revoked.as_ref().map_or("", part).to_owned();
        let row = [
            entry.serial_number.clone(),
            entry.state.as_str().to_owned(),
            text(&entry.issuer),
            text(&entry.subject),
            entry.names.join(" "),
            text(&entry.not_before),
            text(&entry.not_after),
            revoked(|revoked| &revoked.at),
            revoked(|revoked| &revoked.reason),
            text(&entry.policy),
            text(&entry.policy_digest),
            text(&entry.request_sha256),
            entry.spki_sha256.clone(),
            text(&entry.sha256),
        ];
        csv_row(&mut out, &row.each_ref().map(String::as_str));
    }
    out
}

/// One metric with its help.
struct Metric {
    name: &'static str,
    help: &'static str,
    value: fn(&Values) -> i64,
}

struct Values {
    not_before: i64,
    not_after: i64,
    now: i64,
}

/// The names are those of x509-certificate-exporter, so that its alerts and dashboards work on the inventory.
const METRICS: [Metric; 4] = [
    Metric {
        name: "x509_cert_not_before",
        help: "First second of the certificate's lifetime, in seconds since 1970.",
        value: |values| values.not_before,
    },
    Metric {
        name: "x509_cert_not_after",
        help: "Last second of the certificate's lifetime, in seconds since 1970.",
        value: |values| values.not_after,
    },
    Metric {
        name: "x509_cert_expired",
        help: "Whether the certificate has expired.",
        value: |values| i64::from(values.now > values.not_after),
    },
    Metric {
        name: "x509_cert_expires_in_seconds",
        help: "Seconds until the certificate expires.",
        value: |values| values.not_after.saturating_sub(values.now),
    },
];

/// Prometheus text: the certificates that were issued and not revoked, and the revocation lists.
///
/// # Errors
/// An inventory that cannot be read.
pub fn prometheus(inventory: &Inventory, entries: &[Entry], now: Timestamp) -> Result<String, String> {
    let path = inventory.path().display().to_string();
    let mut series = Vec::new();
    for entry in entries {
        if entry.state == State::Reserved || entry.revoked.is_some() {
            continue;
        }
        let Some(certificate) = entry.certificate() else { continue };
        let mut labels = vec![
            ("serial_number".to_owned(), entry.serial_number.clone()),
            ("filepath".to_owned(), path.clone()),
        ];
        labels.extend(name_labels("issuer", certificate.issuer()));
        labels.extend(name_labels("subject", certificate.subject()));
        let validity = certificate.validity();
        let values = Values {
            not_before: validity.not_before.as_unix(),
            not_after: validity.not_after.as_unix(),
            now: now.as_unix(),
        };
        series.push((label_text(&labels), values));
    }
    let mut out = String::new();
    for metric in METRICS {
        head(&mut out, metric.name, metric.help);
        for (labels, values) in &series {
            let _ = writeln!(out, "{}{{{labels}}} {}", metric.name, (metric.value)(values));
        }
    }
    let lists = inventory.last_lists()?;
    let list_labels = |issuer: &str, scope: &str| {
        let labels = [("issuer", issuer), ("scope", scope), ("filepath", path.as_str())];
        label_text(&labels.map(|(name, value)| (name.to_owned(), value.to_owned())))
    };
    head(&mut out, "x509_crl_next_update", "When the next revocation list is due, in seconds since 1970.");
    for list in &lists {
        let labels = list_labels(&list.issuer, &list.scope);
        let _ = writeln!(out, "x509_crl_next_update{{{labels}}} {}", list.next_update);
    }
    head(&mut out, "x509_crl_stale", "Whether the next revocation list is overdue.");
    for list in &lists {
        let stale = i64::from(now.as_unix() > list.next_update);
        let _ = writeln!(out, "x509_crl_stale{{{}}} {stale}", list_labels(&list.issuer, &list.scope));
    }
    Ok(out)
}

/// HELP and TYPE of a gauge.
pub(crate) fn head(out: &mut String, name: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
}

/// `subject_CN` and its like: the attributes that the exporter has labels for, the first of each.
fn name_labels(prefix: &str, name: &DistinguishedName) -> Vec<(String, String)> {
    const KNOWN: [(&str, &str); 6] = [
        ("commonName", "CN"),
        ("countryName", "C"),
        ("localityName", "L"),
        ("organizationName", "O"),
        ("organizationalUnitName", "OU"),
        ("stateOrProvinceName", "ST"),
    ];
    KNOWN
        .iter()
        .filter_map(|(label, short)| {
            let value = name.attributes().iter().find(|found| found.oid().label() == *label)?;
            Some((format!("{prefix}_{short}"), value.text()?.to_owned()))
        })
        .collect()
}

/// Labels in the form of Prometheus text.
pub(crate) fn label_text(labels: &[(String, String)]) -> String {
    let escape = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let parts: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escape(value))).collect();
    parts.join(",")
}
