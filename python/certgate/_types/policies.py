"""Policies, and what the tools say of them. Written by tools/write_types.py from the JSON Schemas. Do not edit."""

from __future__ import annotations

from typing import Literal, Optional, TypedDict, Union

from certgate._types.arguments import Context
from certgate._types.base import Data
from certgate._types.diagnostics import DiagnosticView, Outcome
from certgate._types.requests import DecisionView, PolicyIdentityView

__all__ = [
    "AtMostView",
    "CaseReport",
    "CaseResult",
    "ChangeView",
    "ComparedRequestView",
    "ComparisonView",
    "ConstraintsView",
    "CoverageView",
    "ExampleView",
    "ExplanationView",
    "FieldExplanationView",
    "MendView",
    "MissingView",
    "NoteView",
    "PolicyChangeView",
    "PolicyView",
    "RenewalView",
    "RequestChangeView",
    "SetDecisionView",
    "SubtreeView",
]


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


class ChangeView(TypedDict):
    """What happens to one place of a request or of a policy."""

    action: Literal["add", "remove", "replace"]
    """`add`, `remove` or `replace`."""
    note: Optional[NoteView]
    """What else follows from a change to a policy; null for nothing."""
    path: list[Union[str, int]]
    """Where."""
    value: Data
    """The value that is added, put there or removed. An entry of a policy's list that is a mapping is text in JSON."""


class FieldExplanationView(TypedDict):
    """Which rules decided one field."""

    allowed: bool
    """Whether the field may be as it is."""
    path: list[Union[str, int]]
    """The field of the request or of its context."""
    rules: list[list[Union[str, int]]]
    """The rules that decided, as paths into the policy document."""
    wouldAllow: list[list[Union[str, int]]]
    """Rules that would have allowed the field if no other denied it."""


class NoteView(TypedDict):
    """What follows from a change besides that the request is allowed."""

    message: str
    """One lower-case sentence."""
    severity: Literal["warning", "notice"]
    """`warning` if a denial is taken away or something else is denied; `notice` if more is allowed of what was."""


class PolicyChangeView(TypedDict):
    """A policy that allows the request."""

    changes: list[ChangeView]
    """What changes."""
    policy: str
    """The changed policy in its canonical form."""


class RequestChangeView(TypedDict):
    """A request that the policy allows instead."""

    changes: list[ChangeView]
    """What changes."""
    context: Context
    """Its context."""
    pem: str
    """The changed request in PEM, signed with a key for examples."""


class ExplanationView(TypedDict):
    """Why a policy decides as it does, and what would have to change."""

    decision: DecisionView
    """The decision."""
    fields: list[FieldExplanationView]
    """Each field of the request that a rule decided."""
    policyChange: Optional[PolicyChangeView]
    """A narrowest change to the policy with which it allows the request; null if it does or none was found."""
    requestChange: Optional[RequestChangeView]
    """A smallest change to the request with which the policy allows it; null if it is allowed or none was found."""
    schemaVersion: int
    """Version of this form: 1."""


class AtMostView(TypedDict):
    """Whether one policy is at most as permissive as another."""

    answer: Literal["yes", "no", "undecided"]
    """`yes`, `no` or `undecided`."""
    example: Optional[ExampleView]
    """With `no`: a request that shows it."""
    undecided: list[DiagnosticView]
    """With `undecided`: the rules that could not be compared."""


class ComparedRequestView(TypedDict):
    """One request, judged by both policies."""

    changed: bool
    """Whether the outcome changes, or what would be issued."""
    input: str
    """The name of the input."""
    new: str
    """The outcome under the new policy."""
    newReasons: list[DiagnosticView]
    """The reasons of the new policy."""
    old: str
    """The outcome under the old policy."""
    oldReasons: list[DiagnosticView]
    """The reasons of the old policy."""


class ExampleView(TypedDict):
    """A request that one policy allows, and the other does not or issues otherwise."""

    allowed: DecisionView
    """What the policy that allows it says, and what it would issue."""
    at: str
    """The time of the evaluation."""
    context: Context
    """Its context."""
    other: DecisionView
    """What the other one says."""
    pem: str
    """The request in PEM."""
    rule: list[Union[str, int]]
    """The rule that differs, as a path into the policy that is stricter there."""


class ComparisonView(TypedDict):
    """How two policies are related."""

    atLeast: Optional[AtMostView]
    """Whether the old policy is at most as permissive as the new one."""
    atMost: Optional[AtMostView]
    """Whether the new policy is at most as permissive as the old one."""
    new: PolicyIdentityView
    """The policy as it is to be."""
    old: PolicyIdentityView
    """The policy as it was."""
    relation: Optional[Literal["equal", "stricter", "looser", "different", "undecided"]]
    """`equal`, `stricter`, `looser` or `different`, said of the new policy; `undecided` if the analysis does not reach so far.
Null if requests were judged instead."""
    requests: list[ComparedRequestView]
    """The requests that were judged."""
    schemaVersion: int
    """Version of this form: 1."""


class SubtreeView(TypedDict):
    """One subtree of names."""

    kind: str
    """The kind of name in ASN.1."""
    value: str
    """The subtree: a domain, a host, a mailbox, a block of addresses, or a distinguished name. Empty for all names."""


class ConstraintsView(TypedDict):
    """What a CA's own certificate can say of a policy."""

    excluded: list[SubtreeView]
    """Subtrees in which no name may lie."""
    notes: list[DiagnosticView]
    """What the constraints let through and the policy does not, sorted by path and code."""
    pathLength: int
    """pathLenConstraint."""
    permitted: list[SubtreeView]
    """Subtrees in one of which a name of their kind must lie."""
    policy: PolicyIdentityView
    """The policy."""
    purposes: list[str]
    """extendedKeyUsage of the CA; empty if it says nothing."""
    schemaVersion: int
    """Version of this form: 1."""


class SetDecisionView(TypedDict):
    """What several policies say of a request together."""

    blocked: bool
    """Whether a policy that is enforced stands in the way."""
    combination: Literal["any", "all", "named"]
    """`any`, `all` or `named`."""
    decidedBy: Optional[PolicyIdentityView]
    """The policy that settled the outcome."""
    decisions: list[DecisionView]
    """The decision of each policy that was asked, in order, with its reasons."""
    outcome: Outcome
    """`allowed`, `denied` or `notApplicable`."""
    reasons: list[DiagnosticView]
    """What is wrong with the set as a whole."""
    schemaVersion: int
    """Version of this form: 1."""


class _CaseResultRequired(TypedDict):
    name: str
    """What the case shows."""
    outcome: str
    """The decision that it got: `allowed`, `denied`, `notApplicable` or `error`."""
    passed: bool
    """Whether it came out as it says."""


class CaseResult(_CaseResultRequired, total=False):
    """What became of one case."""

    differences: list[str]
    """How it differs."""
    reasons: list[DiagnosticView]
    """The reasons that it got."""


class CoverageView(TypedDict):
    """Which rules the cases of a policy decide."""

    missing: list[MissingView]
    """Those that no case has shown."""
    shown: int
    """Those that a case has shown."""
    total: int
    """Rules and effects in all."""


class MissingView(TypedDict):
    """A rule that no case decides."""

    effect: str
    """What it was not seen to do: `allow` or `deny`."""
    rule: str
    """The rule, as a path into the document."""


class CaseReport(TypedDict):
    """What became of a file of cases."""

    cases: list[CaseResult]
    """Each case in order."""
    coverage: CoverageView
    """Which rules the cases decide."""
    policy: str
    """The policy's name."""


class MendView(TypedDict):
    """A new request in two forms."""

    certManager: str
    """A cert-manager `Certificate` in YAML."""
    leftOut: list[str]
    """What the new request leaves out, in the words of the old one."""
    newKey: bool
    """Whether a key must be made, because the old one is refused."""
    openssl: str
    """An `openssl req` command in the syntax of POSIX shells."""
    toReplace: list[str]
    """Texts in capitals that whoever makes the request must replace."""


class RenewalView(TypedDict):
    """Whether a certificate is renewed now."""

    due: bool
    """Whether it is renewed now."""
    reasons: list[DiagnosticView]
    """Why it is due; empty if it is not."""
    renewAt: str
    """When time alone makes it due, in RFC 3339."""
    schemaVersion: int
    """Version of this form: 1."""
