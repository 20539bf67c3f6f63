"""How much the tests do: the heavy run does more of the same."""

from __future__ import annotations

import os

HEAVY = os.environ.get("CERTGATE_HEAVY") == "1"


def count(*, usual: int, heavy: int) -> int:
    """How many, in this run."""
    return heavy if HEAVY else usual
