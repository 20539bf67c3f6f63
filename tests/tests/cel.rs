//! Rules in CEL: what they deny, what they cannot allow, and what is refused when a policy is loaded.

use std::collections::BTreeSet;

use certgate::crypto::PrivateKey;
use certgate::key::Curve;
use certgate::name::GeneralName;
use certgate::oid;
use certgate::policy::document::CelRule;
use certgate::policy::{AtMost, Context, Coverage, Effect, ExampleKey, Requester};
use certgate::request::NewRequest;
use certgate_bindings::compare::example_key;
use certgate_bindings::import::{ImportMode, ImportOptions, Peer, import_with};
use certgate_bindings::{Policy, Request, parse_time};

const AT: &str = "2026-01-01T00:00:00Z";

/// A policy whose tables allow every name below two suffixes.
const TABLES: &str = "\
version: 1
id: team
names:
  dns: { allow: [\"*.shop.svc\", \"*.example.com\"] }
  uri: { allow: [{ glob: \"spiffe://*\" }] }
subject:
  attributes: { O: { allow: [{ glob: \"*\" }] } }
keys: { EC: [P-256] }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
";

fn policy(rules: &str) -> Policy {
    let text = format!("{TABLES}{rules}");
    Policy::load(&text).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn key() -> PrivateKey {
    example_key(ExampleKey::Ec(Curve::P256)).expect("a key")
}

fn dns(text: &str) -> GeneralName {
    GeneralName::dns(text)
}

fn uri(text: &str) -> GeneralName {
    GeneralName::uri(text)
}

fn request(names: Vec<GeneralName>) -> Request {
    let new = NewRequest { names, ..NewRequest::default() };
    Request::parse(new.sign(&key()).expect("a request").der()).expect("a request")
}

fn context() -> Context {
    let requester = Requester {
        username: "system:serviceaccount:shop:api".to_owned(),
        groups: vec!["dev".to_owned()],
        ..Requester::default()
    };
    Context::new(parse_time(AT).expect("a time")).with_namespace("shop").with_requester(requester)
}

fn codes(policy: &Policy, request: &Request, context: &Context) -> Vec<String> {
    policy.evaluate(request, context).reasons().iter().map(|reason| reason.code.clone()).collect()
}

fn load_codes(rules: &str) -> Vec<String> {
    let error = Policy::load(&format!("{TABLES}{rules}")).expect_err(rules);
    error.diagnostics().iter().map(|fault| fault.code.clone()).collect()
}

#[test]
fn a_rule_denies_with_its_code_and_message() {
    let policy = policy(
        "rules:\n  - { code: team_prefix, cel: 'cert.dns.all(d, d.endsWith(facts.namespace + \".svc\"))', message: names end with the namespace }\n",
    );
    let context = context().with_fact("namespace", vec!["shop".to_owned()]);
    assert_eq!(codes(&policy, &request(vec![dns("api.shop.svc")]), &context), Vec::<String>::new());
    let decision = policy.evaluate(&request(vec![dns("api.example.com")]), &context);
    let reasons = decision.reasons();
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert_eq!(reasons[0].code, "policy/cel-rule");
    assert_eq!(reasons[0].message, "names end with the namespace");
    let rule = serde_json::to_value(&reasons[0].rule).expect("a path");
    assert!(rule.to_string().contains("rules"), "{rule}");
    assert!(decision.as_core().approval().is_err() && decision.template().is_none());
    // What is not known denies.
    let unknown = codes(&policy, &request(vec![dns("api.shop.svc")]), &self::context());
    assert_eq!(unknown, ["policy/cel-failed"]);
}

#[test]
fn a_rule_is_run_for_each_value() {
    let policy = policy(
        "rules:\n  - { code: spiffe, each: uri, cel: 'self == \"spiffe://td/ns/\" + serviceAccount(cr.username).getNamespace()', message: not your own identity }\n",
    );
    let own = request(vec![uri("spiffe://td/ns/shop"), dns("a.shop.svc")]);
    assert_eq!(codes(&policy, &own, &context()), Vec::<String>::new());
    let other =
        request(vec![uri("spiffe://td/ns/shop"), uri("spiffe://td/ns/bank"), uri("spiffe://td/ns/x")]);
    let decision = policy.evaluate(&other, &context());
    let found: Vec<String> = decision.reasons().iter().map(|reason| format!("{:?}", reason.found)).collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("bank") && found[1].contains("ns/x"), "{found:?}");
}

/// Whatever a rule says, it allows nothing that is denied without it.
#[test]
fn a_rule_never_allows_more() {
    let without = policy("");
    let always = policy("rules:\n  - { code: always, cel: 'true', message: never said }\n");
    let requests = [
        vec![dns("api.shop.svc")],
        vec![dns("api.other.test")],
        vec![],
        vec![dns("*.shop.svc")],
        vec![uri("spiffe://td/a"), dns("x.example.com")],
    ];
    for names in requests {
        let request = request(names);
        assert_eq!(codes(&always, &request, &context()), codes(&without, &request, &context()));
        let rules = "rules:\n  - { code: never, cel: 'false', message: no }\n";
        let never = policy(rules);
        assert!(!never.evaluate(&request, &context()).is_allowed());
    }
    // A request that nobody has signed is denied, whatever a rule says.
    let mut der = self::request(vec![dns("api.shop.svc")]).as_core().der().to_vec();
    if let Some(last) = der.last_mut() {
        *last ^= 1;
    }
    let forged = Request::parse(&der).expect("a request");
    assert!(!always.evaluate(&forged, &context()).is_allowed());
}

#[test]
fn what_cannot_be_right_is_refused_with_its_place() {
    let text =
        format!("{TABLES}rules:\n  - code: typo\n    cel: cert.dsn.size() == 1\n    message: one name\n");
    let error = Policy::load(&text).expect_err("a fault");
    let fault = &error.diagnostics()[0];
    assert_eq!(fault.code, "document/cel");
    let lines = text.lines().count();
    assert_eq!(
        fault.position.map(|position| position.line),
        u32::try_from(lines - 1).ok().map(|line| line as _)
    );
    for (rules, code) in [
        ("rules:\n  - { code: Upper, cel: 'true', message: m }\n", "document/cel"),
        ("rules:\n  - { code: a, cel: 'true', message: '' }\n", "document/cel"),
        (
            "rules:\n  - { code: a, cel: 'true', message: m }\n  - { code: a, cel: 'true', message: m }\n",
            "document/cel",
        ),
        ("rules:\n  - { code: a, cel: 'size(cert.dns)', message: m }\n", "document/cel"),
        ("rules:\n  - { code: a, cel: 'self == \"\"', message: m }\n", "document/cel"),
        ("rules:\n  - { code: a, cell: 'true', message: m }\n", "document/unknown-key"),
        (
            "rules:\n  - { code: a, cel: 'cert.dns.all(a, cert.dns.all(b, cert.dns.all(c, a == c)))', message: m }\n",
            "document/cel-budget",
        ),
    ] {
        assert!(load_codes(rules).iter().any(|found| found == code), "{rules}: {:?}", load_codes(rules));
    }
    let many: String =
        (0..65).map(|index| format!("  - {{ code: r{index}, cel: 'true', message: m }}\n")).collect();
    assert_eq!(load_codes(&format!("rules:\n{many}")), ["document/cel-budget"]);
    let terms = vec!["true"; 10_000].join(" || ");
    let rules = format!("rules:\n  - {{ code: a, cel: '{terms}', message: m }}\n");
    assert_eq!(load_codes(&rules), ["document/cel-budget"]);
}

#[test]
fn more_names_than_were_assumed_are_over_the_bound_before_anything_runs() {
    let policy = policy(
        "rules:\n  - { code: pairs, cel: 'request.dns.all(a, request.dns.all(b, a.size() == b.size() || a.size() != b.size()))', message: m }\n",
    );
    let few = request((0..20).map(|index| dns(&format!("n{index}.shop.svc"))).collect());
    assert_eq!(codes(&policy, &few, &context()), Vec::<String>::new());
    let many = request((0..900).map(|index| dns(&format!("n{index}.shop.svc"))).collect());
    let started = std::time::Instant::now();
    let found = codes(&policy, &many, &context());
    assert!(found.contains(&"policy/cel-budget".to_owned()), "{found:?}");
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn patterns_that_may_match_a_part_are_told_of() {
    let rules = |pattern: &str| {
        format!("rules:\n  - {{ code: a, cel: \"cert.dns.all(d, d.matches('{pattern}'))\", message: m }}\n")
    };
    let warned = |pattern: &str| {
        policy(&rules(pattern)).warnings().iter().any(|warning| warning.code == "document/cel-unanchored")
    };
    assert!(warned("[a-z]+") && warned("^a") && !warned("^[a-z.]+$"));
}

#[test]
fn coverage_counts_each_rule() {
    let policy = policy("rules:\n  - { code: short, cel: 'cert.dns.size() < 2', message: one name }\n");
    let mut coverage = Coverage::new(policy.as_core().document());
    let of_rule = |coverage: &Coverage| -> BTreeSet<Effect> {
        let missing = coverage.missing().filter(|(path, _)| path.to_string().starts_with("rules"));
        missing.map(|(_, effect)| effect).collect()
    };
    assert_eq!(of_rule(&coverage).len(), 2);
    for names in [vec![dns("a.shop.svc")], vec![dns("a.shop.svc"), dns("b.shop.svc")]] {
        let request = request(names);
        let (decision, passed) = policy.as_core().evaluate_traced(request.as_core(), &context());
        coverage.note(&decision, &passed);
    }
    assert!(of_rule(&coverage).is_empty());
}

#[test]
fn rules_are_compared_by_their_text() {
    let one = "rules:\n  - { code: a, cel: 'cert.dns.size() < 2', message: one }\n";
    let same = "rules:\n  - { code: b, cel: 'cert.dns.size() < 2', message: other words }\n";
    let other = "rules:\n  - { code: a, cel: 'cert.dns.size() < 3', message: one }\n";
    let at_most = |new: &str, old: &str| policy(new).as_core().at_most(policy(old).as_core(), &example_key);
    assert!(matches!(at_most(one, same), AtMost::Yes));
    assert!(matches!(at_most(one, ""), AtMost::Yes));
    match at_most(other, one) {
        AtMost::Undecided(open) => {
            assert!(open.iter().any(|one| one.rule().is_some_and(|rule| rule.to_string().contains("rules"))));
        }
        decided => panic!("{decided:?}"),
    }
}

#[test]
fn explanations_cite_the_rule() {
    let policy = policy("rules:\n  - { code: short, cel: 'cert.dns.size() < 2', message: one name }\n");
    let request = request(vec![dns("a.shop.svc"), dns("b.shop.svc")]);
    let explanation = policy.as_core().explain(request.as_core(), &context(), &example_key);
    let cites = explanation
        .fields
        .iter()
        .any(|field| field.rules.iter().any(|rule| rule.to_string().contains("rules")));
    assert!(cites, "{:?}", explanation.fields);
    let change = explanation.policy_change.expect("a change");
    assert_eq!(change.document.rules, Vec::<CelRule>::new());
}

const APPROVER: &str = "\
apiVersion: policy.cert-manager.io/v1alpha1
kind: CertificateRequestPolicy
metadata: { name: p }
spec:
  selector: { issuerRef: {} }
  allowed:
    commonName:
      value: \"*\"
      validations:
        - { rule: \"self.size() < 20\" }
    dnsNames:
      values: [\"*.svc\", \"*.svc.cluster.local\"]
      validations:
        - { rule: \"['.svc', '.svc.cluster.local'].exists(d, self.endsWith(cr.namespace + d))\", message: not of your namespace }
    uris:
      validations:
        - { rule: \"self.startsWith('spiffe://acme.com/ns/%s/sa/'.format([cr.namespace]))\" }
";

/// The validations of a policy decide alike as rules and as the program's own.
#[test]
fn validations_of_approver_policy_are_taken_over() {
    for exact in [false, true] {
        let mode = if exact { ImportMode::Exact } else { ImportMode::Native };
        let options = ImportOptions { mode, id: Some("p".to_owned()), ..ImportOptions::default() };
        let imported = import_with(Peer::ApproverPolicy, APPROVER, &options).expect("a policy");
        let judge = |names: Vec<GeneralName>, common_name: Option<&str>| {
            let subject = common_name.map(|name| (oid::COMMON_NAME, name.to_owned())).into_iter().collect();
            let new = NewRequest { names, subject, ..NewRequest::default() };
            let request = Request::parse(new.sign(&key()).expect("a request").der()).expect("a request");
            let decision = imported.policy.evaluate(&request, &context());
            let reasons = match decision.simulation() {
                Some(simulation) => simulation.reasons,
                None => decision.reasons(),
            };
            let cel = |code: &str| code == "policy/cel-rule" || code.starts_with("compat/");
            let told = reasons.iter().filter(|reason| cel(&reason.code)).map(|reason| reason.message.clone());
            told.collect::<Vec<String>>()
        };
        let none = Vec::<String>::new();
        assert_eq!(judge(vec![dns("api.shop.svc")], None), none, "exact: {exact}");
        assert_eq!(judge(vec![dns("api.bank.svc")], None), ["not of your namespace"], "exact: {exact}");
        assert_eq!(judge(vec![uri("spiffe://acme.com/ns/shop/sa/api")], None), none, "exact: {exact}");
        let failed = judge(vec![uri("spiffe://acme.com/ns/bank/sa/api")], None);
        let rule = "failed rule: self.startsWith('spiffe://acme.com/ns/%s/sa/'.format([cr.namespace]))";
        assert_eq!(failed, [rule], "exact: {exact}");
        let long = judge(vec![dns("api.shop.svc")], Some("a-common-name-of-more-than-twenty.shop.svc"));
        assert!(
            long.iter().any(|message| message == "failed rule: self.size() < 20"),
            "exact: {exact}: {long:?}"
        );
        let broken = APPROVER.replace("self.size() < 20", "self.shout() == ''");
        let error = import_with(Peer::ApproverPolicy, &broken, &options).expect_err("a fault");
        let codes: Vec<&str> = error.diagnostics().iter().map(|fault| fault.code.as_str()).collect();
        assert!(codes.iter().all(|code| code.starts_with("import/")) && !codes.is_empty(), "{codes:?}");
    }
}
