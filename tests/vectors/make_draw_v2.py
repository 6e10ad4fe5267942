"""Regenerate draw-v2.json: known answers of what version 2 makes anew, value by value.

``python -m tests.vectors.make_draw_v2`` writes the file, ``--check`` demands no difference.

``draws`` are whole ceremonies with their inputs, every record of a step with its digest, and the
keys of their rounds; ``extensions`` lots drawn among rows that are left; ``grades`` and ``marks``
the two rules; ``register`` its leaves and root; ``times`` texts with their milliseconds, or null.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from backend import drawkit as kit
from backend.drawkit import forms, merkle, two

from .ceremony_v2 import (
    Held,
    Setting,
    hold,
    inputs_of,
    lottery,
    number,
    register_lines,
    steps_of,
    with_rounds,
)

FILE = Path(__file__).with_name("draw-v2.json")


def settings() -> list[Setting]:
    """Draws in both forms and by every source."""
    return [
        Setting(),
        Setting(
            public=two.dice("Numbered balls out of a drum", 20, "balls10"),
            present=("w01", "w02", "w03", "w04"),
        ),
        Setting(public=lottery(), form=two.ROUTINE, quorum=1, present=("w03",), lead=3600),
        Setting(form=two.ROUTINE, quorum=1, present=("w03",), text="", lead=0),
        Setting(public=lottery(fictional=True), present=("w01", "w03"), lead=60),
    ]


def draw(held: Held) -> dict[str, Any]:
    """One ceremony: inputs, records, digests, keys."""
    records = {name: data.decode() for name, data in sorted(held.files.items())}
    transcript = json.loads(held.files["transcript.json"])
    return {
        "files": records,
        "freeze_sha256": kit.freeze_hash(held.freeze).hex(),
        "operator": number("operator").hex(),
        "secrets": {
            one["id"]: kit.witness_secret(one["text"], bytes.fromhex(one["rand"])).hex()
            for one in transcript["witnesses"]
        },
        "seed": held.seed.hex(),
        "lot0": kit.lot(held.seed, 0).hex(),
        "steps": [
            {
                "name": step.name,
                "type": step.type,
                "record": step.content.decode(),
                "sha256": kit.digest(step.content),
            }
            for step in steps_of(held.files)
            if step.name not in ("freeze", "commits", "transcript", "result")
        ],
        "links": [[one.hex() for one in pair] for pair in held.links],
        "keys": [
            {
                label: two.round_key(held.seed, label, place, *links).hex()
                for label in ("redraw", "extend", "extend/officers")
            }
            for place, links in enumerate(held.links[: len(held.rounds)], 1)
        ],
    }


def extension(place: int) -> dict[str, Any]:
    """Rows that join under made up links, from a stratum of which some are taken."""
    seed, links = number(f"seed {place}"), (number(f"op {place}"), number(f"sup {place}"))
    start, size, wanted = 7 * place, 20 + 13 * place, 1 + place
    taken = {start + row for row in range(size) if number(f"{place} {row}")[0] % 4 == 0}
    part = kit.Stratum("S", start, start + size, len(taken))
    found = two.extension_lots(seed, place + 1, links, part, taken, wanted)
    return {
        "seed": seed.hex(),
        "round": place + 1,
        "operator_link": links[0].hex(),
        "supervisor_link": links[1].hex(),
        "start": start,
        "end": start + size,
        "taken": sorted(taken),
        "n": wanted,
        "rows": [row for _, row in found],
        "lots": [lot.hex() for lot, _ in found],
    }


SEATS = {
    "own": "330106-03",
    "station": "330106-03-01",
    "taking part": "330106-09",
    "other": "330106-07",
    "third": "330106-08",
    "notary": "outside",
    "school": "outside",
}
INSTITUTIONS = {"notary": "某某公证处", "school": "某某大学"}


def grades() -> list[dict[str, Any]]:
    """The grade of every pair of witnesses, under each kind of last source."""
    plan = inputs_of().plan
    made = []
    for kind, (one, other) in product(("dice", "lottery", "fictional"), product(SEATS, SEATS)):
        public = {"dice": two.dice("x"), "lottery": lottery()}.get(kind, lottery(fictional=True))
        freeze = {
            "own": ["330106-03", "330106-03-01"],
            "witnesses": [{"id": "w1", "body": SEATS[one]}, {"id": "w2", "body": SEATS[other]}],
            "public": public,
        }
        witnesses = [
            {"id": "w1", "institution": INSTITUTIONS.get(one)},
            {"id": "w2", "institution": INSTITUTIONS.get(other)},
        ]
        made.append(
            {
                "freeze": freeze,
                "teams": plan["teams"],
                "witnesses": witnesses,
                "grade": two.grade(freeze, plan, witnesses),
            }
        )
    return made


def marks() -> list[dict[str, Any]]:
    """The marks of strata of some sizes."""
    sizes = [(0, 0), (1, 0), (1, 1), (9, 3), (9, 9), (10, 3), (10, 10), (500, 0)]
    made = []
    for rows, drawn in sizes:
        found = two.stratum_marks([kit.Stratum("S", 5, 5 + rows, drawn)])
        made.append({"rows": rows, "k": drawn, "marks": found.get("S", [])})
    return made


def register() -> dict[str, Any]:
    """Leaves and root of a register, and the path of its last line."""
    key, lines = number("register key"), register_lines()
    leaves = two.register_leaves(key, lines)
    last = len(leaves) - 1
    return {
        "key": key.hex(),
        "lines": [line.decode() for line in lines],
        "leaves": [leaf.hex() for leaf in leaves],
        "root": merkle.root(leaves).hex(),
        "path_of_last": [node.hex() for node in merkle.path(leaves, last)],
    }


TIMES = (
    "2026-11-20T12:25:00.000Z",
    "2000-02-29T23:59:59.999Z",
    "2026-02-29T00:00:00.000Z",
    "2026-11-20T24:00:00.000Z",
    "2026-11-20T12:25:60.000Z",
    "2026-11-20T12:25:00Z",
    "2026-11-20T12:25:00.000+00:00",
    "2026-11-20 12:25:00.000Z",
    "1999-12-31T23:59:59.999Z",
    "2026-11-20T12:25:00.000Z\n",
    "２０26-11-20T12:25:00.000Z",
)


def times() -> list[dict[str, Any]]:
    """Texts that are times or are none."""
    return [
        {"text": text, "ms": forms.milliseconds(text) if forms.is_time(text) else None}
        for text in TIMES
    ]


def make() -> str:
    """The whole file's text."""
    draws = [with_rounds(hold(setting)) for setting in settings()]
    draws.append(hold(replace(Setting(), recusal_key=number("recusal key"))))
    made = {
        "draws": [draw(held) for held in draws],
        "extensions": [extension(place) for place in range(12)],
        "grades": grades(),
        "marks": marks(),
        "register": register(),
        "times": times(),
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write the file, or with ``--check`` say whether the code still gives it."""
    made = make()
    if "--check" not in sys.argv[1:]:
        FILE.write_text(made, "utf-8")
        return 0
    if FILE.read_text("utf-8") == made:
        return 0
    print(f"{FILE.name} is not what the code gives")
    return 1


if __name__ == "__main__":
    sys.exit(main())
