"""The fields of records that versions share; the rest is in ``one/shape.py`` and
``two/shape.py``. The verifier page carries the same tables (frontend/verify/shape.mjs)."""

from __future__ import annotations

from typing import Any

from .encoding import is_hex32
from .forms import (
    Fields,
    has,
    is_count,
    is_pair,
    is_positive,
    is_salt,
    is_text,
    is_token,
    list_of,
    or_null,
)
from .names import Version

_TEAM = list_of(
    has({"dept": is_token, "spec": lambda value: value == "" or is_token(value), "n": is_positive})
)


def _is_teams(value: Any) -> bool:
    return isinstance(value, dict) and all(
        (code == "*" or is_token(code)) and _TEAM(team) for code, team in value.items()
    )


def head(version: Version) -> Fields:
    """The two fields that every record but plan.json begins with."""
    return {"v": version.is_name, "draw": is_token}


def plan(version: Version) -> Fields:
    """The fields of plan.json; it may have more."""
    return {
        "v": version.is_name,
        "authority": is_token,
        "name": is_text,
        "seq": is_positive,
        "mode": lambda value: value in ("open", "sealed"),
        "strata": list_of(
            has(
                {
                    "code": is_token,
                    "num": is_count,
                    "den": is_positive,
                    "min": or_null(is_count),
                    "max": or_null(is_count),
                }
            ),
            least=1,
        ),
        "teams": _is_teams,
    }


FROZEN: Fields = {
    "plan_sha256": is_hex32,
    "pool_sha256": is_hex32,
    "pool_root": is_hex32,
    "pool_rows": is_count,
    "strata": list_of(
        has({"code": is_token, "start": is_count, "end": is_count, "k": is_count}), least=1
    ),
    "officers_sha256": is_hex32,
    "exclusions_sha256": is_hex32,
    "op_commit": is_hex32,
    "op_chain": is_hex32,
    "sup_chain": is_hex32,
    "quorum": is_count,
}
"""What the freeze record of every version fixes, the recusals aside."""


def recusals_fields(record: dict[str, Any]) -> Fields:
    """The field of a freeze record that fixes the recusals: as one file, or row by row."""
    name = "recusals_root" if "recusals_root" in record else "recusals_sha256"
    return {name: is_hex32}


def recusals(version: Version) -> Fields:
    """The fields of recusals.json."""
    return head(version) | {
        "rows": list_of(has({"row": is_count, "salt": is_salt, "officers": list_of(is_token)})),
        "path": list_of(is_hex32),
    }


def recusals_key(version: Version) -> Fields:
    """The fields of recusals-key.json."""
    return head(version) | {"key": is_hex32}


REVEALED = list_of(has({"id": is_token, "text": is_text, "rand": is_hex32}))
LINKS: Fields = {"operator_link": is_hex32, "supervisor_link": is_hex32}
RECUSED = list_of(is_pair)
VACATED = list_of(
    has(
        {
            "seat": is_count,
            "left": or_null(is_token),
            "reason": is_token,
            "officer": or_null(is_token),
        }
    ),
    least=1,
)
MORE = list_of(has({"stratum": is_token, "n": is_positive}), least=1)
ADDED_ROWS = list_of(is_count, least=1)
ADDED_SEATS = list_of(has({"seat": is_count, "officer": or_null(is_token)}))
