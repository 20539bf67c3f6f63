//! Whether a certificate that is there is still what its plan says.

use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::oid::{Oid, OidKind};
use certgate_bindings::certgate::policy::Constraints;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::certgate::verify::{Profile, Purpose, Verifier, VerifyParameters};
use certgate_bindings::issue;

use super::plan::{AuthorityPlan, CertificatePlan};

/// How long before it begins a certificate counts as one that was made a moment ago, by a clock that is ahead: 5 minutes.
const AHEAD: i64 = 300;

/// To which constraints the certificate of a CA is to be held.
pub(super) enum Held {
    /// Whatever they are: those of a root nobody looks at, and of what others issued the plan says nothing.
    Whatever,
    /// To none.
    Free,
    /// To these.
    To(Constraints),
}

/// What a plan says of a certificate.
pub(super) struct Wanted<'p> {
    pub(super) subject: &'p [String],
    pub(super) names: &'p [String],
    pub(super) purposes: &'p [String],
    /// The path length of a CA.
    pub(super) path_length: Option<u32>,
    /// The constraints of a CA.
    pub(super) held: Held,
}

/// Whether a certificate has come to its time and not to its end.
pub(super) fn is_in_force(certificate: &Certificate, at: Timestamp) -> bool {
    certificate.validity().not_after >= at && !is_ahead(certificate, at)
}

/// Whether a certificate begins later than one that was made a moment ago.
pub(super) fn is_ahead(certificate: &Certificate, at: Timestamp) -> bool {
    certificate.validity().not_before.seconds_since(at) > AHEAD
}

/// Why the certificate must be made anew; `None` if it stands: it says what the plan says, and there is a path along
/// `above`, its issuer first and the root last, at this time.
pub(super) fn fault(
    certificate: &Arc<Certificate>,
    above: &[Arc<Certificate>],
    wanted: &Wanted<'_>,
    at: Timestamp,
) -> Option<String> {
    if let Some(field) = wanted.difference(certificate) {
        return Some(format!("its {field} is not that of the plan"));
    }
    if is_ahead(certificate, at) {
        return Some(format!("it begins only at {}", certificate.validity().not_before));
    }
    let (root, intermediates) = match above.split_last() {
        Some((root, intermediates)) => (Arc::clone(root), intermediates.to_vec()),
        None => (Arc::clone(certificate), Vec::new()),
    };
    let verifier = Verifier::new([root], intermediates, Profile::Private);
    // What was made a moment ago is verified for when it begins.
    let at = at.max(certificate.validity().not_before);
    verifier
        .verify(certificate, &VerifyParameters::new(at, Purpose::Any))
        .err()
        .map(|error| error.to_string())
}

impl<'p> Wanted<'p> {
    /// What a plan says of an authority besides constraints.
    pub(super) fn of_authority(plan: &'p AuthorityPlan) -> Self {
        let path_length = Some(plan.path_length);
        Self { subject: &plan.subject, names: &[], purposes: &[], path_length, held: Held::Whatever }
    }

    /// What a plan says of a certificate of an end entity.
    pub(super) fn of_certificate(plan: &'p CertificatePlan) -> Self {
        let (subject, names, purposes) = (&plan.subject, &plan.names, &plan.purposes);
        Self { subject, names, purposes, path_length: None, held: Held::Whatever }
    }

    /// Whether a certificate says what the plan says.
    pub(super) fn fits(&self, certificate: &Certificate) -> bool {
        self.difference(certificate).is_none()
    }

    /// The first field in which the certificate differs.
    pub(super) fn difference(&self, certificate: &Certificate) -> Option<&'static str> {
        let subject = issue::parse_subject(self.subject).ok()?;
        let found = certificate.subject().attributes();
        let same = found.len() == subject.len()
            && found
                .iter()
                .zip(&subject)
                .all(|(found, (oid, value))| found.oid() == oid && found.text() == Some(value.as_str()));
        if !same {
            return Some("subject");
        }
        let shown = |names: &[certgate_bindings::certgate::name::GeneralName]| -> Vec<String> {
            let mut shown: Vec<String> = names
                .iter()
                .map(|name| format!("{} {}", name.kind().as_str(), name.display().to_lowercase()))
                .collect();
            shown.sort();
            shown
        };
        let names = issue::parse_names(self.names).ok()?;
        if shown(&names) != shown(certificate.subject_alt_names()) {
            return Some("subjectAltName");
        }
        if let Some(length) = self.path_length {
            let constraints = certificate.basic_constraints();
            let length = match &self.held {
                Held::To(held) => length.min(held.path_length),
                Held::Whatever | Held::Free => length,
            };
            let same = constraints
                .is_some_and(|constraints| constraints.ca && constraints.path_length == Some(length));
            return if same { self.held.difference(certificate) } else { Some("basicConstraints") };
        }
        let purposes =
            self.purposes.iter().map(|name| Oid::from_label(name, OidKind::ExtendedKeyUsage)).collect();
        has_other_purposes(certificate, purposes).then_some("extendedKeyUsage")
    }
}

impl Held {
    /// The first extension in which the certificate of a CA differs.
    fn difference(&self, certificate: &Certificate) -> Option<&'static str> {
        let (names, purposes) = match self {
            Self::Whatever => return None,
            Self::Free => (None, &[][..]),
            Self::To(held) => {
                let says_nothing = held.names.permitted.is_empty() && held.names.excluded.is_empty();
                ((!says_nothing).then_some(&held.names), held.purposes.as_slice())
            }
        };
        if certificate.name_constraints() != names {
            return Some("nameConstraints");
        }
        let purposes = purposes.iter().cloned().map(Some).collect();
        has_other_purposes(certificate, purposes).then_some("extendedKeyUsage")
    }
}

fn has_other_purposes(certificate: &Certificate, mut purposes: Vec<Option<Oid>>) -> bool {
    let mut found: Vec<Option<Oid>> =
        certificate.extended_key_usage().unwrap_or_default().iter().cloned().map(Some).collect();
    purposes.sort();
    found.sort();
    purposes != found
}
