"""Lint: requests and certificates against the rules that bind issuers."""

from __future__ import annotations

import datetime

import pytest
from conftest import make_request
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import certgate

AT = "2026-01-01T00:00:00Z"


def test_a_request_has_no_findings(key: ec.EllipticCurvePrivateKey) -> None:
    request = make_request(key, ["a.example.com"])
    (view,) = certgate.lint(request, profile="cabf-tls", at=AT)
    assert (view["target"], view["profile"], view["at"]) == ("server-request", "cabf-tls", AT)
    assert view["findings"] == []
    assert certgate.lint(request)[0]["at"] > AT


def test_a_certificate_is_judged_by_the_rules_of_its_day(key: ec.EllipticCurvePrivateKey) -> None:
    start = datetime.datetime(2019, 6, 1)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a.example.com")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(start).not_valid_after(start + datetime.timedelta(days=700))
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (then,) = certgate.lint(pem, profile="cabf-tls")
    (now,) = certgate.lint(pem, profile="cabf-tls", at=datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc))
    found = [{finding["code"] for finding in view["findings"]} for view in (then, now)]
    assert "lint/validity-too-long" not in found[0]
    assert "lint/validity-too-long" in found[1]
    assert "lint/names-missing" in found[0]


def test_rules_and_faults() -> None:
    rules = certgate.lint_rules()
    assert len(rules) > 100
    assert [rule["code"] for rule in rules] == sorted(rule["code"] for rule in rules)
    with pytest.raises(certgate.ParseError):
        certgate.lint(b"not a request!")
    with pytest.raises(certgate.CertgateError):
        certgate.lint(b"", profile="no such profile")
