"""What is done with policies besides judging by them."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any, Callable

import pytest
from conftest import POLICY, to_pem

import certgate

AT = "2027-01-01T00:00:00Z"
LOOSE = POLICY.replace('"*.team.example.com"]', '"*.team.example.com", "db.internal"]')
ROLE = json.dumps(
    {
        "allowed_domains": ["team.example.com"],
        "allow_subdomains": True,
        "key_type": "ec",
        "key_bits": 256,
        "max_ttl": "720h",
    }
)
CASES = """\
at: 2027-01-01T00:00:00Z
cases:
  - { name: a description, request: { dns: [api.team.example.com] }, expect: allowed }
  - { name: a file, request: good.pem, expect: allowed }
  - { name: a wrong expectation, request: { dns: [db.internal] }, expect: allowed }
"""


@pytest.fixture(scope="session")
def loose() -> certgate.Policy:
    return certgate.load_policy(LOOSE)


def test_import_and_export() -> None:
    policy, notes = certgate.import_policy("vault-role", ROLE, id="web")
    assert all(note.code.startswith("import/") for note in notes)
    again, _ = certgate.import_policy("vault-role", policy.export("vault-role"), id="web")
    assert again == policy
    exact, _ = certgate.import_policy("vault-role", ROLE.encode(), exact=True)
    assert "compat" in exact.source
    request_policy = """\
apiVersion: policy.cert-manager.io/v1alpha1
kind: CertificateRequestPolicy
metadata: { name: web }
spec:
  allowed: { dnsNames: { values: ["*.example.com"] } }
  selector: { issuerRef: {} }
"""
    of_cluster, _ = certgate.import_policy("approver-policy", request_policy)
    assert "kind: CertificateRequestPolicy" in of_cluster.export("approver-policy")
    step = '{"x509": {"allow": {"dns": ["*.example.com"]}}}'
    assert certgate.import_policy("step-ca", step, id="step")[0].id == "step"


def test_what_cannot_be_said_is_named() -> None:
    policy = certgate.load_policy(POLICY + "select: { namespace: [web] }\n")
    with pytest.raises(certgate.PolicyError) as caught:
        policy.export("vault-role")
    assert caught.value.code == "export/unsupported"
    assert any(fault.path[:1] == ("select",) for fault in caught.value.diagnostics)
    for call in (lambda: policy.export("nothing"), lambda: certgate.import_policy("nothing", ROLE)):
        with pytest.raises(certgate.ParseError) as kind:
            call()
        assert kind.value.diagnostics[0].path == ("kind",)


def test_two_policies_are_analysed(policy: certgate.Policy, loose: certgate.Policy) -> None:
    view = policy.diff(loose)
    assert view["relation"] == "looser"
    assert (view["old"]["digest"], view["new"]["digest"]) == (policy.digest, loose.digest)
    assert policy.at_most(loose)["answer"] == "yes"
    no = loose.at_most(policy)
    assert no["answer"] == "no"
    example = no["example"]
    assert example is not None
    asked = {"context": example["context"], "at": example["at"]}
    assert loose.evaluate(example["pem"], **asked)  # type: ignore[arg-type]
    assert not policy.evaluate(example["pem"], **asked)  # type: ignore[arg-type]
    assert policy.diff(certgate.load_policy(policy.canonical_json))["relation"] == "equal"


def test_two_policies_over_requests(
    policy: certgate.Policy, loose: certgate.Policy, good: bytes, bad: bytes, tmp_path: Path
) -> None:
    (tmp_path / "bad.der").write_bytes(bad)
    requests = {"good": certgate.parse_request(good), "bad": tmp_path / "bad.der"}
    view = policy.diff(loose, requests, at=AT)
    assert view["relation"] is None
    assert [(one["input"], one["changed"]) for one in view["requests"]] == [("good", False), ("bad", True)]
    assert (view["requests"][1]["old"], view["requests"][1]["new"]) == ("denied", "allowed")
    assert [one["input"] for one in policy.diff(loose, [good, to_pem(bad)], at=AT)["requests"]] == ["0", "1"]
    assert policy.diff(loose, (), at=AT)["requests"] == []


def test_a_certificate_stands_for_its_request(policy: certgate.Policy, loose: certgate.Policy) -> None:
    ca = certgate.dev_ca()
    certificate = ca.issue("api.team.example.com").certificate
    (one,) = policy.diff(loose, [certificate], at=AT)["requests"]
    assert one["changed"] is False


def test_a_decision_is_explained(policy: certgate.Policy, bad: bytes) -> None:
    view = policy.explain(bad, at=AT)
    assert view["decision"] == policy.evaluate(bad, at=AT).to_dict()
    (denied,) = [field for field in view["fields"] if not field["allowed"]]
    assert denied["path"][:3] == ["extensions", "subjectAltName", 1]
    assert view["requestChange"] is not None
    assert policy.evaluate(view["requestChange"]["pem"], view["requestChange"]["context"], at=AT)
    assert view["policyChange"] is not None
    assert certgate.load_policy(view["policyChange"]["policy"]).evaluate(bad, at=AT)


def test_a_request_is_mended(policy: certgate.Policy, bad: bytes) -> None:
    view = policy.mend(bad, at=AT)
    assert view["leftOut"] == ["db.internal"]
    assert "api.team.example.com" in view["openssl"]
    assert "kind: Certificate" in view["certManager"]


def test_cases(policy: certgate.Policy, good: bytes, tmp_path: Path) -> None:
    report = policy.run_cases(CASES, files={"good.pem": good})
    assert report["policy"] == "team-web"
    assert [case["passed"] for case in report["cases"]] == [True, True, False]
    assert report["cases"][2]["differences"]
    assert 0 < report["coverage"]["shown"] < report["coverage"]["total"]
    (tmp_path / "team.cases.yaml").write_text(CASES)
    (tmp_path / "good.pem").write_text(to_pem(good))
    assert policy.run_cases(tmp_path / "team.cases.yaml") == report
    with pytest.raises(certgate.ParseError) as caught:
        policy.run_cases(CASES)
    assert caught.value.code == "case/syntax"
    (tmp_path / "good.pem").unlink()
    with pytest.raises(certgate.ParseError) as absent:
        policy.run_cases(tmp_path / "team.cases.yaml")
    assert absent.value.code == "case/syntax"
    assert "good.pem" in str(absent.value)


def test_the_cases_of_the_ready_made_policies() -> None:
    folder = Path(__file__).parents[2] / "policies"
    names = sorted(certgate.ready_made_policies())
    for name in names:
        policy = certgate.load_policy(certgate.ready_made_policies()[name])
        report = policy.run_cases(folder / f"{name}.cases.yaml")
        assert report["cases"]
        assert all(case["passed"] for case in report["cases"]), name
        assert report["coverage"]["missing"] == [], name


def test_lint_and_constraints(policy: certgate.Policy) -> None:
    (finding,) = [one for one in policy.lint() if one.path[:1] == ("names",)]
    assert finding.position is not None
    assert finding.position.line == 5
    view = policy.constraints()
    assert view["policy"] == {"id": policy.id, "digest": policy.digest}
    assert {"kind": "dNSName", "value": "team.example.com"} in view["permitted"]
    assert view["purposes"] == ["serverAuth"]


def test_sets(policy: certgate.Policy, loose: certgate.Policy, good: bytes, bad: bytes) -> None:
    wide = certgate.load_policy(LOOSE.replace("id: team-web", "id: wide"))
    any_of = certgate.PolicySet([policy, wide])
    decision = any_of.evaluate(bad, at=AT)
    assert decision
    assert decision.allowed
    assert decision.outcome == "allowed"
    assert decision.decided_by == {"id": "wide", "digest": wide.digest}
    assert [view["outcome"] for view in decision.decisions] == ["denied", "allowed"]
    all_of = certgate.PolicySet([policy, wide], combine="all")
    denied = all_of.evaluate(certgate.parse_request(bad), at=AT)
    assert not denied
    assert denied.blocked
    assert denied.to_dict()["combination"] == "all"
    assert all_of.evaluate(good, at=AT)
    named = certgate.PolicySet([policy, wide], combine="named", name="wide")
    assert named.evaluate(bad, at=AT)
    assert repr(named) == "<PolicySet named wide of team-web, wide>"
    assert repr(denied).startswith("<SetDecision denied")
    assert decision == any_of.evaluate(bad, at=AT)
    assert hash(decision) == hash(any_of.evaluate(bad, at=AT))
    assert decision != denied
    assert any_of.policies == [policy, wide]
    assert (named.combine, named.name, any_of.name) == ("named", "wide", None)
    copy = pickle.loads(pickle.dumps(named))
    assert copy == named
    assert hash(copy) == hash(named)
    assert named != all_of
    for wrong in ({"combine": "some"}, {"combine": "named"}, {"name": "x"}):
        with pytest.raises(certgate.ParseError) as caught:
            certgate.PolicySet([policy], **wrong)  # type: ignore[arg-type]
        assert caught.value.code == "context/value"


CALLS: dict[str, Callable[[certgate.Policy, Any], object]] = {
    "explain": lambda policy, value: policy.explain(value),
    "mend": lambda policy, value: policy.mend(value),
    "diff": lambda policy, value: policy.diff(policy, [value]),
    "run_cases": lambda policy, value: policy.run_cases(value),
    "files": lambda policy, value: policy.run_cases("cases: []", files={"x": value}),
    "import": lambda policy, value: certgate.import_policy("vault-role", value),
    "set": lambda policy, value: certgate.PolicySet([policy]).evaluate(value),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("value", [None, 5, 5.0, object(), [1], {"a": 1}, int], ids=repr)
def test_another_type(name: str, value: object, policy: certgate.Policy) -> None:
    with pytest.raises(TypeError, match="expected bytes, bytearray, memoryview, str or os"):
        CALLS[name](policy, value)


@pytest.mark.parametrize("name", [name for name in CALLS if name != "files"])
@pytest.mark.parametrize(
    "value", [b"\xff\xfe", "\ud800", b"", "[" * 100_000, "nothing", b"\x30\x82\x01\x00\x30"], ids=ascii
)
def test_content(name: str, value: object, policy: certgate.Policy) -> None:
    with pytest.raises((certgate.ParseError, certgate.PolicyError)) as caught:
        CALLS[name](policy, value)
    assert caught.value.code == caught.value.diagnostics[0].code
    assert certgate.explain(caught.value.code) is not None


@pytest.mark.parametrize("name", CALLS)
def test_files_that_cannot_be_read(name: str, policy: certgate.Policy, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        CALLS[name](policy, tmp_path / "absent")


def test_arguments_of_other_types(policy: certgate.Policy, good: bytes) -> None:
    wrong: Any = 5
    for call in (
        lambda: policy.diff(wrong),
        lambda: policy.diff(policy, wrong),
        lambda: policy.at_most(wrong),
        lambda: policy.export(wrong),
        lambda: policy.run_cases("cases: []", files=wrong),
        lambda: certgate.PolicySet(wrong),
        lambda: certgate.PolicySet([wrong]),
        lambda: certgate.import_policy(wrong, ROLE),
    ):
        with pytest.raises(TypeError):
            call()
    for call in (
        lambda: policy.explain(good, {"naemspace": "x"}),
        lambda: policy.diff(policy, [good], {"facts": {"a": object()}}),
        lambda: policy.lint(at="tomorrow"),
        lambda: policy.mend(good, at=wrong),
    ):
        with pytest.raises(certgate.ParseError) as caught:
            call()
        assert caught.value.code.startswith("context/")
