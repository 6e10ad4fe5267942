"""The fields of the JSON files of a bundle: which there are, and what each may hold.

Only form is decided here. Whether values fit each other is the work of ``verify``. The verifier
page carries the same tables (frontend/verify/shape.mjs).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .commitment import REHEARSAL, VERSION
from .encoding import SAFE_INTEGER, TOKEN, Malformed, is_hex32

Rule = Callable[[Any], bool]
Fields = dict[str, Rule]
MIN_DIGITS = 20
_TOKEN = re.compile(TOKEN)


def is_token(value: Any) -> bool:
    """Return True if ``value`` is a text of 1 to 64 characters ``[0-9A-Za-z._:-]``."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def is_count(value: Any) -> bool:
    """Return True if ``value`` is a whole number from 0 on."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= SAFE_INTEGER


def _is_positive(value: Any) -> bool:
    return is_count(value) and value > 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_salt(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{32}", value) is not None


def _is_version(value: Any) -> bool:
    return value in (VERSION, REHEARSAL)


def _or_null(rule: Rule) -> Rule:
    return lambda value: value is None or rule(value)


def _has(fields: Fields, *, more: bool = False) -> Rule:
    def rule(value: Any) -> bool:
        if not isinstance(value, dict) or not (fields.keys() <= value.keys()):
            return False
        if not more and len(value) != len(fields):
            return False
        return all(check(value[name]) for name, check in fields.items())

    return rule


def _list_of(rule: Rule, *, least: int = 0) -> Rule:
    return lambda value: (
        isinstance(value, list) and len(value) >= least and all(rule(entry) for entry in value)
    )


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(is_token(part) for part in value)


def _is_teams(value: Any) -> bool:
    return isinstance(value, dict) and all(
        (code == "*" or is_token(code)) and _TEAM(team) for code, team in value.items()
    )


def _is_public_source(value: Any) -> bool:
    """What the last source came to: its type decides what its value looks like."""
    if not isinstance(value, dict) or not set(value) <= {"type", "value"}:
        return False
    kind, found = value.get("type"), value.get("value")
    if kind == "none":
        return found is None
    if kind == "beacon":
        return is_hex32(found)
    digits = rf"[0-9]{{{MIN_DIGITS},1024}}"
    return (
        kind in ("dice10", "balls10")
        and isinstance(found, str)
        and re.fullmatch(digits, found) is not None
    )


_BEACON = _or_null(_has({"chain": is_hex32, "round": _is_positive}))
_TEAM = _list_of(
    _has(
        {"dept": is_token, "spec": lambda value: value == "" or is_token(value), "n": _is_positive}
    )
)

PLAN: Fields = {
    "v": _is_version,
    "authority": is_token,
    "name": _is_text,
    "seq": _is_positive,
    "mode": lambda value: value in ("open", "sealed"),
    "strata": _list_of(
        _has(
            {
                "code": is_token,
                "num": is_count,
                "den": _is_positive,
                "min": _or_null(is_count),
                "max": _or_null(is_count),
            }
        ),
        least=1,
    ),
    "teams": _is_teams,
}

FREEZE: Fields = {
    "v": _is_version,
    "draw": is_token,
    "plan_sha256": is_hex32,
    "pool_sha256": is_hex32,
    "pool_root": is_hex32,
    "pool_rows": is_count,
    "strata": _list_of(
        _has({"code": is_token, "start": is_count, "end": is_count, "k": is_count}), least=1
    ),
    "officers_sha256": is_hex32,
    "recusals_sha256": is_hex32,
    "exclusions_sha256": is_hex32,
    "op_commit": is_hex32,
    "op_chain": is_hex32,
    "sup_chain": is_hex32,
    "witnesses": _list_of(is_token),
    "quorum": is_count,
    "public": _has(
        {
            "type": lambda value: value in ("none", "dice10", "balls10", "beacon"),
            "rule": _is_text,
        }
    ),
    "beacon": _BEACON,
}

FREEZE_BY_ROW: Fields = {
    **{name: rule for name, rule in FREEZE.items() if name != "recusals_sha256"},
    "recusals_root": is_hex32,
}


def freeze_fields(record: dict[str, Any]) -> Fields:
    """The fields of a freeze record: its recusals are fixed as one file, or row by row."""
    return FREEZE_BY_ROW if "recusals_root" in record else FREEZE


RECUSALS: Fields = {
    "v": _is_version,
    "draw": is_token,
    "rows": _list_of(_has({"row": is_count, "salt": _is_salt, "officers": _list_of(is_token)})),
    "path": _list_of(is_hex32),
}

RECUSALS_KEY: Fields = {"v": _is_version, "draw": is_token, "key": is_hex32}

TRANSCRIPT: Fields = {
    "v": _is_version,
    "draw": is_token,
    "freeze": is_hex32,
    "operator": is_hex32,
    "witnesses": _list_of(_has({"id": is_token, "text": _is_text, "rand": is_hex32})),
    "public": _is_public_source,
    "beacon": _BEACON,
}

REPLACEMENTS: Fields = {
    "v": _is_version,
    "draw": is_token,
    "batches": _list_of(
        _has(
            {
                "batch": _is_positive,
                "operator_link": is_hex32,
                "supervisor_link": is_hex32,
                "vacated": _list_of(
                    _has(
                        {
                            "seat": is_count,
                            "left": _or_null(is_token),
                            "reason": is_token,
                            "officer": _or_null(is_token),
                        }
                    ),
                    least=1,
                ),
                "recused": _list_of(_is_pair),
                "absent": _list_of(is_token),
            }
        )
    ),
}


EXTENSIONS: Fields = {
    "v": _is_version,
    "draw": is_token,
    "extensions": _list_of(
        _has(
            {
                "extension": _is_positive,
                "after": is_count,
                "more": _list_of(_has({"stratum": is_token, "n": _is_positive}), least=1),
                "reason": _is_text,
                "rows": _list_of(is_count, least=1),
                "seats": _list_of(_has({"seat": is_count, "officer": _or_null(is_token)})),
            }
        ),
        least=1,
    ),
}


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


def check_commits(value: dict[str, Any]) -> None:
    """commits.json: a 32-byte commitment in lower-case hex for each witness id."""
    for witness, commitment in value.items():
        if not is_token(witness):
            raise Malformed("commits.json names a witness whose id is no token")
        if not is_hex32(commitment):
            raise Malformed(f"the commitment of witness {witness} is not 32 bytes in hex")
