"""Verdicts over columns: pyarrow and Polars."""

from __future__ import annotations

import json
import threading
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pytest

import certgate
import certgate.arrow
from certgate.dev import DevCA


def test_verdicts_are_columns(policy: certgate.Policy, good: bytes, bad: bytes) -> None:
    rows = [good, bad, None, b"damaged"]
    for kind in (pa.binary(), pa.large_binary()):
        table = pa.table({"id": [1, 2, 3, 4], "csr": pa.array(rows, type=kind)})
        judged = certgate.arrow.check(table, policy, threads=2)
        assert judged.schema.names == ["id", "csr", "outcome", "codes", "messages", "policy_digest"]
        assert judged["outcome"].to_pylist() == ["allowed", "denied", None, "error"]
        assert judged["codes"].to_pylist()[:3] == [[], ["policy/dns-not-allowed"], None]
        assert set(judged["policy_digest"].to_pylist()) == {policy.digest}
        # What was there is passed on, not copied.
        before, after = table["csr"].chunk(0).buffers()[2], judged["csr"].chunk(0).buffers()[2]
        assert before.address == after.address


def test_batches_stream(policy: certgate.Policy, good: bytes) -> None:
    batch = pa.record_batch({"csr": [good] * 3})
    judged = list(certgate.arrow.check_batches([batch, batch.slice(0, 0)], policy, prefix="v_"))
    assert [part.num_rows for part in judged] == [3, 0]
    assert judged[0].schema == judged[1].schema
    assert judged[0]["v_outcome"].to_pylist() == ["allowed"] * 3


def test_contexts_are_a_column(good: bytes) -> None:
    policy = certgate.load_policy(
        "version: 1\nid: team\nselect: { namespace: [web] }\nnames: { dns: { allow: ['*.team.example.com'] } }\n"
        "keys: { EC: [P-256] }\nusages: { extended: [serverAuth] }\nvalidity: { default: 24h, max: 90d }\n"
    )
    contexts = [json.dumps({"namespace": "web"}), json.dumps({"namespace": "db"}), "{", json.dumps({"x": 1}), None]
    table = pa.table({"csr": [good] * 5, "context": contexts})
    judged = certgate.arrow.check(table, policy, context_column="context", context={"namespace": "web"})
    assert judged["outcome"].to_pylist() == ["allowed", "notApplicable", "error", "error", "allowed"]
    assert judged["codes"].to_pylist()[3] == ["context/unknown-key"]


def test_contexts_are_read_by_the_engine(policy: certgate.Policy, good: bytes) -> None:
    twice = '{"namespace": "web", "namespace": "kube-system"}'
    deep = ["[" * 100_000, '{"facts":' * 100_000]
    contexts = [*deep, twice, "", "null", "1", '{"duration": NaN}', "namespace: web", "{}"]
    table = pa.table({"csr": [good] * len(contexts), "context": contexts})
    judged = certgate.arrow.check(table, policy, context_column="context", threads=2)
    assert judged["outcome"].to_pylist() == ["error"] * 8 + ["allowed"]
    assert all(judged["codes"].to_pylist()[:8])


def test_one_pool_judges_all_rows(policy: certgate.Policy, good: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    start = threading.Thread.start

    def counted(thread: threading.Thread) -> None:
        started.append(thread.name)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", counted)
    table = pa.table({"csr": [good] * 500, "context": ["{}"] * 500})
    judged = certgate.arrow.check(table, policy, context_column="context", threads=2)
    assert judged["outcome"].to_pylist() == ["allowed"] * 500
    assert 1 <= len(started) <= 2


def test_views_are_text_and_binary(policy: certgate.Policy, good: bytes) -> None:
    pem = certgate.parse_request(good).pem
    text, binary = pa.types.__dict__.get("is_string_view"), pa.types.__dict__.get("is_binary_view")
    if text is None or binary is None:
        pytest.skip("this pyarrow has no views")
    for value, kind in ((pem, pa.string_view()), (good, pa.binary_view()), (good, pa.binary(len(good)))):
        contexts = pa.array(["{}", None], type=pa.string_view())
        table = pa.table({"csr": pa.array([value, None], type=kind), "context": contexts})
        judged = certgate.arrow.check(table, policy, context_column="context")
        assert judged["outcome"].to_pylist() == ["allowed", None]


def test_certificates_are_verified_and_read(dev_ca: DevCA) -> None:
    certificate = dev_ca.issue("localhost").certificate
    table = pa.table({"certificate": [certificate.pem, None, "none"]})
    verifier = certgate.Verifier(dev_ca.certificate, profile="private")
    judged = certgate.arrow.verify(table, verifier, names="localhost")
    assert judged["outcome"].to_pylist() == ["verified", None, "error"]
    assert judged["valid_until"].to_pylist()[0] == certificate.not_after
    read = certgate.arrow.inspect(table)
    assert read["fingerprint"].to_pylist() == [certificate.fingerprint, None, None]
    assert read["names"].to_pylist()[0] == ["localhost"]


def test_columns_that_are_not_there(policy: certgate.Policy) -> None:
    with pytest.raises(KeyError):
        certgate.arrow.check(pa.table({"other": [b""]}), policy)
    with pytest.raises(TypeError):
        certgate.arrow.check(pa.table({"csr": [1]}), policy)


def test_polars(policy: certgate.Policy, good: bytes, bad: bytes) -> None:
    polars: Any = pytest.importorskip("polars")
    frame = polars.DataFrame({"csr": [good, bad]})
    judged = polars.from_arrow(certgate.arrow.check(frame.to_arrow(), policy))
    assert judged["outcome"].to_list() == ["allowed", "denied"]
