"""Half a year of the demo county: draws, visits, reviews, publications, by the real services.

Time is set to each moment of the story, so every date in the county follows from the day on which
it is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from flask import current_app

from ...draws import service as draws
from ...draws.schemas import WhatForm
from ...platform import clock, ids
from ...platform.access import Actor
from ...platform.transactions import read_session, unit_of_work
from ...registry import service as registry
from ...review import service as review
from ...visits import service as visits
from ...visits.record import record, record_digest
from . import inspecting, stepping_back
from .people import People, actor
from .phone import Phone
from .photos import photo

PHOTOS = 40
LONG_AGO, LATE = 80, 0.03
"""Of the draws older than so many days, this share of results was published too late."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A department invited to a joint draw; its roster are the enterprises with one of ``tags``."""

    admin: str
    department: str
    items: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A draw of the past: who, what, out of whom, how many, days ago, and how far it has come.

    ``finished`` is the share of its visits that are published; then come some waiting for review
    (``waiting``), under way (``begun``), and untouched ones.
    """

    admin: str
    witness: str
    department: str
    name: str
    items: tuple[str, ...]
    tags: tuple[str, ...]
    count: int
    days_ago: int
    finished: float = 1.0
    waiting: int = 0
    begun: int = 0
    replaced: bool = False
    partner: Partner | None = None


STORIES = (
    Story("admin", "chen", "SCJG", "食品生产企业监督检查", ("SC01",), ("食品生产",), 22, 172),
    Story(
        "yjadmin",
        "yjchen",
        "YJGL",
        "危险化学品经营单位安全检查",
        ("YJ01",),
        ("危险化学品",),
        16,
        160,
    ),
    Story(
        "wsjkadmin", "wsjkchen", "WSJK", "公共场所卫生监督检查", ("WS01",), ("公共场所",), 26, 149
    ),
    Story(
        "xfjyadmin",
        "xfjychen",
        "XFJY",
        "人员密集场所消防安全检查",
        ("XF01",),
        ("人员密集场所",),
        24,
        131,
    ),
    Story(
        "admin", "chen", "SCJG", "年度报告公示信息检查", ("SC05",), ("食品销售", "工贸"), 30, 118
    ),
    Story(
        "sthjadmin",
        "sthjchen",
        "STHJ",
        "排污单位环境监管检查",
        ("ST01", "ST02"),
        ("排污单位",),
        14,
        104,
    ),
    Story(
        "whlyadmin", "whlychen", "WHLY", "上网服务营业场所检查", ("WL01",), ("上网服务",), 12, 92
    ),
    Story("zjjgadmin", "zjjgchen", "ZJJG", "燃气经营企业检查", ("ZJ02",), ("燃气经营",), 8, 83),
    Story(
        "yjadmin",
        "yjchen",
        "YJGL",
        "粉尘涉爆企业安全检查",
        ("YJ04",),
        ("粉尘涉爆",),
        16,
        69,
        0.9,
        1,
    ),
    Story(
        "admin",
        "chen",
        "SCJG",
        "药品零售企业监督检查",
        ("SC03",),
        ("药品零售",),
        28,
        41,
        0.8,
        4,
        replaced=True,
    ),
    Story(
        "wsjkadmin",
        "wsjkchen",
        "WSJK",
        "医疗机构依法执业检查",
        ("WS02",),
        ("医疗机构",),
        14,
        24,
        0.4,
        3,
        2,
    ),
    Story(
        "admin",
        "chen",
        "SCJG",
        "餐饮场所联合双随机抽查",
        ("SC04", "SC05"),
        ("餐饮服务",),
        12,
        16,
        0.3,
        3,
        2,
        partner=Partner("xfjyadmin", "XFJY", ("XF01",), ("人员密集场所",)),
    ),
    Story(
        "admin",
        "chen",
        "SCJG",
        "食品销售者监督检查",
        ("SC02", "SC04"),
        ("食品销售",),
        60,
        9,
        0.12,
        6,
        4,
    ),
)


class Time:
    """The clock of the story, set on the running application."""

    def __init__(self) -> None:
        self.present = clock.now()
        self.at = self.present
        current_app.extensions["evenhand.clock"] = lambda: self.at

    def days_ago(self, days: int, hour: int = 9) -> None:
        """Go to a working hour, so many days before today."""
        day = clock.local(self.present) - timedelta(days=days)
        while day.weekday() >= 5:
            day -= timedelta(days=1)
        self.at = min(day.replace(hour=hour, minute=20, second=0, microsecond=0), self.present)

    def to(self, moment: datetime) -> None:
        """Go to ``moment``, never beyond the present."""
        self.at = min(moment, self.present)


class County:
    """What the story needs at hand: people, items, phones, pictures, chance."""

    def __init__(self, people: People, items: dict[str, UUID], random: Random) -> None:
        self.people, self.items, self.random = people, items, random
        self.time = Time()
        self.photos = [photo(random) for _ in range(PHOTOS)]
        self._phones: dict[UUID, Phone] = {}
        with read_session() as session:
            self.tags = {tag.name: str(tag.id) for tag in registry.all_tags(session)}

    def actor(self, login: str) -> Actor:
        """The person ``login``, proven just now."""
        with read_session() as session:
            return actor(session, self.people, login)

    def phone(self, account: UUID) -> Phone:
        """The phone of an inspector's account, enrolled on first use."""
        if account not in self._phones:
            login = next(name for name, known in self.people.accounts.items() if known == account)
            made = self._phones[account] = Phone(self.actor(login))
            with unit_of_work() as session:
                made.enrol(session)
        return self._phones[account]


def tell(county: County, progress: Callable[[str], None]) -> None:
    """Run every story in order, then leave one draw ready to run, and one that waits for the
    answer of an invited department."""
    newest = None
    for story in STORIES:
        progress(story.name)
        newest = _tell_one(county, story)
    county.time.to(county.time.present)
    if newest is not None:
        stepping_back.waiting(newest, county.phone, county.time.at)
    _prepare(county, _NEXT)
    _prepare(county, _INVITED)


_NEXT = Story(
    "admin", "chen", "SCJG", "特种设备使用单位监督检查", ("SC06",), ("特种设备使用",), 12, 0
)

_INVITED = Story(
    "admin",
    "chen",
    "SCJG",
    "加油站联合双随机抽查",
    ("SC04",),
    ("危险化学品",),
    10,
    0,
    partner=Partner("yjadmin", "YJGL", (), ()),
)


def _prepare(county: County, story: Story) -> UUID:
    departments = county.people.departments
    invited = [] if story.partner is None else [str(departments[story.partner.department])]
    values: dict[str, Any] = WhatForm().load(
        {
            "name": story.name,
            "department_id": str(departments[story.department]),
            "department_ids": invited,
            "item_ids": [str(county.items[code]) for code in story.items],
            "strata": _strata(county, story),
            "recent_months": 3,
            "other_draw": True,
        }
    )
    return draws.prepare(values, county.actor(story.admin))


def _strata(county: County, story: Story) -> list[dict[str, Any]]:
    """Risky enterprises first and more of them; the rest gets what is left of the count."""
    tags = [county.tags[tag] for tag in story.tags]
    risky = max(2, story.count // 4)
    common = {"tags": tags, "mode": "number"}
    return [
        {**common, "label": "风险 C、D", "risk_classes": ["C", "D"], "count": risky},
        {**common, "label": "风险 A、B", "risk_classes": ["A", "B"], "count": story.count - risky},
    ]


def _tell_one(county: County, story: Story) -> UUID:
    county.time.days_ago(story.days_ago)
    draw_id = _prepare(county, story)
    operator, witness = county.actor(story.admin), county.actor(story.witness)
    if story.partner is not None:
        _accept(county, story.partner, draw_id)
    draws.freeze(draw_id, 1 if story.partner is None else 2, operator)
    county.time.at += timedelta(minutes=35)
    draws.run_routine(
        draw_id,
        operator,
        witness,
        text=f"见证人现场投入 {county.random.randrange(10**6):06d}",
        rand=sha256(county.random.randbytes(32)).digest(),
        dice="".join(str(county.random.randrange(10)) for _ in range(20)),
    )
    county.time.at += timedelta(minutes=20)
    draws.dispatch(draw_id, operator)
    if story.replaced:
        county.time.at += timedelta(days=1)
        stepping_back.replaced(draw_id, county.phone, county.time.at, operator)
    _visit_all(county, story, draw_id)
    return draw_id


def _accept(county: County, partner: Partner, draw_id: UUID) -> None:
    """The invited department accepts with its items, two seats and its roster."""
    department = county.people.departments[partner.department]
    values = {
        "item_ids": [county.items[code] for code in partner.items],
        "team": draws.usual_team(department),
        "roster": {"tags": [county.tags[tag] for tag in partner.tags]},
        "revision": 1,
    }
    draws.accept(draw_id, department, values, county.actor(partner.admin))


def _visit_all(county: County, story: Story, draw_id: UUID) -> None:
    with read_session() as session:
        made = [visit.id for visit in visits.of_draw(session, draw_id)]
    moments = inspecting.moments(county.random, county.time.at, len(made))
    past = [(visit, at) for visit, at in zip(made, moments, strict=True)]
    finished = round(len(past) * story.finished)
    for place, (visit_id, at) in enumerate(past):
        began = min(at, county.time.present - timedelta(hours=3 + place))
        if place < finished + story.waiting:
            _inspect(county, visit_id, began, share=1.0)
        elif place < finished + story.waiting + story.begun:
            _inspect(county, visit_id, began, share=county.random.uniform(0.3, 0.8))
        if place < finished:
            _confirm(county, story, visit_id, began)


def _inspect(county: County, visit_id: UUID, began: datetime, *, share: float) -> None:
    """One visit: both officers' phones record and send; the leading one hands in."""
    with read_session() as session:
        package = visits.package(session, visit_id)
    phones = [county.phone(UUID(officer["account"])) for officer in package["officers"]]
    code = inspecting.outcome(county.random)
    uploads: list[tuple[Phone, UUID, bytes]] = []
    last = began
    for step in inspecting.steps(package, county.random, code, began, share):
        body = step.body
        sits = inspecting.sitting(package, body.get("point"), step.officer)
        if step.photo:
            data = county.random.choice(county.photos)
            uploads.append((phones[sits], ids.new_id(), data))
            body = {**body, **_evidence(*uploads[-1][1:], step.at, package)}
        phones[sits].record(visit_id, step.kind, body, step.at)
        last = step.at
    county.time.to(last + timedelta(minutes=county.random.randint(5, 240)))
    for one in phones[1:] + phones[:1]:
        if one.has_waiting:
            one.send()
    for phone, evidence_id, data in uploads:
        phone.upload(visit_id, evidence_id, data, "image/jpeg")
    if share >= 1.0:
        _hand_in(phones[0], visit_id, last + timedelta(minutes=3))


def _evidence(evidence_id: UUID, data: bytes, at: datetime, package: Any) -> dict[str, Any]:
    position = package["enterprise"]["position"]
    return {
        "evidence": str(evidence_id),
        "sha256": sha256(data).hexdigest(),
        "size": len(data),
        "mime": "image/jpeg",
        "source": "camera",
        "captured_at": clock.rfc3339(at),
        "position": {**position, "accuracy": "12"} if position else None,
    }


def _hand_in(lead: Phone, visit_id: UUID, at: datetime) -> None:
    with read_session() as session:
        package, state = visits.package(session, visit_id), visits.state(session, visit_id)
    digest = record_digest(record(package, state))
    lead.record(visit_id, "record.sealed", {"digest": digest, "assertion": None}, at)
    lead.send()


def _confirm(county: County, story: Story, visit_id: UUID, began: datetime) -> None:
    """The department's supervisor confirms some days later; now and then too late."""
    days = county.random.choice((1, 1, 2, 2, 3, 4, 5, 7, 9, 12))
    if story.days_ago > LONG_AGO and county.random.random() < LATE:
        days = 36
    county.time.to(began + timedelta(days=days, hours=county.random.randint(1, 5)))
    with read_session() as session:
        visit = visits.get(session, visit_id)
        revision, digest = visit.round + 1, visit.digest
    assert digest is not None  # noqa: S101 - it was handed in just now
    review.confirm(county.actor(story.witness), visit_id, revision=revision, digest=digest)
