"""Certificates and verification, against hierarchies that pyca/cryptography makes on the spot."""

from __future__ import annotations

import datetime as dt
import json
import os
import pickle
import sys
import threading
import types
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

import certgate
import certgate.types

NOW = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.timezone.utc)
HOST = "api.team.example.com"
LEAF_ONLY = {"scope": "leaf"}


@dataclass
class Member:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


def make(name: str, issuer: Member | None, path_length: int | None = None) -> Member:
    """A CA if it has a path length, else a server."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    is_ca = path_length is not None
    signing_key = key if issuer is None else issuer.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=30))
        .add_extension(x509.BasicConstraints(is_ca, path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_ca,
                crl_sign=is_ca,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if not is_ca:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return Member(builder.sign(signing_key, hashes.SHA256()), key)


@pytest.fixture(scope="module")
def root() -> Member:
    return make("Root", None, 1)


@pytest.fixture(scope="module")
def middle(root: Member) -> Member:
    return make("Middle", root, 0)


@pytest.fixture(scope="module")
def leaf(middle: Member) -> Member:
    return make("leaf", middle)


@pytest.fixture(scope="module")
def verifier(root: Member, middle: Member) -> certgate.Verifier:
    return certgate.Verifier(root.pem, [middle.der])


def revocation_list(issuer: Member, revoked: list[Member]) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(NOW - dt.timedelta(hours=1))
        .next_update(NOW + dt.timedelta(days=7))
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )
    for member in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(member.certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(NOW - dt.timedelta(hours=2)).build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def ocsp_response(issuer: Member, member: Member, status: ocsp.OCSPCertStatus, nonce: bytes | None = None) -> bytes:
    is_revoked = status is ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=member.certificate,
        issuer=issuer.certificate,
        algorithm=hashes.SHA256(),
        cert_status=status,
        this_update=NOW - dt.timedelta(hours=1),
        next_update=NOW + dt.timedelta(days=1),
        revocation_time=NOW - dt.timedelta(hours=2) if is_revoked else None,
        revocation_reason=x509.ReasonFlags.key_compromise if is_revoked else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_a_certificate_agrees_with_pyca(leaf: Member, tmp_path: Path) -> None:
    (tmp_path / "leaf.pem").write_text(leaf.pem)
    theirs = leaf.certificate
    for form in (leaf.der, bytearray(leaf.der), leaf.pem, tmp_path / "leaf.pem"):
        ours = certgate.parse_certificate(form)
        assert ours.der == leaf.der
        assert ours.version == 3
        assert int(ours.serial_number, 16) == theirs.serial_number
        assert ours.subject["text"] == theirs.subject.rfc4514_string()
        assert ours.issuer["text"] == theirs.issuer.rfc4514_string()
        assert ours.not_before == theirs.not_valid_before_utc
        assert ours.not_after == theirs.not_valid_after_utc
        assert ours.fingerprint == theirs.fingerprint(hashes.SHA256()).hex()
        assert [name["value"] for name in ours.subject_alt_names] == [HOST]
        assert ours.ca is False
        assert ours.findings == ()


def test_the_fields_are_those_of_the_whole(leaf: Member) -> None:
    ours = certgate.parse_certificate(leaf.der)
    view = ours.to_dict()
    assert view == certgate.inspect_certificate(leaf.der)
    assert view == json.loads(json.dumps(view))
    assert view["issuer"] == ours.issuer
    assert view["publicKey"] == ours.public_key
    assert view["extensions"] == ours.extensions
    assert view["fingerprints"] == ours.fingerprints
    assert view["notBefore"] == ours.not_before.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_certificate_is_a_value(leaf: Member, middle: Member) -> None:
    ours = certgate.parse_certificate(leaf.der)
    assert pickle.loads(pickle.dumps(ours)) == ours
    assert hash(ours) == hash(certgate.parse_certificate(leaf.pem))
    assert ours != certgate.parse_certificate(middle.der)
    assert repr(ours).startswith("<Certificate 'CN=leaf', serial number ")
    with pytest.raises(AttributeError):
        ours.der = b""  # type: ignore[misc]


def test_a_verifier_is_pickled_by_its_source(root: Member, middle: Member, leaf: Member) -> None:
    for options in ({}, {"profile": "private"}, {"profile": "webpki", "issuer_rules": "ignore"}):
        verifier = certgate.Verifier(root.der, middle.der, **options)  # type: ignore[arg-type]
        copy = pickle.loads(pickle.dumps(verifier))
        for asked in ({"names": HOST}, {"names": "other.example.com"}, {"purpose": "client"}):
            one, other = (made.diagnose_path(leaf.der, at=NOW, **asked) for made in (verifier, copy))
            assert one.to_dict() == other.to_dict()
        assert copy.store is None
    stored = certgate.Verifier.from_store("webpki", profile="webpki")
    again = pickle.loads(pickle.dumps(stored))
    assert again.store == stored.store
    assert repr(again) == repr(stored) == "<Verifier of webpki>"
    with pytest.raises(ValueError, match="expected"):
        certgate.Verifier._from_parts((), (), "x", None)
    with pytest.raises(certgate.ParseError, match="no trust anchor"):
        certgate.Verifier._from_parts((), (), "{}", None)


def test_is_for_names(leaf: Member) -> None:
    ours = certgate.parse_certificate(leaf.der)
    assert ours.is_for(HOST)
    assert ours.is_for("API.team.example.com")
    assert not ours.is_for("team.example.com")
    with pytest.raises(certgate.ParseError) as caught:
        ours.is_for("")
    assert caught.value.code == "context/value"


def test_a_bundle_has_all_that_can_be_read(leaf: Member, middle: Member) -> None:
    key = leaf.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    broken = "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n"
    bundle = certgate.parse_bundle(key + leaf.pem + broken + middle.pem)
    assert [one.der for one in bundle.certificates] == [leaf.der, middle.der]
    assert [finding.path[:2] for finding in bundle.findings] == [("blocks", 0), ("blocks", 2)]
    assert bundle.findings[0].code == "input/private-key"
    listed = certgate.parse_bundle(revocation_list(middle, [leaf])).revocation_lists
    assert [entry["serialNumber"] for entry in listed[0]["entries"]] == [
        certgate.parse_certificate(leaf.der).serial_number
    ]
    with pytest.raises(certgate.ParseError):
        certgate.parse_bundle("")


def test_every_form_of_certificates(root: Member, middle: Member, leaf: Member, tmp_path: Path) -> None:
    parsed = certgate.parse_certificate(leaf.der)
    chain = leaf.pem + middle.pem
    (tmp_path / "chain.pem").write_text(chain)
    bundle = certgate.parse_bundle(chain)
    for anchors in (root.der, root.pem, certgate.parse_certificate(root.der), [root.pem], (root.der,)):
        verifier = certgate.Verifier(anchors)
        for given in (chain, tmp_path / "chain.pem", bundle, [parsed, middle.pem], (leaf.der, bundle.certificates[1])):
            path = verifier.verify(given, at=NOW, names=HOST)
            assert [one.der for one in path.certificates] == [leaf.der, middle.der, root.der]


def test_a_path_says_what_was_proved(verifier: certgate.Verifier, root: Member, leaf: Member) -> None:
    path = verifier.verify(leaf.der, at=NOW, names=[HOST], purpose="serverAuth", key_usage=["digitalSignature"])
    view = path.to_dict()
    assert view["outcome"] == "verified"
    assert [one["subject"] for one in view["path"]] == ["CN=leaf", "CN=Middle", "CN=Root"]
    assert path.at == NOW
    assert path.valid_until == NOW + dt.timedelta(days=30)
    assert path.anchor is not None
    assert path.anchor.der == root.der
    assert path.policies == []
    assert path.warnings == ()
    assert path.work == view["work"]
    assert repr(path) == "<VerifiedPath 'CN=leaf <- CN=Middle <- CN=Root'>"
    with pytest.raises(TypeError):
        pickle.dumps(path)


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("verify/name-mismatch", {"names": [HOST, "www.example.com"]}),
        ("verify/purpose", {"purpose": "client"}),
        ("verify/expired", {"at": NOW + dt.timedelta(days=31)}),
        ("verify/not-yet-valid", {"at": "2001-01-01T00:00:00Z"}),
        ("verify/depth", {"depth": 0}),
        ("verify/key-usage", {"key_usage": ["keyAgreement"]}),
        ("verify/policy-required", {"policies": {"requireExplicit": True}}),
        ("verify/revocation-unknown", {"revocation": {}}),
    ],
)
def test_what_is_not_verified_is_raised(
    verifier: certgate.Verifier, leaf: Member, code: str, options: dict[str, object]
) -> None:
    options = {"at": NOW, **options}
    with pytest.raises(certgate.VerificationError) as caught:
        verifier.verify(leaf.der, **options)  # type: ignore[arg-type]
    error = caught.value
    view = error.to_dict()
    assert error.code == code
    assert isinstance(error, certgate.CertgateError)
    assert [reason.to_dict() for reason in error.diagnostics] == view["reasons"]
    assert error.tried == view["tried"] != []
    assert error.paths == view["paths"]
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.to_dict(), str(again)) == (type(error), view, str(error))
    diagnosis = verifier.diagnose_path(leaf.der, **options)  # type: ignore[arg-type]
    assert not diagnosis
    assert (diagnosis.outcome, diagnosis.path) == ("notVerified", None)
    assert diagnosis.reasons == error.diagnostics
    assert (diagnosis.tried, diagnosis.paths) == (error.tried, error.paths)
    assert repr(diagnosis) == f"<PathDiagnosis notVerified: {code}>"


def test_a_diagnosis_of_a_path_that_holds(verifier: certgate.Verifier, leaf: Member) -> None:
    diagnosis = verifier.diagnose_path(leaf.der, at=NOW)
    assert diagnosis
    assert (diagnosis.outcome, diagnosis.reasons, diagnosis.tried, diagnosis.paths) == ("verified", (), [], 0)
    assert diagnosis.path is not None
    assert diagnosis.path.to_dict() == diagnosis.to_dict()


def test_the_time_is_now_unless_it_is_given(verifier: certgate.Verifier, leaf: Member) -> None:
    with pytest.raises(certgate.VerificationError) as caught:
        verifier.verify(leaf.der)
    # The certificates are of one month that does not move.
    assert caught.value.code == "verify/expired"
    with pytest.raises(certgate.ParseError):
        verifier.verify(leaf.der, at=dt.datetime(2026, 6, 1))


def test_no_other_certificate_is_judged_in_the_leafs_place(verifier: certgate.Verifier, middle: Member) -> None:
    broken = "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n"
    assert verifier.verify(middle.pem, at=NOW, purpose="any")
    for given in (broken + middle.pem, [broken, middle.pem]):
        with pytest.raises(certgate.ParseError):
            verifier.verify(given, at=NOW, purpose="any")
        with pytest.raises(certgate.ParseError):
            verifier.diagnose_path(given, at=NOW, purpose="any")
    with pytest.raises(certgate.ParseError):
        verifier.verify([], at=NOW)


def test_revocation_lists_and_responses(
    verifier: certgate.Verifier, root: Member, middle: Member, leaf: Member
) -> None:
    good, bad = revocation_list(middle, []), revocation_list(middle, [leaf])
    upper = revocation_list(root, [])
    assert verifier.verify(leaf.der, at=NOW, crls=[good, upper])
    assert verifier.verify(leaf.der, at=NOW, crls=good, revocation=LEAF_ONLY)
    path = verifier.verify(leaf.der, at=NOW, crls=good, revocation={"unknown": "allow"})
    assert [warning.code for warning in path.warnings] == ["verify/revocation-unknown"]
    good_response = ocsp_response(middle, leaf, ocsp.OCSPCertStatus.GOOD, b"n" * 16)
    assert verifier.verify(leaf.der, at=NOW, ocsp=good_response, revocation=LEAF_ONLY)
    assert verifier.verify(leaf.der, at=NOW, ocsp=[good_response], nonce=b"n" * 16, revocation=LEAF_ONLY)
    bad_response = ocsp_response(middle, leaf, ocsp.OCSPCertStatus.REVOKED)
    refused = [
        ("verify/revocation-unknown", {"crls": [good]}),
        ("verify/revoked", {"crls": [bad, upper]}),
        ("verify/revoked", {"ocsp": [bad_response], "revocation": LEAF_ONLY}),
    ]
    for code, options in refused:
        with pytest.raises(certgate.VerificationError) as caught:
            verifier.verify(leaf.der, at=NOW, **options)  # type: ignore[arg-type]
        assert caught.value.code == code
    with pytest.raises(certgate.VerificationError):
        verifier.verify(leaf.der, at=NOW, ocsp=[good_response], nonce=b"m" * 16, revocation=LEAF_ONLY)
    for options in ({"crls": leaf.der}, {"ocsp": leaf.der}):
        with pytest.raises(certgate.ParseError):
            verifier.verify(leaf.der, at=NOW, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"crls": []}, {"crls": ()}, {"ocsp": []}, {"ocsp": [], "nonce": b"n" * 16}])
def test_evidence_that_is_empty_is_asked_for(
    verifier: certgate.Verifier, leaf: Member, options: dict[str, object]
) -> None:
    """Who fetched lists and got none has not checked revocation."""
    with pytest.raises(certgate.VerificationError) as caught:
        verifier.verify(leaf.der, at=NOW, **options)  # type: ignore[arg-type]
    assert caught.value.code == "verify/revocation-unknown"
    assert not verifier.diagnose_path(leaf.der, at=NOW, **options)  # type: ignore[arg-type]
    allowed = verifier.verify(leaf.der, at=NOW, revocation={"unknown": "allow"}, **options)  # type: ignore[arg-type]
    assert {warning.code for warning in allowed.warnings} == {"verify/revocation-unknown"}
    assert verifier.verify(leaf.der, at=NOW, crls=None, ocsp=None, nonce=None)


def test_a_nonce_comes_with_responses(verifier: certgate.Verifier, middle: Member, leaf: Member) -> None:
    for options in ({}, {"crls": revocation_list(middle, [])}):
        with pytest.raises(certgate.ParseError) as caught:
            verifier.verify(leaf.der, at=NOW, nonce=b"n" * 16, **options)  # type: ignore[arg-type]
        assert caught.value.diagnostics[0].path == ("nonce",)


def test_parsed_revocation_lists(verifier: certgate.Verifier, root: Member, middle: Member, leaf: Member) -> None:
    good, bad, upper = revocation_list(middle, []), revocation_list(middle, [leaf]), revocation_list(root, [])
    parsed = certgate.parse_revocation_list
    pem = parsed(good).pem + parsed(upper).pem
    forms: list[certgate.types.RevocationLists] = [
        [parsed(good), parsed(upper)],
        (parsed(good), upper),
        certgate.parse_bundle(pem),
        [certgate.parse_bundle(good), parsed(upper)],
    ]
    for crls in forms:
        assert verifier.verify(leaf.der, at=NOW, crls=crls)
    revoked = verifier.diagnose_path(leaf.der, at=NOW, crls=parsed(bad), revocation={"scope": "leaf"})
    assert [reason.code for reason in revoked.reasons] == ["verify/revoked"]
    damaged = "-----BEGIN X509 CRL-----\nMAMCAQA=\n-----END X509 CRL-----\n"
    for unfit in (certgate.parse_bundle(leaf.der), certgate.parse_bundle(parsed(good).pem + damaged)):
        with pytest.raises(certgate.ParseError):
            verifier.verify(leaf.der, at=NOW, crls=unfit)
    with pytest.raises(TypeError):
        verifier.verify(leaf.der, at=NOW, crls=certgate.parse_certificate(leaf.der))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("context/value", {"purpose": "serve"}),
        ("context/value", {"names": ["a b"]}),
        ("context/value", {"key_usage": "sign"}),
        ("context/value", {"policies": {"acceptable": ["1.x"]}}),
        ("context/value", {"revocation": {"unknown": "perhaps"}}),
        ("context/unknown-key", {"policies": {"requireAll": True}}),
    ],
)
def test_options_that_are_not_understood(
    verifier: certgate.Verifier, leaf: Member, code: str, options: dict[str, object]
) -> None:
    with pytest.raises(certgate.ParseError) as caught:
        verifier.verify(leaf.der, at=NOW, **options)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_arguments_of_other_types(verifier: certgate.Verifier, root: Member, leaf: Member) -> None:
    for given in (None, 1, object(), [1], [[root.der]]):
        with pytest.raises(TypeError):
            certgate.Verifier(given)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            verifier.verify(given)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        verifier.verify(leaf.der, names=[1])  # type: ignore[list-item]
    for faulty in ({"anchors": []}, {"anchors": root.der, "profile": "strict"}):
        with pytest.raises(certgate.ParseError):
            certgate.Verifier(**faulty)  # type: ignore[arg-type]


def test_profiles() -> None:
    for name in ("rfc5280", "webpki", "private"):
        profile = certgate.profile(name)
        assert profile is not None
        assert profile["name"] == name
        assert "verifier" in {rule["side"] for rule in profile["rules"]} <= {"issuer", "verifier"}
    assert certgate.profile("none") is None


def test_a_profile_decides(root: Member, middle: Member, leaf: Member) -> None:
    outcomes = [
        certgate.Verifier(root.der, middle.der, profile=profile).diagnose_path(leaf.der, at=NOW).outcome
        for profile in ("rfc5280", "private", "webpki")
    ]
    # For the web a leaf has its common name among its names.
    assert outcomes == ["verified", "verified", "notVerified"]


def test_trust_stores(leaf: Member, monkeypatch: pytest.MonkeyPatch, root: Member, tmp_path: Path) -> None:
    web = certgate.Verifier.from_store("webpki", profile="webpki")
    assert web.store is not None
    assert web.store["certificates"] > 100
    assert repr(web) == "<Verifier of webpki>"
    with pytest.raises(certgate.VerificationError):
        web.verify(leaf.der, at=NOW)
    (tmp_path / "roots.pem").write_text(root.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
    system = certgate.Verifier.from_store("system")
    assert system.store is not None
    assert (system.store["source"], system.store["certificates"]) == (str(tmp_path / "roots.pem"), 1)
    with pytest.raises(certgate.ParseError):
        certgate.Verifier.from_store("none")
    assert certgate.Verifier(root.der).store is None


@pytest.mark.skipif(os.name == "nt", reason="the program is a script of the shell")
def test_certifi_is_that_of_this_interpreter(monkeypatch: pytest.MonkeyPatch, root: Member, tmp_path: Path) -> None:
    """Whoever puts a `python3` on the path does not choose the anchors."""
    (tmp_path / "roots.pem").write_text(root.pem)
    program = tmp_path / "python3"
    program.write_text(f'#!/bin/sh\ntouch "{tmp_path}/called"\necho "{tmp_path}/roots.pem"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setitem(sys.modules, "certifi", None)  # The import fails.
    with pytest.raises(certgate.ParseError) as caught:
        certgate.Verifier.from_store("certifi")
    assert caught.value.diagnostics[0].path == ("store",)
    assert not (tmp_path / "called").exists()
    own = types.ModuleType("certifi")
    own.where = lambda: str(tmp_path / "roots.pem")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "certifi", own)
    store = certgate.Verifier.from_store("certifi").store
    assert store is not None
    assert (store["name"], store["source"]) == ("certifi", str(tmp_path / "roots.pem"))
    # The package is imported for its own name only.
    monkeypatch.setitem(sys.modules, "certifi", None)
    assert certgate.Verifier.from_store("webpki").store is not None
    assert not (tmp_path / "called").exists()


def test_one_verifier_serves_many_threads(verifier: certgate.Verifier, leaf: Member) -> None:
    paths: list[certgate.VerifiedPath] = []

    def work() -> None:
        paths.extend(verifier.verify(leaf.der, at=NOW, names=[HOST]) for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(paths) == 400
    assert all(path.certificates[0].der == leaf.der for path in paths)
