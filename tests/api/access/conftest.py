"""The county in which everybody calls everything, arranged once for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.access.observing import Bench, bench
from tests.api.access.table import prepared


@pytest.fixture(scope="package")
def arranged(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The county with every caller signed in."""
    app = prepared(tmp_path_factory.mktemp("access"), sqlite_template)
    with bench(app) as made:
        yield made
