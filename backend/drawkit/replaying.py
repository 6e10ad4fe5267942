"""Who sat where when a draw was held: what replaying everything that came after it begins with."""

from __future__ import annotations

from .case import Case
from .replacement import Roster


def roster_at_the_draw(case: Case) -> Roster:
    """The roster of a recomputed draw, before any replacement or extension."""
    result = case.computed()
    return Roster(
        seed=case.seed,
        seats=result.seats,
        officers=case.officers,
        who=list(case.who),
        load=list(result.load),
        objects=result.objects(),
        recused={_pair(line) for line in case.tables["recusals.tsv"]},
        operator_head=bytes.fromhex(case.freeze["op_chain"]),
        supervisor_head=bytes.fromhex(case.freeze["sup_chain"]),
        version=case.edition.version,
    )


def _pair(line: bytes) -> tuple[str, str]:
    officer, target = line.decode("ascii").split("\t")
    return officer, target
