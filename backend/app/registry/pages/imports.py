"""Pages of the import: upload, columns, check, words, firms, import, what was done.

`/imports/<id>` always shows the step the import is at, so reloading and going back are safe. The
pages' contents are gathered in `import_views`, the forms' shapes are in `import_schemas`.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.datastructures import FileStorage

from backend.app.platform.access import current_actor, requires
from backend.app.platform.errors import NotFound
from backend.app.platform.forms import load, load_value, typed, uploaded
from backend.app.platform.i18n import gettext as _
from backend.app.platform.transactions import read_session
from backend.app.registry.choices import KINDS_OF_FILE
from backend.app.registry.errors import FileUnreadable
from backend.app.registry.import_schemas import (
    AcceptForm,
    DecisionsForm,
    ImportOrder,
    PairsForm,
    ReadingForm,
    UploadForm,
    columns_of,
    words_of,
)
from backend.app.registry.imports.kinds import KINDS
from backend.app.registry.pages import forms, import_views
from backend.app.registry.pages.blueprint import bp
from backend.app.registry.service import import_report, importing
from backend.app.registry.service.import_files import PIECE

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _to(batch_id: UUID, more: str = "") -> ResponseReturnValue:
    return redirect(f"/office/registry/imports/{batch_id}{more}", code=303)


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
    return import_views.upload(request.args.get("kind", "enterprises"))


@bp.post("/imports/new")
@requires("registry.import")
def import_receive() -> ResponseReturnValue:
    """Take the file in; the same form sent twice makes one import."""
    try:
        sent, file = load(UploadForm()), _file()
        importing.receive(
            sent["batch"], sent["kind"], file.filename or "", _pieces(file), current_actor()
        )
    except ValidationError:
        return _upload_again(FileUnreadable(_("Choose a register and a file")))
    except FileUnreadable as problem:
        return _upload_again(problem)
    return _to(sent["batch"])


def _upload_again(problem: FileUnreadable) -> ResponseReturnValue:
    return import_views.upload(load_value("kind"), problem), 422


def _file() -> FileStorage:
    """The file of the form; raises FileUnreadable when there is none."""
    file = uploaded("file")
    if file is None or not file.filename:
        raise FileUnreadable(_("Choose a register and a file"))
    return file


def _pieces(file: FileStorage) -> Iterator[bytes]:
    return iter(lambda: file.stream.read(PIECE), b"")


@bp.get("/imports/<uuid:batch_id>")
@requires("registry.import")
def import_page(batch_id: UUID) -> str:
    """The step the import is at."""
    actor, asked = current_actor(), request.args.get
    wanted = import_views.Wanted(
        asked("step", ""), asked("severity", ""), asked("code", ""), forms.page_number()
    )
    with read_session() as session:
        batch = importing.get_batch(session, actor, batch_id)
        return import_views.step(session, batch, actor, wanted)


@bp.get("/imports/<uuid:batch_id>/progress")
@requires("registry.import")
def import_progress(batch_id: UUID) -> ResponseReturnValue:
    """The progress bar; tells the page to reload when the job has ended."""
    with read_session() as session:
        batch = importing.get_batch(session, current_actor(), batch_id)
        if batch.state not in import_views.BUSY:
            return Response(status=204, headers={"HX-Refresh": "true"})
        return import_views.running(batch, "registry/imports/progress.html")


@bp.post("/imports/<uuid:batch_id>/reread")
@requires("registry.import")
def import_reread(batch_id: UUID) -> ResponseReturnValue:
    """Read the file another way."""
    try:
        importing.reread(batch_id, ReadingForm().reading(typed()), current_actor())
    except FileUnreadable as problem:
        flash(f"{problem.title}: {problem.detail}", "bad")
    return _to(batch_id, "?step=columns")


@bp.post("/imports/<uuid:batch_id>/check")
@requires("registry.import")
def import_check(batch_id: UUID) -> ResponseReturnValue:
    """Keep the columns and check the file."""
    actor = current_actor()
    mapping, left = columns_of(typed())
    options = {**load(DecisionsForm()), "left_columns": left}
    wrong = importing.order_check(batch_id, mapping, options, actor)
    if not wrong:
        return _to(batch_id)
    with read_session() as session:
        batch = importing.get_batch(session, actor, batch_id)
        return import_views.columns(session, batch, actor, wrong), 422


@bp.post("/imports/<uuid:batch_id>/decide")
@requires("registry.import")
def import_decide(batch_id: UUID) -> ResponseReturnValue:
    """Say what words mean, or how rows without a code, department or region are taken."""
    options = load(DecisionsForm())
    importing.decide(batch_id, options, words_of(typed()), current_actor())
    return _to(batch_id)


@bp.post("/imports/<uuid:batch_id>/firms")
@requires("registry.import")
def import_firms(batch_id: UUID) -> ResponseReturnValue:
    """Say which firms under two codes are one."""
    sent = load(PairsForm())
    importing.decide_pairs(batch_id, sent["chosen"], sent["rest"], current_actor())
    return _to(batch_id)


@bp.post("/imports/<uuid:batch_id>/accept")
@requires("registry.import")
def import_accept(batch_id: UUID) -> ResponseReturnValue:
    """Accept the likely readings of one kind of damaged code."""
    try:
        code = load(AcceptForm())["code"]
    except ValidationError:
        raise NotFound from None
    importing.accept_reading(batch_id, code, current_actor())
    return _to(batch_id)


@bp.post("/imports/<uuid:batch_id>/import")
@requires("registry.import")
def import_write(batch_id: UUID) -> ResponseReturnValue:
    """Write into the register."""
    order = load(ImportOrder())
    importing.order_import(batch_id, only_good=order["only_good"], by=current_actor())
    return _to(batch_id)


@bp.post("/imports/<uuid:batch_id>/discard")
@requires("registry.import")
def import_discard(batch_id: UUID) -> ResponseReturnValue:
    """Drop the import."""
    importing.discard(batch_id, current_actor())
    flash(_("The import was discarded"), "ok")
    return redirect("/office/registry/imports", code=303)


@bp.get("/imports/<uuid:batch_id>/report.xlsx")
@requires("registry.import")
def import_report_file(batch_id: UUID) -> Response:
    """The findings and the reconciliation as a workbook."""
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
