use std::sync::Arc;

use super::encode;
use super::issuer::Issuer;
use super::narrowed::Narrowed;
use crate::certificate::{Certificate, SerialNumber};
use crate::crypto::{CryptoProvider, Signer};
use crate::diagnostic::{Diagnostic, Error, Severity, codes, path::steps};
use crate::extension::{Extension, NewExtension};
use crate::lint;
use crate::policy::{Approval, PolicyIdentity};
use crate::signature::SignatureScheme;
use crate::time::Timestamp;
use crate::verify::{Profile, Purpose, Verifier, VerifyParameters};

/// What issuing needs besides an approval: the engine has no clock and no randomness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueInputs {
    /// The serial number: 20 octets or fewer, positive. RFC 5280 4.1.2.2 wants it unique within the issuer; 64 bits of
    /// randomness and more make it so.
    pub serial_number: SerialNumber,
    /// The time.
    pub at: Timestamp,
}

impl IssueInputs {
    /// A serial number from random octets: 20 of them, the first bit cleared, never zero (TLS BR 7.1 wants 64 random bits).
    pub fn new(at: Timestamp, random: [u8; 20]) -> Self {
        let mut octets = random;
        if let Some(first) = octets.first_mut() {
            // Between 0x40 and 0x7f: positive, and always 20 octets without a leading zero.
            *first = (*first & 0x3f) | 0x40;
        }
        Self { serial_number: SerialNumber::from_octets(&octets), at }
    }
}

/// A certificate that was approved, encoded, and held against the approval; not yet signed. It is used up by signing.
///
/// ```compile_fail
/// fn twice(prepared: certgate::issue::PreparedCertificate, key: &dyn certgate::crypto::Signer) {
///     let _ = prepared.sign(key);
///     let _ = prepared.sign(key);
/// }
/// ```
#[derive(Debug)]
pub struct PreparedCertificate {
    approval: Approval,
    issuer: Issuer,
    at: Timestamp,
    scheme: SignatureScheme,
    /// The certificate with an empty signature.
    shell: Certificate,
    findings: Vec<Diagnostic>,
}

/// A certificate that was issued, and verified.
#[derive(Clone, Debug)]
pub struct IssuedCertificate {
    certificate: Arc<Certificate>,
    chain: Vec<Arc<Certificate>>,
    policy: PolicyIdentity,
    findings: Vec<Diagnostic>,
}

/// What the issuer has made of an approval: what must be found again in the encoding.
pub(super) struct Expected {
    pub(super) narrowed: Narrowed,
    pub(super) not_after: Timestamp,
    pub(super) extensions: Vec<NewExtension>,
}

impl PreparedCertificate {
    pub(super) fn new(
        approval: Approval,
        issuer: Issuer,
        inputs: &IssueInputs,
        expected: &Expected,
        scheme: SignatureScheme,
        to_be_signed: &[u8],
    ) -> Result<Self, Error> {
        // Read back with an empty signature, which has a form of its own.
        let shell = Certificate::from_der(&encode::signed(to_be_signed, scheme, &[])?)
            .map_err(|error| error.within("certificate"))?;
        compare(&shell, &approval, &issuer, inputs, expected)?;
        // The policy has looked at the key itself.
        let findings = lint_before_signing(&shell, issuer.lint(), inputs.at, &[codes::LINT_KEY_WEAK])?;
        Ok(Self { approval, issuer, at: inputs.at, scheme, shell, findings })
    }

    /// What lint found, none of it of severity error, sorted by path and code.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// The bytes to be signed: for an HSM, a KMS, or an offline CA.
    pub fn tbs_der(&self) -> &[u8] {
        self.shell.signed_der()
    }

    /// How they are to be signed.
    pub fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// Which policy approved it.
    pub fn policy(&self) -> &PolicyIdentity {
        self.approval.policy()
    }

    /// Signs with a key that is at hand.
    ///
    /// # Errors
    /// `key/signing`; `issue/not-verified` if the key is not the issuer's, or the issuer's own constraints forbid the
    /// certificate.
    pub fn sign(self, signer: &dyn Signer) -> Result<IssuedCertificate, Error> {
        if signer.public_key().der() != self.issuer.certificate().public_key().der() {
            return Err(Diagnostic::new(
                codes::ISSUE_NOT_VERIFIED,
                "the private key is not that of the issuer",
            )
            .at(steps!["signatureValue"])
            .into());
        }
        let signature = signer.sign(self.tbs_der())?;
        self.assemble(&signature)
    }

    /// The certificate, from a signature over [`PreparedCertificate::tbs_der`] in the form of X.509. It is verified: under
    /// the issuer's key, and along the issuer's path to its root with all constraints.
    ///
    /// # Errors
    /// `issue/not-verified`, with the reasons of the verification.
    pub fn assemble(self, signature: &[u8]) -> Result<IssuedCertificate, Error> {
        let der = encode::signed(self.tbs_der(), self.scheme, signature)?;
        let certificate = self.shell.with_signature_of(&der).map_err(|error| error.within("certificate"))?;
        let certificate = Arc::new(certificate);
        let chain: Vec<Arc<Certificate>> = self.issuer.chain().cloned().collect();
        verify(&certificate, self.issuer.verifier(), self.at)?;
        Ok(IssuedCertificate {
            certificate,
            chain,
            policy: self.approval.policy().clone(),
            findings: self.findings,
        })
    }
}

impl IssuedCertificate {
    /// The certificate.
    pub fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }

    /// The issuer and those above it, the root last.
    pub fn chain(&self) -> &[Arc<Certificate>] {
        &self.chain
    }

    /// Which policy approved it.
    pub fn policy(&self) -> &PolicyIdentity {
        &self.policy
    }

    /// What lint found, none of it of severity error, sorted by path and code.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }
}

/// Lints what was encoded. A finding of severity error stops issuance; the others are returned.
pub(super) fn lint_before_signing(
    shell: &Certificate,
    profile: lint::Profile,
    at: Timestamp,
    except: &[crate::diagnostic::Code],
) -> Result<Vec<Diagnostic>, Error> {
    let findings = lint::lint_except(shell.into(), profile, at, except);
    let errors: Vec<Diagnostic> =
        findings.iter().filter(|finding| finding.severity() == Severity::Error).cloned().collect();
    match errors.first() {
        None => Ok(findings),
        Some(first) => {
            let message = format!("lint under {profile} stops issuance: {}", first.message());
            Err(Diagnostic::new(codes::ISSUE_LINT, message)
                .at(first.path().clone())
                .with_related(errors)
                .into())
        }
    }
}

/// Holds what was encoded against the approval, field by field.
fn compare(
    found: &Certificate,
    approval: &Approval,
    issuer: &Issuer,
    inputs: &IssueInputs,
    expected: &Expected,
) -> Result<(), Error> {
    let template = approval.template();
    let Expected { narrowed, not_after, extensions } = expected;
    let same_extension = |(found, wanted): (&Extension, &NewExtension)| {
        *found.oid() == wanted.oid
            && found.is_critical() == wanted.critical
            && found.value_der() == wanted.value
    };
    let subject_matches =
        found.subject().attributes().len() == template.subject.len()
            && found.subject().attributes().iter().zip(&template.subject).all(|(found, wanted)| {
                *found.oid() == wanted.oid && found.text() == Some(wanted.value.as_str())
            });
    let displayed = |names: &[crate::name::GeneralName]| -> Vec<(&'static str, String)> {
        names.iter().map(|name| (name.kind().as_str(), canonical(name))).collect()
    };
    let usage = found.key_usage().unwrap_or_default();
    let checks = [
        ("serialNumber", *found.serial_number() == inputs.serial_number),
        ("issuer", found.issuer().der() == issuer.certificate().subject().der()),
        ("notBefore", found.validity().not_before == template.not_before),
        ("notAfter", found.validity().not_after == *not_after && *not_after > template.not_before),
        ("subject", subject_matches),
        ("subjectPublicKeyInfo", found.public_key().der() == template.public_key.der()),
        ("subjectAltName", displayed(found.subject_alt_names()) == displayed(&template.names)),
        ("keyUsage", usage == template.key_usage),
        (
            "extendedKeyUsage",
            found.extended_key_usage().unwrap_or_default() == narrowed.extended_key_usage.as_slice(),
        ),
        ("basicConstraints", found.basic_constraints() == Some(narrowed.basic_constraints)),
        (
            "nameConstraints",
            narrowed.name_constraints.is_none()
                || found.name_constraints() == narrowed.name_constraints.as_ref(),
        ),
        (
            "extensions",
            found.extensions().len() == extensions.len()
                && found.extensions().iter().zip(extensions).all(same_extension),
        ),
    ];
    match checks.iter().find(|(_, holds)| !holds) {
        None => Ok(()),
        Some((field, _)) => Err(Diagnostic::new(
            codes::ISSUE_DIFFERS,
            format!("the {field} that was encoded is not the one that was approved"),
        )
        .at([*field])
        .into()),
    }
}

/// A name in the form in which it is encoded.
fn canonical(name: &crate::name::GeneralName) -> String {
    use crate::name::GeneralName;
    match name {
        GeneralName::DnsName(named) => named.canonical(),
        GeneralName::Rfc822Name(named) => named.canonical(),
        GeneralName::OtherName(other) => format!("{}={}", other.oid, crate::name::hex(&other.value)),
        other => other.display(),
    }
}

/// Signatures that an issuer remembers: those of the path above it count, and what it issues is verified once.
const REMEMBERED_EDGES: usize = 1_024;

/// What verifies certificates of a CA: its root is the trust anchor, and what is between is known.
pub(super) fn verifier(
    root: &Arc<Certificate>,
    intermediates: &[Arc<Certificate>],
    crypto: &'static CryptoProvider,
) -> Verifier {
    Verifier::new([Arc::clone(root)], intermediates.iter().cloned(), Profile::Private)
        .with_crypto(crypto)
        .with_remembered_edges(REMEMBERED_EDGES)
}

/// The path from what was signed to the root of its issuer. Rules for peers do not hold here; those of RFC 5280 6.1 do.
pub(super) fn verify(
    certificate: &Arc<Certificate>,
    verifier: &Verifier,
    at: Timestamp,
) -> Result<(), Error> {
    // A certificate for later is verified for when it begins.
    let at = at.max(certificate.validity().not_before);
    match verifier.verify(certificate, &VerifyParameters::new(at, Purpose::Any)) {
        Ok(_) => Ok(()),
        Err(error) => {
            let message = format!("the certificate that was signed does not verify: {error}");
            Err(Diagnostic::new(codes::ISSUE_NOT_VERIFIED, message)
                .with_related(error.reasons().to_vec())
                .into())
        }
    }
}
