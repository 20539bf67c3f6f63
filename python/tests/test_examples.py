"""The scripts of `examples`, against real things: OpenSSL, TLS servers, an API server that behaves as the published
one."""

from __future__ import annotations

import base64
import json
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import run
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import certgate
from certgate.dev import DevCA

EXAMPLES = Path(__file__).parent.parent / "examples"
sys.path.insert(0, str(EXAMPLES))

POLICY = """\
version: 1
id: web
names: { dns: { allow: ["*.example.com"] } }
keys: { EC: [P-256], RSA: {} }
usages: { extended: { allow: [serverAuth, clientAuth], default: [serverAuth] } }
validity: { default: 24h, max: 90d }
"""


@pytest.fixture
def ca_files(dev_ca: DevCA, tmp_path: Path) -> Path:
    dev_ca.pem.write_to(tmp_path / "ca.pem")
    dev_ca.key_pem.write_to(tmp_path / "ca.key")
    (tmp_path / "policy.yaml").write_text(POLICY)
    return tmp_path


def test_kubeconfig(ca_files: Path, dev_ca: DevCA, capsys: pytest.CaptureFixture[str]) -> None:
    import kubeconfig

    files = ["--ca", "ca.pem", "--ca-key", "ca.key", "--cluster-ca", "ca.pem"]
    files = [str(ca_files / one) if "." in one else one for one in files]
    output = ca_files / "jane.kubeconfig"
    common = [*files, "--server", "https://127.0.0.1:6443", "--user", "jane", "--group", "team-a", "--ttl", "8h"]
    assert kubeconfig.main([*common, "--output", str(output)]) == 0
    assert output.stat().st_mode & 0o777 == 0o600
    config = json.loads(output.read_text())
    user = config["users"][0]["user"]
    certificate = certgate.parse_certificate(base64.b64decode(user["client-certificate-data"]))
    key = certgate.load_private_key(base64.b64decode(user["client-key-data"]))
    assert key.belongs_to(certificate)
    assert certificate.subject["text"] == "CN=jane,O=team-a"
    certgate.Verifier(dev_ca.certificate, profile="private").verify(certificate, purpose="client")
    with pytest.raises(FileExistsError):
        kubeconfig.main([*common, "--output", str(output)])
    masters = [*common, "--group", "system:masters", "--output", str(ca_files / "other")]
    assert kubeconfig.main(masters) == 1
    assert "system:masters" in capsys.readouterr().err
    assert not (ca_files / "other").exists()


class Cluster(BaseHTTPRequestHandler):
    """An API server with the shapes of certificates.k8s.io/v1 and core/v1: pages, conflicts, 403 and a watch that
    ends."""

    requests: dict[str, dict[str, Any]]
    nodes: dict[str, list[dict[str, str]]]
    conflicts: dict[str, int]
    forbidden: bool
    version: int
    seen: list[str]

    def log_message(self, *arguments: Any) -> None:
        pass

    def reply(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def fail(self, status: int, reason: str) -> None:
        self.reply(
            status, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": status}
        )

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        parts = split.path.strip("/").split("/")
        if self.forbidden:
            self.fail(403, "Forbidden")
        elif parts[:3] == ["api", "v1", "nodes"]:
            addresses = self.nodes.get(parts[3])
            if addresses is None:
                self.fail(404, "NotFound")
            else:
                meta = {"name": parts[3]}
                self.reply(200, {"kind": "Node", "metadata": meta, "status": {"addresses": addresses}})
        elif query.get("watch"):
            self.watch(query)
        elif len(parts) == 5:
            self.reply(200, self.requests[parts[4]])
        else:
            self.page(query)

    def page(self, query: dict[str, str]) -> None:
        """Two at a time, whatever the limit: a server may do so."""
        self.seen.append("list")
        names = sorted(self.requests)
        start = int(query.get("continue", "0"))
        meta: dict[str, Any] = {"resourceVersion": str(self.version)}
        if start + 2 < len(names):
            meta["continue"] = str(start + 2)
        items = [self.requests[name] for name in names[start : start + 2]]
        kind = {"kind": "CertificateSigningRequestList", "apiVersion": "certificates.k8s.io/v1"}
        self.reply(200, {**kind, "metadata": meta, "items": items})

    def watch(self, query: dict[str, str]) -> None:
        self.seen.append("watch")
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        if int(query["resourceVersion"]) < self.version:
            gone = {"kind": "Status", "status": "Failure", "reason": "Expired", "code": 410, "message": "too old"}
            event: dict[str, Any] = {"type": "ERROR", "object": gone}
            self.wfile.write(json.dumps(event).encode() + b"\n")
            return
        for name in sorted(self.requests):
            event = {"type": "MODIFIED", "object": self.requests[name]}
            self.wfile.write(json.dumps(event).encode() + b"\n")

    def do_PUT(self) -> None:
        name = self.path.split("/")[-2]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        stored = self.requests[name]
        if self.conflicts.get(name, 0) > 0:
            self.conflicts[name] -= 1
            version = int(stored["metadata"]["resourceVersion"]) + 1
            stored["metadata"]["resourceVersion"] = str(version)
        if body["metadata"]["resourceVersion"] != stored["metadata"]["resourceVersion"]:
            self.fail(409, "Conflict")
            return
        for condition in body["status"]["conditions"]:
            assert condition["type"] in ("Approved", "Denied")
            assert condition["status"] == "True"
        stored["status"] = body["status"]
        self.reply(200, stored)


@pytest.fixture
def cluster() -> Iterator[tuple[str, type[Cluster]]]:
    state = type(
        "State",
        (Cluster,),
        {"requests": {}, "nodes": {}, "conflicts": {}, "forbidden": False, "version": 7, "seen": []},
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), state)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", state
    server.shutdown()
    thread.join()
    server.server_close()


def signing_request(node: str, names: list[str], groups: list[str] | None = None) -> dict[str, Any]:
    request = certgate.new_request(
        certgate.generate_key(),
        subject=["O=system:nodes", f"CN=system:node:{node}"],
        names=names,
        key_usage="digitalSignature",
        purposes="serverAuth",
    )
    return {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": f"csr-{node}", "resourceVersion": "1"},
        "spec": {
            "request": base64.b64encode(request.pem.encode()).decode(),
            "signerName": "kubernetes.io/kubelet-serving",
            "usages": ["digital signature", "server auth"],
            "username": f"system:node:{node}",
            "groups": groups or ["system:nodes", "system:authenticated"],
        },
        "status": {},
    }


def test_kubelets_are_approved(cluster: tuple[str, type[Cluster]]) -> None:
    import kubelet_approver
    from kubernetes import client

    url, state = cluster
    address = [{"type": "InternalIP", "address": "192.0.2.7"}, {"type": "Hostname", "address": "worker-1"}]
    for node in ("worker-1", "worker-2", "worker-3", "worker-5"):
        state.nodes[node] = [dict(one, address=one["address"].replace("worker-1", node)) for one in address]
    for made in (
        signing_request("worker-1", ["worker-1", "192.0.2.7"]),
        signing_request("worker-2", ["worker-2", "192.0.2.8"]),
        signing_request("worker-3", ["worker-3"], groups=["system:authenticated"]),
        signing_request("worker-4", ["worker-4"]),
        signing_request("worker-5", ["worker-5", "192.0.2.7"]),
    ):
        state.requests[made["metadata"]["name"]] = made
    state.requests["csr-other"] = {**signing_request("worker-1", ["x"]), "metadata": {"name": "csr-other"}}
    state.requests["csr-other"]["spec"]["signerName"] = "example.com/mine"
    state.requests["csr-worker-5"]["spec"]["request"] = base64.b64encode(b"damaged").decode()
    state.conflicts["csr-worker-1"] = 2
    policy = certgate.load_policy(certgate.ready_made_policies()["kubelet-serving"])
    approver = kubelet_approver.Approver(client.ApiClient(client.Configuration(host=url)), policy)
    approver.sweep()

    def verdict(name: str) -> str | None:
        conditions = state.requests[name]["status"].get("conditions")
        return None if not conditions else f"{conditions[0]['type']}: {conditions[0]['message']}"

    assert str(verdict("csr-worker-1")).startswith("Approved: allowed by policy kubelet-serving")
    assert "policy/ip-not-allowed" in str(verdict("csr-worker-2"))
    assert str(verdict("csr-worker-3")).startswith("Denied")
    assert str(verdict("csr-worker-4")).startswith("Denied")
    assert str(verdict("csr-worker-5")).startswith("Denied")
    assert verdict("csr-other") is None
    assert state.seen.count("list") >= 3

    # What comes later is seen by the watch; when that is too old, everything is listed again.
    late = signing_request("worker-1", ["worker-1"])
    late["metadata"] = {"name": "csr-late", "resourceVersion": "1"}
    state.requests["csr-late"] = late
    approver.run(rounds=1, timeout=1)
    assert str(verdict("csr-late")).startswith("Approved")
    state.seen.clear()
    version = approver.sweep()
    state.version += 1
    state.requests["csr-last"] = {**signing_request("worker-1", ["worker-1"]), "metadata": {"name": "csr-last"}}
    state.requests["csr-last"]["metadata"]["resourceVersion"] = "1"
    with pytest.raises(client.ApiException) as old:
        approver.follow(version, 1)
    assert old.value.status == 410
    approver.run(rounds=1, timeout=1)
    assert str(verdict("csr-last")).startswith("Approved")
    state.forbidden = True
    with pytest.raises(client.ApiException) as caught:
        approver.sweep()
    assert caught.value.status == 403


def test_audit(ca_files: Path, dev_ca: DevCA, capsys: pytest.CaptureFixture[str]) -> None:
    import audit

    now = datetime.now(timezone.utc)
    folder = ca_files / "certs"
    folder.mkdir()
    dev_ca.issue("good.example.com", lifetime="80d").pem.write_to(folder / "good.pem")
    dev_ca.issue("soon.example.com", lifetime="10d").pem.write_to(folder / "soon.pem")
    dev_ca.issue("web.internal", lifetime="80d").pem.write_to(folder / "internal.pem")
    certgate.dev_ca().issue("foreign.example.com", lifetime="80d").pem.write_to(folder / "foreign.pem")
    old = certgate.dev_ca(at=now - timedelta(days=40))
    stale = old.issue("old.example.com", at=now - timedelta(days=20), lifetime="10d")
    stale.pem.write_to(folder / "old.pem")
    (folder / "damaged.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    weak = ["openssl", "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=weak"]
    run([*weak, "-out", str(folder / "weak.pem")], check=True, capture_output=True)
    secret = {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            {
                "kind": "Secret",
                "metadata": {"name": "tls", "namespace": "web"},
                "data": {"tls.crt": base64.b64encode(dev_ca.issue("s.example.com").pem.bytes()).decode()},
            }
        ],
    }
    (ca_files / "secrets.json").write_text(json.dumps(secret))
    arguments = ["--policy", str(ca_files / "policy.yaml"), "--anchors", str(ca_files / "ca.pem")]
    inputs = [str(folder), str(ca_files / "secrets.json")]
    assert audit.main([*arguments, *inputs]) == 1
    table = capsys.readouterr().out
    lines = {line.split("/")[-1]: line for line in table.splitlines() if not line.startswith(" ")}
    assert lines["good.pem"].startswith("ok")
    assert lines["soon.pem"].startswith("warning")
    for name in ("internal.pem", "foreign.pem", "old.pem", "damaged.pem", "weak.pem"):
        assert lines[name].startswith("error"), lines[name]
    for code in (
        "audit/expired",
        "audit/expires-soon",
        "policy/dns-not-allowed",
        "verify/issuer-unknown",
        "key/rsa-modulus-too-small",
    ):
        assert code in table, code
    assert "web/tls:tls.crt" in table
    audit.main([*arguments, "--format", "html", *inputs])
    page = capsys.readouterr().out
    assert "<svg" in page
    assert "<script" not in page
    audit.main([*arguments, "--format", "sarif", *inputs])
    log = json.loads(capsys.readouterr().out)
    assert log["version"] == "2.1.0"
    assert {result["ruleId"] for result in log["runs"][0]["results"]} >= {"audit/expired", "policy/dns-not-allowed"}
    audit.main([*arguments, "--format", "prometheus", *inputs])
    metrics = capsys.readouterr().out
    assert 'certgate_audit_findings{code="audit/expired"} 1' in metrics
    assert "x509_cert_not_after{" in metrics


def test_audit_of_a_live_endpoint(dev_ca: DevCA, capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    import audit

    context = dev_ca.issue("live.example.com").server_context()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with context.wrap_socket(connection, server_side=True) as tls:
                tls.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        assert audit.main([f"127.0.0.1:{listener.getsockname()[1]}"]) == 0
        thread.join()
    assert "live.example.com" in capsys.readouterr().out


def test_renew(ca_files: Path, dev_ca: DevCA, capsys: pytest.CaptureFixture[str]) -> None:
    import renew

    folder = ca_files / "web"
    common = ["--policy", "policy.yaml", "--ca", "ca.pem", "--ca-key", "ca.key"]
    common = [str(ca_files / one) if "." in one else one for one in common]
    arguments = [*common, "--name", "web.example.com", str(folder)]
    assert renew.main([*common, "--dry-run", str(folder)]) == 0
    assert not folder.exists()
    assert renew.main(arguments) == 0
    first = certgate.parse_bundle(folder / "tls.crt").certificates[0]
    assert certgate.load_private_key(folder / "tls.key").belongs_to(first)
    assert renew.main(arguments) == 0
    assert "stands" in capsys.readouterr().out
    assert certgate.parse_bundle(folder / "tls.crt").certificates[0] == first
    other = dev_ca.issue("web.example.com")
    renew.put(folder, {"tls.crt": other.pem.text(), "tls.key": certgate.generate_key().to_pem()})
    assert renew.main(arguments) == 0
    assert "the key is not that of the certificate" in capsys.readouterr().out
    # A certificate that cannot be read is renewed; the next in the file is not taken for it.
    broken = "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n"
    renew.put(folder, {"tls.crt": broken + other.pem.text(), "tls.key": other.key.to_pem()})
    assert "cannot be read" in str(renew.due(folder, certgate.load_policy(POLICY), datetime.now(timezone.utc)))
    assert renew.main(arguments) == 0
    assert "cannot be read" in capsys.readouterr().out
    assert renew.leaf_of(folder / "tls.crt") != other.certificate
    late = datetime.now(timezone.utc) + timedelta(hours=17)
    assert renew.due(folder, certgate.load_policy(POLICY), late) == "two thirds of its life are over"
    stricter = certgate.load_policy(POLICY.replace("*.example.com", "*.example.org"))
    assert "policy/dns-not-allowed" in str(renew.due(folder, stricter, datetime.now(timezone.utc)))
    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith("..2")) == [
        "..data",
        "tls.crt",
        "tls.key",
    ]
    assert len([path for path in folder.iterdir() if path.name.startswith("..2")]) == 1


def test_vault_roles(tmp_path: Path, dev_ca: DevCA, capsys: pytest.CaptureFixture[str]) -> None:
    import vault_roles

    roles, issued = tmp_path / "roles", tmp_path / "issued"
    roles.mkdir()
    issued.mkdir()
    role = {
        "allowed_domains": ["example.com"],
        "allow_subdomains": True,
        "key_type": "ec",
        "key_bits": 256,
        "max_ttl": 7_776_000,
        "client_flag": True,
        "server_flag": True,
        "require_cn": False,
        "key_usage": ["DigitalSignature"],
    }
    (roles / "web.json").write_text(json.dumps({"request_id": "1", "data": role}))
    (roles / "broken.json").write_text("[]")
    dev_ca.issue("web.example.com", lifetime="30d").pem.write_to(issued / "good.pem")
    dev_ca.issue("web.internal", lifetime="30d").pem.write_to(issued / "bad.pem")
    arguments = ["--roles", str(roles), "--certificates", str(issued), "--output", str(tmp_path / "policies")]
    assert vault_roles.main(arguments) == 1
    said = capsys.readouterr().out
    assert "bad: allowed by no role; closest is web" in said
    assert "good:" not in said
    assert "broken: not imported" in said
    assert certgate.load_policy(tmp_path / "policies/web.yaml").id == "web"


def test_duckdb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import duckdb_fleet
    import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
    import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]

    key = certgate.generate_key()
    requests = [certgate.new_request(key, names=name).der for name in ("a.example.com", "b.internal")]
    pq.write_table(pa.table({"id": range(5_000), "csr": requests * 2_500}), tmp_path / "requests.parquet")
    (tmp_path / "policy.yaml").write_text(POLICY)
    assert duckdb_fleet.main(["--policy", str(tmp_path / "policy.yaml"), str(tmp_path / "requests.parquet")]) == 0
    assert capsys.readouterr().out.split() == [
        *("2500", "allowed"),
        *("2500", "denied", "policy/dns-not-allowed"),
    ]
