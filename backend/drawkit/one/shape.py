"""The fields of the JSON files of a bundle of version 1."""

from __future__ import annotations

import re
from typing import Any

from .. import shape
from ..encoding import Malformed, is_hex32
from ..forms import Fields, has, is_count, is_positive, is_text, is_token, list_of, or_null
from ..names import ONE

MIN_DIGITS = 20


def _is_public_source(value: Any) -> bool:
    """What the last source came to: its type decides what its value looks like."""
    if not isinstance(value, dict) or not set(value) <= {"type", "value"}:
        return False
    kind, found = value.get("type"), value.get("value")
    if kind == "none":
        return "value" not in value
    if kind == "beacon":
        return is_hex32(found)
    digits = rf"[0-9]{{{MIN_DIGITS},1024}}"
    return (
        kind in ("dice10", "balls10")
        and isinstance(found, str)
        and re.fullmatch(digits, found) is not None
    )


_BEACON = or_null(has({"chain": is_hex32, "round": is_positive}))

FREEZE: Fields = (
    shape.head(ONE)
    | shape.FROZEN
    | {
        "witnesses": list_of(is_token),
        "public": has(
            {
                "type": lambda value: value in ("none", "dice10", "balls10", "beacon"),
                "rule": is_text,
            }
        ),
        "beacon": _BEACON,
    }
)


def freeze_fields(record: dict[str, Any]) -> Fields:
    """The fields of a freeze record: its recusals are fixed as one file, or row by row."""
    return FREEZE | shape.recusals_fields(record)


TRANSCRIPT: Fields = shape.head(ONE) | {
    "freeze": is_hex32,
    "operator": is_hex32,
    "witnesses": shape.REVEALED,
    "public": _is_public_source,
    "beacon": _BEACON,
}

REPLACEMENTS: Fields = shape.head(ONE) | {
    "batches": list_of(
        has(
            {"batch": is_positive}
            | shape.LINKS
            | {
                "vacated": shape.VACATED,
                "recused": shape.RECUSED,
                "absent": list_of(is_token),
            }
        )
    )
}

EXTENSIONS: Fields = shape.head(ONE) | {
    "extensions": list_of(
        has(
            {
                "extension": is_positive,
                "after": is_count,
                "more": shape.MORE,
                "reason": is_text,
                "rows": shape.ADDED_ROWS,
                "seats": shape.ADDED_SEATS,
            }
        ),
        least=1,
    )
}


def check_commits(value: dict[str, Any]) -> None:
    """commits.json: a 32-byte commitment in lower-case hex for each witness id."""
    for witness, commitment in value.items():
        if not is_token(witness):
            raise Malformed("commits.json names a witness whose id is no token")
        if not is_hex32(commitment):
            raise Malformed(f"the commitment of witness {witness} is not 32 bytes in hex")
