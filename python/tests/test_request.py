"""Requests: every form of input, every field, and what an object of Python must do."""

from __future__ import annotations

import base64
import json
import pickle
from pathlib import Path

import pytest
from conftest import make_request, to_pem
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

import certgate


def forms(der: bytes, folder: Path) -> list[object]:
    """One request in every form that an input may have."""
    pem = to_pem(der)
    (folder / "request.pem").write_text(pem)
    (folder / "request.der").write_bytes(der)
    every_other = bytearray(2 * len(der))
    every_other[::2] = der
    return [
        der,
        bytearray(der),
        memoryview(der),
        memoryview(every_other)[::2],
        pem,
        pem.encode(),
        pem.replace("\n", "\r\n"),
        base64.b64encode(der).decode(),
        folder / "request.pem",
        folder / "request.der",
    ]


def test_every_form_of_input_is_the_same_request(good: bytes, tmp_path: Path) -> None:
    expected = certgate.parse_request(good)
    for form in forms(good, tmp_path):
        request = certgate.parse_request(form)
        assert request == expected
        assert hash(request) == hash(expected)
        assert request.der == good


def test_an_input_is_copied_unless_it_is_bytes(good: bytes) -> None:
    array = bytearray(good)
    request = certgate.parse_request(array)
    array[:] = bytes(len(array))
    assert request.der == good


def test_requests_differ(good: bytes, bad: bytes) -> None:
    assert certgate.parse_request(good) != certgate.parse_request(bad)
    assert certgate.parse_request(good) != good


def test_the_fields_are_those_of_the_whole(bad: bytes) -> None:
    request = certgate.parse_request(bad)
    view = request.to_dict()
    assert view == certgate.inspect(bad)
    assert view["subject"] == request.subject
    assert view["subjectAltNames"] == request.subject_alt_names
    assert view["publicKey"] == request.public_key
    assert view["signature"] == request.signature
    assert view["attributes"] == request.attributes
    assert view["extensions"] == request.extensions
    assert view["fingerprints"] == request.fingerprints
    assert view["findings"] == [finding.to_dict() for finding in request.findings]
    assert set(view) == {
        "schemaVersion",
        "subject",
        "subjectAltNames",
        "publicKey",
        "signature",
        "attributes",
        "extensions",
        "fingerprints",
        "findings",
    }


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP521R1()),
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(65537, 2048),
    ],
    ids=["P-256", "P-384", "P-521", "Ed25519", "RSA-2048"],
)
def test_fields_agree_with_pyca(key: ec.EllipticCurvePrivateKey, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.id
    der = make_request(key, ["a.example.com", "*.b.example.com"], "a.example.com")
    theirs = x509.load_der_x509_csr(der)
    ours = certgate.parse_request(der)
    assert theirs.is_signature_valid
    assert ours.signature["status"] == "valid"
    assert ours.signature["oid"] == theirs.signature_algorithm_oid.dotted_string
    assert ours.subject["text"] == theirs.subject.rfc4514_string()
    names = theirs.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [name["value"] for name in ours.subject_alt_names] == names.get_values_for_type(x509.DNSName)
    assert ours.public_key["name"] == name
    spki = theirs.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(spki)
    assert ours.fingerprints["publicKeySha256"] == digest.finalize().hex()
    assert ours.findings == ()


def test_a_broken_signature_is_shown(good: bytes) -> None:
    broken = bytearray(good)
    broken[-1] ^= 1
    request = certgate.parse_request(broken)
    assert request.signature["status"] == "invalid"
    assert [finding.code for finding in request.findings] == ["signature/invalid"]


def test_a_request_is_pickled(good: bytes) -> None:
    request = certgate.parse_request(good)
    assert pickle.loads(pickle.dumps(request)) == request


def test_repr_is_short_and_safe(key: ec.EllipticCurvePrivateKey) -> None:
    request = certgate.parse_request(make_request(key, ["a.example.com"], "evil\x1b[31m\u202egpj"))
    shown = repr(request)
    assert shown.startswith("<Request 'CN=evil")
    assert shown.isprintable()


def test_views_are_json(bad: bytes) -> None:
    view = certgate.inspect(bad)
    assert json.loads(json.dumps(view)) == view


def test_views_are_made_anew(good: bytes) -> None:
    request = certgate.parse_request(good)
    request.subject_alt_names.clear()
    assert len(request.subject_alt_names) == 1


def test_objects_are_frozen(good: bytes, policy: certgate.Policy) -> None:
    for thing in (certgate.parse_request(good), policy, policy.evaluate(good), certgate.Span(1, 2)):
        with pytest.raises((AttributeError, TypeError)):
            thing.anything = 1
    with pytest.raises(AttributeError):
        policy.id = "other"
    for handle in (certgate.Request, certgate.Policy, certgate.Decision, certgate.Diagnostic):
        with pytest.raises(TypeError):
            handle()
