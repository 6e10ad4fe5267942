"""Events of sync/1 §1: the hash of one, and whether its body has the shape of its kind.

Pure. Whether the event may be applied (point known, visit open, chain whole) is decided elsewhere;
a body that passes here is well-formed and must be kept by the server.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import rfc8785

from backend.app.platform.code_lists import FOLLOW_UPS, RESULTS
from backend.app.visits.moments import is_moment
from backend.app.visits.rules import is_date

DOMAIN = b"evenhand/event/1\n"
FIRST_PREV = "0" * 64
_SAFE = 2**53 - 1
_DEPTH = 8
_HEX64 = re.compile(r"[0-9a-f]{64}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", re.ASCII)

Check = Callable[[Any], bool]


def event_hash(event: Mapping[str, Any]) -> str:
    """SHA-256 over the domain line and the JCS of the event as it was sent, lower-case hex."""
    return hashlib.sha256(DOMAIN + rfc8785.dumps(dict(event))).hexdigest()


def validate_event_body(kind: str, body: object) -> list[str]:
    """Names of what is wrong with a body; empty when it is well-formed.

    `["kind"]` for a kind nobody knows, `["body"]` when it is not a JSON object without floats,
    else the keys with a wrong or absent value. Keys beyond those of the kind are allowed.
    """
    shape = _SHAPES.get(kind)
    if shape is None:
        return ["kind"]
    if not isinstance(body, dict) or not _canonical(body, _DEPTH):
        return ["body"]
    return sorted(key for key, check in shape.items() if not check(body.get(key)))


def _canonical(value: object, depth: int) -> bool:
    """JSON that JCS writes the same everywhere: no floats, safe integers, bounded depth."""
    if value is None or isinstance(value, str | bool):
        return True
    if isinstance(value, int):
        return -_SAFE <= value <= _SAFE
    if depth == 0:
        return False
    if isinstance(value, list):
        return all(_canonical(entry, depth - 1) for entry in value)
    if isinstance(value, dict):
        return all(isinstance(k, str) and _canonical(v, depth - 1) for k, v in value.items())
    return False


def _text(least: int, most: int) -> Check:
    return lambda value: isinstance(value, str) and least <= len(value) <= most


def _matches(pattern: re.Pattern[str]) -> Check:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _null_or(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _SAFE


def _integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _day(value: object) -> bool:
    return isinstance(value, str) and is_date(value)


def _position(value: object) -> bool:
    """{lat, lon, accuracy?}: decimal strings."""
    if not isinstance(value, dict):
        return False
    decimal = _matches(_DECIMAL)
    return (
        decimal(value.get("lat"))
        and decimal(value.get("lon"))
        and _null_or(decimal)(value.get("accuracy"))
    )


def _ids(value: object) -> bool:
    return isinstance(value, list) and len(value) <= 100 and all(map(_matches(_UUID), value))


def _category(value: object) -> bool:
    """{system, code, label} of the list of results."""
    return (
        isinstance(value, dict)
        and value.get("system") == RESULTS.system
        and value.get("code") in RESULTS
        and _text(1, 100)(value.get("label"))
    )


def _follow_up(value: object) -> bool:
    """{code, date?, note?}; an order to correct names its last day."""
    if not isinstance(value, dict):
        return False
    code, day = value.get("code"), value.get("date")
    known = code in FOLLOW_UPS
    dated = _day(day) if code == "ordered" else _null_or(_day)(day)
    return known and dated and _null_or(_text(0, 2000))(value.get("note"))


_uuid = _matches(_UUID)
_hash = _matches(_HEX64)
_point = _text(1, 100)
_value = _null_or(_text(1, 4000))

_SHAPES: dict[str, dict[str, Check]] = {
    "visit.started": {"position": _null_or(_position)},
    "answer.set": {
        "point": _point,
        "value": _value,
        "note": _null_or(_text(0, 4000)),
        "base": _null_or(_uuid),
    },
    "answer.settled": {
        "point": _point,
        "value": _value,
        "of": lambda value: _ids(value) and len(value) > 0,
    },
    "evidence.added": {
        "evidence": _uuid,
        "point": _null_or(_point),
        "sha256": _hash,
        "size": _count,
        "mime": _text(3, 100),
        "source": lambda value: value in ("camera", "file"),
        "captured_at": is_moment,
        "position": _null_or(_position),
    },
    "evidence.withdrawn": {"evidence": _uuid, "reason": _text(1, 1000)},
    "party.signed": {"evidence": _uuid},
    "party.refused": {"reason": _text(1, 1000), "witness": _null_or(_text(0, 200))},
    "result.set": {
        "category": _category,
        "follow_up": _follow_up,
        "of": _null_or(_ids),
    },
    "record.sealed": {
        "digest": _hash,
        "assertion": lambda value: value is None or isinstance(value, dict),
    },
    "recusal.requested": {"ground": _text(1, 1000)},
    "clock.jumped": {"delta": _integer},
}
KINDS = frozenset(_SHAPES)
