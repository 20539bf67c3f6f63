"""Certificates and revocation lists. Written by tools/write_types.py from the JSON Schemas. Do not edit."""

from __future__ import annotations

from typing import Optional, TypedDict

from certgate._types.diagnostics import DiagnosticView
from certgate._types.requests import (
    ExtensionView,
    FingerprintsView,
    NameView,
    PolicyIdentityView,
    PublicKeyView,
    SubjectView,
)

__all__ = [
    "AlgorithmView",
    "CertificateView",
    "IssuedCertificateView",
    "RevocationListView",
    "RevokedCertificateView",
]


class AlgorithmView(TypedDict):
    """An algorithm."""

    name: str
    """Name or dotted decimal."""
    oid: str
    """Dotted decimal."""


class CertificateView(TypedDict):
    """A certificate, every field."""

    ca: bool
    """Whether basicConstraints says that the subject is a CA."""
    extensions: list[ExtensionView]
    """Every extension in order."""
    findings: list[DiagnosticView]
    """What is wrong or odd, sorted by path and code."""
    fingerprints: FingerprintsView
    """Digests."""
    issuer: SubjectView
    """The issuer."""
    notAfter: str
    """The last second of its life, RFC 3339 in UTC."""
    notBefore: str
    """The first second of its life, RFC 3339 in UTC."""
    publicKey: PublicKeyView
    """The public key."""
    schemaVersion: int
    """Version of this form: 1."""
    serialNumber: str
    """The serial number in lower-case hexadecimal."""
    signatureAlgorithm: AlgorithmView
    """The algorithm of the issuer's signature."""
    subject: SubjectView
    """The subject."""
    subjectAltNames: list[NameView]
    """The subject alternative names in order."""
    version: int
    """Version of the certificate: 1, 2 or 3."""


class RevokedCertificateView(TypedDict):
    """One entry of a revocation list."""

    reason: str
    """Why, by the name of RFC 5280 5.3.1."""
    revocationDate: str
    """When it was revoked, RFC 3339 in UTC."""
    serialNumber: str
    """The serial number in lower-case hexadecimal."""


class _RevocationListViewRequired(TypedDict):
    entries: list[RevokedCertificateView]
    """The entries in order."""
    extensions: list[ExtensionView]
    """Every extension in order."""
    findings: list[DiagnosticView]
    """What is odd."""
    issuer: SubjectView
    """Who issued the list."""
    nextUpdate: Optional[str]
    """When the next one is due, RFC 3339 in UTC; null if the list does not say."""
    schemaVersion: int
    """Version of this form: 1."""
    sha256: str
    """SHA-256 of the encoding."""
    thisUpdate: str
    """When it was issued, RFC 3339 in UTC."""


class RevocationListView(_RevocationListViewRequired, total=False):
    """A revocation list, every field."""

    baseNumber: str
    """For a delta list: the number of the list that it adds to."""
    number: str
    """Its number in hexadecimal."""


class IssuedCertificateView(TypedDict):
    """A certificate that was issued, as plain data."""

    certificate: CertificateView
    """The certificate."""
    chain: list[str]
    """The issuer and those above it, the root last: PEM."""
    policy: PolicyIdentityView
    """Which policy approved it."""
    schemaVersion: int
    """Version of this form: 1."""
