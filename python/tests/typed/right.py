"""What a user writes: mypy and pyright must accept it, and it must run."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import certgate
from certgate.types import Code, Context, DiagnosticView, Input, RequestView, TemplateView


def first_name(request: Input) -> str:
    view: RequestView = certgate.inspect(request)
    return view["subjectAltNames"][0]["value"]


def codes(decision: certgate.Decision) -> list[Code]:
    return [reason.code for reason in decision.reasons]


def judge(policy: certgate.Policy, request: Input) -> TemplateView | None:
    context: Context = {
        "requester": {"username": "alice", "groups": ["dev"]},
        "duration": timedelta(hours=1),
        "facts": {"tier": "web"},
    }
    decision = policy.evaluate(request, context, at=datetime.now(timezone.utc))
    if decision.outcome == "denied":
        views: list[DiagnosticView] = [reason.to_dict() for reason in decision.reasons]
        print(views[0]["message"], views[0].get("help"))
    return decision.template


def load(folder: Path) -> certgate.Policy:
    try:
        return certgate.load_policy(folder / "policy.yaml")
    except certgate.PolicyError as error:
        for fault in error.diagnostics:
            if fault.position is not None:
                print(f"{fault.position.line}:{fault.position.column}: {fault.message}")
        raise


def chain_of(certificates: Path, roots: list[Input]) -> list[str]:
    verifier = certgate.Verifier(roots, profile="private")
    try:
        path = verifier.verify(certificates, names="api.example.com", revocation={"scope": "leaf"})
    except certgate.VerificationError as error:
        return [tried["reason"]["message"] for tried in error.tried]
    return [certificate.fingerprint for certificate in path.certificates]
