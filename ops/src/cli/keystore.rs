//! `certgate keystore export` and `import`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::certgate::chain::order;
use certgate_bindings::issue::PrivateKey;
use certgate_bindings::{Bundle, issue};
use clap::{Args, Subcommand, ValueEnum};
use zeroize::Zeroizing;

use super::load::{self, LoadError};
use super::secrets::{PassphraseArguments, ProtectionArguments};
use super::{Terminal, exit};
use crate::input::read_file;
use crate::keystore::{self, Contents, KeyEntry, StoreForm};
use crate::passphrase::{Confirm, PassphraseSource, PassphraseUse};
use crate::pki;
use crate::render::escape::escape;
use crate::signing_key;

#[derive(Debug, Subcommand)]
pub(super) enum KeystoreCommand {
    /// Write a private key with its certificates, or certificates to be trusted, into a store
    Export(ExportArguments),
    /// Say what a store holds, and write it to files in PEM
    Import(ImportArguments),
}

/// The forms of stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum FormName {
    /// PKCS #12 with PBES2, AES-256-CBC and HMAC-SHA-256: for Java 8u301 and later, OpenSSL, Windows, macOS
    #[default]
    Pkcs12,
    /// The older trust store of Java
    Jks,
}

/// Where the passphrase of a store comes from.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct StorePassphrase {
    /// The passphrase of the store is the first line of this file; left out: the terminal asks
    #[arg(long, value_name = "FILE", conflicts_with = "store_passphrase_fd")]
    store_passphrase_file: Option<PathBuf>,
    /// The passphrase of the store is the first line of this open descriptor
    #[arg(long, value_name = "NUMBER")]
    store_passphrase_fd: Option<u32>,
}

impl StorePassphrase {
    fn read(&self, name: &str, confirm: Confirm) -> Result<Zeroizing<Vec<u8>>, String> {
        let source = match (&self.store_passphrase_file, self.store_passphrase_fd) {
            (Some(file), _) => PassphraseSource::File(file.clone()),
            (None, Some(number)) => PassphraseSource::Descriptor(number),
            (None, None) => PassphraseSource::Prompt,
        };
        source.read_for(PassphraseUse::Store, name, confirm)
    }
}

#[derive(Args, Debug)]
pub(super) struct ExportArguments {
    /// The form of the store
    #[arg(long, value_enum, default_value_t)]
    format: FormName,
    /// A private key
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// The certificate of the private key, and those above it behind it or in further files; may be repeated
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Vec<PathBuf>,
    /// What the store calls the private key
    #[arg(long, value_name = "NAME", default_value = "certgate")]
    alias: String,
    /// Certificates to be trusted; their aliases are their common names; may be repeated
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,
    #[command(flatten)]
    store_passphrase: StorePassphrase,
    /// The store to write; it is never overwritten
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct ImportArguments {
    #[command(flatten)]
    store_passphrase: StorePassphrase,
    /// The private key to take, if the store holds several
    #[arg(long, value_name = "NAME")]
    alias: Option<String>,
    /// Where the private key is written; it is never overwritten
    #[arg(long, value_name = "FILE")]
    key_output: Option<PathBuf>,
    #[command(flatten)]
    protection: ProtectionArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// Where the certificate of the private key and those above it are written
    #[arg(long, value_name = "FILE")]
    chain_output: Option<PathBuf>,
    /// Where the certificates that the store trusts are written
    #[arg(long, value_name = "FILE")]
    trust_output: Option<PathBuf>,
    /// Where certificates are written that belong to no private key and are not marked as trusted
    #[arg(long, value_name = "FILE")]
    others_output: Option<PathBuf>,
    /// The store
    #[arg(value_name = "STORE")]
    store: PathBuf,
}

pub(super) fn run(command: &KeystoreCommand, terminal: &mut Terminal<'_>) -> u8 {
    let result = match command {
        KeystoreCommand::Export(arguments) => export(arguments, terminal),
        KeystoreCommand::Import(arguments) => import(arguments, terminal),
    };
    match result {
        Ok(()) => exit::OK,
        Err(error) => error.report(terminal),
    }
}

fn unreadable(message: String) -> LoadError {
    LoadError::Message(message, exit::UNREADABLE)
}

fn certificates(files: &[PathBuf]) -> Result<Vec<Arc<Certificate>>, String> {
    let mut all = Vec::new();
    for file in files {
        let name = file.display();
        let bundle = Bundle::parse(&read_file(file)?).map_err(|error| format!("{name}: {error}"))?;
        if bundle.certificates().is_empty() {
            return Err(format!("{name} holds no certificate"));
        }
        all.extend(bundle.certificates().iter().cloned());
    }
    Ok(all)
}

fn export(arguments: &ExportArguments, terminal: &mut Terminal<'_>) -> Result<(), LoadError> {
    let at = load::time(None, terminal)?;
    let mut contents = Contents::default();
    if let Some(file) = &arguments.key {
        let key = signing_key::open_file(file, &arguments.passphrase.source()).map_err(unreadable)?;
        let chain = in_order(&key, certificates(&arguments.certificate).map_err(unreadable)?, terminal);
        contents.keys.push(KeyEntry { alias: arguments.alias.clone(), key, chain });
    }
    for certificate in certificates(&arguments.trust).map_err(unreadable)? {
        let alias = alias(&certificate, &contents.trusted);
        contents.trusted.push((alias, certificate));
    }
    let form = match arguments.format {
        FormName::Pkcs12 => StoreForm::Pkcs12,
        FormName::Jks => StoreForm::Jks,
    };
    let name = arguments.output.display().to_string();
    let passphrase = arguments.store_passphrase.read(&name, Confirm::Yes).map_err(unreadable)?;
    let store = keystore::write(&contents, &passphrase, form, at)
        .map_err(|message| LoadError::Message(message, exit::USAGE))?;
    pki::write_private_bytes(&arguments.output, &store)?;
    terminal.print(&escape(&format!(
        "{name}: {} private keys, {} trusted certificates",
        contents.keys.len(),
        contents.trusted.len()
    )));
    Ok(())
}

/// The chain as servers send it, the certificate of the key first. What does not belong to it is told, and comes last.
fn in_order(
    key: &PrivateKey,
    given: Vec<Arc<Certificate>>,
    terminal: &mut Terminal<'_>,
) -> Vec<Arc<Certificate>> {
    let Some(leaf) = given.iter().find(|certificate| key.belongs_to(certificate)) else { return given };
    let ordered = order(&given, Some(leaf));
    for other in &ordered.others {
        terminal.fail(&format!(
            "`{}` does not lead on from the chain of the private key: a certificate between them is missing, or it does not \
             belong there",
            other.subject()
        ));
    }
    ordered.chain.into_iter().chain(ordered.others).collect()
}

/// The common name, or the whole subject, in lower case; with a number if it is there already.
fn alias(certificate: &Certificate, others: &[(String, Arc<Certificate>)]) -> String {
    let subject = certificate.subject();
    let name =
        subject.common_names().next().map_or_else(|| subject.to_string(), str::to_owned).to_lowercase();
    let taken = |alias: &str| others.iter().any(|(other, _)| other == alias);
    let numbered = (2u32..).map(|number| format!("{name} {number}"));
    std::iter::once(name.clone()).chain(numbered).find(|alias| !taken(alias)).unwrap_or(name)
}

fn import(arguments: &ImportArguments, terminal: &mut Terminal<'_>) -> Result<(), LoadError> {
    let name = arguments.store.display().to_string();
    let bytes = Zeroizing::new(read_file(&arguments.store)?);
    let passphrase = arguments.store_passphrase.read(&name, Confirm::No).map_err(unreadable)?;
    let contents =
        keystore::read(&bytes, &passphrase).map_err(|message| unreadable(format!("{name}: {message}")))?;
    for entry in &contents.keys {
        let leaf = entry.chain.first().map(|leaf| leaf.subject().to_string()).unwrap_or_default();
        terminal.print(&escape(&format!(
            "key      {}: {leaf}, {} certificates",
            entry.alias,
            entry.chain.len()
        )));
    }
    for (alias, certificate) in &contents.trusted {
        terminal.print(&escape(&format!("trusted  {alias}: {}", certificate.subject())));
    }
    for certificate in &contents.others {
        terminal.print(&escape(&format!("other    {}", certificate.subject())));
    }
    let put = |file: &Option<PathBuf>, certificates: &[&Arc<Certificate>]| -> Result<(), LoadError> {
        let Some(file) = file else { return Ok(()) };
        if certificates.is_empty() {
            return Err(unreadable(format!("{name} holds nothing for {}", file.display())));
        }
        let text: String =
            certificates.iter().map(|certificate| issue::certificate_pem(certificate)).collect();
        pki::write_public(file, text.as_bytes())?;
        Ok(())
    };
    if arguments.key_output.is_some() || arguments.chain_output.is_some() {
        let entry = chosen(&contents, arguments.alias.as_deref())
            .map_err(|message| unreadable(format!("{name}: {message}")))?;
        if let Some(file) = &arguments.key_output {
            let protection = arguments.protection.protection(&arguments.passphrase);
            write_key(entry, file, &protection)?;
        }
        put(&arguments.chain_output, &entry.chain.iter().collect::<Vec<_>>())?;
    }
    let trusted: Vec<_> = contents.trusted.iter().map(|(_, certificate)| certificate).collect();
    put(&arguments.trust_output, &trusted)?;
    put(&arguments.others_output, &contents.others.iter().collect::<Vec<_>>())
}

fn write_key(
    entry: &KeyEntry,
    file: &Path,
    protection: &signing_key::KeyProtection,
) -> Result<(), LoadError> {
    let text =
        signing_key::to_pem(&entry.key, &file.display().to_string(), protection).map_err(unreadable)?;
    pki::write_private(file, &text)?;
    Ok(())
}

fn chosen<'c>(contents: &'c Contents, alias: Option<&str>) -> Result<&'c KeyEntry, String> {
    let matching: Vec<&KeyEntry> = contents
        .keys
        .iter()
        .filter(|entry| alias.is_none_or(|alias| entry.alias.eq_ignore_ascii_case(alias)))
        .collect();
    match matching.as_slice() {
        [entry] => Ok(entry),
        [] => Err("there is no such private key in the store".to_owned()),
        _ => Err("the store holds several private keys: give --alias".to_owned()),
    }
}
