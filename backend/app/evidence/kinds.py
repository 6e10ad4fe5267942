"""The kinds of file that evidence may be, told by their first bytes.

Pure. The list is ``kinds.json``; the phone has a copy of it (frontend/src/core/evidence-kinds.json)
and judges by the same rules, so that it never stores what the server would refuse. A test compares
the copies, and both languages agree by tests/vectors/evidence-kinds-v1.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LIST = json.loads(Path(__file__).with_name("kinds.json").read_text())
HEAD_BYTES: int = _LIST["head_bytes"]
"""How many bytes from the start tell the kind of a file."""
MOST_PIXELS: int = _LIST["most_pixels"]
"""A picture with more pixels is not taken."""
MEDIA_TYPES: frozenset[str] = frozenset(kind["mime"] for kind in _LIST["kinds"])
PICTURES: frozenset[str] = frozenset(one for one in MEDIA_TYPES if one.startswith("image/"))

_BOX = 8
_BRAND = 4
_MOST_BRANDS = 64


def kind_of(head: bytes) -> str | None:
    """Return the media type of a file by its first bytes; None when it is of no kind that is
    taken."""
    brands = _brands(head)
    for kind in _LIST["kinds"]:
        matches = _has_brand(kind, brands) if "major" in kind else _starts(kind, head)
        if matches:
            return str(kind["mime"])
    return None


def _starts(kind: Mapping[str, Any], head: bytes) -> bool:
    """Return True when the head begins as the kind does (a dot stands for any digit) and holds
    what it must."""
    begins = any(re.match(pattern, head.hex()) for pattern in kind["starts"])
    return begins and bytes.fromhex(kind.get("contains", "")) in head


def _brands(head: bytes) -> list[str]:
    """Return the brands of an ISO media file (HEIC, MP4, MOV), the major one first; else none."""
    if head[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(head[:4]), len(head), _BOX + _BRAND * _MOST_BRANDS)
    at = [_BOX, *range(_BOX + 2 * _BRAND, end - _BRAND + 1, _BRAND)]
    return [head[start : start + _BRAND].decode("latin-1") for start in at]


def _has_brand(kind: Mapping[str, Any], brands: list[str]) -> bool:
    """Return True when the major brand is one of the kind's, or a compatible one is and the major
    one belongs to the family, where the kind has one."""
    if not brands:
        return False
    major, *others = brands
    if major in kind["major"]:
        return True
    related = major in kind.get("family", [major])
    return related and not set(kind.get("compatible", ())).isdisjoint(others)
