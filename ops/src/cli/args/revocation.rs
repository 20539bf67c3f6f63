//! The books of an authority: inventory, audit, revocation.

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::secrets::PassphraseArguments;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum CrlCommand {
    /// Make and sign the next revocation list
    New(NewCrlArguments),
}
/// Where what is issued is recorded.
#[derive(Args, Debug)]
pub(in crate::cli) struct InventoryArguments {
    /// The inventory; left out: inventory.db beside the CA's certificate
    #[arg(long, value_name = "FILE", conflicts_with = "no_inventory")]
    pub(in crate::cli) inventory: Option<String>,
    /// Record nothing: for a CA whose books are kept elsewhere
    #[arg(long)]
    pub(in crate::cli) no_inventory: bool,
}
/// How the inventory is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum InventoryFormat {
    /// A table for people
    #[default]
    Text,
    /// JSON: a list of objects
    Json,
    /// JSON, one object a line
    Ndjson,
    /// Comma-separated values with a head
    Csv,
    /// Prometheus text, with the metric names of x509-certificate-exporter
    Prometheus,
}
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum InventoryCommand {
    /// All certificates
    List {
        /// The inventory
        #[arg(long, value_name = "FILE", default_value = "inventory.db")]
        inventory: String,
        /// How it is printed
        #[arg(long, value_enum, default_value_t)]
        format: InventoryFormat,
    },
    /// Certificates that end soon or have ended, and are not revoked; exit code 1 if there are any
    Expiring {
        /// The inventory
        #[arg(long, value_name = "FILE", default_value = "inventory.db")]
        inventory: String,
        /// How it is printed
        #[arg(long, value_enum, default_value_t)]
        format: InventoryFormat,
        /// How soon
        #[arg(long, value_name = "DURATION", default_value = "30d")]
        within: String,
    },
    /// All that is known of one certificate
    Show {
        /// The inventory
        #[arg(long, value_name = "FILE", default_value = "inventory.db")]
        inventory: String,
        /// Print the certificate itself in PEM
        #[arg(long)]
        pem: bool,
        /// Its serial number in hexadecimal, or the file of the certificate
        #[arg(value_name = "SERIAL")]
        serial: String,
    },
    /// Write the inventory to a file for others
    Export {
        /// The inventory
        #[arg(long, value_name = "FILE", default_value = "inventory.db")]
        inventory: String,
        /// How it is written
        #[arg(long, value_enum, default_value_t)]
        format: InventoryFormat,
        /// The file, written as a whole or not at all; left out: standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<String>,
    },
}
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum AuditCommand {
    /// Check the chain of the log, its end, and that log and inventory tell of the same certificates
    Verify {
        /// The inventory
        #[arg(long, value_name = "FILE", default_value = "inventory.db")]
        inventory: String,
        /// A digest that a former check gave: it must still be that of an entry
        #[arg(long, value_name = "DIGEST")]
        head: Option<String>,
    },
    /// Show the log
    Show {
        /// The inventory
        #[arg(long, value_name = "FILE", default_value = "inventory.db")]
        inventory: String,
    },
}
#[derive(Args, Debug)]
pub(in crate::cli) struct RevokeArguments {
    /// The inventory; left out: that beside --ca, or inventory.db here
    #[arg(long, value_name = "FILE", default_value = "inventory.db")]
    pub(in crate::cli) inventory: String,
    /// Why: keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, certificateHold,
    /// privilegeWithdrawn, aACompromise or unspecified; removeFromCRL ends a hold
    #[arg(long, value_name = "REASON", default_value = "unspecified")]
    pub(in crate::cli) reason: String,
    /// The CA's certificate, for a certificate that the inventory does not know
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) ca: Option<String>,
    /// The serial number in hexadecimal, or the file of the certificate
    #[arg(value_name = "SERIAL|CERTIFICATE")]
    pub(in crate::cli) certificate: String,
}
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum OcspCommand {
    /// Sign a response for every certificate of the inventory that has not ended: files for a static web server
    Sign(OcspArguments),
}
#[derive(Args, Debug)]
pub(in crate::cli) struct OcspArguments {
    /// The CA's certificate, and those above it up to the root, in PEM
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) ca: String,
    /// The CA's private key, if it signs itself
    #[arg(long, value_name = "FILE", required_unless_present = "responder", conflicts_with = "responder")]
    pub(in crate::cli) ca_key: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) passphrase: PassphraseArguments,
    /// The certificate of a responder that the CA named: for OCSPSigning, issued by the CA
    #[arg(long, value_name = "FILE", requires = "responder_key")]
    pub(in crate::cli) responder: Option<String>,
    /// The responder's private key
    #[arg(long, value_name = "FILE", requires = "responder")]
    pub(in crate::cli) responder_key: Option<String>,
    /// The inventory; left out: inventory.db beside the CA's certificate
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) inventory: Option<String>,
    /// How files are named
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) layout: LayoutName,
    /// The hash by which clients name the issuer
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) hash: HashName,
    /// How long responses hold
    #[arg(long, value_name = "DURATION", default_value = "1d")]
    pub(in crate::cli) lifetime: String,
    /// The folder of the files
    #[arg(short, long, value_name = "FOLDER")]
    pub(in crate::cli) output: String,
}
/// How files of OCSP responses are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LayoutName {
    /// The path of the GET request as it is sent, percent-encoded (RFC 6960 A.1)
    #[default]
    Encoded,
    /// That path decoded: a slash of base64 makes a folder
    Decoded,
    /// SERIAL.der
    Serial,
}
/// The hashes of OCSP requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum HashName {
    /// SHA-1, which every client sends (RFC 5019)
    #[default]
    Sha1,
    /// SHA-256
    Sha256,
}
#[derive(Args, Debug)]
pub(in crate::cli) struct NewCrlArguments {
    /// The CA's certificate in PEM
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) ca: String,
    /// The CA's private key: a file in PEM or DER, or a URI pkcs11:token=…;object=… (RFC 7512)
    #[arg(long, value_name = "KEY")]
    pub(in crate::cli) ca_key: String,
    #[command(flatten)]
    pub(in crate::cli) passphrase: PassphraseArguments,
    /// A list before: its entries are kept, and the number goes on from its own
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) previous: Option<String>,
    /// A certificate to revoke; may be repeated
    #[arg(long = "revoke", value_name = "FILE")]
    pub(in crate::cli) revoke: Vec<String>,
    /// Why: keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, certificateHold,
    /// privilegeWithdrawn, aACompromise or unspecified
    #[arg(long, value_name = "REASON", default_value = "unspecified")]
    pub(in crate::cli) reason: String,
    /// Make a delta list, which adds to the last full list of the same scope
    #[arg(long, conflicts_with = "no_inventory")]
    pub(in crate::cli) delta: bool,
    /// The URI of a distribution point: the list is about the certificates that name it alone
    #[arg(long, value_name = "URI", conflicts_with = "no_inventory")]
    pub(in crate::cli) distribution_point: Option<String>,
    /// The certificates that the list is about
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) only: ContentsName,
    /// Where the delta lists for this list are; may be repeated
    #[arg(long = "freshest-uri", value_name = "URI", conflicts_with = "delta")]
    pub(in crate::cli) freshest_uris: Vec<String>,
    /// How long the list holds
    #[arg(long, value_name = "DURATION", default_value = "7d")]
    pub(in crate::cli) lifetime: String,
    #[command(flatten)]
    pub(in crate::cli) inventory: InventoryArguments,
    /// The file of the list; `-` for standard output
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: String,
}
/// Which kinds of certificates a list is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ContentsName {
    /// All
    #[default]
    All,
    /// Those of end entities
    Users,
    /// Those of CAs
    Cas,
}
