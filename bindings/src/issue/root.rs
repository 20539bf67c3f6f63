//! Roots: certificates that sign themselves.

use std::sync::Arc;

use certgate::diagnostic::{Diagnostic, codes};
use certgate::issue::{NewAuthority, PreparedAuthority};
use certgate::policy::document::{DurationText, TimeText};
use certgate::signature::SignatureScheme;
use certgate::time::{Duration, Timestamp};
use serde::{Deserialize, Serialize};

use super::once::Once;
use super::request::read_public_key;
use super::{Inputs, PrivateKey, issuance, parse_subject};
use crate::document::{CodeFamily, read_value};
use crate::error::{Error, ErrorKind};
use crate::verify::Certificate;

/// How long a root lives if nothing is said: ten years.
const LIFETIME: Duration = Duration::from_days(3_650);

/// A root to be made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a root")]
pub struct RootDocument {
    /// Subject attributes in order, each `TYPE=value`; at least one.
    pub subject: Vec<String>,
    /// The first second of its life. Left out: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<TimeText>,
    /// How long it lives. Left out: 3650d.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<DurationText>,
    /// How many intermediates may follow. Left out: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_length: Option<u32>,
}

impl RootDocument {
    /// Reads a root to be made from a value that a host has converted.
    ///
    /// # Errors
    /// Unknown keys, and values of the wrong form.
    pub fn from_value(value: serde_json::Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }

    fn to_core(&self, at: Timestamp) -> Result<NewAuthority, Error> {
        let not_before = self.not_before.as_ref().map_or(at, |time| time.0);
        let lifetime = self.lifetime.as_ref().map_or(LIFETIME, |lifetime| lifetime.0);
        let not_after = not_before.checked_add(lifetime).ok_or_else(|| {
            let message = "the lifetime ends after the year 9999";
            Error::from(Diagnostic::new(codes::CONTEXT_VALUE, message).at(["lifetime"]))
        })?;
        let subject = parse_subject(&self.subject)?;
        Ok(NewAuthority { subject, not_before, not_after, path_length: self.path_length })
    }

    /// Makes a root that signs itself with a key that is at hand.
    ///
    /// # Errors
    /// A subject that is not known; whatever the engine refuses.
    pub fn sign(&self, key: &PrivateKey, inputs: &Inputs) -> Result<Certificate, Error> {
        super::new_root(&self.to_core(inputs.at)?, key, &inputs.to_core()?).map(Into::into)
    }

    /// Encodes the root of a key that is elsewhere: a SubjectPublicKeyInfo in DER or PEM.
    ///
    /// # Errors
    /// As [`RootDocument::sign`].
    pub fn prepare(
        &self,
        public_key: &[u8],
        inputs: &Inputs,
        scheme: Option<SignatureScheme>,
    ) -> Result<PreparedRoot, Error> {
        let key = read_public_key(public_key)?;
        let scheme = scheme.or_else(|| SignatureScheme::of_key(&key)).ok_or_else(|| {
            let message = format!("nothing signs with the key {}", key.name());
            Error::from(Diagnostic::new(codes::CONTEXT_VALUE, message).at(["publicKey"]))
        })?;
        let prepared =
            self.to_core(inputs.at)?.prepare(&key, scheme, &inputs.to_core()?).map_err(issuance)?;
        Ok(PreparedRoot { scheme: scheme.as_str(), prepared: Once::new("the prepared root", prepared) })
    }
}

/// A root that was encoded, not yet signed. It is used up by signing.
#[derive(Clone, Debug)]
pub struct PreparedRoot {
    prepared: Once<PreparedAuthority>,
    scheme: &'static str,
}

impl PreparedRoot {
    /// The bytes to be signed.
    ///
    /// # Errors
    /// `issue/used`.
    pub fn tbs_der(&self) -> Result<Vec<u8>, Error> {
        self.prepared.with(|prepared| prepared.tbs_der().to_vec())
    }

    /// How they are to be signed.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Whether it was used.
    pub fn is_used(&self) -> bool {
        self.prepared.is_used()
    }

    /// The root, from a signature over [`PreparedRoot::tbs_der`]; it is verified under its own key.
    ///
    /// # Errors
    /// `issue/used`; `issue/not-verified`.
    pub fn assemble(&self, signature: &[u8]) -> Result<Certificate, Error> {
        let prepared = self.prepared.take()?.with_crypto(crate::crypto());
        prepared.assemble(signature).map(|made| Arc::clone(&made).into()).map_err(issuance)
    }
}
