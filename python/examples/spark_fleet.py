"""The same in Spark: `mapInArrow` with one policy or one verifier, which goes to the workers by its source.

spark-submit spark_fleet.py --policy policy.yaml requests.parquet
spark-submit spark_fleet.py --anchors roots.pem certificates.parquet
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

import certgate
import certgate.arrow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame  # type: ignore[import-not-found, unused-ignore]


def judged(requests: DataFrame, policy: certgate.Policy, column: str = "csr") -> DataFrame:
    """The table with a verdict for each request."""
    return mapped(
        requests,
        lambda batch: certgate.arrow.check(batch, policy, column=column, threads=1),
        certgate.arrow.CHECK_FIELDS,
    )


def verified(
    certificates: DataFrame, verifier: certgate.Verifier, column: str = "certificate", **asked: Any
) -> DataFrame:
    """The table with a verdict for each certificate; further arguments are those of `Verifier.diagnose_path`."""
    return mapped(
        certificates,
        lambda batch: certgate.arrow.verify(batch, verifier, column=column, threads=1, **asked),
        certgate.arrow.VERIFY_FIELDS,
    )


def mapped(table: DataFrame, work: Callable[[pa.RecordBatch], pa.RecordBatch], added: pa.Schema) -> DataFrame:
    """The table with the columns that `work` adds to each batch. Spark has a core for each task: one thread will do."""
    from pyspark.sql.pandas.types import from_arrow_schema  # type: ignore[import-not-found, unused-ignore]
    from pyspark.sql.types import StructType  # type: ignore[import-not-found, unused-ignore]

    added = pa.schema([in_microseconds(field) for field in added])

    def each(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield work(batch).cast(pa.schema([*batch.schema, *added]))

    return table.mapInArrow(each, StructType([*table.schema.fields, *from_arrow_schema(added).fields]))


def in_microseconds(field: pa.Field) -> pa.Field:
    """Times of Spark are in microseconds."""
    is_time = pa.types.is_timestamp(field.type)
    return field.with_type(pa.timestamp("us", tz=field.type.tz)) if is_time else field


def main(arguments: list[str] | None = None) -> int:
    from pyspark.sql import SparkSession  # type: ignore[import-not-found, unused-ignore]

    parser = argparse.ArgumentParser(description="Judges the requests or the certificates of a Parquet file in Spark.")
    parser.add_argument("file")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--policy", type=Path, help="the column `csr` is judged by it")
    what.add_argument("--anchors", type=Path, help="the column `certificate` is verified by them")
    given = parser.parse_args(arguments)
    spark = SparkSession.builder.appName("certgate").getOrCreate()
    try:
        table = spark.read.parquet(given.file)
        if given.policy:
            verdicts = judged(table, certgate.load_policy(given.policy))
        else:
            verdicts = verified(table, certgate.Verifier(given.anchors, profile="private"), purpose="any")
        for row in verdicts.groupBy("outcome").count().orderBy("outcome").collect():
            print(f"{row['count']:>8}  {row['outcome']}")
    finally:
        spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
