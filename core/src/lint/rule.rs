//! The table of lint rules: code, targets, the day from which it binds, severity by profile, check.

use super::date::Date;
use super::finding::Finding;
use super::profile::Profile;
use super::subject::Subject;
use super::target::Target;
use crate::diagnostic::{Code, Diagnostic, Severity, codes};

mod access;
mod authority;
mod basic_constraints;
mod criticality;
mod distinguished_name;
mod distribution_points;
mod encoding;
mod extended_key_usage;
mod host_names;
mod key;
mod key_usage;
mod list;
mod name_constraints;
mod names;
mod policies;
mod request;
mod serial_number;
mod signature;
mod subject_attributes;
mod validity;

/// One rule. What it says, and its clause, are those of its code.
#[derive(Debug)]
pub struct Rule {
    code: Code,
    targets: &'static [Target],
    since: Option<Date>,
    /// In the order of [`Profile::ALL`].
    severities: [Option<Severity>; 4],
    check: Check,
}

type Check = fn(&Subject<'_>) -> Vec<Finding>;

impl Rule {
    /// The code of its findings; its summary and citation are the rule's.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What it looks at.
    pub fn targets(&self) -> &'static [Target] {
        self.targets
    }

    /// The day from which it binds; `None` for always.
    pub fn since(&self) -> Option<Date> {
        self.since
    }

    /// How bad a finding is under a profile; `None` if the profile has not the rule.
    pub fn severity(&self, profile: Profile) -> Option<Severity> {
        Profile::ALL.into_iter().zip(self.severities).find(|(known, _)| *known == profile)?.1
    }

    pub(super) fn run(&self, subject: &Subject<'_>, profile: Profile) -> Vec<Diagnostic> {
        let Some(severity) = self.severity(profile) else { return Vec::new() };
        let is_asked = self.targets.contains(&subject.target)
            && self.since.is_none_or(|since| since.has_come(subject.at));
        if !is_asked {
            return Vec::new();
        }
        let findings = (self.check)(subject).into_iter();
        findings.map(|finding| finding.into_diagnostic(self.code, severity)).collect()
    }
}

const SERVER: &[Target] = &[Target::Server];
const SERVERS: &[Target] = &[Target::Server, Target::ServerRequest];
const LEAVES: &[Target] = &[Target::Server, Target::Responder, Target::Leaf];
const END_ENTITIES: &[Target] =
    &[Target::Server, Target::Responder, Target::Leaf, Target::ServerRequest, Target::LeafRequest];
const RESPONDER: &[Target] = &[Target::Responder];
const INTERMEDIATE: &[Target] = &[Target::Intermediate];
const ROOT: &[Target] = &[Target::Root];
const CAS: &[Target] = &[Target::Intermediate, Target::Root];
const TLS: &[Target] = &[Target::Server, Target::Intermediate];
/// What another signed.
const ISSUED: &[Target] = &[Target::Server, Target::Responder, Target::Leaf, Target::Intermediate];
const CERTIFICATES: &[Target] =
    &[Target::Server, Target::Responder, Target::Leaf, Target::Intermediate, Target::Root];
const REQUESTS: &[Target] = &[Target::ServerRequest, Target::LeafRequest, Target::CaRequest];
const SELF_SIGNED: &[Target] = &[Target::Root, Target::ServerRequest, Target::LeafRequest, Target::CaRequest];
const NAMED: &[Target] = &[
    Target::Server,
    Target::Responder,
    Target::Leaf,
    Target::Intermediate,
    Target::Root,
    Target::ServerRequest,
    Target::LeafRequest,
    Target::CaRequest,
];
const LIST: &[Target] = &[Target::List];
const ISSUED_OR_LIST: &[Target] =
    &[Target::Server, Target::Responder, Target::Leaf, Target::Intermediate, Target::Root, Target::List];
const ALL: &[Target] = &Target::ALL;

const E: Option<Severity> = Some(Severity::Error);
const W: Option<Severity> = Some(Severity::Warning);
const N: Option<Severity> = Some(Severity::Notice);
const O: Option<Severity> = None;

/// Always.
const EVER: Option<Date> = None;

const fn day(year: i64, month: i64, day: i64) -> Option<Date> {
    Some(Date::new(year, month, day))
}

/// First requirements of the CA/Browser Forum.
const BR_1_0: Option<Date> = day(2012, 7, 1);
/// The profiles of ballot SC-62.
const BR_2_0: Option<Date> = day(2023, 9, 15);

/// Declares the rules: code, targets, day, severities under rfc5280, cabf-tls, mozilla and private, check.
macro_rules! rules {
    ($($code:ident, $targets:expr, $since:expr, [$($severity:expr),*], $check:expr;)*) => {
        /// All rules, sorted by code.
        pub(super) const RULES: &[Rule] = &[
            $(Rule {
                code: codes::$code,
                targets: $targets,
                since: $since,
                severities: [$($severity),*],
                check: $check,
            }),*
        ];
    };
}

rules! {
    LINT_ACCESS_CRITICAL, CERTIFICATES, EVER, [E, E, E, E], criticality::access;
    LINT_ACCESS_MISSING, TLS, BR_1_0, [O, E, E, O], access::missing;
    LINT_ACCESS_SCHEME, CERTIFICATES, BR_1_0, [O, E, E, W], access::scheme;
    LINT_AUTHORITY_KEY_CRITICAL, ISSUED_OR_LIST, EVER, [E, E, E, E], criticality::authority_key;
    LINT_AUTHORITY_KEY_DIFFERS, ROOT, EVER, [E, E, E, W], authority::differs;
    LINT_AUTHORITY_KEY_FORM, ISSUED_OR_LIST, BR_2_0, [O, E, E, W], authority::form;
    LINT_AUTHORITY_KEY_INCOMPLETE, ISSUED_OR_LIST, EVER, [E, E, E, E], authority::incomplete;
    LINT_AUTHORITY_KEY_MISSING, ISSUED, EVER, [E, E, E, W], authority::missing;
    LINT_BASIC_CONSTRAINTS_NOT_CRITICAL, CAS, EVER, [E, E, E, E], basic_constraints::not_critical;
    LINT_BASIC_CONSTRAINTS_NOT_CRITICAL, LEAVES, BR_2_0, [O, E, E, O], basic_constraints::not_critical;
    LINT_CA_NAME_INCOMPLETE, CAS, BR_2_0, [O, E, E, O], subject_attributes::ca_incomplete;
    LINT_COMMON_NAME_NOT_IN_NAMES, SERVERS, BR_1_0, [O, E, E, W], names::common_name;
    LINT_COMMON_NAME_PRESENT, SERVER, BR_2_0, [O, N, N, O], names::common_name_present;
    LINT_COUNTRY_CODE, NAMED, EVER, [E, E, E, E], subject_attributes::country_code;
    LINT_COUNTRY_UNKNOWN, NAMED, EVER, [O, E, E, W], subject_attributes::country_unknown;
    LINT_CRL_AUTHORITY_KEY_MISSING, LIST, EVER, [E, E, E, W], list::authority_key_missing;
    LINT_CRL_ENTRY_HOLD, LIST, BR_1_0, [O, E, E, O], list::hold;
    LINT_CRL_ENTRY_UNSPECIFIED, LIST, EVER, [W, E, E, W], list::unspecified;
    LINT_CRL_LIFETIME, LIST, BR_1_0, [O, E, E, O], list::lifetime;
    LINT_CRL_NEXT_UPDATE_MISSING, LIST, EVER, [E, E, E, E], list::next_update_missing;
    LINT_CRL_NUMBER_LENGTH, LIST, EVER, [E, E, E, E], list::number_length;
    LINT_CRL_NUMBER_MISSING, LIST, EVER, [E, E, E, W], list::number_missing;
    LINT_CRL_POINT_NOT_CRITICAL, LIST, EVER, [E, E, E, E], criticality::issuing_distribution_point;
    LINT_DISTRIBUTION_POINTS_CRITICAL, CERTIFICATES, EVER, [W, E, E, W], criticality::distribution_points;
    LINT_DISTRIBUTION_POINTS_FORM, CERTIFICATES, BR_2_0, [O, E, E, W], distribution_points::form;
    LINT_DISTRIBUTION_POINTS_MISSING, TLS, BR_2_0, [O, E, E, O], distribution_points::missing;
    LINT_DISTRIBUTION_POINTS_NAMELESS, CERTIFICATES, EVER, [E, E, E, E], distribution_points::nameless;
    LINT_DN_ATTRIBUTE_ORDER, CERTIFICATES, BR_2_0, [O, E, E, O], distinguished_name::order;
    LINT_DN_CONTROL_CHARACTER, NAMED, EVER, [E, E, E, E], distinguished_name::control_character;
    LINT_DN_DUPLICATE_ATTRIBUTE, NAMED, BR_2_0, [O, E, E, W], distinguished_name::duplicate;
    LINT_DN_EMAIL, NAMED, EVER, [W, W, W, W], subject_attributes::email;
    LINT_DN_LENGTH, NAMED, EVER, [E, E, E, W], distinguished_name::length;
    LINT_DN_MULTI_VALUED, NAMED, BR_2_0, [O, E, E, N], distinguished_name::multi_valued;
    LINT_DN_NO_INFORMATION, NAMED, BR_1_0, [O, E, E, W], distinguished_name::no_information;
    LINT_DN_ORGANIZATIONAL_UNIT, SERVERS, day(2022, 9, 1), [O, E, E, N], subject_attributes::unit;
    LINT_DN_STRING_TYPE, NAMED, day(2004, 1, 1), [W, E, E, W], distinguished_name::directory_string;
    LINT_DN_STRING_TYPE_FIXED, NAMED, EVER, [E, E, E, E], distinguished_name::fixed_string;
    LINT_DN_WHITE_SPACE, NAMED, EVER, [W, W, W, W], distinguished_name::white_space;
    LINT_DNS_MALFORMED, NAMED, EVER, [E, E, E, E], host_names::malformed;
    LINT_DNS_REDUNDANT, END_ENTITIES, EVER, [N, N, N, N], host_names::redundant;
    LINT_DNS_RESERVED, SERVERS, day(2015, 11, 1), [O, E, E, O], host_names::reserved;
    LINT_DNS_SUFFIX_WILDCARD, SERVERS, BR_1_0, [O, E, E, W], host_names::suffix_wildcard;
    LINT_DNS_UNDERSCORE, NAMED, EVER, [E, E, E, W], host_names::underscore;
    LINT_EMAIL_MALFORMED, NAMED, EVER, [E, E, E, E], names::email;
    LINT_ENCODED_DEFAULT, ALL, EVER, [E, E, E, W], encoding::encoded_default;
    LINT_EXTENDED_KEY_USAGE_ANY, LEAVES, BR_1_0, [O, E, E, W], extended_key_usage::any;
    LINT_EXTENDED_KEY_USAGE_ANY, INTERMEDIATE, BR_2_0, [O, E, E, W], extended_key_usage::any;
    LINT_EXTENDED_KEY_USAGE_CRITICAL, CERTIFICATES, BR_2_0, [O, E, E, W], criticality::extended_key_usage;
    LINT_EXTENDED_KEY_USAGE_DUPLICATE, NAMED, EVER, [W, W, W, W], extended_key_usage::duplicate;
    LINT_EXTENDED_KEY_USAGE_IN_ROOT, ROOT, BR_1_0, [O, E, E, N], extended_key_usage::present;
    LINT_EXTENDED_KEY_USAGE_MISSING, SERVER, BR_1_0, [O, E, E, W], extended_key_usage::missing;
    LINT_EXTENDED_KEY_USAGE_MISSING, INTERMEDIATE, day(2019, 1, 1), [O, O, E, N], extended_key_usage::missing;
    LINT_EXTENDED_KEY_USAGE_MISSING, INTERMEDIATE, BR_2_0, [O, E, O, O], extended_key_usage::missing;
    LINT_EXTENDED_KEY_USAGE_MIXED, SERVERS, EVER, [O, W, W, N], extended_key_usage::mixed;
    LINT_EXTENDED_KEY_USAGE_MIXED_IN_CA, INTERMEDIATE, day(2019, 1, 1), [O, O, E, N], extended_key_usage::mixed_in_ca;
    LINT_EXTENDED_KEY_USAGE_MIXED_IN_CA, INTERMEDIATE, BR_2_0, [O, E, O, O], extended_key_usage::mixed_in_ca;
    LINT_EXTENDED_KEY_USAGE_NOT_TLS, SERVER, BR_2_0, [O, E, E, O], extended_key_usage::not_tls;
    LINT_EXTENSION_DEPRECATED, NAMED, EVER, [W, W, W, N], criticality::deprecated;
    LINT_EXTENSION_UNKNOWN_CRITICAL, CERTIFICATES, EVER, [W, W, W, W], criticality::unknown;
    LINT_FRESHEST_CRL_CRITICAL, ISSUED_OR_LIST, EVER, [E, E, E, E], criticality::freshest_crl;
    LINT_INHIBIT_ANY_POLICY_NOT_CRITICAL, CAS, EVER, [E, E, E, W], criticality::inhibit_any_policy;
    LINT_IP_LENGTH, NAMED, EVER, [E, E, E, E], names::ip_length;
    LINT_IP_RESERVED, SERVERS, day(2015, 11, 1), [O, E, E, O], names::ip_reserved;
    LINT_ISSUER_ALT_NAME_CRITICAL, ISSUED_OR_LIST, EVER, [W, W, W, W], criticality::issuer_alt_name;
    LINT_ISSUER_EMPTY, ISSUED_OR_LIST, EVER, [E, E, E, E], subject_attributes::issuer_empty;
    LINT_KEY_ALGORITHM, NAMED, BR_1_0, [O, E, E, O], key::algorithm;
    LINT_KEY_COMPRESSED, NAMED, EVER, [W, W, W, W], key::compressed;
    LINT_KEY_CURVE, NAMED, day(2020, 1, 1), [O, O, E, O], key::curve;
    LINT_KEY_RSA_EXPONENT, NAMED, BR_1_0, [O, W, W, E], key::exponent;
    LINT_KEY_RSA_PARAMETERS, NAMED, EVER, [E, E, E, W], key::parameters;
    LINT_KEY_RSA_PSS, NAMED, BR_1_0, [O, E, E, O], key::pss;
    LINT_KEY_RSA_SIZE, NAMED, day(2014, 1, 1), [W, E, E, E], key::size;
    LINT_KEY_RSA_SIZE_OCTETS, NAMED, BR_1_0, [O, E, E, W], key::octets;
    LINT_KEY_USAGE_BITS, SERVER, BR_2_0, [O, E, E, O], key_usage::server_bits;
    LINT_KEY_USAGE_CA_BITS, CAS, BR_1_0, [O, E, E, W], key_usage::ca_bits;
    LINT_KEY_USAGE_CERT_SIGN, END_ENTITIES, EVER, [E, E, E, E], key_usage::cert_sign_without_ca;
    LINT_KEY_USAGE_CERT_SIGN_MISSING, CAS, EVER, [E, E, E, E], key_usage::cert_sign_missing;
    LINT_KEY_USAGE_CRL_SIGN_MISSING, CAS, BR_1_0, [O, E, E, N], key_usage::crl_sign_missing;
    LINT_KEY_USAGE_EMPTY, NAMED, EVER, [E, E, E, E], key_usage::empty;
    LINT_KEY_USAGE_ENCIPHER_ONLY, NAMED, EVER, [W, W, W, W], key_usage::encipher_only;
    LINT_KEY_USAGE_ENCODING, NAMED, EVER, [E, E, E, W], key_usage::encoding;
    LINT_KEY_USAGE_KEY_TYPE, NAMED, EVER, [E, E, E, E], key_usage::key_type;
    LINT_KEY_USAGE_MISSING, CAS, EVER, [E, E, E, E], key_usage::missing;
    LINT_KEY_USAGE_MISSING, SERVER, BR_2_0, [O, W, W, W], key_usage::missing;
    LINT_KEY_USAGE_NOT_CRITICAL, CERTIFICATES, EVER, [W, E, E, W], criticality::key_usage;
    LINT_KEY_USAGE_PURPOSE, LEAVES, EVER, [E, E, E, W], key_usage::purpose;
    LINT_KEY_WEAK, NAMED, EVER, [E, E, E, E], key::weak;
    LINT_NAME_CONSTRAINTS_DISTANCE, CAS, EVER, [E, E, E, E], name_constraints::distance;
    LINT_NAME_CONSTRAINTS_EMPTY, CERTIFICATES, EVER, [E, E, E, E], name_constraints::empty;
    LINT_NAME_CONSTRAINTS_IN_LEAF, LEAVES, EVER, [E, E, E, E], name_constraints::in_leaf;
    LINT_NAME_CONSTRAINTS_LEADING_DOT, CAS, EVER, [E, E, E, W], name_constraints::leading_dot;
    LINT_NAME_CONSTRAINTS_MALFORMED, CAS, EVER, [E, E, E, E], name_constraints::malformed;
    LINT_NAME_CONSTRAINTS_NOT_CRITICAL, CAS, EVER, [E, W, W, W], criticality::name_constraints;
    LINT_NAMES_CRITICAL, CERTIFICATES, EVER, [W, E, E, W], names::critical;
    LINT_NAMES_DUPLICATE, NAMED, EVER, [W, W, W, W], names::duplicate;
    LINT_NAMES_KIND, SERVERS, BR_1_0, [O, E, E, O], names::kind;
    LINT_NAMES_MISSING, SERVERS, BR_1_0, [O, E, E, W], names::missing;
    LINT_NAMES_NOT_CRITICAL, LEAVES, EVER, [E, E, E, E], names::not_critical;
    LINT_PATH_LENGTH_IN_ROOT, ROOT, BR_2_0, [O, W, W, O], basic_constraints::length_in_root;
    LINT_PATH_LENGTH_MISSING, INTERMEDIATE, EVER, [O, O, O, N], basic_constraints::length_missing;
    LINT_PATH_LENGTH_WITHOUT_CA, NAMED, EVER, [E, E, E, E], basic_constraints::length_without_ca;
    LINT_POLICIES_ANY_IN_LEAF, SERVER, BR_2_0, [O, E, E, O], policies::any_in_leaf;
    LINT_POLICIES_CRITICAL, CERTIFICATES, BR_2_0, [O, E, E, O], criticality::policies;
    LINT_POLICIES_MISSING, TLS, BR_1_0, [O, E, E, O], policies::missing;
    LINT_POLICIES_QUALIFIER, CERTIFICATES, EVER, [N, O, O, O], policies::qualifier;
    LINT_POLICIES_QUALIFIER, TLS, BR_2_0, [O, E, E, O], policies::qualifier_not_cps;
    LINT_POLICIES_RESERVED, SERVER, day(2020, 9, 30), [O, E, E, O], policies::reserved;
    LINT_POLICY_CONSTRAINTS_NOT_CRITICAL, CAS, EVER, [E, E, E, W], criticality::policy_constraints;
    LINT_POLICY_MAPPINGS_ANY, CAS, EVER, [E, E, E, E], policies::mapping_any;
    LINT_POLICY_MAPPINGS_NOT_CRITICAL, CAS, EVER, [W, W, W, W], criticality::policy_mappings;
    LINT_REQUEST_CHALLENGE_PASSWORD, REQUESTS, EVER, [W, W, W, W], request::challenge_password;
    LINT_REQUEST_ISSUER_EXTENSION, REQUESTS, EVER, [N, N, N, N], request::issuer_extension;
    LINT_REQUEST_SIGNATURE, REQUESTS, EVER, [E, E, E, E], request::signature;
    LINT_RESPONDER_NO_CHECK_MISSING, RESPONDER, BR_1_0, [O, E, E, N], criticality::no_check_missing;
    LINT_ROOT_LIFETIME, ROOT, BR_2_0, [O, E, E, O], validity::root_lifetime;
    LINT_SERIAL_NOT_POSITIVE, CERTIFICATES, EVER, [E, E, E, E], serial_number::not_positive;
    LINT_SERIAL_SHORT, CERTIFICATES, day(2016, 9, 30), [O, W, W, W], serial_number::short;
    LINT_SERIAL_TOO_LONG, CERTIFICATES, EVER, [E, E, E, E], serial_number::too_long;
    LINT_SIGNATURE_CURVE_HASH, SELF_SIGNED, day(2020, 1, 1), [O, E, E, O], signature::curve_hash;
    LINT_SIGNATURE_NOT_ALLOWED, ALL, day(2020, 1, 1), [O, E, E, O], signature::not_allowed;
    LINT_SIGNATURE_PARAMETERS, ALL, EVER, [E, E, E, W], signature::parameters;
    LINT_SIGNATURE_PSS_PARAMETERS, ALL, day(2020, 1, 1), [O, E, E, O], signature::pss_parameters;
    LINT_SIGNATURE_WEAK, ALL, day(2016, 1, 1), [W, E, E, E], signature::weak;
    LINT_SUBJECT_ATTRIBUTES_CRITICAL, CERTIFICATES, EVER, [E, E, E, E], criticality::subject_attributes;
    LINT_SUBJECT_EMPTY, END_ENTITIES, EVER, [E, E, E, E], subject_attributes::nobody;
    LINT_SUBJECT_EMPTY_IN_CA, CAS, EVER, [E, E, E, E], subject_attributes::ca_empty;
    LINT_SUBJECT_INFO_ACCESS_CRITICAL, CERTIFICATES, EVER, [E, E, E, E], criticality::subject_access;
    LINT_SUBJECT_KEY_CRITICAL, CERTIFICATES, EVER, [E, E, E, E], criticality::subject_key;
    LINT_SUBJECT_KEY_MISSING, CAS, EVER, [E, E, E, E], authority::subject_key_missing;
    LINT_SUBJECT_KEY_MISSING, LEAVES, EVER, [W, O, O, O], authority::subject_key_missing;
    LINT_UNIQUE_IDENTIFIER, CERTIFICATES, EVER, [E, E, E, W], encoding::unique_identifier;
    LINT_URI_MALFORMED, NAMED, EVER, [E, E, E, E], names::uri;
    LINT_VALIDITY_BEYOND_CLIENTS, SERVER, day(2019, 7, 1), [O, O, O, W], validity::beyond_clients;
    LINT_VALIDITY_ENCODING, ISSUED_OR_LIST, EVER, [E, E, E, E], validity::encoding;
    LINT_VALIDITY_EXTRA_SECOND, CERTIFICATES, BR_1_0, [O, W, W, W], validity::extra_second;
    LINT_VALIDITY_NO_END, CERTIFICATES, EVER, [N, N, N, W], validity::no_end;
    LINT_VALIDITY_REVERSED, CERTIFICATES, EVER, [E, E, E, E], validity::reversed;
    LINT_VALIDITY_TOO_LONG, SERVER, BR_1_0, [O, E, E, O], validity::too_long;
    LINT_VERSION, CERTIFICATES, EVER, [W, E, E, W], encoding::version;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        let codes: Vec<&str> = RULES.iter().map(|rule| rule.code.as_str()).collect();
        assert!(codes.is_sorted(), "sorted by code");
        for code in Code::all().filter(|code| code.stage() == "lint") {
            let rows: Vec<&Rule> = RULES.iter().filter(|rule| rule.code == code).collect();
            let worst = rows.iter().flat_map(|rule| rule.severities.into_iter().flatten()).min();
            assert_eq!(
                worst,
                Some(code.severity()),
                "{code}: the severity of the code is the worst of its rows"
            );
            assert!(code.citation().is_some(), "{code} has a clause");
            // No object falls under two rows of one code in one profile.
            for (index, row) in rows.iter().enumerate() {
                for other in rows.iter().skip(index + 1) {
                    let shared = row.targets.iter().any(|target| other.targets.contains(target));
                    let both =
                        row.severities.iter().zip(&other.severities).any(|(a, b)| a.is_some() && b.is_some());
                    assert!(!(shared && both), "{code} has two rows for one target");
                }
            }
        }
        assert!(codes.iter().all(|code| code.starts_with("lint/")));
    }

    #[test]
    fn what_mozilla_asks_includes_what_the_forum_asks() {
        for rule in RULES {
            let own = rule.severity(Profile::CabfTls);
            let elsewhere = RULES
                .iter()
                .filter(|other| other.code == rule.code && other.targets == rule.targets)
                .filter_map(|other| other.severity(Profile::Mozilla))
                .min();
            assert!(own.is_none_or(|own| elsewhere.is_some_and(|found| found <= own)), "{}", rule.code);
        }
    }
}
