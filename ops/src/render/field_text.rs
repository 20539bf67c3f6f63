//! A request or certificate as text: one line a field, with the place of each field, so that a diagnostic can point at it.

use std::ops::Range;

use certgate_bindings::certgate::diagnostic::{Path, Step};
use certgate_bindings::view::{
    CertificateView, ExtensionView, NameView, PublicKeyView, RequestView, StepView, SubjectView,
};

use super::escape::escape;

/// The text of an object and where its fields stand.
pub(crate) struct FieldText {
    text: String,
    places: Vec<(Vec<StepView>, Range<usize>)>,
}

impl FieldText {
    pub(crate) fn new(view: &RequestView) -> Self {
        let mut text = Self { text: String::new(), places: Vec::new() };
        text.subject("subject", &view.subject);
        text.public_key(&view.public_key);
        let signature = format!("{}, {}", view.signature.algorithm, view.signature.status);
        text.line(&[field("signature")], "signature", &signature);
        text.places.push((vec![field("signatureAlgorithm")], text.last_line()));
        text.names(&view.subject_alt_names);
        text.extensions(&view.extensions);
        for (index, attribute) in view.attributes.iter().enumerate() {
            let path = [field("attributes"), StepView::Index(index), field(&attribute.kind)];
            let value = match (&attribute.values, attribute.meaning.as_str()) {
                (Some(values), _) => values.join(" "),
                (None, "extensionRequest") => "see extensions".to_owned(),
                (None, _) => "not shown".to_owned(),
            };
            text.line(&path, &format!("attribute {}", attribute.kind), &value);
        }
        text
    }

    /// The text of a certificate.
    pub(crate) fn of_certificate(view: &CertificateView) -> Self {
        let mut text = Self { text: String::new(), places: Vec::new() };
        text.subject("subject", &view.subject);
        text.subject("issuer", &view.issuer);
        text.line(&[field("serialNumber")], "serial number", &view.serial_number);
        text.line(&[field("validity"), field("notBefore")], "not before", &view.not_before);
        text.line(&[field("validity"), field("notAfter")], "not after", &view.not_after);
        text.public_key(&view.public_key);
        text.line(&[field("signatureAlgorithm")], "signature", &view.signature_algorithm.name);
        text.names(&view.subject_alt_names);
        text.extensions(&view.extensions);
        text
    }

    fn subject(&mut self, label: &str, view: &SubjectView) {
        self.line(&[field(label)], label, &view.text);
        for (index, attribute) in view.attributes.iter().enumerate() {
            let value = attribute.value.as_deref().or(attribute.der.as_deref()).unwrap_or_default();
            let path = [field(label), StepView::Index(index), field(&attribute.kind)];
            self.line(&path, &format!("  {}", attribute.kind), value);
        }
    }

    fn public_key(&mut self, view: &PublicKeyView) {
        let mut name = view.name.clone();
        if let Some(exponent) = view.exponent.filter(|exponent| *exponent != 65_537) {
            name.push_str(&format!(", exponent {exponent}"));
        }
        self.line(&[field("subjectPublicKeyInfo")], "public key", &name);
    }

    fn names(&mut self, list: &[NameView]) {
        let names = [field("extensions"), field("subjectAltName")];
        if list.is_empty() {
            self.line(&names, "subjectAltName", "none");
        } else {
            self.heading(&names, "subjectAltName");
        }
        for (index, name) in list.iter().enumerate() {
            let path =
                [field("extensions"), field("subjectAltName"), StepView::Index(index), field(&name.kind)];
            let shown = match &name.unicode {
                Some(unicode) => format!("{} ({unicode})", name.value),
                None => name.value.clone(),
            };
            self.line(&path, &format!("  {}", name.kind), &shown);
        }
    }

    fn extensions(&mut self, list: &[ExtensionView]) {
        for extension in list.iter().filter(|extension| extension.kind != "subjectAltName") {
            let value = if let Some(bits) = &extension.key_usage {
                bits.join(", ")
            } else if let Some(purposes) = &extension.extended_key_usage {
                purposes.join(", ")
            } else if let Some(constraints) = &extension.basic_constraints {
                match constraints.path_length {
                    // As many as the number holds stand for all that are more.
                    Some(u32::MAX) => {
                        format!("CA {}, path length more than {}", constraints.ca, u32::MAX.saturating_sub(1))
                    }
                    Some(length) => format!("CA {}, path length {length}", constraints.ca),
                    None => format!("CA {}", constraints.ca),
                }
            } else {
                extension.der.clone()
            };
            let critical = if extension.critical { " (critical)" } else { "" };
            let path = [field("extensions"), field(&extension.kind)];
            self.line(&path, &format!("{}{critical}", extension.kind), &value);
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The bytes of the field that `path` names: the longest known beginning of it.
    pub(crate) fn locate(&self, path: &[StepView]) -> Option<Range<usize>> {
        let known = self.places.iter().filter(|(place, _)| path.starts_with(place));
        known.max_by_key(|(place, _)| place.len()).map(|(_, range)| range.clone())
    }

    fn heading(&mut self, path: &[StepView], label: &str) {
        let start = self.text.len();
        self.text.push_str(label);
        self.places.push((path.to_vec(), start..self.text.len()));
        self.text.push_str(":\n");
    }

    fn line(&mut self, path: &[StepView], label: &str, value: &str) {
        const LONGEST: usize = 160;
        self.text.push_str(&escape(label));
        self.text.push_str(": ");
        let start = self.text.len();
        let shown = escape(value);
        match shown.char_indices().nth(LONGEST) {
            Some((end, _)) => {
                self.text.push_str(shown.get(..end).unwrap_or_default());
                self.text.push('…');
            }
            None if shown.is_empty() => self.text.push_str("empty"),
            None => self.text.push_str(&shown),
        }
        self.places.push((path.to_vec(), start..self.text.len()));
        self.text.push('\n');
    }

    fn last_line(&self) -> Range<usize> {
        self.places.last().map_or(0..0, |(_, range)| range.clone())
    }
}

fn field(name: &str) -> StepView {
    StepView::Field(name.to_owned())
}

/// A path as the engine has it.
pub(crate) fn core_path(path: &[StepView]) -> Path {
    let steps: Vec<Step> = path
        .iter()
        .map(|step| match step {
            StepView::Field(field) => Step::from(field.clone()),
            StepView::Index(index) => Step::Index(*index),
        })
        .collect();
    Path::from(steps)
}
