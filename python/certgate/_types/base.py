"""What goes in, and the shapes of the few answers that no JSON Schema describes. Written by hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict, Union

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
    from typing_extensions import TypeAlias

    from certgate._certgate import Bundle, Certificate, Policy, PrivateKey, Request, RevocationList
    from certgate._types.arguments import RevocationEntryDocument

__all__ = [
    "AuditFault",
    "AuditReport",
    "Certificates",
    "CryptographyCertificate",
    "CryptographyPrivateKey",
    "CryptographyRequest",
    "CryptographyRevocationList",
    "Data",
    "Duration",
    "Files",
    "Input",
    "Inputs",
    "InventoryEntry",
    "Path",
    "Policies",
    "Requests",
    "RevocationLists",
    "Revocations",
    "Revoked",
    "SerialNumber",
    "Signer",
    "SigningKey",
    "StoreDescription",
    "Texts",
    "Time",
]

Input: TypeAlias = Union[bytes, bytearray, memoryview, str, os.PathLike[str], os.PathLike[bytes]]
"""An input: its bytes or text, or the path of a file that has them. A `str` is text, never a path."""

Inputs: TypeAlias = Union[Input, Sequence[Input]]
"""An input, or a list or another sequence of them."""

_RevocationLists: TypeAlias = Union[Input, "RevocationList", "Bundle"]

RevocationLists: TypeAlias = Union[_RevocationLists, Sequence[_RevocationLists]]
"""Revocation lists: parsed ones, bundles or inputs that have some, or a list or another sequence of these."""

Texts: TypeAlias = Union[str, Sequence[str]]
"""A text, or a list or another sequence of them."""

_Certificates: TypeAlias = Union[Input, "Certificate", "Bundle"]

Certificates: TypeAlias = Union[_Certificates, Sequence[_Certificates]]
"""Certificates: parsed ones, bundles, inputs that are bundles, or a list or another sequence of these in order."""

Time: TypeAlias = Union[datetime, str]
"""A time: an aware datetime, or RFC 3339 text such as `2027-01-01T00:00:00Z`."""

Files: TypeAlias = Mapping[str, Input]
"""Inputs with their names."""

Policies: TypeAlias = Sequence["Policy"]
"""Loaded policies, in order."""

_Judged: TypeAlias = Union[Input, "Request", "Certificate"]

Requests: TypeAlias = Union[Sequence[_Judged], Mapping[str, _Judged]]
"""Requests, and certificates in the place of requests: a list or another sequence of them, or a mapping from names."""

Duration: TypeAlias = Union[timedelta, str]
"""A length of whole seconds: a timedelta, or text such as `90d`, `24h` or `1h30m`."""

SerialNumber: TypeAlias = Union[int, str]
"""A serial number, or the number of a list: an `int`, or hexadecimal text."""


class SigningKey(Protocol):
    """A private key of pyca/cryptography, or one that looks like it."""

    def public_key(self) -> Any: ...

    def sign(self, *args: Any, **kwargs: Any) -> bytes: ...


Signer: TypeAlias = Union["PrivateKey", SigningKey, Callable[[bytes], bytes]]
"""Who signs: a key of certgate, a private key of pyca/cryptography, or a function from bytes to their signature."""

_Revocation: TypeAlias = Union["Certificate", SerialNumber, "RevocationEntryDocument"]

Revocations: TypeAlias = Union[_Revocation, Sequence[_Revocation]]
"""What was revoked: certificates, serial numbers, mappings, or a list or another sequence of these."""

CryptographyCertificate: TypeAlias = "x509.Certificate"
"""A certificate of pyca/cryptography."""

CryptographyRequest: TypeAlias = "x509.CertificateSigningRequest"
"""A certificate request of pyca/cryptography."""

CryptographyRevocationList: TypeAlias = "x509.CertificateRevocationList"
"""A revocation list of pyca/cryptography."""

CryptographyPrivateKey: TypeAlias = "CertificateIssuerPrivateKeyTypes"
"""A private key of pyca/cryptography."""

Path: TypeAlias = tuple[Union[str, int], ...]
"""A place: fields by name, items by index from 0."""

Data: TypeAlias = Union[bool, int, str, list["Data"]]
"""What was found or expected."""


class _StoreDescriptionRequired(TypedDict):
    name: str
    """`system`, `certifi`, `webpki` or `java`."""
    source: str
    """The file, or the package and its version."""
    certificates: int
    """Number of certificates that could be read."""
    passedOver: int
    """Number of entries that were passed over."""


class StoreDescription(_StoreDescriptionRequired, total=False):
    """Which trust store, from where, and how old."""

    date: str
    """When the file was changed, RFC 3339 in UTC."""


class Revoked(TypedDict):
    """When and why a certificate was revoked."""

    at: str
    """When, in RFC 3339."""
    reason: str
    """Why: the word of RFC 5280 5.3.1."""


class _InventoryEntryRequired(TypedDict):
    serialNumber: str
    """The serial number in lower-case hexadecimal."""
    state: Literal["reserved", "issued", "delivered"]
    """How far it has come."""
    reservedAt: str
    """When the serial number was taken, in RFC 3339."""
    names: list[str]
    """The subject alternative names."""
    spkiSha256: str
    """The SHA-256 digest of the SubjectPublicKeyInfo."""


class InventoryEntry(_InventoryEntryRequired, total=False):
    """One certificate of an inventory."""

    issuer: str
    """The issuer's name; left out while a root's serial number is reserved."""
    subject: str
    """The subject."""
    notBefore: str
    """First second of the lifetime, in RFC 3339."""
    notAfter: str
    """Last second of the lifetime, in RFC 3339."""
    policy: str
    """The policy that allowed it; left out for a root."""
    policyDigest: str
    """The digest of the policy."""
    requestSha256: str
    """The SHA-256 digest of the request in DER."""
    sha256: str
    """The SHA-256 digest of the certificate."""
    revoked: Revoked
    """When and why it was revoked."""


class AuditFault(TypedDict):
    """One thing that is wrong with an audit log."""

    line: int
    """The line, counted from 1; 0 for the log as a whole."""
    message: str
    """What is wrong."""


class AuditReport(TypedDict):
    """What a check of an audit log found."""

    entries: int
    """How many entries the log has."""
    head: str
    """The digest of the last entry: note it down, and give it to a later check."""
    pending: int
    """How many entries a crash kept from the log; the next change writes them."""
    faults: list[AuditFault]
    """What is wrong, in the order of the log; empty if nothing is."""
