"""The example for Spark in a real Spark, in local mode: the verdicts are those of this process over the same rows.

The usual run does not have Spark: `cargo xtask test heavy` runs this in an environment of its own.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
import pytest

import certgate
import certgate.arrow

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

ROWS = 2_000
POLICY = """\
version: 1
id: web
names: { dns: { allow: ["*.example.com"] } }
keys: { EC: [P-256] }
usages: { extended: { allow: [serverAuth], default: [serverAuth] } }
validity: { default: 24h, max: 90d }
"""


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession  # type: ignore[import-not-found, unused-ignore]

    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        # The workers look for packages where Spark was started, and are to find the one that is installed.
        os.chdir(folder)
        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.local.dir", folder).config("spark.sql.warehouse.dir", f"{folder}/warehouse")
        session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "300").getOrCreate()
        yield session
        session.stop()
        os.chdir(home)


@pytest.fixture(scope="module")
def key() -> certgate.PrivateKey:
    return certgate.generate_key()


def table(path: Path, column: str, rows: list[bytes | None]) -> str:
    """A Parquet file of several parts, so that several tasks have work."""
    values = pa.array(rows, type=pa.binary())
    pq.write_table(pa.table({"id": range(len(rows)), column: values}), path / "rows.parquet", row_group_size=500)
    return str(path / "rows.parquet")


def verdict(answer: Any, good: str, bad: str) -> tuple[str | None, list[str] | None]:
    if answer is None:
        return None, None
    if isinstance(answer, certgate.Unread):
        assert isinstance(answer.error, certgate.CertgateError)
        return "error", [one.code for one in answer.error.diagnostics]
    return good if answer else bad, [one.code for one in answer.reasons]


def test_requests(spark: Any, key: certgate.PrivateKey, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import spark_fleet

    domains = ["example.com", "example.com", "internal"]
    made = [certgate.new_request(key, names=f"host-{n}.{domains[n % 3]}").der for n in range(ROWS // 10)]
    rows: list[bytes | None] = [*made, None, b"", made[0][:-1]] * 10
    policy = certgate.load_policy(POLICY)
    file = table(tmp_path, "csr", rows)
    judged = spark_fleet.judged(spark.read.parquet(file), policy).orderBy("id").collect()
    answers = certgate.check_many(policy, [row for row in rows if row is not None])
    expected = [verdict(None if row is None else next(answers), "allowed", "denied") for row in rows]
    assert [(row["outcome"], row["codes"]) for row in judged] == expected
    assert {row["policy_digest"] for row in judged} == {policy.digest}
    assert [None if row["csr"] is None else bytes(row["csr"]) for row in judged] == rows
    assert len({outcome for outcome, _ in expected}) == 4
    with capsys.disabled():
        print(f"\npython: Spark judged {len(rows)} requests, {dict(Counter(outcome for outcome, _ in expected))}")


def test_certificates(spark: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import spark_fleet

    ca, other = certgate.dev_ca(), certgate.dev_ca()
    issued = [(other if n % 4 == 0 else ca).issue(f"host-{n}.example.com").certificate.der for n in range(100)]
    rows: list[bytes | None] = [*issued, None, b"damaged"] * 10
    verifier = certgate.Verifier(ca.certificate, profile="private")
    at = datetime.now(timezone.utc)
    file = table(tmp_path, "certificate", rows)
    frame = spark_fleet.verified(spark.read.parquet(file), verifier, purpose="server", at=at)
    judged = frame.orderBy("id").collect()
    answers = certgate.verify_many(verifier, [row for row in rows if row is not None], purpose="server", at=at)
    expected = [verdict(None if row is None else next(answers), "verified", "notVerified") for row in rows]
    assert [(row["outcome"], row["codes"]) for row in judged] == expected
    assert {row["outcome"] for row in judged if row["valid_until"] is not None} == {"verified"}
    assert len({outcome for outcome, _ in expected}) == 4
    with capsys.disabled():
        print(f"\npython: Spark judged {len(rows)} certificates, {dict(Counter(outcome for outcome, _ in expected))}")


def test_the_command(spark: Any, key: certgate.PrivateKey, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import spark_fleet

    requests = [certgate.new_request(key, names=name).der for name in ("a.example.com", "b.internal")]
    file = table(tmp_path, "csr", [*requests * 50, None])
    (tmp_path / "policy.yaml").write_text(POLICY)
    assert spark_fleet.main(["--policy", str(tmp_path / "policy.yaml"), file]) == 0
    assert capsys.readouterr().out.split() == ["1", "None", "50", "allowed", "50", "denied"]
