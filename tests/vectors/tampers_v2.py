"""Ways to tamper with a bundle of version 2, each with the check that must refuse it.

:func:`tampered` gives them by the bundle they begin from. Those of ``tampers_v2_ledger`` have
proofs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from backend import drawkit as kit
from backend.drawkit import two

from .ceremony_v2 import DRAWN_AT, Held, Setting, hold, lottery, number, with_rounds

Files = dict[str, bytes]
Record = dict[str, Any]
Change = Callable[[Record], Any]
KEY = number("recusal key")


@dataclass(frozen=True)
class Tamper:
    """A bundle that was tampered with: in words, all its files, the check that refuses it."""

    what: str
    files: Files
    fails: str


def edited(files: Files, name: str, change: Change) -> Files:
    """The files with one record changed."""
    record = json.loads(files[name])
    change(record)
    return files | {name: kit.canonical(record)}


def rebound(files: Files, name: str, change: Change) -> Files:
    """The files with one of the frozen records changed, and the digests that name it after it."""
    made = edited(files, name, change)
    if name == "plan.json":
        digest = kit.digest(made[name])
        made = edited(made, "freeze.json", lambda one: one.update(plan_sha256=digest))
    frozen = kit.digest(made["freeze.json"])
    made = edited(made, "commits.json", lambda one: one.update(freeze=frozen))
    closed = kit.digest(made["commits.json"])
    return edited(made, "transcript.json", lambda one: one.update(freeze=frozen, commits=closed))


def replaced(files: Files, name: str, old: bytes, new: bytes) -> Files:
    """The files with the first ``old`` of one of them replaced; it must be there."""
    if old not in files[name]:
        raise ValueError(f"{old!r} is not in {name}")
    return files | {name: files[name].replace(old, new, 1)}


def without(files: Files, name: str) -> Files:
    """The files but one."""
    return {one: data for one, data in files.items() if one != name}


def room() -> Held:
    """Dice in a room, two witnesses from outside, three rounds afterwards."""
    return with_rounds(hold())


def in_part() -> Held:
    """The same draw with its recusals fixed row by row, in the public copy."""
    held = with_rounds(hold(Setting(recusal_key=KEY)))
    rows = [task.row for task in held.result.tasks]
    rows += [row for entry in held.rounds for row in entry.get("rows", [])]
    pairs = held.files.pop("recusals.tsv").splitlines()
    part = kit.recusals_part(held.freeze, KEY, held.result.pool_lines, pairs, rows)
    held.files["recusals.json"] = kit.canonical(part)
    return held


def tampered() -> list[Tamper]:
    """Every way that needs no ledger to be found."""
    files = room().files
    parts: list[Iterator[tuple[str, Files, str]]] = [
        _files(files),
        _form(files),
        _fields(files),
        _frozen(files),
        _people(files),
        _source(files),
        _graded(),
        _result(files),
        _recused(in_part().files),
        _rounds(files),
    ]
    return [Tamper(*one) for part in parts for one in part]


def _files(files: Files) -> Iterator[tuple[str, Files, str]]:
    yield "a file left out", without(files, "commits.json"), "files"
    foreign = b'{"batches":[],"draw":"x","v":"evenhand-draw/1"}'
    yield "a file of version 1 beside it", files | {"replacements.json": foreign}, "files"
    yield "a foreign file", files | {"notes.txt": b""}, "files"


def _form(files: Files) -> Iterator[tuple[str, Files, str]]:
    yield "a blank in a record", replaced(files, "commits.json", b":", b": "), "form"
    yield "carriage returns in a table", replaced(files, "pool.tsv", b"\n", b"\r\n"), "form"
    lines = files["officers.tsv"].splitlines(keepends=True)
    yield "a table out of order", files | {"officers.tsv": b"".join(lines[::-1])}, "form"
    yield "a line twice", files | {"officers.tsv": lines[0] + files["officers.tsv"]}, "form"
    yield "no line feed at the end", files | {"pool.tsv": files["pool.tsv"][:-1]}, "form"


def _fields(files: Files) -> Iterator[tuple[str, Files, str]]:
    changes: list[tuple[str, str, Change]] = [
        ("a foreign field", "freeze.json", lambda f: f.update(beacon=None)),
        ("no source", "freeze.json", lambda f: f.update(public={"type": "none", "rule": "x"})),
        ("a field left out", "freeze.json", lambda f: f.pop("own")),
        ("an empty rule of the pool", "freeze.json", lambda f: f.update(pool_rule={})),
        ("19 digits frozen", "freeze.json", lambda f: f["public"].update(digits=19)),
        ("65 digits frozen", "freeze.json", lambda f: f["public"].update(digits=65)),
        ("a fraction of a second", "freeze.json", lambda f: f.update(lead=True)),
        ("a lottery on no day", "freeze.json", _on_no_day),
        ("counts since no freeze", "freeze.json", _since_nothing),
        ("a kind of change more", "freeze.json", _one_kind_more),
        ("odd hex", "freeze.json", lambda f: f.update(op_commit=f["op_commit"][:-1])),
        ("hex in capitals", "freeze.json", lambda f: f.update(op_chain="AB" * 32)),
        ("hex with blanks", "freeze.json", lambda f: f.update(op_chain="a b" * 21 + "a")),
        ("value null", "transcript.json", lambda t: t["public"].update(value=None)),
        ("digits of another alphabet", "transcript.json", _other_digits),
        ("no throw", "transcript.json", lambda t: t["public"].update(throws=[])),
        ("a rehearsal's transcript", "transcript.json", lambda t: t.update(v=two.REHEARSAL)),
        ("an institution of no letters", "commits.json", _no_institution),
        ("a grade that is none", "commits.json", lambda c: c.update(grade="best")),
        ("a round of another kind", "rounds.json", lambda r: r["rounds"][0].update(kind="gift")),
        ("no rounds in their file", "rounds.json", lambda r: r.update(rounds=[])),
        ("a witness's text too long", "transcript.json", _long_text),
    ]
    for what, name, change in changes:
        yield what, edited(files, name, change), "fields"
    moved = rebound(files, "freeze.json", lambda f: f.update(draw="330106-2026-0001-2"))
    yield "the id of another draw", moved, "fields"


def _on_no_day(freeze: Record) -> None:
    freeze["public"] = lottery(not_before=DRAWN_AT.replace("11-20", "02-30"))


def _since_nothing(freeze: Record) -> None:
    freeze["register"]["changes"]["since"] = None


def _one_kind_more(freeze: Record) -> None:
    freeze["register"]["changes"]["within_30_days"]["renamed"] = 1


def _other_digits(transcript: Record) -> None:
    transcript["public"]["throws"][0]["digits"] = "\u0661\u0662\u0663\u0664\u0665"


def _no_institution(commits: Record) -> None:
    commits["witnesses"][1]["institution"] = ""


def _long_text(transcript: Record) -> None:
    transcript["witnesses"][0]["text"] = "雨" * 1334


def _frozen(files: Files) -> Iterator[tuple[str, Files, str]]:
    fewer = b"".join(files["pool.tsv"].splitlines(keepends=True)[1:])
    yield "an enterprise left out", files | {"pool.tsv": fewer}, "hashes"
    yield "a cap raised", replaced(files, "officers.tsv", b"\t9\t", b"\t99\t"), "hashes"
    pairs = b"".join(files["recusals.tsv"].splitlines(keepends=True)[:-1])
    yield "a recusal left out", files | {"recusals.tsv": pairs}, "hashes"
    yield "a plan changed", edited(files, "plan.json", lambda p: p.update(name="x")), "hashes"
    root = rebound(files, "freeze.json", lambda f: f.update(pool_root="0" * 64))
    yield "another root", root, "roster"
    more = rebound(files, "freeze.json", lambda f: f["strata"][0].update(k=5))
    yield "more to be drawn than the plan gives", more, "quotas"
    alone = rebound(files, "plan.json", lambda p: p["teams"]["*"].pop())
    yield "a team of one", alone, "quotas"
    later = edited(files, "freeze.json", lambda f: f.update(op_chain="ab" * 32))
    yield "another freeze record", later, "binding"
    body = edited(files, "freeze.json", lambda f: f["witnesses"][0].update(body="330106-03"))
    yield "a witness's body changed", body, "binding"
    register = edited(files, "freeze.json", lambda f: f["register"].update(rows=1))
    yield "another register", register, "binding"
    grade = edited(files, "commits.json", lambda c: c.update(grade=two.OTHER_BODY))
    yield "another grade than T names", grade, "binding"
    digest = kit.digest(edited(files, "commits.json", _of_another_freeze)["commits.json"])
    foreign = edited(files, "commits.json", _of_another_freeze)
    named = edited(foreign, "transcript.json", lambda t: t.update(commits=digest))
    yield "the closed list of another freeze record", named, "binding"
    yield (
        "T of another freeze record",
        edited(files, "transcript.json", _of_another_freeze),
        "binding",
    )
    other = edited(files, "rounds.json", lambda r: r.update(draw="330106-2026-0001-9"))
    yield "the rounds of another draw", other, "binding"


def _of_another_freeze(record: Record) -> None:
    record["freeze"] = "0" * 64


def _people(files: Files) -> Iterator[tuple[str, Files, str]]:
    number_ = edited(files, "transcript.json", lambda t: t.update(operator="00" * 32))
    yield "another number of the operator", number_, "operator"
    gone = edited(files, "transcript.json", lambda t: t["witnesses"].pop())
    yield "a witness dropped", gone, "witnesses"
    changes: list[tuple[str, str, Change]] = [
        ("a quorum of one in a room", "freeze.json", lambda f: f.update(quorum=1)),
        ("a quorum above the seats", "freeze.json", lambda f: f.update(quorum=5)),
        ("a quorum that was not met", "freeze.json", lambda f: f.update(quorum=3)),
        ("seats out of order", "freeze.json", lambda f: f["witnesses"].reverse()),
        ("a seat twice", "freeze.json", lambda f: f["witnesses"].insert(0, f["witnesses"][0])),
        ("a witness called operator", "freeze.json", _called_operator),
        ("own departments twice", "freeze.json", lambda f: f["own"].insert(0, f["own"][0])),
        ("nobody's seat", "commits.json", lambda c: c["witnesses"][1].update(id="w77")),
        ("an institution on a department's seat", "commits.json", _stated_twice),
        ("no institution on a seat outside", "commits.json", _stated_nothing),
        ("the closed list turned", "commits.json", lambda c: c["witnesses"].reverse()),
    ]
    for what, name, change in changes:
        yield what, rebound(files, name, change), "witnesses"
    turned = rebound(files, "commits.json", lambda c: c["witnesses"].reverse())
    both = edited(turned, "transcript.json", lambda t: t["witnesses"].reverse())
    yield "the closed list and the reveals turned", both, "witnesses"
    words = edited(files, "transcript.json", lambda t: t["witnesses"][1].update(text="改过的话"))
    yield "other words of a witness", words, "commitments"
    stated = rebound(files, "commits.json", _stated_otherwise)
    yield "another institution than committed to", stated, "commitments"


def _called_operator(freeze: Record) -> None:
    freeze["witnesses"].insert(0, {"id": "operator", "body": "330106-08"})


def _stated_twice(commits: Record) -> None:
    commits["witnesses"][0]["institution"] = "某某公证处"


def _stated_nothing(commits: Record) -> None:
    commits["witnesses"][1]["institution"] = None


def _stated_otherwise(commits: Record) -> None:
    commits["witnesses"][1]["institution"] = "某某商会"


def _throws(*digits: str, by: str = "w01") -> Change:
    def change(transcript: Record) -> None:
        throws = [{"digits": one, "confirmed_by": by} for one in digits]
        transcript["public"].update(throws=throws, value="".join(digits))

    return change


def _source(files: Files) -> Iterator[tuple[str, Files, str]]:
    changes: list[tuple[str, Change]] = [
        ("more digits than frozen", _throws("1" * 10, "2" * 11)),
        ("fewer digits than frozen", _throws("1" * 10, "2" * 9)),
        ("a throw that nobody confirmed", _throws("1" * 20, by="w04")),
        ("a throw confirmed by the operator", _throws("1" * 20, by="operator")),
        ("throws that are not the value", lambda t: t["public"]["throws"].pop()),
        ("balls instead of dice", lambda t: t["public"].update(type="balls10")),
    ]
    for what, change in changes:
        yield what, edited(files, "transcript.json", change), "public"
    drawn = hold(Setting(public=lottery(), lead=3600)).files
    entries: list[tuple[str, Callable[[list[Record]], Any]]] = [
        ("two sides that typed different numbers", lambda e: e[1].update(digits="58214")),
        ("a number typed by the operator alone", lambda e: e[1].update(by="operator")),
        ("a number typed by two witnesses", lambda e: e[0].update(by="w02")),
        ("a number typed by nobody of the list", lambda e: e[1].update(by="w04")),
    ]
    for what, alter in entries:
        made = edited(drawn, "transcript.json", _of_entries(alter))
        yield what, made, "public"
    once = edited(drawn, "transcript.json", _of_entries(lambda e: e.pop()))
    yield "a number typed once", once, "fields"
    often = edited(drawn, "transcript.json", _of_entries(lambda e: e.append(e[1])))
    yield "a number typed three times", often, "fields"
    hurried = Setting(public=lottery(), lead=3600, frozen=lambda f: f.update(lead=3599))
    yield "a lottery drawn within the hour", hold(hurried).files, "public"


def _of_entries(change: Callable[[list[Record]], Any]) -> Change:
    return lambda transcript: change(transcript["public"]["entries"])


def _graded() -> Iterator[tuple[str, Files, str]]:
    own = Setting(form=two.ROUTINE, quorum=1, present=("w03",))
    changes: list[tuple[str, Setting, Change]] = [
        ("a grade overstated", own, lambda c: c.update(grade=two.OPEN, ground=None)),
        ("a grade understated", Setting(), lambda c: c.update(grade=two.OTHER_BODY)),
        ("the own body without a ground", own, lambda c: c.update(ground=None)),
        ("a ground that is not needed", Setting(), lambda c: c.update(ground="x")),
    ]
    for what, setting, change in changes:
        setting.closed = change
        yield what, hold(setting).files, "grade"
    fictional = Setting(public=lottery(fictional=True), form=two.ROUTINE, quorum=1, lead=60)
    fictional.present, fictional.closed = ("w03",), lambda c: c.update(grade=two.OPEN, ground=None)
    yield "a fictional lottery that counts as one", hold(fictional).files, "grade"


def _result(files: Files) -> Iterator[tuple[str, Files, str]]:
    first = files["result.tsv"].splitlines()[0].split(b"\t")[1].split(b",")
    spare = next(row for row in range(24) if str(row).encode() not in first)
    other = b"drawn\t" + b",".join([*first[:-1], str(spare).encode()])
    old = b"drawn\t" + b",".join(first)
    yield "another enterprise", replaced(files, "result.tsv", old, other), "enterprises"
    dice = edited(files, "transcript.json", _throws("1" * 20))
    yield "other dice", dice, "enterprises"
    seat = next(line for line in files["result.tsv"].splitlines() if line.startswith(b"seat\t0"))
    chosen = seat[:-3] + (b"O00" if seat[-3:] != b"O00" else b"O02")
    yield "another officer", replaced(files, "result.tsv", seat, chosen), "officers"
    longer = files | {"result.tsv": files["result.tsv"] + b"seat\n"}
    yield "a line more in the result", longer, "result"


def _recused(files: Files) -> Iterator[tuple[str, Files, str]]:
    rows: list[tuple[str, Callable[[list[Record]], Any]]] = [
        ("a row left out", lambda rows: rows.pop()),
        ("a row twice", lambda rows: rows.insert(0, rows[0])),
        ("rows turned", lambda rows: rows.reverse()),
        ("a salt altered", lambda rows: rows[0].update(salt="0" * 32)),
        ("an officer invented", lambda rows: rows[0].update(officers=["O99"])),
    ]
    for what, change in rows:
        made = edited(files, "recusals.json", _of_rows(change))
        yield f"recusals in part: {what}", made, "recusals"
    path = edited(files, "recusals.json", lambda one: one["path"].pop())
    yield "recusals in part: a step left out", path, "recusals"
    blanks = edited(
        files, "recusals.json", lambda one: one["rows"][0].update(salt="a b" * 10 + "a ")
    )
    yield "recusals in part: a salt with blanks", blanks, "fields"


def _of_rows(change: Callable[[list[Record]], Any]) -> Change:
    return lambda record: change(record["rows"])


def _rounds(files: Files) -> Iterator[tuple[str, Files, str]]:
    changes: list[tuple[str, int, Change]] = [
        ("a chosen successor", 0, lambda r: r["vacated"][0].update(officer=None)),
        ("a link of one's own", 2, lambda r: r.update(operator_link="cd" * 32)),
        ("a supervisor's link of one's own", 0, lambda r: r.update(supervisor_link="cd" * 32)),
        ("a round misnumbered", 1, lambda r: r.update(round=7)),
        ("a pair twice in a batch", 0, lambda r: r["recused"].append(r["recused"][0])),
        ("an absent officer twice", 2, lambda r: r.update(absent=["O01", "O01"])),
        ("a stranger who is absent", 2, lambda r: r.update(absent=["O99"])),
        ("a seat that does not exist", 0, lambda r: r["vacated"][0].update(seat=999)),
        ("a seat twice", 0, lambda r: r["vacated"].append(r["vacated"][0])),
        ("another added enterprise", 1, _other_row),
        ("an extension's officer chosen", 1, lambda r: r["seats"][0].update(officer=None)),
        ("a stratum that does not exist", 1, lambda r: r["more"][0].update(stratum="Z")),
        ("more rows than are left", 1, lambda r: r["more"][0].update(n=1000)),
        ("strata turned", 1, lambda r: r["more"].reverse()),
        ("fewer rows than were asked for", 1, lambda r: r["more"][0].update(n=2)),
    ]
    for what, place, change in changes:
        yield what, edited(files, "rounds.json", _of_round(place, change)), "rounds"
    swapped = edited(files, "rounds.json", lambda r: r["rounds"].reverse())
    yield "rounds in another order", swapped, "rounds"
    left_out = edited(files, "rounds.json", lambda r: r["rounds"].pop(0))
    yield "the first round left out", left_out, "rounds"


def _other_row(entry: Record) -> None:
    entry["rows"][0] = next(row for row in range(24, 36) if row not in entry["rows"])


def _of_round(place: int, change: Change) -> Change:
    return lambda record: change(record["rounds"][place])
