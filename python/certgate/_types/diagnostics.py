"""Diagnostics, codes and errors. Written by tools/write_types.py from the JSON Schemas. Do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Optional, TypedDict, Union

from certgate._types.base import Data
from certgate.codes import Code

if TYPE_CHECKING:
    from typing_extensions import TypeAlias

__all__ = [
    "CodeView",
    "DiagnosticView",
    "ErrorView",
    "Outcome",
    "Position",
    "Severity",
    "SignatureState",
    "SignatureStatusView",
    "SpanView",
    "Verification",
]

Severity: TypeAlias = Literal["error", "warning", "notice"]


Outcome: TypeAlias = Literal["allowed", "denied", "notApplicable"]


SignatureState: TypeAlias = Literal["valid", "invalid", "refused", "not-checked"]


Verification: TypeAlias = Literal["verified", "notVerified"]


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


class Position(TypedDict):
    """A place in a text, both from 1; columns count characters."""

    column: int
    """Column."""
    line: int
    """Line."""


class SpanView(TypedDict):
    """A range of bytes."""

    end: int
    """Offset behind the last byte."""
    start: int
    """Offset of the first byte."""


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


class _SignatureStatusViewRequired(TypedDict):
    status: SignatureState
    """`valid`, `invalid`, `refused` or `not-checked`."""


class SignatureStatusView(_SignatureStatusViewRequired, total=False):
    """What became of a signature."""

    diagnostic: DiagnosticView
    """Why it is not valid."""
