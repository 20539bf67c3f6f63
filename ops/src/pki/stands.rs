//! Whether a certificate that is there is still what its plan says.

use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::oid::{Oid, OidKind};
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::certgate::verify::{Profile, Purpose, Verifier, VerifyParameters};
use certgate_bindings::issue;

/// What a plan says of a certificate.
pub(super) struct Wanted<'p> {
    pub(super) subject: &'p [String],
    pub(super) names: &'p [String],
    pub(super) purposes: &'p [String],
    /// The path length of a CA.
    pub(super) path_length: Option<u32>,
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
    let (root, intermediates) = match above.split_last() {
        Some((root, intermediates)) => (Arc::clone(root), intermediates.to_vec()),
        None => (Arc::clone(certificate), Vec::new()),
    };
    let verifier = Verifier::new([root], intermediates, Profile::Private);
    // What was made a moment ago by a clock that is ahead is verified for when it begins.
    let at = at.max(certificate.validity().not_before);
    verifier
        .verify(certificate, &VerifyParameters::new(at, Purpose::Any))
        .err()
        .map(|error| error.to_string())
}

impl Wanted<'_> {
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
            let same = constraints
                .is_some_and(|constraints| constraints.ca && constraints.path_length == Some(length));
            return (!same).then_some("basicConstraints");
        }
        let mut purposes: Vec<Option<Oid>> =
            self.purposes.iter().map(|name| Oid::from_label(name, OidKind::ExtendedKeyUsage)).collect();
        let mut found: Vec<Option<Oid>> =
            certificate.extended_key_usage().unwrap_or_default().iter().cloned().map(Some).collect();
        purposes.sort();
        found.sort();
        (purposes != found).then_some("extendedKeyUsage")
    }
}
