"""The public pages of the fairness report and its open data: no script, no cookie, no name."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from ..platform.access import public
from ..platform.errors import NotFound, Problem
from ..platform.security import limiter
from ..platform.transactions import read_session
from ..portal import service as portal
from . import service, views

bp = Blueprint("fairness", __name__, template_folder="templates")
LIMIT = "120 per minute"


@bp.errorhandler(Problem)
def _problem(problem: Problem) -> ResponseReturnValue:
    return render_template("portal/problem.html", problem=problem.document()), problem.status


@bp.get("/fairness")
@public
@portal.cacheable
@limiter.limit(LIMIT)
def county_page() -> str:
    """公平性报告: all draws of the county."""
    with read_session() as session:
        view = views.county_view(service.county(session))
    return render_template("fairness/county.html", **view)


@bp.get("/fairness/<code>")
@public
@portal.cacheable
@limiter.limit(LIMIT)
def office_page(code: str) -> str:
    """The draws that one office led, and how many visits each of its officers was drawn for."""
    with read_session() as session:
        office = service.county(session).office(code)
    if office is None:
        raise NotFound
    return render_template("fairness/office.html", **views.office_view(office))


@bp.get("/open/v1/fairness")
@public
@portal.cacheable
@limiter.limit(LIMIT)
def open_data() -> ResponseReturnValue:
    """The report's numbers, from which anyone can compute it again."""
    with read_session() as session:
        document: dict[str, Any] = views.document(service.county(session))
    return jsonify(document)


@bp.get("/open/v1/fairness/<number>")
@public
@portal.cacheable
@limiter.limit(LIMIT)
def open_draw(number: str) -> ResponseReturnValue:
    """The groups of one draw; the ledger's entry of its freeze holds the digest of ``frozen``."""
    with read_session() as session:
        found = service.groups_of(session, number)
    if found is None:
        raise NotFound
    return jsonify({"v": "evenhand-fairness/1", "number": number, **found})
