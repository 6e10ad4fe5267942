"""What a file is by its first bytes: the closed list, on both sides the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.app.evidence import kinds
from backend.app.evidence.errors import WrongType
from backend.app.evidence.media import sniff

ROOT = Path(__file__).resolve().parents[3]
VECTORS = json.loads((ROOT / "tests/vectors/evidence-kinds-v1.json").read_text())


def test_the_phone_has_the_list_of_the_server() -> None:
    server, phone = (
        json.loads((ROOT / path).read_text())
        for path in ("backend/app/evidence/kinds.json", "frontend/src/core/evidence-kinds.json")
    )
    assert server == phone


@pytest.mark.parametrize("vector", VECTORS, ids=[one["name"] for one in VECTORS])
def test_a_head_is_of_the_kind_that_both_languages_say(vector: dict[str, Any]) -> None:
    assert kinds.kind_of(bytes.fromhex(vector["head"])) == vector["kind"]


def test_every_kind_of_the_list_is_told_by_one_head_at_least() -> None:
    assert {one["kind"] for one in VECTORS if one["kind"]} == kinds.MEDIA_TYPES


@pytest.mark.parametrize(
    "name", ["an AVIF", "an AVIF by its family", "a WAV", "an Ogg", "an MP3", "an AMR voice note"]
)
def test_what_is_not_on_the_list_is_refused(name: str) -> None:
    [head] = [one["head"] for one in VECTORS if one["name"] == name]
    with pytest.raises(WrongType):
        sniff(bytes.fromhex(head))
