//! Roles of the PKI secrets engine of Vault and OpenBao: `issue/:role`, `sign/:role` and `sign-verbatim/:role`, chosen by
//! the parameter `path` of the call, `sign` if it is left out.

use std::collections::BTreeSet;

use super::seen::{self, Emitted, Placed};
use super::{Case, Issued, Stop, denied, go, planted};
use crate::diagnostic::{Diagnostic, Path, codes, path::steps, quote};
use crate::extension::{BasicConstraints, KeyUsage};
use crate::name::{GeneralName, IpAddress, IpPrefix, OtherName};
use crate::oid::{self, Oid};
use crate::policy::decision::SubjectAttribute;
use crate::policy::document::{Quirk, VaultRole};
use crate::policy::matcher::Faults;

mod check;
mod issued;
mod names;
mod time;
mod verbatim;

/// Which of the two programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavour {
    Vault,
    OpenBao,
}

/// A compiled role.
#[derive(Debug)]
pub(super) struct Rule {
    role: VaultRole,
    flavour: Flavour,
    at: Path,
    blocks: Vec<IpPrefix>,
    other_names: Vec<(Oid, String)>,
    key_usage: KeyUsage,
    extended_key_usage: Vec<Oid>,
}

/// Where names and lifetimes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Issue,
    Sign,
}

impl Rule {
    pub(super) fn compile(
        role: &VaultRole,
        flavour: Flavour,
        quirks: &BTreeSet<Quirk>,
        at: &Path,
        faults: &mut Faults,
    ) -> Self {
        check::role(role, flavour, at, faults);
        let ignored = quirks.contains(&Quirk::UnknownUsagesIgnored);
        Self {
            flavour,
            at: at.clone(),
            blocks: check::blocks(role, at, faults),
            other_names: check::other_names(role, at, faults),
            key_usage: issued::key_usage(role, ignored, at, faults),
            extended_key_usage: issued::extended_key_usage(role, ignored, at, faults),
            role: role.clone(),
        }
    }

    pub(super) fn judge(&self, case: &mut Case<'_>) -> Result<Issued, Stop> {
        let call = match case.parameter("path") {
            None | Some("sign") => Call::Sign,
            Some("issue") => Call::Issue,
            Some("sign-verbatim") => return verbatim::judge(self, case),
            Some(other) => {
                let message = format!("{} is no path of the secrets engine", quote(other));
                return Err(denied(codes::COMPAT_REQUEST, message, parameter("path"), self.at.clone()));
            }
        };
        if call == Call::Sign {
            case.check_possession()?;
        }
        self.judge_key(call, case)?;
        let common_name = self.common_name(call, case)?;
        let mut found = self.take_names(call, case);
        self.add_common_name(common_name.as_ref(), case, &mut found)?;
        self.add_alternatives(call, case, &mut found)?;
        if let Some(name) = &common_name {
            self.judge_common_name(name, case)?;
        }
        let serial_number = self.serial_number(call, case)?;
        let user_ids = self.user_ids(call, case)?;
        self.judge_names(&found, case)?;
        self.judge_addresses(&found)?;
        self.judge_uris(&found, case)?;
        self.judge_other_names(&found)?;
        let (not_before, not_after) = time::judge(self, call, case)?;
        if seen::basic_constraints(case.request).is_some() && call == Call::Sign {
            case.altered(
                "basicConstraints of the request is left out",
                steps!["extensions", "basicConstraints"],
            );
        }
        let mut names = Emitted::default();
        found.dns.iter().for_each(|name| names.push(seen::dns(&name.text)));
        found.email.iter().for_each(|name| names.push(seen::email(&name.text)));
        found.ip.iter().for_each(|(address, _)| names.push(seen::ip(*address)));
        found.uri.iter().for_each(|name| names.push(seen::uri(&name.text)));
        found.other.iter().for_each(|(other, _)| names.push(GeneralName::OtherName(other.clone())));
        Ok(Issued {
            subject: self.subject(common_name, serial_number, user_ids),
            names: names.0,
            key_usage: self.key_usage,
            extended_key_usage: self.extended_key_usage.clone(),
            basic_constraints: BasicConstraints::default(),
            not_before,
            not_after,
            extensions: Vec::new(),
        })
    }

    fn rule(&self, field: &'static str) -> Path {
        self.at.join(field)
    }

    /// The common name of the request, else that of the call.
    fn common_name(&self, call: Call, case: &mut Case<'_>) -> Result<Option<Placed>, Stop> {
        let given = case.parameter("commonName").map(|text| Placed::new(text, parameter("commonName")));
        let given = given.filter(|name| !name.text.is_empty());
        let from_request = (call == Call::Sign && self.role.use_csr_common_name.unwrap_or(true))
            .then(|| seen::last_value(case.request, &oid::COMMON_NAME))
            .flatten();
        if let (Some(_), Some(given)) = (&from_request, &given) {
            case.altered("the parameter is ignored: the request has a common name", given.at.clone());
        }
        let name = from_request.or(given);
        if name.is_none() && self.role.require_cn.unwrap_or(true) && !planted::is_planted(1) {
            return Err(denied(
                codes::COMPAT_SUBJECT,
                "there is no common name, and the role asks for one",
                steps!["subject"],
                self.rule("require_cn"),
            ));
        }
        Ok(name)
    }

    /// The names of the request, if they are used.
    fn take_names(&self, call: Call, case: &Case<'_>) -> seen::Names {
        if self.names_come_from_request(call) {
            seen::Names::of(case.request)
        } else {
            seen::Names::default()
        }
    }

    fn names_come_from_request(&self, call: Call) -> bool {
        call == Call::Sign && self.role.use_csr_sans.unwrap_or(true)
    }

    fn add_common_name(
        &self,
        name: Option<&Placed>,
        case: &Case<'_>,
        found: &mut seen::Names,
    ) -> Result<(), Stop> {
        let Some(name) = name.filter(|_| !case.is_set("excludeCnFromSans")) else { return Ok(()) };
        if name.text.contains('@') {
            found.email.push(name.clone());
            return Ok(());
        }
        let converted = self.convert(name)?;
        if go::is_host_or_wildcard(&converted) {
            found.dns.push(Placed::new(converted, name.at.clone()));
        }
        Ok(())
    }

    fn convert(&self, name: &Placed) -> Result<String, Stop> {
        go::to_ascii(&name.text).ok_or_else(|| {
            let message = format!("the name {} cannot be converted to A-labels", quote(&name.text));
            denied(codes::COMPAT_NAME, message, name.at.clone(), self.at.clone())
        })
    }

    /// Names in the parameters, if those of the request are not used.
    fn add_alternatives(&self, call: Call, case: &mut Case<'_>, found: &mut seen::Names) -> Result<(), Stop> {
        if self.names_come_from_request(call) {
            return Ok(());
        }
        let at = parameter("altNames");
        for text in case.parameters("altNames") {
            let name = Placed::new(text, at.clone());
            if name.text.contains('@') {
                found.email.push(name);
                continue;
            }
            let converted = self.convert(&name)?;
            if go::is_host_or_wildcard(&converted) {
                found.dns.push(Placed::new(converted, name.at));
                continue;
            }
            let message = format!("the name {} is no host and is left out", quote(&name.text));
            if !case.keeps(Quirk::DropUnfitAltNames) {
                return Err(denied(codes::COMPAT_NAME, message, name.at, self.at.clone()));
            }
            case.altered(message, name.at);
        }
        for text in case.parameters("ipSans") {
            let address = IpAddress::parse(&text).ok_or_else(|| {
                let message = format!("{} is no address", quote(&text));
                denied(codes::COMPAT_REQUEST, message, parameter("ipSans"), self.at.clone())
            })?;
            found.ip.push((address, parameter("ipSans")));
        }
        for text in case.parameters("uriSans") {
            found.uri.push(Placed::new(text, parameter("uriSans")));
        }
        for text in case.parameters("otherSans") {
            found.other.push((self.parse_other(&text)?, parameter("otherSans")));
        }
        Ok(())
    }

    /// `OID;UTF8:text`.
    fn parse_other(&self, text: &str) -> Result<OtherName, Stop> {
        let parsed = check::other(text).and_then(|(oid, value)| {
            let der = crate::extension::utf8_string(value).ok()?;
            let string = Some((crate::der::StringType::Utf8, value.to_owned()));
            Some(OtherName { oid, string, value: der })
        });
        parsed.ok_or_else(|| {
            let message = format!("{} is not of the form OID;UTF8:TEXT", quote(text));
            denied(codes::COMPAT_REQUEST, message, parameter("otherSans"), self.at.clone())
        })
    }

    /// The subject's serialNumber: the parameter, else the attribute.
    fn serial_number(&self, call: Call, case: &Case<'_>) -> Result<Option<Placed>, Stop> {
        let given = case.parameter("serialNumber").map(|text| Placed::new(text, parameter("serialNumber")));
        let from_request = || {
            let oid = seen::attribute("serialNumber")?;
            (call == Call::Sign).then(|| seen::last_value(case.request, &oid)).flatten()
        };
        let Some(value) = given.filter(|value| !value.text.is_empty()).or_else(from_request) else {
            return Ok(None);
        };
        let allowed = list(self.role.allowed_serial_numbers.as_ref());
        let fits = allowed.iter().any(|entry| {
            if planted::is_planted(2) {
                entry.starts_with(&value.text)
            } else {
                matches_value(entry, &value.text)
            }
        });
        if fits {
            return Ok(Some(value));
        }
        let message = format!("the serialNumber {} is not allowed by the role", quote(&value.text));
        Err(denied(codes::COMPAT_SUBJECT, message, value.at, self.rule("allowed_serial_numbers")))
    }

    fn user_ids(&self, call: Call, case: &Case<'_>) -> Result<Vec<Placed>, Stop> {
        let given: Vec<Placed> = case
            .parameters("userIds")
            .into_iter()
            .map(|text| Placed::new(text, parameter("userIds")))
            .collect();
        let values = if given.is_empty() && call == Call::Sign {
            let user_id = oid::USER_ID;
            let values = seen::values(case.request, &user_id);
            values.filter_map(|(text, at)| text.map(|text| Placed::new(text, at))).collect::<Vec<_>>()
        } else {
            given
        };
        let allowed = list(self.role.allowed_user_ids.as_ref());
        for value in &values {
            let fits = |entry: &String| {
                if entry.contains('*') {
                    go::glob(entry, &value.text)
                } else {
                    go::equal_fold(entry, &value.text)
                }
            };
            if !allowed.iter().any(fits) {
                let message = format!("the userId {} is not allowed by the role", quote(&value.text));
                let rule = self.rule("allowed_user_ids");
                return Err(denied(codes::COMPAT_SUBJECT, message, value.at.clone(), rule));
            }
        }
        Ok(values)
    }

    fn subject(
        &self,
        common_name: Option<Placed>,
        serial_number: Option<Placed>,
        user_ids: Vec<Placed>,
    ) -> Vec<SubjectAttribute> {
        let role = &self.role;
        let mut subject = Vec::new();
        for (name, values) in [
            ("countryName", &role.country),
            ("organizationName", &role.organization),
            ("organizationalUnitName", &role.ou),
            ("localityName", &role.locality),
            ("stateOrProvinceName", &role.province),
            ("streetAddress", &role.street_address),
            ("postalCode", &role.postal_code),
        ] {
            let values = list(values.as_ref()).iter();
            let attribute = |value: &String| {
                seen::attribute(name).map(|oid| SubjectAttribute { oid, value: value.clone() })
            };
            subject.extend(values.filter_map(attribute));
        }
        let mut push = |oid: Option<Oid>, value: Placed| {
            subject.extend(oid.map(|oid| SubjectAttribute { oid, value: value.text }));
        };
        if let Some(value) = common_name {
            push(Some(oid::COMMON_NAME), value);
        }
        if let Some(value) = serial_number {
            push(seen::attribute("serialNumber"), value);
        }
        for value in user_ids {
            push(Some(oid::USER_ID), value);
        }
        subject
    }
}

/// Exact, or a glob if there is a star.
fn matches_value(entry: &str, value: &str) -> bool {
    !entry.is_empty() && if entry.contains('*') { go::glob(entry, value) } else { entry == value }
}

fn list(list: Option<&crate::policy::document::TextList>) -> &[String] {
    list.map(crate::policy::document::TextList::as_slice).unwrap_or_default()
}

/// The path of a parameter of the call.
pub(super) fn parameter(name: &'static str) -> Path {
    steps!["context", "parameters", name]
}

fn fault(faults: &mut Faults, at: &Path, message: impl Into<String>) {
    faults.error(Diagnostic::new(codes::DOCUMENT_COMPAT, message), at);
}
