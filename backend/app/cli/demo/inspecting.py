"""Deciding how a demo visit goes: its answers, photos and result. ``phone`` sends them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from ...platform import clock
from ...platform.code_lists import RESULTS
from ...visits.rules import part_of
from ...visits.shapes import Package, Point

_OUTCOMES = ("1",) * 62 + ("5",) * 24 + ("4",) * 6 + ("7",) * 4 + ("8",) * 4


@dataclass(frozen=True, slots=True)
class Step:
    """Something an officer does: ``officer`` 0 leads, 1 accompanies; ``photo`` asks for one."""

    officer: int
    kind: str
    body: dict[str, Any]
    at: datetime
    photo: bool = False


def sitting(package: Package, point: str | None, officer: int) -> int:
    """Return the seat of the officer who takes a step, in a joint visit one of the department that
    owns the item."""
    part = None if point is None else part_of(package, point.rpartition(":")[0])
    if part is None or not part["seats"]:
        return officer
    return part["seats"][officer % len(part["seats"])]


def outcome(random: Random) -> str:
    """Return the code of a result category."""
    return random.choice(_OUTCOMES)


def steps(
    package: Package, random: Random, code: str, began: datetime, share: float = 1.0
) -> Iterator[Step]:
    """Return the steps of one visit, without the hand-in.

    ``share`` below 1 leaves the rest of the points open, as on a phone under way.
    """
    at = began
    yield Step(0, "visit.started", {"position": package["enterprise"]["position"]}, at)
    points = [point for item in package["items"] for point in item["checklist"]["points"]]
    failing = _failing(points, random, code)
    values: dict[str, str] = {}
    for point in points[: max(1, round(len(points) * share))]:
        shown = point["shown_if"]
        if shown is not None and values.get(shown["point"]) != shown["equals"]:
            continue
        at += timedelta(seconds=random.randint(15, 90))
        fails = point["key"] in failing
        value = _value(point, random, fails, began.date())
        if value is None:
            continue
        values[point["key"]] = value
        note = random.choice(point["remarks"]) if fails and point["remarks"] else None
        officer = int(random.random() < 0.3)
        body = {"point": point["key"], "value": value, "note": note, "base": None}
        yield Step(officer, "answer.set", body, at)
        if point["evidence"] == "always" or (point["evidence"] == "on_fail" and fails):
            yield Step(0, "evidence.added", {"point": point["key"]}, at, photo=True)
    if share >= 1.0:
        yield Step(0, "evidence.added", {"point": None}, at, photo=True)
        yield Step(0, "result.set", result(code, began.date()), at + timedelta(minutes=2))


def result(code: str, day: date) -> dict[str, Any]:
    """Return the body of the event ``result.set``."""
    follow_up: dict[str, Any] = {"code": "none", "date": None, "note": None}
    if code == "5":
        follow_up = {"code": "ordered", "date": str(day + timedelta(days=15)), "note": None}
    elif code == "4":
        follow_up = {"code": "listed_abnormal", "date": None, "note": None}
    elif code == "8":
        follow_up = {"code": "transferred", "date": None, "note": None}
    return {
        "category": {
            "system": RESULTS.system,
            "code": code,
            "label": RESULTS.codes[code].zh,
        },
        "follow_up": follow_up,
        "of": None,
    }


def _failing(points: list[Point], random: Random, code: str) -> set[str]:
    if code not in {"5", "8"}:
        return set()
    able = [
        point["key"]
        for point in points
        if point["kind"] == "pass" or (point["kind"] == "number" and point["evidence"] == "on_fail")
    ]
    return set(random.sample(able[3:], min(len(able) - 3, random.randint(1, 3))))


def _value(point: Point, random: Random, fails: bool, day: date) -> str | None:
    if point["kind"] == "pass":
        return "fail" if fails else "na" if random.random() < 0.04 else "pass"
    if point["kind"] == "number":
        return _number(point, random, fails)
    if point["kind"] == "date":
        return str(day - timedelta(days=random.randint(10, 170)))
    if point["kind"] == "choice":
        good = [option for option in point["options"] if option["verdict"] != "fail"]
        return random.choice(good or point["options"])["code"]
    return "检查情况已当场告知当事人。" if random.random() < 0.4 or point["required"] else None


def _number(point: Point, random: Random, fails: bool) -> str:
    low = Decimal(point["min"]) if point["min"] is not None else None
    high = Decimal(point["max"]) if point["max"] is not None else None
    if low is None and high is None:
        return str(random.randint(1, 20))
    if low is None or high is None:
        bound = high if high is not None else low
        assert bound is not None  # noqa: S101 - one of them is there
        inward = Decimal(random.randint(5, 40)) / 10
        upper = high is not None
        return str(bound + inward if upper == fails else bound - inward)
    if fails:
        return str(high + max(Decimal("0.5"), (high - low) / 10))
    share = Decimal(random.randint(200, 700)) / 1000
    places = "0.1" if high - low < 100 else "1"
    return str((low + (high - low) * share).quantize(Decimal(places)))


def moments(random: Random, drawn: datetime, count: int) -> list[datetime]:
    """Return ``count`` moments at which visits begin: in working hours, within five weeks."""
    days = sorted(random.choices(range(3, 34), k=count))
    return [_working_hour(random, drawn + timedelta(days=day)) for day in days]


def _working_hour(random: Random, near: datetime) -> datetime:
    day = clock.local(near)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    hour, minute = random.randint(9, 15), random.randint(0, 59)
    return day.replace(hour=hour, minute=minute, second=random.randint(0, 59), microsecond=0)
