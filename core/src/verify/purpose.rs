use std::fmt;

use crate::oid::{self, Oid, OidKind};

/// What a certificate is to be used for (RFC 5280 4.2.1.12).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// Anything: extendedKeyUsage is not looked at.
    #[default]
    Any,
    /// TLS server: `serverAuth`.
    Server,
    /// TLS client: `clientAuth`.
    Client,
    /// Signed code: `codeSigning`.
    Code,
    /// Mail: `emailProtection`.
    Mail,
    /// Time stamps: `timeStamping`.
    TimeStamping,
    /// Any other purpose by its object identifier.
    Other(Oid),
}

impl Purpose {
    /// Reads a word (`any`, `server`, `client`, `code`, `mail`, `timeStamping`), a name of RFC 5280 such as `serverAuth`, or
    /// dotted decimal.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "any" => Self::Any,
            "server" => Self::Server,
            "client" => Self::Client,
            "code" => Self::Code,
            "mail" => Self::Mail,
            "timeStamping" => Self::TimeStamping,
            _ => Self::from_oid(Oid::from_label(text, OidKind::ExtendedKeyUsage)?),
        })
    }

    /// The purpose with this object identifier.
    pub fn from_oid(oid: Oid) -> Self {
        [Self::Server, Self::Client, Self::Code, Self::Mail, Self::TimeStamping]
            .into_iter()
            .find(|known| known.oid().as_ref() == Some(&oid))
            .unwrap_or(Self::Other(oid))
    }

    /// The object identifier; `None` for [`Purpose::Any`].
    pub fn oid(&self) -> Option<Oid> {
        Some(match self {
            Self::Any => return None,
            Self::Server => oid::SERVER_AUTH,
            Self::Client => oid::CLIENT_AUTH,
            Self::Code => oid::CODE_SIGNING,
            Self::Mail => oid::EMAIL_PROTECTION,
            Self::TimeStamping => oid::TIME_STAMPING,
            Self::Other(oid) => oid.clone(),
        })
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.oid() {
            None => f.write_str("any"),
            Some(oid) => f.write_str(&oid.label()),
        }
    }
}
