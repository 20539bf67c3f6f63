"""The names of what goes in and what comes out: for annotations.

Views are plain data as `to_dict()` and `inspect()` give it. Keys that an object need not have are left out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Optional, Protocol, TypedDict, Union

from certgate.codes import Code as Code

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
    from typing_extensions import TypeAlias

    from certgate._certgate import Bundle, Certificate, PrivateKey

Input: TypeAlias = Union[bytes, bytearray, memoryview, str, os.PathLike[str], os.PathLike[bytes]]
"""An input: its bytes or text, or the path of a file that has them. A `str` is text, never a path."""

Inputs: TypeAlias = Union[Input, Sequence[Input]]
"""An input, or a list or tuple of them."""

Texts: TypeAlias = Union[str, Sequence[str]]
"""A text, or a list or tuple of them."""

_Certificates: TypeAlias = Union[Input, "Certificate", "Bundle"]

Certificates: TypeAlias = Union[_Certificates, Sequence[_Certificates]]
"""Certificates: parsed ones, bundles, inputs that are bundles, or a list or tuple of these in order."""


Time: TypeAlias = Union[datetime, str]
"""A time: an aware datetime, or RFC 3339 text such as `2027-01-01T00:00:00Z`."""

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
"""What was revoked: certificates, serial numbers, mappings, or a list or tuple of these."""

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


# Below: written by tools/write_types.py from the JSON Schemas. Do not edit.

Severity: TypeAlias = Literal["error", "warning", "notice"]

Outcome: TypeAlias = Literal["allowed", "denied", "notApplicable"]

SignatureState: TypeAlias = Literal["valid", "invalid", "refused", "not-checked"]

Verification: TypeAlias = Literal["verified", "notVerified"]


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


class _DiagnosticViewRequired(TypedDict):
    code: Code
    """The stable code, such as `policy/dns-not-allowed`."""
    message: str
    """One lower-case sentence."""
    path: list[Union[str, int]]
    """Where, in ASN.1 names and indexes from 0."""
    severity: Severity
    """`error`, `warning` or `notice`."""


class DiagnosticView(_DiagnosticViewRequired, total=False):
    """One thing to say about an input."""

    citation: str
    """The clause that the code rests on."""
    expected: Data
    """What was expected."""
    found: Data
    """What was found."""
    help: str
    """What to do about it."""
    position: Position
    """Line and column in a document."""
    related: list[DiagnosticView]
    """What belongs to it, such as one entry for each path that was tried."""
    rule: list[Union[str, int]]
    """The rule that decided, as a path into the policy document."""
    span: SpanView
    """The bytes of the DER encoding, where they are known."""


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


class Position(TypedDict):
    """A place in a text, both from 1; columns count characters."""

    column: int
    """Column."""
    line: int
    """Line."""


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


class SpanView(TypedDict):
    """A range of bytes."""

    end: int
    """Offset behind the last byte."""
    start: int
    """Offset of the first byte."""


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


class PolicyView(TypedDict):
    """A loaded policy."""

    description: Optional[str]
    """What the policy is for."""
    digest: str
    """Digest of its canonical form."""
    id: str
    """The policy's name."""
    warnings: list[DiagnosticView]
    """What should be looked at in the document."""


class _SignatureStatusViewRequired(TypedDict):
    status: SignatureState
    """`valid`, `invalid`, `refused` or `not-checked`."""


class SignatureStatusView(_SignatureStatusViewRequired, total=False):
    """What became of a signature."""

    diagnostic: DiagnosticView
    """Why it is not valid."""


class CodeView(TypedDict):
    """What a code means."""

    citation: Optional[str]
    """The clause that it rests on."""
    code: Code
    """The code, such as `policy/dns-not-allowed`."""
    help: str
    """What to do about it, in general."""
    severity: Severity
    """`error`, `warning` or `notice`, unless a profile says otherwise."""
    since: str
    """The version of certgate that first knew it."""
    summary: str
    """What it means, in one sentence."""


class ErrorView(TypedDict):
    """An error as plain data."""

    code: Code
    """The code of the first diagnostic."""
    diagnostics: list[DiagnosticView]
    """All diagnostics, at least one."""
    kind: Literal["argument", "parse", "policy", "verification", "issuance"]
    """What could not be done: `argument`, `parse`, `policy`, `verification` or `issuance`."""
    message: str
    """All messages in one line."""


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


class LintView(TypedDict):
    """What lint found about one object."""

    at: str
    """The day whose rules count, in RFC 3339."""
    findings: list[DiagnosticView]
    """What was found, sorted by path and code."""
    name: str
    """Its subject, or the issuer of a list, in the form of RFC 4514."""
    profile: Literal["rfc5280", "cabf-tls", "mozilla", "private"]
    """Whose rules."""
    schemaVersion: int
    """Version of this form: 1."""
    target: Literal[
        "server",
        "responder",
        "leaf",
        "intermediate",
        "root",
        "server-request",
        "leaf-request",
        "ca-request",
        "revocation-list",
    ]
    """What the object was taken for."""


class LintSeverityView(TypedDict):
    """How bad a finding is under a profile."""

    profile: str
    """The profile."""
    severity: Severity
    """`error`, `warning` or `notice`."""


class _LintRuleViewRequired(TypedDict):
    citation: str
    """Its clauses."""
    code: Code
    """The code of its findings."""
    profiles: list[LintSeverityView]
    """The profiles that have it, each with the severity of a finding."""
    summary: str
    """What breaks it."""
    targets: list[str]
    """What it looks at."""


class LintRuleView(_LintRuleViewRequired, total=False):
    """One rule of lint."""

    since: str
    """The day from which it binds, as `2026-03-15`; left out for always."""


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


class _IssuerDocumentRequired(TypedDict):
    name: str
    """Name."""


class IssuerDocument(_IssuerDocumentRequired, total=False):
    """The issuer that is asked, as cert-manager's issuerRef names it."""

    group: str
    """API group. Left out: `cert-manager.io`."""
    kind: str
    """Kind. Left out: `Issuer`."""


class _RequesterDocumentRequired(TypedDict):
    username: str
    """User name."""


class RequesterDocument(_RequesterDocumentRequired, total=False):
    """Who asks."""

    extra: dict[str, Union[list[str], tuple[str, ...]]]
    """Further attributes that the authenticator gave."""
    groups: Union[list[str], tuple[str, ...]]
    """Groups."""


class Context(TypedDict, total=False):
    """What is known besides the request: who asks, where, of whom, and for how long."""

    duration: Optional[Duration]
    """The lifetime that is asked for."""
    facts: dict[str, Any]
    """Facts that the host supplies: a text, a number, true or false, or a list of those."""
    issuer: Optional[IssuerDocument]
    """The issuer that is asked."""
    namespace: Optional[str]
    """The namespace of the request."""
    notAfter: Optional[Time]
    """The end of life that is asked for."""
    parameters: dict[str, Any]
    """Parameters of the call beside the request. `isCA` says whether a certificate of a CA is asked for; the others are for
policies that decide as another program does: a text, a number, true or false, or a list of those."""
    requester: Optional[RequesterDocument]
    """Who asks."""
    signerName: Optional[str]
    """The Kubernetes signer that is asked."""
    usages: Optional[Union[list[str], tuple[str, ...]]]
    """Usages that are asked for beside the request: words of Kubernetes or of X.509."""


IssuerRulesWord: TypeAlias = Literal["enforce", "ignore"]
"""Whether rules that bind issuers are enforced."""


ProfileWord: TypeAlias = Literal["rfc5280", "webpki", "private"]
"""The name of a profile."""


class PoliciesDocument(TypedDict, total=False):
    """Which certificate policies are acceptable (RFC 5280 6.1.1)."""

    acceptable: Union[list[str], tuple[str, ...]]
    """Dotted decimal, or anyPolicy; none for any."""
    inhibitAny: bool
    """anyPolicy stands for nothing."""
    inhibitMapping: bool
    """Policies are not mapped."""
    requireExplicit: bool
    """The path must hold for one of them."""


class RevocationDocument(TypedDict, total=False):
    """What revocation means."""

    scope: ScopeWord
    """Which certificates are looked at. Left out: chain."""
    unknown: UnknownWord
    """What a status that nothing tells means. Left out: refuse."""


ScopeWord: TypeAlias = Literal["chain", "leaf"]
"""Which certificates are looked at."""


UnknownWord: TypeAlias = Literal["refuse", "allow"]
"""What a status that nothing tells means."""


BeyondWord: TypeAlias = Literal["deny", "truncate"]
"""What becomes of a lifetime that reaches beyond the issuer's own."""


class _RevocationEntryDocumentRequired(TypedDict):
    serialNumber: str
    """Its serial number in hexadecimal."""


class RevocationEntryDocument(_RevocationEntryDocumentRequired, total=False):
    """A certificate that was revoked."""

    at: Optional[Time]
    """When it was revoked. Left out: when the list is made."""
    reason: Optional[str]
    """Why, by the name of RFC 5280 5.3.1, such as `keyCompromise`. Left out: unspecified."""
