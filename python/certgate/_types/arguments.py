"""What goes in as plain data. Written by tools/write_types.py from the JSON Schemas. Do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Optional, TypedDict, Union

from certgate._types.base import Duration, Time

if TYPE_CHECKING:
    from typing_extensions import TypeAlias

__all__ = [
    "BeyondWord",
    "Context",
    "IssuerDocument",
    "IssuerRulesWord",
    "PoliciesDocument",
    "ProfileWord",
    "RequesterDocument",
    "RevocationDocument",
    "RevocationEntryDocument",
    "ScopeWord",
    "UnknownWord",
]


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

    asRequested: Optional[bool]
    """Whether the signer issues the request as it stands, and not the template: what the policy would change of it is then a
reason. It is so for Kubernetes objects, unless this says `false`."""
    defaultDuration: Optional[Duration]
    """The lifetime that the signer gives where none is asked for, judged as one that is asked for. A Kubernetes object has
that of its signer: 2160h of cert-manager's own issuers, 8760h of `kubernetes.io` (`--cluster-signing-duration`)."""
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
