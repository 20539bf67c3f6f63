//! Plain data for reports: everything is text, times are RFC 3339 in UTC with `Z`, numbers stay below 2^53.

pub(crate) mod certificate;
mod code;
mod constraints;
mod decision;
mod diagnostic;
mod explanation;
mod lint;
mod path;
mod request;
mod revocation_list;
mod simulation;
mod template;

pub use certificate::{AlgorithmView, CertificateView};
pub use code::CodeView;
pub use constraints::{ConstraintsView, SubtreeView};
pub use decision::{DecisionView, PolicyIdentityView, PolicyView};
pub use diagnostic::{DataView, DiagnosticView, SpanView, StepView};
pub(crate) use diagnostic::{path_text, steps};
pub use explanation::{
    ChangeView, ExplanationView, FieldExplanationView, NoteView, PolicyChangeView, RequestChangeView,
};
pub use lint::{LintRuleView, LintSeverityView, LintView};
pub use path::{
    NotVerifiedView, PathCertificateView, ProfileView, RuleView, TriedPathView, VerifiedPathView, WorkView,
};
pub(crate) use request::findings;
pub use request::{
    AttributeView, ExtensionView, FingerprintsView, NameView, PublicKeyView, RequestView,
    SignatureStatusView, SignatureView, SubjectAttributeView, SubjectView,
};
pub use revocation_list::{RevocationListView, RevokedCertificateView};
pub use simulation::{IssuedView, SimulationView};
pub use template::{
    BasicConstraintsView, TemplateAttributeView, TemplateExtensionView, TemplateNameView, TemplateView,
};

/// Version of the JSON forms of all views.
pub const SCHEMA_VERSION: u32 = 1;

pub(crate) use base16ct::lower::encode_string as hex;
