//! From a document to rules. Everything that cannot be right is a fault with its path.

use super::cel::CelRules;
use super::compat::CompatRule;
use super::decision::PolicyIdentity;
use super::digest::PolicyDigest;
use super::document::PolicyDocument;
use super::matcher::Faults;
use super::rule::{
    AttributesRule, CaRule, ConditionsRule, ExceptionsRule, ExtensionsRule, KeysRule, NamesRule, SubjectRule,
    UsagesRule, ValidityRule,
};
use crate::diagnostic::{Diagnostic, Error, codes, path::steps, quote};

/// A policy whose rules are ready to run.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) identity: PolicyIdentity,
    pub(super) document: PolicyDocument,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) select: Option<ConditionsRule>,
    pub(super) require: Option<ConditionsRule>,
    pub(super) subject: SubjectRule,
    pub(super) names: NamesRule,
    pub(super) keys: KeysRule,
    pub(super) usages: UsagesRule,
    pub(super) validity: ValidityRule,
    pub(super) extensions: ExtensionsRule,
    pub(super) attributes: AttributesRule,
    pub(super) ca: CaRule,
    pub(super) cel: CelRules,
    pub(super) compat: Option<CompatRule>,
    pub(super) exceptions: ExceptionsRule,
}

/// The one version of the policy language.
const VERSION: u32 = 1;
/// Longest policy id.
const LONGEST_ID: usize = 128;

pub(super) fn compile(document: PolicyDocument, digest: PolicyDigest) -> Result<Compiled, Error> {
    let mut faults = Faults::default();
    check_header(&document, &mut faults);
    if let Some(compat) = &document.compat {
        let compat = CompatRule::compile(compat, &mut faults);
        return compile_compat(document, compat, digest, faults);
    }
    if document.keys.is_left_out() || document.validity.is_left_out() {
        check_left_out(&document, &mut faults);
        if let Some(error) = Error::from_diagnostics(std::mem::take(&mut faults.errors)) {
            return Err(error);
        }
    }
    let ca = CaRule::compile(document.ca.as_ref());
    let compiled = Compiled {
        identity: PolicyIdentity { id: document.id.as_str().into(), digest: digest.to_string().into() },
        select: document
            .select
            .as_ref()
            .map(|rules| ConditionsRule::compile(rules, &steps!["select"], &mut faults)),
        require: document
            .require
            .as_ref()
            .map(|rules| ConditionsRule::compile(rules, &steps!["require"], &mut faults)),
        subject: SubjectRule::compile(&document.subject, &mut faults),
        names: NamesRule::compile(&document, &mut faults),
        keys: KeysRule::compile(&document.keys, &mut faults),
        usages: UsagesRule::compile(&document.usages, &ca, &mut faults),
        validity: ValidityRule::compile(&document.validity, &mut faults),
        extensions: ExtensionsRule::compile(&document.extensions, &mut faults),
        attributes: AttributesRule::compile(&document.attributes),
        exceptions: ExceptionsRule::compile(&document.exceptions, &mut faults),
        cel: CelRules::compile(&document, &mut faults),
        ca,
        compat: None,
        warnings: Vec::new(),
        document,
    };
    let Faults { errors, mut warnings } = faults;
    match Error::from_diagnostics(errors) {
        Some(error) => Err(error),
        None => {
            Diagnostic::sort(&mut warnings);
            Ok(Compiled { warnings, ..compiled })
        }
    }
}

/// A policy that decides as another program does has no rules of its own. The rules that it is compiled with are never run.
fn compile_compat(
    document: PolicyDocument,
    compat: Option<CompatRule>,
    digest: PolicyDigest,
    mut faults: Faults,
) -> Result<Compiled, Error> {
    let alone = PolicyDocument {
        version: document.version,
        description: document.description.clone(),
        enforcement: document.enforcement,
        ..PolicyDocument::of_compat(document.id.clone(), document.compat.clone().unwrap_or_default())
    };
    if alone != document {
        let message = "a policy with compat has no other rules";
        faults.error(Diagnostic::new(codes::DOCUMENT_COMPAT, message), &steps!["compat"]);
    }
    if let Some(error) = Error::from_diagnostics(faults.errors) {
        return Err(error);
    }
    let mut unused = Faults::default();
    let ca = CaRule::compile(None);
    Ok(Compiled {
        identity: PolicyIdentity { id: document.id.as_str().into(), digest: digest.to_string().into() },
        select: None,
        require: None,
        subject: SubjectRule::compile(&document.subject, &mut unused),
        names: NamesRule::compile(&document, &mut unused),
        keys: KeysRule::compile(&document.keys, &mut unused),
        usages: UsagesRule::compile(&document.usages, &ca, &mut unused),
        validity: ValidityRule::compile(&document.validity, &mut unused),
        extensions: ExtensionsRule::compile(&document.extensions, &mut unused),
        attributes: AttributesRule::compile(&document.attributes),
        ca,
        cel: CelRules::compile(&document, &mut unused),
        exceptions: ExceptionsRule::compile(&document.exceptions, &mut unused),
        compat,
        warnings: faults.warnings,
        document,
    })
}

/// Keys and lifetimes are never left out.
fn check_left_out(document: &PolicyDocument, faults: &mut Faults) {
    let left_out = [("keys", document.keys.is_left_out()), ("validity", document.validity.is_left_out())];
    for (key, _) in left_out.into_iter().filter(|(_, left_out)| *left_out) {
        let message = format!("the key `{key}` is missing");
        faults.error(Diagnostic::new(codes::DOCUMENT_MISSING_KEY, message), &steps![]);
    }
}

fn check_header(document: &PolicyDocument, faults: &mut Faults) {
    if document.version != VERSION {
        faults.error(
            Diagnostic::new(
                codes::DOCUMENT_VERSION,
                format!("the policy version {} is not known", document.version),
            )
            .with_expected(VERSION),
            &steps!["version"],
        );
    }
    let id = &document.id;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(fits) {
        faults.error(
            Diagnostic::new(codes::DOCUMENT_ID, format!("the policy id {} is not a plain name", quote(id)))
                .with_help(format!("use letters, digits and `._-/`, at most {LONGEST_ID} of them")),
            &steps!["id"],
        );
    }
}
