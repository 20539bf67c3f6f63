"""Requests and decisions. Written by tools/write_types.py from the JSON Schemas. Do not edit."""

from __future__ import annotations

from typing import Literal, Optional, TypedDict

from certgate._types.diagnostics import DiagnosticView, Outcome, SignatureState

__all__ = [
    "AttributeView",
    "BasicConstraintsView",
    "DecisionView",
    "ExtensionView",
    "FingerprintsView",
    "IssuedView",
    "NameView",
    "PolicyIdentityView",
    "PublicKeyView",
    "RequestView",
    "SignatureView",
    "SimulationView",
    "SubjectAttributeView",
    "SubjectView",
    "TemplateAttributeView",
    "TemplateExtensionView",
    "TemplateNameView",
    "TemplateView",
]


class _AttributeViewRequired(TypedDict):
    meaning: str
    """`challengePassword`, `extensionRequest`, `malformed` or `unknown`."""
    oid: str
    """Dotted decimal of the type."""
    type: str
    """Name or dotted decimal of the type."""


class AttributeView(_AttributeViewRequired, total=False):
    """One attribute of a request."""

    values: list[str]
    """The values in DER and hexadecimal; left out where they are secret or shown elsewhere."""


class _BasicConstraintsViewRequired(TypedDict):
    ca: bool
    """Whether the subject is a CA."""


class BasicConstraintsView(_BasicConstraintsViewRequired, total=False):
    """basicConstraints."""

    pathLength: int
    """How many intermediate certificates may follow."""


class _ExtensionViewRequired(TypedDict):
    critical: bool
    """Whether it is marked critical."""
    der: str
    """The contents of extnValue, in hexadecimal."""
    oid: str
    """Dotted decimal of the type."""
    type: str
    """Name or dotted decimal of the type."""


class ExtensionView(_ExtensionViewRequired, total=False):
    """One requested extension."""

    basicConstraints: BasicConstraintsView
    """For basicConstraints."""
    extendedKeyUsage: list[str]
    """For extendedKeyUsage: the purposes by name, or dotted decimal."""
    keyUsage: list[str]
    """For keyUsage: the bits by name."""


class FingerprintsView(TypedDict):
    """Digests, in hexadecimal."""

    publicKeySha256: str
    """SHA-256 of the SubjectPublicKeyInfo."""
    sha256: str
    """SHA-256 of the request."""


class IssuedView(TypedDict):
    """What a simulated program would issue."""

    basicConstraints: BasicConstraintsView
    """basicConstraints."""
    extendedKeyUsage: list[str]
    """extendedKeyUsage by name, or dotted decimal."""
    keyUsage: list[str]
    """keyUsage by name."""
    notAfter: str
    """notAfter."""
    notBefore: str
    """notBefore."""
    subject: list[TemplateAttributeView]
    """The subject's attributes in order."""
    subjectAltNames: list[TemplateNameView]
    """The subject alternative names, in the spelling of the program."""


class _NameViewRequired(TypedDict):
    type: str
    """`dNSName`, `iPAddress` and so on."""
    value: str
    """The name as it stands in the request; hexadecimal where it is no text."""


class NameView(_NameViewRequired, total=False):
    """One general name."""

    fault: str
    """Why the name cannot be issued under any policy."""
    oid: str
    """For an otherName: its type."""
    stringType: str
    """For an otherName: the string type of its value."""
    unicode: str
    """The name with U-labels, where it has A-labels."""


class PolicyIdentityView(TypedDict):
    """Which policy decided."""

    digest: str
    """Digest of its canonical form: `sha256:` and 64 hexadecimal digits."""
    id: str
    """The policy's name."""


class _PublicKeyViewRequired(TypedDict):
    algorithm: Optional[str]
    """`RSA`, `EC`, `Ed25519`; null if it is not supported."""
    bits: Optional[int]
    """Size in bits."""
    name: str
    """`RSA-2048`, `P-256`, `Ed25519`, or what the key is called."""
    oid: str
    """Dotted decimal of the algorithm."""


class PublicKeyView(_PublicKeyViewRequired, total=False):
    """A public key."""

    exponent: int
    """For RSA: the public exponent, if it is below 2^32."""
    modulus: str
    """For RSA: the modulus in hexadecimal."""
    point: str
    """For EC and Ed25519: the point in hexadecimal, EC uncompressed."""


class RequestView(TypedDict):
    """A certification request, every field."""

    attributes: list[AttributeView]
    """Every attribute in order. Challenge passwords are not shown."""
    extensions: list[ExtensionView]
    """Every requested extension in order."""
    findings: list[DiagnosticView]
    """What is wrong or odd under any policy, sorted by path and code."""
    fingerprints: FingerprintsView
    """Digests."""
    publicKey: PublicKeyView
    """The public key."""
    schemaVersion: int
    """Version of this form: 1."""
    signature: SignatureView
    """The signature by the key itself: proof that the sender holds it."""
    subject: SubjectView
    """The subject."""
    subjectAltNames: list[NameView]
    """The subject alternative names in order."""


class SignatureView(TypedDict):
    """A signature."""

    algorithm: str
    """Name or dotted decimal of the algorithm."""
    oid: str
    """Dotted decimal of the algorithm."""
    status: SignatureState
    """`valid`, `invalid`, `refused` or `not-checked`."""


class SimulationView(TypedDict):
    """What a simulated program says of a request."""

    issued: Optional[IssuedView]
    """What it would issue; null unless it allows the request."""
    outcome: Outcome
    """What it decides: `allowed`, `denied` or `notApplicable`."""
    program: str
    """The program, by the key of its policy in `compat`, such as `openbaoRole`."""
    reasons: list[DiagnosticView]
    """Why it denies the request or leaves it alone."""
    warnings: list[DiagnosticView]
    """What it does otherwise than asked."""


class _SubjectAttributeViewRequired(TypedDict):
    oid: str
    """Dotted decimal of the type."""
    rdn: int
    """Index of the RDN that it belongs to."""
    stringType: Optional[str]
    """String type of the value; null if it is no string."""
    type: str
    """Name or dotted decimal of the type."""
    value: Optional[str]
    """Text of the value; null if it is no string."""


class SubjectAttributeView(_SubjectAttributeViewRequired, total=False):
    """One attribute of a distinguished name."""

    der: str
    """The value in DER and hexadecimal, if it is no string."""


class SubjectView(TypedDict):
    """A distinguished name."""

    attributes: list[SubjectAttributeView]
    """Every attribute in order."""
    text: str
    """The name in the form of RFC 4514."""


class TemplateAttributeView(TypedDict):
    """One attribute of the subject."""

    type: str
    """Name or dotted decimal of the type."""
    value: str
    """Value."""


class TemplateExtensionView(TypedDict):
    """An extension that is copied from the request."""

    critical: bool
    """Whether it is marked critical."""
    der: str
    """The contents of extnValue, in hexadecimal."""
    type: str
    """Name or dotted decimal of the type."""


class TemplateNameView(TypedDict):
    """One subject alternative name."""

    type: str
    """`dNSName`, `iPAddress` and so on."""
    value: str
    """The name in its canonical form."""


class TemplateView(TypedDict):
    """Exactly what would be issued."""

    basicConstraints: BasicConstraintsView
    """basicConstraints."""
    extendedKeyUsage: list[str]
    """extendedKeyUsage by name, or dotted decimal."""
    extensions: list[TemplateExtensionView]
    """Extensions that are copied from the request."""
    keyUsage: list[str]
    """keyUsage by name."""
    notAfter: str
    """Last second of the lifetime."""
    notBefore: str
    """First second of the lifetime."""
    publicKeySha256: str
    """SHA-256 of the SubjectPublicKeyInfo, in hexadecimal."""
    subject: list[TemplateAttributeView]
    """The subject's attributes in order."""
    subjectAltNames: list[TemplateNameView]
    """The subject alternative names in order."""


class _DecisionViewRequired(TypedDict):
    outcome: Outcome
    """`allowed`, `denied` or `notApplicable`."""
    policy: PolicyIdentityView
    """Which policy decided."""
    reasons: list[DiagnosticView]
    """Every reason why not, sorted by path and code; empty if allowed."""
    request: RequestView
    """The request, every field."""
    schemaVersion: int
    """Version of this form: 1."""
    template: Optional[TemplateView]
    """Exactly what would be issued; null unless allowed."""
    warnings: list[DiagnosticView]
    """What should be mended or known and stops nothing."""


class DecisionView(_DecisionViewRequired, total=False):
    """What a policy says of a request."""

    enforcement: Literal["audit", "warn"]
    """What follows from a denial if the policy is not enforced: `audit` or `warn`."""
    simulation: SimulationView
    """What the simulated program says, if the policy decides as another program does."""
