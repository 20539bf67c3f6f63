"""Every public function, called with bad input in the place of each argument: an exception with a type, from the engine
with code and diagnostics, and never a panic or `SystemError`. What is new must be added to `calls.py`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import GeneratorType
from typing import Any

import pytest
from calls import Call, good_calls, public

import certgate

JUNK: dict[str, Any] = {
    "nothing": None,
    "number": 5,
    "negative": -1,
    "large number": 1 << 70,
    "float": float("nan"),
    "flag": True,
    "object": object(),
    "class": int,
    "empty bytes": b"",
    "high bytes": b"\xff" * 64,
    "cut DER": b"\x30\x82\x01\x00\x30",
    "endless length": b"\x30\x84\xff\xff\xff\xff",
    "empty text": "",
    "text": "no such thing",
    "zero in text": "a\x00b",
    "lone surrogate": "\ud800",
    "deep": "[" * 10_000,
    "PEM without end": "-----BEGIN CERTIFICATE-----\nMIIB",
    "empty list": [],
    "list of numbers": [1, 2],
    "list of texts": ["", "\ud800"],
    "list of bytes": [b"\x30"],
    "mapping": {"a": 1},
    "mapping of numbers": {1: 2},
    "naive datetime": datetime(2027, 1, 1),
    "absent file": Path("/nonexistent/certgate"),
    "folder": Path("/"),
    "path that is none": Path("a\x00b"),
}

# Arguments of helpers that are written in Python and ask the argument for what it has: another object has not got it.
DUCKS = {
    "DevCA.client_context": {"certificate"},
    "DevCA.configure_trust": {"context"},
    "DevCertificate.configure": {"context"},
    "DevCertificate.server_context": {"clients"},
    "arrow.check": {"data", "policy"},
    "arrow.check_batches": {"batches", "policy"},
    "arrow.inspect": {"data"},
    "arrow.verify": {"data", "verifier"},
    "check_many": {"policy"},
    "verify_many": {"verifier"},
}


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory, issued_inventory: Path) -> dict[str, Call]:
    return good_calls(tmp_path_factory.mktemp("calls"), issued_inventory)


def test_no_function_is_forgotten(calls: dict[str, Call]) -> None:
    assert sorted(calls) == sorted(public())


def test_no_argument_is_forgotten(calls: dict[str, Call]) -> None:
    checked = 0
    for name, function in public().items():
        signature = inspect.signature(function).parameters.values()
        named = {one.name for one in signature if one.kind is not one.VAR_KEYWORD} - {"self"}
        assert set(calls[name]()[1]) == named, name
        checked += len(named)
    assert checked > 150


@pytest.mark.parametrize("name", sorted(public()))
def test_good_and_bad_input(name: str, calls: dict[str, Call]) -> None:
    function, good = calls[name]()
    used(function(**good))
    for argument in good:
        for kind, junk in JUNK.items():
            function, given = calls[name]()
            what = f"{name}({argument}={kind})"
            error = raised(lambda: used(function(**{**given, argument: junk})))  # noqa: B023 (it is called here)
            if isinstance(error, certgate.CertgateError):
                assert error.code == error.diagnostics[0].code, what
                assert certgate.explain(error.code) is not None, what
            elif isinstance(error, AttributeError):
                assert argument in DUCKS.get(name, ()), (what, error)
            elif error is not None:
                assert isinstance(error, (TypeError, ValueError, OverflowError, OSError, KeyError)), (what, error)
                assert not is_for_the_engine(junk, good[argument], error), (what, error)


def raised(call: Callable[[], object]) -> BaseException | None:
    """What a call raises: a panic is no `Exception`."""
    try:
        call()
    except BaseException as error:
        return error
    return None


def used(answer: Any) -> None:
    """An answer that is made while it is asked for is asked for."""
    if isinstance(answer, (GeneratorType, Iterator)):
        for _ in answer:
            pass


def is_for_the_engine(junk: Any, good: Any, error: BaseException) -> bool:
    """Text and bytes in the place of text and bytes are not understood by the engine, which says so with a code."""
    is_read = isinstance(junk, (str, bytes)) and type(junk) is type(good) and junk != "\ud800"
    # A column that is not there is documented as `KeyError`.
    return is_read and not isinstance(error, (OSError, KeyError))
