"""Registers that need more than rows of a table: tags, numbered items, checklists, materials."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from backend.app.accounts import service as accounts
from backend.app.platform import clock, ids
from backend.app.registry.errors import CodeTaken
from backend.app.registry.imports.model import Entry
from backend.app.registry.models import Enterprise, EnterpriseTag, InspectionItem, SupervisionTag
from backend.app.registry.service import import_pairs
from backend.app.registry.service.checklists import (
    checklist_hash,
    current_checklist,
    put_checklist,
)
from backend.app.registry.service.enterprises import tag_ids
from backend.app.registry.service.history import Author
from backend.app.registry.service.import_targets import (
    ENTERPRISE_TABLE,
    ITEM_FIELDS,
    ITEM_TABLE,
    OFFICERS,
    Importer,
    Step,
    Target,
    compare,
    new_step,
    owner,
    typed,
    write_history,
    write_updates,
)
from backend.app.registry.service.items import item_search_text

_CHUNK = 1000
_ENTERPRISE_DEFAULTS: dict[str, Any] = {
    "registration_number": "",
    "kind": "unknown",
    "address": "",
    "industry": "",
    "risk_class": "",
    "status": "active",
    "established_on": None,
    "business_scope": "",
    "contact_phone": "",
    "latitude": None,
    "longitude": None,
}
NUMBERED = re.compile(r"-(\d{3,})$")


class EnterpriseTarget:
    """Enterprises and their tags: a filled tag cell replaces the tags."""

    def plan(self, session: Session, entries: Sequence[Entry], who: Importer) -> list[Step]:
        """Compare rows, then tags. A code the register does not have is compared with the firms
        it has under another one."""
        steps = ENTERPRISE_TABLE.plan(session, entries, who)
        if who.batch_id is not None:
            steps = _with_pairs(session, steps, who)
        known = [step.row_id for step in steps if step.row_id and "tags" in step.entry.given]
        present = _tags_by_enterprise(session, known) if known else {}
        return [_with_tags(step, present) for step in steps]

    def write(self, session: Session, steps: Sequence[Step], who: Importer) -> None:
        """Write rows and history, then link the tags."""
        ENTERPRISE_TABLE.write(session, steps, who)
        tagged = [
            step
            for step in steps
            if step.entry.values["tags"]
            and (step.effect == "new" or (step.effect == "changed" and "tags" in step.changes))
        ]
        if tagged:
            _write_tags(session, tagged)


def _with_pairs(session: Session, steps: list[Step], who: Importer) -> list[Step]:
    """The steps with new firms that the register seems to have already merged into them, or held
    back until somebody has decided."""
    new = [step.entry for step in steps if step.effect == "new"]
    matches = import_pairs.register_matches(session, new)
    if not matches:
        return steps
    return [
        _paired(step, *matches[step.entry.key], who)
        if step.effect == "new" and step.entry.key in matches
        else step
        for step in steps
    ]


def _paired(step: Step, reason: str, row: Any, who: Importer) -> Step:
    act = import_pairs.decided_act(step.entry, row, who.merged, who.apart)
    if act == import_pairs.APART:
        return step
    if act == import_pairs.MERGE:
        entry = import_pairs.merged_entry(step.entry, row)
        return ENTERPRISE_TABLE.step(entry, row, who)
    pair = import_pairs.pair_with_register(step.entry, reason, row)
    return replace(step, effect="refused", reason="same_firm_in_register", pair=pair)


def _with_tags(step: Step, present: Mapping[UUID, list[str]]) -> Step:
    """The step with the change of tags added; who may not change the row may not change these."""
    if step.row_id is None or "tags" not in step.entry.given:
        return step
    before, after = sorted(present.get(step.row_id, ())), sorted(step.entry.values["tags"])
    if before == after:
        return step
    changes = {**step.changes, "tags": (before, after)}
    effect = "changed" if step.kept else "refused"
    return Step(step.entry, effect, step.row_id, changes, step.label, kept=step.kept)


def _tags_by_enterprise(session: Session, enterprise_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    query = (
        select(EnterpriseTag.enterprise_id, SupervisionTag.name)
        .join(SupervisionTag, SupervisionTag.id == EnterpriseTag.tag_id)
        .where(EnterpriseTag.enterprise_id.in_(enterprise_ids))
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for enterprise_id, name in session.execute(query):
        found[enterprise_id].append(name)
    return found


def _write_tags(session: Session, steps: Sequence[Step]) -> None:
    names = {name for step in steps for name in step.entry.values["tags"]}
    tags = tag_ids(session, names)
    codes = [step.entry.key for step in steps]
    query = select(Enterprise.code, Enterprise.id).where(Enterprise.code.in_(codes))
    by_code = {row[0]: row[1] for row in session.execute(query)}
    present = [by_code[step.entry.key] for step in steps if step.effect == "changed"]
    if present:
        session.execute(delete(EnterpriseTag).where(EnterpriseTag.enterprise_id.in_(present)))
    links = [
        {"enterprise_id": by_code[step.entry.key], "tag_id": tags[name]}
        for step in steps
        for name in dict.fromkeys(step.entry.values["tags"])
    ]
    session.execute(insert(EnterpriseTag), links)


class ItemTarget:
    """Items by code; those without one by what the list says about them, numbered when new."""

    def plan(self, session: Session, entries: Sequence[Entry], who: Importer) -> list[Step]:
        """Compare each entry with the item of its code or origin."""
        codes = [entry.values["code"] for entry in entries if entry.values["code"]]
        origins = [origin for entry in entries if (origin := origin_hash(entry))]
        query = select(ITEM_TABLE).where(
            ITEM_TABLE.c.code.in_(codes) | ITEM_TABLE.c.origin_key.in_(origins)
        )
        rows = session.execute(query).mappings().all()
        by_code = {row["code"]: row for row in rows}
        by_origin = {row["origin_key"]: row for row in rows if row["origin_key"]}
        steps = []
        for entry in entries:
            origin = origin_hash(entry)
            row = by_origin.get(origin) if origin else by_code.get(entry.values["code"])
            if row is None:
                kept = who.keeps_department(owner(entry)["department_id"])
                steps.append(new_step(entry, kept=kept))
            else:
                allowed = who.keeps_department(row["department_id"])
                steps.append(compare(entry, row, ITEM_FIELDS, allowed=allowed))
        return steps

    def write(self, session: Session, steps: Sequence[Step], who: Importer) -> None:
        """Insert new items, unpublished until a keeper publishes them; update the others."""
        new_steps = [step for step in steps if step.effect == "new"]
        new = [_new_item(step.entry) for step in new_steps]
        _number(session, new)
        for row in new:
            row["search_text"] = item_search_text(row)
        if new:
            session.execute(insert(InspectionItem), new)
        changed = [step for step in steps if step.effect == "changed"]
        if changed:
            write_updates(session, InspectionItem, changed, item_search_text)
        placed = [(step, row["id"]) for step, row in zip(new_steps, new, strict=True)]
        write_history(session, "item", [*placed, *((s, s.row_id) for s in changed)], who)


def origin_hash(entry: Entry) -> str:
    """What an item without a code is recognised by, as 64 hex digits; "" with a code."""
    origin = entry.values.get("origin_key") or ""
    return hashlib.sha256(origin.encode()).hexdigest() if origin else ""


def _new_item(entry: Entry) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": ids.new_id(),
        "code": entry.values["code"],
        **{name: typed(name, entry.values[name]) for name in ITEM_FIELDS},
        "origin_key": origin_hash(entry) or None,
        "materials": [],
        "published": False,
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }


def _number(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Give items without a code the department's code and the next free three-digit number."""
    nameless = [row for row in rows if not row["code"]]
    if not nameless:
        return
    codes = {item.id: item.code for item in accounts.departments(session)}
    taken = set(session.scalars(select(InspectionItem.code)))
    taken |= {row["code"] for row in rows if row["code"]}
    last: dict[str, int] = {}
    for code in taken:
        found = NUMBERED.search(code)
        if found:
            prefix = code[: found.start()]
            last[prefix] = max(last.get(prefix, 0), int(found[1]))
    for row in nameless:
        prefix = codes[row["department_id"]]
        last[prefix] = last.get(prefix, 0) + 1
        row["code"] = f"{prefix}-{last[prefix]:03d}"


def _items_of(session: Session, entries: Sequence[Entry]) -> dict[str, InspectionItem]:
    codes = [entry.values["item_code"] for entry in entries]
    query = select(InspectionItem).where(InspectionItem.code.in_(codes))
    return {item.code: item for item in session.scalars(query)}


class ChecklistTarget:
    """Checklists: a sheet that differs becomes the item's next version."""

    def plan(self, session: Session, entries: Sequence[Entry], who: Importer) -> list[Step]:
        """Compare each sheet with the version in force."""
        items = _items_of(session, entries)
        return [self._step(session, entry, items.get(entry.key), who) for entry in entries]

    def _step(
        self, session: Session, entry: Entry, item: InspectionItem | None, who: Importer
    ) -> Step:
        if item is None or not who.keeps_department(item.department_id):
            return Step(entry, "refused")
        present = current_checklist(session, item.id)
        if present is None:
            return Step(entry, "new", item.id, label=item.name)
        points = entry.values["points"]
        title = entry.values["title"] or present.title
        digest = checklist_hash(item.code, title, present.version, points)
        if digest == present.content_hash:
            return Step(entry, "unchanged", item.id, label=item.name)
        pair = (present.version, present.version + 1)
        return Step(entry, "changed", item.id, {"version": pair}, item.name)

    def write(self, session: Session, steps: Sequence[Step], who: Importer) -> None:
        """Make the new versions; history comes with each."""
        items = _items_of(session, [step.entry for step in steps])
        for step in steps:
            if step.effect not in {"new", "changed"}:
                continue
            item = items[step.entry.key]
            present = current_checklist(session, item.id)
            title = step.entry.values["title"] or (present.title if present else item.name[:200])
            points = step.entry.values["points"]
            put_checklist(session, item, title, points, by=who.by, batch_id=who.batch_id)


class MaterialsTarget:
    """Materials asked for, kept with the item."""

    def plan(self, session: Session, entries: Sequence[Entry], who: Importer) -> list[Step]:
        """Compare each list with the item's."""
        items = _items_of(session, entries)
        steps = []
        for entry in entries:
            item = items.get(entry.key)
            materials = entry.values["materials"]
            if item is None or not who.keeps_department(item.department_id):
                steps.append(Step(entry, "refused"))
            elif item.materials == materials:
                steps.append(Step(entry, "unchanged", item.id, label=item.name))
            else:
                changes = {"materials": (item.materials, materials)}
                steps.append(Step(entry, "changed", item.id, changes, item.name))
        return steps

    def write(self, session: Session, steps: Sequence[Step], who: Importer) -> None:
        """Set the lists and keep the history."""
        changed = [step for step in steps if step.effect == "changed"]
        if changed:
            write_updates(session, InspectionItem, changed, item_search_text)
        write_history(session, "item", [(step, step.row_id) for step in changed], who)


def add_enterprises(
    session: Session, rows: Iterable[tuple[dict[str, Any], Sequence[str]]], by: Author
) -> int:
    """Add many new enterprises with their tags, in bulk; gives how many.

    rows: (values as `add_enterprise` takes them, tags). For generators and migrations, which
    answer for the regions themselves; a code that is there already raises CodeTaken.
    """
    who = Importer(by, None, frozenset(), ("",))
    target = EnterpriseTarget()
    left = iter(rows)
    count = 0
    while part := list(islice(left, _CHUNK)):
        entries = [_new_entry(values, tags) for values, tags in part]
        steps = target.plan(session, entries, who)
        if any(step.effect != "new" for step in steps):
            raise CodeTaken
        target.write(session, steps, who)
        count += len(steps)
    return count


def _new_entry(values: dict[str, Any], tags: Sequence[str]) -> Entry:
    whole = {**_ENTERPRISE_DEFAULTS, **values, "tags": list(tags)}
    return Entry((0,), values["code"], whole, True, frozenset(whole))


TARGETS: dict[str, Target] = {
    "items": ItemTarget(),
    "checklists": ChecklistTarget(),
    "materials": MaterialsTarget(),
    "officers": OFFICERS,
    "enterprises": EnterpriseTarget(),
}
