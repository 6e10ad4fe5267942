"""The fields of the JSON files of a bundle of version 2."""

from __future__ import annotations

from typing import Any

from .. import shape
from ..encoding import is_hex32
from ..forms import (
    Fields,
    has,
    has_bytes,
    is_count,
    is_digits,
    is_positive,
    is_time,
    is_token,
    list_of,
    one_of,
    or_null,
)
from ..names import TWO

ROOM, ROUTINE = "room", "routine"
BODY, SERVER = "body", "server"
DICE, BALLS, LOTTERY = "dice10", "balls10", "lottery"
THROWN = (DICE, BALLS)
OPERATOR = "operator"
"""Stands for the operator's side among the ids of witnesses, of which none may be this."""
OUTSIDE = "outside"
OPEN, OTHER_BODY, OWN_BODY = "open", "other_body", "own_body"
REPLACEMENT, EXTENSION = "replacement", "extension"
CHANGES = (
    "class_raised",
    "class_lowered",
    "closed",
    "reopened",
    "moved",
    "tags_changed",
    "officers_leave",
    "recusals",
)
"""The kinds of changes of a register that are counted in a freeze record."""
THROWN_DIGITS, LOTTERY_DIGITS = (20, 64), (3, 64)
short_text, long_text, witness_text = has_bytes(1, 200), has_bytes(1, 4000), has_bytes(0, 4000)


def _between(limits: tuple[int, int]) -> Any:
    return lambda value: is_count(value) and limits[0] <= value <= limits[1]


_KINDS: dict[str, Fields] = {
    kind: {
        "type": one_of(kind),
        "rule": long_text,
        "digits": _between(THROWN_DIGITS),
    }
    for kind in THROWN
} | {
    LOTTERY: {
        "type": one_of(LOTTERY),
        "name": short_text,
        "issue": is_token,
        "rule": long_text,
        "digits": _between(LOTTERY_DIGITS),
        "not_before": is_time,
        "fictional": lambda value: isinstance(value, bool),
    }
}

_THROWS = list_of(has({"digits": is_digits, "confirmed_by": is_token}), least=1)
_ENTRY = has({"by": is_token, "digits": is_digits})


def _are_entries(value: Any) -> bool:
    return list_of(_ENTRY)(value) and len(value) == 2


_COME_TO: dict[str, Fields] = {
    kind: {"type": one_of(kind), "throws": _THROWS, "value": is_digits} for kind in THROWN
} | {LOTTERY: {"type": one_of(LOTTERY), "entries": _are_entries, "value": is_digits}}


def _by_type(known: dict[str, Fields], value: Any) -> bool:
    """Return True if an object has the fields that its member ``type`` demands."""
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return False
    return value["type"] in known and has(known[value["type"]])(value)


def is_public(value: Any) -> bool:
    """Return True if ``value`` is the last source as a freeze record names it."""
    return _by_type(_KINDS, value)


def _is_outcome(value: Any) -> bool:
    return _by_type(_COME_TO, value)


_COUNTS = has(dict.fromkeys(CHANGES, is_count))


def _is_changes(value: Any) -> bool:
    fields = {
        "since": or_null(is_token),
        "since_freeze": or_null(_COUNTS),
        "within_30_days": _COUNTS,
    }
    return has(fields)(value) and (value["since"] is None) == (value["since_freeze"] is None)


def _is_rule(value: Any) -> bool:
    return isinstance(value, dict) and len(value) > 0


_FREEZE: Fields = (
    shape.head(TWO)
    | shape.FROZEN
    | {
        "sup_keeper": one_of(BODY, SERVER),
        "form": one_of(ROOM, ROUTINE),
        "own": list_of(is_token, least=1),
        "witnesses": list_of(has({"id": is_token, "body": is_token}), least=1),
        "lead": is_count,
        "public": is_public,
        "pool_rule": _is_rule,
        "register": has({"root": is_hex32, "rows": is_count, "changes": _is_changes}),
        "filed_plan": or_null(has({"id": is_token, "sha256": is_hex32})),
    }
)


def freeze_fields(record: dict[str, Any]) -> Fields:
    """The fields of a freeze record: its recusals are fixed as one file, or row by row."""
    return _FREEZE | shape.recusals_fields(record)


COMMITS: Fields = shape.head(TWO) | {
    "freeze": is_hex32,
    "witnesses": list_of(
        has({"id": is_token, "institution": or_null(short_text), "commitment": is_hex32})
    ),
    "grade": one_of(OPEN, OTHER_BODY, OWN_BODY),
    "ground": or_null(long_text),
}

TRANSCRIPT: Fields = shape.head(TWO) | {
    "freeze": is_hex32,
    "commits": is_hex32,
    "operator": is_hex32,
    "witnesses": list_of(has({"id": is_token, "text": witness_text, "rand": is_hex32})),
    "public": _is_outcome,
}

_ROUND: Fields = {"round": is_positive, "asked_by": is_token} | shape.LINKS
_ROUNDS: dict[str, Fields] = {
    REPLACEMENT: _ROUND
    | {
        "kind": one_of(REPLACEMENT),
        "vacated": shape.VACATED,
        "recused": shape.RECUSED,
        "absent": list_of(is_token),
    },
    EXTENSION: _ROUND
    | {
        "kind": one_of(EXTENSION),
        "more": shape.MORE,
        "reason": long_text,
        "rows": shape.ADDED_ROWS,
        "seats": shape.ADDED_SEATS,
    },
}


def _is_round(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
        return False
    return value["kind"] in _ROUNDS and has(_ROUNDS[value["kind"]])(value)


ROUNDS: Fields = shape.head(TWO) | {"rounds": list_of(_is_round, least=1)}

CHECKPOINTS: Fields = shape.head(TWO) | {
    "steps": list_of(has({"from": is_positive, "to": is_positive, "path": list_of(is_hex32)}))
}
