"""The example for HSMs, with keys in SoftHSM: what the device signed is accepted by OpenSSL."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import certgate

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

MODULES = [
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/softhsm/libsofthsm2.so"),
]
MODULE = next((path for path in MODULES if path.exists()), None)
PIN = "1234"
POLICY = """\
version: 1
id: web
names: { dns: { allow: ["*.example.com"] } }
keys: { EC: [P-256] }
usages: { extended: { allow: [serverAuth], default: [serverAuth] } }
validity: { default: 24h, max: 90d }
"""


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A token with a P-256 key `ec` and an RSA key `rsa`, which it has made itself."""
    assert MODULE is not None, "SoftHSM is installed, and its module is in none of the places that are known"
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path}/tokens\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    monkeypatch.setenv("PKCS11_PIN", PIN)
    make = ["softhsm2-util", "--init-token", "--free", "--label", "ca", "--pin", PIN, "--so-pin", PIN]
    subprocess.run(make, check=True, capture_output=True)
    for label, kind in (("ec", "EC:prime256v1"), ("rsa", "rsa:2048")):
        tool = ["pkcs11-tool", "--module", str(MODULE), "--login", "--pin", PIN, "--token-label", "ca"]
        make = [*tool, "--keypairgen", "--key-type", kind, "--label", label, "--id", "01" if label == "ec" else "02"]
        subprocess.run(make, check=True, capture_output=True)
    return "ca"


@pytest.mark.skipif(shutil.which("softhsm2-util") is None, reason="absent, so not tested: SoftHSM")
def test_a_key_in_an_hsm_issues(token: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import hsm

    key = certgate.generate_key()
    for name, host in (("good", "web.example.com"), ("bad", "web.internal")):
        (tmp_path / f"{name}.csr").write_text(certgate.new_request(key, names=host).pem)
    (tmp_path / "policy.yaml").write_text(POLICY)
    for label, kind in (("ec", "P-256"), ("rsa", "RSA-2048")):
        ca = tmp_path / f"{label}.pem"
        device = ["--module", str(MODULE), "--token", token, "--key", label, "--ca", str(ca)]
        assert hsm.main([*device, "--new-root", f"CN=Root {label}"]) == 0
        root = certgate.parse_certificate(ca)
        assert root.public_key["name"] == kind
        assert root.ca
        with pytest.raises(FileExistsError):
            hsm.main([*device, "--new-root", "CN=Another"])
        policy = ["--policy", str(tmp_path / "policy.yaml")]
        assert hsm.main([*device, *policy, str(tmp_path / "good.csr")]) == 0
        (tmp_path / "leaf.pem").write_text(capsys.readouterr().out)
        verify = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(ca), "leaf.pem"]
        subprocess.run(verify, cwd=tmp_path, check=True, capture_output=True)
        assert key.belongs_to(certgate.parse_certificate(tmp_path / "leaf.pem"))
        assert hsm.main([*device, *policy, str(tmp_path / "bad.csr")]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert "policy/dns-not-allowed" in said.err
    with hsm.opened(str(MODULE), token, "ec", PIN) as device_key:
        # A signature by another key is not handed out.
        prepared = certgate.prepare_root(key.public_key_der, "CN=Wrong")
        with pytest.raises(certgate.IssuanceError) as caught:
            prepared.sign(device_key.sign)
    assert caught.value.code == "issue/not-verified"
