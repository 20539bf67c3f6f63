"""Policies, decisions and contexts."""

from __future__ import annotations

import pickle
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import POLICY

import certgate

AT = "2027-01-01T00:00:00Z"


def test_a_request_is_allowed(policy: certgate.Policy, good: bytes) -> None:
    decision = policy.evaluate(good, at=AT)
    assert decision
    assert decision.allowed
    assert decision.outcome == "allowed"
    assert decision.reasons == ()
    assert decision.policy == {"id": policy.id, "digest": policy.digest}
    assert decision.template is not None
    assert decision.template["subjectAltNames"] == [{"type": "dNSName", "value": "api.team.example.com"}]
    assert decision.template["notAfter"] == "2027-01-01T23:59:59Z"
    assert decision.request == certgate.parse_request(good)
    assert repr(decision) == "<Decision allowed by team-web>"


def test_a_request_is_denied(policy: certgate.Policy, bad: bytes) -> None:
    decision = policy.evaluate(certgate.parse_request(bad))
    assert not decision
    assert not decision.allowed
    assert decision.outcome == "denied"
    assert decision.template is None
    (reason,) = decision.reasons
    assert reason.code == "policy/dns-not-allowed"
    assert reason.severity == "error"
    assert reason.path == ("extensions", "subjectAltName", 1, "dNSName")
    assert reason.span is not None
    assert bad[reason.span.start : reason.span.end].endswith(b"db.internal")
    assert reason.rule == ("names", "dns", "allow")
    assert reason.found == "db.internal"
    assert reason.related == ()
    assert reason.position is None
    assert str(reason).startswith("policy/dns-not-allowed: ")
    assert repr(decision) == "<Decision denied by team-web: policy/dns-not-allowed>"


def test_the_decision_as_plain_data(policy: certgate.Policy, bad: bytes) -> None:
    decision = policy.evaluate(bad, at=AT)
    view = decision.to_dict()
    assert list(view) == ["schemaVersion", "outcome", "policy", "reasons", "warnings", "template", "request"]
    assert view["reasons"] == [reason.to_dict() for reason in decision.reasons]
    assert view["request"] == certgate.inspect(bad)


def test_decisions_are_equal_if_all_that_they_say_is(policy: certgate.Policy, good: bytes, bad: bytes) -> None:
    one, same, later = (policy.evaluate(good, at=at) for at in (AT, AT, "2027-01-01T00:00:01Z"))
    assert one == same
    assert hash(one) == hash(same)
    assert one != later
    assert one != policy.evaluate(bad, at=AT)


def test_a_decision_does_not_leave_the_process(policy: certgate.Policy, good: bytes) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(policy.evaluate(good))


def test_not_applicable(good: bytes) -> None:
    policy = certgate.load_policy(POLICY + "select: { namespace: [web] }\n")
    assert policy.evaluate(good, {"namespace": "web"})
    decision = policy.evaluate(good, {"namespace": "other"})
    assert decision.outcome == "notApplicable"
    assert not decision


def test_a_policy_comes_from_text_bytes_and_files(policy: certgate.Policy, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    for source in (POLICY, POLICY.encode(), bytearray(POLICY.encode()), file, policy.canonical_json):
        other = certgate.load_policy(source)
        assert other == policy
        assert hash(other) == hash(policy)
        assert other.digest == policy.digest


def test_a_policy_is_pickled_by_its_source(policy: certgate.Policy) -> None:
    other = pickle.loads(pickle.dumps(policy))
    assert other == policy
    assert other.source == policy.source == POLICY


def test_a_certificate_is_reviewed(policy: certgate.Policy) -> None:
    ca = certgate.dev_ca()
    good = ca.issue("api.team.example.com", purposes="serverAuth", lifetime="80d").certificate
    assert policy.review(good) == ()
    # The lifetime is that of the certificate, unless the context says otherwise.
    long = ca.issue("api.team.example.com", purposes="serverAuth", lifetime="100d").certificate
    assert [reason.code for reason in policy.review(long)] == ["policy/validity-too-long"]
    assert policy.review(long, {"duration": timedelta(days=80)}) == ()
    # Whoever has the key hears the same of a request, but for the bytes that it is about.
    bad = ca.issue("db.internal", "db2.internal", lifetime="80d")
    asked = policy.evaluate(certgate.request_like(bad.certificate, bad.key), {"duration": "80d"})
    reviewed = policy.review(bad.certificate)
    assert [str(reason) for reason in reviewed] == [str(reason) for reason in asked.reasons]
    assert len(reviewed) >= 2
    assert {reason.span for reason in reviewed} == {None}


def test_a_policy_that_decides_as_another_program_does_reviews() -> None:
    names = '"allowed_domains": ["team.example.com"], "allow_subdomains": true, "require_cn": false'
    role = f'{{{names}, "key_type": "any", "key_usage": ["DigitalSignature"]}}'
    policy, _ = certgate.import_policy("vault-role", role, id="web", exact=True)
    ca = certgate.dev_ca()
    good = ca.issue("api.team.example.com", purposes="serverAuth", lifetime="30d").certificate
    assert policy.review(good) == ()
    bad = ca.issue("db.internal", purposes="serverAuth", lifetime="30d")
    reviewed = policy.review(bad.certificate)
    asked = policy.evaluate(certgate.request_like(bad.certificate, bad.key), {"duration": "30d"})
    assert [str(reason) for reason in reviewed] == [str(reason) for reason in asked.reasons]
    assert reviewed


def test_a_policy_shows_itself(policy: certgate.Policy) -> None:
    assert policy.id == "team-web"
    assert policy.description == "the web servers of one team"
    assert repr(policy) == f"<Policy team-web {policy.digest}>"
    assert policy.to_dict() == {
        "id": policy.id,
        "digest": policy.digest,
        "description": policy.description,
        "warnings": [],
    }
    assert policy != certgate.load_policy(POLICY.replace("team-web", "other"))
    assert policy != "team-web"


def test_warnings_have_a_place() -> None:
    policy = certgate.load_policy(POLICY.replace('"*.team.example.com"', '"*.com"'))
    (warning,) = policy.warnings
    assert (warning.code, warning.severity) == ("document/public-suffix", "warning")
    assert warning.position is not None
    assert (warning.position.line, warning.position.column) > (1, 1)


def test_every_fault_of_a_policy_is_named() -> None:
    with pytest.raises(certgate.PolicyError) as caught:
        certgate.load_policy(POLICY.replace("names:", "nmaes:"))
    assert caught.value.code == "document/unknown-key"
    position = caught.value.diagnostics[0].position
    assert position == certgate.Position(4, 1)
    assert repr(position) == "Position(line=4, column=1)"


def test_ready_made_policies_load() -> None:
    policies = certgate.ready_made_policies()
    assert len(policies) >= 5
    for name, text in policies.items():
        assert certgate.load_policy(text).id == name


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (AT, "2027-01-01T00:00:00Z"),
        (datetime(2027, 1, 1, tzinfo=timezone.utc), "2027-01-01T00:00:00Z"),
        (datetime(2027, 1, 1, 0, 0, 0, 999_999, tzinfo=timezone.utc), "2027-01-01T00:00:00Z"),
        (datetime(2027, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2027-01-01T00:00:00Z"),
        (datetime(2027, 1, 1, 2, 0, 0, 5, tzinfo=timezone(timedelta(hours=-3))), "2027-01-01T05:00:00Z"),
    ],
)
def test_times(policy: certgate.Policy, good: bytes, at: datetime | str, expected: str) -> None:
    decision = policy.evaluate(good, at=at)
    assert decision.template is not None
    assert decision.template["notBefore"] == expected


def test_the_time_is_now_unless_it_is_given(policy: certgate.Policy, good: bytes) -> None:
    before = datetime.now(timezone.utc).replace(microsecond=0)
    decision = policy.evaluate(good)
    after = datetime.now(timezone.utc)
    assert decision.template is not None
    text = decision.template["notBefore"].replace("Z", "+00:00")
    assert before <= datetime.fromisoformat(text) <= after


def test_durations_and_ends(policy: certgate.Policy, good: bytes) -> None:
    end = datetime(2027, 1, 1, 6, tzinfo=timezone.utc)
    for context, expected in (
        ({"duration": "6h"}, "2027-01-01T05:59:59Z"),
        ({"duration": timedelta(hours=6)}, "2027-01-01T05:59:59Z"),
        ({"notAfter": end}, "2027-01-01T06:00:00Z"),
        ({"notAfter": "2027-01-01T06:00:00Z"}, "2027-01-01T06:00:00Z"),
    ):
        decision = policy.evaluate(good, context, at=AT)
        assert decision.template is not None
        assert decision.template["notAfter"] == expected


def test_facts_of_every_kind(good: bytes) -> None:
    policy = certgate.load_policy(POLICY.replace("api.team", "${facts.host}.team").replace("*.team", "x.team"))
    facts: dict[str, Any] = {
        "host": "api",
        "on": True,
        "size": 3,
        "share": 0.5,
        "all": ["a", 1],
        "pair": ("b", 2),
    }
    assert policy.evaluate(good, {"facts": facts})
    assert policy.evaluate(good, {"facts": {"host": ["other", "api"]}})
    assert not policy.evaluate(good, {"facts": {**facts, "host": "other"}})
