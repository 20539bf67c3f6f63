use super::within_findings;
use crate::der::{self, Decoder, Element, StringType, decode_string, tag};
use crate::diagnostic::{Diagnostic, Error, codes, path::steps};
use crate::extension::{Extension, Scope, decode_extensions};
use crate::limits::Limits;
use crate::oid::{self, Oid};

/// One attribute of a request.
///
/// ```text
/// Attribute ::= SEQUENCE {
///     type    OBJECT IDENTIFIER,
///     values  SET SIZE (1..MAX) OF ANY }
/// ```
///
/// RFC 2986 4.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    oid: Oid,
    value: AttributeValue,
    values: Vec<Vec<u8>>,
}

/// What an attribute says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeValue {
    /// challengePassword (RFC 2985 5.4.1); the text is a secret and is not shown.
    ChallengePassword(StringType, String),
    /// extensionRequest (RFC 2985 5.4.2); the extensions are in the request's own list.
    ExtensionRequest,
    /// Microsoft's attribute 1.3.6.1.4.1.311.2.1.14 with the same contents.
    MicrosoftExtensionRequest,
    /// The attribute has another number of values than its type allows, or a value of the wrong type.
    Malformed,
    /// A type that certgate has no meaning for.
    Unknown,
}

impl Attribute {
    /// The attribute's type.
    pub fn oid(&self) -> &Oid {
        &self.oid
    }

    /// What it says.
    pub fn value(&self) -> &AttributeValue {
        &self.value
    }

    /// The DER encodings of its values.
    pub fn values_der(&self) -> &[Vec<u8>] {
        &self.values
    }
}

/// Decodes `attributes [0] IMPLICIT SET OF Attribute` and the extensions that it requests.
pub(super) fn decode_attributes(
    element: &Element<'_>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Result<(Vec<Attribute>, Vec<Extension>), Error> {
    let mut attributes = Vec::new();
    let mut extensions = Vec::new();
    let mut contents = element.contents()?;
    let mut previous: Option<&[u8]> = None;
    let mut sorted = true;
    while !contents.is_finished() {
        let index = attributes.len();
        let attribute = contents.element()?;
        if index >= limits.attributes {
            return Err(attribute
                .error(
                    codes::LIMIT_ATTRIBUTES,
                    format!("there are more than {} attributes", limits.attributes),
                )
                .within("attributes"));
        }
        sorted &= previous.is_none_or(|previous| previous <= attribute.encoding);
        previous = Some(attribute.encoding);
        attributes.push(decode_attribute(&attribute, index, limits, findings, &mut extensions)?);
    }
    if !sorted {
        findings.push(
            Diagnostic::new(
                codes::REQUEST_ATTRIBUTES_UNSORTED,
                "the attributes are not in ascending order of their encodings, as a SET OF in DER must be",
            )
            .at(steps!["attributes"]),
        );
    }
    if extensions.len() > limits.extensions {
        return Err(Error::new(
            codes::LIMIT_EXTENSIONS,
            format!("there are more than {} extensions", limits.extensions),
        )
        .within("extensions"));
    }
    Ok((attributes, extensions))
}

fn decode_attribute(
    element: &Element<'_>,
    index: usize,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
    extensions: &mut Vec<Extension>,
) -> Result<Attribute, Error> {
    let within = |error: Error| error.within(index).within("attributes");
    let mut fields =
        element.expect(tag::SEQUENCE, "Attribute").and_then(|element| element.contents()).map_err(within)?;
    let oid = fields.element().and_then(|oid| Oid::from_element(&oid)).map_err(within)?;
    let within = |error: Error| error.within(oid.step()).within(index).within("attributes");
    let set = fields.expect(tag::SET, "SET OF values").map_err(within)?;
    fields.finish().map_err(within)?;
    let mut values = Vec::new();
    let mut contents = set.contents()?;
    while !contents.is_finished() {
        values.push(contents.element().map_err(within)?);
    }
    let value = match values.as_slice() {
        _ if !is_known(&oid) => AttributeValue::Unknown,
        [value] => decode_value(&oid, value, limits, findings, extensions)?,
        _ => AttributeValue::Malformed,
    };
    let values = values.into_iter().map(|value| value.encoding.to_vec()).collect();
    Ok(Attribute { oid, value, values })
}

fn is_known(oid: &Oid) -> bool {
    [oid::CHALLENGE_PASSWORD, oid::EXTENSION_REQUEST, oid::MS_EXTENSION_REQUEST].contains(oid)
}

fn decode_value(
    oid: &Oid,
    value: &Element<'_>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
    extensions: &mut Vec<Extension>,
) -> Result<AttributeValue, Error> {
    if *oid == oid::CHALLENGE_PASSWORD {
        return Ok(match decode_string(value) {
            Some((string_type, text)) => AttributeValue::ChallengePassword(string_type, text),
            None => AttributeValue::Malformed,
        });
    }
    let requested =
        within_findings(findings, "extensions", |findings| read_extensions(value, limits, findings))
            .map_err(|error| error.within("extensions"))?;
    extensions.extend(requested);
    Ok(if *oid == oid::EXTENSION_REQUEST {
        AttributeValue::ExtensionRequest
    } else {
        AttributeValue::MicrosoftExtensionRequest
    })
}

/// Microsoft's older tools wrap the extensions into an OCTET STRING.
fn read_extensions(
    value: &Element<'_>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Result<Vec<Extension>, Error> {
    if value.tag != tag::OCTET_STRING {
        return decode_extensions(value, Scope::Request, limits, findings);
    }
    der::check(value.value, value.value_start(), limits)?;
    decode_extensions(
        &Decoder::new(value.value, value.value_start())?.element()?,
        Scope::Request,
        limits,
        findings,
    )
}
