"""Lint. Written by tools/write_types.py from the JSON Schemas. Do not edit."""

from __future__ import annotations

from typing import Literal, TypedDict

from certgate._types.diagnostics import DiagnosticView, Severity
from certgate.codes import Code

__all__ = [
    "LintRuleView",
    "LintSeverityView",
    "LintView",
]


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
