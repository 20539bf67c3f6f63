"""Single signatures."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import certgate

ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
ECDSA_WITH_SHA1 = bytes.fromhex("300906072a8648ce3d0401")


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.DER, form)


def test_signatures(key: ec.EllipticCurvePrivateKey) -> None:
    signature = key.sign(b"message", ec.ECDSA(hashes.SHA256()))
    valid = certgate.verify_signature(public_bytes(key), ECDSA_WITH_SHA256, b"message", signature)
    assert valid
    assert (valid.status, valid.diagnostics, valid.to_dict()) == ("valid", (), {"status": "valid"})
    assert repr(valid) == "<SignatureStatus valid>"
    invalid = certgate.verify_signature(public_bytes(key), ECDSA_WITH_SHA256, b"other", signature)
    assert not invalid
    assert invalid.status == "invalid"
    assert [diagnostic.code for diagnostic in invalid.diagnostics] == ["signature/invalid"]
    assert invalid != valid
    signature = key.sign(b"message", ec.ECDSA(hashes.SHA1()))
    refused = certgate.verify_signature(public_bytes(key), ECDSA_WITH_SHA1, b"message", signature)
    assert not refused
    assert refused.status == "refused"
    again = certgate.verify_signature(public_bytes(key), ECDSA_WITH_SHA1, b"message", signature)
    assert (again, hash(again)) == (refused, hash(refused))


def test_codes_and_schemas() -> None:
    codes = certgate.explain_all()
    assert [view["code"] for view in codes] == sorted(view["code"] for view in codes)
    for view in codes:
        assert certgate.explain(view["code"]) == view
    for name in (
        "policy",
        "context",
        "decision",
        "request",
        "code",
        "error",
        "loaded-policy",
        "signature-status",
    ):
        schema = certgate.schema(name)
        assert schema is not None
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
