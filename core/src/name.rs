//! Names: distinguished names and the nine kinds of GeneralName, typed once at parse.
//!
//! Comparisons take these types, never strings: a DNS name is lower-cased and IDNA-checked when it is read, an IP address
//! is its octets, a URI is split by RFC 3986.

mod distinguished;
mod dns;
mod email;
mod general;
mod idn;
mod ip;
mod normal;
pub(crate) mod suffix;
mod uri;

pub use distinguished::{DistinguishedName, NameAttribute};
pub(crate) use dns::strictly_below;
pub use dns::{DnsFault, DnsName, MAX_LABEL, MAX_NAME};
pub use email::{EmailAddress, EmailFault};
pub use general::{GeneralName, GeneralNameKind, Named, OtherName};
pub use ip::{IpAddress, IpPrefix, PrefixFault};
pub use uri::{Uri, UriFault};

pub use suffix::public_suffix_list_date;

pub(crate) use base16ct::lower::encode_string as hex;
pub(crate) use general::{decode_general_name, decode_general_names};
pub(crate) use idn::mixed_script;
pub(crate) use normal::ComparableName;
pub(crate) use uri::host_name;
