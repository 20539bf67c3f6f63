use std::sync::Arc;

use super::certificate::{self, Expected, IssueInputs, PreparedCertificate};
use super::encode::{self, ToBeSigned};
use super::narrowed::Narrowed;
use crate::certificate::{Certificate, SerialNumber};
use crate::crypto::CryptoProvider;
use crate::diagnostic::{Diagnostic, Error, codes, path::steps, quote};
use crate::extension::{KeyUsageBit, NewExtension, encode::encode_subject};
use crate::lint::Profile;
use crate::name::DistinguishedName;
use crate::policy::{Approval, Constraints, Template};
use crate::signature::SignatureScheme;
use crate::time::Timestamp;
use crate::verify::Verifier;

/// What becomes of a lifetime that reaches beyond the issuer's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BeyondIssuer {
    /// Nothing is issued.
    #[default]
    Deny,
    /// It is cut to the issuer's end.
    Truncate,
}

/// A CA that issues: its certificate and the path to its root.
#[derive(Clone)]
pub struct Issuer {
    certificate: Arc<Certificate>,
    /// The certificates above, the root last; empty if the issuer is a root.
    above: Vec<Arc<Certificate>>,
    /// What it issues is verified by this, which remembers the path above.
    verifier: Arc<Verifier>,
    beyond: BeyondIssuer,
    distribution_points: Vec<String>,
    ca_issuers: Vec<String>,
    ocsp: Vec<String>,
    lint: Profile,
    constraints: Option<Arc<Constraints>>,
}

/// What is taken over from elsewhere than the template: the name as it stands and the key identifier of a CA that has a
/// certificate already.
pub(super) struct Existing<'a> {
    pub(super) subject: DistinguishedName,
    pub(super) key_identifier: Option<&'a [u8]>,
}

impl Issuer {
    /// The CA with this certificate; `above` is the rest of its path, the root last.
    ///
    /// # Errors
    /// `issue/issuer`: not the certificate of a CA, a key usage without keyCertSign, a key that is not accepted.
    pub fn new(certificate: Arc<Certificate>, above: Vec<Arc<Certificate>>) -> Result<Self, Error> {
        let fault = |message: String, at: crate::diagnostic::Path| -> Error {
            Diagnostic::new(codes::ISSUE_ISSUER, message).at(at).into()
        };
        if !certificate.is_ca() {
            let message = "the issuer's certificate is not that of a CA".to_owned();
            return Err(fault(message, steps!["extensions", "basicConstraints"]));
        }
        if certificate.key_usage().is_some_and(|usage| !usage.contains(KeyUsageBit::KeyCertSign)) {
            let message = "the key usage of the issuer's certificate lacks keyCertSign".to_owned();
            return Err(fault(message, steps!["extensions", "keyUsage"]));
        }
        if certificate.subject().is_empty() {
            return Err(fault("the issuer has no name".to_owned(), steps!["subject"]));
        }
        if let Some(weakness) = certificate.public_key().check(None).into_iter().next() {
            return Err(fault(
                format!("the issuer's key is not accepted: {}", weakness.message()),
                steps!["subjectPublicKeyInfo"],
            ));
        }
        Ok(Self {
            verifier: Arc::new(verifier(&certificate, &above, CryptoProvider::best())),
            certificate,
            above,
            beyond: BeyondIssuer::Deny,
            distribution_points: Vec::new(),
            ca_issuers: Vec::new(),
            ocsp: Vec::new(),
            lint: Profile::Private,
            constraints: None,
        })
    }

    /// By which back ends what was signed is verified; [`CryptoProvider::best`] unless said otherwise.
    #[must_use]
    pub fn with_crypto(mut self, crypto: &'static CryptoProvider) -> Self {
        self.verifier = Arc::new(verifier(&self.certificate, &self.above, crypto));
        self
    }

    /// What becomes of a lifetime that reaches beyond the issuer's own.
    #[must_use]
    pub fn with_beyond(mut self, beyond: BeyondIssuer) -> Self {
        self.beyond = beyond;
        self
    }

    /// Where the revocation list of issued certificates is.
    #[must_use]
    pub fn with_distribution_points(mut self, uris: Vec<String>) -> Self {
        self.distribution_points = uris;
        self
    }

    /// Where the issuer's certificate is, and who answers by OCSP.
    #[must_use]
    pub fn with_information_access(mut self, ca_issuers: Vec<String>, ocsp: Vec<String>) -> Self {
        self.ca_issuers = ca_issuers;
        self.ocsp = ocsp;
        self
    }

    /// Under which profile certificates are linted before they are signed; [`Profile::Private`] unless said otherwise.
    #[must_use]
    pub fn with_lint(mut self, profile: Profile) -> Self {
        self.lint = profile;
        self
    }

    /// What CAs below are held to besides what was approved, in their own certificates: name constraints, purposes and the
    /// path length, such as [`crate::policy::Policy::constraints`] derives them. It only narrows. Certificates that are not
    /// those of CAs are issued as before.
    #[must_use]
    pub fn with_constraints(mut self, constraints: Constraints) -> Self {
        self.constraints = Some(Arc::new(constraints));
        self
    }

    /// Under which profile certificates are linted before they are signed.
    pub fn lint(&self) -> Profile {
        self.lint
    }

    /// The issuer's certificate.
    pub fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }

    /// What verifies that which it issues.
    pub(super) fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The issuer's certificate and those above it, the root last.
    pub fn chain(&self) -> impl Iterator<Item = &Arc<Certificate>> {
        std::iter::once(&self.certificate).chain(&self.above)
    }

    /// Encodes the certificate of an approval, holds what was encoded against it, and lints it. Nothing is signed.
    ///
    /// # Errors
    /// `issue/issuer`: the issuer is not valid at the time; `issue/beyond-issuer`; `issue/constraints`;
    /// `issue/serial-number`; `issue/differs`; `issue/lint`.
    pub fn prepare(
        &self,
        approval: Approval,
        inputs: &IssueInputs,
        scheme: SignatureScheme,
    ) -> Result<PreparedCertificate, Error> {
        let attributes: Vec<(crate::oid::Oid, String)> = approval
            .template()
            .subject
            .iter()
            .map(|attribute| (attribute.oid.clone(), attribute.value.clone()))
            .collect();
        let existing = Existing { subject: encode_subject(&attributes)?, key_identifier: None };
        self.prepare_with(approval, &existing, inputs, scheme)
    }

    /// As [`Issuer::prepare`], for a CA that has a certificate by another issuer or by itself: the new one has its name byte
    /// by byte and its key identifier, so that paths through either of the two hold (RFC 5280 3.2, cross-certificates).
    ///
    /// # Errors
    /// As [`Issuer::prepare`], and `issue/cross`: the certificate is not that of the CA that was approved.
    pub fn prepare_cross(
        &self,
        approval: Approval,
        certificate: &Certificate,
        inputs: &IssueInputs,
        scheme: SignatureScheme,
    ) -> Result<PreparedCertificate, Error> {
        let template = approval.template();
        let fault = |message: &str, at: &'static str| -> Error {
            Diagnostic::new(codes::ISSUE_CROSS, message).at([at]).into()
        };
        if !certificate.is_ca() || !template.basic_constraints.ca {
            return Err(fault("only the certificates of CAs are cross-signed", "basicConstraints"));
        }
        if certificate.public_key().der() != template.public_key.der() {
            let message = "the certificate that is to be cross-signed has another key than what was approved";
            return Err(fault(message, "subjectPublicKeyInfo"));
        }
        let attributes = certificate.subject().attributes();
        let same_name = attributes.len() == template.subject.len()
            && attributes.iter().zip(&template.subject).all(|(found, wanted)| {
                *found.oid() == wanted.oid && found.text() == Some(wanted.value.as_str())
            });
        if !same_name {
            let message =
                "the certificate that is to be cross-signed has another subject than what was approved";
            return Err(fault(message, "subject"));
        }
        let existing = Existing {
            subject: certificate.subject().clone(),
            key_identifier: certificate.subject_key_identifier(),
        };
        self.prepare_with(approval, &existing, inputs, scheme)
    }

    fn prepare_with(
        &self,
        approval: Approval,
        existing: &Existing<'_>,
        inputs: &IssueInputs,
        scheme: SignatureScheme,
    ) -> Result<PreparedCertificate, Error> {
        let template = approval.template();
        check_serial(&inputs.serial_number)?;
        let key = self.certificate.public_key();
        if key.algorithm() != Some(scheme.key_algorithm()) {
            return Err(Error::new(
                codes::SIGNATURE_ALGORITHM_MISMATCH,
                format!("the signature scheme does not fit the issuer's key {}", key.name()),
            ));
        }
        let narrowed = Narrowed::new(template, self.constraints.as_deref())?;
        self.check_path_length(&narrowed, existing.subject.matches(self.certificate.subject()))?;
        let not_after = self.end(template, inputs.at)?;
        let extensions = self.extensions(template, &narrowed, existing)?;
        let to_be_signed = ToBeSigned {
            serial_number: &inputs.serial_number,
            scheme,
            issuer: self.certificate.subject(),
            not_before: template.not_before,
            not_after,
            subject: &existing.subject,
            public_key: &template.public_key,
            extensions: &extensions,
        }
        .to_der()?;
        let expected = Expected { narrowed, not_after, extensions };
        PreparedCertificate::new(approval, self.clone(), inputs, &expected, scheme, &to_be_signed)
    }

    /// A CA below must fit the path lengths of those above (RFC 5280 4.2.1.9): as the last of a path it would verify, and
    /// nothing that it issues would. A self-issued one, which gives the same CA another key, is not counted.
    fn check_path_length(&self, narrowed: &Narrowed, self_issued: bool) -> Result<(), Error> {
        if !narrowed.basic_constraints.ca {
            return Ok(());
        }
        let below = narrowed.basic_constraints.path_length.unwrap_or_default();
        let mut needed = below.saturating_add(u32::from(!self_issued));
        for authority in self.chain() {
            let limit = authority.basic_constraints().and_then(|constraints| constraints.path_length);
            if let Some(limit) = limit.filter(|limit| needed > *limit) {
                let name = authority.subject().to_string();
                let message =
                    format!("the path length {limit} of {} leaves no room for such a CA", quote(&name));
                return Err(Diagnostic::new(codes::ISSUE_ISSUER, message)
                    .at(steps!["extensions", "basicConstraints", "pathLenConstraint"])
                    .with_found(needed)
                    .with_expected(limit)
                    .into());
            }
            needed = needed.saturating_add(u32::from(!authority.is_self_issued()));
        }
        Ok(())
    }

    /// The end of the lifetime: never beyond the issuer's.
    fn end(&self, template: &Template, at: Timestamp) -> Result<Timestamp, Error> {
        let own = self.certificate.validity();
        if !own.contains(at) {
            let name = self.certificate.subject().to_string();
            let message = format!("the issuer {} is not valid at {at}", quote(&name));
            return Err(Diagnostic::new(codes::ISSUE_ISSUER, message)
                .at(steps!["validity"])
                .with_found(own.not_after.to_string())
                .into());
        }
        if template.not_after <= own.not_after {
            return Ok(template.not_after);
        }
        match self.beyond {
            BeyondIssuer::Truncate if own.not_after > template.not_before => Ok(own.not_after),
            _ => {
                let message = format!(
                    "the certificate would live until {}, and its issuer until {}",
                    template.not_after, own.not_after
                );
                Err(Diagnostic::new(codes::ISSUE_BEYOND_ISSUER, message)
                    .at(steps!["validity", "notAfter"])
                    .with_found(template.not_after.to_string())
                    .with_expected(own.not_after.to_string())
                    .into())
            }
        }
    }

    /// The extensions of the template, with the identifiers of both keys and where to ask about revocation.
    fn extensions(
        &self,
        template: &Template,
        narrowed: &Narrowed,
        existing: &Existing<'_>,
    ) -> Result<Vec<NewExtension>, Error> {
        let mut extensions = vec![NewExtension::basic_constraints(narrowed.basic_constraints)?];
        if !template.key_usage.is_empty() {
            extensions.push(NewExtension::key_usage(template.key_usage)?);
        }
        if !narrowed.extended_key_usage.is_empty() {
            extensions.push(NewExtension::extended_key_usage(&narrowed.extended_key_usage)?);
        }
        if let Some(constraints) = &narrowed.name_constraints {
            extensions.push(NewExtension::name_constraints(constraints)?);
        }
        if !template.names.is_empty() {
            extensions.push(NewExtension::subject_alt_name(&template.names, template.names_are_critical())?);
        }
        let own = match existing.key_identifier {
            Some(identifier) => identifier.to_vec(),
            None => encode::key_identifier(&template.public_key)?,
        };
        extensions.push(encode::subject_key_identifier(&own)?);
        extensions.push(encode::authority_key_identifier(&self.key_identifier()?)?);
        if !self.distribution_points.is_empty() {
            extensions.push(encode::distribution_points(&self.distribution_points)?);
        }
        if !self.ca_issuers.is_empty() || !self.ocsp.is_empty() {
            extensions.push(encode::information_access(&self.ca_issuers, &self.ocsp)?);
        }
        for copied in &template.extensions {
            // What the issuer says itself is not taken from a request.
            if !extensions.iter().any(|known| known.oid == *copied.oid()) {
                extensions.push(NewExtension {
                    oid: copied.oid().clone(),
                    critical: copied.is_critical(),
                    value: copied.value_der().to_vec(),
                });
            }
        }
        Ok(extensions)
    }

    /// The identifier by which certificates and lists name the issuer's key.
    pub(super) fn key_identifier(&self) -> Result<Vec<u8>, Error> {
        match self.certificate.subject_key_identifier() {
            Some(identifier) => Ok(identifier.to_vec()),
            None => encode::key_identifier(self.certificate.public_key()),
        }
    }
}

/// RFC 5280 4.1.2.2: positive, at most 20 octets.
pub(super) fn check_serial(serial: &SerialNumber) -> Result<(), Error> {
    let fits = !serial.is_negative()
        && !serial.is_zero()
        && serial.as_octets().len() <= SerialNumber::MAX_OCTETS
        && !matches!(serial.as_octets(), [0, second, ..] if second & 0x80 == 0);
    if fits {
        return Ok(());
    }
    Err(Diagnostic::new(
        codes::ISSUE_SERIAL_NUMBER,
        "the serial number is not positive, or not in its shortest form of at most 20 octets",
    )
    .at(steps!["serialNumber"])
    .with_found(serial.to_string())
    .into())
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuer")
            .field("certificate", &self.certificate)
            .field("above", &self.above)
            .field("beyond", &self.beyond)
            .field("lint", &self.lint)
            .finish_non_exhaustive()
    }
}

/// What verifies certificates of a CA below these others, the root last.
fn verifier(
    certificate: &Arc<Certificate>,
    above: &[Arc<Certificate>],
    crypto: &'static CryptoProvider,
) -> Verifier {
    match above.split_last() {
        Some((root, between)) => {
            let known: Vec<Arc<Certificate>> = std::iter::once(certificate).chain(between).cloned().collect();
            certificate::verifier(root, &known, crypto)
        }
        None => certificate::verifier(certificate, &[], crypto),
    }
}
