//! Reading what people keep certificates in: PEM bundles, DER, base64 and PKCS #7.

use std::sync::Arc;

use crate::certificate::Certificate;
use crate::content::{self, ContentKind};
use crate::crl::CertificateList;
use crate::der::{self, Decoder, Element, tag};
use crate::diagnostic::{Diagnostic, Error, Severity, codes, quote};
use crate::limits::Limits;
use crate::oid::{self, Oid};
use crate::pem;

/// The certificates and revocation lists of an input, and what was passed over.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// The certificates in order.
    pub certificates: Vec<Arc<Certificate>>,
    /// The revocation lists in order.
    pub lists: Vec<Arc<CertificateList>>,
    /// One finding for each thing that was passed over: a certificate that cannot be read, a private key, another kind of
    /// block. Its path begins with `blocks` and the index of the block.
    pub findings: Vec<Diagnostic>,
    /// How many of the findings came before the first certificate. Where the first certificate is the leaf, what could not
    /// be read before it may have been the leaf.
    pub findings_before: usize,
}

/// Reads all certificates and revocation lists of an input. One that cannot be read is passed over with a finding; so is
/// whatever else the input holds. Private keys are named and not looked into.
///
/// # Errors
/// An input that is empty, too large, damaged, or no text and no DER.
pub fn read(input: &[u8]) -> Result<Contents, Error> {
    let limits = Limits::revocation_list();
    let mut contents = Contents::default();
    if input.is_empty() || input.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::new(codes::INPUT_EMPTY, "the input is empty"));
    }
    if input.first() == Some(&tag::SEQUENCE) {
        match ContentKind::of_der(input) {
            ContentKind::Unknown => {}
            kind => {
                contents.add(input, kind, 0);
                return Ok(contents);
            }
        }
    }
    let text = content::decode_text(input, &limits)?;
    let blocks = pem::blocks(text, &limits)?;
    if blocks.is_empty() {
        let decoded = pem::decode_base64(text).map_err(|_| {
            Error::from(
                Diagnostic::new(codes::INPUT_NOT_RECOGNISED, "the input holds no certificate")
                    .with_help("give certificates in PEM, DER, base64 or PKCS #7"),
            )
        })?;
        contents.add(&decoded.octets, ContentKind::of_der(&decoded.octets), 0);
        return Ok(contents);
    }
    for (index, block) in blocks.iter().enumerate() {
        let promised = ContentKind::of_label(block.label);
        // What its label does not call a private key may be anything.
        if block.encrypted && !promised.is_secret() {
            contents.pass_over(ContentKind::Unknown, index);
            continue;
        }
        let kind = ContentKind::of_block(block);
        if promised == ContentKind::CertificateList && kind != promised {
            let message = format!("the block is labelled {} and holds none", quote(block.label));
            let mismatch = Diagnostic::new(codes::PEM_LABEL_MISMATCH, message).with_found(block.label);
            contents.report(&mismatch.into(), index);
        }
        match kind {
            kind if kind.is_secret() => contents.pass_over(kind, index),
            kind => match block.decode() {
                Ok(decoded) => contents.add(&decoded.octets, kind, index),
                Err(error) => contents.report(&error, index),
            },
        }
    }
    Ok(contents)
}

/// Whether the input holds certificates, revocation lists or PKCS #7, judged by structure, else by PEM labels.
pub fn is_bundle(input: &[u8]) -> bool {
    let fits =
        |kind| matches!(kind, ContentKind::Certificate | ContentKind::CertificateList | ContentKind::Pkcs7);
    if fits(ContentKind::of_der(input)) {
        return true;
    }
    let limits = Limits::revocation_list();
    let Ok(text) = content::decode_text(input, &limits) else { return false };
    match pem::blocks(text, &limits) {
        Ok(blocks) if blocks.is_empty() => {
            pem::decode_base64(text).is_ok_and(|decoded| fits(ContentKind::of_der(&decoded.octets)))
        }
        Ok(blocks) => blocks.iter().any(|block| fits(ContentKind::of_block(block))),
        Err(_) => false,
    }
}

impl Contents {
    fn add(&mut self, der: &[u8], kind: ContentKind, index: usize) {
        match kind {
            ContentKind::Certificate => self.add_certificate(der, index),
            ContentKind::CertificateList => match CertificateList::from_der(der) {
                Ok(list) => self.lists.push(Arc::new(list)),
                Err(error) => self.report(&error, index),
            },
            ContentKind::Pkcs7 => {
                if let Err(error) = self.add_signed_data(der, index) {
                    self.report(&error, index);
                }
            }
            other => self.pass_over(other, index),
        }
    }

    fn add_certificate(&mut self, der: &[u8], index: usize) {
        match Certificate::from_der(der) {
            Ok(certificate) => {
                if self.certificates.is_empty() {
                    self.findings_before = self.findings.len();
                }
                self.certificates.push(Arc::new(certificate));
            }
            Err(error) => self.report(&error, index),
        }
    }

    /// The certificates and lists of CMS SignedData (RFC 5652 5.1); signatures and contents are not looked at.
    fn add_signed_data(&mut self, der: &[u8], index: usize) -> Result<(), Error> {
        const CERTIFICATES: u8 = tag::context_constructed(0);
        const LISTS: u8 = tag::context_constructed(1);
        der::check(der, 0, &Limits::revocation_list())?;
        let mut outer = Decoder::new(der, 0)?.sequence()?;
        let content_type = outer.element()?;
        if Oid::from_element(&content_type)? != oid::PKCS7_SIGNED_DATA {
            return Err(
                content_type.error(codes::INPUT_OTHER_CONTENT, "the PKCS #7 object is no signed data")
            );
        }
        let mut fields = outer.expect(CERTIFICATES, "[0] content")?.contents()?.sequence()?;
        while !fields.is_finished() {
            let field = fields.element()?;
            match field.tag {
                CERTIFICATES => each(&field, |element| self.add_certificate(element.encoding, index))?,
                LISTS => {
                    each(&field, |element| self.add(element.encoding, ContentKind::CertificateList, index))?
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn report(&mut self, error: &Error, index: usize) {
        let warn = |fault: &Diagnostic| {
            fault.clone().with_severity(Severity::Warning).within(index).within("blocks")
        };
        self.findings.extend(error.diagnostics().iter().map(warn));
    }

    fn pass_over(&mut self, kind: ContentKind, index: usize) {
        let diagnostic = if kind.is_secret() {
            Diagnostic::new(codes::INPUT_PRIVATE_KEY, format!("a {} was passed over", kind.as_str()))
                .with_help("keep private keys out of bundles; nothing of it was read")
        } else {
            let article = if kind == ContentKind::Unknown { "" } else { "a " };
            let message = format!("{article}{} was passed over", kind.as_str());
            Diagnostic::new(codes::INPUT_OTHER_CONTENT, message)
        };
        let diagnostic = diagnostic.with_found(kind.as_str()).with_severity(Severity::Warning);
        self.findings.push(diagnostic.within(index).within("blocks"));
    }
}

fn each<'a>(list: &Element<'a>, mut add: impl FnMut(&Element<'a>)) -> Result<(), Error> {
    let mut contents = list.contents()?;
    while !contents.is_finished() {
        add(&contents.element()?);
    }
    Ok(())
}
