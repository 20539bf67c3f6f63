"""Issuing: what was approved, once, by keys of every kind and by signers that are elsewhere."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime, timedelta, timezone
from pathlib import Path
from subprocess import run
from types import MappingProxyType
from typing import Any, Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

import certgate

AT = "2027-01-01T00:00:00Z"
KINDS = ["P-256", "P-384", "P-521", "RSA-2048", "Ed25519"]

POLICY = certgate.load_policy("""\
version: 1
id: web
names: { dns: { allow: ["web.example.com"] } }
keys: { RSA: {}, EC: [P-256, P-384, P-521], Ed25519: {} }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d, backdate: 0s }
""")


def authority(key: certgate.PrivateKey, subject: str = "CN=Root") -> certgate.Issuer:
    root = certgate.new_root(key, subject, not_before="2026-01-01T00:00:00Z", at=AT, serial_number=1)
    return certgate.Issuer(root)


def decide(name: str = "web.example.com", key: certgate.PrivateKey | None = None) -> certgate.Decision:
    request = certgate.new_request(key or certgate.generate_key("Ed25519"), names=name)
    return POLICY.evaluate(request, at=AT)


@pytest.fixture(scope="module")
def ca() -> certgate.PrivateKey:
    return certgate.generate_key("P-256")


@pytest.fixture(scope="module")
def issuer(ca: certgate.PrivateKey) -> certgate.Issuer:
    return authority(ca)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_key_issues(kind: str) -> None:
    key = certgate.generate_key(kind)
    issuer = authority(key)
    issued = issuer.issue(decide().approve(), key, at=AT, serial_number=0x2A)
    assert issued.certificate.serial_number == "2a"
    assert issued.certificate.is_for("web.example.com")
    assert issued.chain == issuer.chain
    path = certgate.Verifier(issuer.certificate).verify(issued.certificate, at=AT, names="web.example.com")
    assert path.certificates == (issued.certificate, issuer.certificate)
    assert issued.to_dict()["policy"]["id"] == "web"
    root: Any = issuer.certificate.to_cryptography()
    issued.certificate.to_cryptography().verify_directly_issued_by(root)


def test_openssl_accepts_what_was_issued(tmp_path: Path, issuer: certgate.Issuer, ca: certgate.PrivateKey) -> None:
    issued = issuer.issue(decide().approve(), ca, at=AT)
    (tmp_path / "root.pem").write_text(issuer.certificate.pem)
    (tmp_path / "leaf.pem").write_text(issued.pem)
    time = str(int(issued.certificate.not_before.timestamp()) + 60)
    verify = ["openssl", "verify", "-x509_strict", "-attime", time, "-purpose", "sslserver"]
    run([*verify, "-CAfile", "root.pem", "leaf.pem"], cwd=tmp_path, check=True)


def test_an_approval_is_used_once_and_stays_here(issuer: certgate.Issuer, ca: certgate.PrivateKey) -> None:
    approval = decide().approve()
    assert not approval.used
    assert approval.template["subjectAltNames"]
    prepared = issuer.prepare(approval, at=AT)
    assert approval.used
    for use in (lambda: issuer.prepare(approval), lambda: issuer.issue(approval, ca), lambda: approval.template):
        with pytest.raises(certgate.IssuanceError) as caught:
            use()
        assert caught.value.code == "issue/used"
    prepared.sign(ca)
    assert prepared.used
    again: tuple[Callable[[], object], ...] = (
        lambda: prepared.sign(ca),
        lambda: prepared.assemble(b""),
        lambda: prepared.tbs,
    )
    for use in again:
        with pytest.raises(certgate.IssuanceError) as caught:
            use()
        assert caught.value.code == "issue/used"
    permissions = (decide().approve(), issuer.prepare(decide().approve(), at=AT))
    for permission in permissions:
        for leave in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError):
                leave(permission)
    with pytest.raises(TypeError):
        pickle.dumps(ca)
    for forged in (certgate.Approval, certgate.PreparedCertificate, certgate.IssuedCertificate, certgate.PrivateKey):
        with pytest.raises(TypeError):
            forged()


def test_a_denial_gives_no_approval() -> None:
    with pytest.raises(certgate.IssuanceError) as caught:
        decide("db.internal").approve()
    assert caught.value.code == "issue/not-approved"
    assert [one.code for one in caught.value.diagnostics[0].related] == ["policy/dns-not-allowed"]


@pytest.mark.parametrize("kind", ["RSA-2048", "Ed25519"])
def test_fixed_inputs_give_exact_bytes(kind: str) -> None:
    ca, key = certgate.generate_key(kind), certgate.generate_key("P-256")
    issuer = authority(ca)
    foreign = ca.to_cryptography()
    signers: list[Any] = [ca, foreign, ca.sign, lambda tbs: bytearray(ca.sign(tbs))]
    request = certgate.new_request(key, names="web.example.com")
    made = {
        issuer.issue(POLICY.evaluate(request, at=AT).approve(), signer, at=AT, serial_number="2A").der
        for signer in signers
    }
    prepared = issuer.prepare(POLICY.evaluate(request, at=AT).approve(), at=AT, serial_number=42)
    made.add(prepared.assemble(ca.sign(prepared.tbs)).der)
    assert len(made) == 1


CRYPTOGRAPHY_KEYS: dict[str, Callable[[], Any]] = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "P-521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "RSA-2048": lambda: rsa.generate_private_key(65537, 2048),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
}


@pytest.mark.parametrize("kind", KINDS)
def test_keys_of_cryptography_sign(kind: str) -> None:
    key = CRYPTOGRAPHY_KEYS[kind]()
    encoding, form = serialization.Encoding, serialization.PublicFormat
    public = key.public_key().public_bytes(encoding.DER, form.SubjectPublicKeyInfo)
    pem = key.public_key().public_bytes(encoding.PEM, form.SubjectPublicKeyInfo)
    root = certgate.prepare_root(public, "CN=Root", not_before="2026-01-01T00:00:00Z", at=AT).sign(key)
    request = certgate.prepare_request(pem, subject="CN=web.example.com", names="web.example.com").sign(key)
    assert request.signature["status"] == "valid"
    issuer = certgate.Issuer(root)
    schemes = [None, "RSASSA-PSS-SHA256", "sha512WithRSAEncryption"] if kind == "RSA-2048" else [None]
    for scheme in schemes:
        issued = issuer.issue(POLICY.evaluate(request, at=AT).approve(), key, at=AT, scheme=scheme)
        certgate.Verifier(root).verify(issued.certificate, at=AT)
    listed = certgate.prepare_revocation_list(issuer, issued.certificate, at=AT).sign(key)
    assert listed.to_cryptography().is_signature_valid(key.public_key())


def test_foreign_tampered_and_swapped_are_refused(issuer: certgate.Issuer, ca: certgate.PrivateKey) -> None:
    def refused(signer: Callable[[bytes], bytes]) -> None:
        with pytest.raises(certgate.IssuanceError) as caught:
            issuer.issue(decide().approve(), signer, at=AT)
        assert caught.value.code == "issue/not-verified"

    foreign = certgate.generate_key("P-256")
    refused(foreign.sign)
    refused(lambda tbs: b"")
    refused(lambda tbs: bytes(64))
    # The signature is good, but over a certificate with another name, another key, another serial number.
    refused(lambda tbs: ca.sign(tbs.replace(b"web.example.com", b"sso.example.com")))
    prepared = issuer.prepare(decide().approve(), at=AT)
    mine, others = certgate.generate_key("Ed25519"), prepared.tbs
    key = mine.public_key_der[-32:]
    start = others.index(bytes.fromhex("302a300506032b6570032100")) + 12
    swapped = others[:start] + key + others[start + 32 :]
    with pytest.raises(certgate.IssuanceError) as caught:
        prepared.assemble(ca.sign(swapped))
    assert caught.value.code == "issue/not-verified"
    with pytest.raises(certgate.IssuanceError):
        issuer.issue(decide().approve(), foreign, at=AT)


def test_a_signer_that_fails_uses_nothing_up(issuer: certgate.Issuer, ca: certgate.PrivateKey) -> None:
    class Unreachable(Exception):
        pass

    def fail(tbs: bytes) -> bytes:
        raise Unreachable

    prepared = issuer.prepare(decide().approve(), at=AT)
    with pytest.raises(Unreachable):
        prepared.sign(fail)
    wrong: tuple[Any, ...] = (lambda tbs: "text", 7, None, "key.pem")
    for signer in wrong:
        with pytest.raises(TypeError):
            prepared.sign(signer)
    assert prepared.sign(ca).certificate.is_for("web.example.com")


def test_numbers_and_lifetimes_are_judged(issuer: certgate.Issuer, ca: certgate.PrivateKey) -> None:
    for number, code in [(0, "issue/serial-number"), (1 << 159, "issue/serial-number"), (-1, "context/value")]:
        with pytest.raises(certgate.CertgateError) as caught:
            issuer.issue(decide().approve(), ca, at=AT, serial_number=number)
        assert caught.value.code == code
    for value in (True, 1.5, b"2a", object()):
        wrong: Any = value
        with pytest.raises(certgate.ParseError):
            issuer.issue(decide().approve(), ca, at=AT, serial_number=wrong)
    serials = {issuer.issue(decide().approve(), ca, at=AT).certificate.serial_number for _ in range(8)}
    assert len(serials) == 8
    assert all(len(serial) == 40 for serial in serials)
    short = certgate.new_root(ca, "CN=Root", not_before="2026-12-31T00:00:00Z", lifetime="26h", at=AT)
    with pytest.raises(certgate.IssuanceError) as denied:
        certgate.Issuer(short).issue(decide().approve(), ca, at=AT)
    assert denied.value.code == "issue/beyond-issuer"
    cut = certgate.Issuer(short, beyond="truncate").issue(decide().approve(), ca, at=AT)
    assert cut.certificate.not_after == short.not_after


def test_issuers_say_where_to_ask(ca: certgate.PrivateKey, issuer: certgate.Issuer) -> None:
    speaking = certgate.Issuer(
        issuer.certificate,
        crl_uris="http://crl.example.com/ca.crl",
        issuer_uris=["http://ca.example.com/ca.crt"],
        ocsp_uris=("http://ocsp.example.com",),
    )
    issued = speaking.issue(decide().approve(), ca, at=AT).certificate.to_cryptography()
    points = issued.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name == [x509.UniformResourceIdentifier("http://crl.example.com/ca.crl")]
    assert len(issued.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value) == 2
    assert issuer != speaking
    assert issuer == certgate.Issuer(issuer.certificate)
    assert hash(issuer) == hash(speaking)
    with pytest.raises(certgate.IssuanceError):
        certgate.Issuer(certgate.parse_certificate(speaking.issue(decide().approve(), ca, at=AT).der))
    with pytest.raises(certgate.ParseError):
        certgate.Issuer(b"nothing")


def test_lists_revoke(issuer: certgate.Issuer, ca: certgate.PrivateKey) -> None:
    issued = issuer.issue(decide().approve(), ca, at=AT)
    entries: list[Any] = [{"serialNumber": 42, "reason": "keyCompromise"}, "2b", 44]
    first = certgate.prepare_revocation_list(issuer, entries, at=AT, lifetime="2d").sign(ca)
    assert [entry["serialNumber"] for entry in first.entries] == ["2a", "2b", "2c"]
    assert first.number == "01"
    second = certgate.prepare_revocation_list(issuer, issued.certificate, previous=first, at=AT).sign(ca)
    assert second.number == "02"
    assert len(second.entries) == 4
    assert pickle.loads(pickle.dumps(second)) == second == certgate.parse_revocation_list(second.pem)
    verifier = certgate.Verifier(issuer.certificate)
    assert verifier.diagnose_path(issued.certificate, at=AT, crls=first.der)
    revoked = verifier.diagnose_path(issued.certificate, at=AT, crls=second.der)
    assert [reason.code for reason in revoked.reasons] == ["verify/revoked"]
    other = certgate.generate_key("P-256")
    with pytest.raises(certgate.IssuanceError):
        certgate.prepare_revocation_list(issuer, at=AT).sign(other)
    with pytest.raises(certgate.ParseError):
        certgate.prepare_revocation_list(authority(other, "CN=Other"), previous=first, at=AT)
    for wrong in ([{"serial": 1}], [{"serialNumber": 1, "reason": "boredom"}], [None], "xyz"):
        entry: Any = wrong
        with pytest.raises(certgate.ParseError):
            certgate.prepare_revocation_list(issuer, entry, at=AT)


def test_an_issuer_is_the_first_certificate() -> None:
    root = certgate.dev_ca()
    middle = root.intermediate("Middle")
    broken = "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n"
    assert certgate.Issuer(middle.chain_pem.text()).certificate == middle.certificate
    for chain in (broken + root.certificate.pem, [broken, root.certificate], broken):
        with pytest.raises(certgate.ParseError):
            certgate.Issuer(chain)


def revoked(listed: certgate.RevocationList) -> dict[str, tuple[str, str]]:
    """Reason and time of each entry, by its serial number."""
    return {entry["serialNumber"]: (entry["reason"], entry["revocationDate"]) for entry in listed.entries}


def test_the_graver_reason_holds(issuer: certgate.Issuer, ca: certgate.PrivateKey) -> None:
    later = "2027-01-02T00:00:00Z"
    entries: list[Any] = [
        {"serialNumber": 1, "reason": "certificateHold"},
        {"serialNumber": 2, "reason": "keyCompromise"},
        {"serialNumber": 3, "reason": "superseded"},
        {"serialNumber": 4, "reason": "certificateHold"},
    ]
    before = certgate.prepare_revocation_list(issuer, entries, at=AT).sign(ca)
    first = revoked(before)
    changes: list[Any] = [
        {"serialNumber": 1, "reason": "keyCompromise"},
        {"serialNumber": 2, "reason": "certificateHold"},
        {"serialNumber": 3, "reason": "affiliationChanged"},
        4,
    ]
    after = revoked(certgate.prepare_revocation_list(issuer, changes, previous=before, at=later).sign(ca))
    assert {serial: reason for serial, (reason, _) in after.items()} == {
        "01": "keyCompromise",
        "02": "keyCompromise",
        "03": "superseded",
        "04": "unspecified",
    }
    assert {serial: at for serial, (_, at) in after.items()} == {serial: at for serial, (_, at) in first.items()}
    twice = certgate.prepare_revocation_list(issuer, [entries[0], changes[0]], at=AT).sign(ca)
    assert [entry["reason"] for entry in twice.entries] == ["keyCompromise"]


def test_a_previous_list_tells_of_everything(ca: certgate.PrivateKey, issuer: certgate.Issuer) -> None:
    """A list that is continued from a part of another would make certificates good again."""
    subject = issuer.certificate.to_cryptography().subject
    key: Any = ca.to_cryptography()

    def listed(signer: Any, *extensions: tuple[x509.ExtensionType, bool]) -> certgate.RevocationList:
        builder = x509.CertificateRevocationListBuilder().issuer_name(subject)
        start = datetime(2027, 1, 1, tzinfo=timezone.utc)
        builder = builder.last_update(start).next_update(start + timedelta(days=7))
        builder = builder.add_extension(x509.CRLNumber(5), critical=False)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        return certgate.from_cryptography(builder.sign(signer, hashes.SHA256()))

    point = x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier("http://crl.example.com/1.crl")],
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    full = listed(key)
    assert certgate.prepare_revocation_list(issuer, previous=full, at=AT).sign(ca).number == "06"
    stranger = certgate.generate_key("P-256").to_cryptography()
    unfit = [
        listed(key, (x509.DeltaCRLIndicator(1), True)),
        listed(key, (point, True)),
        listed(stranger),
        listed(key, (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)),
    ]
    for previous in unfit:
        with pytest.raises(certgate.ParseError) as caught:
            certgate.prepare_revocation_list(issuer, ["2a"], previous=previous, at=AT)
        assert caught.value.diagnostics[0].path == ("previous",)


def test_what_is_revoked_is_the_issuers(issuer: certgate.Issuer, ca: certgate.PrivateKey) -> None:
    other = certgate.dev_ca("Other").issue("localhost").certificate
    with pytest.raises(certgate.ParseError):
        certgate.prepare_revocation_list(issuer, other, at=AT)
    large = (1 << 159) - 1
    entries: list[Any] = [1 << 64, {"serialNumber": large, "reason": "keyCompromise"}]
    entries.append(MappingProxyType({"serialNumber": 7}))
    made = certgate.prepare_revocation_list(issuer, entries, at=AT).sign(ca)
    assert sorted(int(entry["serialNumber"], 16) for entry in made.entries) == [7, 1 << 64, large]
    many = certgate.prepare_revocation_list(issuer, range(1, 30_001), at=AT).sign(ca)
    assert len(many.entries) == 30_000
    unnumbered: Any = {"reason": "superseded"}
    with pytest.raises(certgate.ParseError):
        certgate.prepare_revocation_list(issuer, unnumbered, at=AT)


def test_requests_say_what_they_are_told() -> None:
    key = certgate.generate_key()
    assert key.kind == "P-256"
    assert key == certgate.load_private_key(key.to_pem())
    assert "PRIVATE" not in repr(key)
    request = certgate.new_request(
        key,
        subject=["O=Example", "CN=web"],
        names=["web.example.com", "192.0.2.1", "me@example.com", "spiffe://a/b"],
        key_usage="digitalSignature",
        purposes=["serverAuth", "clientAuth"],
        ca=True,
        path_length=0,
    )
    theirs = request.to_cryptography()
    assert theirs.is_signature_valid
    names = theirs.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [type(name).__name__ for name in names] == [
        "DNSName",
        "IPAddress",
        "RFC822Name",
        "UniformResourceIdentifier",
    ]
    basic = theirs.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (basic.ca, basic.path_length) == (True, 0)
    wrong: list[dict[str, Any]] = [
        {"subject": "web"},
        {"subject": "XX=web"},
        {"names": "not a name"},
        {"purposes": "everything"},
        {"key_usage": "sign"},
        {"path_length": 1},
    ]
    for arguments in wrong:
        with pytest.raises(certgate.ParseError):
            certgate.new_request(key, **arguments)
    with pytest.raises(certgate.ParseError):
        certgate.generate_key("RSA-1024")


def test_a_certificate_is_asked_for_again(issuer: certgate.Issuer, ca: certgate.PrivateKey) -> None:
    issued = issuer.issue(decide().approve(), ca, at=AT).certificate
    again = certgate.request_like(issued, certgate.generate_key())
    assert again.subject_alt_names == issued.subject_alt_names
    assert POLICY.evaluate(again, at=AT)


def test_objects_of_cryptography_come_and_go(issuer: certgate.Issuer, ca: certgate.PrivateKey) -> None:
    request = certgate.new_request(ca, names="web.example.com")
    listed = certgate.prepare_revocation_list(issuer, at=AT).sign(ca)
    assert certgate.from_cryptography(issuer.certificate.to_cryptography()) == issuer.certificate
    assert certgate.from_cryptography(request.to_cryptography()) == request
    assert certgate.from_cryptography(listed.to_cryptography()) == listed
    assert certgate.from_cryptography(ca.to_cryptography()) == ca
    wrong: Any = hashes.SHA256()
    with pytest.raises(TypeError):
        certgate.from_cryptography(wrong)


def test_roles_are_imported() -> None:
    fields = '"allowed_domains": ["example.com"], "allow_subdomains": true, "ttl": 3600, "max_ttl": 7200'
    role = '{"request_id": "1", "data": {' + fields + "}}"
    policy, notes = certgate.import_policy("vault-role", role, id="web")
    assert policy.id == "web"
    assert all(note.code.startswith("import/") for note in notes)
    assert certgate.load_policy(policy.source) == policy
    with pytest.raises(certgate.ParseError):
        certgate.import_policy("nothing", role)
    with pytest.raises(certgate.PolicyError):
        certgate.import_policy("vault-role", "[]")
