//! A development CA: certificates for tests and for a developer's machine, in one call. What it issues is judged by a policy
//! that allows exactly what was asked for, and approved, as everything else.

use certgate::diagnostic::{Diagnostic, codes};
use certgate::policy::Context;
use certgate::policy::document::{DurationText, TimeText};
use certgate::time::{Duration, Timestamp};
use serde::{Deserialize, Serialize};

use super::issuer::{Issuer, IssuerOptions};
use super::prepared::IssuedCertificate;
use super::request::NewRequestDocument;
use super::root::RootDocument;
use super::{Inputs, PrivateKey, Serial, authority_policy, certificate_policy};
use crate::document::{CodeFamily, read_value};
use crate::error::{Error, ErrorKind};
use crate::verify::{Bundle, Certificate};

const NAME: &str = "certgate development CA";
const KEY: &str = "P-256";
const AUTHORITY_LIFETIME: Duration = Duration::from_days(3_650);
/// Browsers refuse more than 398 days even of private CAs that users have added on some platforms.
const CERTIFICATE_LIFETIME: Duration = Duration::from_days(397);
/// How far a CA is backdated: clocks of other machines, and certificates that are backdated themselves.
const BACKDATE_SECONDS: i64 = 3_600;
/// Path length of an intermediate below a root that has none.
const MOST_BELOW: u32 = 8;

/// A development CA to be made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a development CA")]
pub struct DevAuthorityDocument {
    /// Its common name. Left out: `certgate development CA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The kind of its key, such as `P-256`. Left out: P-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How long it lives. Left out: 3650d.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<DurationText>,
}

/// A certificate of a development CA to be made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a development certificate")]
pub struct DevCertificateDocument {
    /// Host names, IP addresses, mailboxes and URIs, told apart by their form; may be left out if there is a common name.
    #[serde(default)]
    pub names: Vec<String>,
    /// The common name. Left out: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub common_name: Option<String>,
    /// Groups, organisations: one O each.
    #[serde(default)]
    pub organizations: Vec<String>,
    /// Purposes. Left out: serverAuth and clientAuth.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// The kind of its key. Left out: P-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How long it lives. Left out: 397d, or until the CA's end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<DurationText>,
    /// For certificates of another time, such as expired ones: when it is issued. Left out: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<TimeText>,
}

impl DevAuthorityDocument {
    /// Reads a CA to be made from a value that a host has converted.
    ///
    /// # Errors
    /// Unknown keys, and values of the wrong form.
    pub fn from_value(value: serde_json::Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }
}

impl DevCertificateDocument {
    /// Reads a certificate to be made from a value that a host has converted.
    ///
    /// # Errors
    /// Unknown keys, and values of the wrong form.
    pub fn from_value(value: serde_json::Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }

    fn subject(&self) -> Vec<String> {
        let organizations = self.organizations.iter().map(|name| format!("O={name}"));
        organizations.chain(self.common_name.iter().map(|name| format!("CN={name}"))).collect()
    }
}

/// The system's randomness for one key and one serial number.
#[derive(Clone)]
pub struct Seeds {
    /// For the key.
    pub key: [u8; 32],
    /// For the serial number.
    pub serial: [u8; 20],
}

/// A development CA in memory, with its key. Cheap to clone and to share between threads.
#[derive(Clone, Debug)]
pub struct DevAuthority {
    issuer: Issuer,
    key: PrivateKey,
}

/// A certificate of a development CA with its key.
#[derive(Clone, Debug)]
pub struct DevCertificate {
    /// The certificate.
    pub issued: IssuedCertificate,
    /// Its key.
    pub key: PrivateKey,
}

impl DevAuthority {
    /// Makes a CA.
    ///
    /// # Errors
    /// A kind of key that is not known, a lifetime that is too long.
    pub fn new(document: &DevAuthorityDocument, at: Timestamp, seeds: &Seeds) -> Result<Self, Error> {
        let key = PrivateKey::generate(document.key.as_deref().unwrap_or(KEY), seeds.key)?;
        let backdate = Duration::from_seconds(BACKDATE_SECONDS);
        let not_before = backdate.and_then(|backdate| at.checked_sub(backdate)).unwrap_or(at);
        let root = RootDocument {
            subject: vec![format!("CN={}", document.name.as_deref().unwrap_or(NAME))],
            not_before: Some(TimeText(not_before)),
            lifetime: Some(DurationText(
                document.lifetime.as_ref().map_or(AUTHORITY_LIFETIME, |lifetime| lifetime.0),
            )),
            path_length: None,
        };
        let certificate = root.sign(&key, &Inputs { at, serial: Serial::Random(seeds.serial) })?;
        Self::load(&[certificate].into_iter().collect(), key)
    }

    /// A CA that was made before: its certificate, then those above it, and its key.
    ///
    /// # Errors
    /// `issue/issuer`; a key that is not that of the certificate.
    pub fn load(chain: &Bundle, key: PrivateKey) -> Result<Self, Error> {
        let options = IssuerOptions { beyond: super::BeyondWord::Truncate, ..IssuerOptions::default() };
        let issuer = Issuer::new(chain, &options)?;
        if !key.belongs_to(issuer.as_core().certificate()) {
            let message = "the private key is not that of the CA";
            return Err(Diagnostic::new(codes::CONTEXT_VALUE, message).at(["key"]).into());
        }
        Ok(Self { issuer, key })
    }

    /// The CA as an issuer, without its key.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Its key.
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// Its certificate.
    pub fn certificate(&self) -> Certificate {
        self.issuer.certificate()
    }

    /// Issues a certificate for a new key.
    ///
    /// # Errors
    /// A name, purpose or kind of key that is not known; neither names nor a common name; whatever issuing refuses.
    pub fn issue(
        &self,
        document: &DevCertificateDocument,
        at: Timestamp,
        seeds: &Seeds,
    ) -> Result<DevCertificate, Error> {
        let purposes = if document.purposes.is_empty() {
            vec!["serverAuth".to_owned(), "clientAuth".to_owned()]
        } else {
            document.purposes.clone()
        };
        let subject = document.subject();
        if subject.is_empty() && document.names.is_empty() {
            let diagnostic = Diagnostic::new(codes::CONTEXT_VALUE, "the certificate is for no name at all");
            return Err(diagnostic.at(["names"]).with_help("give a name such as `localhost`").into());
        }
        let lifetime = document.lifetime.as_ref().map_or(CERTIFICATE_LIFETIME, |lifetime| lifetime.0);
        let policy = certificate_policy("development", &subject, &document.names, &purposes, lifetime)?;
        let request =
            NewRequestDocument { subject, names: document.names.clone(), ..NewRequestDocument::default() };
        let at = document.issued_at.as_ref().map_or(at, |time| time.0);
        self.judge(&policy, &request, document.key.as_deref(), at, seeds)
    }

    /// Makes a CA below this one.
    ///
    /// # Errors
    /// As [`DevAuthority::new`]; whatever issuing refuses.
    pub fn intermediate(
        &self,
        document: &DevAuthorityDocument,
        at: Timestamp,
        seeds: &Seeds,
    ) -> Result<Self, Error> {
        let subject = vec![format!("CN={}", document.name.as_deref().unwrap_or(NAME))];
        let lifetime = document.lifetime.as_ref().map_or(AUTHORITY_LIFETIME, |lifetime| lifetime.0);
        let own = self.issuer.certificate().as_core().basic_constraints().and_then(|own| own.path_length);
        let path_length = own.map_or(MOST_BELOW, |length| length.saturating_sub(1));
        let policy = authority_policy("development", &subject, lifetime, path_length)?;
        let request = NewRequestDocument { subject, ca: true, ..NewRequestDocument::default() };
        let made = self.judge(&policy, &request, document.key.as_deref(), at, seeds)?;
        let chain = std::iter::once(made.issued.certificate()).chain(made.issued.chain()).collect();
        Self::load(&chain, made.key)
    }

    fn judge(
        &self,
        policy: &crate::policy::Policy,
        request: &NewRequestDocument,
        key: Option<&str>,
        at: Timestamp,
        seeds: &Seeds,
    ) -> Result<DevCertificate, Error> {
        let key = PrivateKey::generate(key.unwrap_or(KEY), seeds.key)?;
        let request = request.sign(&key)?;
        let context = Context::new(at).with_crypto(crate::crypto());
        let approval = policy.evaluate(&request, &context).approve()?;
        let inputs = Inputs { at, serial: Serial::Random(seeds.serial) };
        let issued = self.issuer.issue(&approval, &self.key, &inputs)?;
        Ok(DevCertificate { issued, key })
    }
}
