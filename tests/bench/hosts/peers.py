"""The same files by certgate and by those who do a part of its work, in turns: `python peers.py POOLS`.

Requests are checked (certgate, pyca/cryptography; pyOpenSSL has none), certificates are linted by RFC 5280 (certgate,
pkilint), and keys are looked at for known weaknesses (certgate, badkeys without a block list). `chains.py` verifies.
"""

import sys
from base64 import encodebytes
from datetime import datetime, timezone
from pathlib import Path

from badkeys.checks import checkcrt, checkcsr, defaultchecks
from cryptography import x509
from pkilint.loader import RFC5280CertificateDocumentLoader
from pkilint.pkix import certificate, extension, name
from turns import Work, read, run

import certgate

SUFFIX = ".bench.example.com"
ROUNDS = 60
AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
POLICY = certgate.load_policy((Path(__file__).parent.parent / "policy.json").read_text())
CHECKS = [check for check in defaultchecks if check != "blocklist"]

REQUESTS = [("P-256, 3 names", "p-256.pool"), ("RSA-2048, 20 names", "rsa-2048.pool")]
CHAINS = [("P-256", "chain-p-256.pool"), ("P-256 under RSA-2048", "chain-rsa-2048.pool")]

Contestants = dict[str, Work]


def pem(label: str, der: bytes) -> str:
    return f"-----BEGIN {label}-----\n{encodebytes(der).decode()}-----END {label}-----\n"


def checking(pool: list[bytes]) -> Contestants:
    """The request is read, its signature verified, and each name held against a suffix."""

    def with_pyca(number: int) -> bool:
        csr = x509.load_der_x509_csr(pool[number])
        names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return csr.is_signature_valid and all(one.endswith(SUFFIX) for one in names.get_values_for_type(x509.DNSName))

    return {
        "certgate": lambda number: bool(POLICY.evaluate(pool[number], at=AT)),
        "pyca/cryptography": with_pyca,
    }


def linting(pool: list[bytes]) -> Contestants:
    """The rules of RFC 5280, those of each."""
    containers = [
        certificate.create_issuer_validator_container([]),
        certificate.create_validity_validator_container(),
        certificate.create_subject_validator_container([]),
        certificate.create_extensions_validator_container([]),
        certificate.create_spki_validator_container([]),
    ]
    decoding = certificate.create_decoding_validators(name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS)
    validator = certificate.create_pkix_certificate_validator_container(decoding, containers)
    loader = RFC5280CertificateDocumentLoader()

    def with_pkilint(number: int) -> bool:
        return bool(validator.validate(loader.load_der_document(pool[number], "certificate").root))

    return {
        "certgate": lambda number: len(certgate.lint(pool[number], profile="rfc5280")) == 1,
        "pkilint": with_pkilint,
    }


def keys_of_requests(pool: list[bytes]) -> Contestants:
    """Text in, the weaknesses of the key out; certgate verifies the signature of the request too."""
    texts = [pem("CERTIFICATE REQUEST", der) for der in pool]
    return {
        "certgate": lambda number: not certgate.parse_request(texts[number]).findings,
        "badkeys": lambda number: not checkcsr(texts[number], CHECKS)["results"],
    }


def keys_of_certificates(pool: list[bytes]) -> Contestants:
    texts = [pem("CERTIFICATE", der) for der in pool]
    return {
        "certgate": lambda number: not certgate.parse_certificate(texts[number]).findings,
        "badkeys": lambda number: not checkcrt(texts[number], CHECKS)["results"],
    }


def compare(title: str, contestants: Contestants, items: int, rounds: int = ROUNDS) -> None:
    times = run(list(contestants.values()), items, rounds)
    print(f"{title}: {items} files")
    for who, spent in zip(contestants, times):
        print(f"  {who:<30} {spent:8.1f} us    {spent / times[0]:8.2f} of certgate's time")


def main() -> None:
    folder = Path(sys.argv[1])
    for title, file in REQUESTS:
        pool = list(read(folder / file))
        compare(f"check, {title}", checking(pool), len(pool))
        compare(f"keys of requests, {title}", keys_of_requests(pool), len(pool))
    for title, file in CHAINS:
        _, _, *leaves = read(folder / file)
        compare(f"lint, {title}", linting(leaves), len(leaves), 20)
        compare(f"keys of certificates, {title}", keys_of_certificates(leaves), len(leaves))


main()
