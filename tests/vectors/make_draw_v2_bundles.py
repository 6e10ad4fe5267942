"""Regenerate draw-v2-bundles.json: whole bundles with what a verifier must say about them.

``python -m tests.vectors.make_draw_v2_bundles`` writes the file, ``--check`` demands no
difference. Nothing is random.

``bases`` are honest bundles by name, each a map from a file's name to its text. ``equal`` and
``refused`` are made from them: ``files`` holds what is other than in the base ``of``, null for a
file that is not there. Equal ones have their ``grade``, refused ones the name of the check that
``fails`` and the status. ``key``: the check needs the ledger's key, which is ``ledger_key``;
``cosigned``: the cosignature of ``cosigner_key`` is demanded.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from backend import drawkit as kit
from backend.drawkit import two

from .ceremony_v2 import Setting, hold, inputs_of, lottery, proven, steps_of, with_rounds
from .small_log import SmallLog, cosigner_key, verifier_key
from .tampers_v2 import Files, in_part, room, tampered
from .tampers_v2_ledger import ALONE, DRAWN, extended, linked, tampered_ledger

FILE = Path(__file__).with_name("draw-v2-bundles.json")
Given = dict[str, Any]


def bases() -> dict[str, Files]:
    """Honest bundles by name."""
    alone, drawn = hold(ALONE), hold(DRAWN)
    return {
        "room": room().files,
        "in part": in_part().files,
        "dice": alone.files,
        "dice, proven": proven(alone),
        "lottery": drawn.files,
        "lottery, proven": proven(drawn),
        "extended, proven": proven(extended()),
    }


def equal() -> Iterator[tuple[str, Files, Given]]:
    """Bundles that are in order: in words, their files, and what must be said or asked for."""
    for name, files in bases().items():
        yield name, files, {"key": name.endswith("proven")}
    yield "checkpoints that are linked", linked(hold(ALONE).files), {"key": True}
    cosigned = hold(ALONE).files
    cosigned |= SmallLog(steps_of(cosigned)).proofs(cosigned=True)
    yield "a checkpoint that is cosigned", cosigned, {"key": True, "cosigned": True}
    yield "room, proven", proven(room()), {"key": True}
    rehearsal = proven(hold(ALONE, inputs_of(two.REHEARSAL)))
    yield "a rehearsal", rehearsal, {"key": True}
    own = replace(ALONE, present=("w03",), filed=None)
    yield "only the own body", hold(own).files, {}
    yield "another body beside the own one", hold(Setting(present=("w01", "w03"))).files, {}
    trying = replace(DRAWN, public=lottery(fictional=True), lead=60)
    yield "a fictional lottery", hold(trying).files, {}
    kept = with_rounds(hold(Setting(supervisor_keeps_chain=True)))
    yield "a chain that the supervising body keeps", kept.files, {}
    yield "a text of no letters", hold(replace(ALONE, text="")).files, {}


def refused() -> Iterator[tuple[str, Files, Given]]:
    """Bundles that were tampered with: in words, their files, and the check that refuses them."""
    for one in [*tampered(), *tampered_ledger()]:
        yield one.what, one.files, {"fails": one.fails, "key": "ledger of one's own" in one.what}
    plain = hold(ALONE).files
    plain |= SmallLog(steps_of(plain)).proofs()
    demanded = {"fails": "ledger", "key": True, "cosigned": True}
    yield "a checkpoint that nobody cosigned", plain, demanded


def delta(files: Files, base: Files) -> dict[str, str | None]:
    """What of the files is other than in a base."""
    names = sorted({*files, *base})
    return {
        name: files[name].decode() if name in files else None
        for name in names
        if files.get(name) != base.get(name)
    }


def nearest(files: Files, known: dict[str, Files]) -> tuple[str, dict[str, str | None]]:
    """The base from which the files are told with the fewest characters, and how."""
    told = {name: delta(files, base) for name, base in known.items()}
    name = min(told, key=lambda one: sum(len(text or "") for text in told[one].values()))
    return name, told[name]


def verified(files: Files, given: Given) -> kit.Report:
    """What drawkit says of a bundle with the keys that are given."""
    return kit.verify_bundle(
        kit.write_bundle(files),
        require_ledger=bool(given.get("key")),
        ledger_key=verifier_key() if given.get("key") else None,
        cosigners=[cosigner_key()] if given.get("cosigned") else [],
    )


def make() -> str:
    """The whole file's text."""
    known = bases()
    fine, bad = [], []
    for what, files, given in equal():
        base, told = nearest(files, known)
        grade = verified(files, given).grade
        fine.append({"what": what, "of": base, "files": told, "grade": grade} | given)
    for what, files, given in refused():
        base, told = nearest(files, known)
        bad.append({"what": what, "of": base, "files": told} | given)
    made = {
        "ledger_key": verifier_key(),
        "cosigner_key": cosigner_key(),
        "bases": {
            name: {file: data.decode() for file, data in sorted(files.items())}
            for name, files in known.items()
        },
        "equal": fine,
        "refused": bad,
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
