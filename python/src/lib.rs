//! Python host: converts between Python values and `certgate-bindings`, and decides nothing.
//!
//! The module `certgate._certgate`. What is heavy is a handle, and becomes plain data when it is asked for; work runs
//! without the interpreter's lock.

mod certificate;
mod context;
mod decision;
mod dev;
mod diagnostic;
mod error;
mod input;
mod inventory;
mod issue;
mod key;
mod lint;
mod new_request;
mod plain;
mod policy;
mod policy_set;
mod random;
mod renewal;
mod request;
mod revocation_list;
mod shape;
mod signature;
mod signer;
mod time;
mod verified_path;
mod verifier;

use pyo3::prelude::*;

/// The engine: use the package `certgate`, which exports all of it.
#[pymodule]
mod _certgate {
    use std::collections::BTreeMap;
    use std::ffi::OsString;
    use std::io::Write;

    use certgate_bindings::view::{CodeView, ProfileView, RequestView};
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::certificate::{Bundle, Certificate, inspect_certificate, parse_bundle, parse_certificate};
    #[pymodule_export]
    use crate::context::read_context;
    #[pymodule_export]
    use crate::decision::Decision;
    #[pymodule_export]
    use crate::dev::DevAuthority;
    #[pymodule_export]
    use crate::diagnostic::{Diagnostic, Position, Span};
    #[pymodule_export]
    use crate::inventory::Inventory;
    #[pymodule_export]
    use crate::issue::{Approval, IssuedCertificate, Issuer, PreparedCertificate};
    #[pymodule_export]
    use crate::key::{PrivateKey, generate_key, load_private_key};
    #[pymodule_export]
    use crate::lint::{lint, lint_rules};
    #[pymodule_export]
    use crate::new_request::{
        PreparedRequest, PreparedRoot, new_request, new_root, prepare_request, prepare_root, request_like,
    };
    #[pymodule_export]
    use crate::policy::{Policy, import_policy, load_policy};
    #[pymodule_export]
    use crate::policy_set::{PolicySet, SetDecision};
    #[pymodule_export]
    use crate::renewal::{Renewal, renewal_due};
    #[pymodule_export]
    use crate::request::{Request, parse_request};
    #[pymodule_export]
    use crate::revocation_list::{
        PreparedList, RevocationList, parse_revocation_list, prepare_revocation_list,
    };
    #[pymodule_export]
    use crate::signature::{SignatureStatus, verify_signature};
    #[pymodule_export]
    use crate::verified_path::{PathDiagnosis, VerifiedPath};
    #[pymodule_export]
    use crate::verifier::Verifier;

    use crate::error::raise;
    use crate::input::Input;
    use crate::plain::Plain;
    use crate::shape::AnySchema;

    /// The version of the engine.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name is Python's")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// Reads one certificate request in DER, PEM or base64 and returns every field as plain data, with the state of its
    /// signature and all that is odd about it. Text is the request itself, a path is read.
    ///
    /// Raises `ParseError` for anything that is not exactly one request, and `OSError` for a file that cannot be read.
    #[pyfunction]
    fn inspect(py: Python<'_>, input: Input<'_>) -> PyResult<Plain<RequestView>> {
        let bytes = input.as_bytes();
        py.detach(|| certgate_bindings::inspect(bytes)).map(Plain).map_err(|error| raise(py, &error))
    }

    /// What a code such as `policy/dns-not-allowed` means; `None` if there is no such code.
    #[pyfunction]
    fn explain(code: &str) -> Option<Plain<CodeView>> {
        certgate_bindings::explain(code).map(Plain)
    }

    /// What every code means, sorted by code.
    #[pyfunction]
    fn explain_all() -> Vec<Plain<CodeView>> {
        certgate_bindings::explain_all().into_iter().map(Plain).collect()
    }

    /// A profile of verification and its rules: `rfc5280`, `webpki` or `private`; `None` if there is none of this name.
    #[pyfunction]
    fn profile(name: &str) -> Option<Plain<ProfileView>> {
        certgate_bindings::profile(name).map(Plain)
    }

    /// The JSON Schema (draft 2020-12) of a document that is read or of a view that is written, such as `policy`,
    /// `decision` or `verified-path`; `None` if there is none of this name.
    #[pyfunction]
    fn schema(name: &str) -> Option<AnySchema> {
        certgate_bindings::schema::schema(name).map(AnySchema)
    }

    /// The ready-made policies: the YAML text of each by its name.
    #[pyfunction]
    fn ready_made_policies() -> BTreeMap<&'static str, &'static str> {
        certgate_policies::ALL.iter().map(|policy| (policy.name, policy.text)).collect()
    }

    /// Runs the command line on the standard streams of the process (file descriptors 0 to 2) and returns the exit code.
    /// The arguments are those behind the program's name.
    #[pyfunction]
    #[pyo3(signature = (arguments: "list[str]"))]
    fn run_command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
        py.detach(|| {
            let arguments = std::iter::once(OsString::from("certgate")).chain(arguments);
            let code = certgate_ops::cli::run_with(arguments);
            // The interpreter's exit does not flush the streams of Rust. A reader that went away is no fault of ours.
            let _ = std::io::stdout().flush();
            code
        })
    }

    /// Selects the signature back ends by name, once; for tests. Returns whether the
    /// name is known on this machine and nothing had been selected before.
    #[pyfunction]
    fn select_crypto(name: &str) -> bool {
        certgate_bindings::select_crypto(name)
    }
}
