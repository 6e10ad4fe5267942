"""Rules for the fields of JSON records: what one value may look like, and the check of a record.

Only form is decided here. Which fields the records of a version have is in ``one/shape.py`` and
``two/shape.py``; whether values fit each other is the work of the checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from .encoding import SAFE_INTEGER, TOKEN, Malformed

Rule = Callable[[Any], bool]
Fields = dict[str, Rule]
_TOKEN = re.compile(TOKEN)


def is_token(value: Any) -> bool:
    """Return True if ``value`` is a text of 1 to 64 characters ``[0-9A-Za-z._:-]``."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def is_count(value: Any) -> bool:
    """Return True if ``value`` is a whole number from 0 on."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= SAFE_INTEGER


def is_positive(value: Any) -> bool:
    """Return True if ``value`` is a whole number from 1 on."""
    return is_count(value) and value > 0


def is_text(value: Any) -> bool:
    """Return True if ``value`` is a text."""
    return isinstance(value, str)


def is_salt(value: Any) -> bool:
    """Return True if ``value`` is 16 bytes in lower-case hex."""
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{32}", value) is not None


def is_digits(value: Any, least: int = 1, most: int = 64) -> bool:
    """Return True if ``value`` is a text of ``least`` to ``most`` digits 0 to 9."""
    return (
        isinstance(value, str)
        and least <= len(value) <= most
        and re.fullmatch(r"[0-9]+", value) is not None
    )


_TIME = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(text: str) -> int:
    """Milliseconds since 1970 of a time ``YYYY-MM-DDTHH:MM:SS.mmmZ`` in the years 2000 to 2999;
    raises :class:`Malformed` for any other text."""
    if _TIME.fullmatch(text) is None:
        raise Malformed(f"{text[:40]!r} is not a time")
    try:
        return (datetime.fromisoformat(text) - _EPOCH) // timedelta(milliseconds=1)
    except ValueError as error:
        raise Malformed(f"{text} is not a time") from error


def is_time(value: Any) -> bool:
    """Return True if ``value`` is a time in the form that :func:`milliseconds` reads."""
    try:
        return isinstance(value, str) and milliseconds(value) >= 0
    except Malformed:
        return False


def has_bytes(least: int, most: int) -> Rule:
    """Return the rule of a text of ``least`` to ``most`` bytes of UTF-8."""
    return lambda value: (
        is_text(value) and least <= len(value.encode("utf-8", "surrogatepass")) <= most
    )


def one_of(*values: str) -> Rule:
    """Return the rule of a text that is one of ``values``."""
    return lambda value: isinstance(value, str) and value in values


def or_null(rule: Rule) -> Rule:
    """Return the rule that takes null too."""
    return lambda value: value is None or rule(value)


def has(fields: Fields, *, more: bool = False) -> Rule:
    """Return the rule of an object with exactly ``fields``, or with ``more`` besides them."""

    def rule(value: Any) -> bool:
        if not isinstance(value, dict) or not (fields.keys() <= value.keys()):
            return False
        if not more and len(value) != len(fields):
            return False
        return all(check(value[name]) for name, check in fields.items())

    return rule


def list_of(rule: Rule, *, least: int = 0) -> Rule:
    """Return the rule of a list of at least ``least`` values that each obey ``rule``."""
    return lambda value: (
        isinstance(value, list) and len(value) >= least and all(rule(entry) for entry in value)
    )


def is_pair(value: Any) -> bool:
    """Return True if ``value`` is a list of two tokens."""
    return isinstance(value, list) and len(value) == 2 and all(is_token(part) for part in value)


def check(name: str, value: dict[str, Any], fields: Fields, *, more: bool = False) -> None:
    """Raise :class:`Malformed` naming the first field that is missing, foreign or out of form.

    ``more``: fields beyond the known ones are allowed.
    """
    for field, rule in fields.items():
        if field not in value:
            raise Malformed(f"{name} lacks the field {field}")
        if not rule(value[field]):
            raise Malformed(f"the field {field} of {name} does not have the form it must have")
    foreign = sorted(set(value) - set(fields))
    if foreign and not more:
        raise Malformed(f"{name} has the field {foreign[0]}, which does not belong there")
