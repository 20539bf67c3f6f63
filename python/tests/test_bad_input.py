"""Bad input of every kind through every function: a typed exception, with code and diagnostics from the engine."""

from __future__ import annotations

import gc
import json
import pickle
from collections import UserDict, UserList
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from conftest import POLICY

import certgate

# Readers of requests, and what reads a policy.
READERS: dict[str, Callable[[Any], object]] = {
    "inspect": certgate.inspect,
    "parse_request": certgate.parse_request,
    "evaluate": certgate.load_policy(POLICY).evaluate,
    "load_policy": certgate.load_policy,
}

CONTENT = {
    "empty bytes": b"",
    "empty text": "",
    "zeros": bytes(64),
    "high bytes": b"\xff" * 64,
    "no text": "a\x00b",
    "lone surrogate": "\ud800",
    "cut DER": b"\x30\x82\x01\x00\x30",
    "endless length": b"\x30\x84\xff\xff\xff\xff",
    "PEM without end": "-----BEGIN CERTIFICATE REQUEST-----\nMIIB",
    "private key": "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
    "UTF-16": "-----BEGIN CERTIFICATE REQUEST-----".encode("utf-16"),
    "large": b"A" * (5 << 20),
    "deep": "[" * 100_000,
    "deep mapping": '{"a":' * 100_000,
    "billion laughs": "a: &a [x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n",
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("content", CONTENT)
@pytest.mark.parametrize("wrap", [None, bytearray, memoryview, "file"])
def test_content(reader: str, content: str, wrap: Any, tmp_path: Path) -> None:
    value: Any = CONTENT[content]
    if wrap is not None:
        value = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        if wrap == "file":
            (tmp_path / "input").write_bytes(value)
            value = tmp_path / "input"
        else:
            value = wrap(value)
    wanted = certgate.PolicyError if reader == "load_policy" else certgate.ParseError
    with pytest.raises(wanted) as caught:
        READERS[reader](value)
    error = caught.value
    assert type(error) is wanted
    assert error.code == error.diagnostics[0].code
    assert certgate.explain(error.code) is not None
    assert str(error).startswith(error.code)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "value", [None, 5, 5.0, object(), [1], {"a": 1}, (b"x",), int, Ellipsis, iter([b"x"])], ids=repr
)
def test_another_type(reader: str, value: object) -> None:
    with pytest.raises(TypeError, match=r"expected bytes, bytearray, memoryview, str or os\.PathLike"):
        READERS[reader](value)


@pytest.mark.parametrize("reader", READERS)
def test_files_that_cannot_be_read(reader: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        READERS[reader](tmp_path / "absent")
    assert caught.value.filename == str(tmp_path / "absent")
    with pytest.raises(IsADirectoryError):
        READERS[reader](tmp_path)
    with pytest.raises(ValueError, match="null"):
        READERS[reader](Path("a\x00b"))


def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(certgate.ParseError) as caught:
        certgate.inspect(Path("/dev/zero"))
    assert caught.value.code == "limit/text-bytes"


class BadPath:
    """Says that it is a path, and is none."""

    def __fspath__(self) -> Any:
        raise RuntimeError("no path today")


class PathOfNumber:
    def __fspath__(self) -> Any:
        return 5


def test_what_a_caller_raises_is_passed_on() -> None:
    with pytest.raises(RuntimeError, match="no path today"):
        certgate.inspect(BadPath())
    with pytest.raises(TypeError):
        certgate.inspect(PathOfNumber())  # type: ignore[arg-type]
    released = memoryview(b"x")
    released.release()
    with pytest.raises(ValueError, match="released"):
        certgate.inspect(released)


def endless() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


def wide() -> list[Any]:
    """One million values, each list of ten shared."""
    items: list[Any] = ["x"] * 10
    for _ in range(5):
        items = [items] * 10
    return items


CONTEXTS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "no mapping": (5, ()),
    "a list": ([], ()),
    "text": ("{}", ()),
    "unknown key": ({"naemspace": "x"}, ("naemspace",)),
    "key that is no text": ({1: 2}, ()),
    "key that is no Unicode": ({"facts": {"\ud800": 1}}, ("facts",)),
    "value that is no Unicode": ({"namespace": "\udfff"}, ("namespace",)),
    "object": ({"facts": {"a": object()}}, ("facts", "a")),
    "set": ({"facts": {"a": {1}}}, ("facts", "a")),
    "bytes": ({"facts": {"a": b"x"}}, ("facts", "a")),
    "date": ({"notAfter": date(2027, 1, 1)}, ("notAfter",)),
    "mapping as a fact": ({"facts": {"a": {"b": 1}}}, ("facts", "a")),
    "nothing in a list": ({"facts": {"a": ["x", None]}}, ("facts", "a")),
    "no number": ({"facts": {"a": float("nan")}}, ("facts", "a")),
    "infinite": ({"facts": {"a": [1.0, float("inf")]}}, ("facts", "a", 1)),
    "large number": ({"facts": {"a": 1 << 64}}, ("facts", "a")),
    "naive datetime": ({"notAfter": datetime(2027, 1, 1)}, ("notAfter",)),
    "part of a second": ({"duration": timedelta(microseconds=1)}, ("duration",)),
    "negative duration": ({"duration": timedelta(seconds=-1)}, ("duration",)),
    "endless": ({"facts": {"a": endless()}}, ("facts", "a", *[0] * 15)),
    "wide": ({"facts": {"a": wide()}}, None),
    "no flag": ({"parameters": {"isCA": "yes"}}, ("parameters", "isCA")),
    "no list": ({"usages": "serverAuth"}, ("usages",)),
    "missing key": ({"requester": {}}, ("requester",)),
}


def said(call: Callable[[], object]) -> str:
    """All that an exception says, as text and as data."""
    with pytest.raises(certgate.CertgateError) as caught:
        call()
    return str(caught.value) + repr([diagnostic.message for diagnostic in caught.value.diagnostics])


def test_messages_show_no_controls_and_no_more_than_is_of_use(policy: certgate.Policy, good: bytes) -> None:
    name: Any = "a\u202e\x1b[31m\n" + "x" * 10_000
    calls: list[Callable[[], object]] = [
        lambda: policy.evaluate(good, {name: 1}),  # type: ignore[arg-type]
        lambda: policy.evaluate(good, {"facts": {name: {}}}),
        lambda: policy.evaluate(good, {"requester": {"username": "a", name: 1}}),  # type: ignore[arg-type]
        lambda: certgate.Verifier.from_store(name),
        lambda: certgate.load_policy(json.dumps({"version": 1, "id": "x", name: 1})),
        lambda: certgate.import_policy(name, b"{}"),
        lambda: certgate.PolicySet([policy], combine=name),
        lambda: policy.evaluate(good, at=name),
    ]
    for call in calls:
        text = said(call)
        assert not any(mark in text for mark in ("\u202e", "\x1b", "\n"))
        assert len(text) < 1_500


def test_messages_show_no_key(policy: certgate.Policy, good: bytes, dev_ca: certgate.DevCA) -> None:
    lines = dev_ca.key.to_pem().splitlines()
    key: Any = "".join(lines[1:-1])
    calls: list[Callable[[], object]] = [
        lambda: certgate.Verifier(dev_ca.certificate).verify(dev_ca.certificate, purpose=key),
        lambda: certgate.Verifier(dev_ca.certificate).verify(dev_ca.certificate, key_usage=key),
        lambda: certgate.Verifier.from_store(key),
        lambda: certgate.generate_key(key),
        lambda: certgate.prepare_revocation_list(dev_ca.issuer(), key),
        lambda: policy.evaluate(good, {key: 1}),  # type: ignore[arg-type]
        lambda: policy.evaluate(good, {"requester": key}),
        lambda: policy.evaluate(good, {"facts": {key: {}}}),
        lambda: policy.evaluate(good, at=key),
        lambda: policy.evaluate(good, at="\n".join(lines)),
    ]
    for call in calls:
        with pytest.raises(certgate.CertgateError) as caught:
            call()
        text = str(caught.value) + repr([diagnostic.to_dict() for diagnostic in caught.value.diagnostics])
        shown = [key[start : start + 12] for start in range(48, len(key) - 12) if key[start : start + 12] in text]
        assert not shown


class GrowingTime(tzinfo):
    """Code of the caller that runs while a dict is read, and changes it."""

    def __init__(self, changed: dict[str, Any]) -> None:
        self.changed = changed

    def utcoffset(self, _: datetime | None) -> timedelta:
        self.changed[f"new{len(self.changed)}"] = "x"
        return timedelta(0)

    def dst(self, _: datetime | None) -> None:
        return None

    def tzname(self, _: datetime | None) -> str:
        return "growing"


class GrowingPath:
    """The same with a path."""

    def __init__(self, changed: dict[str, Any], path: Path) -> None:
        self.changed, self.path = changed, path

    def __fspath__(self) -> str:
        self.changed[f"new{len(self.changed)}"] = self.path
        return str(self.path)


def test_a_dict_that_changes_while_it_is_read(policy: certgate.Policy, good: bytes, tmp_path: Path) -> None:
    facts: dict[str, Any] = {"a": "x"}
    facts["b"] = datetime(2027, 1, 1, tzinfo=GrowingTime(facts))
    facts["c"] = "y"
    assert policy.evaluate(good, {"facts": facts})
    assert len(facts) > 3
    (tmp_path / "request.der").write_bytes(good)
    requests: dict[str, Any] = {}
    requests["a"] = GrowingPath(requests, tmp_path / "request.der")
    requests["b"] = good
    assert policy.diff(policy, requests)
    assert len(requests) > 2


def test_other_mappings_and_sequences(policy: certgate.Policy, good: bytes, bad: bytes) -> None:
    requester = MappingProxyType({"username": "alice", "groups": UserList(["dev"])})
    context: Any = MappingProxyType({"requester": requester, "facts": UserDict({"tier": "web"})})
    assert policy.evaluate(good, context)
    plain: Any = policy.diff(policy, {"a": good, "b": bad})
    assert policy.diff(policy, UserDict({"a": good, "b": bad})) == plain
    assert policy.diff(policy, MappingProxyType({"a": good, "b": bad})) == plain
    assert policy.diff(policy, UserList([good, bad])) == policy.diff(policy, [good, bad])
    names = certgate.new_request(certgate.generate_key(), names=UserList(["a.example.com", "b.example.com"]))
    assert len(names.subject_alt_names) == 2


@pytest.mark.parametrize("name", CONTEXTS)
def test_contexts(name: str, policy: certgate.Policy, good: bytes) -> None:
    context, path = CONTEXTS[name]
    with pytest.raises(certgate.ParseError) as caught:
        policy.evaluate(good, context)
    error = caught.value
    assert error.code.startswith("context/")
    if path is not None:
        assert error.diagnostics[0].path == path
    assert "struct" not in str(error)


@pytest.mark.parametrize(
    "at",
    [
        "",
        "now",
        "2027-13-01T00:00:00Z",
        "2027-01-01",
        "\ud800",
        5,
        5.5,
        [],
        date(2027, 1, 1),
        datetime(2027, 1, 1),
        datetime(2027, 1, 1, tzinfo=timezone(timedelta(seconds=1))),
        timedelta(1),
    ],
    ids=repr,
)
def test_times(at: Any, policy: certgate.Policy, good: bytes) -> None:
    with pytest.raises(certgate.ParseError) as caught:
        policy.evaluate(good, at=at)
    assert caught.value.code == "context/value"
    assert caught.value.diagnostics[0].path[0] in ("at", "duration")


@pytest.mark.parametrize("position", range(4))
def test_signatures(position: int) -> None:
    parts: list[Any] = [b"", b"", b"", b""]
    with pytest.raises(certgate.ParseError) as caught:
        certgate.verify_signature(*parts)
    assert caught.value.diagnostics
    parts[position] = 5
    with pytest.raises(TypeError):
        certgate.verify_signature(*parts)


def test_names_that_there_are_not() -> None:
    assert certgate.explain("policy/no-such-code") is None
    assert certgate.schema("nothing") is None
    for function in (certgate.explain, certgate.schema):
        with pytest.raises(TypeError):
            function(5)
        with pytest.raises(UnicodeEncodeError):
            function("\ud800")


def test_exceptions(good: bytes) -> None:
    with pytest.raises(certgate.ParseError) as caught:
        certgate.inspect(good[:-1])
    error = caught.value
    assert isinstance(error, certgate.CertgateError)
    assert isinstance(error, ValueError)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is certgate.ParseError
    assert (str(copy), copy.code, copy.diagnostics) == (str(error), error.code, error.diagnostics)
    assert not issubclass(certgate.PolicyError, ValueError)
    for kind in (certgate.PolicyError, certgate.VerificationError, certgate.IssuanceError):
        assert issubclass(kind, certgate.CertgateError)
    with pytest.raises(ValueError, match="at least one diagnostic"):
        certgate.CertgateError("nothing", ())


def test_diagnostics_are_values(policy: certgate.Policy, bad: bytes) -> None:
    (one,) = policy.evaluate(bad).reasons
    (same,) = policy.evaluate(bad).reasons
    assert one == same
    assert hash(one) == hash(same)
    assert pickle.loads(pickle.dumps(one)) == one
    assert repr(one).startswith("<Diagnostic 'policy/dns-not-allowed: ")
    assert one.span == certgate.Span(one.span.start, one.span.end) if one.span else False
    assert pickle.loads(pickle.dumps(one.span)) == one.span
    with pytest.raises(ValueError, match="expected"):
        certgate.Diagnostic._from_json("x")
    with pytest.raises(OverflowError):
        certgate.Span(-1, 2)
    gc.collect()
