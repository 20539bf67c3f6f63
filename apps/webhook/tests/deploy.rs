//! What is shipped for clusters: rendered by `kubectl kustomize` and `helm`, where they are there, and held to the
//! essentials of an admission webhook.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy")
}

fn documents(text: &str) -> Vec<Value> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(text).expect("YAML");
    documents.into_iter().filter(|document| !document.is_null()).collect()
}

fn one<'a>(documents: &'a [Value], kind: &str) -> &'a Value {
    let found: Vec<&Value> = documents.iter().filter(|document| document["kind"] == kind).collect();
    assert_eq!(found.len(), 1, "one {kind}");
    found[0]
}

/// A command's output; `None` if the program is neither installed nor built by `cargo xtask kubernetes`.
fn output(program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/kubernetes/bin").join(program);
    let program = if built.is_file() { built } else { PathBuf::from(program) };
    match Command::new(&program).args(arguments).output() {
        Ok(output) => {
            let text = [output.stdout, output.stderr].concat();
            Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
        }
        Err(_) => {
            println!("absent, so not tested: {}", program.display());
            None
        }
    }
}

/// All manifests of the folder of kustomize, as they are written.
fn manifests() -> Vec<Value> {
    let folder = deploy().join("kustomize");
    let kustomization: Value =
        serde_saphyr::from_str(&std::fs::read_to_string(folder.join("kustomization.yaml")).expect("a file"))
            .expect("YAML");
    let names = kustomization["resources"].as_array().expect("resources");
    let read =
        |name: &Value| std::fs::read_to_string(folder.join(name.as_str().expect("a name"))).expect("a file");
    names.iter().flat_map(|name| documents(&read(name))).collect()
}

fn check_essentials(documents: &[Value]) {
    let deployment = one(documents, "Deployment");
    let pod = &deployment["spec"]["template"]["spec"];
    assert!(deployment["spec"]["replicas"].as_i64() >= Some(2));
    assert_eq!(pod["automountServiceAccountToken"], false);
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
    assert!(pod["topologySpreadConstraints"].is_array());
    let container = &pod["containers"][0];
    assert_eq!(container["securityContext"]["allowPrivilegeEscalation"], false);
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(container["securityContext"]["capabilities"]["drop"][0], "ALL");
    assert_eq!(container["livenessProbe"]["httpGet"]["path"], "/livez");
    assert_eq!(container["readinessProbe"]["httpGet"]["path"], "/readyz");
    assert!(pod["terminationGracePeriodSeconds"].as_i64() > Some(35), "draining and the longest call fit in");
    // The binary itself knows every argument.
    let arguments = container["args"].as_array().expect("arguments");
    let mut command = Command::new(env!("CARGO_BIN_EXE_certgate-webhook"));
    command.args(arguments.iter().map(|argument| argument.as_str().expect("text"))).arg("--help");
    assert!(command.output().expect("the binary").status.success(), "{arguments:?}");
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    let budget = &one(documents, "PodDisruptionBudget")["spec"];
    let policy = &one(documents, "NetworkPolicy")["spec"];
    assert_eq!(policy["egress"], serde_json::json!([]), "the webhook calls nobody");
    let service = one(documents, "Service");
    for selector in [
        &deployment["spec"]["selector"]["matchLabels"],
        &budget["selector"]["matchLabels"],
        &policy["podSelector"]["matchLabels"],
        &service["spec"]["selector"],
    ] {
        let selector = selector.as_object().expect("a selector");
        assert!(selector.iter().all(|(key, value)| labels[key] == *value), "{selector:?}");
    }
    let configuration = one(documents, "ValidatingWebhookConfiguration");
    for webhook in configuration["webhooks"].as_array().expect("webhooks") {
        assert!(webhook["name"].as_str().expect("a name").split('.').count() >= 3);
        assert_eq!(webhook["sideEffects"], "None");
        assert_eq!(webhook["admissionReviewVersions"], serde_json::json!(["v1"]));
        assert!((1..=30).contains(&webhook["timeoutSeconds"].as_i64().expect("seconds")));
        let client = &webhook["clientConfig"]["service"];
        assert_eq!(client["name"], service["metadata"]["name"]);
        assert_eq!(client["path"], "/validate");
        assert!(webhook.get("namespaceSelector").is_none(), "no label of a namespace goes past it");
        for condition in webhook["matchConditions"].as_array().expect("conditions") {
            check_condition(condition["name"].as_str().unwrap(), condition["expression"].as_str().unwrap());
        }
        let resources: Vec<&str> = webhook["rules"]
            .as_array()
            .expect("rules")
            .iter()
            .flat_map(|rule| rule["resources"].as_array().expect("resources"))
            .filter_map(Value::as_str)
            .collect();
        for resource in [
            "certificatesigningrequests",
            "certificatesigningrequests/approval",
            "certificaterequests",
            "certificaterequests/status",
        ] {
            assert!(resources.contains(&resource), "{resource}");
        }
    }
    // The CA outlives the certificates that it issues, so that a renewal does not change `caBundle`.
    assert!(documents.iter().any(|document| document["spec"]["isCA"] == true));
    if let Some(certificate) = documents.iter().find(|document| document["spec"]["dnsNames"].is_array()) {
        let client = &configuration["webhooks"][0]["clientConfig"]["service"];
        let name =
            format!("{}.{}.svc", client["name"].as_str().unwrap(), client["namespace"].as_str().unwrap());
        assert_eq!(certificate["spec"]["dnsNames"][0], name.as_str());
    }
}

/// What goes past the webhook is never a whole namespace or signer.
fn check_condition(name: &str, expression: &str) {
    let narrowed: &[&str] = match name {
        "not-the-bootstrap-of-nodes" => {
            &["'system:bootstrappers'", "'system:nodes'", "'CREATE'", "'approval'", "certificate-controller"]
        }
        "not-the-webhook-itself" => &["'CertificateRequest'", "issuerRef.name in [", "object.spec)"],
        "not-the-secrets-of-the-webhook" => {
            &["'Secret'", "request.namespace != '", "object.metadata.name in ["]
        }
        _ => &["'Secret'"],
    };
    for part in narrowed {
        assert!(expression.contains(part), "{name}: {part}: {expression}");
    }
    for (open, close) in [('(', ')'), ('[', ']')] {
        assert_eq!(expression.matches(open).count(), expression.matches(close).count(), "{expression}");
    }
}

#[test]
fn the_chart_lets_past_what_the_manifests_do() {
    let chart = std::fs::read_to_string(deploy().join("chart/templates/webhook.yaml")).expect("a file");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let chart = chart
        .replace("{{ .Release.Namespace }}", "certgate")
        .replace("{{ $name }}", "certgate-webhook")
        .replace("{{ .Values.tls.secretName }}", "certgate-webhook-tls");
    let chart = words(&chart);
    let configuration = manifests();
    let webhook = &one(&configuration, "ValidatingWebhookConfiguration")["webhooks"][0];
    for condition in webhook["matchConditions"].as_array().expect("conditions") {
        let expression = words(condition["expression"].as_str().expect("an expression"));
        assert!(chart.contains(&expression), "{expression}");
    }
    // Without cert-manager there is no request for the webhook's own certificate.
    let own = chart.split("not-the-webhook-itself").next().expect("what is before it");
    let guard = r#"{{- if eq .Values.tls.source "certManager" }} # The webhook's own certificate"#;
    assert!(own.contains(guard), "{own}");
}

/// The pods start with a Secret that cert-manager writes: if the webhook, not up yet, were asked for it, neither would ever be there.
#[test]
fn what_the_webhook_starts_with_does_not_wait_for_it() {
    let configuration = manifests();
    let webhook = &one(&configuration, "ValidatingWebhookConfiguration")["webhooks"][0];
    let conditions = webhook["matchConditions"].as_array().expect("conditions");
    let is_asked = |namespace: &str, object: &Value, old: &Value| {
        let request = json!({
            "kind": { "group": object["apiVersion"].as_str().unwrap().split_once('/').unwrap_or_default().0, "kind": object["kind"] },
            "namespace": namespace,
            "operation": if old.is_null() { "CREATE" } else { "UPDATE" },
            "userInfo": { "username": "system:serviceaccount:cert-manager:cert-manager", "groups": ["system:serviceaccounts"] },
        });
        conditions.iter().all(|condition| {
            let expression = condition["expression"].as_str().expect("an expression");
            let program = cel::Program::compile(expression).expect("CEL");
            let mut context = cel::Context::default();
            for (name, value) in [("request", &request), ("object", object), ("oldObject", old)] {
                context.add_variable(name, value).expect("a value");
            }
            match program.execute(&context) {
                Ok(cel::Value::Bool(is_asked)) => is_asked,
                other => panic!("{expression}: {other:?}"),
            }
        })
    };
    let is_new_asked = |namespace: &str, object: &Value| is_asked(namespace, object, &Value::Null);
    // All that certificate.yaml asks for, and what cert-manager makes of it.
    let file = std::fs::read_to_string(deploy().join("kustomize/certificate.yaml")).expect("a file");
    let own = documents(&file);
    let certificates: Vec<&Value> = own.iter().filter(|object| object["kind"] == "Certificate").collect();
    assert_eq!(certificates.len(), 2);
    for certificate in certificates {
        let issuer = &certificate["spec"]["issuerRef"];
        let request = json!({
            "apiVersion": "cert-manager.io/v1",
            "kind": "CertificateRequest",
            "spec": { "request": "eA==", "issuerRef": issuer },
        });
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "kubernetes.io/tls",
            "metadata": { "name": certificate["spec"]["secretName"] },
        });
        for object in [certificate, &request, &secret] {
            assert!(!is_new_asked("certgate", object), "{object}");
            assert!(!is_asked("certgate", object, object), "{object}");
            assert!(is_new_asked("shop", object), "of another namespace: {object}");
        }
        let changed = |object: &Value, pointer: &str, value: &str| {
            let mut object = object.clone();
            *object.pointer_mut(pointer).expect("a field") = json!(value);
            object
        };
        for (object, pointer) in [
            (certificate, "/spec/issuerRef/name"),
            (certificate, "/spec/issuerRef/kind"),
            (&request, "/spec/issuerRef/name"),
            (&secret, "/metadata/name"),
        ] {
            let other = changed(object, pointer, "ClusterIssuer");
            assert!(is_new_asked("certgate", &other), "{other}");
        }
        assert!(is_asked("certgate", &changed(&request, "/spec/request", "eQ=="), &request), "a new request");
    }
}

#[test]
fn the_manifests_hold_the_essentials() {
    check_essentials(&manifests());
}

#[test]
fn kubectl_renders_the_manifests() {
    let folder = deploy().join("kustomize");
    let Some((succeeded, text)) = output("kubectl", &["kustomize", &folder.to_string_lossy()]) else {
        return;
    };
    assert!(succeeded, "{text}");
    let rendered = documents(&text);
    check_essentials(&rendered);
    let map = one(&rendered, "ConfigMap");
    // The webhook takes over what the ConfigMap holds: `doctor` reads a folder as `serve` does.
    let policies = tempfile::tempdir().expect("a folder");
    for (name, text) in map["data"].as_object().expect("data") {
        std::fs::write(policies.path().join(name), text.as_str().expect("text")).expect("a file");
    }
    let doctor = Command::new(env!("CARGO_BIN_EXE_certgate-webhook"))
        .args(["doctor", "--offline", "--policies"])
        .arg(policies.path())
        .output()
        .expect("the binary");
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
}

#[test]
fn helm_renders_the_chart() {
    let chart = deploy().join("chart");
    let chart = chart.to_string_lossy();
    let policy = "policies.web\\.yaml=version: 1";
    let base = [
        "template",
        "webhook",
        &chart,
        "--namespace",
        "pki",
        "--kube-version",
        "1.31.0",
        "--set-string",
        policy,
    ];
    let Some((succeeded, text)) = output("helm", &base) else { return };
    assert!(succeeded, "{text}");
    let rendered = documents(&text);
    check_essentials(&rendered);
    assert!(!rendered.iter().any(|document| document["kind"] == "ServiceMonitor"));
    let with = |more: &[&str]| output("helm", &[&base[..], more].concat()).expect("helm");
    let (succeeded, text) = with(&["--set", "serviceMonitor.enabled=true,webhook.secrets=true"]);
    assert!(succeeded, "{text}");
    let rendered = documents(&text);
    assert_eq!(one(&rendered, "ServiceMonitor")["spec"]["endpoints"][0]["path"], "/metrics");
    assert!(text.contains("resources: [secrets]"));
    let (succeeded, text) = with(&["--set", "webhook.certificates=true,webhook.gateways=true"]);
    assert!(succeeded && text.contains("resources: [certificates]"), "{text}");
    assert!(text.contains("resources: [gateways]") && !text.contains("resources: [secrets]"), "{text}");
    let (succeeded, text) = with(&["--set", "approver.enabled=true,approver.config.mode=enforce"]);
    assert!(succeeded, "{text}");
    check_approver(&documents(&text));
    check_monitoring(&with(&[]).1, &with(&["--set", "dashboards.enabled=true,alerts.enabled=true"]).1);
    // The schema refuses what the webhook would not understand.
    let wrongs = [
        "config.mode=off",
        "config.signers.mode=off",
        "config.early.mode=off",
        "replicas=0",
        "tls.source=secret",
        "webhook.timeoutSeconds=31",
        "alerts.certificateHours=0",
        "dashboards.labels.a=1",
        "typo=1",
    ];
    for wrong in wrongs {
        let (succeeded, text) = with(&["--set", wrong]);
        assert!(!succeeded, "{wrong}: {text}");
    }
    let (succeeded, text) =
        output("helm", &["template", "webhook", &chart, "--kube-version", "1.31.0"]).expect("helm");
    assert!(!succeeded && text.contains("policies is empty"), "{text}");
}

/// Dashboard and alerts are there when they are asked for, and what is generated into them is what it should be.
fn check_monitoring(without: &str, with: &str) {
    assert!(!without.contains("PrometheusRule") && !without.contains("grafana_dashboard"), "{without}");
    let rendered = documents(with);
    let dashboards = rendered.iter().find(|object| object["metadata"]["labels"]["grafana_dashboard"] == "1");
    let text = dashboards.expect("a ConfigMap")["data"]["certgate.json"].as_str().expect("a dashboard");
    let dashboard: Value = serde_json::from_str(text).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    assert!(panels.len() >= 10 && panels.iter().all(|panel| panel["targets"][0]["expr"].is_string()));
    let rules = one(&rendered, "PrometheusRule")["spec"]["groups"][0]["rules"].as_array().expect("rules");
    assert!(rules.len() >= 8, "{rules:?}");
    for rule in rules {
        let expression = rule["expr"].as_str().expect("an expression");
        assert!(expression.contains(r#"namespace="pki""#) && !expression.contains("{{"), "{expression}");
        assert_eq!(expression.matches('{').count(), expression.matches('}').count(), "{expression}");
        assert_eq!(expression.matches('(').count(), expression.matches(')').count(), "{expression}");
        assert!(rule["annotations"]["summary"].is_string() && rule["labels"]["severity"].is_string());
    }
    assert!(
        with.contains("The limit of {{ $labels.kind }} is reached"),
        "a template of Prometheus stays one"
    );
}

/// The approver has the hardened pod of the webhook, and the network for the API server alone.
fn check_approver(documents: &[Value]) {
    let of = |kind: &str| {
        let found = documents.iter().filter(|document| document["kind"] == kind);
        let mut found = found.filter(|document| {
            document["metadata"]["name"].as_str().is_some_and(|name| name.contains("certgate-approver"))
        });
        found.next().unwrap_or_else(|| panic!("no {kind}"))
    };
    let deployment = of("Deployment");
    assert!(deployment["spec"]["replicas"].as_i64() >= Some(2));
    let pod = &deployment["spec"]["template"]["spec"];
    assert_eq!(pod["automountServiceAccountToken"], true);
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    let container = &pod["containers"][0];
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(container["securityContext"]["capabilities"]["drop"][0], "ALL");
    let arguments: Vec<&str> =
        container["args"].as_array().expect("arguments").iter().filter_map(Value::as_str).collect();
    assert!(arguments.iter().any(|argument| argument.starts_with("--lease=")), "one of them decides");
    let mut command = Command::new(env!("CARGO_BIN_EXE_certgate-webhook"));
    assert!(command.args(&arguments).arg("--help").output().expect("the binary").status.success());
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    for selector in [
        &deployment["spec"]["selector"]["matchLabels"],
        &of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        &of("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
    ] {
        let selector = selector.as_object().expect("a selector");
        assert!(selector.iter().all(|(key, value)| labels[key] == *value), "{selector:?}");
    }
    let account = &pod["serviceAccountName"];
    for binding in ["ClusterRoleBinding", "RoleBinding"] {
        assert_eq!(&of(binding)["subjects"][0]["name"], account);
    }
    // It may approve for signers that are named, never for all.
    for rule in of("ClusterRole")["rules"].as_array().expect("rules") {
        let is_for_signers =
            rule["resources"].as_array().is_some_and(|all| all.iter().any(|r| r == "signers"));
        assert!(!is_for_signers || rule["resourceNames"].is_array(), "{rule}");
    }
}

#[test]
fn the_manifests_of_the_approver_hold_the_essentials() {
    let folder = deploy().join("kustomize/approver");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file");
    let mut found = documents(&read("rights.yaml"));
    found.extend(documents(&read("deployment.yaml")));
    check_approver(&found);
    if let Some((succeeded, text)) = output("kubectl", &["kustomize", &folder.to_string_lossy()]) {
        assert!(succeeded, "{text}");
        check_approver(&documents(&text));
    }
    let policy = certgate_policies::find("kubelet-serving").expect("a policy");
    assert_eq!(read("policies/kubelet-serving.yaml"), policy.text, "it is the ready-made one");
}

#[test]
fn the_schema_of_values_is_that_of_the_values() {
    let read = |name: &str| std::fs::read_to_string(deploy().join("chart").join(name)).expect("a file");
    let schema: Value = serde_json::from_str(&read("values.schema.json")).expect("JSON");
    let values: Value = serde_saphyr::from_str(&read("values.yaml")).expect("YAML");
    fn compare(root: &Value, schema: &Value, values: &Value, path: &str) {
        let schema = match schema["$ref"].as_str() {
            Some(pointer) => root.pointer(pointer.trim_start_matches('#')).expect("a definition"),
            None => schema,
        };
        let (Some(properties), Some(values)) = (schema["properties"].as_object(), values.as_object()) else {
            return;
        };
        assert_eq!(schema["additionalProperties"], false, "{path}");
        for (key, value) in values {
            let property = properties.get(key).unwrap_or_else(|| panic!("{path}.{key} is not in the schema"));
            compare(root, property, value, &format!("{path}.{key}"));
        }
    }
    compare(&schema, &schema, &values, "values");
}

#[test]
fn the_image_holds_the_binary_alone() {
    let text = std::fs::read_to_string(deploy().join("Containerfile")).expect("a file");
    assert!(text.contains("FROM scratch") && text.contains("USER 65532:65532"));
    let line = text.lines().find_map(|line| line.strip_prefix("CMD ")).expect("arguments");
    let arguments: Vec<String> = serde_json::from_str(line).expect("a list");
    let mut command = Command::new(env!("CARGO_BIN_EXE_certgate-webhook"));
    assert!(command.args(arguments).arg("--help").output().expect("the binary").status.success());
}
