use std::fmt;

use crate::name::hex;
use crate::signature::HashFunction;

/// The digest of a policy's canonical form: SHA-256 (FIPS 180-4), written as `sha256:` and 64 hexadecimal digits in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PolicyDigest([u8; 32]);

impl PolicyDigest {
    const PREFIX: &str = "sha256:";

    /// From the octets of the hash.
    pub const fn new(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// The digest of this canonical form.
    pub fn of(canonical: &str) -> Self {
        let hash = HashFunction::Sha256.digest(canonical.as_bytes());
        Self(hash.try_into().unwrap_or_default())
    }

    /// Reads a digest as it is written; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(Self::PREFIX)?.as_bytes();
        let mut octets = [0; 32];
        // In lower case alone, so that one digest has one text.
        base16ct::lower::decode(digits, &mut octets).ok().filter(|read| read.len() == 32)?;
        Some(Self(octets))
    }

    /// The octets of the hash.
    pub const fn as_octets(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for PolicyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, hex(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_as_they_are_written() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(PolicyDigest::of("").to_string(), empty);
        assert_eq!(PolicyDigest::parse(empty), Some(PolicyDigest::of("")));
        let digits = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for text in [
            "".to_owned(),
            digits.to_owned(),
            format!("sha256:{}", digits.to_uppercase()),
            format!("sha512:{digits}"),
            format!("sha256:{digits}00"),
            empty.trim_end_matches("55").to_owned(),
            empty.replace("sha256:e", "sha256:g"),
        ] {
            assert_eq!(PolicyDigest::parse(&text), None, "{text}");
        }
    }
}
