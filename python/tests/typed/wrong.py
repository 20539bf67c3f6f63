"""What must not pass: every line's mistake is named, and mypy fails if one is not found."""

from __future__ import annotations

import certgate
from certgate.types import Context


def mistakes(policy: certgate.Policy, decision: certgate.Decision) -> None:
    certgate.inspect(5)  # type: ignore[arg-type]
    policy.evaluate(b"", {"naemspace": "x"})  # type: ignore[arg-type]
    policy.evaluate(b"", None, "2027-01-01T00:00:00Z")  # type: ignore[call-arg]
    policy.evaluate(b"", at=5)  # type: ignore[arg-type]
    policy.id = "other"  # type: ignore[misc]
    certgate.Policy()  # type: ignore[abstract, call-arg, unused-ignore]
    if decision.outcome == "refused":  # type: ignore[comparison-overlap]
        pass
    for reason in decision.reasons:
        if reason.code == "policy/dns-not-alowed":  # type: ignore[comparison-overlap]
            pass
    decision.template["notAfter"]  # type: ignore[index]
    context: Context = {"requester": {"groups": []}}  # type: ignore[typeddict-item]
    policy.evaluate(b"", context)
