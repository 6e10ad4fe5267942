"""Replacements: a recorded re-draw of single seats after a recusal or an absence.

The key comes from the seed, the batch's number and one link of each of two hash chains, which
were committed to before the draw; the reason never enters it. Nobody else moves.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from hashlib import sha256

from .assignment import VACANT, Officer, Seat
from .selection import BLOCK, keystream


def batch_key(seed: bytes, batch: int, operator_link: bytes, supervisor_link: bytes) -> bytes:
    """Key of batch ``batch`` (from 1) with the two revealed links."""
    message = f"redraw\n{batch}\n{operator_link.hex()}\n{supervisor_link.hex()}".encode("ascii")
    return hmac.new(seed, message, sha256).digest()


def redraw(
    key: bytes,
    vacated: list[int],
    seats: list[Seat],
    officers: list[Officer],
    who: list[int],
    load: list[int],
    barred: Callable[[int, int], bool],
) -> None:
    """Fill the vacated seats in ascending order, changing ``who`` and ``load`` in place.

    All vacated seats are emptied first. ``load`` includes offsets. A seat nobody may take becomes
    vacant. Among the eligible the least loaded wins, then the smallest block.
    """
    left = {seat: who[seat] for seat in sorted(vacated)}
    for seat, leaver in left.items():
        who[seat] = VACANT
        if leaver != VACANT:
            load[leaver] -= 1
    for seat, leaver in left.items():
        chosen = _choose(key, seat, leaver, seats, officers, who, load, barred)
        who[seat] = chosen
        if chosen != VACANT:
            load[chosen] += 1


def _choose(
    key: bytes,
    seat: int,
    leaver: int,
    seats: list[Seat],
    officers: list[Officer],
    who: list[int],
    load: list[int],
    barred: Callable[[int, int], bool],
) -> int:
    wanted = seats[seat]
    team = {who[number] for number, other in enumerate(seats) if other.task == wanted.task}
    stream = keystream(key, seat * len(officers), len(officers))

    def free(row: int) -> bool:
        officer = officers[row]
        return (
            row != leaver
            and row not in team
            and officer.department == wanted.department
            and (not wanted.speciality or wanted.speciality in officer.specialities)
            and load[row] - officer.offset < officer.cap
            and not barred(wanted.task, row)
        )

    rows = [row for row in range(len(officers)) if free(row)]
    return min(
        rows,
        key=lambda row: (load[row], stream[BLOCK * row : BLOCK * row + BLOCK]),
        default=VACANT,
    )
