"""Rounds of version 2: replacements and extensions, each by fresh links of both chains."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from ..case import Case
from ..encoding import Malformed, is_increasing
from ..extension import Order, add_rows, check_more, order_of
from ..names import TWO
from ..replacement import Roster, check_links, check_request, move_on, replace_officers
from ..replaying import roster_at_the_draw
from ..selection import Drawn, Stratum, smallest_of
from . import shape


def round_key(
    seed: bytes, label: str, number: int, operator_link: bytes, supervisor_link: bytes
) -> bytes:
    """Key of round ``number`` (from 1) for one purpose: ``redraw``, ``extend`` or
    ``extend/officers``."""
    links = f"{number}\n{operator_link.hex()}\n{supervisor_link.hex()}".encode("ascii")
    return hmac.new(seed, TWO.label(label) + links, sha256).digest()


def extension_lots(
    seed: bytes,
    number: int,
    links: tuple[bytes, bytes],
    part: Stratum,
    taken: set[int],
    wanted: int,
) -> list[tuple[bytes, int]]:
    """The ``wanted`` smallest (lot, row) of a stratum's rows that are not ``taken`` yet, under the
    key of extension round ``number`` with its links (operator's, supervising body's)."""
    key = round_key(seed, "extend", number, *links)
    return smallest_of(
        key, [row for row in range(part.start, part.end) if row not in taken], wanted
    )


def run_replacement(
    roster: Roster, request: Mapping[str, Any], links: tuple[bytes, bytes]
) -> dict[str, Any]:
    """Run a replacement as the next round and return its entry of rounds.json.

    ``request``: of :func:`replacement_request`, recorded before. ``links``: the operator's and the
    supervising body's. Raises :class:`Malformed` for links that do not fit the chains, for seats
    or officers that do not exist, a list out of order or with something in it twice.
    """
    number = _next(roster, request, links)
    what = f"round {number}"
    vacated = [(one["seat"], one["reason"]) for one in request["vacated"]]
    recused = [(pair[0], pair[1]) for pair in request["recused"]]
    check_request(roster, vacated, recused, request["absent"], what)
    _check_lists(vacated, recused, request["absent"], what)
    key = round_key(roster.seed, "redraw", number, *links)
    made = replace_officers(roster, key, vacated, recused, list(request["absent"]))
    move_on(roster, *links)
    return _head(request, links) | made


def run_extension(
    order: Order, roster: Roster, request: Mapping[str, Any], links: tuple[bytes, bytes]
) -> dict[str, Any]:
    """Run an extension as the next round and return its entry of rounds.json.

    ``request``: of :func:`extension_request`, recorded before. Raises :class:`Malformed` for links
    that do not fit the chains, strata out of order or unknown, none or too many rows.
    """
    number = _next(roster, request, links)
    more = [(one["stratum"], one["n"]) for one in request["more"]]
    places = check_more(order, more, f"round {number}")
    taken = {one.row for one in order.rows}
    found = [
        Drawn(row, place, lot)
        for place, count in places
        for lot, row in extension_lots(
            roster.seed, number, links, order.strata[place], taken, count
        )
    ]
    officers = round_key(roster.seed, "extend/officers", number, *links)
    made = add_rows(order, roster, found, officers)
    move_on(roster, *links)
    head = _head(request, links)
    return head | {"more": list(request["more"]), "reason": request["reason"]} | made


def _next(roster: Roster, request: Mapping[str, Any], links: tuple[bytes, bytes]) -> int:
    number = roster.batch + 1
    if roster.version != TWO or request["round"] != number:
        raise Malformed(f"round {request['round']} is not the next one, which is {number}")
    check_links(roster, *links, f"round {number}")
    return number


def _check_lists(
    vacated: Sequence[tuple[int, str]],
    recused: Sequence[tuple[str, str]],
    absent: Sequence[str],
    what: str,
) -> None:
    if not all(is_increasing(one) for one in ([seat for seat, _ in vacated], recused, absent)):
        raise Malformed(f"{what} has a list out of order or something in it twice")


def _head(request: Mapping[str, Any], links: tuple[bytes, bytes]) -> dict[str, Any]:
    return {
        "round": request["round"],
        "kind": request["kind"],
        "asked_by": request["asked_by"],
        "operator_link": links[0].hex(),
        "supervisor_link": links[1].hex(),
    }


def added(case: Case) -> list[int]:
    """The rows that joined by extensions."""
    entries = case.entries("rounds.json", "rounds")
    return [row for entry in entries for row in entry.get("rows", ())]


def rounds(case: Case) -> str:
    """Every round follows from its links and its request, and the links from the frozen chains."""
    result = case.computed()
    case.order = order_of(result, case.seed, case.plan)
    case.roster = roster_at_the_draw(case)
    entries = case.entries("rounds.json", "rounds")
    for entry in entries:
        _replay(case.order, case.roster, entry)
    case.who = case.roster.who
    if not entries:
        return "no officer was replaced and no enterprise was added after the draw"
    more = len(case.order.rows) - len(result.tasks)
    loose = "" if case.anchored else ", but no ledger says that these are all and the first ones"
    return f"{len(entries)} rounds follow from the frozen chains, {more} enterprises joined{loose}"


def _replay(order: Order, roster: Roster, entry: dict[str, Any]) -> None:
    number = roster.batch + 1
    links = bytes.fromhex(entry["operator_link"]), bytes.fromhex(entry["supervisor_link"])
    if entry["kind"] == shape.REPLACEMENT:
        made = run_replacement(roster, entry, links)
    else:
        made = run_extension(order, roster, entry, links)
    if made.get("rows") != entry.get("rows"):
        raise Malformed(f"round {number}: the enterprises are not those that follow from the links")
    if made != entry:
        raise Malformed(f"round {number}: the officers are not those that follow from the links")
