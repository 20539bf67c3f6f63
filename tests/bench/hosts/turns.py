"""What the benchmarks of Python share: pools, and contestants that take turns."""

import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

Work = Callable[[int], bool]

ITEMS_PER_TURN = 10


def read(path: Path) -> Iterator[bytes]:
    """The items of a pool: each after its length in four octets, the highest first."""
    data = path.read_bytes()
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 4 + length]
        at += 4 + length


def run(contestants: list[Work], items: int, rounds: int) -> list[float]:
    """The microseconds of one item for each contestant, each turn with other items. All must succeed.

    Each contestant goes through the items by itself, so that none meets one again before it has met all.
    """
    turns: list[list[float]] = [[] for _ in contestants]
    for round_number in range(rounds):
        for offset in range(len(contestants)):
            index = (round_number + offset) % len(contestants)
            numbers = [(round_number * ITEMS_PER_TURN + n) % items for n in range(ITEMS_PER_TURN)]
            start = time.perf_counter()
            good = all(contestants[index](number) for number in numbers)
            turns[index].append((time.perf_counter() - start) * 1e6 / ITEMS_PER_TURN)
            assert good, index
    # The fastest tenth: on a busy machine the other turns measure what else is running.
    return [sorted(times)[len(times) // 10] for times in turns]
