"""Replacements: a recorded re-draw of single seats after a recusal or an absence.

The key comes from the seed, the batch's number and one link of each of two hash chains, which
were committed to before the draw; the reason never enters it. Nobody else moves.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from .assignment import VACANT, Officer, Seat
from .commitment import chain_step
from .encoding import Malformed
from .names import ONE, Version
from .selection import BLOCK, keystream


def batch_key(seed: bytes, batch: int, operator_link: bytes, supervisor_link: bytes) -> bytes:
    """Key of batch ``batch`` (from 1) of version 1, with the two revealed links."""
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
    left = _empty(vacated, who, load)
    for seat, leaver in left.items():
        chosen = _choose(key, seat, leaver, seats, officers, who, load, barred)
        who[seat] = chosen
        if chosen != VACANT:
            load[chosen] += 1


def _empty(vacated: list[int], who: list[int], load: list[int]) -> dict[int, int]:
    """Take everybody off the vacated seats; gives who sat on each, ascending by seat."""
    left = {seat: who[seat] for seat in sorted(vacated)}
    for seat, leaver in left.items():
        who[seat] = VACANT
        if leaver != VACANT:
            load[leaver] -= 1
    return left


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
    stream = keystream(key, seat * len(officers), len(officers))
    return min(
        _free(seat, leaver, seats, officers, who, load, barred),
        key=lambda row: (load[row], stream[BLOCK * row : BLOCK * row + BLOCK]),
        default=VACANT,
    )


def _free(
    seat: int,
    leaver: int,
    seats: list[Seat],
    officers: list[Officer],
    who: list[int],
    load: list[int],
    barred: Callable[[int, int], bool],
) -> list[int]:
    """Rows of the officers who may take an empty seat."""
    wanted = seats[seat]
    team = {who[number] for number, other in enumerate(seats) if other.task == wanted.task}

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

    return [row for row in range(len(officers)) if free(row)]


@dataclass(slots=True)
class Roster:
    """Who sits where after a draw and the batches run so far; :func:`run_batch` moves it on.

    ``objects``: the object of each task. ``recused``: (officer, object) pairs, frozen and later
    ones. The two heads are the links revealed last. ``batch``: the last batch, or in version 2
    the last round.
    """

    seed: bytes
    seats: list[Seat]
    officers: list[Officer]
    who: list[int]
    load: list[int]
    objects: list[str]
    recused: set[tuple[str, str]]
    operator_head: bytes
    supervisor_head: bytes
    version: Version = ONE
    batch: int = 0
    rows: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = {officer.token: row for row, officer in enumerate(self.officers)}


def could_come(
    roster: Roster,
    vacated: list[int],
    recused: set[tuple[str, str]],
    absent: set[str],
    but_for: Collection[tuple[str, str]] = (),
) -> dict[int, int]:
    """How many officers could take each of the vacated seats, all of them emptied, before any is
    filled. ``recused``: pairs besides those the roster knows; ``but_for``: pairs that are left
    aside, of both. Changes nothing."""
    who, load = list(roster.who), list(roster.load)
    left = _empty(vacated, who, load)
    pairs = (roster.recused | recused).difference(but_for)
    tokens = [one.token for one in roster.officers]

    def barred(task: int, row: int) -> bool:
        return tokens[row] in absent or (tokens[row], roster.objects[task]) in pairs

    return {
        seat: len(_free(seat, leaver, roster.seats, roster.officers, who, load, barred))
        for seat, leaver in left.items()
    }


def run_batch(
    roster: Roster,
    *,
    operator_link: bytes,
    supervisor_link: bytes,
    vacated: list[tuple[int, str]],
    recused: list[tuple[str, str]],
    absent: list[str],
) -> dict[str, Any]:
    """Run the next batch of version 1 and return its entry of replacements.json.

    ``vacated``: (seat, reason token); ``recused``: new pairs, valid from this batch on;
    ``absent``: officers who take no seat in this batch. Raises :class:`Malformed` for links that
    do not fit the chains, seats or officers that do not exist, a seat named twice.
    """
    number = roster.batch + 1
    what = f"batch {number}"
    links = operator_link, supervisor_link
    check_links(roster, *links, what)
    check_request(roster, vacated, recused, absent, what)
    key = batch_key(roster.seed, number, *links)
    made = replace_officers(roster, key, vacated, recused, absent)
    move_on(roster, *links)
    return {
        "batch": number,
        "operator_link": operator_link.hex(),
        "supervisor_link": supervisor_link.hex(),
        **made,
    }


def check_links(roster: Roster, operator_link: bytes, supervisor_link: bytes, what: str) -> None:
    """Refuse links that do not lead to those revealed last; ``what`` is named in the sentence."""
    if chain_step(operator_link, roster.version) != roster.operator_head:
        raise Malformed(f"{what}: the operator's link does not lead to the frozen chain")
    if chain_step(supervisor_link, roster.version) != roster.supervisor_head:
        raise Malformed(f"{what}: the supervisor's link does not lead to the frozen chain")


def move_on(roster: Roster, operator_link: bytes, supervisor_link: bytes) -> None:
    """Count a batch or round that was run with these links."""
    roster.batch += 1
    roster.operator_head, roster.supervisor_head = operator_link, supervisor_link


def check_request(
    roster: Roster,
    vacated: list[tuple[int, str]],
    recused: list[tuple[str, str]],
    absent: list[str],
    what: str,
) -> None:
    """Refuse seats and officers that do not exist, and a seat named twice."""
    numbers = [seat for seat, _ in vacated]
    if len(set(numbers)) != len(numbers) or not numbers:
        raise Malformed(f"{what} names no seat, or one twice")
    if any(not 0 <= seat < len(roster.seats) for seat in numbers):
        raise Malformed(f"{what} names a seat that does not exist")
    unknown = sorted({*absent, *(officer for officer, _ in recused)} - roster.rows.keys())
    if unknown:
        raise Malformed(f"{what} names {unknown[0]}, who is not in officers.tsv")


def replace_officers(
    roster: Roster,
    key: bytes,
    vacated: list[tuple[int, str]],
    recused: list[tuple[str, str]],
    absent: list[str],
) -> dict[str, Any]:
    """Draw the vacated seats anew under ``key`` and return what the entry says of it. From now on
    the roster knows the pairs ``recused``."""
    pairs = roster.recused | set(recused)
    away = {roster.rows[token] for token in absent}
    tokens = [officer.token for officer in roster.officers]

    def barred(task: int, row: int) -> bool:
        return row in away or (tokens[row], roster.objects[task]) in pairs

    left = list(roster.who)
    redraw(
        key,
        [seat for seat, _ in vacated],
        roster.seats,
        roster.officers,
        roster.who,
        roster.load,
        barred,
    )
    roster.recused = pairs

    def token(row: int) -> str | None:
        return None if row == VACANT else tokens[row]

    return {
        "vacated": [
            {
                "seat": seat,
                "left": token(left[seat]),
                "reason": reason,
                "officer": token(roster.who[seat]),
            }
            for seat, reason in sorted(vacated)
        ],
        "recused": [list(pair) for pair in sorted(recused)],
        "absent": sorted(absent),
    }
