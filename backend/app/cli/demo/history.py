"""Half a year of the demo county: draws, visits, reviews, publications, by the real services.

The agenda sets the clock to the moment of each act, so every date follows from the day on which the
county is made, and nothing happens before what came before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from ...draws.schemas import WhatForm
from ...draws.service import drawing, holding, planning
from ...platform import clock, ids
from ...platform.access import Actor
from ...platform.transactions import read_session, unit_of_work
from ...registry import service as registry
from ...review import service as review
from ...visits import service as visits
from ...visits.record import record, record_digest
from . import inspecting, stepping_back
from .agenda import Agenda
from .people import People, actor
from .phone import Phone
from .photos import photo
from .stories import INVITED, NEXT, STORIES, Partner, Story

PHOTOS = 40
LONG_AGO, LATE = 80, 0.03
"""The age in days from which draws had late results, and the share of results that was late."""


@dataclass(slots=True)
class Inspection:
    """One visit: how much of it the officers do, and the story that confirms it, if one does."""

    visit: UUID
    began: datetime
    share: float
    confirmed_in: Story | None
    ended: datetime = field(init=False)


class County:
    """The county while its half year is told: people, items, phones, pictures, a generator."""

    def __init__(
        self, people: People, items: dict[str, UUID], random: Random, agenda: Agenda
    ) -> None:
        self.people, self.items, self.random, self.agenda = people, items, random, agenda
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
    """Run all stories in the order of their days, then leave one draw ready to run, and one that
    waits for the answer of an invited department."""
    newest: list[UUID] = []
    for story in STORIES:
        begin = partial(_begin, county, story, progress, newest)
        county.agenda.note(county.agenda.morning(story.days_ago), begin)
    county.agenda.run()
    stepping_back.waiting(newest[-1], county.phone, county.agenda.present)
    _prepare(county, NEXT)
    _prepare(county, INVITED)


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
    return planning.prepare(values, county.actor(story.admin))


def _strata(county: County, story: Story) -> list[dict[str, Any]]:
    """Return two strata: a quarter of the count, at least two, from risky enterprises, the rest
    from the others."""
    tags = [county.tags[tag] for tag in story.tags]
    risky = max(2, story.count // 4)
    common = {"tags": tags, "mode": "number"}
    return [
        {**common, "label": "风险 C、D", "risk_classes": ["C", "D"], "count": risky},
        {**common, "label": "风险 A、B", "risk_classes": ["A", "B"], "count": story.count - risky},
    ]


def _begin(
    county: County, story: Story, progress: Callable[[str], None], newest: list[UUID]
) -> None:
    """Prepare and freeze a draw, and note when it is held; its id is added to ``newest``."""
    progress(story.name)
    draw_id = _prepare(county, story)
    newest.append(draw_id)
    if story.partner is not None:
        _accept(county, story.partner, draw_id)
    holding.freeze(draw_id, 1 if story.partner is None else 2, county.actor(story.admin))
    county.agenda.note(
        county.agenda.at + timedelta(minutes=35), partial(_hold, county, story, draw_id)
    )


def _hold(county: County, story: Story, draw_id: UUID) -> None:
    """Reveal and draw, and note when the visits are sent."""
    drawing.run_routine(
        draw_id,
        county.actor(story.admin),
        county.actor(story.witness),
        text=f"见证人现场投入 {county.random.randrange(10**6):06d}",
        rand=sha256(county.random.randbytes(32)).digest(),
        dice="".join(str(county.random.randrange(10)) for _ in range(20)),
    )
    county.agenda.note(
        county.agenda.at + timedelta(minutes=20), partial(_send, county, story, draw_id)
    )


def _send(county: County, story: Story, draw_id: UUID) -> None:
    """Send the visits; where officers step back, the visits are planned when that is settled."""
    agenda = county.agenda
    drawing.dispatch(draw_id, county.actor(story.admin))
    if story.replaced:
        agenda.note(agenda.at + timedelta(days=1), partial(_replace, county, story, draw_id))
    else:
        _plan_visits(county, story, draw_id)


def _replace(county: County, story: Story, draw_id: UUID) -> None:
    """Let officers step back and a batch answer them."""
    stepping_back.replaced(draw_id, county.phone, county.agenda.at, county.actor(story.admin))
    _plan_visits(county, story, draw_id)


def _accept(county: County, partner: Partner, draw_id: UUID) -> None:
    """The invited department accepts with its items, two seats and its roster."""
    department = county.people.departments[partner.department]
    values = {
        "item_ids": [county.items[code] for code in partner.items],
        "team": planning.usual_team(department),
        "roster": {"tags": [county.tags[tag] for tag in partner.tags]},
        "revision": 1,
    }
    planning.accept(draw_id, department, values, county.actor(partner.admin))


def _plan_visits(county: County, story: Story, draw_id: UUID) -> None:
    """Note when the officers set out for each visit that the story tells of."""
    with read_session() as session:
        made = [visit.id for visit in visits.of_draw(session, draw_id)]
    agenda = county.agenda
    moments = inspecting.moments(county.random, agenda.at, len(made))
    finished = round(len(made) * story.finished)
    handed_in = finished + story.waiting
    for place, (visit_id, moment) in enumerate(zip(made, moments, strict=True)):
        if place >= handed_in + story.begun:
            return
        began = min(moment, agenda.present - timedelta(hours=3 + place))
        share = 1.0 if place < handed_in else county.random.uniform(0.3, 0.8)
        inspection = Inspection(visit_id, began, share, story if place < finished else None)
        agenda.note(began, partial(_inspect, county, inspection))


def _inspect(county: County, inspection: Inspection) -> None:
    """Decide what both officers record, and note when it reaches the server."""
    with read_session() as session:
        package = visits.package(session, inspection.visit)
    code = inspecting.outcome(county.random)
    began, share = inspection.began, inspection.share
    steps = list(inspecting.steps(package, county.random, code, began, share))
    inspection.ended = steps[-1].at
    arrival = inspection.ended + timedelta(minutes=county.random.randint(5, 240))
    county.agenda.note(arrival, partial(_arrive, county, inspection, package, steps))


def _arrive(
    county: County, inspection: Inspection, package: Any, steps: list[inspecting.Step]
) -> None:
    """Let the phones record and send; the leading one hands a whole visit in."""
    phones = [county.phone(UUID(officer["account"])) for officer in package["officers"]]
    uploads: list[tuple[Phone, UUID, bytes]] = []
    for step in steps:
        body = step.body
        sits = inspecting.sitting(package, body.get("point"), step.officer)
        if step.photo:
            data = county.random.choice(county.photos)
            uploads.append((phones[sits], ids.new_id(), data))
            body = {**body, **_evidence(*uploads[-1][1:], step.at, package)}
        phones[sits].record(inspection.visit, step.kind, body, step.at)
    for one in phones[1:] + phones[:1]:
        if one.has_waiting:
            one.send()
    for phone, evidence_id, data in uploads:
        phone.upload(inspection.visit, evidence_id, data, "image/jpeg")
    if inspection.share >= 1.0:
        _hand_in(phones[0], inspection.visit, inspection.ended + timedelta(minutes=3))
    if inspection.confirmed_in is not None:
        _plan_decision(county, inspection.confirmed_in, inspection)


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


def _plan_decision(county: County, story: Story, inspection: Inspection) -> None:
    """Note when the supervisor decides: some days later, now and then too late."""
    days = county.random.choice((1, 1, 2, 2, 3, 4, 5, 7, 9, 12))
    if story.days_ago > LONG_AGO and county.random.random() < LATE:
        days = 36
    moment = inspection.began + timedelta(days=days, hours=county.random.randint(1, 5))
    county.agenda.note(moment, partial(_confirm, county, story, inspection.visit))


def _confirm(county: County, story: Story, visit_id: UUID) -> None:
    """Confirm the record as the department's supervisor, which publishes its result."""
    with read_session() as session:
        visit = visits.get(session, visit_id)
        revision, digest = visit.round + 1, visit.digest
    assert digest is not None  # noqa: S101 - it was handed in before
    review.confirm(county.actor(story.witness), visit_id, revision=revision, digest=digest)
