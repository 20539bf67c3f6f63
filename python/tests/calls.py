"""A good call of every public function and method, with every argument: what is varied to show what bad input does, and
repeated to show that nothing is lost."""

from __future__ import annotations

import ast
import inspect
import ssl
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
from conftest import POLICY

import certgate
import certgate.arrow

# A function, and its arguments by name. It is made anew for each call: an approval is used up.
Call = Callable[[], tuple[Callable[..., Any], dict[str, Any]]]

AT = datetime(2027, 1, 1, tzinfo=timezone.utc)
CASES = "cases:\n  - { name: one, request: { dns: [api.team.example.com] }, expect: allowed }\n"
ROLE = '{"allowed_domains": ["team.example.com"], "allow_subdomains": true, "key_type": "ec", "key_bits": 256}'


def public() -> dict[str, Callable[..., Any]]:
    """Every public function, constructor and method of the package, by name."""
    found: dict[str, Callable[..., Any]] = {}
    for module, prefix in ((certgate, ""), (certgate.arrow, "arrow.")):
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isclass(value):
                found.update({f"{prefix}{name}.{method}": made for method, made in _methods(value)})
            elif callable(value):
                found[prefix + name] = value
    return found


def _methods(of: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    if of.__name__ in _constructors():
        yield "__new__", of
    for name in dir(of):
        if not name.startswith("_") and name not in dir(BaseException) and callable(getattr(of, name)):
            yield name, getattr(of, name)


@lru_cache
def _constructors() -> set[str]:
    """The classes of the engine that can be made, as the stubs have them."""
    stubs = ast.parse(Path(certgate.__file__).with_name("_certgate.pyi").read_text(encoding="utf-8"))
    classes = [node for node in stubs.body if isinstance(node, ast.ClassDef)]
    return {
        one.name
        for one in classes
        if any(isinstance(part, ast.FunctionDef) and part.name == "__new__" for part in one.body)
    }


def _not_verified(verifier: certgate.Verifier) -> certgate.VerificationError:
    try:
        verifier.verify(certgate.dev_ca().certificate)
    except certgate.VerificationError as error:
        return error
    raise AssertionError("a CA that nobody knows was verified")


def good_calls(folder: Path, inventory: Path) -> dict[str, Call]:
    """By the names that `public` has. `folder` is for files, `inventory` is the file of an inventory."""
    key = certgate.generate_key()
    dev = certgate.dev_ca(at=datetime(2026, 1, 1, tzinfo=timezone.utc))
    developed = dev.issue("localhost", at=AT)
    certificate, root = developed.certificate, dev.certificate
    issuer = dev.issuer()
    policy = certgate.load_policy(POLICY)
    request = certgate.new_request(key, names="api.team.example.com")
    decision = policy.evaluate(request, at=AT)
    denied = certgate.load_policy(POLICY.replace("team", "other")).evaluate(request, at=AT)
    policies = certgate.PolicySet([policy])
    verifier = certgate.Verifier(root, profile="private")
    path = verifier.verify(certificate, at=AT)
    revoked = certgate.prepare_revocation_list(issuer, certificate, at=AT).sign(dev.key)
    unrevoked = certgate.prepare_revocation_list(issuer, at=AT).sign(dev.key)
    opened = certgate.Inventory.open(inventory)
    signed = (key.public_key_der, bytes.fromhex("300a06082a8648ce3d040302"), b"message", key.sign(b"message"))
    told = {"namespace": "web"}
    asked: dict[str, Any] = {"subject": "CN=web", "names": "web.example.com", "key_usage": "digitalSignature"}
    asked |= {"purposes": "serverAuth", "ca": False, "path_length": None}
    rooted: dict[str, Any] = {"subject": "CN=Root", "not_before": AT, "lifetime": "30d", "path_length": 1, "at": AT}
    rooted |= {"serial_number": 7}
    verified: dict[str, Any] = {"certificates": [certificate, root], "at": AT, "purpose": "server"}
    verified |= {
        "names": "localhost",
        "key_usage": "digitalSignature",
        "depth": 3,
        "policies": {},
        "revocation": {"unknown": "allow"},
    }
    verified |= {"crls": [unrevoked.der], "ocsp": [], "nonce": b"12345678"}
    issued: dict[str, Any] = {"at": AT, "serial_number": 5, "scheme": "ecdsa-with-SHA256"}
    made: dict[str, Any] = {"common_name": "web", "organizations": "Example", "purposes": "serverAuth"}
    made |= {"key": "P-256", "lifetime": "1d", "at": AT}
    another: dict[str, Any] = {"name": "Dev", "key": "P-256", "lifetime": "30d", "at": AT}
    rows = pa.table({"csr": [request.der], "certificate": [certificate.der], "context": ["{}"]})

    def prepared(kind: str) -> Any:
        if kind == "certificate":
            return issuer.prepare(decision.approve(), at=AT)
        if kind == "list":
            return certgate.prepare_revocation_list(issuer, certificate, at=AT)
        if kind == "root":
            return certgate.prepare_root(key.public_key_der, "CN=Root", at=AT)
        return certgate.prepare_request(key.public_key_der, names="web.example.com")

    def assembling(kind: str, signer: certgate.PrivateKey) -> tuple[Callable[..., Any], dict[str, Any]]:
        waiting = prepared(kind)
        return waiting.assemble, {"signature": signer.sign(waiting.tbs)}

    def context() -> ssl.SSLContext:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    judged = {"request": request.der, "context": told, "at": AT}
    many = {"threads": 1, "progress": abs}
    views: dict[str, Any] = {
        "Certificate": certificate,
        "Decision": decision,
        "Diagnostic": denied.reasons[0],
        "IssuedCertificate": developed.issued,
        "PathDiagnosis": verifier.diagnose_path(certificate, at=AT),
        "Policy": policy,
        "Renewal": certgate.renewal_due(certificate, at=AT),
        "Request": request,
        "RevocationList": revoked,
        "SetDecision": policies.evaluate(request, at=AT),
        "SignatureStatus": certgate.verify_signature(*signed),
        "VerificationError": _not_verified(verifier),
        "VerifiedPath": path,
    }
    calls: dict[str, Call] = {f"{name}.to_dict": lambda view=view: (view.to_dict, {}) for name, view in views.items()}
    for name, foreign in (*views.items(), ("PrivateKey", key)):
        if hasattr(foreign, "to_cryptography"):
            calls[f"{name}.to_cryptography"] = lambda foreign=foreign: (foreign.to_cryptography, {})
    for name, kind, signer in (
        ("PreparedCertificate", "certificate", dev.key),
        ("PreparedList", "list", dev.key),
        ("PreparedRequest", "request", key),
        ("PreparedRoot", "root", key),
    ):
        calls[f"{name}.sign"] = lambda kind=kind, signer=signer: (prepared(kind).sign, {"signer": signer})
        calls[f"{name}.assemble"] = lambda kind=kind, signer=signer: assembling(kind, signer)
    fixed: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
        "Certificate.is_for": (certificate.is_for, {"name": "localhost"}),
        "Decision.approve": (decision.approve, {}),
        "DevCA.client_context": (dev.client_context, {"certificate": developed}),
        "DevCA.intermediate": (dev.intermediate, another),
        "DevCA.issuer": (dev.issuer, {"crl_uris": "http://crl.example.com/"}),
        "DevCertificate.server_context": (developed.server_context, {"clients": dev}),
        "Inventory.certificates": (opened.certificates, {"serial_number": "0a"}),
        "Inventory.entries": (opened.entries, {}),
        "Inventory.expiring": (opened.expiring, {"within": "30d", "at": AT}),
        "Inventory.export": (opened.export, {"format": "json", "at": AT}),
        "Inventory.open": (certgate.Inventory.open, {"path": inventory}),
        "Inventory.show": (opened.show, {"serial_number": "0a"}),
        "Inventory.verify_audit": (opened.verify_audit, {"head": None}),
        "Issuer.__new__": (
            certgate.Issuer,
            {"chain": [root], "beyond": "truncate", "crl_uris": None, "issuer_uris": None, "ocsp_uris": None},
        ),
        "Policy.at_most": (policy.at_most, {"other": policy}),
        "Policy.constraints": (policy.constraints, {}),
        "Policy.diff": (policy.diff, {"other": policy, "requests": [request.der], "context": told, "at": AT}),
        "Policy.evaluate": (policy.evaluate, judged),
        "Policy.explain": (policy.explain, judged),
        "Policy.export": (certgate.import_policy("vault-role", ROLE, id="web")[0].export, {"kind": "vault-role"}),
        "Policy.lint": (policy.lint, {"at": AT}),
        "Policy.mend": (policy.mend, judged),
        "Policy.review": (policy.review, {"certificate": certificate, "context": told, "at": AT}),
        "Policy.run_cases": (policy.run_cases, {"cases": CASES, "files": {"a.pem": request.der}}),
        "PolicySet.__new__": (certgate.PolicySet, {"policies": [policy], "combine": "all", "name": None}),
        "PolicySet.evaluate": (policies.evaluate, judged),
        "Position.__new__": (certgate.Position, {"line": 1, "column": 1}),
        "PrivateKey.belongs_to": (key.belongs_to, {"certificate": certificate}),
        "PrivateKey.sign": (key.sign, {"message": b"message"}),
        "PrivateKey.to_pem": (key.to_pem, {}),
        "Span.__new__": (certgate.Span, {"start": 1, "end": 2}),
        "Verifier.__new__": (
            certgate.Verifier,
            {"anchors": [root], "intermediates": [root], "profile": "private", "issuer_rules": "enforce"},
        ),
        "Verifier.diagnose_path": (verifier.diagnose_path, verified),
        "Verifier.from_store": (
            certgate.Verifier.from_store,
            {"name": "webpki", "intermediates": None, "profile": "webpki", "issuer_rules": "ignore"},
        ),
        "Verifier.verify": (verifier.verify, verified),
        "arrow.check": (
            certgate.arrow.check,
            {"data": rows, "policy": policy, "column": "csr", "context": told, "context_column": "context", "at": AT}
            | {"threads": 1, "prefix": ""},
        ),
        "arrow.check_batches": (certgate.arrow.check_batches, {"batches": rows.to_batches(), "policy": policy}),
        "arrow.inspect": (certgate.arrow.inspect, {"data": rows, "column": "certificate", "prefix": "of_"}),
        "arrow.verify": (
            certgate.arrow.verify,
            {"data": rows, "verifier": verifier, "column": "certificate", "threads": 1, "prefix": ""},
        ),
        "check_many": (
            certgate.check_many,
            {"policy": policy, "requests": [request.der], "context": told, "at": AT} | many,
        ),
        "dev_ca": (certgate.dev_ca, another),
        "explain": (certgate.explain, {"code": "policy/dns-not-allowed"}),
        "explain_all": (certgate.explain_all, {}),
        "from_cryptography": (certgate.from_cryptography, {"value": certificate.to_cryptography()}),
        "generate_key": (certgate.generate_key, {"kind": "P-256"}),
        "import_policy": (
            certgate.import_policy,
            {"kind": "vault-role", "input": ROLE, "id": "web", "profile": None, "exact": False},
        ),
        "inspect": (certgate.inspect, {"input": request.der}),
        "inspect_certificate": (certgate.inspect_certificate, {"input": certificate.pem}),
        "lint": (certgate.lint, {"input": certificate.der, "profile": "rfc5280", "at": AT}),
        "lint_rules": (certgate.lint_rules, {}),
        "load_dev_ca": (certgate.load_dev_ca, {"chain": [root], "key": dev.key}),
        "load_policy": (certgate.load_policy, {"input": POLICY}),
        "load_private_key": (certgate.load_private_key, {"input": key.to_pem()}),
        "new_request": (certgate.new_request, {"key": key} | asked),
        "new_root": (certgate.new_root, {"key": key} | rooted),
        "parse_bundle": (certgate.parse_bundle, {"input": root.der}),
        "parse_certificate": (certgate.parse_certificate, {"input": certificate.der}),
        "parse_request": (certgate.parse_request, {"input": request.der}),
        "parse_revocation_list": (certgate.parse_revocation_list, {"input": revoked.der}),
        "prepare_request": (
            certgate.prepare_request,
            {"public_key": key.public_key_der, "scheme": "ecdsa-with-SHA256"} | asked,
        ),
        "prepare_revocation_list": (
            certgate.prepare_revocation_list,
            {"issuer": issuer, "revocations": [certificate], "previous": revoked, "number": 9, "lifetime": "7d"}
            | {"next_update": None, "at": AT, "scheme": "ecdsa-with-SHA256"},
        ),
        "prepare_root": (
            certgate.prepare_root,
            {"public_key": key.public_key_der, "scheme": "ecdsa-with-SHA256"} | rooted,
        ),
        "profile": (certgate.profile, {"name": "webpki"}),
        "ready_made_policies": (certgate.ready_made_policies, {}),
        "renewal_due": (
            certgate.renewal_due,
            {"certificates": certificate, "key": developed.key, "names": "localhost", "policy": policy, "at": AT}
            | {"verifier": verifier, "purpose": "server", "renew_before": "1d"},
        ),
        "request_like": (certgate.request_like, {"certificate": certificate, "key": key}),
        "schema": (certgate.schema, {"name": "policy"}),
        "verify_many": (certgate.verify_many, {"verifier": verifier, "certificates": [certificate]} | many),
        "verify_signature": (
            certgate.verify_signature,
            dict(zip(("public_key", "algorithm", "message", "signature"), signed)),
        ),
    }
    calls |= {name: lambda call=call: call for name, call in fixed.items()}
    return calls | {
        "DevCA.configure_trust": lambda: (dev.configure_trust, {"context": context()}),
        "DevCA.issue": lambda: (
            lambda **given: dev.issue(*given.pop("names"), **given),
            {"names": ["localhost"]} | made,
        ),
        "DevCertificate.configure": lambda: (developed.configure, {"context": context()}),
        "Issuer.issue": lambda: (issuer.issue, {"approval": decision.approve(), "signer": dev.key} | issued),
        "Issuer.prepare": lambda: (issuer.prepare, {"approval": decision.approve()} | issued),
    }
