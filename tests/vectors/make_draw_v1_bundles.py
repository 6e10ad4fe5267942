"""Regenerate draw-v1-bundles.json: whole bundles with what a verifier must say about them.

``python -m tests.vectors.make_draw_v1_bundles`` writes the file, ``--check`` demands no
difference. Nothing is random: every secret is the digest of its name.

``sealed`` has the ``files`` of a sealed draw by name, its ``opened`` rows, and ``asked``:
questions about one enterprise (code and salt) with their answers. ``by_row`` is a draw whose
recusals are fixed row by row: the ``files`` that both copies share, those of the public copy
(``part``) and of the auditors' (``whole``); ``tampered``: recusals.json changed, with the check
that must fail; and ``misfrozen``: whole bundles whose root was frozen over leaves of no list.
``left_out``: lines of exclusions.tsv of a sealed draw with what opens them.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from backend import drawkit as kit
from backend.drawkit import merkle, recusals

FILE = Path(__file__).with_name("draw-v1-bundles.json")
DRAW = "330106-2026-0001-1"
STRATA = {"A": 4, "B": 9, "C": 3}
POOL_KEY = sha256(b"pool key").digest()


def number(name: str) -> bytes:
    """32 bytes that look random."""
    return sha256(name.encode()).digest()


def codes(stratum: str) -> list[str]:
    """The enterprises of a stratum."""
    return [f"91330106MA{stratum}{place:07}" for place in range(STRATA[stratum])]


def salt_of(stratum: str, code: str) -> str:
    """The salt (hex) of an enterprise in the sealed draw."""
    return kit.sealed_salt(POOL_KEY, stratum, code).hex()


def sealed_of(stratum: str, code: str) -> str:
    """What stands in the sealed roster instead of the code."""
    return kit.sealed_object(stratum, code, bytes.fromhex(salt_of(stratum, code)))


def plan_of(mode: str) -> dict[str, Any]:
    """Three strata, of which nothing is drawn from the last; teams of two."""
    ratios = {"A": (1, 2), "B": (1, 3), "C": (0, 1)}
    return {
        "v": kit.VERSION,
        "authority": "330106",
        "name": "示例抽查",
        "seq": 1,
        "mode": mode,
        "strata": [
            {"code": code, "num": num, "den": den, "min": None, "max": None}
            for code, (num, den) in ratios.items()
        ],
        "teams": {"*": [{"dept": "D0", "spec": "", "n": 1}, {"dept": "D1", "spec": "", "n": 1}]},
    }


def inputs_of(mode: str) -> kit.Inputs:
    """The frozen tables; in each stratum some officer may not go to some enterprise."""
    shown = {
        (stratum, code): sealed_of(stratum, code) if mode == "sealed" else code
        for stratum in STRATA
        for code in codes(stratum)
    }
    officers = [(f"O{n:02}", f"D{n % 2}", "", "9", "0") for n in range(8)]
    pairs = [
        (f"O{place % 8:02}", target)
        for place, target in enumerate(shown.values())
        if place % 3 != 2
    ]
    return kit.Inputs(
        plan=plan_of(mode),
        pool=kit.write_table([(key[0], target) for key, target in shown.items()], "pool.tsv"),
        officers=kit.write_table(officers, "officers.tsv"),
        recusals=kit.write_table(pairs, "recusals.tsv"),
    )


def held(inputs: kit.Inputs, recusal_key: bytes | None = None, **frozen: str) -> dict[str, bytes]:
    """The files of the draw of ``inputs``, with one witness and dice; ``frozen``: fields of the
    freeze record that are otherwise than they should be."""
    operator, rand = number("operator"), number("witness").hex()
    freeze = kit.freeze_record(
        inputs,
        draw_id=DRAW,
        op_commit=kit.operator_commitment(DRAW, operator),
        op_chain=kit.chain(number("operator's chain"), 4)[-1].hex(),
        sup_chain=kit.chain(number("supervisor's chain"), 4)[-1].hex(),
        witnesses=["w1"],
        quorum=1,
        public={"type": "dice10", "rule": "ten-sided dice, thrown in the room"},
        recusal_key=recusal_key,
    )
    freeze |= frozen
    secret = kit.witness_secret("今天下雨", bytes.fromhex(rand))
    commits = {"w1": kit.witness_commitment(kit.freeze_hash(freeze), "w1", secret)}
    revealed = [{"id": "w1", "text": "今天下雨", "rand": rand}]
    dice = {"type": "dice10", "value": "63454660390103169462"}
    transcript = kit.transcript(freeze, operator, revealed, dice)
    return {
        "freeze.json": kit.canonical(freeze),
        "plan.json": kit.canonical(inputs.plan),
        "pool.tsv": inputs.pool,
        "officers.tsv": inputs.officers,
        "recusals.tsv": inputs.recusals,
        "exclusions.tsv": inputs.exclusions,
        "commits.json": kit.canonical(commits),
        "transcript.json": kit.canonical(transcript),
        "result.tsv": kit.compute(inputs, kit.seed(transcript)).tsv(),
    }


def sealed() -> dict[str, Any]:
    """A sealed draw, its opened rows and what is asked about its enterprises."""
    files = held(inputs_of("sealed"))
    report = kit.verify_bundle(kit.write_bundle(files))
    if report.case is None or report.status != kit.EQUAL:
        raise SystemExit(report.verdict)
    lines = files["pool.tsv"].decode().splitlines()
    own = [(stratum, code, salt_of(stratum, code)) for stratum in STRATA for code in codes(stratum)]
    rows = {key: lines.index(f"{key[0]}\t{sealed_of(*key[:2])}") for key in own}
    drawn = {task.row for task in report.case.computed().tasks}
    opened = [
        {"row": row, "stratum": key[0], "code": key[1], "salt": key[2]}
        for key, row in rows.items()
        if row in drawn
    ]
    asked: list[dict[str, Any]] = [
        {"code": code, "salt": salt, "answer": answer(report.case, code, salt)}
        for _stratum, code, salt in own
    ]
    first, second = own[0], own[1]
    nobody = "91330106MA0000000X"
    asked += [
        {"code": first[1], "salt": None, "answer": {"why": "sealed"}},
        {"code": first[1], "salt": second[2], "answer": {"why": "salt"}},
        {"code": first[1], "salt": first[2][:-1], "answer": {"why": "salt-form"}},
        {"code": nobody, "salt": first[2], "answer": {"why": "salt"}},
        {"code": sealed_of(*first[:2]), "salt": None, "answer": asked[0]["answer"]},
    ]
    return {"files": texts(files), "opened": opened, "asked": asked}


def by_row() -> dict[str, Any]:
    """A draw whose recusals are fixed row by row, in both copies, and its part tampered with."""
    inputs, key = inputs_of("open"), number("recusal key")
    files = held(inputs, key)
    freeze = json.loads(files["freeze.json"])
    pairs, pool = files.pop("recusals.tsv"), inputs.pool.splitlines()
    part = kit.recusals_part(freeze, key, pool, pairs.splitlines(), drawn_rows(files))
    whole = {
        "recusals.tsv": pairs,
        "recusals-key.json": kit.canonical(kit.recusals_whole(freeze, key)),
    }
    return {
        "files": texts(files),
        "part": texts({"recusals.json": kit.canonical(part)}),
        "whole": texts(whole),
        "tampered": [
            {"what": what, "recusals.json": kit.canonical(changed).decode(), "fails": "recusals"}
            for what, changed in tampered(part)
        ],
        "misfrozen": [
            {"what": what, "files": texts(misfrozen(inputs, key, officers)), "fails": "recusals"}
            for what, officers in (("officers turned", b"O07,O00"), ("one twice", b"O00,O00"))
        ],
    }


def drawn_rows(files: dict[str, bytes]) -> list[int]:
    """The rows that result.tsv says were drawn."""
    lots = files["result.tsv"].decode().splitlines()
    return sorted(int(row) for line in lots if line.startswith("drawn\t") for row in named(line))


def misfrozen(inputs: kit.Inputs, key: bytes, officers: bytes) -> dict[str, bytes]:
    """A public copy whose root was frozen with ``officers`` in every leaf; the path leads to it."""
    salts = [leaf[:16] for leaf in recusals.leaves(key, inputs.pool.splitlines(), [])]
    leaves = [salt + officers for salt in salts]
    files = held(inputs, key, recusals_root=merkle.root(leaves).hex())
    del files["recusals.tsv"]
    freeze, rows = json.loads(files["freeze.json"]), drawn_rows(files)
    names = officers.decode().split(",")
    part = {
        "v": freeze["v"],
        "draw": freeze["draw"],
        "rows": [{"row": row, "salt": salts[row].hex(), "officers": names} for row in rows],
        "path": [step.hex() for step in merkle.shared_path(leaves, rows)],
    }
    return files | {"recusals.json": kit.canonical(part)}


def named(line: str) -> list[str]:
    """The rows in a line of result.tsv about enterprises."""
    return [row for row in line.partition("\t")[2].split(",") if row]


def tampered(part: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The part with one thing changed, in words and as a record."""
    first, *others = part["rows"]
    full = next(one for one in part["rows"] if one["officers"])
    emptied = [one | {"officers": []} if one is full else one for one in part["rows"]]
    return [
        ("a pair left out", part | {"rows": emptied}),
        (
            "an officer twice",
            part | {"rows": [doubled(full) if one is full else one for one in part["rows"]]},
        ),
        ("a pair altered", part | {"rows": [first | {"officers": ["O99"]}, *others]}),
        ("a salt altered", part | {"rows": [first | {"salt": "0" * 32}, *others]}),
        ("a row left out", part | {"rows": others}),
        ("a row twice", part | {"rows": [first, first, *others]}),
        ("rows exchanged", part | {"rows": [*others, first]}),
        ("a step left out", part | {"path": part["path"][1:]}),
        ("a step added", part | {"path": [*part["path"], "0" * 64]}),
        ("another list", part | {"path": [step[::-1] for step in part["path"]]}),
    ]


def doubled(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the part that names its first officer twice."""
    return row | {"officers": [row["officers"][0], *row["officers"]]}


def left_out() -> list[dict[str, Any]]:
    """What stands in exclusions.tsv of a sealed draw, for no, one and two rules."""
    found = []
    for those, code in (
        ([], "1"),
        (["closed"], codes("A")[0]),
        (["other-draw", "year-cap-2"], codes("A")[1]),
    ):
        stratum = kit.left_out_stratum(those)
        salt, target = salt_of(stratum, code), sealed_of(stratum, code)
        line = f"{target}\tsealed"
        found.append({"rules": those, "code": code, "stratum": stratum, "salt": salt, "line": line})
    return found


def answer(case: Any, code: str, salt: str) -> dict[str, Any]:
    """What must be said about one enterprise: row, stratum, lots, its number in draw order."""
    row = kit.row_of(case, code, bytes.fromhex(salt))
    result = case.computed()
    place = next(n for n, part in enumerate(result.strata) if part.start <= row < part.end)
    largest = result.largest_lots()[place]
    tasks = [task.row for task in result.tasks]
    return {
        "row": row,
        "stratum": result.strata[place].code,
        "lot": kit.lot(case.seed, row).hex(),
        "largest": largest.hex() if largest else None,
        "number": tasks.index(row) + 1 if row in tasks else None,
    }


def texts(files: dict[str, bytes]) -> dict[str, str]:
    """Files as texts."""
    return {name: data.decode() for name, data in files.items()}


def make() -> str:
    """The whole file's text."""
    made = {"sealed": sealed(), "by_row": by_row(), "left_out": left_out()}
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
