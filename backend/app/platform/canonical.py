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
_NESTED = (dict, list)


def dumps(value: Any) -> bytes:
    """Return ``value`` as canonical JSON; raises ``rfc8785.CanonicalizationError`` if it has
    none."""
    if is_plain(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except TypeError:  # a lone surrogate: rfc8785 names it
            return rfc8785.dumps(value)
    return rfc8785.dumps(value)


def dumps_checked(value: Any) -> bytes:
    """``dumps`` for JSON already known to hold no floats and no integers beyond 2^53.

    What is left to look at are the keys.
    """
    if has_ascii_keys(value):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return rfc8785.dumps(value)


def has_ascii_keys(value: Any) -> bool:
    """Return True if all keys, at any depth, are ASCII, so that every writer sorts them alike."""
    if type(value) is dict:
        for key, entry in value.items():
            if not key.isascii() or (type(entry) in _NESTED and not has_ascii_keys(entry)):
                return False
        return True
    return all(has_ascii_keys(entry) for entry in value if type(entry) in _NESTED)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of ``value`` in lower-case hex."""
    return sha256(dumps(value)).hexdigest()


def is_plain(value: Any, depth: int = _DEPTH) -> bool:
    """Return True if every correct writer gives the same bytes once keys are sorted.

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
        for key, entry in value.items():
            if type(key) is not str or not key.isascii() or not is_plain(entry, depth - 1):
                return False
        return True
    return kind is list and all(is_plain(entry, depth - 1) for entry in value)
