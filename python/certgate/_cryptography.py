"""Objects of pyca/cryptography from those of certgate, and the reverse. The package must be installed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from certgate._certgate import (
    Certificate,
    PrivateKey,
    Request,
    RevocationList,
    load_private_key,
    parse_certificate,
    parse_request,
    parse_revocation_list,
)

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes


def certificate(der: bytes) -> x509.Certificate:
    from cryptography import x509

    return x509.load_der_x509_certificate(der)


def request(der: bytes) -> x509.CertificateSigningRequest:
    from cryptography import x509

    return x509.load_der_x509_csr(der)


def revocation_list(der: bytes) -> x509.CertificateRevocationList:
    from cryptography import x509

    return x509.load_der_x509_crl(der)


def private_key(pem: str) -> CertificateIssuerPrivateKeyTypes:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key: Any = load_pem_private_key(pem.encode(), None)
    return key  # type: ignore[no-any-return]


@overload
def from_cryptography(value: x509.Certificate) -> Certificate: ...
@overload
def from_cryptography(value: x509.CertificateSigningRequest) -> Request: ...
@overload
def from_cryptography(value: x509.CertificateRevocationList) -> RevocationList: ...
@overload
def from_cryptography(value: CertificateIssuerPrivateKeyTypes) -> PrivateKey: ...
def from_cryptography(value: Any) -> Certificate | Request | RevocationList | PrivateKey:
    """The object of certgate for a certificate, a request, a revocation list or a private key of pyca/cryptography.

    >>> import certgate
    >>> ca = certgate.dev_ca()
    >>> certgate.from_cryptography(ca.certificate.to_cryptography()) == ca.certificate
    True

    Raises `ParseError` for what the engine does not read, and `TypeError` for another object.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    if isinstance(value, x509.Certificate):
        return parse_certificate(value.public_bytes(Encoding.DER))
    if isinstance(value, x509.CertificateSigningRequest):
        return parse_request(value.public_bytes(Encoding.DER))
    if isinstance(value, x509.CertificateRevocationList):
        return parse_revocation_list(value.public_bytes(Encoding.DER))
    if hasattr(value, "private_bytes"):
        return load_private_key(value.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    raise TypeError(f"expected an object of cryptography, not {type(value).__name__}")
