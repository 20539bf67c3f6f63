//! Secrets and kubeconfigs: copies of keys and certificates in the form in which Kubernetes reads them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certgate_bindings::issue::PrivateKey;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::files::write_copy;
use super::generation::read;
use super::init::Run;
use super::member::MemberKey;
use super::plan::{KubeconfigPlan, SecretPlan, Source};
use super::scope::names_of;
use crate::durable::sweep;
use crate::input::read_file;

/// Where a kubeconfig has the private key of its user.
const USER_KEY: &str = "/users/0/user/client-key-data";

impl Run<'_> {
    pub(super) fn secrets(&mut self) {
        for (file, plan) in &self.plan.secrets {
            if !self.scope.writes(self.plan, names_of(plan)) || !self.has_all(file, names_of(plan)) {
                continue;
            }
            let keys = plan.data.iter().filter(|(_, source)| source.private_key.is_some());
            let keys: Vec<String> = keys.map(|(key, _)| place_of(key)).collect();
            let secret = self.secret(plan).map_err(|message| self.in_file(file, &message));
            let written = secret.and_then(|secret| self.copy(file, &secret, &keys));
            self.note(written);
        }
    }

    pub(super) fn kubeconfigs(&mut self) {
        for (file, plan) in &self.plan.kubeconfigs {
            let names = || [plan.user.as_str(), plan.authority.as_str()].into_iter();
            if !self.scope.writes(self.plan, names()) || !self.has_all(file, names()) {
                continue;
            }
            let config = self.kubeconfig(plan).map_err(|message| self.in_file(file, &message));
            let written = config.and_then(|config| self.copy(file, &config, &[USER_KEY.to_owned()]));
            self.note(written);
        }
    }

    fn in_file(&self, file: &str, message: &str) -> String {
        format!("{} is left as it is: {message}", self.folder.join(file).display())
    }

    /// The private key of a name, whose file is elsewhere, from a Secret or a kubeconfig of the plan that holds it: the key of the
    /// certificate that is there.
    pub(super) fn or_copied(&self, name: &str, key: MemberKey, certificate: &str) -> MemberKey {
        if !key.is_elsewhere() {
            return key;
        }
        let Ok(certificate) = read(&self.folder.join(certificate)) else { return key };
        let secrets = self.plan.secrets.iter().flat_map(|(file, plan)| {
            let keys = plan.data.iter().filter(|(_, source)| source.private_key.as_deref() == Some(name));
            keys.map(move |(key, _)| (file, place_of(key)))
        });
        let configs = self.plan.kubeconfigs.iter().filter(|(_, plan)| plan.user == name);
        let configs = configs.map(|(file, _)| (file, USER_KEY.to_owned()));
        let copied = secrets.chain(configs).find_map(|(file, place)| {
            let text = Zeroizing::new(read_file(&self.folder.join(file)).ok()?);
            let document = parsed(&text);
            let bytes = Zeroizing::new(STANDARD.decode(document.pointer(&place)?.as_str()?).ok()?);
            PrivateKey::parse(&bytes).ok().filter(|key| key.belongs_to(&certificate))
        });
        match copied {
            Some(copied) => key.with(copied),
            None => key,
        }
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
        let authority = self.there(&plan.authority)?.trusted_pem();
        let key = self.key_pem(&plan.user)?;
        let user = self.there(&plan.user)?;
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
            (Some(name), None, None) => Ok(Zeroizing::new(self.there(name)?.trusted_pem())),
            (None, Some(name), None) => Ok(Zeroizing::new(self.there(name)?.chain_pem())),
            (None, None, Some(name)) => self.key_pem(name),
            _ => Err("a key of a Secret wants one of certificate, chain and privateKey".to_owned()),
        }
    }

    /// Kubernetes opens no encrypted keys: what it gets is in the clear.
    fn key_pem(&mut self, name: &str) -> Result<Zeroizing<String>, String> {
        self.there(name)?.key.open()?.to_pem().map_err(|error| format!("{name}: {error}"))
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
            let before = parsed(&before);
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

/// What a file holds; null if it is no such document.
fn parsed(bytes: &[u8]) -> Value {
    let text = std::str::from_utf8(bytes).ok();
    text.and_then(|text| certgate_bindings::read_object::<Value>(text).ok()).unwrap_or_default()
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Where a key of a Secret has its value.
fn place_of(key: &str) -> String {
    format!("/data/{}", pointer(key))
}

/// A key as a step of a JSON Pointer (RFC 6901 3).
fn pointer(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
