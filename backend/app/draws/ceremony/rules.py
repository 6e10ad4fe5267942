"""When the lots of a draw turn over on a screen. Pure."""

from __future__ import annotations

_TURN_SECONDS = 1.5
_ALL_TURNED = 75.0


def lots_turned(lots: int, seconds: float) -> int:
    """Return how many of ``lots`` have been turned over ``seconds`` after the draw.

    They turn one by one, faster when there are many. Time alone decides, so that every screen shows
    the same and a reload changes nothing.
    """
    if lots == 0 or seconds < 0:
        return 0
    step = min(_TURN_SECONDS, _ALL_TURNED / lots)
    return min(lots, int(seconds / step) + 1)
