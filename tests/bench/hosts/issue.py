"""Issues from checked requests with certgate and with pyca/cryptography, in turns: `python issue.py POOLS`."""

import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from turns import Work, read, run

import certgate

ROUNDS = 150
AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
POLICY = certgate.load_policy((Path(__file__).parent.parent / "policy.json").read_text())

# Title, key of the CA, and the goal: pyca's time to certgate's.
AUTHORITIES = [
    ("P-256 CA", ec.generate_private_key(ec.SECP256R1()), 1.8),
    ("RSA-2048 CA", rsa.generate_private_key(65537, 2048), 1.0),
]


def with_certgate(key: certgate.PrivateKey, root: certgate.Certificate, pool: list[bytes]) -> Work:
    """Policy, encoding, lint, signature, and verification of the result."""
    issuer = certgate.Issuer(root)
    requests = [certgate.parse_request(der) for der in pool]

    def work(number: int) -> bool:
        approval = POLICY.evaluate(requests[number], at=AT).approve()
        return issuer.issue(approval, key, at=AT).certificate is not None

    # The signatures of the requests are verified once, before the turns.
    return work if all(POLICY.evaluate(request, at=AT) for request in requests) else lambda _: False


def with_pyca(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, root: bytes, pool: list[bytes]) -> Work:
    """The same extensions, the signature, and its verification; no policy and no lint."""
    issuer = x509.load_der_x509_certificate(root)
    requests = [x509.load_der_x509_csr(der) for der in pool]
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())

    def work(number: int) -> bool:
        request = requests[number]
        public_key = request.public_key()
        names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(request.subject)
            .issuer_name(issuer.subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(AT)
            .not_valid_after(AT + timedelta(hours=24))
            .add_extension(x509.BasicConstraints(False, None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(names, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(issuer_key, critical=False)
            .sign(key, hashes.SHA256())
        )
        certificate.verify_directly_issued_by(issuer)
        return True

    return work


def main() -> None:
    pool = list(read(Path(sys.argv[1]) / "p-256.pool"))
    for title, key, goal in AUTHORITIES:
        own = certgate.load_private_key(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
        root = certgate.new_root(own, "CN=Bench CA", at=AT)
        contestants = [with_certgate(own, root, pool), with_pyca(key, root.der, pool)]
        ours, pyca = run(contestants, len(pool), ROUNDS)
        print(f"issue, {title}: a pool of {len(pool)} checked requests with P-256 keys")
        print(f"  {'certgate':<30} {ours:8.1f} us")
        print(f"  {'pyca/cryptography':<30} {pyca:8.1f} us")
        aim = f"    goal at least {goal}" if goal else ""
        print(f"  {'times as fast':<30} {pyca / ours:8.2f}{aim}")


main()
