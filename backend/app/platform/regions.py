"""Names of region codes 行政区划代码, as the installation states them; without one, the code.

The country's list ends at counties and towns change, so the names are a setting. The default is
the fictional county's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FICTIONAL = (
    "370399=青禾县,370399001=青禾街道,370399002=柳泉街道,370399101=云山镇,370399102=石桥镇,"
    "370399103=马踏湖镇,370399104=荷塘镇,370399105=南亭镇,370399106=金岭镇"
)
_PAIR = re.compile(r"(\d{2,12})=([^=,\s][^=,]*)")


def read_regions(text: str) -> Mapping[str, str]:
    """Return the names by code of ``code=name,code=name``. Raises ValueError for other text."""
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        pair = _PAIR.fullmatch(part)
        if pair is None:
            raise ValueError(part)
        found[pair[1]] = pair[2].strip()
    return found


def region_name(names: Mapping[str, str], code: str) -> str:
    """Return the name of a region, also for a code of twelve digits that only adds zeros."""
    return names.get(code) or names.get(_without_zeros(code)) or code


def _without_zeros(code: str) -> str:
    """Return 6 or 9 digits where the rest of a longer code is zeros."""
    for length in (6, 9):
        if len(code) > length and not code[length:].strip("0"):
            return code[:length]
    return code
