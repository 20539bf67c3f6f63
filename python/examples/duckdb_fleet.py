"""A fleet's requests in DuckDB: judged over Arrow, counted in SQL.

    python duckdb_fleet.py --policy policy.yaml requests.parquet

The file has a column `csr` (binary or text) and whatever else is known of each. Batches stream through: memory stays
flat.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

import certgate
import certgate.arrow


def judge(source: str, policy: certgate.Policy, connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Judges every request of a Parquet file, and counts the verdicts by code."""
    reader = connection.cursor().sql("SELECT * FROM read_parquet(?)", params=[source]).to_arrow_reader(2_000)

    def batches() -> Iterator[pa.RecordBatch]:
        yield from certgate.arrow.check_batches(reader, policy)

    schema = pa.schema([*reader.schema, *certgate.arrow.CHECK_FIELDS])
    verdicts = pa.RecordBatchReader.from_batches(schema, batches())
    connection.register("verdicts", verdicts)
    rows: list[tuple[Any, ...]] = connection.execute(
        "SELECT outcome, coalesce(code, '') AS code, count(*) AS requests FROM "
        "(SELECT outcome, unnest(CASE WHEN len(codes) > 0 THEN codes ELSE [NULL] END) AS code FROM verdicts) "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return rows


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Judges the requests of a Parquet file.")
    parser.add_argument("file")
    parser.add_argument("--policy", type=Path, required=True)
    given = parser.parse_args(arguments)
    for outcome, code, count in judge(given.file, certgate.load_policy(given.policy), duckdb.connect()):
        print(f"{count:>8}  {outcome}  {code}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
