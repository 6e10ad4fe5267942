"""Bytes of evenhand-draw/1: canonical JSON, strict tables, tokens.

Canonical JSON here is RFC 8785 for the restricted domain that the draw uses (ASCII keys, NFC
strings, integers within ±(2^53 − 1), no floats), for which Python's own encoder with sorted keys
and no spaces gives the same bytes; anything outside the domain is refused.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Any

TOKEN = r"[0-9A-Za-z._:\-]{1,64}"  # noqa: S105 - a pattern, not a password
SAFE_INTEGER = (1 << 53) - 1
LONGEST_INTEGER = 17
"""Signs of the longest whole number that a record may hold, a minus among them."""
_COLUMNS = {
    "pool.tsv": (TOKEN, TOKEN),
    "officers.tsv": (TOKEN, TOKEN, rf"(?:{TOKEN}(?:,{TOKEN})*)?", r"0|[1-9][0-9]{0,8}", r"[0-2]"),
    "recusals.tsv": (TOKEN, TOKEN),
    "exclusions.tsv": (TOKEN, TOKEN),
    "register.tsv": (TOKEN, f"(?:{TOKEN})?", TOKEN, f"(?:{TOKEN})?", f"(?:{TOKEN}(?:,{TOKEN})*)?"),
}
_ROW = {
    name: re.compile("\t".join(f"(?:{column})" for column in columns).encode())
    for name, columns in _COLUMNS.items()
}
_TABLE = {name: re.compile(b"(?:" + row.pattern + b"\n)*+") for name, row in _ROW.items()}


class Malformed(ValueError):
    """Bytes that are not in the one form they must have; the message says which and where."""


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of ``value``; raises :class:`Malformed` outside the draw's domain."""
    _check(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def _check(value: Any) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list):
        for entry in value:
            _check(entry)
    elif isinstance(value, dict):
        for key, entry in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise Malformed(f"the key {key!r} is not ASCII text")
            _check(entry)
    else:
        _check_plain(value)


def _check_text(value: str) -> None:
    if not unicodedata.is_normalized("NFC", value):
        raise Malformed("a text is not in Unicode normal form NFC")
    if any(0xD800 <= ord(char) <= 0xDFFF for char in value):
        raise Malformed("a text holds half of a surrogate pair")


def _check_plain(value: Any) -> None:
    if value is not None and not isinstance(value, int):
        raise Malformed(f"a value of type {type(value).__name__} has no canonical form")
    if isinstance(value, int) and abs(value) > SAFE_INTEGER:
        raise Malformed(f"the number {value} is outside ±(2^53 - 1)")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Malformed("a key appears twice")
    return made


def _refuse_float(text: str) -> Any:
    raise Malformed(f"the number {text} is not a whole number")


def _read_integer(text: str) -> int:
    if len(text) > LONGEST_INTEGER:
        raise Malformed(f"a number has {len(text)} digits")
    return int(text)


def parse_canonical(data: bytes, name: str) -> dict[str, Any]:
    """The JSON object in ``data``, which must be its own canonical form byte for byte."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_no_repeats,
            parse_int=_read_integer,
            parse_float=_refuse_float,
            parse_constant=_refuse_float,
        )
        same = canonical(value) == data
    except Malformed as error:
        raise Malformed(f"{name}: {error}") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Malformed(f"{name} is not readable as JSON in UTF-8") from error
    if not isinstance(value, dict):
        raise Malformed(f"{name} is not a JSON object")
    if not same:
        raise Malformed(f"{name} is not in canonical form")
    return value


def read_table(data: bytes, name: str) -> list[bytes]:
    """Lines (without LF) of a table in strict form: right columns, strictly increasing bytes.

    Raises :class:`Malformed` with the first line that is wrong and why.
    """
    if data and not data.endswith(b"\n"):
        raise Malformed(f"{name}: the last line does not end with a line feed")
    lines = data.split(b"\n")[:-1]
    if _TABLE[name].fullmatch(data) is None:
        raise Malformed(_first_bad_line(lines, name))
    if any(former >= latter for former, latter in pairwise(lines)):
        raise Malformed(_first_disorder(lines, name))
    return lines


def _first_bad_line(lines: list[bytes], name: str) -> str:
    if lines and lines[0].startswith(b"\xef\xbb\xbf"):
        return f"{name}: begins with a byte order mark"
    for number, line in enumerate(lines, 1):
        if line.endswith(b"\r"):
            return f"{name}, line {number}: ends with a carriage return"
        if _ROW[name].fullmatch(line) is None:
            return f"{name}, line {number}: not {len(_COLUMNS[name])} tokens divided by tabs"
    return f"{name} is not a table"


def _first_disorder(lines: list[bytes], name: str) -> str:
    for number, (former, latter) in enumerate(pairwise(lines), 2):
        if former == latter:
            return f"{name}, line {number}: appears twice"
        if former > latter:
            return f"{name}, line {number}: out of order"
    return f"{name} is in order"


def write_table(rows: Sequence[tuple[str, ...]], name: str) -> bytes:
    """A table of ``rows`` in strict form: sorted, checked; raises :class:`Malformed`."""
    lines = sorted("\t".join(row).encode("utf-8") for row in rows)
    data = b"".join(line + b"\n" for line in lines)
    read_table(data, name)
    return data


def digest(data: bytes) -> str:
    """Lower-case hex SHA-256."""
    return sha256(data).hexdigest()


def is_hex32(value: Any) -> bool:
    """Return True if ``value`` is 32 bytes in lower-case hex."""
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def is_increasing(values: Sequence[Any]) -> bool:
    """Return True if every value is larger than the one before: in order, and none there twice."""
    return all(former < latter for former, latter in pairwise(values))
