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

/// Bounds for rules in CEL. They are the same on every platform: steps are counted, and never timed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CelLimits {
    /// Bytes of one expression: hostile input 111 sets 2 KiB. The longest documented one of approver-policy has fewer than 200.
    pub source_bytes: usize,
    /// Parts of one expression, with what the parser writes out for loops: 500 is four times what 2 KiB of usual rules need.
    pub nodes: usize,
    /// Levels of one expression: 64 levels fit the stack of WebAssembly (1 MiB) several times.
    pub depth: usize,
    /// Levels of brackets that the parser enters: as many as [`CelLimits::depth`].
    pub parser_depth: u16,
    /// Loops within loops: two compare two lists, and a third looks into their parts (hostile input 112 needs four).
    pub loops: usize,
    /// Rules of one policy: more are a table that should be written as one.
    pub rules: usize,
    /// Steps of all rules of a policy over one request, and of one rule when it is loaded. approver-policy has a cost limit of
    /// 1,000,000 for each validation. A step is the reading of a variable, a call, or 32 bytes of text.
    pub steps: u64,
    /// Bytes of a value that is calculated: hostile input 112 asks for a bound. 100 names of 253 bytes need 27,000, and the same
    /// names with every label looked at 611,200.
    pub value_bytes: u64,
    /// Bytes of a DNS name or of the host of a mail address that are assumed when a rule is loaded (RFC 1035 2.3.4).
    pub name_bytes: u64,
    /// Bytes of a URI and of any other text that are assumed when a rule is loaded: longer ones are rare, and are counted
    /// before each run.
    pub text_bytes: u64,
    /// Values of one attribute, groups, usages and facts that are assumed when a rule is loaded.
    pub list_items: u64,
}

impl Default for CelLimits {
    fn default() -> Self {
        Self {
            source_bytes: 2_048,
            nodes: 500,
            depth: 64,
            parser_depth: 64,
            loops: 3,
            rules: 64,
            steps: 1_000_000,
            value_bytes: 1 << 20,
            name_bytes: 253,
            text_bytes: 512,
            list_items: 32,
        }
    }
}
