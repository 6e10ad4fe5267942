"""What the pages of the import show, gathered from a batch and the register.

Each function gives a page's text; none of them reads the request's form or writes.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from sqlalchemy.orm import Session

from backend.app.platform import ids
from backend.app.platform.access import Actor
from backend.app.platform.errors import Problem
from backend.app.registry.choices import ENTERPRISE_KINDS, KINDS_OF_FILE, STATUSES, field_names
from backend.app.registry.import_schemas import ACCEPTABLE
from backend.app.registry.imports.csv_source import DELIMITERS
from backend.app.registry.messages import (
    EFFECTS,
    FAILURES,
    FATES,
    MAPPING,
    PAIR_REASONS,
    QUESTIONS,
    SEVERITIES,
    finding,
    headline,
    why_left_out,
)
from backend.app.registry.models import ImportBatch
from backend.app.registry.pages import changes, forms
from backend.app.registry.service import (
    history,
    import_pairs,
    import_report,
    import_words,
    importing,
)
from backend.app.registry.service.import_files import look
from backend.app.registry.service.import_tally import reconcile

BUSY = frozenset({"checking", "importing"})
_UNDECIDED = frozenset({"missing_item_code", "missing_region", "missing_department"})
_WORDS_SHOWN = 60


def upload(kind: str, problem: Problem | None = None) -> str:
    """The form that takes a file."""
    return render_template(
        "registry/imports/upload.html",
        kind=kind,
        kinds=KINDS_OF_FILE,
        batch_id=ids.new_id(),
        problem=problem,
    )


def step(session: Session, batch: ImportBatch, actor: Actor, wanted: Wanted) -> str:
    """The step the import is at; of a checked one, the step that is wanted."""
    if batch.state in BUSY:
        return running(batch, "registry/imports/running.html")
    if batch.state in {"done", "discarded"}:
        return _done(session, batch, wanted)
    if batch.state == "checked" and wanted.step == "firms":
        return _firms(session, batch, wanted)
    if batch.state == "checked" and wanted.step != "columns":
        return _report(session, batch, actor, wanted)
    return columns(session, batch, actor)


def running(batch: ImportBatch, template: str) -> str:
    """How far the running job is."""
    done, total = importing.progress(batch)
    return render_template(template, batch=batch, done=done, total=total, kinds=KINDS_OF_FILE)


def columns(
    session: Session,
    batch: ImportBatch,
    actor: Actor,
    wrong: Sequence[tuple[str, str]] = (),
) -> str:
    """The choice of columns, with what is wrong about it."""
    seen, sheets = look(batch)
    used = set(batch.mapping.values())
    asked = {question.column for question in seen.questions}
    unused = [
        seen.label(column)
        for column in seen.shown
        if column not in used and column not in asked and seen.label(column)
    ]
    return render_template(
        "registry/imports/columns.html",
        batch=batch,
        seen=seen,
        unused=unused,
        sheets=sheets,
        left={*batch.options.get("left_columns", ())},
        take_hidden=batch.options.get("take_hidden", False),
        hidden_columns=_hidden_columns(batch),
        column_letter=column_letter,
        kind=importing.kind_of(batch),
        departments=forms.kept_departments(session, actor),
        delimiters=DELIMITERS,
        field_names=field_names(batch.kind),
        questions=QUESTIONS,
        wrong={field: MAPPING[code] for code, field in wrong},
        failure=FAILURES.get(batch.failure),
        kinds=KINDS_OF_FILE,
    )


def _hidden_columns(batch: ImportBatch) -> list[str]:
    """The letters of the columns that are read though the sheet hides them."""
    hidden = set(batch.survey.get("hidden_columns", ()))
    return [column_letter(column) for column in sorted(hidden.intersection(batch.mapping.values()))]


def column_letter(index: int) -> str:
    """A column as spreadsheets call it: A, B … Z, AA."""
    letters = ""
    while index >= 0:
        letters = chr(ord("A") + index % 26) + letters
        index = index // 26 - 1
    return letters


def _report(session: Session, batch: ImportBatch, actor: Actor, wanted: Wanted) -> str:
    severity = wanted.severity or ("error" if batch.counts["errors"] else "all")
    severity = "" if severity == "all" else severity
    words = import_words.questions(session, batch, actor)
    open_words = [word for word in words if word.decided is None]
    return render_template(
        "registry/imports/report.html",
        batch=batch,
        counts=batch.counts,
        groups=_groups(batch),
        page=importing.problems(session, batch.id, severity, wanted.code, wanted.page),
        shown=(severity, wanted.code),
        severities=SEVERITIES,
        finding=finding,
        headline=headline,
        column_name=import_report.column_name,
        acceptable=ACCEPTABLE,
        words=open_words[:_WORDS_SHOWN],
        more_words=max(0, len(open_words) - _WORDS_SHOWN),
        decided_words=[word for word in words if word.decided is not None],
        departments=forms.kept_departments(session, actor),
        undecided={name for _level, name, _count in batch.counts["of"]} & _UNDECIDED,
        **_shared(batch),
    )


def _shared(batch: ImportBatch) -> dict[str, object]:
    """What every page after the check shows: the reconciliation and its words."""
    return {
        "reckoning": reconcile(batch.counts, batch.summary, batch.survey),
        "fates": FATES,
        "effects": EFFECTS,
        "why_left_out": why_left_out,
        "fields": field_names(batch.kind),
        "kinds": KINDS_OF_FILE,
    }


def _groups(batch: ImportBatch) -> list[tuple[str, str, int]]:
    """(severity, code, count) of all findings, worst and most frequent first."""
    order = {"error": 0, "warning": 1, "note": 2}
    groups = [(level, code, count) for level, code, count in batch.counts["of"]]
    return sorted(groups, key=lambda group: (order[group[0]], -group[2], group[1]))


def _firms(session: Session, batch: ImportBatch, wanted: Wanted) -> str:
    return render_template(
        "registry/imports/firms.html",
        batch=batch,
        page=import_pairs.list_pairs(session, batch.id, wanted.page),
        decided=batch.options.get("pairs", {}),
        reasons=PAIR_REASONS,
        statuses=STATUSES,
        enterprise_kinds=ENTERPRISE_KINDS,
        kinds=KINDS_OF_FILE,
    )


def _done(session: Session, batch: ImportBatch, wanted: Wanted) -> str:
    changed = history.of_batch(session, batch.id, wanted.page)
    return render_template(
        "registry/imports/done.html",
        batch=batch,
        changes=changed,
        names=changes.value_names(session, changed.items),
        pairs=import_pairs.decided_pairs(batch),
        **_shared(batch),
    )


class Wanted:
    """Which step and which part of it an address asks for."""

    def __init__(self, step: str, severity: str, code: str, page: int) -> None:
        self.step, self.severity, self.code, self.page = step, severity, code, page
