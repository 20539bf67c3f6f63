"""Requests that the tests make on the spot, by pyca/cryptography."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Union

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

import certgate

POLICY = """\
version: 1
id: team-web
description: the web servers of one team
names:
  dns: { allow: ["api.team.example.com", "*.team.example.com"], wildcard: deny }
keys: { RSA: { min: 2048 }, EC: [P-256, P-384], Ed25519: {} }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d, backdate: 0s }
"""

Key = Union[ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey, ed25519.Ed25519PrivateKey]


def make_request(key: Key, names: list[str], common_name: str | None = None) -> bytes:
    """A request in DER."""
    attributes = [] if common_name is None else [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    if names:
        extension = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(extension, critical=False)
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, digest).public_bytes(serialization.Encoding.DER)


def to_pem(der: bytes) -> str:
    request = x509.load_der_x509_csr(der)
    return request.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="session")
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="session")
def good(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A request that the policy allows."""
    return make_request(key, ["api.team.example.com"])


@pytest.fixture(scope="session")
def bad(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A request that the policy denies for its second name."""
    return make_request(key, ["api.team.example.com", "db.internal"])


@pytest.fixture(scope="session")
def policy() -> certgate.Policy:
    return certgate.load_policy(POLICY)


@pytest.fixture(scope="session")
def issued_inventory(tmp_path_factory: pytest.TempPathFactory, good: bytes) -> Path:
    """The inventory of a CA that has issued one certificate."""
    folder = tmp_path_factory.mktemp("issued")
    key = certgate.generate_key()
    (folder / "ca.pem").write_text(certgate.new_root(key, "CN=Example Root", lifetime="365d").pem)
    (folder / "ca.key").write_text(key.to_pem())
    (folder / "policy.yaml").write_text(POLICY)
    (folder / "request.der").write_bytes(good)
    command = [sys.executable, "-I", "-m", "certgate", "issue", "--policy", "policy.yaml", "--ca", "ca.pem"]
    command += ["--ca-key", "ca.key", "request.der"]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return folder / "inventory.db"
