"""Inventories of what was issued, and whether a certificate is renewed."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import POLICY, make_request
from cryptography.hazmat.primitives.asymmetric import ec

import certgate


def command(*arguments: str | Path) -> str:
    result = subprocess.run(
        [sys.executable, "-I", "-m", "certgate", *map(str, arguments)], capture_output=True, check=False
    )
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CA that has issued three certificates, of which one is revoked."""
    folder = tmp_path_factory.mktemp("authority")
    key = certgate.generate_key("P-256")
    root = certgate.new_root(key, "CN=Example Root", lifetime="365d")
    (folder / "ca.pem").write_text(root.pem)
    (folder / "ca.key").write_text(key.to_pem())
    (folder / "policy.yaml").write_text(POLICY)
    for index in range(3):
        request = make_request(ec.generate_private_key(ec.SECP256R1()), ["api.team.example.com"])
        (folder / f"{index}.der").write_bytes(request)
        text = command(
            *("issue", "--policy", folder / "policy.yaml", "--ca", folder / "ca.pem"),
            *("--ca-key", folder / "ca.key", folder / f"{index}.der"),
        )
        (folder / f"{index}.pem").write_text(text)
    command("revoke", "--inventory", folder / "inventory.db", "--reason", "superseded", folder / "2.pem")
    return folder


@pytest.fixture
def inventory(authority: Path) -> certgate.Inventory:
    return certgate.Inventory.open(authority / "inventory.db")


def test_what_was_issued(inventory: certgate.Inventory, authority: Path) -> None:
    entries = inventory.entries()
    assert entries == json.loads(
        command("inventory", "list", "--inventory", authority / "inventory.db", "--format", "json")
    )
    assert [entry["names"] for entry in entries] == [["api.team.example.com"]] * 3
    assert [entry.get("revoked", {}).get("reason") for entry in entries] == [None, None, "superseded"]
    certificate = certgate.parse_certificate(authority / "0.pem")
    number = entries[0]["serialNumber"]
    for given in (number, int(number, 16)):
        assert inventory.show(given) == entries[:1]
        assert inventory.certificates(given) == [certificate]
    assert inventory.show("7f") == []


def test_what_expires(inventory: certgate.Inventory) -> None:
    assert inventory.expiring("1h") == []
    assert len(inventory.expiring(timedelta(days=2))) == 2
    later = datetime.now(timezone.utc) + timedelta(days=365)
    assert len(inventory.expiring("1s", at=later)) == 2


def test_export(inventory: certgate.Inventory) -> None:
    assert json.loads(inventory.export()) == inventory.entries()
    assert [json.loads(line) for line in inventory.export("ndjson").splitlines()] == inventory.entries()
    assert inventory.export("csv").startswith("serialNumber,")
    assert inventory.export("prometheus").count("\nx509_cert_not_after{") == 2  # not of what is revoked
    with pytest.raises(certgate.ParseError) as caught:
        inventory.export("xml")
    assert caught.value.diagnostics[0].path == ("format",)


def test_the_audit_log(inventory: certgate.Inventory, authority: Path) -> None:
    report = inventory.verify_audit()
    assert (report["entries"], report["pending"], report["faults"]) == (4, 0, [])
    assert inventory.verify_audit(head=report["head"])["faults"] == []
    assert inventory.verify_audit(head="00" * 32)["faults"]
    log = authority / "audit.ndjson"
    log = log if log.exists() else next(authority.glob("*audit*"))
    text = log.read_bytes()
    try:
        log.write_bytes(text.replace(b'"issued"', b'"ISSUED"', 1))
        assert inventory.verify_audit()["faults"]
    finally:
        log.write_bytes(text)


def test_an_inventory_is_a_value(inventory: certgate.Inventory, authority: Path) -> None:
    assert repr(inventory) == f"<Inventory {str(authority / 'inventory.db')!r}>"
    same = certgate.Inventory.open(str(authority / "inventory.db"))
    assert same == inventory
    assert hash(same) == hash(inventory)
    assert pickle.loads(pickle.dumps(inventory)) == inventory
    assert Path(inventory.path) == authority / "inventory.db"


def test_bad_input(inventory: certgate.Inventory, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        certgate.Inventory.open(tmp_path / "absent")
    (tmp_path / "text").write_text("no inventory, and long enough to be looked at as one" * 100)
    for path in (tmp_path / "text", tmp_path):
        with pytest.raises(certgate.ParseError) as caught:
            certgate.Inventory.open(path)
        assert caught.value.diagnostics[0].path == ("inventory",)
    wrong: Any
    for wrong in (5, None, b"\xff", object()):
        with pytest.raises((TypeError, OSError)):
            certgate.Inventory.open(wrong)
    for wrong in ("xyz", "", "\ud800", -1, object(), None, True):
        with pytest.raises(certgate.ParseError):
            inventory.show(wrong)
    for wrong in ("soon", "", 5, None, timedelta(microseconds=1), timedelta(days=-1)):
        with pytest.raises(certgate.ParseError):
            inventory.expiring(wrong)


@pytest.fixture(scope="module")
def in_use() -> tuple[certgate.DevCA, certgate.Certificate, certgate.PrivateKey]:
    ca = certgate.dev_ca()
    key = certgate.generate_key("P-256")
    policy = certgate.load_policy(POLICY)
    request = certgate.new_request(key, names="api.team.example.com")
    at = datetime.now(timezone.utc)
    issued = ca.issuer().issue(policy.evaluate(request, {"duration": "30d"}, at=at).approve(), ca.key, at=at)
    return ca, issued.certificate, key


def test_a_certificate_is_not_due(in_use: tuple[certgate.DevCA, certgate.Certificate, certgate.PrivateKey]) -> None:
    ca, certificate, key = in_use
    renewal = certgate.renewal_due(
        certificate,
        key=key,
        names=["api.team.example.com"],
        policy=certgate.load_policy(POLICY),
        verifier=certgate.Verifier(ca.certificate, profile="private"),
        purpose="server",
    )
    assert not renewal
    assert renewal.reasons == ()
    assert renewal.renew_at < certificate.not_after
    assert renewal.to_dict()["due"] is False
    assert repr(renewal).startswith("<Renewal at 20")


def test_why_a_certificate_is_due(in_use: tuple[certgate.DevCA, certgate.Certificate, certgate.PrivateKey]) -> None:
    _, certificate, key = in_use
    now = datetime.now(timezone.utc)

    def codes(**given: Any) -> list[str]:
        renewal = certgate.renewal_due(certificate, **given)
        assert bool(renewal) is renewal.due is bool(renewal.reasons)
        return [reason.code for reason in renewal.reasons]

    assert codes(at=now + timedelta(days=25)) == ["renewal/due"]
    assert codes(at=now + timedelta(days=25), renew_before="1d") == []
    assert codes(renew_before=timedelta(days=40)) == ["renewal/due"]
    assert codes(at=now + timedelta(days=31)) == ["renewal/expired"]
    assert codes(key=certgate.generate_key()) == ["renewal/key-differs"]
    assert codes(names="other.team.example.com") == ["renewal/differs"]
    narrow = certgate.load_policy(POLICY.replace("team.example.com", "other.example.com"))
    assert codes(key=key, policy=narrow) == ["renewal/not-allowed"]
    stranger = certgate.Verifier(certgate.dev_ca().certificate, profile="private")
    assert codes(verifier=stranger) == ["renewal/not-trusted"]
    one, same = (certgate.renewal_due(certificate, names="x.example.com") for _ in range(2))
    assert one == same
    assert hash(one) == hash(same)


def test_no_other_certificate_is_renewed_in_the_leafs_place() -> None:
    root = certgate.dev_ca()
    middle = root.intermediate("Middle")
    leaf = middle.issue("localhost", lifetime="1h")
    broken = "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n"
    assert not certgate.renewal_due(leaf.pem.text())
    assert not certgate.renewal_due(leaf.pem.text() + broken)
    for given in (broken + middle.certificate.pem, [broken, middle.certificate]):
        with pytest.raises(certgate.ParseError):
            certgate.renewal_due(given)
        with pytest.raises(certgate.ParseError):
            certgate.renewal_due(given, at=leaf.certificate.not_after + timedelta(days=30))


def test_bad_arguments_of_renewal(
    in_use: tuple[certgate.DevCA, certgate.Certificate, certgate.PrivateKey],
) -> None:
    _, certificate, key = in_use
    policy = certgate.load_policy(POLICY)
    for given in (
        {"policy": policy},
        {"names": "not a name!"},
        {"renew_before": "soon"},
        {"renew_before": 5},
        {"at": "tomorrow"},
        {"verifier": certgate.Verifier(certificate), "purpose": "everything"},
    ):
        with pytest.raises(certgate.ParseError) as caught:
            certgate.renewal_due(certificate, **given)  # type: ignore[arg-type]
        assert caught.value.diagnostics
    with pytest.raises(certgate.ParseError):
        certgate.renewal_due([])
    with pytest.raises(certgate.ParseError):
        certgate.renewal_due(b"nothing")
    for wrong in ({"key": 5}, {"policy": 5}, {"verifier": 5}, {"purpose": 5}):
        with pytest.raises(TypeError):
            certgate.renewal_due(certificate, **wrong)  # type: ignore[arg-type]
    assert not certgate.renewal_due(certificate, key=key)
