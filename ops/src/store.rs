//! Trust stores by name: which file they are, how old they are, and the certificates in them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use certgate_bindings::certgate::diagnostic::quote;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::{Bundle, Error};
use serde::Serialize;

use crate::input::{describe, read_file};

/// A trust store that was read.
#[derive(Clone, Debug)]
pub struct Store {
    /// What the report says of it.
    pub description: StoreDescription,
    /// Its certificates.
    pub bundle: Bundle,
}

/// Which store, from where, and how old.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreDescription {
    /// `system`, `certifi`, `webpki`, `java`, or the name of a file.
    pub name: String,
    /// The file, or the package and its version.
    pub source: String,
    /// When the file was changed, RFC 3339 in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Number of certificates that could be read.
    pub certificates: usize,
    /// Number of entries that were passed over.
    pub passed_over: usize,
}

/// The bundles of the systems that are known, in the order in which they are tried.
const SYSTEM: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt", // Debian, Alpine, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",   // older RHEL
    "/etc/ssl/ca-bundle.pem",             // SUSE
    "/etc/ssl/cert.pem",                  // macOS, OpenBSD
    "/usr/local/share/certs/ca-root-nss.crt", // FreeBSD
];

/// Reads a store by its name.
///
/// # Errors
/// A name that is not known, or a store that is not there or cannot be read, in one sentence.
pub fn read(name: &str) -> Result<Store, String> {
    match name {
        "system" => system(),
        "certifi" => certifi(),
        "webpki" => Ok(webpki()),
        "java" => java(),
        _ => Err(format!("there is no trust store {}: give system, certifi, webpki or java", quote(name))),
    }
}

/// SSL_CERT_FILE, as OpenSSL reads it, else the first bundle that is there.
fn system() -> Result<Store, String> {
    // Who names a bundle wants that one, and not all public roots where it is missing.
    if let Some(named) = std::env::var_os("SSL_CERT_FILE") {
        return from_file("system", Path::new(&named));
    }
    match SYSTEM.iter().map(PathBuf::from).find(|path| path.is_file()) {
        Some(path) => from_file("system", &path),
        None => Err("no bundle of this system was found: set SSL_CERT_FILE".to_owned()),
    }
}

/// The bundle of Python's certifi: where the interpreter says that it is.
fn certifi() -> Result<Store, String> {
    let output = Command::new("python3")
        .args([
            "-c",
            "import sys; sys.path[:] = [p for p in sys.path if p]; import certifi; print(certifi.where())",
        ])
        .output();
    match output {
        Ok(output) if output.status.success() => {
            from_file("certifi", Path::new(String::from_utf8_lossy(&output.stdout).trim()))
        }
        _ => Err("python3 has no certifi: `pip install certifi`".to_owned()),
    }
}

/// The roots of Mozilla's programme that are compiled into certgate.
fn webpki() -> Store {
    let mut bundle = Bundle::default();
    let mut passed_over = 0usize;
    for root in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        match Bundle::parse(root) {
            Ok(one) => {
                passed_over = passed_over.saturating_add(one.findings().len());
                bundle.extend(one);
            }
            Err(_) => passed_over = passed_over.saturating_add(1),
        }
    }
    let description = StoreDescription {
        name: "webpki".to_owned(),
        source: format!("webpki-root-certs of certgate {}", env!("CARGO_PKG_VERSION")),
        date: None,
        certificates: bundle.certificates().len(),
        passed_over,
    };
    Store { description, bundle }
}

/// The cacerts of Java, which its own keytool reads.
fn java() -> Result<Store, String> {
    let home = std::env::var_os("JAVA_HOME").map(PathBuf::from);
    let known = ["/etc/ssl/certs/java/cacerts", "/usr/lib/jvm/default-java/lib/security/cacerts"];
    let candidates: Vec<PathBuf> = match home {
        Some(home) => vec![home.join("lib/security/cacerts")],
        None => known.iter().map(PathBuf::from).collect(),
    };
    let Some(path) = candidates.into_iter().find(|path| path.is_file()) else {
        return Err("no cacerts of Java was found: set JAVA_HOME".to_owned());
    };
    let output = Command::new("keytool")
        .args(["-list", "-rfc", "-storepass", "changeit", "-keystore"])
        .arg(&path)
        .output()
        .map_err(|error| format!("keytool reads the cacerts of Java: {}", describe(&error)))?;
    if !output.status.success() {
        return Err(format!("keytool cannot read {}", path.display()));
    }
    parse("java", &path, &output.stdout)
}

/// A file as a store of its own name.
///
/// # Errors
/// A file that cannot be read or is no bundle, in one sentence.
pub fn from_file(name: &str, path: &Path) -> Result<Store, String> {
    let bytes = read_file(path)?;
    parse(name, path, &bytes)
}

fn parse(name: &str, path: &Path, bytes: &[u8]) -> Result<Store, String> {
    from_bytes(name, path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// What was read from a file, as a store.
///
/// # Errors
/// What is no bundle: empty, too large, or nothing that holds certificates.
pub(crate) fn from_bytes(name: &str, path: &Path, bytes: &[u8]) -> Result<Store, Error> {
    let bundle = Bundle::parse(bytes)?;
    let changed = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let date = changed
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .and_then(Timestamp::from_unix);
    let description = StoreDescription {
        name: name.to_owned(),
        source: path.display().to_string(),
        date: date.map(|date| date.to_string()),
        certificates: bundle.certificates().len(),
        passed_over: bundle.findings().len(),
    };
    Ok(Store { description, bundle })
}
