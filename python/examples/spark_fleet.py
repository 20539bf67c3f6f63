"""The same in Spark: `mapInArrow` with one policy, which goes to the workers by its text.

spark-submit spark_fleet.py --policy policy.yaml requests.parquet
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

import certgate
import certgate.arrow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame  # type: ignore[import-not-found, unused-ignore]


def judged(requests: DataFrame, policy: certgate.Policy, column: str = "csr") -> DataFrame:
    """The table with a verdict for each request."""

    def judge(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return certgate.arrow.check_batches(batches, policy, column=column, threads=1)

    from pyspark.sql.types import (  # type: ignore[import-not-found, unused-ignore]
        ArrayType,
        StringType,
        StructField,
        StructType,
    )

    codes = ArrayType(StringType())
    added = [
        StructField("outcome", StringType()),
        StructField("codes", codes),
        StructField("messages", codes),
        StructField("policy_digest", StringType()),
    ]
    return requests.mapInArrow(judge, StructType([*requests.schema.fields, *added]))


def main(arguments: list[str] | None = None) -> int:
    from pyspark.sql import SparkSession

    parser = argparse.ArgumentParser(description="Judges the requests of a Parquet file in Spark.")
    parser.add_argument("file")
    parser.add_argument("--policy", type=Path, required=True)
    given = parser.parse_args(arguments)
    spark = SparkSession.builder.appName("certgate").getOrCreate()
    try:
        verdicts = judged(spark.read.parquet(given.file), certgate.load_policy(given.policy))
        for row in verdicts.groupBy("outcome").count().orderBy("outcome").collect():
            print(f"{row['count']:>8}  {row['outcome']}")
    finally:
        spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
