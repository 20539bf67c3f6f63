use std::fmt;

/// Whose rules an object is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// RFC 5280 with the RFCs that amend it: what any certificate of the internet profile must be.
    Rfc5280,
    /// The CA/Browser Forum's Baseline Requirements for TLS server certificates on top.
    CabfTls,
    /// Mozilla's Root Store Policy on top of those.
    Mozilla,
    /// In-house PKI: what breaks software or is unsafe, without the duties of public CAs.
    Private,
}

impl Profile {
    /// All profiles, in the order of the table of rules.
    pub const ALL: [Self; 4] = [Self::Rfc5280, Self::CabfTls, Self::Mozilla, Self::Private];

    /// The word of the interface: `rfc5280`, `cabf-tls`, `mozilla` or `private`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rfc5280 => "rfc5280",
            Self::CabfTls => "cabf-tls",
            Self::Mozilla => "mozilla",
            Self::Private => "private",
        }
    }

    /// Finds a profile by its word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == name)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
