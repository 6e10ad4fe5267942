"""Pages of the import: upload, columns, check, report, import, what was done.

`/imports/<id>` always shows the step the import is at, so reloading and going back are safe.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from backend.app.platform import ids
from backend.app.platform.access import current_actor, requires
from backend.app.platform.errors import NotFound, Problem
from backend.app.platform.i18n import gettext as _
from backend.app.platform.transactions import read_session
from backend.app.registry.choices import KINDS_OF_FILE, field_names
from backend.app.registry.errors import FileUnreadable
from backend.app.registry.imports.csv_source import ENCODINGS
from backend.app.registry.imports.kinds import KINDS
from backend.app.registry.messages import FAILURES, MAPPING, SEVERITIES, finding, headline
from backend.app.registry.models import ImportBatch
from backend.app.registry.pages import forms
from backend.app.registry.pages.blueprint import bp
from backend.app.registry.service import history, import_report, importing

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ACCEPTABLE = frozenset({"code_lowercase", "code_mix_up"})
_UNDECIDED = frozenset({"missing_item_code", "missing_region", "missing_department"})
_PIECE = 1 << 20


def _address(batch_id: UUID) -> str:
    return f"/office/registry/imports/{batch_id}"


@bp.get("/imports")
@requires("registry.import")
def import_list() -> str:
    """Imports done and under way."""
    with read_session() as session:
        page = importing.list_batches(session, current_actor(), forms.page_number())
        return render_template("registry/imports/list.html", page=page, kinds=KINDS_OF_FILE)


@bp.get("/imports/new")
@requires("registry.import")
def import_new() -> str:
    """Choose a register and a file."""
    return _upload(request.args.get("kind", "enterprises"))


def _upload(kind: str, problem: Problem | None = None) -> str:
    return render_template(
        "registry/imports/upload.html",
        kind=kind,
        kinds=KINDS_OF_FILE,
        batch_id=ids.new_id(),
        problem=problem,
    )


@bp.post("/imports/new")
@requires("registry.import")
def import_receive() -> ResponseReturnValue:
    """Take the file in; the same form sent twice makes one import."""
    kind, file = request.form.get("kind", ""), request.files.get("file")
    if kind not in KINDS or file is None or not file.filename:
        return _upload(kind, FileUnreadable(_("Choose a register and a file"))), 422
    try:
        batch_id = UUID(request.form.get("batch", ""))
        importing.receive(batch_id, kind, file.filename, _pieces(file), current_actor())
    except (FileUnreadable, ValueError) as error:
        problem = error if isinstance(error, Problem) else FileUnreadable()
        return _upload(kind, problem), 422
    return redirect(_address(batch_id), code=303)


def _pieces(file: FileStorage) -> Iterator[bytes]:
    return iter(lambda: file.stream.read(_PIECE), b"")


@bp.get("/imports/<uuid:batch_id>")
@requires("registry.import")
def import_page(batch_id: UUID) -> str:
    """The step the import is at."""
    with read_session() as session:
        batch = importing.get_batch(session, current_actor(), batch_id)
        if batch.state in {"checking", "importing"}:
            return _running(batch, "registry/imports/running.html")
        if batch.state == "checked" and request.args.get("step") != "columns":
            return _report(session, batch)
        if batch.state in {"done", "discarded"}:
            changes = history.of_batch(session, batch_id, forms.page_number())
            return render_template(
                "registry/imports/done.html",
                batch=batch,
                changes=changes,
                kinds=KINDS_OF_FILE,
                fields=field_names(batch.kind),
            )
        return _columns(batch)


def _running(batch: ImportBatch, template: str) -> str:
    done, total = importing.progress(batch)
    return render_template(template, batch=batch, done=done, total=total, kinds=KINDS_OF_FILE)


@bp.get("/imports/<uuid:batch_id>/progress")
@requires("registry.import")
def import_progress(batch_id: UUID) -> ResponseReturnValue:
    """The progress bar; tells the page to reload when the job has ended."""
    with read_session() as session:
        batch = importing.get_batch(session, current_actor(), batch_id)
        if batch.state not in {"checking", "importing"}:
            return Response(status=204, headers={"HX-Refresh": "true"})
        return _running(batch, "registry/imports/progress.html")


def _columns(
    batch: ImportBatch,
    wrong: list[tuple[str, str]] | None = None,
    problem: Problem | None = None,
) -> str:
    seen, sheets = importing.look(batch)
    used = set(batch.mapping.values())
    unused = [label for place, label in enumerate(seen.labels) if label and place not in used]
    with read_session() as session:
        departments = forms.kept_departments(session, current_actor())
    return render_template(
        "registry/imports/columns.html",
        batch=batch,
        seen=seen,
        unused=unused,
        sheets=[(name, name) for name in sheets],
        column_letter=_column_letter,
        kind=importing.kind_of(batch),
        departments=departments,
        encodings=ENCODINGS,
        field_names=field_names(batch.kind),
        wrong={field: MAPPING[code] for code, field in wrong or []},
        problem=problem,
        failure=FAILURES.get(batch.failure),
        kinds=KINDS_OF_FILE,
    )


def _column_letter(index: int) -> str:
    """A column as spreadsheets call it: A, B … Z, AA."""
    letters = ""
    while index >= 0:
        letters = chr(ord("A") + index % 26) + letters
        index = index // 26 - 1
    return letters


@bp.post("/imports/<uuid:batch_id>/reread")
@requires("registry.import")
def import_reread(batch_id: UUID) -> ResponseReturnValue:
    """Read the file another way."""
    form = request.form
    try:
        importing.reread(
            batch_id,
            form.get("encoding", ""),
            form.get("sheet", ""),
            header_row=form.get("header_row", type=int),
            by=current_actor(),
        )
    except FileUnreadable as problem:
        flash(f"{problem.title}: {problem.detail}", "bad")
    return redirect(_address(batch_id) + "?step=columns", code=303)


@bp.post("/imports/<uuid:batch_id>/check")
@requires("registry.import")
def import_check(batch_id: UUID) -> ResponseReturnValue:
    """Keep the columns and check the file."""
    actor = current_actor()
    wrong = importing.order_check(batch_id, _mapping(), _decisions(request.form), actor)
    if not wrong:
        return redirect(_address(batch_id), code=303)
    with read_session() as session:
        return _columns(importing.get_batch(session, actor, batch_id), wrong), 422


def _mapping() -> dict[str, int]:
    """field -> column from `m-<field>` selects; empty ones are left out."""
    chosen = {
        name[2:]: value for name, value in request.form.items() if name.startswith("m-") and value
    }
    return {name: int(value) for name, value in chosen.items() if value.isdecimal()}


def _decisions(form: Mapping[str, str]) -> dict[str, Any]:
    """Decisions the form asked for; those it did not ask for stay as they are."""
    decisions: dict[str, Any] = {}
    if "default_department" in form:
        decisions["default_department"] = form["default_department"]
    if "default_region" in form:
        region = form["default_region"].strip()
        decisions["default_region"] = region if region.isdecimal() and len(region) <= 12 else ""
    if "numbering" in form:
        decisions["number_items"] = form["numbering"] == "number"
    return decisions


@bp.post("/imports/<uuid:batch_id>/decide")
@requires("registry.import")
def import_decide(batch_id: UUID) -> ResponseReturnValue:
    """Say which departments are meant, or how rows without a code or region are taken."""
    form, actor = request.form, current_actor()
    with read_session() as session:
        batch = importing.get_batch(session, actor, batch_id)
        named = dict(batch.options["departments"])
    for name, value in form.items():
        if name.startswith("department-") and value:
            named[form.get(f"name-{name[11:]}", "")] = value
    importing.decide(batch_id, {**_decisions(form), "departments": named}, actor)
    return redirect(_address(batch_id), code=303)


@bp.post("/imports/<uuid:batch_id>/accept")
@requires("registry.import")
def import_accept(batch_id: UUID) -> ResponseReturnValue:
    """Accept the likely readings of one kind of damaged code."""
    code = request.form.get("code", "")
    if code not in _ACCEPTABLE:
        raise NotFound
    importing.accept_reading(batch_id, code, current_actor())
    return redirect(_address(batch_id), code=303)


@bp.post("/imports/<uuid:batch_id>/import")
@requires("registry.import")
def import_write(batch_id: UUID) -> ResponseReturnValue:
    """Write into the register."""
    only_good = request.form.get("only_good") == "1"
    importing.order_import(batch_id, only_good=only_good, by=current_actor())
    return redirect(_address(batch_id), code=303)


@bp.post("/imports/<uuid:batch_id>/discard")
@requires("registry.import")
def import_discard(batch_id: UUID) -> ResponseReturnValue:
    """Drop the import."""
    importing.discard(batch_id, current_actor())
    flash(_("The import was discarded"), "ok")
    return redirect("/office/registry/imports", code=303)


def _report(session: Session, batch: ImportBatch) -> str:
    worst = "error" if batch.counts["errors"] else "all"
    severity, code = request.args.get("severity", worst), request.args.get("code", "")
    severity = "" if severity == "all" else severity
    return render_template(
        "registry/imports/report.html",
        batch=batch,
        counts=batch.counts,
        groups=_groups(batch),
        page=importing.problems(session, batch.id, severity, code, forms.page_number()),
        shown=(severity, code),
        severities=SEVERITIES,
        finding=finding,
        headline=headline,
        column_name=import_report.column_name,
        acceptable=_ACCEPTABLE,
        unknown=importing.unknown_departments(session, batch.id),
        departments=forms.kept_departments(session, current_actor()),
        undecided={name for _level, name, _count in batch.counts["of"]} & _UNDECIDED,
        kinds=KINDS_OF_FILE,
    )


def _groups(batch: ImportBatch) -> list[tuple[str, str, int]]:
    """(severity, code, count) of all findings, worst and most frequent first."""
    order = {"error": 0, "warning": 1, "note": 2}
    groups = [(level, code, count) for level, code, count in batch.counts["of"]]
    return sorted(groups, key=lambda group: (order[group[0]], -group[2], group[1]))


@bp.get("/imports/<uuid:batch_id>/report.xlsx")
@requires("registry.import")
def import_report_file(batch_id: UUID) -> Response:
    """The findings as a workbook."""
    with read_session() as session:
        batch = importing.get_batch(session, current_actor(), batch_id)
        with import_report.workbook(session, batch) as file:
            response = Response(file.read(), mimetype=_XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="report-{batch_id}.xlsx"'
    return response


@bp.get("/imports/template/<kind>.csv")
@requires("registry.import")
def import_template(kind: str) -> Response:
    """An empty file with the columns of a register."""
    if kind not in KINDS:
        raise NotFound
    response = Response(import_report.template_csv(KINDS[kind]), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return response
