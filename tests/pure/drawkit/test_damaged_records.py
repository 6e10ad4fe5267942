"""Records of version 2 with one value exchanged for another: always a verdict, never EQUAL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from backend import drawkit as kit
from tests.vectors.ceremony_v2 import Setting, hold, lottery, proven, with_rounds
from tests.vectors.tampers_v2 import Files, in_part, rebound

STRANGE: list[Any] = [
    None, True, -1, 0, 1, 7, 2**53 - 1, "", "x", "0", "operator", "w01", "0" * 64, "0" * 32,
    "2026-11-20T12:25:00.000Z", [], [[]], [None], {}, {"type": []}, {"kind": {}}, {"v": 1},
]  # fmt: skip
BOUND = ("freeze.json", "commits.json", "plan.json")
Place = tuple[Any, Any]


def places(value: Any) -> Iterator[Place]:
    """Every (container, key) within a JSON value."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in list(keys):
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from places(value[key])


def damaged(files: Files, rng: Random) -> Files:
    """One value somewhere is another one, left out or there twice."""
    name = rng.choice(sorted(one for one in files if one.endswith(".json")))
    spot = rng.randrange(sum(1 for _ in places(json.loads(files[name]))))
    how, strange = rng.randrange(4), rng.choice(STRANGE)

    def change(record: dict[str, Any]) -> None:
        container, key = list(places(record))[spot]
        if how == 0:
            del container[key]
        elif how == 1 and isinstance(container, list):
            container.insert(key, container[key])
        else:
            container[key] = strange

    record = json.loads(files[name])
    change(record)
    if name in BOUND and rng.random() < 0.7:
        try:
            return rebound(files, name, change)
        except (KeyError, TypeError, AttributeError):
            pass
    return files | {name: kit.canonical(record)}


def told(files: Files) -> dict[str, str]:
    """What a bundle says, apart from the way it is written."""
    return {name: data.decode() for name, data in files.items()}


@pytest.mark.parametrize("start", range(0, 600, 200))
def test_a_strange_value_gets_a_verdict_and_is_never_equal(start: int) -> None:
    honest = [  # with proofs, since without them nothing vouches for words such as reasons
        proven(with_rounds(hold())),
        proven(in_part()),
        proven(hold(Setting(public=lottery(), lead=3600))),
    ]
    refused: set[str] = set()
    for number in range(start, start + 200):
        rng = Random(number)
        files = rng.choice(honest)
        made = damaged(files, rng)
        if told(made) == told(files) or "freeze.json" not in made:
            continue
        report = kit.verify_bundle(kit.write_bundle(made))
        assert report.status != kit.EQUAL, report.verdict
        refused.add(report.lines[-1].name)
    assert {"fields", "binding", "hashes"} <= refused
