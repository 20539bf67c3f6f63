//! Secrets and kubeconfigs: copies of keys and certificates in the form in which Kubernetes reads them.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::files::write_copy;
use super::init::Run;
use super::plan::{KubeconfigPlan, SecretPlan, Source};
use crate::durable::sweep;
use crate::input::read_file;

impl Run<'_> {
    pub(super) fn secrets(&mut self) -> Result<(), String> {
        for (file, plan) in &self.plan.secrets {
            let secret = self.secret(plan)?;
            let keys = plan.data.iter().filter(|(_, source)| source.private_key.is_some());
            let keys: Vec<String> = keys.map(|(key, _)| format!("/data/{}", pointer(key))).collect();
            self.copy(file, &secret, &keys)?;
        }
        Ok(())
    }

    pub(super) fn kubeconfigs(&mut self) -> Result<(), String> {
        for (file, plan) in &self.plan.kubeconfigs {
            let config = self.kubeconfig(plan)?;
            self.copy(file, &config, &["/users/0/user/client-key-data".to_owned()])?;
        }
        Ok(())
    }

    fn secret(&mut self, plan: &SecretPlan) -> Result<Value, String> {
        let mut data = serde_json::Map::new();
        for (key, source) in &plan.data {
            data.insert(key.clone(), base64(self.source(source)?.as_bytes()).into());
        }
        let mut metadata = json!({ "name": plan.name });
        if let (Some(namespace), Some(metadata)) = (&plan.namespace, metadata.as_object_mut()) {
            metadata.insert("namespace".to_owned(), namespace.as_str().into());
        }
        Ok(
            json!({ "apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": plan.kind, "data": data }),
        )
    }

    fn kubeconfig(&mut self, plan: &KubeconfigPlan) -> Result<Value, String> {
        let authority = self.member(&plan.authority)?.trusted_pem();
        let key = self.key_pem(&plan.user)?;
        let user = self.member(&plan.user)?;
        let name = format!("{}@{}", plan.user, plan.cluster);
        Ok(json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{
                "name": plan.cluster,
                "cluster": { "server": plan.server, "certificate-authority-data": base64(authority.as_bytes()) },
            }],
            "users": [{
                "name": plan.user,
                "user": {
                    "client-certificate-data": base64(user.chain_pem().as_bytes()),
                    "client-key-data": base64(key.as_bytes()),
                },
            }],
            "contexts": [{ "name": name, "context": { "cluster": plan.cluster, "user": plan.user } }],
            "current-context": name,
        }))
    }

    fn source(&mut self, source: &Source) -> Result<Zeroizing<String>, String> {
        match (&source.certificate, &source.chain, &source.private_key) {
            (Some(name), None, None) => Ok(Zeroizing::new(self.member(name)?.trusted_pem())),
            (None, Some(name), None) => Ok(Zeroizing::new(self.member(name)?.chain_pem())),
            (None, None, Some(name)) => self.key_pem(name),
            _ => Err("a key of a Secret wants one of certificate, chain and privateKey".to_owned()),
        }
    }

    /// Kubernetes opens no encrypted keys: what it gets is in the clear.
    fn key_pem(&mut self, name: &str) -> Result<Zeroizing<String>, String> {
        self.member_mut(name)?.key.open()?.to_pem().map_err(|error| format!("{name}: {error}"))
    }

    /// Writes a file for its owner alone. One that is there is replaced only if the private keys in it, at `keys`, are
    /// those that are written again: no key is lost.
    fn copy(&mut self, file: &str, value: &Value, keys: &[String]) -> Result<(), String> {
        let path = self.folder.join(file);
        sweep(&path);
        let text =
            certgate_bindings::to_yaml(value).map(Zeroizing::new).map_err(|error| error.to_string())?;
        if path.exists() {
            let before = Zeroizing::new(read_file(&path)?);
            let before = std::str::from_utf8(&before)
                .ok()
                .and_then(|text| certgate_bindings::read_object::<Value>(text).ok())
                .unwrap_or_default();
            if keys.iter().any(|key| before.pointer(key) != value.pointer(key)) {
                return Err(format!(
                    "{} holds another private key, and private keys are never overwritten",
                    path.display()
                ));
            }
        }
        let written = write_copy(&path, &text)?;
        self.report(path, written);
        Ok(())
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A key as a step of a JSON Pointer (RFC 6901 3).
fn pointer(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
