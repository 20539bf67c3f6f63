use super::conditions::{ConditionsRule, Purpose};
use crate::diagnostic::{Code, Data, Diagnostic, codes, path::steps, quote};
use crate::policy::context::Context;
use crate::policy::document::ExceptionRule;
use crate::policy::evaluate::Judgement;
use crate::policy::matcher::text::TextMatcher;
use crate::policy::matcher::{Faults, InContext, PatternList, Verdict};
use crate::time::Timestamp;

/// Denials that an exception can take away: what the request asks for is then issued as it stands. Others are not in the
/// list because nothing has been made out that could be issued, or because no policy switches them off.
const CODES: [Code; 22] = [
    codes::POLICY_COMMON_NAME_DENIED,
    codes::POLICY_COMMON_NAME_MISSING,
    codes::POLICY_COMMON_NAME_NOT_ALLOWED,
    codes::POLICY_COMMON_NAME_NOT_IN_NAMES,
    codes::POLICY_COMPRESSED_POINT,
    codes::POLICY_DNS_DENIED,
    codes::POLICY_DNS_NOT_ALLOWED,
    codes::POLICY_EMAIL_DENIED,
    codes::POLICY_EMAIL_NOT_ALLOWED,
    codes::POLICY_IP_DENIED,
    codes::POLICY_IP_NOT_ALLOWED,
    codes::POLICY_KEY_NOT_ALLOWED,
    codes::POLICY_KEY_SIZE,
    codes::POLICY_NAMES_MISSING,
    codes::POLICY_PUBLIC_SUFFIX_WILDCARD,
    codes::POLICY_REQUIREMENT,
    codes::POLICY_TOO_FEW_NAMES,
    codes::POLICY_TOO_MANY_NAMES,
    codes::POLICY_UNDERSCORE_NOT_ALLOWED,
    codes::POLICY_URI_DENIED,
    codes::POLICY_URI_NOT_ALLOWED,
    codes::POLICY_WILDCARD_NOT_ALLOWED,
];

/// Exceptions from other rules, each for a time.
#[derive(Debug)]
pub(in crate::policy) struct ExceptionsRule(Vec<Exception>);

#[derive(Debug)]
struct Exception {
    codes: Vec<Code>,
    values: TextMatcher,
    context: Option<ConditionsRule>,
    until: Timestamp,
    owner: String,
}

impl ExceptionsRule {
    pub(in crate::policy) fn compile(rules: &[ExceptionRule], faults: &mut Faults) -> Self {
        let compiled = rules.iter().enumerate().map(|(index, rule)| {
            let at = steps!["exceptions", index];
            let of = at.join("match");
            let mut known = Vec::new();
            for (place, text) in rule.matches.codes.iter().enumerate() {
                match CODES.into_iter().find(|code| code.as_str() == text) {
                    Some(code) => known.push(code),
                    None => faults.error(
                        Diagnostic::new(
                            codes::DOCUMENT_EXCEPTION,
                            format!("no exception takes {} away", quote(text)),
                        )
                        .with_expected(CODES.map(Code::as_str).to_vec())
                        .with_help("an exception is for names, keys, numbers of names and requirements"),
                        &of.join("codes").join(place),
                    ),
                }
            }
            for (field, text) in [("owner", &rule.owner), ("reason", &rule.reason)] {
                if text.trim().is_empty() {
                    let message = format!("an exception needs its {field}");
                    faults.error(Diagnostic::new(codes::DOCUMENT_EXCEPTION, message), &at.join(field));
                }
            }
            if rule.matches.codes.is_empty() {
                let message = "an exception without codes takes nothing away";
                faults.error(Diagnostic::new(codes::DOCUMENT_EXCEPTION, message), &of.join("codes"));
            }
            let context = rule.matches.context.as_ref();
            Exception {
                codes: known,
                values: TextMatcher::compile(&rule.matches.values, &of.join("values"), faults),
                context: context.map(|rules| ConditionsRule::compile(rules, &of.join("context"), faults)),
                until: rule.until.0,
                owner: rule.owner.clone(),
            }
        });
        Self(compiled.collect())
    }

    /// Takes denials away for which there is an exception, and says so. An exception whose time is over takes nothing away,
    /// which is said too.
    pub(in crate::policy) fn apply(&self, judgement: &mut Judgement<'_>) {
        if self.0.is_empty() {
            return;
        }
        let context = judgement.context;
        let exceptions: Vec<(&Exception, InContext<'_, TextMatcher>)> =
            self.0.iter().map(|exception| (exception, exception.values.in_context(context))).collect();
        let reasons = std::mem::take(&mut judgement.reasons);
        for reason in reasons {
            let fitting = exceptions.iter().enumerate();
            let mut fitting = fitting
                .filter(|(_, (exception, values))| exception.fits(&reason, values, context))
                .map(|(index, (exception, _))| (index, *exception));
            let current = fitting.clone().find(|(_, exception)| context.at() <= exception.until);
            match (current, fitting.next()) {
                (Some((index, exception)), _) => {
                    let message = format!(
                        "an exception of {} until {} holds: {}",
                        quote(&exception.owner),
                        exception.until,
                        reason.message()
                    );
                    judgement.pass(|| steps!["exceptions", index]);
                    judgement.warn(
                        Diagnostic::new(codes::POLICY_EXCEPTION_USED, message)
                            .at(reason.path().clone())
                            .with_rule(steps!["exceptions", index])
                            .with_found(reason.code().as_str()),
                    );
                }
                (None, Some((index, exception))) => {
                    let message = format!(
                        "an exception of {} would hold, but ended at {}",
                        quote(&exception.owner),
                        exception.until
                    );
                    judgement.warn(
                        Diagnostic::new(codes::POLICY_EXCEPTION_EXPIRED, message)
                            .at(reason.path().clone())
                            .with_rule(steps!["exceptions", index])
                            .with_found(exception.until.to_string()),
                    );
                    judgement.reasons.push(reason);
                }
                (None, None) => judgement.reasons.push(reason),
            }
        }
    }
}

impl Exception {
    fn fits(&self, reason: &Diagnostic, values: &InContext<'_, TextMatcher>, context: &Context) -> bool {
        let value_fits = values.is_empty()
            || match reason.found() {
                Some(Data::Text(text)) => values.find(text) != Verdict::NoMatch,
                _ => false,
            };
        self.codes.contains(&reason.code())
            && value_fits
            && self.context.as_ref().is_none_or(|rule| rule.unmet(context, Purpose::Select, None).is_empty())
    }
}
