//! URIs of RFC 7512: which token, which key, which module, and where the PIN is.

use std::path::PathBuf;

use crate::passphrase::PassphraseSource;

/// Which key of which token. What is left out matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Uri {
    pub(super) token: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) manufacturer: Option<String>,
    pub(super) model: Option<String>,
    pub(super) slot: Option<u64>,
    pub(super) object: Option<String>,
    pub(super) id: Option<Vec<u8>>,
    pub(super) module: Option<PathBuf>,
    pub(super) pin: Option<PassphraseSource>,
}

impl Uri {
    /// Reads a URI `pkcs11:token=…;object=…?module-path=…&pin-source=…`.
    ///
    /// # Errors
    /// In one sentence, without repeating values: an attribute that is not known or comes twice, one that cannot select a
    /// private key, a PIN within the URI.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("pkcs11:").ok_or("a URI of PKCS #11 begins with `pkcs11:`")?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut uri = Self::default();
        for attribute in path.split(';').filter(|attribute| !attribute.is_empty()) {
            uri.path_attribute(attribute)?;
        }
        for attribute in query.split('&').filter(|attribute| !attribute.is_empty()) {
            uri.query_attribute(attribute)?;
        }
        if uri.object.is_none() && uri.id.is_none() {
            return Err("the URI names no key: give `object=` or `id=`".to_owned());
        }
        Ok(uri)
    }

    fn path_attribute(&mut self, attribute: &str) -> Result<(), String> {
        let (name, value) = split(attribute)?;
        let octets =
            decode(value).ok_or_else(|| format!("`{name}` of the URI has a wrong percent-encoding"))?;
        let text =
            || String::from_utf8(octets.clone()).map_err(|_| format!("`{name}` of the URI is not UTF-8"));
        match name {
            "token" => once(&mut self.token, text()?, name),
            "serial" => once(&mut self.serial, text()?, name),
            "manufacturer" => once(&mut self.manufacturer, text()?, name),
            "model" => once(&mut self.model, text()?, name),
            "object" => once(&mut self.object, text()?, name),
            "id" => once(&mut self.id, octets, name),
            "slot-id" => {
                let number = text()?.parse().map_err(|_| "`slot-id` of the URI is no number".to_owned())?;
                once(&mut self.slot, number, name)
            }
            "type" if octets == b"private" => Ok(()),
            "type" => Err("the URI names an object that is no private key".to_owned()),
            // RFC 7512 2.3: an attribute that is not understood must not be passed over.
            _ => Err(format!("the URI has an attribute `{}` that is not understood", shorten(name))),
        }
    }

    fn query_attribute(&mut self, attribute: &str) -> Result<(), String> {
        let (name, value) = split(attribute)?;
        let text = || {
            decode(value)
                .and_then(|octets| String::from_utf8(octets).ok())
                .ok_or_else(|| format!("`{name}` of the URI has a wrong percent-encoding"))
        };
        match name {
            "module-path" => once(&mut self.module, PathBuf::from(text()?), name),
            "pin-source" => {
                let source = text()?;
                if source.starts_with('|') {
                    return Err("`pin-source` names a command, and certgate runs none for a PIN".to_owned());
                }
                let path = source.strip_prefix("file://").or(source.strip_prefix("file:")).unwrap_or(&source);
                once(&mut self.pin, PassphraseSource::File(PathBuf::from(path)), name)
            }
            "pin-value" => {
                Err("a PIN does not belong in a URI, which others can read: give `pin-source=file:…`, \
                                --passphrase-file or --passphrase-fd"
                    .to_owned())
            }
            _ => Err(format!("the URI has an attribute `{}` that is not understood", shorten(name))),
        }
    }
}

fn split(attribute: &str) -> Result<(&str, &str), String> {
    attribute.split_once('=').ok_or_else(|| "an attribute of the URI has no `=`".to_owned())
}

fn once<T>(place: &mut Option<T>, value: T, name: &str) -> Result<(), String> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("`{name}` comes twice in the URI")),
    }
}

/// Whatever stands where a name should may be a secret in the wrong place: little of it is repeated.
fn shorten(name: &str) -> String {
    name.chars().take(20).collect()
}

/// Percent-encoding of RFC 3986 2.1.
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'%' {
            octets.push(octet);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        let (high, low) = (digit()?, digit()?);
        octets.push(u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()?);
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_a_key_a_module_and_a_source_of_the_pin() {
        let uri = Uri::parse(
            "pkcs11:token=My%20CA;id=%01%ff;object=root;type=private?module-path=/lib/x.so&pin-source=file:/etc/pin",
        );
        let wanted = Uri {
            token: Some("My CA".to_owned()),
            id: Some(vec![1, 255]),
            object: Some("root".to_owned()),
            module: Some(PathBuf::from("/lib/x.so")),
            pin: Some(PassphraseSource::File(PathBuf::from("/etc/pin"))),
            ..Uri::default()
        };
        assert_eq!(uri, Ok(wanted));
    }

    #[test]
    fn a_pin_in_the_uri_and_whatever_is_not_understood_are_refused() {
        for text in [
            "pkcs11:object=a?pin-value=1234",
            "pkcs11:object=a?pin-source=|cat",
            "pkcs11:object=a;object=b",
            "pkcs11:object=a;colour=red",
            "pkcs11:object=a;type=cert",
            "pkcs11:object=%zz",
            "pkcs11:token=a",
            "pkcs11:",
            "file:a",
        ] {
            let error = Uri::parse(text).expect_err(text);
            assert!(!error.contains("1234"), "a PIN is never repeated: {error}");
        }
    }
}
