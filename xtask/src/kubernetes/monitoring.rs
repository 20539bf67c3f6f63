//! Dashboard and alerts of the chart, in a real Prometheus: it reads the metrics of the running webhook, evaluates what the panels ask, and
//! loads the alerts; `promtool` then shows for every alert a state in which it fires, alone.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::admission::{Webhook, signing_request, write};
use super::chart;
use super::checks::Checks;
use super::cluster::Cluster;
use super::failed;
use super::processes::{Process, free_port, until};
use crate::run::{self, Failure};

const NAMESPACE: &str = "certgate";
const NAME: &str = "webhook-certgate-webhook";

/// Panels that show something as soon as the webhook has judged something; those of faults and of the approver are empty.
const FILLED: [&str; 5] = [
    "Decisions a second",
    "Denied by code",
    "Time to answer",
    "Serving certificate ends in",
    "Policies in force",
];

/// Holds the chart's dashboard and alerts to Prometheus.
pub fn run(cluster: &Cluster, webhook: &mut Webhook, checks: &mut Checks) -> Result<(), Failure> {
    if !run::has("prometheus") || !run::has("promtool") {
        println!("absent, so not tested: prometheus and promtool (apt-get install -y prometheus)");
        return Ok(());
    }
    let sets = ["dashboards.enabled=true", "alerts.enabled=true", "approver.enabled=true"];
    let objects = chart::render(cluster, "monitoring.yaml", &sets)?;
    let find = |kind: &str| {
        let object = objects.iter().find(|object| object["kind"] == kind);
        object.ok_or_else(|| Failure::new(format!("the chart renders no {kind}")))
    };
    let rules = &find("PrometheusRule")?["spec"]["groups"][0]["rules"];
    let folder = cluster.folder().join("monitoring");
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    let groups = json!({ "groups": [{ "name": "certgate", "rules": rules }] });
    write(&folder.join("rules.json"), &groups.to_string())?;
    alerts(&folder, rules, checks)?;
    let dashboard = find("ConfigMap")?["data"]["certgate.json"].as_str().unwrap_or_default();
    let dashboard: Value =
        serde_json::from_str(dashboard).map_err(|error| Failure::new(format!("the dashboard: {error}")))?;
    live(cluster, webhook, &folder, &dashboard, checks)
}

/// A Prometheus that asks the webhook every second.
fn live(
    cluster: &Cluster,
    webhook: &mut Webhook,
    folder: &Path,
    dashboard: &Value,
    checks: &mut Checks,
) -> Result<(), Failure> {
    let config = json!({
        "global": { "scrape_interval": "1s", "evaluation_interval": "1s" },
        "rule_files": ["rules.json"],
        "scrape_configs": [{
            "job_name": NAME,
            "static_configs": [{
                "targets": [webhook.health()?],
                "labels": { "namespace": NAMESPACE, "pod": "a" },
            }],
        }],
    });
    let file = folder.join("prometheus.yml");
    write(&file, &config.to_string())?;
    let port = free_port()?;
    let mut command = Command::new("prometheus");
    command.arg("--config.file").arg(&file).arg("--storage.tsdb.path").arg(folder.join("data"));
    command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
    let _prometheus = Process::start("prometheus", &mut command, folder)?;
    let ask = |path: &str, query: &[(&str, &str)]| -> Result<Value, Failure> {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--get", &format!("http://127.0.0.1:{port}/api/v1/{path}")]);
        curl.args(
            query.iter().flat_map(|(key, value)| ["--data-urlencode".to_owned(), format!("{key}={value}")]),
        );
        let text = run::output(&mut curl)?;
        serde_json::from_str(&text).map_err(|error| Failure::new(format!("prometheus: {error}: {text}")))
    };
    // Rates need requests between two readings.
    until("Prometheus reads the webhook", 60, || {
        let bad = signing_request(cluster, "watched-bad", "example.com/web", &["x.example.org"]).ok()?;
        cluster.apply(&bad).ok()?;
        let query = [("query", "sum(rate(certgate_decisions_total[30s])) > 0")];
        let answer = ask("query", &query).ok()?;
        (!answer["data"]["result"].as_array()?.is_empty()).then_some(())
    })?;
    let build = ask("query", &[("query", "count by (namespace) (certgate_build_info)")])?;
    let of = &build["data"]["result"][0]["metric"]["namespace"];
    checks.hold("the dashboard finds the namespaces that it offers", of == NAMESPACE, &build);
    for panel in dashboard["panels"].as_array().into_iter().flatten() {
        let title = panel["title"].as_str().unwrap_or_default();
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expression = target["expr"].as_str().unwrap_or_default();
            let expression = expression.replace("$namespace", ".*").replace("$__rate_interval", "1m");
            let answer = ask("query", &[("query", &expression)])?;
            let results = answer["data"]["result"].as_array().map_or(0, Vec::len);
            let is_filled = results > 0 || !FILLED.contains(&title);
            checks.hold(
                &format!("the panel `{title}` is evaluated"),
                answer["status"] == "success" && is_filled,
                format_args!("{expression}: {answer}"),
            );
        }
    }
    let loaded = until("the alerts are evaluated", 30, || {
        let loaded = ask("rules", &[]).ok()?["data"]["groups"][0]["rules"].as_array()?.clone();
        loaded.iter().all(|rule| rule["health"] != "unknown").then_some(loaded)
    })?;
    let ill: Vec<&Value> = loaded.iter().filter(|rule| rule["health"] != "ok").collect();
    checks.hold(&format!("Prometheus evaluates {} alerts", loaded.len()), ill.is_empty(), json!(ill));
    let answer = ask("query", &[("query", r#"ALERTS{alertname!~".*Approver.*"}"#)])?;
    let firing = &answer["data"]["result"];
    checks.hold("none fires or waits to fire while the webhook is well", *firing == json!([]), firing);
    Ok(())
}

/// The series of a cluster in which nothing is wrong, by name and values in the notation of promtool, one a minute.
const WELL: [(&str, &str); 11] = [
    (r#"certgate_serving_cert_not_after{namespace="certgate",pod="a"}"#, "9000000x60"),
    (r#"certgate_serving_cert_load_errors_total{namespace="certgate",pod="a"}"#, "0x60"),
    (r#"certgate_policy_load_errors_total{namespace="certgate",pod="a"}"#, "0x60"),
    (POLICY_OF_A, "1x60"),
    (POLICY_OF_B, "1x60"),
    (r#"certgate_budget_exhausted_total{namespace="certgate",pod="a",kind="concurrency"}"#, "0x60"),
    (r#"certgate_decision_duration_seconds_bucket{namespace="certgate",pod="a",le="0.05"}"#, "0+100x60"),
    (r#"certgate_decision_duration_seconds_bucket{namespace="certgate",pod="a",le="0.1"}"#, "0+100x60"),
    (r#"certgate_decision_duration_seconds_bucket{namespace="certgate",pod="a",le="+Inf"}"#, "0+100x60"),
    (r#"certgate_panics_total{namespace="certgate",pod="a"}"#, "0x60"),
    (r#"certgate_leader{namespace="certgate",pod="c"}"#, "1x60"),
];
const POLICY_OF_A: &str = r#"certgate_policy_info{namespace="certgate",job="webhook-certgate-webhook",pod="a",policy="web",hash="1"}"#;
const POLICY_OF_B: &str = r#"certgate_policy_info{namespace="certgate",job="webhook-certgate-webhook",pod="b",policy="web",hash="1"}"#;

/// For every alert what is otherwise than in [`WELL`]: a series with other values, a new one, or one that is gone (no values).
const WRONG: [(&str, &[(&str, &str)]); 10] = [
    ("CertgateIsDown", &[(WELL[0].0, "")]),
    ("CertgateCertificateEnds", &[(WELL[0].0, "20000x60")]),
    ("CertgateCertificateNotTakenOver", &[(WELL[1].0, "0x20 1x40")]),
    ("CertgatePoliciesNotTakenOver", &[(WELL[2].0, "0x20 1x40")]),
    (
        "CertgatePoliciesDiffer",
        &[
            (POLICY_OF_B, ""),
            (
                r#"certgate_policy_info{namespace="certgate",job="webhook-certgate-webhook",pod="b",policy="web",hash="2"}"#,
                "1x60",
            ),
        ],
    ),
    ("CertgateOverload", &[(WELL[5].0, "0+10x60")]),
    ("CertgateIsSlow", &[(WELL[6].0, "0+90x60")]),
    ("CertgateFault", &[(WELL[9].0, "0x20 1x40")]),
    ("CertgateApproverDoesNotLead", &[(WELL[10].0, "0x60")]),
    (
        "CertgateApproverIsForbidden",
        &[(r#"certgate_api_faults_total{namespace="certgate",pod="c",kind="forbidden"}"#, "0x20 1x40")],
    ),
];

/// Every alert fires where it should, after at most half an hour, and no other one beside it.
fn alerts(folder: &Path, rules: &Value, checks: &mut Checks) -> Result<(), Failure> {
    let names: Vec<&str> =
        rules.as_array().into_iter().flatten().filter_map(|rule| rule["alert"].as_str()).collect();
    let known: Vec<&str> = WRONG.iter().map(|(name, _)| *name).collect();
    checks.hold(
        "every alert of the chart has a state in which it fires",
        names == known,
        format_args!("{names:?}"),
    );
    let check =
        run::output(Command::new("promtool").current_dir(folder).args(["check", "rules", "rules.json"]))?;
    checks.has("promtool takes the alerts", &check, &["SUCCESS"]);
    let expression = r#"count by (alertname) (ALERTS{alertstate="firing"})"#;
    let test = |name: &str, changes: &[(&str, &str)]| {
        let mut series: Vec<(&str, &str)> = WELL.to_vec();
        for (changed, values) in changes {
            series.retain(|(name, _)| name != changed);
            series.push((changed, values));
        }
        let series = series.into_iter().filter(|(_, values)| !values.is_empty());
        let series: Vec<Value> =
            series.map(|(name, values)| json!({ "series": name, "values": values })).collect();
        let firing = json!([{ "labels": format!(r#"{{alertname="{name}"}}"#), "value": 1 }]);
        json!({
            "interval": "1m",
            "input_series": series,
            "promql_expr_test": [{
                "expr": expression,
                "eval_time": "30m",
                "exp_samples": if changes.is_empty() { json!([]) } else { firing },
            }],
        })
    };
    let all = [("well", &[][..])].into_iter().chain(WRONG);
    for (name, changes) in all {
        let file = folder.join(format!("{name}.json"));
        let document = json!({
            "rule_files": ["rules.json"], "evaluation_interval": "1m", "tests": [test(name, changes)],
        });
        write(&file, &document.to_string())?;
        let output = Command::new("promtool").current_dir(folder).args(["test", "rules"]).arg(&file).output();
        let output = output.map_err(|error| Failure::new(format!("promtool: {error}")))?;
        let said =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        let what = match name {
            "well" => "no alert fires where nothing is wrong".to_owned(),
            _ => format!("{name} fires where it should, and nothing beside it"),
        };
        checks.hold(&what, output.status.success(), &said);
    }
    Ok(())
}
