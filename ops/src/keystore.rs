//! Key stores of others: PKCS #12 (RFC 7292) with modern algorithms, and the trust stores of Java (JKS).

use std::sync::Arc;

use certgate_bindings::Certificate;
use certgate_bindings::certgate::certificate::Certificate as CoreCertificate;
use certgate_bindings::certgate::chain::order;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::issue::PrivateKey;
use p12_keystore::{
    Certificate as StoreCertificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm,
    Pkcs12Archive, PrivateKey as StoreKey, PrivateKeyChain,
};
use zeroize::Zeroizing;

mod jks;

/// Largest store that is read: the public roots of all programmes together need less than 1 MiB.
const LARGEST: usize = 16 << 20;

/// Most values within a store that are encrypted on their own, each of which costs a derivation of its own.
const MOST_ENCRYPTED: usize = 100;

/// Iterations of both derivations of what is written (OWASP for PBKDF2 with HMAC-SHA-256). The weaker of the two would be what
/// an attacker works on, so they are equal.
const ITERATIONS: u32 = 600_000;

/// The form of a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoreForm {
    /// PKCS #12: PBES2 with AES-256-CBC, HMAC-SHA-256.
    #[default]
    Pkcs12,
    /// The older form of Java, for trusted certificates only: its protection of private keys is no encryption.
    Jks,
}

/// A private key and its certificates.
#[derive(Clone, Debug)]
pub struct KeyEntry {
    /// What the store calls it.
    pub alias: String,
    /// The key.
    pub key: PrivateKey,
    /// Its certificate, then issuer after issuer.
    pub chain: Vec<Arc<CoreCertificate>>,
}

/// What a store holds.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// Private keys with their chains.
    pub keys: Vec<KeyEntry>,
    /// Certificates that the store says are to be trusted, by alias: for Java those with the attribute trustedKeyUsage.
    pub trusted: Vec<(String, Arc<CoreCertificate>)>,
    /// Other certificates.
    pub others: Vec<Arc<CoreCertificate>>,
}

/// Reads a store. Its form is told from its first octets.
///
/// # Errors
/// In one sentence: another passphrase, old algorithms, more work than is done for a file, something else than a store.
pub fn read(bytes: &[u8], passphrase: &[u8]) -> Result<Contents, String> {
    if bytes.len() > LARGEST {
        return Err(format!("the store has more than {LARGEST} octets"));
    }
    let passphrase = text(passphrase)?;
    if jks::is_one(bytes) {
        let trusted = jks::read(bytes, passphrase)?;
        let mut contents = Contents::default();
        for (alias, der) in trusted {
            contents.trusted.push((alias, certificate(&der)?));
        }
        return Ok(contents);
    }
    /// `id-PBES2`, which stands before every value that is encrypted.
    const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];
    if bytes.windows(PBES2.len()).filter(|window| *window == PBES2).count() > MOST_ENCRYPTED {
        return Err(format!(
            "key/encryption-cost: the store has more than {MOST_ENCRYPTED} encrypted values"
        ));
    }
    let archive = Pkcs12Archive::from_pkcs12(bytes, passphrase).map_err(|error| explain(&error))?;
    let mut certificates = Vec::new();
    let mut contents = Contents::default();
    for bag in &archive.certs {
        let certificate = certificate(bag.cert.as_der())?;
        if bag.trusted {
            let alias = bag.friendly_name.clone().unwrap_or_else(|| certificate.subject().to_string());
            contents.trusted.push((alias, certificate));
        } else {
            certificates.push(certificate);
        }
    }
    for bag in archive.keys {
        let key = PrivateKey::parse(bag.key.as_der()).map_err(|error| error.to_string())?;
        let leaf = certificates.iter().find(|certificate| key.belongs_to(certificate)).cloned();
        let chain = leaf.map(|leaf| order(&certificates, Some(&leaf)).chain).unwrap_or_default();
        let alias = bag.friendly_name.unwrap_or_else(|| "1".to_owned());
        contents.keys.push(KeyEntry { alias, key, chain });
    }
    let in_chain = |certificate: &Arc<CoreCertificate>| {
        contents.keys.iter().any(|entry| entry.chain.contains(certificate))
    };
    contents.others = certificates.iter().filter(|certificate| !in_chain(certificate)).cloned().collect();
    Ok(contents)
}

/// Writes a store under a passphrase. `at` is the date of the entries of a JKS.
///
/// # Errors
/// In one sentence: nothing to write, an alias that comes twice, private keys for a JKS.
pub fn write(
    contents: &Contents,
    passphrase: &[u8],
    form: StoreForm,
    at: Timestamp,
) -> Result<Zeroizing<Vec<u8>>, String> {
    let passphrase = text(passphrase)?;
    if contents.keys.is_empty() && contents.trusted.is_empty() {
        return Err("there is nothing to put into the store".to_owned());
    }
    // Java makes no difference between upper and lower case.
    let mut aliases: Vec<String> = contents
        .keys
        .iter()
        .map(|entry| &entry.alias)
        .chain(contents.trusted.iter().map(|(alias, _)| alias))
        .map(|alias| alias.to_lowercase())
        .collect();
    aliases.sort();
    if let Some(twice) = aliases.windows(2).find_map(|pair| match pair {
        [a, b] if a == b => Some(a),
        _ => None,
    }) {
        return Err(format!("the alias `{twice}` comes twice"));
    }
    match form {
        StoreForm::Jks if contents.keys.is_empty() => {
            jks::write(&contents.trusted, passphrase, at).map(Zeroizing::new)
        }
        StoreForm::Jks => {
            Err("a JKS does not encrypt private keys: put them into PKCS #12, which Java reads".to_owned())
        }
        StoreForm::Pkcs12 => pkcs12(contents, passphrase),
    }
}

fn pkcs12(contents: &Contents, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let convert = |certificate: &Arc<CoreCertificate>| {
        StoreCertificate::from_der(certificate.der()).map_err(|error| explain(&error))
    };
    let mut store = KeyStore::new();
    for (alias, certificate) in &contents.trusted {
        store.add_entry(alias, KeyStoreEntry::Certificate(convert(certificate)?));
    }
    for entry in &contents.keys {
        let Some(leaf) = entry.chain.first().filter(|leaf| entry.key.belongs_to(leaf)) else {
            return Err(format!(
                "the private key `{}` does not belong to the certificate beside it",
                entry.alias
            ));
        };
        let der = entry.key.as_core().to_pkcs8_der().map_err(|error| error.to_string())?;
        let key = StoreKey::from_der(&der).map_err(|error| explain(&error))?;
        let chain = entry.chain.iter().map(convert).collect::<Result<Vec<_>, _>>()?;
        // What links key and certificate; every writer has its own. The digest of the certificate is one that lasts.
        let identifier = leaf.digest().iter().take(20).copied().collect::<Vec<u8>>();
        let entry_of = PrivateKeyChain::new(identifier, key, chain);
        store.add_entry(&entry.alias, KeyStoreEntry::PrivateKeyChain(entry_of));
    }
    store
        .writer(passphrase)
        .encryption_algorithm(EncryptionAlgorithm::PbeWithHmacSha256AndAes256)
        .encryption_iterations(ITERATIONS)
        .mac_algorithm(MacAlgorithm::HmacSha256)
        .mac_iterations(ITERATIONS)
        .write()
        .map(Zeroizing::new)
        .map_err(|error| explain(&error))
}

fn text(passphrase: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(passphrase).map_err(|_| "the passphrase of the store is not UTF-8".to_owned())
}

fn certificate(der: &[u8]) -> Result<Arc<CoreCertificate>, String> {
    Certificate::parse(der)
        .map(|certificate| Arc::clone(certificate.as_core()))
        .map_err(|error| format!("a certificate of the store: {error}"))
}

fn explain(error: &p12_keystore::error::Error) -> String {
    use p12_keystore::error::Error;
    match error {
        Error::MacError(_) => "key/passphrase: the passphrase does not open the store".to_owned(),
        Error::InvalidParameters => {
            "key/encryption-cost: the store asks for more work to derive its keys than is done for a file".to_owned()
        }
        Error::UnsupportedEncryptionScheme | Error::UnsupportedMacAlgorithm => {
            "key/encryption: the store is encrypted by an old algorithm; write it again with openssl pkcs12 -export \
             -keypbe AES-256-CBC -certpbe AES-256-CBC -macalg SHA256"
                .to_owned()
        }
        other => format!("the store cannot be read or written: {other}"),
    }
}
