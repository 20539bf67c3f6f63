//! Issuing: what is prepared here is signed elsewhere, by a key of WebCrypto, an HSM or a KMS.

use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::certgate::signature::SignatureScheme;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::issue::{
    self, Inputs, IssuerOptions, NewRequestDocument, RevocationListDocument, RootDocument, Serial,
};
use certgate_bindings::{Error, parse_time};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::certificate::{Bundle, Certificate};
use crate::decision::Decision;
use crate::policy::Policy;
use crate::request::Request;
use crate::{failure, plain, view};

type Answer<T> = std::result::Result<T, Error>;

/// A handle, or a failure.
fn handle<T, H>(result: Answer<T>, make: impl FnOnce(T) -> H) -> Result<H, JsValue> {
    result.map(make).map_err(|error| failure(&error))
}

fn scheme(word: Option<String>) -> Answer<Option<SignatureScheme>> {
    word.as_deref().map(issue::parse_scheme).transpose()
}

/// Time and serial number; without a number, one of the random octets.
fn inputs(at: &str, serial_number: Option<String>, random: &[u8]) -> Answer<Inputs> {
    let at = parse_time(at)?;
    let serial = match serial_number {
        Some(text) => Serial::Given(text),
        None => Serial::Random(random.try_into().map_err(|_| {
            let diagnostic = Diagnostic::new(codes::CONTEXT_VALUE, "a serial number takes 20 random octets");
            Error::from(diagnostic.at(["random"]))
        })?),
    };
    Ok(Inputs { at, serial })
}

/// The permission to issue one certificate, which is used up by preparing.
#[wasm_bindgen]
pub struct Approval {
    approval: issue::Approval,
}

#[wasm_bindgen]
impl Decision {
    /// The permission to issue what was decided: an [`Approval`] or a failure.
    pub fn approve(&self) -> Result<Approval, JsValue> {
        handle(self.decision.approve(), |approval| Approval { approval })
    }
}

#[wasm_bindgen]
impl Approval {
    /// What may be issued, or a failure.
    pub fn template(&self) -> Result<JsValue, JsValue> {
        self.approval.template().map(|template| view(&template)).map_err(|error| failure(&error))
    }

    /// Whether it was used.
    #[wasm_bindgen(js_name = isUsed)]
    pub fn is_used(&self) -> bool {
        self.approval.is_used()
    }
}

/// A CA that issues. It has no key.
#[wasm_bindgen]
pub struct Issuer {
    issuer: issue::Issuer,
}

/// The CA of a bundle: an [`Issuer`] or a failure.
#[wasm_bindgen(js_name = newIssuer)]
pub fn new_issuer(chain: &Bundle, options: JsValue) -> Result<Issuer, JsValue> {
    let issuer = IssuerOptions::from_value(plain(options))
        .and_then(|options| issue::Issuer::new(&chain.bundle, &options));
    handle(issuer, |issuer| Issuer { issuer })
}

#[wasm_bindgen]
impl Issuer {
    /// The issuer's certificate and those above it, the root last.
    pub fn chain(&self) -> Vec<Certificate> {
        self.issuer.chain().into_iter().map(|certificate| Certificate { certificate }).collect()
    }

    /// Encodes the certificate of an approval: a [`PreparedCertificate`] or a failure.
    pub fn prepare(
        &self,
        approval: &Approval,
        at: &str,
        serial_number: Option<String>,
        random: &[u8],
        word: Option<String>,
    ) -> Result<PreparedCertificate, JsValue> {
        let prepared = inputs(at, serial_number, random)
            .and_then(|inputs| self.issuer.prepare(&approval.approval, &inputs, scheme(word)?));
        handle(prepared, |prepared| PreparedCertificate { prepared })
    }

    /// Encodes a revocation list: a [`PreparedList`] or a failure.
    #[wasm_bindgen(js_name = prepareList)]
    pub fn prepare_list(
        &self,
        document: JsValue,
        at: &str,
        previous: Option<Vec<u8>>,
        word: Option<String>,
    ) -> Result<PreparedList, JsValue> {
        let document = RevocationListDocument::from_value(plain(document));
        let prepared = document.and_then(|document| {
            let previous = previous.as_deref().map(issue::RevocationList::parse).transpose()?;
            let at: Timestamp = parse_time(at)?;
            document.prepare(&self.issuer, at, previous.as_ref(), scheme(word)?)
        });
        handle(prepared, |prepared| PreparedList { prepared })
    }
}

/// A certificate that is not yet signed. It is used up by signing.
#[wasm_bindgen]
pub struct PreparedCertificate {
    prepared: issue::PreparedCertificate,
}

#[wasm_bindgen]
impl PreparedCertificate {
    /// The bytes to be signed, or a failure.
    pub fn tbs(&self) -> Result<Vec<u8>, JsValue> {
        handle(self.prepared.tbs_der(), |bytes| bytes)
    }

    /// How they are to be signed.
    pub fn scheme(&self) -> String {
        self.prepared.scheme().to_owned()
    }

    /// Whether it was used.
    #[wasm_bindgen(js_name = isUsed)]
    pub fn is_used(&self) -> bool {
        self.prepared.is_used()
    }

    /// The certificate of a signature: an [`IssuedCertificate`] or a failure.
    pub fn assemble(&self, signature: &[u8]) -> Result<IssuedCertificate, JsValue> {
        handle(self.prepared.assemble(signature), |issued| IssuedCertificate { issued })
    }
}

/// A certificate that was issued, and verified along its issuer's path.
#[wasm_bindgen]
pub struct IssuedCertificate {
    issued: issue::IssuedCertificate,
}

#[wasm_bindgen]
impl IssuedCertificate {
    /// The certificate.
    pub fn certificate(&self) -> Certificate {
        Certificate { certificate: self.issued.certificate() }
    }

    /// The issuer and those above it, the root last.
    pub fn chain(&self) -> Vec<Certificate> {
        self.issued.chain().into_iter().map(|certificate| Certificate { certificate }).collect()
    }

    /// The certificate in PEM.
    pub fn pem(&self) -> String {
        self.issued.pem()
    }

    /// The certificate and the intermediates in PEM.
    #[wasm_bindgen(js_name = fullchainPem)]
    pub fn fullchain_pem(&self) -> String {
        self.issued.fullchain_pem()
    }

    /// As plain data.
    pub fn view(&self) -> JsValue {
        view(&self.issued.view())
    }
}

/// A revocation list that is not yet signed. It is used up by signing.
#[wasm_bindgen]
pub struct PreparedList {
    prepared: issue::PreparedList,
}

#[wasm_bindgen]
impl PreparedList {
    /// The bytes to be signed, or a failure.
    pub fn tbs(&self) -> Result<Vec<u8>, JsValue> {
        handle(self.prepared.tbs_der(), |bytes| bytes)
    }

    /// How they are to be signed.
    pub fn scheme(&self) -> String {
        self.prepared.scheme().to_owned()
    }

    /// Whether it was used.
    #[wasm_bindgen(js_name = isUsed)]
    pub fn is_used(&self) -> bool {
        self.prepared.is_used()
    }

    /// The list of a signature: a [`RevocationList`] or a failure.
    pub fn assemble(&self, signature: &[u8]) -> Result<RevocationList, JsValue> {
        handle(self.prepared.assemble(signature), |list| RevocationList { list })
    }
}

/// A revocation list.
#[wasm_bindgen]
pub struct RevocationList {
    list: issue::RevocationList,
}

/// Reads one revocation list: a [`RevocationList`] or a failure.
#[wasm_bindgen(js_name = parseRevocationList)]
pub fn parse_revocation_list(input: &[u8]) -> Result<RevocationList, JsValue> {
    handle(issue::RevocationList::parse(input), |list| RevocationList { list })
}

#[wasm_bindgen]
impl RevocationList {
    /// The DER encoding.
    pub fn der(&self) -> Vec<u8> {
        self.list.der().to_vec()
    }

    /// The list in PEM.
    pub fn pem(&self) -> String {
        self.list.pem()
    }

    /// Every field as plain data.
    pub fn view(&self) -> JsValue {
        view(&self.list.view())
    }
}

/// A request that is not yet signed.
#[wasm_bindgen]
pub struct PreparedRequest {
    prepared: issue::PreparedRequest,
}

/// Encodes the request of a key that is elsewhere: a [`PreparedRequest`] or a failure.
#[wasm_bindgen(js_name = prepareRequest)]
pub fn prepare_request(
    document: JsValue,
    public_key: &[u8],
    word: Option<String>,
) -> Result<PreparedRequest, JsValue> {
    let prepared = NewRequestDocument::from_value(plain(document))
        .and_then(|document| document.prepare(public_key, scheme(word)?));
    handle(prepared, |prepared| PreparedRequest { prepared })
}

#[wasm_bindgen]
impl PreparedRequest {
    /// The bytes to be signed.
    pub fn tbs(&self) -> Vec<u8> {
        self.prepared.tbs_der().to_vec()
    }

    /// How they are to be signed.
    pub fn scheme(&self) -> String {
        self.prepared.scheme().to_owned()
    }

    /// The request of a signature: a [`Request`] or a failure.
    pub fn assemble(&self, signature: &[u8]) -> Result<Request, JsValue> {
        handle(self.prepared.assemble(signature), |request| Request { request })
    }
}

/// A root that is not yet signed. It is used up by signing.
#[wasm_bindgen]
pub struct PreparedRoot {
    prepared: issue::PreparedRoot,
}

/// Encodes the root of a key that is elsewhere: a [`PreparedRoot`] or a failure.
#[wasm_bindgen(js_name = prepareRoot)]
pub fn prepare_root(
    document: JsValue,
    public_key: &[u8],
    at: &str,
    serial_number: Option<String>,
    random: &[u8],
    word: Option<String>,
) -> Result<PreparedRoot, JsValue> {
    let prepared = RootDocument::from_value(plain(document)).and_then(|document| {
        document.prepare(public_key, &inputs(at, serial_number, random)?, scheme(word)?)
    });
    handle(prepared, |prepared| PreparedRoot { prepared })
}

#[wasm_bindgen]
impl PreparedRoot {
    /// The bytes to be signed, or a failure.
    pub fn tbs(&self) -> Result<Vec<u8>, JsValue> {
        handle(self.prepared.tbs_der(), |bytes| bytes)
    }

    /// How they are to be signed.
    pub fn scheme(&self) -> String {
        self.prepared.scheme().to_owned()
    }

    /// The root of a signature: a [`Certificate`] or a failure.
    pub fn assemble(&self, signature: &[u8]) -> Result<Certificate, JsValue> {
        handle(self.prepared.assemble(signature), |certificate| Certificate { certificate })
    }
}

/// The policy of one certificate that is described in full: a [`Policy`] or a failure.
#[wasm_bindgen(js_name = exactPolicy)]
pub fn exact_policy(document: JsValue) -> Result<Policy, JsValue> {
    let policy = issue::ExactDocument::from_value(plain(document)).and_then(|document| document.to_policy());
    handle(policy, |policy| Policy { policy })
}
