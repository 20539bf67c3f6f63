//! The rules of a policy, one concept a file. Each compiles its part of the document and judges its part of a request.

mod attributes;
mod ca;
mod common_name;
mod conditions;
mod exceptions;
mod extensions;
mod keys;
mod name_kinds;
mod names;
mod proof;
mod structure;
mod subject;
mod usage_words;
mod usages;
mod validity;

pub(super) use attributes::AttributesRule;
pub(super) use ca::CaRule;
pub(super) use common_name::readings;
pub(super) use conditions::{ConditionsRule, Purpose};
pub(super) use exceptions::ExceptionsRule;
pub(super) use extensions::{ExtensionsRule, is_copied};
pub(super) use keys::KeysRule;
pub(super) use name_kinds::text_fault;
pub(super) use names::NamesRule;
pub(super) use proof::judge_proof;
pub(super) use structure::judge_structure;
pub(super) use subject::{SubjectRule, upper_bound};
pub use usage_words::{Usage, kubernetes_usages, normal_usage};
pub(super) use usage_words::{kubernetes as kubernetes_usage, usage_label};
pub(super) use usages::{UsagesRule, fits_key};
pub(super) use validity::ValidityRule;
