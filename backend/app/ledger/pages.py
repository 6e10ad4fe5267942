"""Public files of the log, its public page, and the office's list of entries.

Tiles and checkpoint are served byte for byte as they are stored, to anyone and any site.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from ..platform.access import public, requires
from ..platform.errors import NotFound
from ..platform.transactions import read_session
from . import labels, service
from .schemas import EntryFilter

bp = Blueprint("ledger", __name__, template_folder="templates")

FOREVER = "public, max-age=31536000, immutable"
MOMENT = "public, max-age=2"
_RECENT = 20


@bp.get("/ledger/checkpoint")
@public
def checkpoint() -> Response:
    """The newest signed checkpoint."""
    text = service.checkpoint()
    if text is None:
        raise NotFound
    return _file(text.encode(), "text/plain; charset=utf-8", MOMENT)


@bp.get("/ledger/key")
@public
def key() -> Response:
    """The log's verifier key, one line."""
    return _file(f"{service.verifier_key()}\n".encode(), "text/plain; charset=utf-8", MOMENT)


@bp.get("/ledger/tile/<path:name>")
@public
def tile(name: str) -> Response:
    """A tile or an entry bundle."""
    data = service.tile(name)
    if data is None:
        raise NotFound
    return _file(data, "application/octet-stream", FOREVER)


@bp.get("/ledger/timestamp/<name>")
@public
def timestamp(name: str) -> Response:
    """A time stamp as its authority gave it, or the text that it stamps."""
    data = service.timestamp_file(name)
    if data is None:
        raise NotFound
    kind = "application/timestamp-reply" if name.endswith(".tsr") else "text/plain; charset=utf-8"
    return _file(data, kind, FOREVER)


@bp.get("/ledger/entry/<int:index>.tlog-proof")
@public
def proof(index: int) -> Response:
    """The proof that entry ``index`` is in the log, to keep and verify offline."""
    with read_session() as session:
        data = service.proof_at(session, index)
    if data is None:
        raise NotFound
    response = _file(data, "text/plain; charset=utf-8", MOMENT)
    response.headers["Content-Disposition"] = f'attachment; filename="entry-{index}.tlog-proof"'
    return response


@bp.get("/ledger/")
@public
def public_page() -> str:
    """What the ledger is, its checkpoint, and its newest entries."""
    with read_session() as session:
        return render_template(
            "ledger/public.html",
            state=service.overview(session),
            entries=service.published(session, _RECENT),
            **_labels(),
        )


@bp.get("/office/ledger")
@requires("ledger.read")
def office_page() -> str:
    """Newest entries first, with filters, and how the log stands."""
    asked = EntryFilter().load(request.args)
    with read_session() as session:
        return render_template(
            "ledger/office.html",
            asked=asked,
            state=service.overview(session),
            page=service.entries(session, **asked),
            types=[(code, str(label)) for code, label in labels.TYPES.items()],
            **_labels(),
        )


def _labels() -> dict[str, Any]:
    return {
        "type_label": labels.type_label,
        "problem_label": labels.problem_label,
        "subject_label": labels.subject_label,
    }


def _file(data: bytes, content_type: str, cache: str) -> Response:
    response = Response(data, content_type=content_type)
    response.headers["Cache-Control"] = cache
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return response
