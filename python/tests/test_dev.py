"""The development CA: certificates that real TLS accepts, and fixtures that pytest finds."""

from __future__ import annotations

import copy
import os
import pickle
import socket
import ssl
import stat
import threading
from pathlib import Path
from subprocess import run

import pytest

import certgate
from certgate.dev import DevCA, DevCertificate, load_dev_ca


def talk(server: ssl.SSLContext, client: ssl.SSLContext, name: str = "localhost") -> bytes:
    """What a server answers over TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            try:
                with server.wrap_socket(connection, server_side=True) as tls:
                    tls.sendall(tls.recv(16))
            except OSError:
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            raw = socket.create_connection(listener.getsockname())
            with raw, client.wrap_socket(raw, server_hostname=name) as tls:
                tls.sendall(b"hello")
                return tls.recv(16)
        finally:
            thread.join()


def test_servers_and_clients_talk(dev_ca: DevCA, dev_certificate: DevCertificate) -> None:
    client = dev_ca.client_context()
    assert talk(dev_certificate.server_context(), client) == b"hello"
    assert talk(dev_certificate.server_context(), client, "127.0.0.1") == b"hello"
    with pytest.raises(ssl.SSLCertVerificationError):
        talk(dev_certificate.server_context(), client, "example.com")
    with pytest.raises(ssl.SSLCertVerificationError):
        talk(dev_certificate.server_context(), certgate.dev_ca().client_context())


def test_clients_are_asked_for_certificates(dev_ca: DevCA, dev_certificate: DevCertificate) -> None:
    server = dev_certificate.server_context(clients=dev_ca)
    me = dev_ca.issue(common_name="me", purposes="clientAuth")
    assert talk(server, dev_ca.client_context(me)) == b"hello"
    with pytest.raises((ssl.SSLError, OSError)):
        assert talk(server, dev_ca.client_context()) == b"hello"


def test_an_intermediate_is_presented(dev_ca: DevCA) -> None:
    server = dev_ca.intermediate("below").issue("localhost")
    assert server.pem.text().count("BEGIN CERTIFICATE") == 2
    assert talk(server.server_context(), dev_ca.client_context()) == b"hello"


@pytest.mark.parametrize("key", ["P-256", "P-384", "RSA-2048", "Ed25519"])
def test_openssl_accepts(dev_ca: DevCA, tmp_path: Path, key: str) -> None:
    made = dev_ca.issue("*.dev.example", "me@example.com", "spiffe://a/b", common_name="dev", key=key)
    dev_ca.pem.write_to(tmp_path / "ca.pem")
    made.pem.write_to(tmp_path / "leaf.pem")
    run(["openssl", "verify", "-x509_strict", "-CAfile", "ca.pem", "leaf.pem"], cwd=tmp_path, check=True)
    verifier = certgate.Verifier(dev_ca.certificate, profile="private")
    assert verifier.verify(made.certificate, names="web.dev.example")


def test_files_of_keys_are_for_their_owner(dev_ca: DevCA, tmp_path: Path) -> None:
    made = dev_ca.issue("localhost")
    for pem in (made.key_pem, made.key_and_pem, dev_ca.key_pem):
        pem.write_to(tmp_path / "key.pem")
        assert stat.S_IMODE(os.stat(tmp_path / "key.pem").st_mode) == 0o600
        assert "BEGIN" not in repr(pem)
    with made.key_pem.temporary_file() as path:
        assert certgate.load_private_key(path) == made.key
    assert not path.exists()
    again = load_dev_ca(dev_ca.chain_pem.bytes(), certgate.load_private_key(dev_ca.key_pem.bytes()))
    assert again.certificate == dev_ca.certificate
    with pytest.raises(certgate.ParseError):
        load_dev_ca(dev_ca.chain_pem.bytes(), made.key)


def test_a_key_is_a_new_file(dev_ca: DevCA, tmp_path: Path) -> None:
    made = dev_ca.issue("localhost")
    place, link = tmp_path / "key.pem", tmp_path / "link.pem"
    place.write_text("old\n")
    place.chmod(0o644)
    with place.open() as opened:
        made.key_pem.write_to(place)
        assert opened.read() == "old\n"
    assert certgate.load_private_key(place) == made.key
    link.symlink_to(place)
    made.key_and_pem.write_to(link)
    assert not link.is_symlink()
    assert certgate.load_private_key(place) == made.key
    assert place.read_text() == made.key_pem.text()
    place.chmod(0o644)
    made.key_pem.write_to(str(place), append=True)
    assert place.read_text() == made.key_pem.text() * 2
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    with pytest.raises(OSError, match="absent"):
        made.key_pem.write_to(tmp_path / "absent" / "key.pem")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        made.key_pem.write_to(tmp_path / "folder")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder", "key.pem", "link.pem"]


def test_a_key_is_not_pickled(dev_ca: DevCA) -> None:
    for private in (dev_ca.key_pem, dev_ca.issue("localhost").key_and_pem):
        for copied in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="not pickled"):
                copied(private)
    assert pickle.loads(pickle.dumps(dev_ca.pem)).text() == dev_ca.pem.text()


def test_certificates_of_another_time(dev_ca: DevCA) -> None:
    old = certgate.dev_ca(at="2020-01-01T00:00:00Z").issue("localhost", at="2020-02-01T00:00:00Z", lifetime="1d")
    assert f"{old.certificate.not_after:%Y-%m-%d}" == "2020-02-01"
    for names, common_name in [((), None), (("no name",), None), (("localhost",), "other\x00")]:
        with pytest.raises(certgate.CertgateError):
            dev_ca.issue(*names, common_name=common_name)
