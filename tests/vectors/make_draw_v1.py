"""Regenerate draw-v1.json from the code: the inputs in the file stay, what follows is made anew.

``python -m tests.vectors.make_draw_v1`` writes the file, ``--check`` demands no difference. The
inputs (plans, tables, revealed numbers, batches) are the vectors; seeds, commitments, roots,
results and re-drawn seats are what drawkit says about them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from backend import drawkit as kit
from backend.drawkit import merkle, replacement
from backend.drawkit.assignment import read_officers
from backend.drawkit.draw import recusal_test
from backend.drawkit.selection import strata_of

FILE = Path(__file__).parent / "draw-v1.json"


def remake_draw(given: dict[str, Any]) -> dict[str, Any]:
    """A whole draw with everything recomputed that follows from its inputs."""
    plan, pool = given["plan"], given["pool"].encode()
    officers, recusals = given["officers"].encode(), given["recusals"].encode()
    lines = kit.read_table(pool, "pool.tsv")
    old, revealed = given["freeze"], given["transcript"]
    operator = bytes.fromhex(revealed["operator"])
    freeze = old | {
        "plan_sha256": kit.digest(kit.canonical(plan)),
        "pool_sha256": kit.digest(pool),
        "pool_root": merkle.root(lines).hex(),
        "pool_rows": len(lines),
        "strata": [
            {"code": part.code, "start": part.start, "end": part.end, "k": part.k}
            for part in strata_of(lines, plan["strata"])
        ],
        "officers_sha256": kit.digest(officers),
        "recusals_sha256": kit.digest(recusals),
        "op_commit": kit.operator_commitment(old["draw"], operator),
        "witnesses": [one["id"] for one in revealed["witnesses"]],
    }
    frozen = kit.freeze_hash(freeze)
    transcript = kit.transcript(freeze, operator, revealed["witnesses"], revealed["public"])
    commits = {
        one["id"]: kit.witness_commitment(
            frozen, one["id"], kit.witness_secret(one["text"], bytes.fromhex(one["rand"]))
        )
        for one in revealed["witnesses"]
    }
    seed = kit.seed(transcript)
    result = kit.compute(kit.Inputs(plan, pool, officers, recusals), seed).tsv()
    made = {
        "freeze": freeze,
        "freeze_sha256": frozen.hex(),
        "commits": commits,
        "transcript": transcript,
        "seed": seed.hex(),
        "lot0": kit.lot(seed, 0).hex(),
        "result": result.decode(),
        "result_sha256": kit.digest(result),
    }
    return {key: made.get(key, value) for key, value in given.items()}


def remake_batch(given: dict[str, Any]) -> dict[str, Any]:
    """A replacement batch with the seats drawn again."""
    officers = read_officers(kit.read_table(given["officers"].encode(), "officers.tsv"))
    lines = [pair.encode() for pair in given["ineligible"]]
    barred = recusal_test(lines, officers, [task[2] for task in given["tasks"]])
    links = (bytes.fromhex(given[f"{keeper}_link"]) for keeper in ("operator", "supervisor"))
    who, load = list(given["who"]), list(given["load"])
    replacement.redraw(
        replacement.batch_key(bytes.fromhex(given["seed"]), 1, *links),
        given["vacated"],
        [kit.Seat(*seat) for seat in given["seats"]],
        officers,
        who,
        load,
        barred,
    )
    return given | {"who_after": who, "load_after": load}


def remake(given: dict[str, Any]) -> str:
    """The whole file's text."""
    made = {
        "what": given["what"],
        "known": remake_draw(given["known"]),
        "draws": [remake_draw(one) for one in given["draws"]],
        "redraws": [remake_batch(one) for one in given["redraws"]],
    }
    return json.dumps(made, ensure_ascii=False, indent=1)


def main() -> int:
    """Write the file, or with ``--check`` say whether the code still gives it."""
    text = FILE.read_text("utf-8")
    made = remake(json.loads(text))
    if "--check" not in sys.argv[1:]:
        FILE.write_text(made, "utf-8")
        return 0
    if made == text:
        return 0
    print(f"{FILE.name} is not what the code gives for its inputs")
    return 1


if __name__ == "__main__":
    sys.exit(main())
