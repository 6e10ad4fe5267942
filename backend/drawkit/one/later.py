"""The checks of what came after a draw of version 1: replacements, and extensions between them.

Both are replayed together, since each batch and each extension starts from who sat where when it
was made.
"""

from __future__ import annotations

from typing import Any

from ..case import Case
from ..encoding import Malformed
from ..extension import Order, order_of, run_extension
from ..replacement import Roster, run_batch
from ..replaying import roster_at_the_draw


def replacements(case: Case) -> str:
    """Every batch follows from its links, and the links from the frozen chains; every extension
    from the seed, at its place among them."""
    result = case.computed()
    order, state = order_of(result, case.seed, case.plan), roster_at_the_draw(case)
    case.order, case.roster = order, state
    for name in ("replacements.json", "extensions.json"):
        if case.records.get(name, case.freeze)["draw"] != case.freeze["draw"]:
            raise Malformed(f"{name} names another draw")
    batches = list(case.entries("replacements.json", "batches"))
    waiting = list(case.entries("extensions.json", "extensions"))
    for place in range(len(batches) + 1):
        while waiting and waiting[0]["after"] == place:
            _extend(order, state, waiting.pop(0))
        if place < len(batches):
            _replay(state, batches[place])
    if waiting:
        raise Malformed("extensions.json is out of order: an extension follows no batch")
    case.who = state.who
    if not state.batch:
        return "no officer was replaced"
    loose = "" if case.anchored else ", but no ledger says that these are all and the first ones"
    return f"{state.batch} batches of replacements follow from the frozen chains{loose}"


def extensions(case: Case) -> str:
    """What extensions came to; they were recomputed with the batches they stand between."""
    number = case.order.number if case.order else 0
    if not number or case.order is None:
        return "no enterprise was added after the draw"
    added = len(case.order.rows) - len(case.computed().tasks)
    loose = "" if case.anchored else ", but no ledger vouches for them"
    return (
        f"{added} enterprises were added by {number} extensions, the next of the same order{loose}"
    )


def _extend(order: Order, state: Roster, entry: dict[str, Any]) -> None:
    number = order.number + 1
    more = [(one["stratum"], one["n"]) for one in entry["more"]]
    made = run_extension(order, state, more, entry["reason"])
    if made["rows"] != entry["rows"]:
        raise Malformed(f"extension {number}: the enterprises are not the next of the order")
    if made["seats"] != entry["seats"]:
        raise Malformed(f"extension {number}: the officers are not those that follow from the seed")
    if made != entry:
        raise Malformed(f"extension {number} of extensions.json is out of order or misnumbered")


def _replay(state: Roster, batch: dict[str, Any]) -> None:
    number = state.batch + 1
    made = run_batch(
        state,
        operator_link=bytes.fromhex(batch["operator_link"]),
        supervisor_link=bytes.fromhex(batch["supervisor_link"]),
        vacated=[(one["seat"], one["reason"]) for one in batch["vacated"]],
        recused=[(one[0], one[1]) for one in batch["recused"]],
        absent=list(batch["absent"]),
    )
    for expected, found in zip(made["vacated"], batch["vacated"], strict=True):
        if expected != found:
            raise Malformed(
                f"batch {number}, seat {expected['seat']}: the replacement is not the one that"
                " follows from the links"
            )
    if made != batch:
        raise Malformed(f"batch {number} of replacements.json is out of order or misnumbered")
