"""replacements.json: the recorded re-draws of a draw, and their check.

{"v", "batches": [{"batch": n, "operator_link": hex, "supervisor_link": hex,
"vacated": [{"seat": n, "reason": text}], "result": [{"seat": n, "officer": token or "-"}]}]}.
Links are revealed backwards from the heads in the freeze record, one of each chain a batch.
"""

from __future__ import annotations

from typing import Any

from .assignment import VACANT
from .commitment import chain_step
from .draw import Result, recusal_test
from .encoding import is_hex32
from .replacement import batch_key, redraw


def check_replacements(
    record: dict[str, Any],
    freeze: dict[str, Any],
    result: Result,
    seed: bytes,
    recusals: list[bytes],
) -> tuple[str | None, int]:
    """(None, batches) when all follow, else (sentence, batches checked)."""
    who, load = list(result.who), list(result.load)
    objects = [result.line(task).split(b"\t")[1].decode("ascii") for task in result.tasks]
    heads = {"operator": freeze["op_chain"], "supervisor": freeze["sup_chain"]}
    for number, batch in enumerate(record["batches"], 1):
        if batch["batch"] != number:
            return f"Replacement batch {number} is missing or out of order.", number - 1
        for keeper, head in list(heads.items()):
            link = batch[f"{keeper}_link"]
            if not is_hex32(link) or chain_step(bytes.fromhex(link)).hex() != head:
                return f"The {keeper}'s link of batch {number} is not of the frozen chain.", number
            heads[keeper] = link
        links = (bytes.fromhex(batch[f"{keeper}_link"]) for keeper in heads)
        extra = [f"{token}\t{target}".encode("ascii") for token, target in _reasons(batch)]
        barred = recusal_test([*recusals, *extra], result.officers, objects)
        vacated = [entry["seat"] for entry in batch["vacated"]]
        redraw(
            batch_key(seed, number, *links),
            vacated,
            result.seats,
            result.officers,
            who,
            load,
            barred,
        )
        for entry in batch["result"]:
            row = who[entry["seat"]]
            token = "-" if row == VACANT else result.officers[row].token
            if token != entry["officer"]:
                return f"Seat {entry['seat']} of batch {number} went to another officer.", number
    return None, len(record["batches"])


def _reasons(batch: dict[str, Any]) -> list[tuple[str, str]]:
    """Recusals that became known with a batch: (officer token, object)."""
    return [tuple(pair) for pair in batch.get("recusals", [])]
