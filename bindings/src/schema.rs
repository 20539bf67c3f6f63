//! JSON Schemas (draft 2020-12) of the documents that certgate reads and of the views that it writes.

use certgate::policy::PolicyDocument;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;

use crate::cases::{CaseFile, CaseReport};
use crate::compare::ComparisonView;
use crate::context::ContextDocument;
use crate::error::ErrorView;
use crate::import::{ImportDocument, ImportedView};
use crate::issue::{
    DevAuthorityDocument, DevCertificateDocument, IssuedCertificateView, IssuerOptions, NewRequestDocument,
    RevocationListDocument, RootDocument,
};
use crate::lint::LintDocument;
use crate::mend::MendView;
use crate::renewal::RenewalView;
use crate::set::{PolicySetDocument, SetDecisionView};
use crate::verify::{VerifierDocument, VerifyDocument};
use crate::view::{
    CertificateView, CodeView, ConstraintsView, DecisionView, ExplanationView, LintRuleView, LintView,
    NotVerifiedView, PolicyView, ProfileView, RequestView, RevocationListView, SignatureStatusView,
    VerifiedPathView,
};

/// The names that [`schema`] knows, with what each is of.
pub const NAMES: [(&str, &str); 36] = [
    ("policy", "a policy document"),
    ("context", "what is known besides a request"),
    ("decision", "what `certgate check --format json` prints"),
    ("request", "what `certgate inspect --format json` prints of a request"),
    ("cases", "a file of cases beside a policy"),
    ("code", "what `certgate explain --format json` prints"),
    ("loaded-policy", "what the hosts show of a loaded policy"),
    ("explanation", "what `certgate policy explain --format json` prints"),
    ("policy-comparison", "what `certgate policy diff --format json` prints"),
    ("policy-set", "several policies and how they decide together"),
    ("set-decision", "what `certgate check --format json` prints with several policies"),
    ("signature-status", "what became of one signature that a host has verified"),
    ("error", "what the hosts throw or raise"),
    ("certificate", "what `certgate inspect --format json` prints of a certificate"),
    ("revocation-list", "what `certgate inspect --format json` prints of a revocation list"),
    ("verified-path", "what `certgate verify --format json` prints of a path that holds"),
    ("not-verified", "what `certgate verify --format json` prints of a certificate that is not verified"),
    ("profile", "what `certgate verify --explain-profile --format json` prints"),
    ("verifier-options", "the rules of a verifier"),
    ("verify-options", "what one verification asks for"),
    ("lint", "what `certgate lint --format json` prints of one object"),
    ("lint-rule", "a rule of what `certgate lint --list --format json` prints"),
    ("lint-options", "what one call of lint asks for"),
    ("constraints", "what `certgate pki constrain --format json` prints"),
    ("import-options", "how a policy of another program is imported"),
    ("imported-policy", "a policy of another program, imported"),
    ("case-report", "what `certgate policy test --format json` prints of one file"),
    ("mended-request", "how to make a request that a policy allows"),
    ("renewal", "whether a certificate is renewed now"),
    ("issuer-options", "what an issuer says in every certificate"),
    ("issued-certificate", "a certificate that was issued"),
    ("new-request", "a request to be made"),
    ("new-root", "a root to be made"),
    ("new-revocation-list", "a revocation list to be made"),
    ("dev-authority", "a development CA to be made"),
    ("dev-certificate", "a certificate of a development CA to be made"),
];

/// The schema with this name; `None` if there is none.
pub fn schema(name: &str) -> Option<Value> {
    Some(match name {
        "policy" => of::<PolicyDocument>(Direction::Read),
        "context" => of::<ContextDocument>(Direction::Read),
        "decision" => of::<DecisionView>(Direction::Written),
        "request" => of::<RequestView>(Direction::Written),
        "cases" => of::<CaseFile>(Direction::Read),
        "code" => of::<CodeView>(Direction::Written),
        "loaded-policy" => of::<PolicyView>(Direction::Written),
        "explanation" => of::<ExplanationView>(Direction::Written),
        "policy-comparison" => of::<ComparisonView>(Direction::Written),
        "policy-set" => of::<PolicySetDocument>(Direction::Read),
        "set-decision" => of::<SetDecisionView>(Direction::Written),
        "signature-status" => of::<SignatureStatusView>(Direction::Written),
        "error" => of::<ErrorView>(Direction::Written),
        "certificate" => of::<CertificateView>(Direction::Written),
        "revocation-list" => of::<RevocationListView>(Direction::Written),
        "verified-path" => of::<VerifiedPathView>(Direction::Written),
        "not-verified" => of::<NotVerifiedView>(Direction::Written),
        "profile" => of::<ProfileView>(Direction::Written),
        "verifier-options" => of::<VerifierDocument>(Direction::Read),
        "verify-options" => of::<VerifyDocument>(Direction::Read),
        "lint" => of::<LintView>(Direction::Written),
        "lint-rule" => of::<LintRuleView>(Direction::Written),
        "lint-options" => of::<LintDocument>(Direction::Read),
        "constraints" => of::<ConstraintsView>(Direction::Written),
        "import-options" => of::<ImportDocument>(Direction::Read),
        "imported-policy" => of::<ImportedView>(Direction::Written),
        "case-report" => of::<CaseReport>(Direction::Written),
        "mended-request" => of::<MendView>(Direction::Written),
        "renewal" => of::<RenewalView>(Direction::Written),
        "issuer-options" => of::<IssuerOptions>(Direction::Read),
        "issued-certificate" => of::<IssuedCertificateView>(Direction::Written),
        "new-request" => of::<NewRequestDocument>(Direction::Read),
        "new-root" => of::<RootDocument>(Direction::Read),
        "new-revocation-list" => of::<RevocationListDocument>(Direction::Read),
        "dev-authority" => of::<DevAuthorityDocument>(Direction::Read),
        "dev-certificate" => of::<DevCertificateDocument>(Direction::Read),
        _ => return None,
    })
}

#[derive(PartialEq)]
enum Direction {
    Read,
    Written,
}

fn of<T: JsonSchema>(direction: Direction) -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    if direction == Direction::Written {
        settings = settings.for_serialize();
    }
    SchemaGenerator::new(settings).into_root_schema_for::<T>().to_value()
}
