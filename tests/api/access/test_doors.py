"""Who gets through which door, and with which proof, is what the reviewed table says."""

from __future__ import annotations

import pytest

from tests.api.access.doors import observe_doors
from tests.api.access.observing import CALLERS, Bench
from tests.api.access.table import DOORS, permissions, reviewed


@pytest.mark.parametrize("caller", CALLERS)
def test_everybody_gets_through_the_listed_doors_alone(arranged: Bench, caller: str) -> None:
    listed = {name: row[caller] for name, row in reviewed(DOORS).items()}
    assert observe_doors(arranged, caller) == listed


def test_every_endpoint_stands_in_the_table_with_its_permission(arranged: Bench) -> None:
    listed = {name: row["permission"] for name, row in reviewed(DOORS).items()}
    assert listed == permissions(arranged.app)
