"""Verification. Written by tools/write_types.py from the JSON Schemas. Do not edit."""

from __future__ import annotations

from typing import Literal, TypedDict

from certgate._types.diagnostics import DiagnosticView
from certgate.codes import Code

__all__ = [
    "NotVerifiedView",
    "PathCertificateView",
    "ProfileView",
    "RuleView",
    "TriedPathView",
    "VerifiedPathView",
    "WorkView",
]


class PathCertificateView(TypedDict):
    """One certificate of a path, in short."""

    issuer: str
    """The issuer in the form of RFC 4514."""
    notAfter: str
    """The last second of its life, RFC 3339 in UTC."""
    notBefore: str
    """The first second of its life, RFC 3339 in UTC."""
    serialNumber: str
    """The serial number in lower-case hexadecimal."""
    sha256: str
    """SHA-256 of the encoding."""
    subject: str
    """The subject in the form of RFC 4514."""


class WorkView(TypedDict):
    """Counted work: the same on every platform."""

    nameComparisons: int
    """Names that were held against name constraints."""
    policyEdges: int
    """Edges of policy graphs."""
    remembered: int
    """Signatures that were remembered."""
    signatures: int
    """Signatures that were verified."""
    steps: int
    """Certificates that were tried as issuers."""


class VerifiedPathView(TypedDict):
    """A path that holds, and what was proved."""

    at: str
    """The time for which it was verified, RFC 3339 in UTC."""
    outcome: Literal["verified"]
    """`verified`."""
    path: list[PathCertificateView]
    """The certificates, leaf first, trust anchor last."""
    policies: list[str]
    """The certificate policies for which the path holds: dotted decimal."""
    schemaVersion: int
    """Version of this form: 1."""
    validUntil: str
    """Until when every certificate of the path is valid, RFC 3339 in UTC."""
    warnings: list[DiagnosticView]
    """What is odd and stops nothing."""
    work: WorkView
    """What the verification did."""


class TriedPathView(TypedDict):
    """A path that was tried."""

    path: list[PathCertificateView]
    """The certificates, leaf first, up to where it stopped."""
    reason: DiagnosticView
    """Why it stopped."""


class NotVerifiedView(TypedDict):
    """A certificate that was not verified, and why."""

    outcome: Literal["notVerified"]
    """`notVerified`."""
    paths: int
    """How many paths were tried; `tried` may have fewer."""
    reasons: list[DiagnosticView]
    """The best reason; where the certificate itself is at fault, everything that is wrong with it."""
    schemaVersion: int
    """Version of this form: 1."""
    tried: list[TriedPathView]
    """Paths that were tried, the most telling first."""
    work: WorkView
    """What the verification did."""


class _RuleViewRequired(TypedDict):
    code: Code
    """The code of its diagnostic."""
    roles: list[str]
    """The certificates that it looks at: `leaf`, `intermediate`, `anchor`."""
    side: Literal["issuer", "verifier"]
    """Whom it binds: `issuer` or `verifier`. Those that bind issuers can be left out."""
    summary: str
    """What breaks it."""


class RuleView(_RuleViewRequired, total=False):
    """A rule of a profile."""

    citation: str
    """Its clause."""


class ProfileView(TypedDict):
    """A profile and its rules."""

    name: str
    """`rfc5280`, `webpki` or `private`."""
    publicSuffixList: str
    """Date of the public suffix list."""
    rules: list[RuleView]
    """Its rules, sorted by code."""
    schemaVersion: int
    """Version of this form: 1."""
    summary: str
    """What it is for."""
