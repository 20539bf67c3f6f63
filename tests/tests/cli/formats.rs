//! The formats for programs.

use certgate_tests::command::run;
use certgate_tests::vector::AT;
use serde_json::Value;

use crate::{check, folder, write};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn several_inputs_are_a_list_with_their_names_first() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "noise", "no request");
    let said = check(folder, &["--format", "json", "good.pem", "bad.pem", "noise", "missing"]);
    assert_eq!(said.exit, 3);
    let list = json(&said.stdout);
    let fields = |field: &str| {
        list.as_array().expect("a list").iter().map(|item| item[field].clone()).collect::<Vec<_>>()
    };
    assert_eq!(fields("input"), ["good.pem", "bad.pem", "noise", "missing"]);
    assert_eq!(fields("outcome"), ["allowed", "denied", "error", "error"]);
    // The object of one input stands in the list as it is, behind its name.
    let one = check(folder, &["--format", "json", "good.pem"]).stdout;
    let one = one.trim_end().strip_prefix('{').expect("an object");
    assert!(said.stdout.starts_with(&format!("[{{\"input\":\"good.pem\",{one},")), "{}", said.stdout);
    let lines = check(folder, &["--format", "ndjson", "good.pem", "bad.pem"]).stdout;
    assert_eq!(lines.lines().next(), Some(format!("{{\"input\":\"good.pem\",{one}").as_str()));
    assert_eq!(lines.lines().count(), 2);
}

#[test]
fn sarif_has_what_its_specification_asks_for() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "invalid.yaml", "version: 1\nid: x\nnmaes: {}\n");
    let logs = [
        check(folder, &["--format", "sarif", "good.pem", "bad.pem"]),
        run(folder, &["policy", "lint", "--format", "sarif", "invalid.yaml"], b""),
        run(folder, &["inspect", "--format", "sarif", "bad.pem"], b""),
    ];
    let counts: Vec<usize> = logs.iter().map(|said| results(&json(&said.stdout))).collect();
    assert!(counts[0] == 1 && counts[1] >= 1 && counts[2] == 0, "{counts:?}");
}

/// Checks one log by sections 3.13 to 3.49 of SARIF 2.1.0; returns the number of results.
fn results(log: &Value) -> usize {
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().is_some_and(|schema| schema.contains("sarif-2.1.0")));
    let runs = log["runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 1);
    let driver = &runs[0]["tool"]["driver"];
    assert_eq!(driver["name"], "certgate");
    let rules = driver["rules"].as_array().expect("rules");
    for rule in rules {
        let id = rule["id"].as_str().expect("an id");
        assert!(rule["shortDescription"]["text"].as_str().is_some_and(|text| text.ends_with('.')), "{id}");
        assert!(
            ["error", "warning", "note"]
                .contains(&rule["defaultConfiguration"]["level"].as_str().expect("a level"))
        );
    }
    let results = runs[0]["results"].as_array().expect("results");
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().expect("a level")));
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()));
        let location = &result["locations"][0]["physicalLocation"];
        assert!(location["artifactLocation"]["uri"].is_string());
        if let Some(region) = location["region"].as_object() {
            // 3.30.4: a region says line and column from 1, or bytes.
            let from_one =
                |key: &str| region.get(key).is_none_or(|number| number.as_u64().is_some_and(|n| n >= 1));
            assert!(from_one("startLine") && from_one("startColumn"));
            assert!(region.contains_key("startLine") || region.contains_key("byteOffset"));
        }
    }
    results.len()
}

#[test]
fn within_github_actions_annotations_are_the_default() {
    let folder = folder();
    let arguments = ["check", "--policy", "policy.yaml", "--at", AT, "bad.pem"];
    let said =
        certgate_tests::command::run_with(folder.path(), &arguments, b"", &[("GITHUB_ACTIONS", "true")]);
    assert!(
        said.stdout.starts_with("::error file=bad.pem,title=policy/dns-not-allowed::"),
        "{}",
        said.stdout
    );
}

#[test]
fn codes_are_explained() {
    let folder = folder();
    let folder = folder.path();
    let codes = json(&run(folder, &["explain", "--format", "json"], b"").stdout);
    let codes = codes.as_array().expect("a list");
    assert!(codes.len() > 100);
    let text = run(folder, &["explain"], b"").stdout;
    assert_eq!(text.lines().count(), codes.len());
    for code in codes {
        let name = code["code"].as_str().expect("a code");
        assert!(text.contains(name), "{name}");
    }
    let said = run(folder, &["explain", "policy/dns-not-allowed"], b"");
    assert!(said.stdout.starts_with("policy/dns-not-allowed (error)\n"), "{}", said.stdout);
}

#[test]
fn schemas_are_printed_as_they_are_committed() {
    let folder = folder();
    for (name, _) in certgate_bindings::schema::NAMES {
        let said = run(folder.path(), &["policy", "schema", name], b"");
        let file = certgate_tests::root().join(format!("bindings/schemas/{name}.json"));
        assert_eq!(said.stdout, std::fs::read_to_string(file).expect("the schema"), "{name}");
    }
}
