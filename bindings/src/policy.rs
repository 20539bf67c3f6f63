use std::sync::Arc;

use certgate::diagnostic::{Diagnostic, Path, Span, codes};
use certgate::policy::{self, Context, Outcome, PolicyDigest, PolicyDocument};

use crate::compare::example_key;
use crate::document::{CodeFamily, Position, SourceText};
use crate::error::{Error, ErrorKind};
use crate::request::Request;
use crate::view::{
    ConstraintsView, DecisionView, DiagnosticView, ExplanationView, PolicyIdentityView, PolicyView,
    SimulationView, TemplateView,
};

/// A loaded policy, with the text that it came from. Cheap to clone and to share between threads.
#[derive(Clone, Debug)]
pub struct Policy {
    policy: policy::Policy,
    source: Arc<SourceText>,
    /// Where the warnings are, if the text was read by another module.
    positions: Option<Arc<[Option<Position>]>>,
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
        let policy = policy::Policy::compile(document, digest).map_err(in_document)?;
        Ok(Self { policy, source: Arc::clone(&source), positions: None })
    }

    /// Loads a policy from the bytes of a file, which must be UTF-8.
    ///
    /// # Errors
    /// As [`Policy::load`], and bytes that are no UTF-8.
    pub fn load_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(bytes).map_err(|_| {
            let diagnostic = Diagnostic::new(codes::DOCUMENT_SYNTAX, "the policy is not UTF-8");
            Error::new(ErrorKind::Policy, &diagnostic.with_help("save it as UTF-8").into())
        })?;
        Self::load(text)
    }

    /// Loads a policy from JSON that was made from another text; `locate` knows the lines and columns of that text. For
    /// hosts whose YAML reader is a module of its own.
    ///
    /// # Errors
    /// As [`Policy::load`], with the positions that `locate` gives.
    pub fn load_converted(
        json: &str,
        source: &str,
        locate: impl Fn(&Path) -> Option<Position>,
    ) -> Result<Self, Error> {
        let converted = SourceText::new(json);
        let faulty = |error: &certgate::diagnostic::Error| {
            let view = |diagnostic: &Diagnostic| DiagnosticView {
                span: None,
                position: locate(diagnostic.path()),
                ..DiagnosticView::new(diagnostic)
            };
            Error::of_views(ErrorKind::Policy, error.diagnostics().iter().map(view).collect())
        };
        let document: PolicyDocument = converted.read(&CodeFamily::POLICY).map_err(|error| faulty(&error))?;
        let digest = digest(&document);
        let policy = policy::Policy::compile(document, digest).map_err(|error| faulty(&error))?;
        let positions = policy.warnings().iter().map(|warning| locate(warning.path())).collect();
        Ok(Self { policy, source: Arc::new(SourceText::new(source)), positions: Some(positions) })
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
        let warnings = self.policy.warnings().iter();
        match &self.positions {
            None => warnings.map(|warning| DiagnosticView::in_document(warning, &self.source)).collect(),
            Some(positions) => warnings
                .zip(positions.iter())
                .map(|(warning, position)| DiagnosticView {
                    span: None,
                    position: *position,
                    ..DiagnosticView::new(warning)
                })
                .collect(),
        }
    }

    /// All that should be looked at in the document: its warnings, and what is true of rules taken together. `at` is the time
    /// at which exceptions are looked at.
    pub fn lint(&self, at: Option<certgate::time::Timestamp>) -> Vec<DiagnosticView> {
        let findings = self.policy.lint(at);
        findings.iter().map(|finding| DiagnosticView::in_document(finding, &self.source)).collect()
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

    /// What a CA that issues by this policy can say of it in its own certificate.
    pub fn constraints(&self) -> policy::Constraints {
        self.policy.constraints()
    }

    /// As [`Policy::constraints`], as plain data.
    pub fn constraints_view(&self) -> ConstraintsView {
        ConstraintsView::new(&self.policy.constraints())
    }

    /// Judges a request. A denial is a value, never an error.
    pub fn evaluate(&self, request: &Request, context: &Context) -> Decision {
        Decision::new(self.policy.evaluate(request.as_core(), context), request)
    }

    /// Judges a request and says why: which rule decided each field, and the smallest changes to the request and to the
    /// policy with which it would be allowed. Each change has been applied and judged again.
    pub fn explain(&self, request: &Request, context: &Context) -> ExplanationView {
        let explanation = self.policy.explain(request.as_core(), context, &example_key);
        ExplanationView::new(explanation, request)
    }
}

/// The canonical form of a policy in YAML or JSON, without compiling it.
///
/// # Errors
/// Text that is no policy document, with code, path, line and column.
pub fn policy_to_json(text: &str) -> Result<String, Error> {
    let source = SourceText::new(text);
    let document: PolicyDocument = source
        .read(&CodeFamily::POLICY)
        .map_err(|error| Error::in_document(ErrorKind::Policy, &error, &source))?;
    Ok(canonical(&document))
}

/// The canonical form of a document.
pub(crate) fn canonical(document: &PolicyDocument) -> String {
    // A document consists of text, numbers, lists and maps with text keys: serialising it cannot fail.
    serde_json::to_string(document).unwrap_or_default()
}

fn digest(document: &PolicyDocument) -> PolicyDigest {
    PolicyDigest::of(&canonical(document))
}

/// What a policy says of a request. Views are made when they are asked for.
#[derive(Clone, Debug)]
pub struct Decision {
    decision: Arc<policy::Decision>,
    request: Request,
}

impl Decision {
    pub(crate) fn new(decision: policy::Decision, request: &Request) -> Self {
        Self { decision: Arc::new(decision), request: request.clone() }
    }

    /// The engine's decision.
    pub fn as_core(&self) -> &policy::Decision {
        &self.decision
    }

    /// Name and digest of the policy that decided.
    pub fn policy(&self) -> PolicyIdentityView {
        let identity = self.decision.policy();
        PolicyIdentityView { id: identity.id.to_string(), digest: identity.digest.to_string() }
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

    /// Every reason why not, sorted by path and code, with the bytes that they are about.
    pub fn reasons(&self) -> Vec<DiagnosticView> {
        self.placed(self.decision.reasons())
    }

    /// What should be mended or known and stops nothing.
    pub fn warnings(&self) -> Vec<DiagnosticView> {
        self.placed(self.decision.warnings())
    }

    /// Exactly what would be issued; `None` unless allowed.
    pub fn template(&self) -> Option<TemplateView> {
        self.decision.template().map(TemplateView::new)
    }

    /// What the simulated program says, if the policy decides as another program does.
    pub fn simulation(&self) -> Option<SimulationView> {
        let simulation = self.decision.simulation()?;
        Some(SimulationView::new(
            simulation,
            self.placed(simulation.reasons()),
            self.placed(simulation.warnings()),
        ))
    }

    fn placed(&self, diagnostics: &[Diagnostic]) -> Vec<DiagnosticView> {
        let core = self.request.as_core();
        diagnostics
            .iter()
            .map(|diagnostic| DiagnosticView::with_span(diagnostic, |path| core.span(path)))
            .collect()
    }

    /// The whole decision as plain data.
    pub fn view(&self) -> DecisionView {
        DecisionView::new(self)
    }
}
