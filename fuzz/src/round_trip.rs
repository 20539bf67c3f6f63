//! New requests, encoded and read back. Oracle: every field comes back as it was given.

use arbitrary::{Result, Unstructured};
use certgate::crypto::{PrivateKey, Signer};
use certgate::extension::{
    BasicConstraints, ExtensionValue, KeyUsage, KeyUsageBit, NewExtension, utf8_string,
};
use certgate::name::{GeneralName, IpAddress, Named};
use certgate::oid::{self, Oid};
use certgate::request::{Attribute, NewRequest};
use certgate_tests::keys;
use std::sync::OnceLock;

use crate::PLANTED;

pub fn check(input: &[u8]) {
    // An input that runs out of bytes goes on with zeros, and never fails.
    let _ = round_trip(&mut Unstructured::new(input));
}

fn key() -> &'static PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| keys::fixed("P-256"))
}

fn round_trip(u: &mut Unstructured<'_>) -> Result<()> {
    let request = new_request(u)?;
    let Ok(info) = encoder(&request).to_be_signed(key().public_key()) else { return Ok(()) };
    let signature = [0x30, 6, 2, 1, 1, 2, 1, 1];
    let read = match NewRequest::assemble(&info, key().scheme(), &signature) {
        Ok(read) => read,
        // What is refused must be refused for what it says: too many names, a value that is twice there, and so on.
        Err(error) => {
            assert!(!error.diagnostics().is_empty());
            return Ok(());
        }
    };
    assert_eq!(read.signed_der(), info);
    assert_eq!(read.signature(), signature);
    assert_eq!(read.public_key().der(), key().public_key().der());
    let subject: Vec<(Oid, String)> = read
        .subject()
        .attributes()
        .iter()
        .map(|attribute| (attribute.oid().clone(), attribute.text().expect("a string").to_owned()))
        .collect();
    assert_eq!(subject, request.subject);
    let values = |oid: &Oid| read.extension(oid).map(|extension| extension.value().clone());
    let names = read.subject_alt_names();
    assert_eq!(
        names.iter().map(canonical).collect::<Vec<_>>(),
        request.names.iter().map(canonical).collect::<Vec<_>>()
    );
    if let Some(usage) = request.key_usage {
        assert_eq!(values(&oid::KEY_USAGE), Some(ExtensionValue::KeyUsage(usage)));
    }
    if !request.extended_key_usage.is_empty() {
        let purposes = request.extended_key_usage.clone();
        assert_eq!(values(&oid::EXTENDED_KEY_USAGE), Some(ExtensionValue::ExtendedKeyUsage(purposes)));
    }
    if let Some(constraints) = request.basic_constraints {
        assert_eq!(values(&oid::BASIC_CONSTRAINTS), Some(ExtensionValue::BasicConstraints(constraints)));
    }
    let further = read.extensions().len() - request.extensions.len();
    for (extension, found) in request.extensions.iter().zip(&read.extensions()[further..]) {
        assert_eq!(found.oid(), &extension.oid);
        assert_eq!(
            (found.is_critical(), found.value_der()),
            (extension.critical, extension.value.as_slice())
        );
    }
    for (oid, values) in &request.attributes {
        let is_there = |found: &Attribute| found.oid() == oid && found.values_der() == values.as_slice();
        assert!(read.attributes().iter().any(is_there), "{oid} {values:?}");
    }
    Ok(())
}

/// What the encoder is given.
fn encoder(request: &NewRequest) -> NewRequest {
    let mut request = request.clone();
    // Planted: of more than three purposes the last is lost.
    if PLANTED && request.extended_key_usage.len() > 3 {
        request.extended_key_usage.pop();
    }
    request
}

/// Kind and canonical text: names are encoded in their canonical form.
fn canonical(name: &GeneralName) -> (&'static str, String) {
    let text = match name {
        GeneralName::DnsName(Named { value: Ok(name), .. }) => name.to_string(),
        GeneralName::Rfc822Name(Named { value: Ok(address), .. }) => address.to_string(),
        other => other.display(),
    };
    (name.kind().as_str(), text)
}

fn new_request(u: &mut Unstructured<'_>) -> Result<NewRequest> {
    let mut request = NewRequest::default();
    for _ in 0..u.int_in_range(0..=3)? {
        let attributes = [
            oid::COMMON_NAME,
            Oid::parse("2.5.4.10").expect("an OID"),
            Oid::parse("2.5.4.6").expect("an OID"),
        ];
        request.subject.push((u.choose(&attributes)?.clone(), text(u)?));
    }
    for _ in 0..u.int_in_range(0..=4)? {
        request.names.push(name(u)?);
    }
    if u.arbitrary()? {
        let bits: u16 = u.arbitrary()?;
        let all = [
            KeyUsageBit::DigitalSignature,
            KeyUsageBit::ContentCommitment,
            KeyUsageBit::KeyEncipherment,
            KeyUsageBit::DataEncipherment,
            KeyUsageBit::KeyAgreement,
            KeyUsageBit::KeyCertSign,
            KeyUsageBit::CrlSign,
            KeyUsageBit::EncipherOnly,
            KeyUsageBit::DecipherOnly,
        ];
        let chosen: KeyUsage = all
            .into_iter()
            .enumerate()
            .filter(|(index, _)| bits >> index & 1 == 1)
            .map(|(_, bit)| bit)
            .collect();
        request.key_usage = Some(chosen);
    }
    for _ in 0..u.int_in_range(0..=5)? {
        request.extended_key_usage.push(object_identifier(u)?);
    }
    if u.arbitrary()? {
        request.basic_constraints = Some(BasicConstraints {
            ca: u.arbitrary()?,
            path_length: if u.arbitrary()? { Some(u32::from(u.arbitrary::<u8>()?)) } else { None },
        });
    }
    for _ in 0..u.int_in_range(0..=2)? {
        let value = utf8_string(&text(u)?).expect("a short text");
        request.extensions.push(NewExtension { oid: object_identifier(u)?, critical: u.arbitrary()?, value });
    }
    for _ in 0..u.int_in_range(0..=2)? {
        let value = utf8_string(&text(u)?).expect("a short text");
        request.attributes.push((object_identifier(u)?, vec![value]));
    }
    Ok(request)
}

fn text(u: &mut Unstructured<'_>) -> Result<String> {
    let length = u.int_in_range(0..=20)?;
    (0..length).map(|_| u.arbitrary::<char>()).collect()
}

fn object_identifier(u: &mut Unstructured<'_>) -> Result<Oid> {
    let arcs = [u.arbitrary::<u128>()?, u128::from(u.arbitrary::<u16>()?)];
    Ok(Oid::parse(&format!("1.3.6.1.4.1.{}.{}", arcs[0], arcs[1])).expect("an OID"))
}

fn name(u: &mut Unstructured<'_>) -> Result<GeneralName> {
    let text = text(u)?;
    Ok(match u.int_in_range(0..=4)? {
        0 => GeneralName::dns(text),
        1 => GeneralName::email(text),
        2 => GeneralName::uri(text),
        3 => {
            let octets: [u8; 16] = u.arbitrary()?;
            let octets = if u.arbitrary()? { octets.to_vec() } else { octets[..4].to_vec() };
            GeneralName::IpAddress { address: IpAddress::from_octets(&octets), octets }
        }
        _ => GeneralName::RegisteredId(object_identifier(u)?),
    })
}
