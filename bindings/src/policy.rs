use std::sync::Arc;

use certgate::diagnostic::{Path, Span};
use certgate::policy::{self, Context, Outcome, PolicyDocument};
use sha2::{Digest, Sha256};

use crate::document::{CodeFamily, SourceText};
use crate::error::{Error, ErrorKind};
use crate::request::Request;
use crate::view::{DecisionView, DiagnosticView, PolicyView};

/// A loaded policy, with the text that it came from. Cheap to clone and to share between threads.
#[derive(Clone, Debug)]
pub struct Policy {
    policy: policy::Policy,
    source: Arc<SourceText>,
}

impl Policy {
    /// Loads a policy from YAML or JSON.
    ///
    /// # Errors
    /// Every fault of the document, with code, path, line and column.
    pub fn load(text: &str) -> Result<Self, Error> {
        let source = Arc::new(SourceText::new(text));
        let in_document = |error| Error::in_document(ErrorKind::Policy, &error, &source);
        let document: PolicyDocument = source.read(&CodeFamily::POLICY).map_err(in_document)?;
        let digest = digest(&document);
        let policy = policy::Policy::compile(document, &digest).map_err(in_document)?;
        Ok(Self { policy, source: Arc::clone(&source) })
    }

    /// The engine's policy.
    pub fn as_core(&self) -> &policy::Policy {
        &self.policy
    }

    /// The policy's name.
    pub fn id(&self) -> &str {
        &self.policy.identity().id
    }

    /// The digest of the canonical form: `sha256:` and 64 hexadecimal digits.
    pub fn digest(&self) -> &str {
        &self.policy.identity().digest
    }

    /// The text that it was loaded from.
    pub fn source(&self) -> &SourceText {
        &self.source
    }

    /// The canonical form: JSON without white space, keys in the order of the documentation, simple forms where there
    /// are any. Documents that say the same have the same canonical form.
    pub fn canonical_json(&self) -> String {
        canonical(self.policy.document())
    }

    /// What should be looked at in the document.
    pub fn warnings(&self) -> Vec<DiagnosticView> {
        self.policy
            .warnings()
            .iter()
            .map(|warning| DiagnosticView::in_document(warning, &self.source))
            .collect()
    }

    /// Name, digest, description and warnings.
    pub fn view(&self) -> PolicyView {
        PolicyView {
            id: self.id().to_owned(),
            digest: self.digest().to_owned(),
            description: self.policy.document().description.clone(),
            warnings: self.warnings(),
        }
    }

    /// The bytes of the text that a rule's path names.
    pub fn locate(&self, rule: &Path) -> Option<Span> {
        self.source.locate(rule)
    }

    /// Judges a request. A denial is a value, never an error.
    pub fn evaluate(&self, request: &Request, context: &Context) -> Decision {
        Decision {
            decision: Arc::new(self.policy.evaluate(request.as_core(), context)),
            request: request.clone(),
        }
    }
}

/// The canonical form of a document.
fn canonical(document: &PolicyDocument) -> String {
    // A document consists of text, numbers, lists and maps with text keys: serialising it cannot fail.
    serde_json::to_string(document).unwrap_or_default()
}

fn digest(document: &PolicyDocument) -> String {
    use std::fmt::Write;
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(canonical(document).as_bytes()) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// What a policy says of a request. Views are made when they are asked for.
#[derive(Clone, Debug)]
pub struct Decision {
    decision: Arc<policy::Decision>,
    request: Request,
}

impl Decision {
    /// The engine's decision.
    pub fn as_core(&self) -> &policy::Decision {
        &self.decision
    }

    /// The request that was judged.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// `allowed`, `denied` or `notApplicable`.
    pub fn outcome(&self) -> Outcome {
        self.decision.outcome()
    }

    /// Whether the certificate may be issued.
    pub fn is_allowed(&self) -> bool {
        self.decision.is_allowed()
    }

    /// The whole decision as plain data.
    pub fn view(&self) -> DecisionView {
        DecisionView::new(&self.decision, &self.request)
    }
}
