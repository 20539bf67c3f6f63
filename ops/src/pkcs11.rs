//! Signing with a private key that never leaves its token: PKCS #11 (OASIS, version 2.40 and 3).

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use certgate_bindings::certgate::crypto::{Signer, ecdsa_signature};
use certgate_bindings::certgate::diagnostic::{Diagnostic, Error, codes};
use certgate_bindings::certgate::key::{KeyMaterial, PublicKey};
use certgate_bindings::certgate::signature::SignatureScheme;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::RvError;
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use spki::der::asn1::{BitString, ObjectIdentifier, OctetString, UintRef};
use spki::der::{Any, Decode, Encode};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use crate::ceremony::default_scheme;
use crate::passphrase::{Confirm, PassphraseSource};

mod uri;

use uri::Uri;

/// The variable that names the module if the URI does not.
const MODULE: &str = "CERTGATE_PKCS11_MODULE";

/// A private key within a token. It signs there.
pub struct TokenKey {
    /// Sessions belong to one thread at a time.
    session: Mutex<Session>,
    handle: ObjectHandle,
    public_key: PublicKey,
    scheme: SignatureScheme,
}

/// Opens the key of a URI (RFC 7512). The PIN comes from `pin-source` of the URI, else from `source`.
///
/// # Errors
/// A URI that does not do, a module that cannot be loaded, no such token, no such key or several, a wrong PIN, a key that
/// certgate does not sign with: in one sentence.
pub fn open(reference: &str, source: &PassphraseSource) -> Result<TokenKey, String> {
    let uri = Uri::parse(reference)?;
    let module = match (&uri.module, std::env::var_os(MODULE)) {
        (Some(path), _) => path.clone(),
        (None, Some(path)) => PathBuf::from(path),
        (None, None) => {
            return Err(format!("the URI names no module: give `module-path=` or set {MODULE}"));
        }
    };
    let context = load(&module)?;
    let slot = find_slot(&context, &uri)?;
    let session =
        context.open_ro_session(slot).map_err(|error| said("the token opens no session", &error))?;
    log_in(&context, slot, &session, &uri, source)?;
    let handle = find_key(&session, &uri, ObjectClass::PRIVATE_KEY)?;
    let public_key = public_key(&session, handle)?;
    let Some(scheme) = default_scheme(&public_key) else {
        return Err(format!("certgate does not sign with a key {}", public_key.name()));
    };
    Ok(TokenKey { session: Mutex::new(session), handle, public_key, scheme })
}

impl Signer for TokenKey {
    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = |why: String| {
            Error::from(Diagnostic::new(codes::KEY_SIGNING, format!("the token did not sign: {why}")))
        };
        let session = self.session.lock().map_err(|_| failed("its session is broken".to_owned()))?;
        let sign = |mechanism: &Mechanism<'_>, data: &[u8]| {
            session.sign(mechanism, self.handle, data).map_err(|error| failed(error.to_string()))
        };
        match (self.public_key.material(), self.scheme) {
            (KeyMaterial::Ec { curve, .. }, SignatureScheme::Ecdsa(hash)) => {
                // CKM_ECDSA gives r and s of fixed length; certificates carry them in DER.
                ecdsa_signature(*curve, &sign(&Mechanism::Ecdsa, &hash.digest(message))?)
            }
            (KeyMaterial::Rsa { .. }, SignatureScheme::RsaPkcs1(_)) => {
                sign(&Mechanism::Sha256RsaPkcs, message)
            }
            (KeyMaterial::Ed25519(_), SignatureScheme::Ed25519) => {
                sign(&Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519)), message)
            }
            _ => Err(failed("the scheme does not fit the key".to_owned())),
        }
    }
}

fn said(what: &str, error: &cryptoki::error::Error) -> String {
    format!("{what}: {error}")
}

fn load(module: &Path) -> Result<Pkcs11, String> {
    let context = Pkcs11::new(module)
        .map_err(|error| said(&format!("the module {} cannot be loaded", module.display()), &error))?;
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Another key of this process has the same module.
        Ok(()) | Err(cryptoki::error::Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(context),
        Err(error) => Err(said(&format!("the module {} does not start", module.display()), &error)),
    }
}

/// The one token that the URI means.
fn find_slot(context: &Pkcs11, uri: &Uri) -> Result<Slot, String> {
    let slots = context.get_slots_with_token().map_err(|error| said("the module lists no slots", &error))?;
    let same = |wanted: &Option<String>, found: &str| {
        wanted.as_deref().is_none_or(|wanted| wanted == found.trim_end())
    };
    let matching: Vec<Slot> = slots
        .into_iter()
        .filter(|slot| uri.slot.is_none_or(|id| id == slot.id()))
        .filter(|slot| {
            context.get_token_info(*slot).is_ok_and(|token| {
                token.token_initialized()
                    && same(&uri.token, token.label())
                    && same(&uri.serial, token.serial_number())
                    && same(&uri.manufacturer, token.manufacturer_id())
                    && same(&uri.model, token.model())
            })
        })
        .collect();
    match matching.as_slice() {
        [slot] => Ok(*slot),
        [] => Err("no token is what the URI says".to_owned()),
        several => {
            Err(format!("{} tokens are what the URI says: add `serial=` or `slot-id=`", several.len()))
        }
    }
}

fn log_in(
    context: &Pkcs11,
    slot: Slot,
    session: &Session,
    uri: &Uri,
    source: &PassphraseSource,
) -> Result<(), String> {
    let token = context.get_token_info(slot).map_err(|error| said("the token does not answer", &error))?;
    if !token.login_required() {
        return Ok(());
    }
    let pin = if token.protected_authentication_path() && uri.pin.is_none() && !source.is_unattended() {
        None // The token has a keypad of its own.
    } else {
        let pin = uri
            .pin
            .as_ref()
            .unwrap_or(source)
            .read(&format!("token {}", token.label().trim_end()), Confirm::No)?;
        let text = String::from_utf8(pin.to_vec()).map_err(|_| "the PIN is not UTF-8".to_owned())?;
        Some(AuthPin::new(text.into()))
    };
    match session.login(UserType::User, pin.as_ref()) {
        Ok(()) | Err(cryptoki::error::Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
        Err(cryptoki::error::Error::Pkcs11(RvError::PinIncorrect, _)) => {
            Err("the token does not take the PIN; it is locked after a few wrong ones".to_owned())
        }
        Err(error) => Err(said("the token lets nobody in", &error)),
    }
}

fn find_key(session: &Session, uri: &Uri, class: ObjectClass) -> Result<ObjectHandle, String> {
    let mut template = vec![Attribute::Class(class)];
    template.extend(uri.id.clone().map(Attribute::Id));
    template.extend(uri.object.clone().map(|label| Attribute::Label(label.into_bytes())));
    let found = session.find_objects(&template).map_err(|error| said("the token finds nothing", &error))?;
    match found.as_slice() {
        [handle] => Ok(*handle),
        [] => Err("the token has no private key that is what the URI says".to_owned()),
        several => Err(format!("{} private keys are what the URI says: add `id=`", several.len())),
    }
}

/// The public key beside a private one: tokens give both the same CKA_ID (PKCS #11 2.40, 4.6).
fn public_key(session: &Session, private: ObjectHandle) -> Result<PublicKey, String> {
    let id = session
        .get_attributes(private, &[AttributeType::Id, AttributeType::KeyType])
        .map_err(|error| said("the token says nothing about the key", &error))?;
    let template: Vec<Attribute> =
        id.into_iter().chain([Attribute::Class(ObjectClass::PUBLIC_KEY)]).collect();
    let found = session.find_objects(&template).map_err(|error| said("the token finds nothing", &error))?;
    let [public] = found.as_slice() else {
        return Err("the token has no public key with the `id` of the private key".to_owned());
    };
    let attributes = session
        .get_attributes(
            *public,
            &[
                AttributeType::KeyType,
                AttributeType::Modulus,
                AttributeType::PublicExponent,
                AttributeType::EcParams,
                AttributeType::EcPoint,
            ],
        )
        .map_err(|error| said("the token says nothing about the key", &error))?;
    let der = encode(&attributes).ok_or("the token's public key has a form that is not known")?;
    PublicKey::from_der(&der).map_err(|error| format!("the token's public key: {error}"))
}

/// SubjectPublicKeyInfo of what a token says about a public key.
fn encode(attributes: &[Attribute]) -> Option<Vec<u8>> {
    const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
    const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
    const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
    let (mut kind, mut modulus, mut exponent, mut parameters, mut point) = (None, None, None, None, None);
    for attribute in attributes {
        match attribute {
            Attribute::KeyType(found) => kind = Some(*found),
            Attribute::Modulus(octets) => modulus = Some(octets),
            Attribute::PublicExponent(octets) => exponent = Some(octets),
            Attribute::EcParams(octets) => parameters = Some(octets),
            Attribute::EcPoint(octets) => point = Some(octets),
            _ => {}
        }
    }
    let unwrapped = || -> Option<Vec<u8>> { Some(OctetString::from_der(point?).ok()?.into_bytes().to_vec()) };
    let (oid, parameters, bits) = match kind? {
        KeyType::RSA => {
            let key = [UintRef::new(modulus?).ok()?, UintRef::new(exponent?).ok()?].to_der().ok()?;
            (RSA_ENCRYPTION, Some(Any::null()), key)
        }
        KeyType::EC => (EC_PUBLIC_KEY, Some(Any::from_der(parameters?).ok()?), unwrapped()?),
        KeyType::EC_EDWARDS => (ED25519, None, unwrapped()?),
        _ => return None,
    };
    let info = SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifierOwned { oid, parameters },
        subject_public_key: BitString::from_bytes(&bits).ok()?,
    };
    info.to_der().ok()
}
