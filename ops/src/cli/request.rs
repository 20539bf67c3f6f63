//! `certgate request new`: a request from options, from a file, or from the certificate that it is to renew.

use std::path::Path;

use certgate_bindings::certgate::certificate::Certificate as CoreCertificate;
use certgate_bindings::certgate::crypto::{KeyKind, Signer};
use certgate_bindings::certgate::extension::{BasicConstraints, KeyUsage, KeyUsageBit};
use certgate_bindings::certgate::oid::{Oid, OidKind};
use certgate_bindings::certgate::pem;
use certgate_bindings::certgate::request::NewRequest;
use certgate_bindings::issue::{self, PrivateKey};
use certgate_bindings::{Bundle, read_document};
use serde::Deserialize;

use super::args::{NewRequestArguments, RequestCommand};
use super::issue::{put, signing_key};
use super::load::LoadError;
use super::{Terminal, exit};
use crate::input;
use crate::pki;
use crate::signing_key::to_pem;

/// What a request says, as a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a request")]
struct RequestDocument {
    /// `TYPE=value`, in order.
    #[serde(default)]
    subject: Vec<String>,
    /// Host names, addresses, mailboxes and URIs.
    #[serde(default)]
    names: Vec<String>,
    /// Bits of keyUsage.
    #[serde(default)]
    key_usage: Vec<String>,
    /// Purposes by name or dotted decimal.
    #[serde(default)]
    purposes: Vec<String>,
    /// Whether the certificate of a CA is asked for.
    #[serde(default)]
    ca: bool,
    /// How many intermediates may follow the CA.
    #[serde(default)]
    path_length: Option<u32>,
    /// The kind of a new key.
    #[serde(default)]
    key: Option<String>,
}

pub(super) fn run(command: &RequestCommand, terminal: &mut Terminal<'_>) -> u8 {
    let RequestCommand::New(arguments) = command;
    match new(arguments, terminal) {
        Ok(code) => code,
        Err(error) => error.report(terminal),
    }
}

fn new(arguments: &NewRequestArguments, terminal: &mut Terminal<'_>) -> Result<u8, LoadError> {
    let usage = |message: String| LoadError::Message(message, exit::USAGE);
    let (request, kind) = wanted(arguments, terminal)?;
    let (key, made): (Box<dyn Signer>, Option<PrivateKey>) = match &arguments.key_file {
        Some(reference) => (signing_key(reference, &arguments.passphrase)?, None),
        None => {
            let kind =
                arguments.key.clone().or(kind).unwrap_or_else(|| KeyKind::default().as_str().to_owned());
            let seed = pki::seed().map_err(|message| LoadError::Message(message, exit::INTERNAL))?;
            let key = PrivateKey::generate(&kind, seed).map_err(|error| usage(error.to_string()))?;
            (Box::new(key.clone()), Some(key))
        }
    };
    let signed = issue::new_request(&request, &*key)
        .map_err(|error| LoadError::Message(error.to_string(), exit::INTERNAL))?;
    // The key first: a request without its key would be of no use to anyone.
    if let (Some(key), Some(file)) = (&made, &arguments.key_output) {
        let protection = arguments.protection.protection(&arguments.passphrase);
        let text = to_pem(key, file, &protection)
            .map_err(|message| LoadError::Message(message, exit::UNREADABLE))?;
        pki::write_private(Path::new(file), &text)?;
    }
    put(arguments.output.as_deref(), &pem::encode("CERTIFICATE REQUEST", signed.der()), terminal)
}

/// What the request says, and the kind of a new key if that follows from it.
fn wanted(
    arguments: &NewRequestArguments,
    terminal: &mut Terminal<'_>,
) -> Result<(NewRequest, Option<String>), LoadError> {
    let unreadable = |message: String| LoadError::Message(message, exit::UNREADABLE);
    if let Some(file) = &arguments.renew {
        let bytes = input::read(file, terminal.stdin)?;
        let bundle = Bundle::parse(&bytes).map_err(|error| unreadable(format!("{file}: {error}")))?;
        let (certificate, _) = bundle.split_leaf().map_err(|error| unreadable(format!("{file}: {error}")))?;
        let certificate = certificate.as_core();
        let request = renewal(certificate).map_err(|message| unreadable(format!("{file}: {message}")))?;
        let name = certificate.public_key().name();
        return Ok((request, KeyKind::from_name(&name).map(|kind| kind.as_str().to_owned())));
    }
    let document = match &arguments.from {
        Some(file) => {
            let text = input::read_text(file, terminal.stdin)?;
            read_document::<RequestDocument>(&text).map_err(|error| LoadError::Document {
                name: input::display_name(file),
                text,
                error,
                exit: exit::UNREADABLE,
            })?
        }
        None => RequestDocument {
            subject: arguments.subject.clone(),
            names: arguments.names.clone(),
            key_usage: arguments.usages.clone(),
            purposes: arguments.purposes.clone(),
            ca: arguments.ca,
            ..RequestDocument::default()
        },
    };
    let request = document.to_core().map_err(|message| LoadError::Message(message, exit::USAGE))?;
    Ok((request, document.key))
}

impl RequestDocument {
    fn to_core(&self) -> Result<NewRequest, String> {
        let bit = |name: &String| {
            KeyUsageBit::from_name(name).ok_or_else(|| format!("`{name}` is no bit of keyUsage"))
        };
        let purpose = |name: &String| {
            Oid::from_label(name, OidKind::ExtendedKeyUsage).ok_or_else(|| format!("`{name}` is no purpose"))
        };
        if self.path_length.is_some() && !self.ca {
            return Err("only the certificate of a CA has a path length".to_owned());
        }
        let usage: KeyUsage =
            self.key_usage.iter().map(bit).collect::<Result<Vec<_>, _>>()?.into_iter().collect();
        Ok(NewRequest {
            subject: issue::parse_subject(&self.subject).map_err(|error| error.to_string())?,
            names: issue::parse_names(&self.names).map_err(|error| error.to_string())?,
            key_usage: (!usage.is_empty()).then_some(usage),
            extended_key_usage: self.purposes.iter().map(purpose).collect::<Result<_, _>>()?,
            basic_constraints: self
                .ca
                .then_some(BasicConstraints { ca: true, path_length: self.path_length }),
            ..NewRequest::default()
        })
    }
}

/// The request for what a certificate says. Everything that a policy judges is asked for again; the issuer adds the rest.
fn renewal(certificate: &CoreCertificate) -> Result<NewRequest, String> {
    let subject = certificate.subject();
    let mut attributes = Vec::new();
    for attribute in subject.attributes() {
        if subject.rdn_len(attribute.rdn()) != 1 {
            return Err(
                "several attributes stand in one RDN of the subject, and no request is made so".to_owned()
            );
        }
        let text = attribute
            .text()
            .ok_or_else(|| format!("the {} of the subject is no text", attribute.oid().label()))?;
        attributes.push((attribute.oid().clone(), text.to_owned()));
    }
    Ok(NewRequest {
        subject: attributes,
        names: certificate.subject_alt_names().to_vec(),
        key_usage: certificate.key_usage(),
        extended_key_usage: certificate.extended_key_usage().unwrap_or_default().to_vec(),
        basic_constraints: certificate.basic_constraints().filter(|constraints| constraints.ca),
        ..NewRequest::default()
    })
}
