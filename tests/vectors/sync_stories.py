"""The stories of tests/vectors/sync-v1.json, in a small notation, and the package they play in.

A story is steps separated by " / ". `A F:1=pass` is officer A setting point F:1; `<2` says A had
seen event 2, `"…"` is a note, `~` means the server does not know the event yet, `A'` is A's second
phone, `-` clears. `A F:1!fail @1,2` settles naming events 1 and 2. The rest is spelled out in
`play`.
"""

import random
import re
from typing import Any

ANNA, BERT, CHEN = (f"0190b000-0000-7000-8000-00000000000{n}" for n in "abc")
DEVICES = {
    ANNA: "0190d000-0000-7000-8000-00000000000a",
    BERT: "0190d000-0000-7000-8000-00000000000b",
    CHEN: "0190d000-0000-7000-8000-00000000000c",
}
VISIT = "0190c000-0000-7000-8000-000000000001"
FINE = {"category": {"system": "cn-8", "code": "1", "label": "未发现问题"}}
FINE = {**FINE, "follow_up": {"code": "none"}}
ORDERED = {
    "category": {"system": "cn-8", "code": "5", "label": "发现问题已责令改正"},
    "follow_up": {"code": "ordered", "date": "2026-12-24", "note": "限期整改"},
}


def point(key: str, kind: str = "pass", **over: Any) -> dict[str, Any]:
    """A checklist point with everything off unless told."""
    return {
        "key": key,
        "no": key.split(":")[1],
        "text": f"要点 {key}",
        "kind": kind,
        "required": True,
        "key_point": False,
        "evidence": "none",
        "unit": None,
        "min": None,
        "max": None,
        "options": [],
        "legal_basis": None,
        "method": None,
        "remarks": [],
        "shown_if": None,
        **over,
    }


def option(code: str, verdict_: str) -> dict[str, str]:
    return {"code": code, "label": f"选项 {code}", "verdict": verdict_}


FOOD = [
    point("F:1", evidence="none"),
    point("F:2", evidence="on_fail", key_point=True),
    point("F:3", "number", unit="℃", max="-18", evidence="on_fail"),
    point("F:4", "number", unit="m", min="0.10", max="2.5", required=False),
    point("F:5", "choice", options=[option("a", "pass"), option("b", "fail"), option("c", "none")]),
    point("F:6", "text", shown_if={"point": "F:5", "equals": "c"}),
    point("F:7", "date", required=False),
    point("F:8", evidence="always"),
]
FIRE = [
    point("X:1"),
    point("X:2", shown_if={"point": "X:1", "equals": "fail"}),
    point("X:3", "text", required=False, shown_if={"point": "X:2", "equals": "fail"}),
    point("X:4", "number", required=False),
    point("X:5", shown_if={"point": "X:6", "equals": "pass"}),
    point("X:6", shown_if={"point": "X:5", "equals": "pass"}),
]


def item(code: str, listed: list[dict[str, Any]]) -> dict[str, Any]:
    checklist = {"hash": code.lower() * 64, "title": f"检查表 {code}", "version": 1}
    return {
        "code": code,
        "name": f"事项 {code}",
        "category": "general",
        "department": "县市场监管局",
        "legal_basis": "《食品安全法》",
        "materials": ["营业执照"],
        "checklist": {**checklist, "hash": checklist["hash"][:64], "points": listed},
    }


def officer(id_: str, name: str, seat: int) -> dict[str, Any]:
    certificate = f"3703211800{seat}"
    return {
        "id": id_,
        "name": name,
        "certificate": certificate,
        "department": "县市场监管局",
        "seat": seat,
        "account": id_.replace("b000", "a000"),
    }


PACKAGE: dict[str, Any] = {
    "v": "evenhand-package/1",
    "visit": VISIT,
    "lot": 7,
    "due": "2026-12-01",
    "issued_at": "2026-11-20T08:00:00+08:00",
    "challenge": "c" * 64,
    "enterprise": {"id": CHEN, "code": "91370321MA3C0XXX1A", "name": "鑫源食品加工厂"},
    "draw": {
        "id": CHEN,
        "number": "county-2026-H2-014",
        "freeze_sha256": "f" * 64,
        "row": 6,
        "lot": "0" * 32,
        "seats": [{"no": 0, "officer": ANNA}, {"no": 1, "officer": BERT}],
    },
    "officers": [officer(ANNA, "李 强", 0), officer(BERT, "王 敏", 1)],
    "items": [item("F", FOOD), item("X", FIRE)],
    "notice": {"number": "2026-7", "issued_on": "2026-11-20", "contact": None},
}


TOLD = {
    "nothing happened": "",
    "two officers start: the first start counts": "B start / A start",
    "a set on the current answer replaces it": 'A F:1=pass / B F:1=fail <1 "泡打粉过期"',
    "two sets apart with different values dispute": 'A F:1=pass / B F:1=fail "货架东侧"',
    "two sets apart with the same value agree": "A F:1=pass / B F:1=pass",
    "a set that saw only one of two agreeing heads disputes with the other": (
        "A F:1=pass / B F:1=pass / A F:1=fail <1"
    ),
    "a set that saw the last of two agreeing heads replaces both": (
        "A F:1=pass / B F:1=pass / A F:1=fail <2"
    ),
    "a settlement naming both ends the dispute": "A F:1=pass / B F:1=fail / A F:1!fail @1,2",
    "a settlement naming one candidate leaves the other standing": (
        "A F:1=pass / B F:1=fail / A F:1!na @1"
    ),
    "a change after the dispute was seen outlives the settlement": (
        "A F:1=pass / B F:1=fail / B F:1=na <2 / A F:1!fail @1,2"
    ),
    "the same two the other way round give the same two values": (
        "A F:1=pass / B F:1=fail / A F:1!fail @1,2 / B F:1=na <2"
    ),
    "two settlements apart with the same value agree": (
        "A F:1=pass / B F:1=fail / A F:1!fail @1,2 / B F:1!fail @1,2"
    ),
    "two settlements apart with different values dispute again": (
        "A F:1=pass / B F:1=fail / A F:1!fail @1,2 / B F:1!pass @1,2"
    ),
    "giving way ends the dispute": "A F:1=pass / B F:1=fail / B F:1=pass <2",
    "a candidate changes its own value only": "A F:1=pass / B F:1=fail / A F:1=na <1",
    "three officers, three values": "A F:1=pass / B F:1=fail / C F:1=na",
    "null clears an answer": "A F:1=pass / A F:1=- <1",
    "a clearing and a change apart dispute": "A F:1=pass / A F:1=- <1 / B F:1=fail <1",
    "an unknown base on an unanswered point just answers": "A F:1=pass <65535",
    "a settlement of nothing just answers": "A F:1!pass @65535",
    "points the package does not have are ignored": "A Z:9=pass / A Z:9!pass @1",
    "a device replaces its own note, others add up": (
        'A F:2=fail "一" / A F:2=fail <1 "二" / B F:2=fail "三"'
    ),
    "a device takes its own note away, and a failing point lacks one": (
        'A F:2=fail "一" / A F:2=fail <1'
    ),
    "the same officer on two phones keeps both notes": 'A F:2=fail "一" / A\' F:2=fail "二"',
    "events without a revision come last": "B F:1=fail / A F:1=pass ~ / A F:2=pass ~",
    "an unsent change does not overrule what came meanwhile": (
        "A F:1=pass ~ / B F:1=pass / A F:1=fail <1 ~"
    ),
    "a number without bounds has no verdict": "A X:4=5",
    "a choice shows a conditional point": "A F:5=c",
    "an answered point that is hidden again leaves the record": (
        "A F:5=c / A F:6=露天堆放 / A F:5=a <1"
    ),
    "a choice that is not offered is no answer": "A F:5=z",
    "conditions chain": 'A X:1=fail "通道堵塞" / A X:2=fail "货物"',
    "a disputed condition shows the point": "A X:1=fail / B X:1=pass",
    "a circle of conditions stays hidden": "A X:5=pass / A X:6=pass",
    "a failing point with its photo and note lacks nothing": 'A F:2=fail "过期" / A photo F:2 1',
    "withdrawn evidence stays with its first reason and is missed again": (
        'A F:2=fail "过期" / A photo F:2 1 / B drop 1 拍错 / A drop 1 模糊'
    ),
    "a withdrawal may come before its evidence": "B drop 2 拍错 / A photo - 2",
    "the same evidence id twice counts once": "A photo F:8 1 / B photo F:8 1",
    "not applicable needs no photo even where one is always needed": "A F:8=na",
    "two equal results agree": "A result fine / B result fine",
    "two results apart stand beside each other": "A result fine / B result ordered",
    "a result naming both ends their dispute": (
        "A result fine / B result ordered / A result ordered @1,2"
    ),
    "a device replaces its own result": "A result fine / A result ordered",
    "the party signed": "A photo - 3 / A signed 3",
    "the party refused": "A refused 负责人不在 村委会",
    "a request and a clock jump are no work": "A recusal 近亲属 / A jump -86400000",
    "a complete visit lacks nothing": "COMPLETE",
    "after hand-in nothing changes": 'COMPLETE / A seal / B F:1=fail "晚到" / B photo F:1 9',
    "sent back, it opens as the next revision": (
        'COMPLETE / A seal / reopen / B F:1=fail <2 "补查"'
    ),
    "reopening an open visit does nothing": "COMPLETE / reopen",
    "other officers and a declined recusal change no record": (
        "A F:1=pass / reassign / B F:2=fail / decline / COMPLETE / A seal / decline"
    ),
}
COMPLETE = (
    "A start / A F:1=pass / A F:2=pass / A F:3=-18.0 / A F:5=a / A F:8=pass / A X:1=pass"
    " / A photo F:8 1 / A result fine"
)
TRIED = {
    "F:3": ["-18", "-18.0", "-17.9", "-16.5", "-18.000000001", "0", "-0", "1e3", "+5", "٣", "na"],
    "F:4": ["0.1", "0.10", "0.099999999", "2.5", "2.500000001", "00.2", ".5", "2,5"],
    "F:7": ["2026-02-29", "2028-02-29", "2026-2-9", "20261123", "2026-W47-1", "na"],
}
_WHO = {"A": ANNA, "B": BERT, "C": CHEN}
_STEP = re.compile(
    r"(?P<key>[A-Z]:\d)(?P<op>[=!])(?P<value>\S+)(?: <(?P<base>\d+))?(?: @(?P<of>[\d,]+))?"
    r'(?: "(?P<note>[^"]*)")?'
)


class Story:
    """Events of one case: each officer has one device and counts its own seq."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.seq: dict[str, int] = {}
        self.revision = 0

    def add(
        self, who: str, kind: str, body: dict[str, Any], *, known: bool = True, device: str = ""
    ) -> str:
        """Append an event; `known` gives it the next server revision. Returns its id."""
        device = device or DEVICES.get(who, who)
        self.seq[device] = self.seq.get(device, 0) + 1
        number = len(self.events) + 1
        if known:
            self.revision += 1
        self.events.append(
            {
                "id": event_id(number),
                "device": device,
                "seq": self.seq[device],
                "officer": who,
                "revision": self.revision if known else None,
                "kind": kind,
                "at": f"2026-11-23T14:{number // 60:02d}:{number % 60:02d}+08:00",
                "body": body,
            }
        )
        return str(self.events[-1]["id"])

    def set(
        self, who: str, key: str, value: str | None, base: str | None = None, **more: Any
    ) -> str:
        note = more.pop("note", None)
        body = {"point": key, "value": value, "note": note, "base": base}
        return self.add(who, "answer.set", body, **more)

    def settle(self, who: str, key: str, value: str | None, of: list[str], **more: Any) -> str:
        return self.add(who, "answer.settled", {"point": key, "value": value, "of": of}, **more)

    def photo(self, who: str, key: str | None, n: int, **more: Any) -> str:
        evidence = evidence_id(str(n))
        body = {
            "evidence": evidence,
            "point": key,
            "sha256": f"{n:064x}",
            "size": 1000 + n,
            "mime": "image/jpeg",
            "source": "camera",
            "captured_at": "2026-11-23T14:05:00+08:00",
            "position": {"lat": "36.95", "lon": "118.10", "accuracy": "12"},
        }
        self.add(who, "evidence.added", body, **more)
        return evidence


def event_id(number: int) -> str:
    return f"0190e000-0000-7000-8000-{number:012x}"


def evidence_id(number: str) -> str:
    return f"0190f000-0000-7000-8000-{int(number):012x}"


_SERVER: dict[str, tuple[str, dict[str, Any]]] = {
    "reassign": (
        "visit.reassigned",
        {
            "batch": 1,
            "moves": [{"seat": 1, "left": BERT, "came": None, "reason": "recusal"}],
        },
    ),
    "decline": ("recusal.declined", {"officer": ANNA, "reason": "误按"}),
}


def play(steps: str) -> Story:
    """The story that a line of the notation tells."""
    story = Story()
    for step in steps.replace("COMPLETE", COMPLETE).split(" / "):
        if step == "reopen":
            story.add("server", "visit.reopened", {"reason": "请补照片"})
        elif step in _SERVER:
            story.add("server", *_SERVER[step])
        elif step:
            _play(story, step)
    return story


def _play(story: Story, step: str) -> None:
    known = not step.endswith(" ~")
    name, rest = step.removesuffix(" ~").split(" ", 1)
    who = _WHO[name[0]]
    device = DEVICES[who][:-1] + "f" if name.endswith("'") else ""
    match = _STEP.fullmatch(rest)
    if match is None:
        _do(story, who, rest.split(" "))
    elif match["op"] == "!":
        of = [event_id(int(n)) for n in match["of"].split(",")]
        story.settle(who, match["key"], match["value"], of, known=known, device=device)
    else:
        base = event_id(int(match["base"])) if match["base"] else None
        value = None if match["value"] == "-" else match["value"]
        story.set(who, match["key"], value, base, note=match["note"], known=known, device=device)


def _do(story: Story, who: str, words: list[str]) -> None:
    """The steps that are no answers."""
    verb, first, *rest = [*words, ""]
    kind, body = {
        "start": ("visit.started", {"position": None}),
        "drop": ("evidence.withdrawn", {"reason": rest[0] if rest else ""}),
        "refused": ("party.refused", {"reason": first, "witness": rest[0] if rest else ""}),
        "recusal": ("recusal.requested", {"ground": first}),
        "seal": ("record.sealed", {"digest": "d" * 64, "assertion": None}),
    }.get(verb, ("", {}))
    if verb == "photo":
        story.photo(who, None if first == "-" else first, int(rest[0]))
        return
    if verb == "drop":
        body = {**body, "evidence": evidence_id(first)}
    elif verb == "signed":
        kind, body = "party.signed", {"evidence": evidence_id(first)}
    elif verb == "jump":
        kind, body = "clock.jumped", {"delta": int(first)}
    elif verb == "result":
        named = [event_id(int(n)) for n in rest[0][1:].split(",")] if rest[0] else []
        kind, body = "result.set", {**(FINE if first == "fine" else ORDERED), "of": named}
    story.add(who, kind, body)


def told() -> dict[str, Story]:
    """All named stories."""
    stories = {name: play(steps) for name, steps in TOLD.items()}
    twice = play("A F:1=pass")
    twice.events.append(twice.events[0])
    stories["an event given twice counts once"] = twice
    for key, values in TRIED.items():
        stories |= {f"{key} at {value}": play(f"A {key}={value}") for value in values}
    return stories


def drawn(rng: random.Random) -> Story:
    """Three officers change the same few points in any order, each with a stale view."""
    s = Story()
    heads: dict[str, list[str]] = {}
    keys = ["F:1", "F:2", "F:5", "X:1", "X:2"]
    values = {"F:5": ["a", "b", "c", None]}
    for _ in range(rng.randrange(8, 40)):
        who, key = rng.choice([ANNA, BERT, CHEN]), rng.choice(keys)
        value = rng.choice(values.get(key, ["pass", "fail", "na", None]))
        seen = heads.setdefault(key, [])
        stale = rng.choice([None, *seen[-4:]])
        known = rng.random() < 0.8
        if seen and rng.random() < 0.2:
            named = rng.sample(seen, min(len(seen), rng.randrange(1, 4)))
            seen.append(s.settle(who, key, value, named, known=known))
        elif rng.random() < 0.1:
            s.photo(who, key, rng.randrange(1, 5), known=known)
        else:
            note = rng.choice([None, None, "记", "录"])
            seen.append(s.set(who, key, value, stale, note=note, known=known))
    rng.shuffle(s.events)
    return s
