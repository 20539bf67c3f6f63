//! `certgate policy diff`, `explain` and `lint`, several policies at once, enforcement, and results of cases for other
//! test runners.

use std::path::Path;

use certgate_tests::command::{Said, run};
use certgate_tests::request::{Csr, dns};
use certgate_tests::vector::AT;
use serde_json::Value;

use crate::{POLICY, check, folder, write};

fn json(said: &Said) -> Value {
    serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {said:?}"))
}

fn diff(folder: &Path, arguments: &[&str]) -> Said {
    run(folder, &[&["policy", "diff"], arguments].concat(), b"")
}

#[test]
fn differences_are_shown_by_an_example_that_holds() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "loose.yaml", POLICY.replace("a.example.com, ", "a.example.com, b.example.com, "));
    let said = diff(folder, &["policy.yaml", "policy.yaml"]);
    assert_eq!((said.exit, said.stdout.lines().count()), (0, 3), "{said:?}");

    let said = diff(folder, &["policy.yaml", "loose.yaml"]);
    assert_eq!(said.exit, 1);
    assert!(said.stdout.contains("looser") && said.stdout.contains("b.example.com"), "{}", said.stdout);
    assert_eq!(diff(folder, &["--at-most", "loose.yaml", "policy.yaml"]).exit, 0, "a stricter policy");

    let said = diff(folder, &["--at-most", "--format", "json", "policy.yaml", "loose.yaml"]);
    assert_eq!(said.exit, 1);
    let view = json(&said);
    assert_eq!(view["atMost"]["answer"], "no");
    let example = &view["atMost"]["example"];
    write(folder, "example.pem", example["pem"].as_str().expect("a request"));
    write(folder, "context.json", example["context"].to_string());
    let at = example["at"].as_str().expect("a time");
    for (policy, exit) in [("loose.yaml", 0), ("policy.yaml", 1)] {
        let said = run(
            folder,
            &["check", "--policy", policy, "--at", at, "--context", "context.json", "example.pem"],
            b"",
        );
        assert_eq!(said.exit, exit, "{policy}: {said:?}");
    }

    write(folder, "regex.yaml", POLICY.replace("a.example.com", "{ regex: \"^[ab]\\\\.example\\\\.com$\" }"));
    let said = diff(folder, &["--at-most", "regex.yaml", "policy.yaml"]);
    assert_eq!(said.exit, 1);
    assert!(said.stdout.contains("undecided") && said.stdout.contains("names.dns"), "{}", said.stdout);
}

#[test]
fn verdicts_over_a_folder_of_requests_and_certificates() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "evil.yaml", POLICY.replace("a.example.com, ", "evil.test, "));
    std::fs::create_dir(folder.join("requests")).expect("a folder");
    for name in ["good.pem", "bad.pem"] {
        std::fs::copy(folder.join(name), folder.join("requests").join(name)).expect("a copy");
    }
    let said = run(folder, &["policy", "diff", "--at", AT, "policy.yaml", "evil.yaml", "requests"], b"");
    assert_eq!(said.exit, 1);
    assert!(said.stdout.contains("denied -> allowed"), "{}", said.stdout);
    assert!(said.stdout.contains("2 requests, "), "{}", said.stdout);
    let said = run(folder, &["policy", "diff", "--at", AT, "policy.yaml", "policy.yaml", "requests"], b"");
    assert_eq!((said.exit, said.stdout.trim()), (0, "2 requests, 0 verdicts change"));

    // A certificate is judged as the request that would have led to it.
    let made = run(folder, &["dev-ca", "--dir", "ca", "evil.test"], b"");
    assert_eq!(made.exit, 0, "{made:?}");
    let certificate = std::fs::read_dir(folder.join("ca"))
        .expect("the folder")
        .map(|entry| entry.expect("a file").path())
        .find(|path| {
            path.to_string_lossy().contains("server") && path.extension().is_some_and(|end| end == "pem")
        });
    if let Some(certificate) = certificate {
        let name = certificate.to_string_lossy().into_owned();
        let said = run(folder, &["policy", "diff", "--at", AT, "policy.yaml", "evil.yaml", &name], b"");
        assert!(said.exit == 1 || said.exit == 0, "{said:?}");
        assert!(said.stdout.contains("1 requests, "), "{said:?}");
    }
    write(folder, "noise", "no request");
    assert_eq!(
        run(folder, &["policy", "diff", "--at", AT, "policy.yaml", "evil.yaml", "noise"], b"").exit,
        3
    );
}

#[test]
fn explanations_name_rules_and_mends() {
    let folder = folder();
    let folder = folder.path();
    let explain = |arguments: &[&str]| {
        run(folder, &[&["policy", "explain", "--policy", "policy.yaml", "--at", AT], arguments].concat(), b"")
    };
    let said = explain(&["good.pem"]);
    assert_eq!(said.exit, 0, "{said:?}");
    assert!(said.stdout.contains("names.dns.allow[0]"), "{}", said.stdout);
    let said = explain(&["bad.pem"]);
    assert_eq!(said.exit, 1);
    for part in [
        "names.dns.allow",
        "the request would be allowed with",
        "the policy would allow it with",
        "evil.test",
    ] {
        assert!(said.stdout.contains(part), "{part} is missing in {}", said.stdout);
    }
    let view = json(&explain(&["--format", "json", "bad.pem"]));
    write(folder, "mended.json", view["policyChange"]["policy"].as_str().expect("a policy"));
    let said = run(folder, &["check", "--policy", "mended.json", "--at", AT, "bad.pem"], b"");
    assert_eq!(said.exit, 0, "{said:?}");
    write(folder, "mended.pem", view["requestChange"]["pem"].as_str().expect("a request"));
    assert_eq!(check(folder, &["mended.pem"]).exit, 0);
}

#[test]
fn explanations_say_what_a_change_of_the_policy_takes_away() {
    let folder = folder();
    let folder = folder.path();
    let policy = "version: 1\nid: d\nnames: { dns: { allow: [a.example.com, b.example.org], deny: [{ under: example.com }] } }\n\
                  keys: { EC: [P-256] }\nusages: { extended: [serverAuth] }\nvalidity: { default: 24h, max: 90d }\n";
    write(folder, "deny.yaml", policy);
    let said = run(folder, &["policy", "explain", "--policy", "deny.yaml", "--at", AT, "good.pem"], b"");
    assert_eq!(said.exit, 1, "{said:?}");
    for part in [
        "    remove names.dns.deny[0]: {\"under\":\"example.com\"}\n",
        "      warning: the policy no longer denies names below `example.com`\n",
    ] {
        assert!(said.stdout.contains(part), "{part} is missing in {}", said.stdout);
    }
}

#[test]
fn several_policies_decide_together() {
    let folder = folder();
    let folder = folder.path();
    write(
        folder,
        "evil.yaml",
        POLICY.replace("a.example.com, ", "evil.test, ").replace("id: cli", "id: evil"),
    );
    write(
        folder,
        "elsewhere.yaml",
        format!("{}select: {{ namespace: [prod] }}\n", POLICY.replace("id: cli", "id: prod")),
    );
    let several = |arguments: &[&str]| run(folder, &[&["check", "--at", AT], arguments].concat(), b"");
    let two = ["--policy", "policy.yaml", "--policy", "evil.yaml"];
    let with = |more: &[&str]| several(&[&two[..], more].concat());
    assert_eq!(with(&["good.pem", "bad.pem"]).exit, 0, "any of them");
    let said = with(&["--combine", "all", "bad.pem"]);
    assert_eq!(said.exit, 1);
    assert!(said.stdout.contains("denied by policy cli"), "{}", said.stdout);
    let view = json(&with(&["--format", "json", "bad.pem"]));
    assert_eq!((&view["outcome"], &view["decidedBy"]["id"]), (&"allowed".into(), &"evil".into()));
    assert_eq!(view["decisions"][0]["reasons"][0]["code"], "policy/dns-not-allowed", "why the other did not");

    assert_eq!(with(&["--policy-name", "evil", "bad.pem"]).exit, 0);
    assert_eq!(with(&["--policy-name", "cli", "bad.pem"]).exit, 1);
    let said = with(&["--policy-name", "none", "bad.pem"]);
    assert_eq!(said.exit, 1);
    assert!(said.stdout.contains("policy/none-loaded"), "{}", said.stdout);

    let said =
        several(&["--policy", "elsewhere.yaml", "--policy", "evil.yaml", "--combine", "all", "bad.pem"]);
    assert_eq!(said.exit, 0, "a policy that is not applicable has no say: {said:?}");
    let said = several(&["--policy", "elsewhere.yaml", "--policy", "elsewhere.yaml", "bad.pem"]);
    assert_eq!(said.exit, 1);
    assert!(
        said.stdout.contains("not applicable") && said.stdout.contains("policy/not-applicable"),
        "{}",
        said.stdout
    );

    write(folder, "tried.yaml", format!("{}enforcement: audit\n", POLICY.replace("id: cli", "id: tried")));
    let all = |policies: &[&str]| {
        let policies: Vec<&str> = policies.iter().flat_map(|policy| ["--policy", *policy]).collect();
        several(&[&policies[..], &["--combine", "all", "bad.pem"]].concat())
    };
    let said = all(&["tried.yaml", "elsewhere.yaml"]);
    assert_eq!(said.exit, 0, "what is not applicable has no say beside a denial that is tried out: {said:?}");
    let said = all(&["tried.yaml", "elsewhere.yaml", "policy.yaml"]);
    assert_eq!(said.exit, 1, "a denial that is enforced stands: {said:?}");
    assert_eq!(all(&["elsewhere.yaml"]).exit, 1, "nobody has a say");

    write(folder, "short.yaml", POLICY.replace("default: 24h", "default: 12h"));
    let said =
        several(&["--policy", "policy.yaml", "--policy", "short.yaml", "--combine", "all", "good.pem"]);
    assert_eq!(said.exit, 1);
    assert!(said.stdout.contains("policy/set-conflict"), "{}", said.stdout);

    write(folder, "set.yaml", "version: 1\ncombine: all\npolicies: [policy.yaml, evil.yaml]\n");
    assert_eq!(several(&["--policy-set", "set.yaml", "good.pem"]).exit, 1);
    write(folder, "set.yaml", "version: 1\npolicies: [policy.yaml, private-web]\n");
    assert_eq!(several(&["--policy-set", "set.yaml", "good.pem"]).exit, 0, "a file and a ready-made policy");
    write(folder, "set.yaml", "version: 1\ncombine: most\npolicies: []\n");
    assert_eq!(several(&["--policy-set", "set.yaml", "good.pem"]).exit, 4);
}

#[test]
fn a_policy_that_is_tried_out_stops_nothing_and_allows_nothing() {
    let folder = folder();
    let folder = folder.path();
    for (word, exit) in [("audit", 0), ("warn", 0), ("enforce", 1)] {
        write(folder, "policy.yaml", format!("{POLICY}enforcement: {word}\n"));
        let said = check(folder, &["bad.pem"]);
        assert_eq!(said.exit, exit, "{said:?}");
        assert!(said.stdout.contains("denied by policy cli"), "{}", said.stdout);
        let view = json(&check(folder, &["--format", "json", "bad.pem"]));
        assert_eq!((&view["outcome"], &view["template"]), (&"denied".into(), &Value::Null));
        assert_eq!(view["enforcement"], if exit == 0 { word.into() } else { Value::Null });
    }
}

/// What is tried out in a set neither stops a request nor lets through what an enforced policy denies.
#[test]
fn a_policy_that_is_tried_out_unblocks_nothing_in_a_set() {
    let folder = folder();
    let folder = folder.path();
    let elsewhere = format!("{POLICY}select: {{ namespace: [elsewhere] }}\n");
    write(folder, "elsewhere.yaml", &elsewhere);
    write(folder, "elsewhere-audit.yaml", format!("{elsewhere}enforcement: audit\n"));
    write(folder, "audit.yaml", format!("{POLICY}enforcement: audit\n"));
    write(folder, "warn.yaml", format!("{POLICY}enforcement: warn\n"));
    for (policies, exit) in [
        (&["policy.yaml", "audit.yaml"][..], 1),
        (&["warn.yaml", "policy.yaml"], 1),
        (&["policy.yaml", "elsewhere-audit.yaml"], 1),
        (&["elsewhere.yaml", "elsewhere-audit.yaml"], 1),
        (&["elsewhere.yaml", "audit.yaml"], 0),
        (&["audit.yaml", "warn.yaml"], 0),
        (&["audit.yaml", "elsewhere-audit.yaml"], 0),
    ] {
        let mut arguments = vec!["check"];
        policies.iter().for_each(|policy| arguments.extend(["--policy", policy]));
        arguments.extend(["--at", AT, "bad.pem"]);
        let said = run(folder, &arguments, b"");
        assert_eq!(said.exit, exit, "{policies:?}: {said:?}");
    }
}

#[test]
fn lint_says_what_rules_mean_together() {
    let folder = folder();
    let folder = folder.path();
    write(
        folder,
        "odd.yaml",
        "version: 1
id: odd
names:
  dns:
    allow: [a.example.com, \"*.example.com\", { glob: \"web-*.example.org\" }]
    deny: [b.example.net, c.example.com]
  ip: { allow: [10.0.0.0/7, 10.1.0.0/16, 172.16.0.0/12], deny: [192.0.2.0/24, 172.16.0.0/16] }
keys: { EC: [P-256] }
usages: { extended: { allow: [serverAuth, clientAuth], default: [serverAuth] } }
validity: { default: 24h, max: 399d }
exceptions:
  - { match: { codes: [policy/key-size] }, until: 2020-01-01T00:00:00Z, owner: web, reason: old keys }
",
    );
    let said = run(folder, &["policy", "lint", "--format", "json", "odd.yaml"], b"");
    let view = json(&said);
    let found: Vec<String> = view[0]["diagnostics"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| {
            let path: Vec<String> = finding["path"]
                .as_array()
                .expect("a path")
                .iter()
                .map(|step| step.to_string().replace('"', ""))
                .collect();
            format!("{} {}", finding["code"].as_str().expect("a code"), path.join("."))
        })
        .collect();
    assert_eq!(
        found,
        [
            "document/exception-expired exceptions.0.until",
            "document/shadowed names.dns.allow.0",
            "document/glob-crosses-dots names.dns.allow.2",
            "document/unreached-deny names.dns.deny.0",
            "document/wide-prefix names.ip.allow.0",
            "document/shadowed names.ip.allow.1",
            "document/unreached-deny names.ip.deny.0",
            "document/client-and-server usages.extended",
            "document/long-validity validity.max",
        ]
    );
    assert_eq!(said.exit, 0, "warnings alone");
    let said = run(folder, &["policy", "lint", "policy.yaml"], b"");
    assert!(said.stdout.contains("nothing to report"), "{}", said.stdout);
}

#[test]
fn results_of_cases_for_other_runners() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "request.pem", Csr::names(&[dns("a.example.com")]).pem());
    write(
        folder,
        "policy.cases.yaml",
        "cases:
  - { name: \"from a file # 1\", request: request.pem, expect: allowed }
  - { name: \"<listed> & denied\", request: { dns: [a.example.com] }, expect: denied }
",
    );
    let said = run(folder, &["policy", "test", "--format", "tap", "policy.cases.yaml"], b"");
    assert_eq!(said.exit, 1, "{said:?}");
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert_eq!(
        lines[..4],
        ["TAP version 14", "1..2", "ok 1 - cli: from a file \\# 1", "not ok 2 - cli: <listed> & denied"]
    );
    let said = run(folder, &["policy", "test", "--format", "junit", "policy.cases.yaml"], b"");
    assert_eq!(said.exit, 1);
    assert!(said.stdout.contains("tests=\"2\" failures=\"1\""), "{}", said.stdout);
    assert!(said.stdout.contains("&lt;listed&gt; &amp; denied"), "{}", said.stdout);
    write(folder, "result.xml", &said.stdout);
    let script = "import xml.etree.ElementTree as t; r = t.parse('result.xml').getroot(); \
                  print(len(r.findall('.//testcase')), len(r.findall('.//failure')))";
    let Some(read) = certgate_tests::command::other("python3", folder, &["-c", script]) else {
        panic!("python3 is not there");
    };
    assert_eq!(read.stdout.trim(), "2 1", "{read:?}");
}
