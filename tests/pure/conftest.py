"""Nothing below this folder may start the program: its fixtures are refused here.

What a pure test may import is kept by ``tests/architecture/test_layout.py``.
"""

from __future__ import annotations

import pytest

OURS = "tests."
OWN = "tests.pure."


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse a test that reaches, directly or not, a fixture made outside ``tests/pure``."""
    known = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    makers = {name: made[-1].func.__module__ for name, made in known.items()}
    foreign = sorted(
        name for name, maker in makers.items() if maker.startswith(OURS) and OWN not in maker
    )
    if foreign:
        raise pytest.UsageError(
            f"{item.nodeid} is below tests/pure and takes {', '.join(foreign)}: a test that needs "
            "the program or a database belongs below tests/service or tests/api"
        )
