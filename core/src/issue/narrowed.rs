use crate::diagnostic::{Diagnostic, Error, codes, path::steps};
use crate::extension::{BasicConstraints, NameConstraints};
use crate::oid::Oid;
use crate::policy::{Constraints, Template};

/// What becomes of a template under the constraints that an issuer lays on CAs: the same or less, never more.
pub(super) struct Narrowed {
    pub(super) basic_constraints: BasicConstraints,
    pub(super) extended_key_usage: Vec<Oid>,
    pub(super) name_constraints: Option<NameConstraints>,
}

impl Narrowed {
    /// # Errors
    /// `issue/constraints`: purposes were approved, and the constraints allow none of them.
    pub(super) fn new(template: &Template, constraints: Option<&Constraints>) -> Result<Self, Error> {
        let same = Self {
            basic_constraints: template.basic_constraints,
            extended_key_usage: template.extended_key_usage.clone(),
            name_constraints: None,
        };
        let Some(constraints) = constraints.filter(|_| template.basic_constraints.ca) else {
            return Ok(same);
        };
        let approved = template.basic_constraints.path_length.unwrap_or(constraints.path_length);
        let names = &constraints.names;
        Ok(Self {
            basic_constraints: BasicConstraints {
                ca: true,
                path_length: Some(approved.min(constraints.path_length)),
            },
            extended_key_usage: purposes(&template.extended_key_usage, &constraints.purposes)?,
            name_constraints: (!names.is_empty).then(|| names.clone()),
        })
    }
}

/// Without a purpose a CA is for all; both lists narrow.
fn purposes(approved: &[Oid], constraints: &[Oid]) -> Result<Vec<Oid>, Error> {
    if constraints.is_empty() || approved.is_empty() {
        return Ok(if approved.is_empty() { constraints } else { approved }.to_vec());
    }
    let both: Vec<Oid> = approved.iter().filter(|purpose| constraints.contains(purpose)).cloned().collect();
    if both.is_empty() {
        let labels = |list: &[Oid]| list.iter().map(Oid::label).collect::<Vec<_>>();
        let message = "the purposes that were approved are none of those of the issuer's constraints";
        return Err(Diagnostic::new(codes::ISSUE_CONSTRAINTS, message)
            .at(steps!["extensions", "extendedKeyUsage"])
            .with_found(labels(approved))
            .with_expected(labels(constraints))
            .into());
    }
    Ok(both)
}
