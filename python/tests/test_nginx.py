"""The scripts of `examples` with a server that runs on: nginx serves what was renewed after a reload."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import certgate
from certgate.dev import DevCA

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
POLICY = """\
version: 1
id: web
names: { dns: { allow: ["*.example.com"] } }
keys: { EC: [P-256] }
usages: { extended: [serverAuth] }
validity: { default: 30d, max: 90d }
"""
CONFIGURATION = """\
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} ssl; server_name web.example.com;
    ssl_certificate {folder}/web/tls.crt; ssl_certificate_key {folder}/web/tls.key;
    location / {{ return 200 ok; }}
  }}
}}
"""


class Nginx:
    """nginx on a free port of this machine; its certificate is in the folder `web`."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, port=self.port))
        self.command = [str(NGINX), "-c", str(folder / "nginx.conf"), "-p", str(folder)]
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def served(self) -> bytes | None:
        """The certificate that it serves, in DER; `None` while it does not listen."""
        try:
            return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", self.port), timeout=10))
        except OSError:
            return None

    def wait_for(self, certificate: bytes) -> None:
        """Waits until it serves the certificate many times in a row: after a reload the old process still answers."""
        end, times = time.monotonic() + 60, 0
        while times < 20:
            times = times + 1 if self.served() == certificate else 0
            assert time.monotonic() < end, "nginx does not serve the certificate"
            assert self.process.poll() is None, "nginx has ended"
            time.sleep(0.02)


@pytest.fixture
def nginx(tmp_path: Path, dev_ca: DevCA) -> Iterator[Nginx]:
    import renew

    long = dev_ca.issue("web.example.com", purposes="serverAuth", lifetime="100d")
    renew.put(tmp_path / "web", {"tls.crt": long.pem.text(), "tls.key": long.key_pem.text()})
    server = Nginx(tmp_path)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait(timeout=30)


@pytest.mark.skipif(NGINX is None, reason="absent, so not tested: nginx")
def test_nginx_takes_over_what_was_renewed(
    nginx: Nginx, tmp_path: Path, dev_ca: DevCA, capsys: pytest.CaptureFixture[str]
) -> None:
    import audit
    import renew

    def leaf() -> bytes:
        return certgate.parse_bundle(tmp_path / "web/tls.crt").certificates[0].der

    dev_ca.pem.write_to(tmp_path / "ca.pem")
    dev_ca.key_pem.write_to(tmp_path / "ca.key")
    (tmp_path / "policy.yaml").write_text(POLICY)
    first = leaf()
    nginx.wait_for(first)
    arguments = ["--policy", str(tmp_path / "policy.yaml"), f"127.0.0.1:{nginx.port}"]
    assert audit.main(arguments) == 1
    assert "policy/validity-too-long" in capsys.readouterr().out

    files = ["--policy", "policy.yaml", "--ca", "ca.pem", "--ca-key", "ca.key"]
    given = [str(tmp_path / one) if "." in one else one for one in files]
    assert renew.main([*given, str(tmp_path / "web")]) == 0
    assert "policy/validity-too-long" in capsys.readouterr().out
    assert nginx.served() == first, "until it is told"
    subprocess.run([*nginx.command, "-s", "reload"], check=True, capture_output=True)
    assert leaf() != first
    nginx.wait_for(leaf())
    audit.main(arguments)
    said = capsys.readouterr().out
    assert "web.example.com" in said
    assert "policy/" not in said, said
