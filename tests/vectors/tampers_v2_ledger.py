"""Ways to tamper with what the ledger says of a draw of version 2: order, times, trees, requests.

Each is recorded in a log that is sound in itself, as somebody who keeps one could make it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend import drawkit as kit
from backend.drawkit import two

from .ceremony_v2 import FILED, Held, Setting, at, hold, lottery, steps_of
from .small_log import SmallLog, Step
from .tampers_v2 import Files, Tamper

OWN_KEY = Ed25519PrivateKey.from_private_bytes(b"\5" * 32)
ALONE = Setting(
    form=two.ROUTINE, quorum=1, present=("w01",), throws=("6345466039", "0103169462"), filed=FILED
)
DRAWN = replace(ALONE, public=lottery(), lead=3600, filed=None)
Steps = list[Step]


def extended() -> Held:
    """A draw by lottery with one extension afterwards."""
    held = hold(DRAWN)
    order = kit.order_of(held.result, held.seed, held.inputs.plan)
    request = two.extension_request(held.freeze, 1, "supervisor", [("A", 2)], "线索增多")
    entry = two.run_extension(order, held.roster(), request, held.links[0])
    held.files["rounds.json"] = kit.canonical(two.rounds_record(held.freeze, [entry]))
    return held


def tampered_ledger() -> list[Tamper]:
    """Every way that the ledger's proofs show."""
    dice, drawn, more = hold(ALONE).files, hold(DRAWN).files, extended().files
    parts: list[Iterator[tuple[str, Files]]] = [
        _order(dice, drawn, more),
        _times(dice, drawn),
        _trees(dice),
        _proofs(dice),
        _requests(more),
    ]
    return [Tamper(what, files, "ledger") for part in parts for what, files in part]


def recorded(files: Files, change: Callable[[Steps], Steps]) -> Files:
    """The files with the proofs of a log in which the steps stand as ``change`` gives them."""
    return files | SmallLog(change(steps_of(files))).proofs()


def moved(name: str, behind: str) -> Callable[[Steps], Steps]:
    """Put one step right behind another; times stay with the places, so that none runs back."""

    def change(steps: Steps) -> Steps:
        times = [step.at for step in steps]
        step = next(one for one in steps if one.name == name)
        others = [one for one in steps if one is not step]
        place = next(n for n, one in enumerate(others) if one.name == behind) + 1
        ordered = [*others[:place], step, *others[place:]]
        return [replace(one, at=time) for one, time in zip(ordered, times, strict=True)]

    return change


def timed(time: str, *names: str) -> Callable[[Steps], Steps]:
    """Give some steps another time."""
    return lambda steps: [replace(step, at=time) if step.name in names else step for step in steps]


def _order(dice: Files, drawn: Files, more: Files) -> Iterator[tuple[str, Files]]:
    yield "a throw after the operator's reveal", recorded(dice, moved("thrown-2", "revealed-0"))
    yield "a throw after every reveal", recorded(dice, moved("thrown-2", "revealed-1"))
    yield "throws in another order", recorded(dice, moved("thrown-1", "thrown-2"))
    yield "a throw before the list was closed", recorded(dice, moved("thrown-1", "committed-1"))
    yield "a commitment after the list was closed", recorded(dice, moved("committed-1", "commits"))
    yield "a commitment after a throw", recorded(dice, moved("committed-1", "thrown-1"))
    yield "a witness before the operator", recorded(dice, moved("revealed-0", "revealed-1"))
    yield "a transcript before a reveal", recorded(dice, moved("revealed-1", "transcript"))
    yield "a result before the transcript", recorded(dice, moved("transcript", "result"))
    yield "a freeze after the commitments", recorded(dice, moved("freeze", "committed-1"))
    yield "a plan filed after the freeze", recorded(dice, moved("plan", "freeze"))
    yield "a reveal after the lottery's number", recorded(drawn, moved("revealed-1", "number-2"))
    yield "a number after the transcript", recorded(drawn, moved("number-2", "transcript"))
    yield "a round before the result", recorded(more, moved("result", "round-1"))


def _times(dice: Files, drawn: Files) -> Iterator[tuple[str, Files]]:
    yield "a commitment within the lead time", recorded(dice, timed(at(9.99), "committed-1"))
    yield "times that run backwards", recorded(dice, timed(at(1), "revealed-1"))
    yield "a time of another form", recorded(dice, timed("2026-11-20T02:13:00Z", "revealed-0"))
    yield "a time on no day", recorded(dice, timed("2026-11-31T02:00:00.000Z", "result"))
    numbers = timed("2026-11-20T12:24:59.999Z", "number-1")
    yield "a lottery number before its drawing", recorded(drawn, numbers)
    late = timed("2026-11-20T11:25:00.001Z", "revealed-1")
    yield "a reveal within the hour before the drawing", recorded(drawn, late)


def _trees(files: Files) -> Iterator[tuple[str, Files]]:
    steps = steps_of(files)
    whole = SmallLog(steps)
    forked = files | whole.proofs()
    for number, name in enumerate(("freeze", "commits", "transcript", "result")):
        other = SmallLog(steps, first=b"noise %d" % (number + 1))
        forked[f"proofs/{name}.tlog-proof"] = other.proof(name)
    yield "four proofs of four trees", forked
    elsewhere = SmallLog(steps, origin="ledger.example/2")
    name = "proofs/result.tlog-proof"
    yield "a proof of another ledger", files | whole.proofs() | {name: elsewhere.proof("result")}
    own = SmallLog(steps, key=OWN_KEY)
    yield "a ledger of one's own", files | own.proofs()
    grown = whole.places["transcript"]
    early = {one: grown for one in whole.places if whole.places[one] < grown}
    parted = files | whole.proofs(early)
    yield "checkpoints that are not linked", parted
    links = whole.links(grown)
    yield "checkpoints linked by nothing", parted | _linked(files, [links[0] | {"path": []}])
    swapped = [links[0] | {"path": links[0]["path"][::-1]}]
    yield "checkpoints linked wrongly", parted | _linked(files, swapped)
    yield "links of one checkpoint", files | whole.proofs() | _linked(files, links)
    yield "links without any proof", files | _linked(files, links)
    fork = SmallLog(steps, first=b"noise 1")
    divided = (
        files
        | fork.proofs()
        | {f"proofs/{one}.tlog-proof": whole.proof(one, grown) for one in early}
    )
    yield "checkpoints of two trees with links of one", divided | _linked(files, links)


def linked(files: Files) -> Files:
    """An honest draw whose first proofs are of an older checkpoint, with the link to the newest."""
    log = SmallLog(steps_of(files))
    grown = log.places["transcript"]
    early = {one: grown for one in log.places if log.places[one] < grown}
    return files | log.proofs(early) | _linked(files, log.links(grown))


def _linked(files: Files, steps: list[dict[str, object]]) -> Files:
    freeze = json.loads(files["freeze.json"])
    record = {"v": freeze["v"], "draw": freeze["draw"], "steps": steps}
    return {"proofs/checkpoints.json": kit.canonical(record)}


def _proofs(files: Files) -> Iterator[tuple[str, Files]]:
    proven = recorded(files, lambda steps: steps)
    for name in ("plan", "committed-1", "thrown-2", "revealed-0", "revealed-1", "transcript"):
        one = f"proofs/{name}.tlog-proof"
        yield f"no proof of {name}", {key: data for key, data in proven.items() if key != one}
    stray = proven["proofs/thrown-1.tlog-proof"]
    yield "a proof of nothing", proven | {"proofs/thrown-3.tlog-proof": stray}
    yield "one entry for two throws", proven | {"proofs/thrown-2.tlog-proof": stray}
    result = SmallLog(steps_of(files | {"result.tsv": b"drawn\t1\n"})).proofs()
    yield "another result in the ledger", files | result
    foreign: list[tuple[str, dict[str, object]]] = [
        ("an entry of another type", {"type": "draw.begun"}),
        ("an entry about another draw", {"subject": "330106-2026-0001-2"}),
        ("another throw in the ledger", {"content": b"{}"}),
        ("a sixth member of an entry", {"members": {"note": "x"}}),
    ]
    for what, changes in foreign:
        yield what, recorded(files, _changed("thrown-1", changes))
    name = "proofs/result.tlog-proof"
    blanks = _reopened(proven[name], lambda extra: extra["salt"][:2] + " " + extra["salt"][2:])
    yield "a salt with blanks", proven | {name: blanks}
    capitals = _reopened(proven[name], lambda extra: extra["salt"].upper())
    yield "a salt in capitals", proven | {name: capitals}


def _changed(name: str, changes: dict[str, object]) -> Callable[[Steps], Steps]:
    return lambda steps: [
        replace(step, **changes) if step.name == name else step  # type: ignore[arg-type]
        for step in steps
    ]


def _reopened(proof: bytes, salt: Callable[[dict[str, str]], str]) -> bytes:
    """A proof whose extra line writes its salt in another way."""
    lines = proof.decode().split("\n")
    extra = json.loads(base64.b64decode(lines[1].removeprefix("extra ")))
    changed = kit.canonical(extra | {"salt": salt(extra)})
    lines[1] = "extra " + base64.b64encode(changed).decode()
    return "\n".join(lines).encode()


def _requests(files: Files) -> Iterator[tuple[str, Files]]:
    proven = recorded(files, lambda steps: steps)
    asked = "proofs/asked-1.tlog-proof"
    unasked = {key: data for key, data in proven.items() if key != asked}
    yield "an extension that nobody asked for", unasked
    yield "an extension asked for after its links", recorded(files, moved("asked-1", "round-1"))
    yield "an extension asked for before the result", recorded(files, moved("result", "asked-1"))
    entry = json.loads(files["rounds.json"])["rounds"][0]
    head = {"v": two.VERSION, "draw": "330106-2026-0001-1", "round": 1, "kind": "extension"}
    other = {"asked_by": "supervisor", "more": [{"stratum": "A", "n": 1}], "reason": "线索增多"}
    fewer = _changed("asked-1", {"content": kit.canonical(head | other)})
    yield "an extension by more than were asked for", recorded(files, fewer)
    del other["asked_by"]
    someone = kit.canonical(head | other | {"asked_by": "oversight", "more": entry["more"]})
    yield (
        "an extension asked for by another",
        recorded(files, _changed("asked-1", {"content": someone})),
    )
    kind = _changed("asked-1", {"type": "draw.replacement_asked"})
    yield "a replacement asked for, an extension run", recorded(files, kind)
