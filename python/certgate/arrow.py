"""Verdicts over columns: pyarrow tables and record batches in, the same with verdict columns out.

The columns that are there are passed on as they are, without a copy. The same function runs under DuckDB, Polars,
Ray Data and Spark's `mapInArrow`. It needs `pyarrow`.

>>> import certgate, certgate.arrow, pyarrow
>>> policy = certgate.load_policy(certgate.ready_made_policies()["private-web"])
>>> key = certgate.generate_key("Ed25519")
>>> requests = [certgate.new_request(key, names=name).der for name in ("api.team.example.com", "db.internal")]
>>> table = pyarrow.table({"name": ["api", "db"], "csr": requests})
>>> certgate.arrow.check(table, policy)["outcome"].to_pylist()
['allowed', 'denied']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, TypeVar

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

from certgate._certgate import Certificate, Decision, Policy, Verifier, parse_certificate, read_context
from certgate.errors import CertgateError
from certgate.many import Unread, check_many, each, verify_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from certgate.types import Context, Time

__all__ = ["CERTIFICATE_FIELDS", "CHECK_FIELDS", "VERIFY_FIELDS", "check", "check_batches", "inspect", "verify"]

CHECK_FIELDS = pa.schema(
    [
        pa.field("outcome", pa.string(), nullable=True),
        pa.field("codes", pa.list_(pa.string()), nullable=True),
        pa.field("messages", pa.list_(pa.string()), nullable=True),
        pa.field("policy_digest", pa.string(), nullable=False),
    ]
)
"""What `check` adds. `outcome` is `allowed`, `denied`, `notApplicable` or `error`; null where there is no request."""

VERIFY_FIELDS = pa.schema(
    [
        pa.field("outcome", pa.string(), nullable=True),
        pa.field("codes", pa.list_(pa.string()), nullable=True),
        pa.field("messages", pa.list_(pa.string()), nullable=True),
        pa.field("valid_until", pa.timestamp("s", tz="UTC"), nullable=True),
    ]
)
"""What `verify` adds. `outcome` is `verified`, `notVerified` or `error`; null where there is no certificate."""

CERTIFICATE_FIELDS = pa.schema(
    [
        pa.field("subject", pa.string(), nullable=True),
        pa.field("issuer", pa.string(), nullable=True),
        pa.field("serial_number", pa.string(), nullable=True),
        pa.field("not_before", pa.timestamp("s", tz="UTC"), nullable=True),
        pa.field("not_after", pa.timestamp("s", tz="UTC"), nullable=True),
        pa.field("names", pa.list_(pa.string()), nullable=True),
        pa.field("key", pa.string(), nullable=True),
        pa.field("ca", pa.bool_(), nullable=True),
        pa.field("fingerprint", pa.string(), nullable=True),
        pa.field("codes", pa.list_(pa.string()), nullable=True),
    ]
)
"""What `inspect` adds. `codes` are those of its findings, or of the error that it cannot be read."""

Tabular = TypeVar("Tabular", pa.Table, pa.RecordBatch)


def check(
    data: Tabular,
    policy: Policy,
    *,
    column: str = "csr",
    context: Context | None = None,
    context_column: str | None = None,
    at: Time | None = None,
    threads: int | None = None,
    prefix: str = "",
) -> Tabular:
    """Judges the requests of a column (binary or text) by a policy, and adds `CHECK_FIELDS`.

    `context` holds for all rows; `context_column` is text with a context in JSON for each row that has one, which is
    then used instead. A context that cannot be read is an error of its row. `prefix` stands before the names of the new
    columns.

    Raises `KeyError` for a column that is not there, and `TypeError` for one that holds something else.
    """
    requests = _inputs(data, column)
    answers: list[Any]
    if context_column is None:
        answers = _known(requests, lambda items: check_many(policy, items, context, at=at, threads=threads))
    else:
        texts = _texts(data, context_column)
        pairs = [None if request is None else (request, text) for request, text in zip(requests, texts)]
        answers = _known(pairs, lambda items: each(_judge(policy, context, at), items, threads))
    rows: list[tuple[Any, ...]] = [_verdict(answer) for answer in answers]
    return _with(data, CHECK_FIELDS, [*_transpose(rows, 3), [policy.digest] * len(rows)], prefix)


def check_batches(batches: Iterable[pa.RecordBatch], policy: Policy, **arguments: Any) -> Iterator[pa.RecordBatch]:
    """`check` for each batch of a stream: what Spark's `mapInArrow` and the like call."""
    for batch in batches:
        yield check(batch, policy, **arguments)


def verify(
    data: Tabular,
    verifier: Verifier,
    *,
    column: str = "certificate",
    threads: int | None = None,
    prefix: str = "",
    **asked: Any,
) -> Tabular:
    """Verifies the certificates of a column (binary or text; a leaf, with what is presented beside it), and adds
    `VERIFY_FIELDS`. Further keyword arguments are those of `Verifier.diagnose_path`."""
    inputs = _inputs(data, column)
    answers: list[Any] = _known(inputs, lambda items: verify_many(verifier, items, threads=threads, **asked))
    rows = [_verified(answer) for answer in answers]
    return _with(data, VERIFY_FIELDS, _transpose(rows, 4), prefix)


def inspect(data: Tabular, *, column: str = "certificate", prefix: str = "") -> Tabular:
    """Reads the certificates of a column (binary or text), and adds `CERTIFICATE_FIELDS`."""
    rows = [_fields(item) for item in _inputs(data, column)]
    return _with(data, CERTIFICATE_FIELDS, _transpose(rows, len(CERTIFICATE_FIELDS)), prefix)


def _inputs(data: Any, column: str) -> list[bytes | str | None]:
    """The values of a column."""
    values = _column(data, column)
    if not (_is(values.type, "string") or _is(values.type, "binary")):
        raise TypeError(f"the column {column!r} is {values.type}, not binary or text")
    inputs: list[bytes | str | None] = values.to_pylist()
    return inputs


def _column(data: Any, column: str) -> Any:
    if not isinstance(column, str):
        raise TypeError(f"a column is asked for by its name, not by {type(column).__name__}")
    return data.column(column)


def _texts(data: Any, column: str) -> list[str | None]:
    values = _column(data, column)
    if not _is(values.type, "string"):
        raise TypeError(f"the column {column!r} is {values.type}, not text")
    texts: list[str | None] = values.to_pylist()
    return texts


def _is(kind: Any, name: str) -> bool:
    """Whether a column is text (`string`) or `binary`, in any of the layouts that Arrow has for them."""
    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    # Views are younger than the oldest pyarrow that is supported.
    layouts = [f"is_{name}", f"is_large_{name}", f"is_{name}_view", f"is_fixed_size_{name}"]
    return any(getattr(pa.types, layout)(held) for layout in layouts if hasattr(pa.types, layout))


def _judge(
    policy: Policy, context: Context | None, at: Time | None
) -> Callable[[tuple[bytes | str, str | None]], Decision | Unread]:
    """Judges a request by the context that is in JSON beside it, else by the one for all."""

    def judge(pair: tuple[bytes | str, str | None]) -> Decision | Unread:
        request, text = pair
        try:
            return policy.evaluate(request, context if text is None else read_context(text), at=at)
        except (CertgateError, OSError) as error:
            return Unread(error)

    return judge


def _known(items: list[Any], judge: Callable[[Iterable[Any]], Iterator[Any]]) -> list[Any]:
    """The answers for those that are there, and nothing for the others."""
    answers = judge(item for item in items if item is not None)
    return [None if item is None else next(answers) for item in items]


def _verified(answer: Any) -> tuple[Any, ...]:
    path = getattr(answer, "path", None)
    outcome, codes, messages = _verdict(answer)
    return outcome, codes, messages, None if path is None else path.valid_until


def _verdict(answer: Any) -> tuple[str | None, list[str] | None, list[str] | None]:
    if answer is None:
        return None, None, None
    if isinstance(answer, Unread):
        if not isinstance(answer.error, CertgateError):
            return "error", [], [str(answer.error)]
        diagnostics, outcome = answer.error.diagnostics, "error"
    else:
        diagnostics, outcome = answer.reasons, answer.outcome
    return outcome, [one.code for one in diagnostics], [one.message for one in diagnostics]


def _fields(item: Any) -> tuple[Any, ...]:
    missing = (None,) * (len(CERTIFICATE_FIELDS) - 1)
    if item is None:
        return (*missing, None)
    try:
        certificate: Certificate = parse_certificate(item)
    except CertgateError as error:
        return (*missing, [one.code for one in error.diagnostics])
    return (
        certificate.subject["text"],
        certificate.issuer["text"],
        certificate.serial_number,
        certificate.not_before,
        certificate.not_after,
        [name["value"] for name in certificate.subject_alt_names],
        certificate.public_key["name"],
        certificate.ca,
        certificate.fingerprint,
        [one.code for one in certificate.findings],
    )


def _transpose(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [[row[index] for row in rows] for index in range(width)]


def _with(data: Any, fields: pa.Schema, columns: list[list[Any]], prefix: str) -> Any:
    """The table or batch with more columns; those that are there are the same buffers."""
    for field, values in zip(fields, columns):
        named = field.with_name(prefix + field.name)
        data = data.append_column(named, pa.array(values, type=field.type))
    return data
