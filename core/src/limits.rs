//! What one input may cost. Every number is a named field with its origin; all are checked before the work they bound.

/// Bounds for reading one input. They are the same on every platform.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one DER encoding. cert-manager reads requests up to 36,500 bytes; 1 MiB leaves room for 1,000 long names.
    pub der_bytes: usize,
    /// Bytes of text around and within PEM blocks: base64 of [`Limits::der_bytes`] and as much prose again.
    pub text_bytes: usize,
    /// Nested constructed values. A request needs 8, a certificate with name constraints 11; hostile input 5 sets 16.
    pub der_depth: usize,
    /// Elements in one encoding: 1,000 general names and 100 extensions need less than 4,000 (hostile input 6).
    pub der_elements: usize,
    /// Bytes of one object identifier: 2.25 UUIDs need 20 (hostile input 19 sets 64).
    pub oid_bytes: usize,
    /// Names in one GeneralNames: hostile input 78 sets 1,000 as the hard cap; a policy's own default is 100.
    pub general_names: usize,
    /// Subtrees of one list of nameConstraints: x509-limbo's largest has 4,097 in both lists; public CAs have fewer than 100.
    pub general_subtrees: usize,
    /// Attributes of one distinguished name: real subjects have fewer than 20.
    pub name_attributes: usize,
    /// Extensions of one request or certificate: Mozilla's longest known leaf has fewer than 20.
    pub extensions: usize,
    /// Attributes of one request: PKCS #9 knows 10 that fit a request.
    pub attributes: usize,
    /// PEM blocks in one text: a certificate bundle of 330,000 bytes (cert-manager's cap) holds fewer than 400.
    pub pem_blocks: usize,
}

impl Limits {
    /// Bounds for one revocation list: the largest public ones have some 100,000 entries of 40 bytes and five elements
    /// each; these leave room for ten times as many.
    pub fn revocation_list() -> Self {
        Self { der_bytes: 1 << 26, text_bytes: 1 << 27, der_elements: 10_000_000, ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            der_bytes: 1 << 20,
            text_bytes: 1 << 22,
            der_depth: 16,
            der_elements: 20_000,
            oid_bytes: 64,
            general_names: 1_000,
            general_subtrees: 5_000,
            name_attributes: 100,
            extensions: 100,
            attributes: 100,
            pem_blocks: 1_000,
        }
    }
}
