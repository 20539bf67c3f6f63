use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::{KeyMaterial, PublicKey};
use crate::diagnostic::{Code, Diagnostic, Error, codes, path::steps, quote};

/// First bytes of a stored list.
const MAGIC: &[u8; 16] = b"certgate-keys-1\n";

/// How many octets of a digest are kept: 2^-128 for a chance hit is enough, and a list of 2 million takes 32 MB.
const KEPT: usize = 16;

/// What a list's digests are digests of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum BlocklistEntry {
    /// Low 80 bits of the SHA-1 of the line `Modulus=<HEX>` (openssl-blacklist).
    DebianModulusSha1,
    /// SHA-256 of an RSA modulus (dwklint's `sha256_modulus_*.csv`).
    DebianModulusSha256,
    /// SHA-256 of an EC point's x coordinate without leading zeros (dwklint's `sha256_xcoord_*.csv`).
    DebianCoordinateSha256,
    /// SHA-256 of a SubjectPublicKeyInfo: the user's own list.
    SpkiSha256,
}

/// Keys that must not be used, by digest: Debian's weak keys (CVE-2008-0166) and the user's own.
///
/// certgate ships no list; the user imports one and hands it in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocklist {
    sections: [Vec<[u8; KEPT]>; 4],
}

impl BlocklistEntry {
    const ALL: [Self; 4] =
        [Self::DebianModulusSha1, Self::DebianModulusSha256, Self::DebianCoordinateSha256, Self::SpkiSha256];

    /// The name in `certgate keys blocklist import`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DebianModulusSha1 => "openssl-blacklist",
            Self::DebianModulusSha256 => "dwklint-modulus",
            Self::DebianCoordinateSha256 => "dwklint-xcoord",
            Self::SpkiSha256 => "spki-sha256",
        }
    }

    /// Finds an entry kind by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|entry| entry.as_str() == name)
    }

    /// Octets of one digest in the text form.
    fn digest_len(self) -> usize {
        match self {
            Self::DebianModulusSha1 => 10,
            _ => 32,
        }
    }

    fn code(self) -> Code {
        match self {
            Self::SpkiSha256 => codes::KEY_BLOCKED,
            _ => codes::KEY_DEBIAN_WEAK,
        }
    }

    pub(super) fn diagnostic(self) -> Diagnostic {
        let message = match self {
            Self::SpkiSha256 => "the key is on the block list",
            _ => "the key is one of Debian's weak keys (CVE-2008-0166)",
        };
        Diagnostic::new(self.code(), message).at(steps!["subjectPublicKey"]).with_help("make a new key")
    }

    fn digest(self, key: &PublicKey) -> Option<[u8; KEPT]> {
        match (self, key.material()) {
            (Self::DebianModulusSha1, KeyMaterial::Rsa { key, .. }) => {
                let hex = crate::name::hex(key.modulus()).to_ascii_uppercase();
                let line = format!("Modulus={}\n", hex.trim_start_matches('0'));
                let digest = Sha1::digest(line.as_bytes());
                pad(digest.get(10..).unwrap_or_default())
            }
            (Self::DebianModulusSha256, KeyMaterial::Rsa { key, .. }) => pad(&Sha256::digest(key.modulus())),
            (Self::DebianCoordinateSha256, KeyMaterial::Ec { curve, point, .. }) => {
                let x = point.get(1..)?.get(..curve.coordinate_len())?;
                let start = x.iter().position(|byte| *byte != 0).unwrap_or(x.len());
                pad(&Sha256::digest(x.get(start..)?))
            }
            (Self::SpkiSha256, _) => pad(&Sha256::digest(key.der())),
            _ => None,
        }
    }
}

impl Blocklist {
    /// Adds the digests of a text: one in hexadecimal a line; empty lines, `#` comments and a CSV's further columns are
    /// skipped. Colons within a digest are allowed.
    pub fn add_text(&mut self, entry: BlocklistEntry, text: &str) -> Result<usize, Error> {
        let mut added: usize = 0;
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default();
            let digits: String = line.split(',').next().unwrap_or_default().trim().replace([':', '"'], "");
            if digits.is_empty() {
                continue;
            }
            let octets =
                decode_hex(&digits).filter(|octets| octets.len() == entry.digest_len()).ok_or_else(|| {
                    Error::new(
                        codes::KEY_BLOCKLIST_FORMAT,
                        format!(
                            "line {} of the list is {}, not a digest of {} octets in hexadecimal",
                            number.saturating_add(1),
                            quote(&digits),
                            entry.digest_len()
                        ),
                    )
                })?;
            self.section_mut(entry).extend(pad(&octets));
            added = added.saturating_add(1);
        }
        let section = self.section_mut(entry);
        section.sort_unstable();
        section.dedup();
        Ok(added)
    }

    /// Number of keys in the list.
    pub fn len(&self) -> usize {
        self.sections.iter().map(Vec::len).sum()
    }

    /// Whether no key is in the list.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The stored form, which [`Blocklist::from_bytes`] reads.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for section in &self.sections {
            out.extend(u32::try_from(section.len()).unwrap_or(u32::MAX).to_be_bytes());
        }
        out.extend(self.sections.iter().flatten().flatten());
        out
    }

    /// Reads the stored form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::read(bytes).ok_or_else(|| {
            Error::new(codes::KEY_BLOCKLIST_FORMAT, "the file is no block list that certgate has written")
        })
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let mut lengths = [0usize; 4];
        for length in &mut lengths {
            let (count, tail) = rest.split_first_chunk::<4>()?;
            *length = usize::try_from(u32::from_be_bytes(*count)).ok()?;
            rest = tail;
        }
        let mut list = Self::default();
        for (section, length) in list.sections.iter_mut().zip(lengths) {
            let (digests, tail) = rest.split_at_checked(length.checked_mul(KEPT)?)?;
            *section = digests.as_chunks::<KEPT>().0.to_vec();
            if !section.is_sorted() {
                return None;
            }
            rest = tail;
        }
        rest.is_empty().then_some(list)
    }

    /// The kind of entry that names this key, if one does.
    pub fn find(&self, key: &PublicKey) -> Option<BlocklistEntry> {
        BlocklistEntry::ALL.into_iter().zip(&self.sections).find_map(|(entry, section)| {
            if section.is_empty() {
                return None;
            }
            let digest = entry.digest(key)?;
            section.binary_search(&digest).is_ok().then_some(entry)
        })
    }

    fn section_mut(&mut self, entry: BlocklistEntry) -> &mut Vec<[u8; KEPT]> {
        let [sha1, modulus, coordinate, spki] = &mut self.sections;
        match entry {
            BlocklistEntry::DebianModulusSha1 => sha1,
            BlocklistEntry::DebianModulusSha256 => modulus,
            BlocklistEntry::DebianCoordinateSha256 => coordinate,
            BlocklistEntry::SpkiSha256 => spki,
        }
    }
}

fn pad(digest: &[u8]) -> Option<[u8; KEPT]> {
    let mut out = [0; KEPT];
    for (to, from) in out.iter_mut().zip(digest) {
        *to = *from;
    }
    Some(out)
}

fn decode_hex(digits: &str) -> Option<Vec<u8>> {
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    pairs.iter().map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_written_and_found() {
        let mut list = Blocklist::default();
        let text = format!("# comment\n{}\n\n{},x\n", "ab".repeat(32), "CD:".repeat(31) + "00");
        assert_eq!(list.add_text(BlocklistEntry::SpkiSha256, &text).unwrap(), 2);
        assert_eq!(list.add_text(BlocklistEntry::DebianModulusSha1, "00005890bc78bcbee3ca\n").unwrap(), 1);
        assert_eq!(Blocklist::from_bytes(&list.to_bytes()), Ok(list.clone()));
        assert_eq!(list.len(), 3);
        for bad in ["ab", "zz", &"ab".repeat(33)] {
            let code = list.add_text(BlocklistEntry::SpkiSha256, bad).unwrap_err().code();
            assert_eq!(code, codes::KEY_BLOCKLIST_FORMAT);
        }
        assert!(Blocklist::from_bytes(b"").is_err());
        assert!(Blocklist::from_bytes(&list.to_bytes()[..40]).is_err());
    }
}
