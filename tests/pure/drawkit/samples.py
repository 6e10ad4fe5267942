"""Whole draws made up from a seeded generator, with everything a published bundle holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from backend import drawkit as kit

PUBLIC = {"type": "dice10", "rule": "ten-sided dice, thrown in the room"}
DICE = {"type": "dice10", "value": "63454660390103169462"}


@dataclass
class Sample:
    """A draw with its secrets; ``files`` are those of its bundle."""

    inputs: kit.Inputs
    freeze: dict[str, Any]
    transcript: dict[str, Any]
    seed: bytes
    result: kit.Result
    files: dict[str, bytes]
    operator_links: list[bytes]
    supervisor_links: list[bytes]
    notes: dict[str, Any] = field(default_factory=dict)

    def zip(self, **changed: bytes) -> bytes:
        """The bundle; ``changed`` replaces files (dots in names written as two underscores)."""
        files = self.files | {name.replace("__", "."): data for name, data in changed.items()}
        return kit.write_bundle(files)


def plan_of(rng: Random, strata: int, departments: int) -> dict[str, Any]:
    """A plan with random ratios, quotas and teams."""

    def team() -> list[dict[str, Any]]:
        parts = [
            {
                "dept": f"D{rng.randrange(departments)}",
                "spec": rng.choice(["", "", "x", "y"]),
                "n": rng.randint(1, 2),
            }
            for _ in range(rng.randint(1, 2))
        ]
        if sum(part["n"] for part in parts) < 2:
            parts[0]["n"] = 2
        return parts

    teams = {"*": team()}
    if rng.random() < 0.5:
        teams["S0"] = team()
    return {
        "v": kit.VERSION,
        "authority": "330106",
        "name": "示例抽查",
        "seq": 1,
        "mode": "open",
        "strata": [
            {
                "code": f"S{number}",
                "num": rng.randint(0, 6),
                "den": 10,
                "min": rng.choice([None, 0, 1, 2]),
                "max": rng.choice([None, None, 4]),
            }
            for number in range(strata)
        ],
        "teams": teams,
    }


def inputs_of(rng: Random, *, rows: int = 24, people: int = 9) -> kit.Inputs:
    """Random tables with a plan."""
    strata, departments = rng.randint(1, 3), rng.randint(1, 2)
    plan = plan_of(rng, strata, departments)
    pool = [(f"S{rng.randrange(strata)}", f"E{number:03}") for number in range(rows)]
    officers = [
        (
            f"O{number:02}",
            f"D{rng.randrange(departments)}",
            rng.choice(["", "x", "y", "x,y"]),
            str(rng.choice([1, 2, 3, 9])),
            str(rng.choice([0, 0, 1, 2])),
        )
        for number in range(people)
    ]
    recusals = {
        (f"O{rng.randrange(people):02}", f"E{rng.randrange(rows):03}")
        for _ in range(rng.randrange(rows))
    }
    return kit.Inputs(
        plan=plan,
        pool=kit.write_table(pool, "pool.tsv"),
        officers=kit.write_table(officers, "officers.tsv"),
        recusals=kit.write_table(sorted(recusals), "recusals.tsv"),
        exclusions=kit.write_table([("X001", "inspected-12-months")], "exclusions.tsv"),
    )


def sample(
    rng: Random,
    inputs: kit.Inputs | None = None,
    *,
    witnesses: int = 2,
    recusal_key: bytes | None = None,
) -> Sample:
    """A finished draw of ``inputs`` (random ones by default); with a ``recusal_key`` its recusals
    are fixed row by row, and :func:`in_part` or :func:`as_a_whole` makes the files publishable."""
    inputs = inputs or inputs_of(rng)
    draw_id = "330106-2026-0001-1"
    operator = rng.randbytes(32)
    chains = [kit.chain(rng.randbytes(32), 8) for _ in range(2)]
    ids = [f"w{number}" for number in range(1, witnesses + 1)]
    freeze = kit.freeze_record(
        inputs,
        draw_id=draw_id,
        op_commit=kit.operator_commitment(draw_id, operator),
        op_chain=chains[0][-1].hex(),
        sup_chain=chains[1][-1].hex(),
        witnesses=[*ids, "w9"],
        quorum=1,
        public=PUBLIC,
        recusal_key=recusal_key,
    )
    revealed = [{"id": one, "text": f"骰子 {one}", "rand": rng.randbytes(32).hex()} for one in ids]
    frozen = kit.freeze_hash(freeze)
    commits = {
        one["id"]: kit.witness_commitment(
            frozen, one["id"], kit.witness_secret(one["text"], bytes.fromhex(one["rand"]))
        )
        for one in revealed
    }
    transcript = kit.transcript(freeze, operator, revealed, DICE)
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
    links = [list(reversed(chain[:-1])) for chain in chains]
    return Sample(inputs, freeze, transcript, seed, result, files, links[0], links[1])


def roster_of(made: Sample) -> kit.Roster:
    """The state before the first batch of replacements."""
    pairs = [line.decode().split("\t") for line in made.inputs.recusals.splitlines()]
    return kit.Roster(
        seed=made.seed,
        seats=made.result.seats,
        officers=made.result.officers,
        who=list(made.result.who),
        load=list(made.result.load),
        objects=made.result.objects(),
        recused={(officer, target) for officer, target in pairs},
        operator_head=bytes.fromhex(made.freeze["op_chain"]),
        supervisor_head=bytes.fromhex(made.freeze["sup_chain"]),
    )


def with_replacements(
    made: Sample, rng: Random, batches: int = 2, *, between: bool = False
) -> Sample:
    """The same draw after some batches of replacements, and ``between`` them an extension."""
    state, entries = roster_of(made), []
    order = kit.order_of(made.result, made.seed, made.inputs.plan)
    added: list[dict[str, Any]] = []
    for number in range(batches):
        seats = rng.sample(range(len(state.seats)), min(3, len(state.seats)))
        held = [seat for seat in seats if state.who[seat] != kit.VACANT]
        recused = [
            (state.officers[state.who[s]].token, state.objects[state.seats[s].task])
            for s in held[:1]
        ]
        absent = [state.officers[state.who[seat]].token for seat in held[1:2]]
        entries.append(
            kit.run_batch(
                state,
                operator_link=made.operator_links[number],
                supervisor_link=made.supervisor_links[number],
                vacated=[(seat, "recusal" if seat in held[:1] else "absence") for seat in seats],
                recused=recused,
                absent=absent,
            )
        )
        if number == 0 and between:
            _extend(made, order, state, rng, added)
    record = {"v": kit.VERSION, "draw": made.freeze["draw"], "batches": entries}
    made.files["replacements.json"] = kit.canonical(record)
    return _with_file(made, added)


def with_extensions(made: Sample, rng: Random, number: int = 2) -> Sample:
    """The same draw after some extensions, as far as rows are left."""
    order = kit.order_of(made.result, made.seed, made.inputs.plan)
    state, added = roster_of(made), list[dict[str, Any]]()
    for _ in range(number):
        _extend(made, order, state, rng, added)
    return _with_file(made, added)


def in_part(made: Sample, key: bytes) -> Sample:
    """The public copy: the recusals of the rows drawn so far, extensions among them."""
    added = json.loads(made.files.get("extensions.json", b'{"extensions": []}'))["extensions"]
    rows = [task.row for task in made.result.tasks] + [row for one in added for row in one["rows"]]
    pairs = made.files.pop("recusals.tsv").splitlines()
    part = kit.recusals_part(made.freeze, key, made.result.pool_lines, pairs, rows)
    made.files["recusals.json"] = kit.canonical(part)
    return made


def as_a_whole(made: Sample, key: bytes) -> Sample:
    """The auditors' copy: the whole list with its key."""
    made.files["recusals-key.json"] = kit.canonical(kit.recusals_whole(made.freeze, key))
    return made


def _extend(
    made: Sample, order: kit.Order, state: kit.Roster, rng: Random, added: list[dict[str, Any]]
) -> None:
    left = {part.code: part.end - part.start - part.k for part in order.strata}
    more = [(code, rng.randint(1, min(3, n))) for code, n in left.items() if n]
    if more:
        added.append(kit.run_extension(order, state, more, "线索增多，扩大抽查"))


def _with_file(made: Sample, added: list[dict[str, Any]]) -> Sample:
    if added:
        record = {"v": kit.VERSION, "draw": made.freeze["draw"], "extensions": added}
        made.files["extensions.json"] = kit.canonical(record)
    return made
