//! Signers of Kubernetes: what the API takes (certificates.k8s.io/v1), what the signer signs, and for
//! `kube-apiserver-client-kubelet` whether the controller approves. The facts `selfnodeclient` and `nodeclient` are `allowed`
//! if the requester may; without both, approval is not looked at.

use super::seen::{self, Names};
use super::{Case, Issued, Stop, denied, go, later, not_applicable, planted, usages};
use crate::diagnostic::{Code, Diagnostic, Path, codes, path::steps, quote};
use crate::extension::{BasicConstraints, KeyUsage, KeyUsageBit};
use crate::key::KeyMaterial;
use crate::oid;
use crate::policy::document::{KubernetesSigner, Quirk};
use crate::policy::matcher::Faults;
use crate::policy::rule::normal_usage;
use crate::time::{Duration, Timestamp};

/// A compiled signer.
#[derive(Debug)]
pub(super) struct Rule {
    signer: Signer,
    name: String,
    longest: i64,
    at: Path,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signer {
    Client,
    KubeletClient,
    KubeletServing,
    /// A signer of others: the API's rules alone are known.
    Other,
}

/// `--cluster-signing-duration` unless it is given: a year.
const LONGEST: i64 = 8_760 * 3_600;
/// The shortest lifetime.
const SHORTEST: i64 = 600;
/// How far before now lifetimes begin.
const BACKDATE: i64 = 300;
/// From which lifetime on the time before now is taken off the end.
const BACKDATED_END: i64 = 8 * 3_600;
/// Longest name of a signer.
const LONGEST_NAME: usize = 571;

impl Rule {
    pub(super) fn compile(signer: &KubernetesSigner, at: &Path, faults: &mut Faults) -> Self {
        let name = signer.signer_name.clone().unwrap_or_default();
        let mut fault = |message: String| {
            faults.error(Diagnostic::new(codes::DOCUMENT_COMPAT, message), &at.join("signerName"))
        };
        let kind = match name.as_str() {
            "kubernetes.io/kube-apiserver-client" => Signer::Client,
            "kubernetes.io/kube-apiserver-client-kubelet" => Signer::KubeletClient,
            "kubernetes.io/kubelet-serving" => Signer::KubeletServing,
            "kubernetes.io/legacy-unknown" => {
                fault("certificates.k8s.io/v1 takes no request for kubernetes.io/legacy-unknown".to_owned());
                Signer::Other
            }
            _ => {
                if !is_signer_name(&name) {
                    fault(format!("{} is no name of a signer: DOMAIN/NAME", quote(&name)));
                } else if name.starts_with("kubernetes.io/") {
                    fault(format!("{} is no signer of Kubernetes", quote(&name)));
                }
                Signer::Other
            }
        };
        let longest = signer.cluster_signing_duration.map_or(LONGEST, |seconds| seconds.0);
        Self { signer: kind, name, longest, at: at.clone() }
    }

    pub(super) fn judge(&self, case: &mut Case<'_>) -> Result<Issued, Stop> {
        let asked = case.context.signer_name();
        if let Some(asked) = asked.filter(|asked| *asked != self.name) {
            if !is_signer_name(asked) {
                let message = format!("{} is no name of a signer", quote(asked));
                return Err(self.deny(codes::COMPAT_REQUEST, &message, steps!["context", "signerName"]));
            }
            let message = format!("the request is for the signer {}", quote(asked));
            return Err(not_applicable(message, steps!["context", "signerName"], self.at.join("signerName")));
        }
        case.check_possession()?;
        self.judge_object(case)?;
        let found = Names::of(case.request);
        self.judge_subject(case)?;
        self.judge_names(&found)?;
        self.judge_usages(case)?;
        self.judge_key(case)?;
        self.judge_approval(case)?;
        let (not_before, not_after) = self.lifetime(case)?;
        let (key_usage, extended_key_usage) = usages::resolve(words(case).iter().map(String::as_str));
        if !found.other.is_empty() || !found.unseen.is_empty() {
            case.altered("names of other kinds are left out", steps!["extensions", "subjectAltName"]);
        }
        Ok(Issued {
            subject: seen::reencoded_subject(case.request),
            names: found.issued(),
            key_usage,
            extended_key_usage,
            basic_constraints: BasicConstraints::default(),
            not_before,
            not_after,
            extensions: Vec::new(),
        })
    }

    fn deny(&self, code: Code, message: &str, at: Path) -> Stop {
        denied(code, message, at, self.at.clone())
    }

    /// What the API takes.
    fn judge_object(&self, case: &Case<'_>) -> Result<(), Stop> {
        let at = steps!["context", "usages"];
        let given = words(case);
        if given.is_empty() {
            return Err(self.deny(codes::COMPAT_USAGE, "there must be usages", at));
        }
        for (index, word) in given.iter().enumerate() {
            if !usages::is_known(word) {
                let message = format!("{} is no usage", quote(word));
                return Err(self.deny(codes::COMPAT_USAGE, &message, at.join(index)));
            }
            if given.iter().take(index).any(|other| other == word) {
                let message = format!("the usage {} comes twice", quote(word));
                return Err(self.deny(codes::COMPAT_USAGE, &message, at.join(index)));
            }
        }
        let asked = case.context.duration().map(Duration::as_seconds);
        if asked.is_some_and(|asked| asked < SHORTEST) && !planted::is_planted(21) {
            let at = steps!["context", "duration"];
            return Err(self.deny(codes::COMPAT_VALIDITY, "the shortest lifetime is 600 seconds", at));
        }
        if self.signer == Signer::Client {
            let masters = seen::attribute("organizationName").and_then(|oid| {
                let mut values =
                    seen::values(case.request, &oid).map(|(text, at)| (text.map(str::to_owned), at));
                values.find(|(text, _)| text.as_deref() == Some("system:masters"))
            });
            if let Some((_, at)) = masters {
                return Err(self.deny(codes::COMPAT_SUBJECT, "the group system:masters is not admitted", at));
            }
        }
        Ok(())
    }

    fn judge_subject(&self, case: &Case<'_>) -> Result<(), Stop> {
        if !matches!(self.signer, Signer::KubeletClient | Signer::KubeletServing) {
            return Ok(());
        }
        let values = |oid: crate::oid::Oid| -> Vec<String> {
            seen::values(case.request, &oid).filter_map(|(text, _)| text.map(str::to_owned)).collect()
        };
        if seen::attribute("organizationName").map(values).unwrap_or_default() != ["system:nodes"] {
            let message = "the organization is not exactly system:nodes";
            return Err(self.deny(codes::COMPAT_SUBJECT, message, steps!["subject"]));
        }
        let name = seen::last_value(case.request, &oid::COMMON_NAME);
        if !name.as_ref().is_some_and(|name| name.text.starts_with("system:node:")) {
            let message = "the common name does not begin with system:node:";
            return Err(self.deny(codes::COMPAT_SUBJECT, message, steps!["subject"]));
        }
        Ok(())
    }

    fn judge_names(&self, found: &Names) -> Result<(), Stop> {
        let deny = |message: &str| {
            Err(self.deny(codes::COMPAT_NAME, message, steps!["extensions", "subjectAltName"]))
        };
        match self.signer {
            Signer::KubeletClient if !found.is_empty() => deny("there may be no names"),
            Signer::KubeletServing if found.dns.is_empty() && found.ip.is_empty() => {
                deny("there must be a DNS name or an address")
            }
            Signer::KubeletServing if !found.email.is_empty() || !found.uri.is_empty() => {
                deny("there may be no mail addresses and no URIs")
            }
            _ => Ok(()),
        }
    }

    fn judge_usages(&self, case: &Case<'_>) -> Result<(), Stop> {
        let given: Vec<&str> = words(case)
            .iter()
            .map(|word| if case.keeps(Quirk::UsagesAsText) { word.as_str() } else { normal_usage(word) })
            .collect();
        let purpose = match self.signer {
            Signer::Other => return Ok(()),
            Signer::Client | Signer::KubeletClient => "client auth",
            Signer::KubeletServing => "server auth",
        };
        let (optional, required): (&[&str], &[&str]) = match self.signer {
            Signer::Client => (&["digital signature", "key encipherment"], &[]),
            _ => (&["key encipherment"], &["digital signature"]),
        };
        let needed = required.iter().chain([&purpose]).all(|word| given.contains(word));
        let known =
            given.iter().all(|word| *word == purpose || optional.contains(word) || required.contains(word));
        if needed && (known || planted::is_planted(22)) {
            return Ok(());
        }
        let message = format!("the signer signs {purpose} with the usages that belong to it, and no others");
        Err(self.deny(codes::COMPAT_USAGE, &message, steps!["context", "usages"]))
    }

    /// Keys of ML-DSA sign, and do nothing else.
    fn judge_key(&self, case: &Case<'_>) -> Result<(), Stop> {
        let KeyMaterial::Unsupported { name } = case.request.public_key().material() else { return Ok(()) };
        if !name.to_ascii_uppercase().contains("ML-DSA") {
            return Ok(());
        }
        let signing = [
            KeyUsageBit::DigitalSignature,
            KeyUsageBit::ContentCommitment,
            KeyUsageBit::KeyCertSign,
            KeyUsageBit::CrlSign,
        ];
        let (bits, _) = usages::resolve(words(case).iter().map(String::as_str));
        let fits = bits.is_subset(signing.into_iter().collect::<KeyUsage>()) && !bits.is_empty();
        let message = format!("keys of {name} are for signatures alone");
        if fits { Ok(()) } else { Err(self.deny(codes::COMPAT_USAGE, &message, steps!["context", "usages"])) }
    }

    fn judge_approval(&self, case: &Case<'_>) -> Result<(), Stop> {
        let (own, any) = (case.fact("selfnodeclient"), case.fact("nodeclient"));
        if self.signer != Signer::KubeletClient || (own.is_none() && any.is_none()) {
            return Ok(());
        }
        let name = seen::last_value(case.request, &oid::COMMON_NAME);
        let itself = name.is_some_and(|name| case.context.username() == Some(name.text.as_str()));
        if (itself && own == Some("allowed")) || any == Some("allowed") {
            return Ok(());
        }
        let message = "the requester may not have the request approved, so that it stays pending";
        Err(not_applicable(message, steps!["context", "facts"], self.at.clone()))
    }

    fn lifetime(&self, case: &mut Case<'_>) -> Result<(Timestamp, Timestamp), Stop> {
        let now = case.context.at();
        let asked = case.context.duration().map(Duration::as_seconds);
        let mut seconds = asked.map_or(self.longest, |asked| asked.min(self.longest));
        if asked.is_some_and(|asked| asked > self.longest) {
            let message = format!("the lifetime is cut to {} seconds", self.longest);
            case.altered(message, steps!["context", "duration"]);
        }
        if seconds < SHORTEST && case.keeps(Quirk::LifetimeFloor) {
            seconds = SHORTEST;
        }
        let off = if seconds >= BACKDATED_END && case.keeps(Quirk::BackdateFromEnd) { BACKDATE } else { 0 };
        let mut end = later(now, seconds.saturating_sub(off))?;
        if let Some(last) = case.issuer_end() {
            let at = steps!["context", "facts", "issuerNotAfter"];
            if last <= now {
                return Err(self.deny(codes::COMPAT_VALIDITY, "the issuer has expired", at));
            }
            if last < end {
                case.altered("the lifetime is cut to that of the issuer", at);
                end = last;
            }
        }
        Ok((later(now, BACKDATE.saturating_neg())?, end))
    }
}

fn words<'a>(case: &Case<'a>) -> &'a [String] {
    case.context.usages().unwrap_or_default()
}

/// A DNS name in lower case, a slash, and a name without another.
fn is_signer_name(name: &str) -> bool {
    let Some((domain, path)) = name.split_once('/') else { return false };
    let lower = !domain.bytes().any(|byte| byte.is_ascii_uppercase());
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    name.len() <= LONGEST_NAME
        && lower
        && go::is_host(domain)
        && !domain.ends_with('.')
        && !path.is_empty()
        && path.chars().all(plain)
}
