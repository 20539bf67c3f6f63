//! What is done with policies besides judging by them, as jobs: each tool of `certgate_bindings::tools`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certgate_bindings::tools::Call;
use serde_json::{Value, json};

use super::{Job, line};
use crate::vector::AT;
use crate::vectors;

/// One call, and the inputs that it is about.
pub struct Tool {
    pub id: String,
    pub call: Value,
    pub inputs: Vec<Vec<u8>>,
}

/// A role of Vault, with what is kept and what is not.
const ROLE: &str = r#"{"allowed_domains": ["example.com"], "allow_subdomains": true, "key_type": "ec", "key_bits": 256, "max_ttl": "720h", "no_store": true}"#;

/// Policies of other programs, and what is none.
const PEERS: [(&str, &str); 11] = [
    ("vault-role", ROLE),
    ("openbao-role", ROLE),
    ("vault-role", "{\"allow_everything\":\n  true}"),
    ("vault-role", "[]"),
    ("kubernetes-signer", "kubernetes.io/kubelet-serving"),
    ("kubelet-csr-approver", "provider-regex: '^node-[0-9]+$'\n"),
    ("step-ca", "{\"x509\": {\"allow\": {\"dns\": [\"*.example.com\"]}}}"),
    ("cfssl", "{\"signing\": {\"default\": {\"expiry\": \"8760h\", \"usages\": [\"server auth\"]}}}"),
    (
        "approver-policy",
        "apiVersion: policy.cert-manager.io/v1alpha1\nkind: CertificateRequestPolicy\nmetadata: { name: web }\n\
         spec:\n  allowed: { dnsNames: { values: ['*.example.com'] } }\n  selector: { issuerRef: {} }\n",
    ),
    ("approver-policy", "kind: CertificateRequestPolicy\n"),
    ("nothing", "{}"),
];

/// Every sixth vector is explained and mended: they are of all kinds.
const EACH: usize = 6;

/// Jobs for every tool.
pub(super) fn jobs() -> Vec<Job> {
    let mut tools = Vec::new();
    let mut add = |id: String, call: Value, inputs: Vec<Vec<u8>>| {
        tools.push(Job::Tool(Tool { id: format!("tool/{id}"), call, inputs }));
    };
    for (index, (kind, text)) in PEERS.iter().enumerate() {
        for exact in [false, true] {
            let options = json!({ "exact": exact });
            let call = json!({ "tool": "import", "kind": kind, "options": options });
            add(format!("import/{index}/{exact}"), call, vec![text.as_bytes().to_vec()]);
        }
    }
    for vector in vectors::all().into_iter().step_by(EACH) {
        for tool in ["explain", "mend"] {
            let call = json!({ "tool": tool, "policy": vector.policy, "context": vector.context, "at": AT });
            add(format!("{tool}/{}", vector.id), call, vec![vector.input.clone()]);
        }
    }
    let policies = certgate_policies::ALL;
    for (policy, next) in policies.iter().zip(policies.iter().cycle().skip(1)) {
        let (name, text) = (policy.name, policy.text);
        add(format!("lint/{name}"), json!({ "tool": "lint", "policy": text, "at": AT }), Vec::new());
        add(format!("constraints/{name}"), json!({ "tool": "constraints", "policy": text }), Vec::new());
        for kind in ["vault-role", "approver-policy"] {
            let call = json!({ "tool": "export", "policy": text, "kind": kind });
            add(format!("export/{name}/{kind}"), call, Vec::new());
        }
        let call = json!({ "tool": "atMost", "policy": text, "other": next.text });
        add(format!("atMost/{name}"), call, Vec::new());
        let call = json!({
            "tool": "diff", "old": text, "new": next.text, "names": null, "context": null, "at": AT,
        });
        add(format!("diff/{name}"), call, Vec::new());
        let call = json!({ "tool": "runCases", "policy": text, "cases": policy.cases, "files": [] });
        add(format!("runCases/{name}"), call, Vec::new());
    }
    tools
}

impl Tool {
    /// The job as JSON.
    pub(super) fn to_json(&self) -> Value {
        let inputs: Vec<String> = self.inputs.iter().map(|input| STANDARD.encode(input)).collect();
        json!({ "id": self.id, "job": "tool", "call": self.call, "inputs": inputs })
    }

    /// The answer that every host must give.
    pub(super) fn answer(&self) -> String {
        line(Call::from_value(self.call.clone()).and_then(|call| call.run(&self.inputs)))
    }
}
