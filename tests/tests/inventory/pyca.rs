//! Revocation lists and OCSP responses as pyca/cryptography reads and verifies them.

use certgate_tests::command::other;

use super::{CA, hierarchy, issue, ok};

const SCRIPT: &str = r#"
import pathlib
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp

issuer = x509.load_pem_x509_certificate(pathlib.Path("intermediate-ca.pem").read_bytes())
good, bad = (x509.load_pem_x509_certificate(pathlib.Path(f"{name}.pem").read_bytes()) for name in ("good", "bad"))
for name in ("full", "delta", "point"):
    crl = x509.load_pem_x509_crl(pathlib.Path(f"{name}.crl").read_bytes())
    assert crl.is_signature_valid(issuer.public_key()), name
    assert crl.get_revoked_certificate_by_serial_number(good.serial_number) is None, name
    crl.extensions.get_extension_for_class(x509.CRLNumber)
full = x509.load_pem_x509_crl(pathlib.Path("full.crl").read_bytes())
entry = full.get_revoked_certificate_by_serial_number(bad.serial_number)
assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason == x509.ReasonFlags.key_compromise
delta = x509.load_pem_x509_crl(pathlib.Path("delta.crl").read_bytes())
assert delta.extensions.get_extension_for_class(x509.DeltaCRLIndicator).value.crl_number == 1
point = x509.load_pem_x509_crl(pathlib.Path("point.crl").read_bytes())
assert point.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value.only_contains_user_certs
for certificate, status in ((good, ocsp.OCSPCertStatus.GOOD), (bad, ocsp.OCSPCertStatus.REVOKED)):
    path = pathlib.Path("ocsp") / f"{certificate.serial_number:040x}.der"
    response = ocsp.load_der_ocsp_response(path.read_bytes())
    assert response.response_status == ocsp.OCSPResponseStatus.SUCCESSFUL
    assert response.certificate_status == status, response.certificate_status
    assert response.serial_number == certificate.serial_number
    issuer.public_key().verify(response.signature, response.tbs_response_bytes, ec.ECDSA(response.signature_hash_algorithm))
print("verified")
"#;

#[test]
fn pyca_reads_and_verifies_lists_and_responses() {
    let folder = hierarchy();
    let path = folder.path();
    match other("python3", path, &["-c", "import cryptography.x509.ocsp"]) {
        Some(said) if said.exit == 0 => {}
        _ => {
            eprintln!("absent, so not tested: pyca/cryptography");
            return;
        }
    }
    issue(path, "good", &[]);
    issue(path, "bad", &[]);
    let list = |output: &str, more: &[&str]| {
        ok(path, &[&["crl", "new", "-o", output], &CA[..], more].concat());
    };
    ok(path, &["revoke", "bad.pem", "--reason", "keyCompromise"]);
    list("full.crl", &[]);
    list("delta.crl", &["--delta"]);
    list("point.crl", &["--only", "users", "--distribution-point", "http://crl.example.internal/1.crl"]);
    ok(path, &[&["ocsp", "sign", "--layout", "serial", "-o", "ocsp"], &CA[..]].concat());
    let said = other("python3", path, &["-c", SCRIPT]).expect("python3");
    assert!(said.exit == 0 && said.stdout.contains("verified"), "{said:?}");
}
