"""Fixtures for pytest: found by its entry point as soon as certgate is installed.

`dev_ca` is one development CA for the whole session; `dev_certificate` is its certificate for `localhost`,
`127.0.0.1` and `::1`.
"""

from __future__ import annotations

import pytest

from certgate.dev import DevCA, DevCertificate
from certgate.dev import dev_ca as make_dev_ca


@pytest.fixture(scope="session")
def dev_ca() -> DevCA:
    """A development CA that lives as long as the session of tests."""
    return make_dev_ca("certgate test CA")


@pytest.fixture(scope="session")
def dev_certificate(dev_ca: DevCA) -> DevCertificate:
    """A certificate for this machine by its usual names."""
    return dev_ca.issue("localhost", "127.0.0.1", "::1")
