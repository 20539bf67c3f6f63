//! What the stubs call plain data: the names in `certgate.types`.

use certgate_bindings::cases::CaseReport;
use certgate_bindings::compare::{AtMostView, ComparisonView};
use certgate_bindings::issue::IssuedCertificateView;
use certgate_bindings::mend::MendView;
use certgate_bindings::renewal::RenewalView;
use certgate_bindings::set::SetDecisionView;
use certgate_bindings::view::{
    AttributeView, CertificateView, CodeView, ConstraintsView, DecisionView, DiagnosticView, ExplanationView,
    ExtensionView, FingerprintsView, LintRuleView, LintView, NameView, NotVerifiedView, PolicyIdentityView,
    PolicyView, ProfileView, PublicKeyView, RequestView, RevocationListView, RevokedCertificateView,
    SignatureStatusView, SignatureView, SubjectView, TemplateView, TriedPathView, VerifiedPathView, WorkView,
};
use certgate_ops::store::StoreDescription;
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::{PyTypeInfo, type_hint_identifier, type_hint_subscript, type_hint_union};
use serde::Serialize;

use crate::plain::to_python;

/// Plain data that has a name in `certgate.types`.
pub(crate) trait Shape: Serialize {
    /// The name in the stubs.
    const HINT: PyStaticExpr;
}

macro_rules! shapes {
    ($($view:ident),* $(,)?) => {
        $(impl Shape for $view {
            const HINT: PyStaticExpr = type_hint_identifier!("certgate.types", stringify!($view));
        })*
    };
}

shapes!(
    AtMostView,
    AttributeView,
    CaseReport,
    CertificateView,
    CodeView,
    ComparisonView,
    ConstraintsView,
    DecisionView,
    DiagnosticView,
    ExplanationView,
    ExtensionView,
    FingerprintsView,
    IssuedCertificateView,
    LintRuleView,
    LintView,
    MendView,
    NameView,
    NotVerifiedView,
    PolicyIdentityView,
    PolicyView,
    ProfileView,
    PublicKeyView,
    RenewalView,
    RequestView,
    RevocationListView,
    RevokedCertificateView,
    SetDecisionView,
    StoreDescription,
    SignatureStatusView,
    SignatureView,
    SubjectView,
    TemplateView,
    TriedPathView,
    VerifiedPathView,
    WorkView,
);

impl Shape for certgate_bindings::ContextDocument {
    const HINT: PyStaticExpr = type_hint_identifier!("certgate.types", "Context");
}

impl Shape for certgate_ops::inventory::Entry {
    const HINT: PyStaticExpr = type_hint_identifier!("certgate.types", "InventoryEntry");
}

impl Shape for certgate_ops::audit::Report {
    const HINT: PyStaticExpr = type_hint_identifier!("certgate.types", "AuditReport");
}

/// What verification says as plain data.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum OutcomeView {
    Verified(VerifiedPathView),
    NotVerified(NotVerifiedView),
}

/// Declares a type that crosses as one that pyo3 knows, with a narrower name in the stubs.
macro_rules! named {
    ($($(#[$doc:meta])* $name:ident($inner:ty): $hint:expr),* $(,)?) => {
        $($(#[$doc])*
        pub(crate) struct $name(pub(crate) $inner);

        impl<'py> IntoPyObject<'py> for $name {
            type Target = PyAny;
            type Output = Bound<'py, PyAny>;
            type Error = PyErr;

            const OUTPUT_TYPE: PyStaticExpr = $hint;

            fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                to_python(py, &self.0)
            }
        })*
    };
}

named!(
    /// A stable code.
    CodeText(String): type_hint_identifier!("certgate.types", "Code"),
    /// `error`, `warning` or `notice`.
    SeverityText(String): type_hint_identifier!("certgate.types", "Severity"),
    /// `allowed`, `denied` or `notApplicable`.
    OutcomeText(&'static str): type_hint_identifier!("certgate.types", "Outcome"),
    /// `valid`, `invalid`, `refused` or `not-checked`.
    StatusText(String): type_hint_identifier!("certgate.types", "SignatureState"),
    /// `verified` or `notVerified`.
    VerificationText(&'static str): type_hint_identifier!("certgate.types", "Verification"),
    /// What verification says, told apart by `outcome`.
    OutcomeData(OutcomeView): type_hint_union!(
        type_hint_identifier!("certgate.types", "VerifiedPathView"),
        type_hint_identifier!("certgate.types", "NotVerifiedView")
    ),
    /// What was found or expected.
    DataValue(certgate_bindings::view::DataView): type_hint_identifier!("certgate.types", "Data"),
    /// A JSON Schema.
    AnySchema(serde_json::Value): type_hint_subscript!(
        type_hint_identifier!("builtins", "dict"),
        type_hint_identifier!("builtins", "str"),
        type_hint_identifier!("typing", "Any")
    ),
);

/// Declares an object of another package, with a name in the stubs.
macro_rules! foreign {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        $($(#[$doc])*
        pub(crate) struct $name<'py>(pub(crate) Bound<'py, PyAny>);

        impl<'py> IntoPyObject<'py> for $name<'py> {
            type Target = PyAny;
            type Output = Bound<'py, PyAny>;
            type Error = PyErr;

            const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("certgate.types", stringify!($name));

            fn into_pyobject(self, _py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                Ok(self.0)
            }
        })*
    };
}

foreign!(
    /// A certificate of pyca/cryptography.
    CryptographyCertificate,
    /// A private key of pyca/cryptography.
    CryptographyPrivateKey,
    /// A certificate request of pyca/cryptography.
    CryptographyRequest,
    /// A revocation list of pyca/cryptography.
    CryptographyRevocationList,
);

/// `tuple[T, ...]`
pub(crate) const fn tuple_of<T: PyTypeInfo>() -> PyStaticExpr {
    struct Of<T>(std::marker::PhantomData<T>);
    impl<T: PyTypeInfo> Of<T> {
        const HINT: PyStaticExpr = type_hint_subscript!(
            type_hint_identifier!("builtins", "tuple"),
            T::TYPE_HINT,
            PyStaticExpr::Constant { value: pyo3::inspect::PyStaticConstant::Ellipsis }
        );
    }
    Of::<T>::HINT
}
