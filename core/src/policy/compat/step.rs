//! Policies, claims and token rules of step-ca. Every level that is present must allow the names. The facts `tokenSans`,
//! `tokenSubject`, `credentialNotAfter`, `issuerPermittedDns` and `templateFail` are what the host knows.

use super::seen::{self, Names, Placed};
use super::{Case, Issued, Stop, denied, go, later, planted};
use crate::diagnostic::{Diagnostic, Path, codes, path::steps, quote};
use crate::extension::{BasicConstraints, KeyUsageBit};
use crate::key::{KeyAlgorithm, KeyMaterial};
use crate::name::IpAddress;
use crate::oid;
use crate::policy::decision::SubjectAttribute;
use crate::policy::document::{Seconds, StepClaims, StepPolicy};
use crate::policy::matcher::Faults;
use crate::time::Timestamp;

mod level;
mod mailbox;

use level::Level;

/// Compiled policies and claims.
#[derive(Debug)]
pub(super) struct Rule {
    levels: Vec<Level>,
    claims: Claims,
    kind: String,
    at: Path,
}

#[derive(Clone, Copy, Debug)]
struct Claims {
    min: i64,
    max: i64,
    default: i64,
}

/// Claims of an authority that sets none: 5 minutes, a day, a day.
const MIN: i64 = 300;
const DAY: i64 = 86_400;
/// How far before now lifetimes begin.
const BACKDATE: i64 = 60;
/// Smallest RSA key.
const SMALLEST_RSA: u32 = 2048;

impl Rule {
    pub(super) fn compile(policy: &StepPolicy, at: &Path, faults: &mut Faults) -> Self {
        let provisioner = policy.provisioner.clone().unwrap_or_default();
        let here = at.join("provisioner");
        let levels = [
            (&policy.authority, at.join("authority")),
            (&provisioner.policy, here.join("policy")),
            (&provisioner.account_policy, here.join("accountPolicy")),
        ];
        let levels = levels
            .into_iter()
            .filter_map(|(level, at)| level.as_ref().map(|level| Level::compile(level, &at, faults)))
            .collect();
        let global = Claims::of(policy.claims.as_ref(), Claims { min: MIN, max: DAY, default: DAY });
        let claims = Claims::of(provisioner.claims.as_ref(), global);
        if !(0 < claims.min && claims.min <= claims.default && claims.default <= claims.max) {
            let message = format!(
                "the claims are not in order: shortest {}s, default {}s, longest {}s",
                claims.min, claims.default, claims.max
            );
            let at = if provisioner.claims.is_some() { here.join("claims") } else { at.join("claims") };
            faults.error(Diagnostic::new(codes::DOCUMENT_COMPAT, message), &at);
        }
        Self { levels, claims, kind: provisioner.kind.unwrap_or_default(), at: at.clone() }
    }

    pub(super) fn judge(&self, case: &mut Case<'_>) -> Result<Issued, Stop> {
        case.check_possession()?;
        self.judge_key(case)?;
        let found = Names::of(case.request);
        let common_name = seen::last_value(case.request, &oid::COMMON_NAME);
        self.judge_token(common_name.as_ref(), &found, case)?;
        if let Some(text) = case.fact("templateFail") {
            let message = format!("the template says: {text}");
            return Err(denied(codes::COMPAT_REQUEST, message, steps!["context", "facts"], self.at.clone()));
        }
        for level in &self.levels {
            level.judge(common_name.as_ref(), &found, case)?;
        }
        self.judge_issuer(&found, case)?;
        let (not_before, not_after) = self.lifetime(case)?;
        let key_usage = match case.request.public_key().algorithm() {
            Some(KeyAlgorithm::Rsa) => vec![KeyUsageBit::DigitalSignature, KeyUsageBit::KeyEncipherment],
            _ => vec![KeyUsageBit::DigitalSignature],
        };
        let value = |name: Placed| SubjectAttribute { oid: oid::COMMON_NAME, value: name.text };
        Ok(Issued {
            subject: common_name.map(value).into_iter().collect(),
            names: found.issued(),
            key_usage: key_usage.into_iter().collect(),
            extended_key_usage: vec![oid::SERVER_AUTH, oid::CLIENT_AUTH],
            basic_constraints: BasicConstraints::default(),
            not_before,
            not_after,
            extensions: Vec::new(),
        })
    }

    fn judge_key(&self, case: &Case<'_>) -> Result<(), Stop> {
        let key = case.request.public_key();
        let fits = match key.material() {
            KeyMaterial::Rsa { key, pss: None } => key.bits() >= SMALLEST_RSA || planted::is_planted(14),
            KeyMaterial::Ec { .. } | KeyMaterial::Ed25519(_) => true,
            KeyMaterial::Unsupported { name } => name.ends_with("P-224"),
            KeyMaterial::Rsa { .. } => false,
        };
        if fits {
            return Ok(());
        }
        let message = format!("keys such as {} are not taken", key.name());
        Err(denied(codes::COMPAT_KEY, message, steps!["subjectPublicKeyInfo"], self.at.clone()))
    }

    /// A token names what may be asked for: the common name is one of its names, and each kind that the request has is
    /// exactly that of the token.
    fn judge_token(&self, name: Option<&Placed>, found: &Names, case: &Case<'_>) -> Result<(), Stop> {
        let Some(sans) = case.context.fact("tokenSans") else { return Ok(()) };
        let subject = case.fact("tokenSubject");
        let stop = |message: String, at: Path| denied(codes::COMPAT_REQUEST, message, at, self.at.clone());
        if let Some(name) = name
            && subject != Some(name.text.as_str())
            && !sans.contains(&name.text)
        {
            let message = format!("the token does not name the common name {}", quote(&name.text));
            return Err(stop(message, name.at.clone()));
        }
        let texts = |list: &[Placed]| list.iter().map(|name| name.text.clone()).collect::<Vec<_>>();
        let addresses: Vec<String> = found.ip.iter().map(|(address, _)| address.to_string()).collect();
        for (own, kind) in [
            (texts(&found.dns), level::Kind::Dns),
            (addresses, level::Kind::Ip),
            (texts(&found.email), level::Kind::Email),
            (texts(&found.uri), level::Kind::Uri),
        ] {
            let mut wanted: Vec<String> =
                sans.iter().filter(|san| level::kind_of(san) == kind).cloned().collect();
            let mut own = own;
            own.sort_unstable();
            own.dedup();
            wanted.sort_unstable();
            wanted.dedup();
            if !own.is_empty() && own != wanted && !planted::is_planted(15) {
                let message = format!("the token does not have exactly the names {}", own.join(", "));
                return Err(stop(message, steps!["extensions", "subjectAltName"]));
            }
        }
        Ok(())
    }

    /// Name constraints of the issuer hold for leaves: the fact `issuerPermittedDns`.
    fn judge_issuer(&self, found: &Names, case: &Case<'_>) -> Result<(), Stop> {
        let Some(permitted) = case.context.fact("issuerPermittedDns") else { return Ok(()) };
        for name in &found.dns {
            let lower = name.text.to_ascii_lowercase();
            let within = permitted.iter().any(|domain| {
                lower.strip_suffix(domain.as_str()).is_some_and(|head| head.is_empty() || head.ends_with('.'))
            });
            if !within {
                let message = format!("the issuer is not constrained to {}", quote(&name.text));
                let rule = steps!["context", "facts", "issuerPermittedDns"];
                return Err(denied(codes::COMPAT_NAME, message, name.at.clone(), rule));
            }
        }
        Ok(())
    }

    fn lifetime(&self, case: &mut Case<'_>) -> Result<(Timestamp, Timestamp), Stop> {
        let now = case.context.at();
        let asked = case.time(case.parameter("notBefore"));
        let backdated = asked.is_none();
        let begin = asked.unwrap_or(now);
        let stop = |message: &str, field: &'static str| {
            denied(codes::COMPAT_VALIDITY, message, steps!["context", "notAfter"], self.at.join(field))
        };
        let asked_end = match (case.context.not_after(), case.context.duration()) {
            (Some(end), _) => Some(end),
            (None, Some(duration)) => Some(later(begin, duration.as_seconds())?),
            (None, None) => None,
        };
        let credential = case.time(case.fact("credentialNotAfter")).filter(|_| self.kind == "X5C");
        let mut end = asked_end.map_or_else(|| later(begin, self.claims.default), Ok)?;
        if let Some(last) = credential.filter(|last| *last < end) {
            if asked_end.is_some() {
                return Err(stop("the lifetime lies beyond that of the credential", "provisioner"));
            }
            case.altered("the lifetime ends with the credential", steps!["context", "facts"]);
            end = last;
        }
        let begin = if backdated { later(begin, BACKDATE.saturating_neg())? } else { begin };
        if end < now {
            return Err(stop("the end of life is in the past", "claims"));
        }
        if end < begin {
            return Err(stop("the lifetime ends before it begins", "claims"));
        }
        let lives = end.seconds_since(begin);
        if lives < self.claims.min && !planted::is_planted(16) {
            return Err(stop("the lifetime is too short", "claims"));
        }
        // The time before now is allowed for whether it was used or not.
        if lives > self.claims.max.saturating_add(BACKDATE) {
            return Err(stop("the lifetime is too long", "claims"));
        }
        Ok((begin, end))
    }
}

impl Claims {
    fn of(claims: Option<&StepClaims>, base: Self) -> Self {
        let Some(claims) = claims else { return base };
        let or = |given: Option<Seconds>, base: i64| given.map_or(base, |seconds| seconds.0);
        Self {
            min: or(claims.min_tls_cert_duration, base.min),
            max: or(claims.max_tls_cert_duration, base.max),
            default: or(claims.default_tls_cert_duration, base.default),
        }
    }
}

/// An address or a block; of a block the host bits do not matter.
fn address(text: &str) -> Option<IpAddress> {
    IpAddress::parse(text).map(IpAddress::unmapped)
}
