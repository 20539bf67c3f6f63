//! Issuing: what is prepared here may be signed elsewhere, by a key of WebCrypto, an HSM or a KMS.

use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::certgate::signature::SignatureScheme;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::issue::{
    self, Inputs, IssuerOptions, NewRequestDocument, RevocationListDocument, RootDocument, Serial,
};
use certgate_bindings::{Error, parse_time};
use napi::bindgen_prelude::{Either, Env, Result, Uint8Array, Unknown};
use napi_derive::napi;

use crate::certificate::{Bundle, Certificate};
use crate::decision::Decision;
use crate::held::Held;
use crate::policy::Policy;
use crate::request::Request;
use crate::{failure, view};

type Answer<T> = std::result::Result<T, Error>;

/// A handle, or a failure.
fn handle<'env, T, H>(
    env: Env,
    result: Answer<T>,
    make: impl FnOnce(T) -> H,
) -> Result<Either<H, Unknown<'env>>> {
    match result {
        Ok(value) => Ok(Either::A(make(value))),
        Err(error) => failure(env, &error).map(Either::B),
    }
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
#[napi]
pub struct Approval {
    approval: issue::Approval,
}

#[napi]
impl Decision {
    /// The permission to issue what was decided: an [`Approval`] or a failure.
    #[napi(catch_unwind)]
    pub fn approve<'env>(&self, env: Env) -> Result<Either<Approval, Unknown<'env>>> {
        handle(env, self.decision.get()?.approve(), |approval| Approval { approval })
    }
}

#[napi]
impl Approval {
    /// What may be issued, or a failure.
    #[napi(catch_unwind)]
    pub fn template<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        crate::answer(env, self.approval.template())
    }

    /// Whether it was used.
    #[napi(catch_unwind)]
    pub fn is_used(&self) -> bool {
        self.approval.is_used()
    }
}

/// A CA that issues. It has no key.
#[napi]
pub struct Issuer {
    issuer: issue::Issuer,
}

/// The CA of a bundle: an [`Issuer`] or a failure.
#[napi(catch_unwind)]
pub fn new_issuer<'env>(
    env: Env,
    chain: &Bundle,
    options: Unknown<'_>,
) -> Result<Either<Issuer, Unknown<'env>>> {
    let options = IssuerOptions::from_value(env.from_js_value(options)?);
    let chain = chain.bundle.get()?;
    let issuer = options.and_then(|options| issue::Issuer::new(chain, &options));
    handle(env, issuer, |issuer| Issuer { issuer })
}

#[napi]
impl Issuer {
    /// The issuer's certificate and those above it, the root last.
    #[napi(catch_unwind)]
    pub fn chain(&self) -> Vec<Certificate> {
        self.issuer.chain().into_iter().map(Certificate::from).collect()
    }

    /// Encodes the certificate of an approval: a [`PreparedCertificate`] or a failure.
    #[napi(catch_unwind)]
    pub fn prepare<'env>(
        &self,
        env: Env,
        approval: &Approval,
        at: String,
        serial_number: Option<String>,
        random: &[u8],
        word: Option<String>,
    ) -> Result<Either<PreparedCertificate, Unknown<'env>>> {
        let prepared = inputs(&at, serial_number, random)
            .and_then(|inputs| self.issuer.prepare(&approval.approval, &inputs, scheme(word)?));
        handle(env, prepared, |prepared| PreparedCertificate { prepared })
    }

    /// Encodes a revocation list: a [`PreparedList`] or a failure.
    #[napi(catch_unwind)]
    pub fn prepare_list<'env>(
        &self,
        env: Env,
        document: Unknown<'_>,
        at: String,
        previous: Option<&[u8]>,
        word: Option<String>,
    ) -> Result<Either<PreparedList, Unknown<'env>>> {
        let document = RevocationListDocument::from_value(env.from_js_value(document)?);
        let prepared = document.and_then(|document| {
            let previous = previous.map(issue::RevocationList::parse).transpose()?;
            let at: Timestamp = parse_time(&at)?;
            document.prepare(&self.issuer, at, previous.as_ref(), scheme(word)?)
        });
        handle(env, prepared, |prepared| PreparedList { prepared })
    }
}

/// A certificate that is not yet signed. It is used up by signing.
#[napi]
pub struct PreparedCertificate {
    prepared: issue::PreparedCertificate,
}

#[napi]
impl PreparedCertificate {
    /// The bytes to be signed, or a failure.
    #[napi(catch_unwind)]
    pub fn tbs<'env>(&self, env: Env) -> Result<Either<Uint8Array, Unknown<'env>>> {
        handle(env, self.prepared.tbs_der(), Uint8Array::from)
    }

    /// How they are to be signed.
    #[napi(catch_unwind)]
    pub fn scheme(&self) -> &'static str {
        self.prepared.scheme()
    }

    /// Whether it was used.
    #[napi(catch_unwind)]
    pub fn is_used(&self) -> bool {
        self.prepared.is_used()
    }

    /// The certificate of a signature: an [`IssuedCertificate`] or a failure.
    #[napi(catch_unwind)]
    pub fn assemble<'env>(
        &self,
        env: Env,
        signature: &[u8],
    ) -> Result<Either<IssuedCertificate, Unknown<'env>>> {
        handle(env, self.prepared.assemble(signature), |issued| IssuedCertificate { issued })
    }
}

/// A certificate that was issued, and verified along its issuer's path.
#[napi]
pub struct IssuedCertificate {
    issued: issue::IssuedCertificate,
}

#[napi]
impl IssuedCertificate {
    /// The certificate.
    #[napi(catch_unwind)]
    pub fn certificate(&self) -> Certificate {
        self.issued.certificate().into()
    }

    /// The issuer and those above it, the root last.
    #[napi(catch_unwind)]
    pub fn chain(&self) -> Vec<Certificate> {
        self.issued.chain().into_iter().map(Certificate::from).collect()
    }

    /// The certificate in PEM.
    #[napi(catch_unwind)]
    pub fn pem(&self) -> String {
        self.issued.pem()
    }

    /// The certificate and the intermediates in PEM.
    #[napi(catch_unwind)]
    pub fn fullchain_pem(&self) -> String {
        self.issued.fullchain_pem()
    }

    /// As plain data.
    #[napi(catch_unwind)]
    pub fn view<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.issued.view())
    }
}

/// A revocation list that is not yet signed. It is used up by signing.
#[napi]
pub struct PreparedList {
    prepared: issue::PreparedList,
}

#[napi]
impl PreparedList {
    /// The bytes to be signed, or a failure.
    #[napi(catch_unwind)]
    pub fn tbs<'env>(&self, env: Env) -> Result<Either<Uint8Array, Unknown<'env>>> {
        handle(env, self.prepared.tbs_der(), Uint8Array::from)
    }

    /// How they are to be signed.
    #[napi(catch_unwind)]
    pub fn scheme(&self) -> &'static str {
        self.prepared.scheme()
    }

    /// Whether it was used.
    #[napi(catch_unwind)]
    pub fn is_used(&self) -> bool {
        self.prepared.is_used()
    }

    /// The list of a signature: a [`RevocationList`] or a failure.
    #[napi(catch_unwind)]
    pub fn assemble<'env>(
        &self,
        env: Env,
        signature: &[u8],
    ) -> Result<Either<RevocationList, Unknown<'env>>> {
        handle(env, self.prepared.assemble(signature), |list| RevocationList { list })
    }
}

/// A revocation list.
#[napi]
pub struct RevocationList {
    list: issue::RevocationList,
}

/// Reads one revocation list: a [`RevocationList`] or a failure.
#[napi(catch_unwind)]
pub fn parse_revocation_list<'env>(env: Env, input: &[u8]) -> Result<Either<RevocationList, Unknown<'env>>> {
    handle(env, issue::RevocationList::parse(input), |list| RevocationList { list })
}

#[napi]
impl RevocationList {
    /// The DER encoding.
    #[napi(catch_unwind)]
    pub fn der(&self) -> Uint8Array {
        Uint8Array::from(self.list.der())
    }

    /// The list in PEM.
    #[napi(catch_unwind)]
    pub fn pem(&self) -> String {
        self.list.pem()
    }

    /// Every field as plain data.
    #[napi(catch_unwind)]
    pub fn view<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.list.view())
    }
}

/// A request that is not yet signed.
#[napi]
pub struct PreparedRequest {
    prepared: issue::PreparedRequest,
}

/// Encodes the request of a key that is elsewhere: a [`PreparedRequest`] or a failure.
#[napi(catch_unwind)]
pub fn prepare_request<'env>(
    env: Env,
    document: Unknown<'_>,
    public_key: &[u8],
    word: Option<String>,
) -> Result<Either<PreparedRequest, Unknown<'env>>> {
    let prepared = NewRequestDocument::from_value(env.from_js_value(document)?)
        .and_then(|document| document.prepare(public_key, scheme(word)?));
    handle(env, prepared, |prepared| PreparedRequest { prepared })
}

#[napi]
impl PreparedRequest {
    /// The bytes to be signed.
    #[napi(catch_unwind)]
    pub fn tbs(&self) -> Uint8Array {
        Uint8Array::from(self.prepared.tbs_der())
    }

    /// How they are to be signed.
    #[napi(catch_unwind)]
    pub fn scheme(&self) -> &'static str {
        self.prepared.scheme()
    }

    /// The request of a signature: a [`Request`] or a failure.
    #[napi(catch_unwind)]
    pub fn assemble<'env>(&self, env: Env, signature: &[u8]) -> Result<Either<Request, Unknown<'env>>> {
        handle(env, self.prepared.assemble(signature), |request| Request { request: Held::new(request) })
    }
}

/// A root that is not yet signed. It is used up by signing.
#[napi]
pub struct PreparedRoot {
    prepared: issue::PreparedRoot,
}

/// Encodes the root of a key that is elsewhere: a [`PreparedRoot`] or a failure.
#[napi(catch_unwind)]
pub fn prepare_root<'env>(
    env: Env,
    document: Unknown<'_>,
    public_key: &[u8],
    at: String,
    serial_number: Option<String>,
    random: &[u8],
    word: Option<String>,
) -> Result<Either<PreparedRoot, Unknown<'env>>> {
    let prepared = RootDocument::from_value(env.from_js_value(document)?).and_then(|document| {
        document.prepare(public_key, &inputs(&at, serial_number, random)?, scheme(word)?)
    });
    handle(env, prepared, |prepared| PreparedRoot { prepared })
}

#[napi]
impl PreparedRoot {
    /// The bytes to be signed, or a failure.
    #[napi(catch_unwind)]
    pub fn tbs<'env>(&self, env: Env) -> Result<Either<Uint8Array, Unknown<'env>>> {
        handle(env, self.prepared.tbs_der(), Uint8Array::from)
    }

    /// How they are to be signed.
    #[napi(catch_unwind)]
    pub fn scheme(&self) -> &'static str {
        self.prepared.scheme()
    }

    /// The root of a signature: a [`Certificate`] or a failure.
    #[napi(catch_unwind)]
    pub fn assemble<'env>(&self, env: Env, signature: &[u8]) -> Result<Either<Certificate, Unknown<'env>>> {
        handle(env, self.prepared.assemble(signature), Certificate::from)
    }
}

/// The policy of one certificate that is described in full: a [`Policy`] or a failure.
#[napi(catch_unwind)]
pub fn exact_policy<'env>(env: Env, document: Unknown<'_>) -> Result<Either<Policy, Unknown<'env>>> {
    let policy = issue::ExactDocument::from_value(env.from_js_value(document)?)
        .and_then(|document| document.to_policy());
    handle(env, policy, |policy| Policy { policy })
}

/// A private key in memory.
#[napi]
pub struct PrivateKey {
    key: issue::PrivateKey,
}

/// Reads one private key: a [`PrivateKey`] or a failure.
#[napi(catch_unwind)]
pub fn parse_private_key<'env>(env: Env, input: &[u8]) -> Result<Either<PrivateKey, Unknown<'env>>> {
    handle(env, issue::PrivateKey::parse(input), |key| PrivateKey { key })
}

#[napi]
impl PrivateKey {
    /// SubjectPublicKeyInfo in DER.
    #[napi(catch_unwind)]
    pub fn public_key(&self) -> Uint8Array {
        Uint8Array::from(self.key.public_key_der())
    }

    /// How it signs.
    #[napi(catch_unwind)]
    pub fn scheme(&self) -> &'static str {
        self.key.scheme().as_str()
    }

    /// A signature, or a failure.
    #[napi(catch_unwind)]
    pub fn sign<'env>(&self, env: Env, message: &[u8]) -> Result<Either<Uint8Array, Unknown<'env>>> {
        handle(env, self.key.sign(message), Uint8Array::from)
    }
}
