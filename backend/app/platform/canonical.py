"""Canonical JSON (RFC 8785, JCS): the bytes that are hashed and signed.

``rfc8785`` decides what is right. It is pure Python and takes 30 µs for one event; for values in
which no two writers can differ (ASCII keys, no floats, safe integers) orjson gives the same bytes
in under 1 µs, so those take that way. A property test holds the two together; see
docs/adr/0010-canonical-json-fast-path.md.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson
import rfc8785

_SAFE = 2**53 - 1
_DEPTH = 64


def dumps(value: Any) -> bytes:
    """``value`` as canonical JSON; raises ``rfc8785.CanonicalizationError`` for what has none."""
    if is_plain(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except TypeError:  # a lone surrogate: rfc8785 names it
            return rfc8785.dumps(value)
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of ``value``, lower-case hex."""
    return sha256(dumps(value)).hexdigest()


def is_plain(value: Any, depth: int = _DEPTH) -> bool:
    """Whether every correct writer gives the same bytes once keys are sorted.

    Sorting by UTF-8 and by UTF-16 agree on ASCII keys; floats have many spellings; integers
    beyond 2^53 have no canonical form. Exact types only: a subclass may print differently.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-_SAFE <= value <= _SAFE)
    if depth == 0:
        return False
    if kind is dict:
        return all(
            type(key) is str and key.isascii() and is_plain(entry, depth - 1)
            for key, entry in value.items()
        )
    return kind is list and all(is_plain(entry, depth - 1) for entry in value)
