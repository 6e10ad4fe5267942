"""Whole draws of version 2 made up without chance: every secret is the digest of its name.

:func:`hold` gives a ceremony as the program would hold it, :func:`steps_of` what of it the ledger
records, read from the bundle's files and not by drawkit's own code.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from backend import drawkit as kit
from backend.drawkit import two

from .small_log import SmallLog, Step

DRAW = "330106-2026-0001-1"
OWN = ("330106-03", "330106-03-01")
BODIES = {"w01": "330106-07", "w02": "outside", "w03": "330106-03", "w04": "outside"}
STATED = {"w02": "某某公证处", "w04": "某某大学"}
BEGAN = datetime(2026, 11, 20, 2, tzinfo=UTC)
DRAWN_AT = "2026-11-20T12:25:00.000Z"
RULE = "Ten-sided dice, 5 a throw, thrown in the room and read in the order they fell"
THROWS = ("63454", "66039", "01031", "69462")
NUMBER = "58213"
CHAIN = 6
FILED = {"id": "plan-2026-03", "sha256": sha256(b"the filed plan").hexdigest()}


def number(name: str) -> bytes:
    """32 bytes that look random."""
    return sha256(name.encode()).digest()


def inputs_of(version: str = two.VERSION) -> kit.Inputs:
    """Tables of 40 enterprises in three strata, one of them drawn as a whole, and 12 officers."""
    strata = {"A": (24, 1, 6), "B": (12, 1, 4), "C": (4, 1, 1)}
    plan = {
        "v": version,
        "authority": "330106",
        "name": "示例抽查",
        "seq": 1,
        "mode": "open",
        "strata": [
            {"code": code, "num": num, "den": den, "min": None, "max": None}
            for code, (_, num, den) in strata.items()
        ],
        "teams": {
            "*": [
                {"dept": "330106-03", "spec": "", "n": 1},
                {"dept": "330106-09", "spec": "", "n": 1},
            ]
        },
    }
    rows = [
        (code, f"91330106MA{code}{place:07}")
        for code, (size, _, _) in strata.items()
        for place in range(size)
    ]
    people = [(f"O{n:02}", ("330106-03", "330106-09")[n % 2], "", "9", "0") for n in range(12)]
    pairs = [(f"O{place % 12:02}", row[1]) for place, row in enumerate(rows) if place % 3 != 2]
    return kit.Inputs(
        plan=plan,
        pool=kit.write_table(rows, "pool.tsv"),
        officers=kit.write_table(people, "officers.tsv"),
        recusals=kit.write_table(pairs, "recusals.tsv"),
    )


def register_lines() -> list[bytes]:
    """Lines of register.tsv: the enterprises of :func:`inputs_of` and one that is closed."""
    codes = [line.split(b"\t")[1] for line in inputs_of().pool.splitlines()]
    rows = [(code.decode(), "C", "open", "", "") for code in codes]
    data = kit.write_table([*rows, ("91330106MAZ0000000", "D", "closed", "", "t1")], "register.tsv")
    return data.splitlines()


def register() -> dict[str, Any]:
    """``register`` of the freeze record."""
    counts = {"class_raised": 2, "closed": 1}
    since = ("330106-2026-0000-9", {"class_raised": 1})
    return two.register_of(number("register key"), register_lines(), counts, since)


def dice() -> dict[str, Any]:
    """Dice as a freeze record names them."""
    return two.dice(RULE)


def lottery(**changed: Any) -> dict[str, Any]:
    """A lottery as a freeze record names it."""
    made = two.lottery("排列五", "2026310", "Five digits in the order drawn", 5, DRAWN_AT)
    return made | changed


@dataclass
class Held:
    """A draw that was held. ``links``: (operator's, supervising body's) of each round to come."""

    inputs: kit.Inputs
    freeze: dict[str, Any]
    files: dict[str, bytes]
    seed: bytes
    result: kit.Result
    links: list[tuple[bytes, bytes]]
    rounds: list[dict[str, Any]] = field(default_factory=list)

    def zip(self, **changed: bytes) -> bytes:
        """The bundle without proofs."""
        return kit.write_bundle(self.files | changed)

    def roster(self) -> kit.Roster:
        """Who sits where after the draw."""
        pairs = [line.decode().split("\t") for line in self.inputs.recusals.splitlines()]
        return kit.Roster(
            seed=self.seed,
            seats=self.result.seats,
            officers=self.result.officers,
            who=list(self.result.who),
            load=list(self.result.load),
            objects=self.result.objects(),
            recused={(officer, target) for officer, target in pairs},
            operator_head=bytes.fromhex(self.freeze["op_chain"]),
            supervisor_head=bytes.fromhex(self.freeze["sup_chain"]),
            version=kit.TWO,
        )


Change = Callable[[dict[str, Any]], None]


@dataclass
class Setting:
    """How a draw is held. ``frozen``, ``closed``: change the freeze record and the closed list
    before anything follows from them."""

    public: dict[str, Any] = field(default_factory=dice)
    form: str = two.ROOM
    quorum: int = 2
    present: tuple[str, ...] = ("w01", "w02")
    lead: int = 600
    filed: dict[str, str] | None = None
    supervisor_keeps_chain: bool = False
    recusal_key: bytes | None = None
    throws: tuple[str, ...] = THROWS
    confirmed_by: str | None = None
    number: str = NUMBER
    frozen: Change | None = None
    closed: Change | None = None
    text: str = "今天下雨"


def hold(setting: Setting | None = None, inputs: kit.Inputs | None = None) -> Held:
    """A finished draw without later rounds."""
    given, inputs = setting or Setting(), inputs or inputs_of()
    chains = [kit.chain(number(f"chain of {keeper}"), CHAIN, kit.TWO) for keeper in ("op", "sup")]
    freeze = two.freeze_record(
        inputs,
        draw_id=DRAW,
        parties_of_draw=two.Parties(
            given.form, OWN, BODIES, given.quorum, given.supervisor_keeps_chain
        ),
        secrets=two.Secrets(
            kit.operator_commitment(DRAW, number("operator"), kit.TWO),
            chains[0][-1].hex(),
            chains[1][-1].hex(),
        ),
        public=given.public,
        lead=given.lead,
        origin=two.Origin({"items": ["330106-001"], "kinds": ["retail"]}, register(), given.filed),
        recusal_key=given.recusal_key,
    )
    if given.frozen is not None:
        given.frozen(freeze)
    commits = _closed(freeze, inputs, given)
    transcript = _transcript(freeze, commits, given)
    seed = kit.seed(transcript)
    result = kit.compute(inputs, seed)
    files = {
        "freeze.json": kit.canonical(freeze),
        "plan.json": kit.canonical(inputs.plan),
        "pool.tsv": inputs.pool,
        "officers.tsv": inputs.officers,
        "recusals.tsv": inputs.recusals,
        "exclusions.tsv": inputs.exclusions,
        "commits.json": kit.canonical(commits),
        "transcript.json": kit.canonical(transcript),
        "result.tsv": result.tsv(),
    }
    links = list(zip(chains[0][-2::-1], chains[1][-2::-1], strict=True))
    return Held(inputs, freeze, files, seed, result, links)


def _secret(one: str, text: str) -> bytes:
    return kit.witness_secret(text, number(f"witness {one}"))


def _closed(freeze: dict[str, Any], inputs: kit.Inputs, given: Setting) -> dict[str, Any]:
    frozen, witnesses = kit.freeze_hash(freeze), []
    for one in given.present:
        made = two.witness_commitment(frozen, one, STATED.get(one), _secret(one, given.text))
        witnesses.append({"id": one, "institution": STATED.get(one), "commitment": made})
    own = two.grade(freeze, inputs.plan, witnesses) == two.OWN_BODY
    ground = "没有外部人员可以到场" if own else None
    record = two.closed_list(freeze, inputs.plan, witnesses, ground)
    if given.closed is not None:
        given.closed(record)
    return record


def _transcript(freeze: dict[str, Any], commits: dict[str, Any], given: Setting) -> dict[str, Any]:
    revealed = [
        {"id": one, "text": given.text, "rand": number(f"witness {one}").hex()}
        for one in given.present
    ]
    by = given.confirmed_by or given.present[-1]
    if freeze["public"]["type"] == "lottery":
        public = two.lottery_source(freeze, given.number, (by, given.number))
    else:
        public = two.thrown_source(freeze, [(digits, by) for digits in given.throws])
    return two.transcript(freeze, commits, number("operator"), revealed, public)


def with_rounds(held: Held) -> Held:
    """The same draw after a replacement, an extension of two strata, and another replacement."""
    roster = held.roster()
    order = kit.order_of(held.result, held.seed, held.inputs.plan)
    leaving = roster.officers[roster.who[0]].token
    barred = [(leaving, roster.objects[roster.seats[0].task])]
    requests: list[dict[str, Any]] = [
        two.replacement_request(held.freeze, 1, "supervisor", [(0, "recusal")], barred, []),
        two.extension_request(held.freeze, 2, "supervisor", [("A", 3), ("B", 2)], "线索增多"),
        two.replacement_request(
            held.freeze, 3, "supervisor", [(1, "absence"), (len(roster.seats), "absence")], [], []
        ),
    ]
    for request, links in zip(requests, held.links, strict=False):
        if request["kind"] == "extension":
            held.rounds.append(two.run_extension(order, roster, request, links))
        else:
            held.rounds.append(two.run_replacement(roster, request, links))
    held.files["rounds.json"] = kit.canonical(two.rounds_record(held.freeze, held.rounds))
    return held


def at(minutes: float) -> str:
    """The time some minutes after the beginning."""
    moment = BEGAN + timedelta(minutes=minutes)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def steps_of(files: dict[str, bytes], filed: bytes = b"the filed plan") -> list[Step]:
    """Everything that the ledger records of a draw, in its order and a minute apart."""
    freeze, commits, transcript = (
        json.loads(files[f"{name}.json"]) for name in ("freeze", "commits", "transcript")
    )
    head = {"v": freeze["v"], "draw": freeze["draw"]}
    recorded: list[tuple[str, str, bytes]] = []

    def record(name: str, kind: str, fields: dict[str, Any]) -> None:
        recorded.append((name, f"draw.{kind}", kit.canonical(head | fields)))

    recorded.append(("freeze", "draw.frozen", files["freeze.json"]))
    frozen = kit.digest(files["freeze.json"])
    for place, one in enumerate(commits["witnesses"], 1):
        record(f"committed-{place}", "committed", {"freeze": frozen, **one})
    recorded.append(("commits", "draw.commits", files["commits.json"]))
    public = transcript["public"]
    for place, throw in enumerate(public.get("throws", []), 1):
        record(f"thrown-{place}", "thrown", {"throw": place, **throw})
    opened = [{"id": "operator", "text": "", "rand": transcript["operator"]}]
    for place, one in enumerate([*opened, *transcript["witnesses"]]):
        record(f"revealed-{place}", "revealed", one)
    for place, typed in enumerate(public.get("entries", []), 1):
        record(f"number-{place}", "numbered", typed)
    recorded.append(("transcript", "draw.transcript", files["transcript.json"]))
    recorded.append(("result", "draw.result", files["result.tsv"]))
    rounds = json.loads(files.get("rounds.json", b'{"rounds": []}'))["rounds"]
    for place, entry in enumerate(rounds, 1):
        kinds = {"replacement": "replacement", "extension": "extended"}
        record(f"asked-{place}", f"{entry['kind']}_asked", _request(entry))
        kind = f"draw.{kinds[entry['kind']]}"
        recorded.append((f"round-{place}", kind, kit.canonical(entry)))
    return _timed(recorded, freeze, filed)


def _request(entry: dict[str, Any]) -> dict[str, Any]:
    later = ("operator_link", "supervisor_link", "rows", "seats")
    made = {name: value for name, value in entry.items() if name not in later}
    if "vacated" in made:
        made["vacated"] = [{"seat": x["seat"], "reason": x["reason"]} for x in made["vacated"]]
    return made


def _timed(
    recorded: list[tuple[str, str, bytes]], freeze: dict[str, Any], filed: bytes
) -> list[Step]:
    """The steps with times: commitments ten minutes after the freeze, and what follows a lottery
    after its drawing."""
    steps, rehearsal = [], "rehearsal" in freeze["v"]
    if freeze["filed_plan"] is not None:
        plan = freeze["filed_plan"]["id"]
        steps.append(Step("plan", "plan.filed", plan, filed, at(-60)))
    lottery = freeze["public"]["type"] == "lottery"
    drawn = next((n for n, one in enumerate(recorded) if one[0] == "number-1"), len(recorded))
    for place, (name, kind, content) in enumerate(recorded):
        minutes = 0 if place == 0 else 9 + place
        late = 630 if lottery and place >= drawn else 0
        step = {"step": kind.removeprefix("draw.")} if rehearsal else {}
        shown = "rehearsal.step" if rehearsal else kind
        steps.append(Step(name, shown, freeze["draw"], content, at(minutes + late), step))
    return steps


def proven(held: Held, steps: list[Step] | None = None) -> dict[str, bytes]:
    """The files of a draw with all its proofs."""
    return held.files | SmallLog(steps or steps_of(held.files)).proofs()
