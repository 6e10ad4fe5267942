"""The counts of a plan on today's registers: pool, exclusions, officers, findings. Reads only.

An enterprise that fits several strata belongs to the first of them, in the order of the plan; the
overlap is counted and shown. An exclusion takes an enterprise out of the whole draw, and an
enterprise that two rules exclude is listed under both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ....platform import clock
from ....platform.settings import current_settings
from ....registry import service as registry
from ....visits import service as visits
from ... import plan_rules, rules
from ...models import Draw, DrawRow
from ..ground import hidden_names
from . import rosters

PoolRow = registry.PoolRow


@dataclass(frozen=True, slots=True)
class PoolCount:
    """The enterprises of a plan. ``pool``: (stratum, id in hex, object); ``excluded``: (object,
    rule); ``by_rule``: how many enterprises each rule left out; ``left_out``: how many all rules
    together."""

    strata: list[plan_rules.StratumCount]
    pool: list[PoolRow]
    excluded: list[tuple[str, str]]
    by_rule: dict[str, int]
    left_out: int

    @property
    def drawn(self) -> int:
        """Return how many enterprises will be drawn."""
        return sum(stratum.k for stratum in self.strata)


def count_pool(
    session: Session,
    strata: Sequence[Mapping[str, Any]],
    exclusions: Mapping[str, Any],
    within: tuple[registry.StratumFilter, ...] = (),
    *,
    sealed: bool = False,
) -> PoolCount:
    """Count a plan's strata (see ``schemas``) under its exclusions (recent_months, other_draw,
    year_cap), within the rosters of all other departments of a joint draw.

    An open draw publishes its exclusions by code, so there an enterprise is not excluded for what
    an unannounced draw still hides: the list would tell where the inspectors are going. A
    ``sealed`` draw publishes digests, and everything excludes.
    """
    filters = [
        replace(rosters.as_filter(stratum, stratum["code"]), within=within) for stratum in strata
    ]
    found = registry.pool(session, filters, [])
    closed = registry.pool(session, [replace(one, in_business=False) for one in filters], [])
    left_aside = set() if sealed else hidden_names.still_hidden(session)
    found_barred = _barred(session, exclusions, left_aside)
    barred = {rule: {one.hex for one in ids} for rule, ids in found_barred.items()}
    out = frozenset[str]().union(*barred.values())
    kept = [row for row in found if row[1] not in out]
    excluded = [(code, rules.CLOSED) for _stratum, _id, code in closed]
    taken: Counter[str] = Counter()
    for stratum, id_, code in found:
        if id_ in out:
            excluded += [(code, rule) for rule, those in barred.items() if id_ in those]
            taken[stratum] += 1
    counts = _counts(session, strata, filters, found, kept, taken)
    by_rule = Counter(rule for _object, rule in excluded)
    left_out = len({code for code, _rule in excluded})
    return PoolCount(counts, kept, sorted(excluded), dict(sorted(by_rule.items())), left_out)


def _counts(
    session: Session,
    strata: Sequence[Mapping[str, Any]],
    filters: Sequence[registry.StratumFilter],
    found: Sequence[PoolRow],
    kept: Sequence[PoolRow],
    taken: Mapping[str, int],
) -> list[plan_rules.StratumCount]:
    first = Counter(row[0] for row in found)
    left = Counter(row[0] for row in kept)
    made = []
    for place, (stratum, condition) in enumerate(zip(strata, filters, strict=True)):
        code = stratum["code"]
        # Every enterprise that fits the first stratum stands in it, so nothing needs counting.
        fitting = registry.count_stratum(session, condition) if place else first[code]
        made.append(
            plan_rules.StratumCount(
                code=code,
                label=stratum["label"],
                fitting=fitting,
                overlap=fitting - first[code],
                excluded=taken.get(code, 0),
                rows=left[code],
                k=plan_rules.quota(left[code], stratum),
            )
        )
    return made


def _barred(
    session: Session, exclusions: Mapping[str, Any], hidden: set[UUID]
) -> dict[str, set[UUID]]:
    """Return the enterprises that each rule excludes, by the rule's public name, without what the
    ``hidden`` draws drew."""
    barred: dict[str, set[UUID]] = {}
    months = exclusions["recent_months"]
    if months:
        since = _months_ago(clock.today(), months)
        barred[f"{rules.RECENT}-{months}m"] = visits.enterprises_visited_since(session, since)
    cap = effective_cap(exclusions)
    if cap:
        barred[f"{rules.YEARLY}-{cap}"] = _drawn_often(session, cap, hidden)
    if exclusions["other_draw"]:
        busy = visits.enterprises_under_way(session, hidden)
        barred[rules.OTHER] = busy | _drawn_not_sent(session, hidden)
    return barred


def effective_cap(exclusions: Mapping[str, Any]) -> int:
    """Return the most visits to one enterprise this year under a plan's exclusions; 0 stands for no
    limit."""
    return plan_rules.year_cap(current_settings().visits_a_year, exclusions.get("year_cap", 0))


def _drawn_often(session: Session, cap: int, hidden: set[UUID]) -> set[UUID]:
    """Return the enterprises drawn ``cap`` times or more in this calendar year in China, by any
    department, void draws not counted."""
    begun = datetime(clock.today().year, 1, 1, tzinfo=clock.CHINA)
    query = select(DrawRow.enterprise_id).join(Draw, Draw.id == DrawRow.draw_id)
    query = query.where(
        Draw.state.in_(sorted(rules.RESULT_KNOWN)),
        Draw.drawn_at >= begun,
        Draw.rehearsal.is_(False),
        Draw.id.not_in(hidden),
    )
    query = query.group_by(DrawRow.enterprise_id).having(func.count() >= cap)
    return set(session.scalars(query))


def _drawn_not_sent(session: Session, hidden: set[UUID]) -> set[UUID]:
    query = select(DrawRow.enterprise_id).join(Draw, Draw.id == DrawRow.draw_id)
    query = query.where(Draw.state == rules.DRAWN, Draw.rehearsal.is_(False))
    return set(session.scalars(query.where(Draw.id.not_in(hidden))))


def _months_ago(day: date, months: int) -> datetime:
    """Return the start, in China, of the day that is ``months`` calendar months before ``day``."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(year, month + 1, min(day.day, 28))
    return datetime.combine(first, time(), clock.CHINA)
