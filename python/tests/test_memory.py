"""Nothing is lost in repeated calls: every function again and again, while the memory in use is counted."""

from __future__ import annotations

import ctypes
import gc
import pickle
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable

import pytest
from calls import Call, good_calls, public
from heavy import count

import certgate

# Calls of each family.
CALLS = count(usual=800, heavy=100_000)
ATTEMPTS = 3

# What costs milliseconds is called so many times less.
SLOW = {"Verifier.from_store": 100, "Policy.diff": 5, "Policy.at_most": 5, "Policy.mend": 5, "Policy.explain": 5}

FAMILIES = {
    "reading": "parse_ inspect lint Request. Certificate. RevocationList. verify_signature SignatureStatus. from_",
    "policies": "load_policy import_policy Policy. PolicySet. Decision. SetDecision. Diagnostic. ready_made_policies",
    "verifying": "Verifier. VerifiedPath. VerificationError. PathDiagnosis.",
    "issuing": "Issuer. Prepared prepare_ IssuedCertificate. new_ request_like",
    "keys": "generate_key load_private_key PrivateKey.",
    "inventory and renewal": "Inventory. renewal_due Renewal.",
    "many and tables": "check_many verify_many arrow.",
    "development CAs": "dev_ca load_dev_ca DevCA. DevCertificate.",
    "tables of the engine": "explain schema profile lint_rules Span. Position.",
}


class Memory(ctypes.Structure):
    """`struct mallinfo2` of glibc."""

    _NAMES = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
    _fields_ = tuple(zip(_NAMES, [ctypes.c_size_t] * len(_NAMES)))


def used() -> tuple[int, int, int]:
    """Bytes that C and Rust have allocated, blocks that Python has, and bytes that are resident."""
    gc.collect()
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = Memory
    info = mallinfo()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return info.uordblks + info.hblkhd, sys.getallocatedblocks(), pages * resource.getpagesize()


def has_mallinfo() -> bool:
    return sys.platform == "linux" and hasattr(ctypes.CDLL(None), "mallinfo2")


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory, issued_inventory: Path) -> dict[str, Call]:
    return good_calls(tmp_path_factory.mktemp("calls"), issued_inventory)


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """What is there already is not looked at by each collection, so that it is fast."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def of_family(family: str) -> list[str]:
    prefixes = tuple(FAMILIES[family].split())
    return sorted(name for name in public() if name.startswith(prefixes))


def test_every_function_is_of_a_family() -> None:
    assert set().union(*(of_family(family) for family in FAMILIES)) == set(public())


def again(name: str, make: Call, times: int) -> Callable[[], int]:
    """Calls a function so many times, also with what it cannot read, and pickles what can be pickled."""
    good = make()[1]
    junk: Any = b"\xff" * 64 if any(isinstance(value, bytes) for value in good.values()) else "no such thing"
    rounds = max(times // SLOW.get(name, 1), 5)

    def work() -> int:
        for number in range(rounds):
            function, good = make()
            answer = function(**good)
            if hasattr(answer, "__next__"):
                list(answer)
            if number % 4 == 0:
                with suppress(Exception):
                    pickle.loads(pickle.dumps(answer))
                for argument in good:
                    with suppress(Exception):
                        function(**{**good, argument: junk})
        return rounds

    return work


@pytest.mark.skipif(not has_mallinfo(), reason="memory in use is counted by glibc")
@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_is_lost(family: str, calls: dict[str, Call], capsys: pytest.CaptureFixture[str]) -> None:
    names = of_family(family)
    start, total = time.monotonic(), 0
    for name in names:
        times = max(CALLS // len(names), 40)
        again(name, calls[name], min(times // 2, 200))()
        for attempt in range(ATTEMPTS):
            before = used()
            rounds = again(name, calls[name], times)()
            after = used()
            total += rounds
            # What is made once, such as a cache, is not made again: what is lost is lost in every attempt.
            if is_flat(before, after, rounds):
                break
            assert attempt + 1 < ATTEMPTS, (name, rounds, before, after)
    with capsys.disabled():
        print(f"\npython: {total} calls of {family}: nothing lost, {time.monotonic() - start:.1f} s")


def is_flat(before: tuple[int, int, int], after: tuple[int, int, int], rounds: int) -> bool:
    """Whether less than an object or 16 bytes are lost in each call, and less than 8 MiB in all."""
    octets, blocks, resident = (now - then for then, now in zip(before, after))
    return octets <= 16 * rounds + 32_768 and blocks <= rounds // 10 + 60 and resident < 8 << 20


def test_a_loss_would_be_seen() -> None:
    """The counting sees what Rust keeps, and what Python keeps."""
    der = certgate.dev_ca().certificate.der
    before = used()
    kept = [certgate.parse_certificate(der) for _ in range(100)]
    after = used()
    assert after[0] - before[0] > 100 * len(der)
    assert after[1] - before[1] >= len(kept)
