use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use certgate_bindings::certgate::time::Timestamp;

use super::agent::Job;
use crate::inventory::export::{head, label_text};

/// One metric: name, help, and its value for a target.
type Metric = (&'static str, &'static str, fn(&Job, Timestamp) -> Option<i64>);

const METRICS: [Metric; 9] = [
    (
        "x509_cert_not_before",
        "First second of the certificate's lifetime, in seconds since 1970.",
        |job, _| Some(job.stands.as_ref()?.not_before.as_unix()),
    ),
    ("x509_cert_not_after", "Last second of the certificate's lifetime, in seconds since 1970.", |job, _| {
        Some(job.stands.as_ref()?.not_after.as_unix())
    }),
    ("x509_cert_expired", "Whether the certificate has expired.", |job, now| {
        Some(i64::from(now > job.stands.as_ref()?.not_after))
    }),
    ("x509_cert_expires_in_seconds", "Seconds until the certificate expires.", |job, now| {
        Some(job.stands.as_ref()?.not_after.seconds_since(now))
    }),
    ("certgate_renewal_due_timestamp_seconds", "When the certificate becomes due.", |job, _| {
        Some(job.stands.as_ref()?.due.as_unix())
    }),
    (
        "certgate_renewal_last_success_timestamp_seconds",
        "When the target was last found or made good.",
        |job, _| Some(job.last_success?.as_unix()),
    ),
    ("certgate_renewal_failures_in_a_row", "How often renewing failed since it last succeeded.", |job, _| {
        Some(i64::from(job.failures_in_a_row))
    }),
    ("certgate_renewal_failures", "How often renewing failed since the agent started.", |job, _| {
        i64::try_from(job.failures).ok()
    }),
    ("certgate_renewals", "How often the target was renewed since the agent started.", |job, _| {
        i64::try_from(job.renewals).ok()
    }),
];

/// The state of all targets as Prometheus text.
pub(super) fn text(jobs: &BTreeMap<PathBuf, Job>, now: Timestamp) -> String {
    let mut out = String::new();
    for (name, help, value) in METRICS {
        head(&mut out, name, help);
        for (file, job) in jobs {
            let Some(value) = value(job, now) else { continue };
            let file = file.display().to_string();
            let mut labels = vec![
                ("filepath".to_owned(), file.clone()),
                ("target".to_owned(), job.id.clone().unwrap_or(file)),
            ];
            if let (true, Some(stands)) = (name.starts_with("x509_"), &job.stands) {
                labels.push(("serial_number".to_owned(), stands.serial_number.clone()));
            }
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{name}{{{}}} {value}", label_text(&labels));
        }
    }
    head(&mut out, "certgate_agent_last_round_timestamp_seconds", "When the agent last went round.");
    let _ = writeln!(out, "certgate_agent_last_round_timestamp_seconds {}", now.as_unix());
    out
}
