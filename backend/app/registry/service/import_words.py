"""What the words of a file mean: the lists they are chosen from, and what was decided before.

A word nobody knows is decided once for each department and kind of file; later files of the same
source are read with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.accounts import service as accounts
from backend.app.platform import clock, ids
from backend.app.platform.access import Actor
from backend.app.platform.i18n import lazy_gettext as _l
from backend.app.registry.choices import (
    CATEGORIES,
    ENTERPRISE_KINDS,
    EVIDENCE,
    POINT_KINDS,
    RISK_CLASSES,
    STATUSES,
    Choices,
)
from backend.app.registry.imports.cells import fold
from backend.app.registry.models import ImportBatch, ImportWord, InspectionItem

LEFT_EMPTY = "-"
"""What a form sends for "leave the field empty"."""

Words = dict[str, dict[str, str]]
"""Field -> word -> value; "" leaves the field empty."""

_YES_OR_NO: Choices = {"yes": _l("Active: can be drawn"), "no": _l("Not active: is not drawn")}
_VOCABULARIES: dict[tuple[str, str], Choices] = {
    ("enterprises", "kind"): ENTERPRISE_KINDS,
    ("enterprises", "status"): STATUSES,
    ("enterprises", "risk_class"): RISK_CLASSES,
    ("officers", "active"): _YES_OR_NO,
    ("items", "category"): CATEGORIES,
    ("checklists", "kind"): POINT_KINDS,
    ("checklists", "evidence"): EVIDENCE,
}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class WordQuestion:
    """A word of the file: in which field, in how many rows, what it may mean, what was decided
    (None: nothing yet)."""

    field: str
    word: str
    rows: int
    choices: list[tuple[str, str | LazyString]]
    decided: str | None


def questions(session: Session, batch: ImportBatch, actor: Actor) -> list[WordQuestion]:
    """Every word of the last check that the program does not know, and every word decided for
    this file, those without a decision first."""
    choices: dict[str, list[tuple[str, str | LazyString]]] = {}
    decided = words_of(batch)
    met = {(field, word): rows for field, word, rows in batch.counts.get("words", ())}
    for field, meanings in decided.items():
        for word in meanings:
            met.setdefault((field, word), 0)
    found = []
    for (field, word), rows in met.items():
        if field not in choices:
            choices[field] = _choices(session, batch.kind, field, actor)
        value = decided.get(field, {}).get(word)
        shown = LEFT_EMPTY if value == "" else value
        found.append(WordQuestion(field, word, rows, choices[field], shown))
    return sorted(found, key=lambda one: (one.decided is not None, one.field, -one.rows, one.word))


def _choices(
    session: Session, kind: str, field: str, actor: Actor
) -> list[tuple[str, str | LazyString]]:
    if field == "department":
        kept = accounts.permitted(session, actor, "registry.import")
        return [(str(one.id), one.name) for one in accounts.departments(session, kept)]
    if field == "specialities":
        known: list[tuple[str, str | LazyString]] = [
            (word, word) for word in sorted(known_qualifications(session))
        ]
        return [*known, (LEFT_EMPTY, _l("Not a qualification: leave it out"))]
    return [(value or LEFT_EMPTY, text) for value, text in _VOCABULARIES[kind, field].items()]


def known_qualifications(session: Session) -> set[str]:
    """The qualifications the items of the register ask for."""
    found: set[str] = set()
    for words in session.scalars(select(InspectionItem.specialities)):
        found.update(words)
    return found


def words_of(batch: ImportBatch) -> Words:
    """What was decided for the words of this file."""
    words: Words = {field: dict(found) for field, found in batch.options.get("words", {}).items()}
    if batch.options.get("departments"):
        words["department"] = dict(batch.options["departments"])
    return words


def sensible(session: Session, batch: ImportBatch, sent: Words, actor: Actor) -> Words:
    """The decisions of a form that choose something the lists offer; others are let be."""
    chosen: Words = {}
    for field, meanings in sent.items():
        if field not in {"department", "specialities"} and (batch.kind, field) not in _VOCABULARIES:
            continue
        offered = {str(value) for value, _text in _choices(session, batch.kind, field, actor)}
        for word, value in meanings.items():
            if value in offered or (field == "specialities" and value == word):
                meaning = "" if value == LEFT_EMPTY else value
                chosen.setdefault(field, {})[word[:_LONGEST]] = meaning
    return chosen


def decided_options(batch: ImportBatch, words: Words) -> dict[str, Any]:
    """The batch's options with these decisions added."""
    kept = {name: {**found} for name, found in batch.options.get("words", {}).items()}
    departments = {**batch.options.get("departments", {}), **words.get("department", {})}
    for field, meanings in words.items():
        if field != "department":
            kept[field] = {**kept.get(field, {}), **meanings}
    return {"words": kept, "departments": departments}


def remember(session: Session, batch: ImportBatch, words: Words, by: Actor) -> None:
    """Keep decisions for later files of the same department and kind."""
    for field, meanings in words.items():
        for word, value in meanings.items():
            _remember(session, batch, field, word, value, by.account_id)


def _remember(
    session: Session, batch: ImportBatch, field: str, word: str, value: str, account_id: UUID
) -> None:
    key = fold(word)[:_LONGEST] or word
    query = select(ImportWord).where(
        ImportWord.department_id == batch.department_id,
        ImportWord.kind == batch.kind,
        ImportWord.field == field,
        ImportWord.key == key,
    )
    known = session.scalar(query)
    if known is None:
        known = ImportWord(
            id=ids.new_id(),
            department_id=batch.department_id,
            kind=batch.kind,
            field=field,
            key=key,
            word=word[:_LONGEST],
        )
        session.add(known)
    known.value, known.decided_by, known.decided_at = value[:_LONGEST], account_id, clock.now()
    session.flush()


def remembered(session: Session, department_id: UUID, kind: str) -> dict[str, Any]:
    """What the department decided for words of such files before, as options of a new batch."""
    query = select(ImportWord).where(
        ImportWord.department_id == department_id, ImportWord.kind == kind
    )
    words: Words = {}
    for found in session.scalars(query.order_by(ImportWord.decided_at)):
        words.setdefault(found.field, {})[found.word] = found.value
    departments = words.pop("department", {})
    return {"words": words, "departments": departments}


def folded(words: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Decisions by folded word, as the checkers look them up."""
    return {
        field: {fold(word): value for word, value in meanings.items()}
        for field, meanings in words.items()
        if field != "department"
    }


def word_rows(counted: Mapping[tuple[str, str], int], most: int) -> Sequence[list[Any]]:
    """The most frequent unknown words as a batch keeps them: [field, word, rows]."""
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return [[field, word, rows] for (field, word), rows in ordered[:most]]
