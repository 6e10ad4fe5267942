"""The public portal: pages without script or cookie that show publications and nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from ..disclosure import service as disclosure
from ..platform import errors
from ..platform.access import public
from ..platform.errors import NotFound, Problem
from ..platform.i18n import remember_language
from ..platform.transactions import read_session
from ..platform.web import is_local_address
from . import service
from .caching import cacheable
from .schemas import read_asked

ELSEWHERE = ("/office", "/app/", "/look/", "/verify/", "/ledger/")

bp = Blueprint("portal", __name__, template_folder="templates")


@bp.context_processor
def _labels() -> dict[str, Any]:
    return {
        "category_label": disclosure.category_label,
        "category_colour": disclosure.category_colour,
        "follow_up_label": disclosure.follow_up_label,
        "lot_label": disclosure.lot_label,
    }


@bp.errorhandler(Problem)
def _problem(problem: Problem) -> ResponseReturnValue:
    return render_template("portal/problem.html", problem=problem.document()), problem.status


@bp.app_errorhandler(404)
def _unknown_address(error: HTTPException) -> ResponseReturnValue:
    """Answer an unknown address with the portal's page, except below ELSEWHERE."""
    if errors.wants_json() or request.path.startswith(ELSEWHERE):
        return errors.respond(errors.Plain(error))
    return _problem(errors.Plain(error))


@bp.get("/")
@public
@cacheable
def home() -> str:
    """首页: the figures, the newest draws and the newest results."""
    with read_session() as session:
        return render_template("portal/home.html", **service.home(session))


@bp.get("/results")
@public
@cacheable
def results() -> str:
    """抽查结果: search and filters."""
    asked, mistakes = read_asked(request.args)
    with read_session() as session:
        found = service.results(session, asked)
        return render_template("portal/results.html", asked=asked, mistakes=mistakes, **found)


@bp.get("/results/<uuid:publication_id>")
@public
@cacheable
def result(publication_id: UUID) -> str:
    """One result with its draw, its digest and the corrections beside it."""
    with read_session() as session:
        found = disclosure.result(session, publication_id)
        if found is None:
            raise NotFound
        beside = disclosure.corrections(session, publication_id)
        return render_template("portal/result.html", result=found, corrections=beside)


@bp.get("/enterprises/<code>")
@public
@cacheable
def enterprise(code: str) -> str:
    """All that is public about one enterprise, and the clocks that run for it."""
    with read_session() as session:
        return render_template("portal/enterprise.html", **service.enterprise(session, code))


@bp.get("/draws")
@public
@cacheable
def draws() -> str:
    """抽取公告: a page of all draws, newest first."""
    asked, _mistakes = read_asked(request.args)
    with read_session() as session:
        return render_template("portal/draws.html", **service.draws(session, asked["page"]))


@bp.get("/draws/<number>")
@public
@cacheable
def draw(number: str) -> str:
    """One draw: digests, strata, seats, the enterprises drawn, how to re-compute it."""
    asked, _mistakes = read_asked(request.args)
    with read_session() as session:
        return render_template("portal/draw.html", **service.draw(session, number, asked["page"]))


@bp.get("/items")
@public
@cacheable
def items() -> str:
    """抽查事项清单: a page of the published items."""
    asked, _mistakes = read_asked(request.args)
    with read_session() as session:
        return render_template("portal/items.html", asked=asked, **service.items(session, asked))


@bp.get("/items/<code>")
@public
@cacheable
def item(code: str) -> str:
    """One item of the list with its legal basis in full."""
    with read_session() as session:
        return render_template("portal/item.html", **service.item(session, code))


@bp.get("/how-it-works")
@public
@cacheable
def how_it_works() -> str:
    """What is proven, by what, and what is not."""
    return render_template("portal/how_it_works.html")


@bp.get("/open-data")
@public
@cacheable
def open_data() -> str:
    """The page that tells programs which addresses give the data."""
    return render_template("portal/open_data.html")


@bp.get("/lang/<any('zh-CN', 'en'):lang>")
@public
def language(lang: str) -> ResponseReturnValue:
    """Keep the language a reader chose. A link, since a form would need a session's cookie."""
    back = request.args.get("next", "/")
    response = redirect(back if is_local_address(back) else "/", code=303)
    remember_language(response, lang)
    return response


@bp.get("/sitemap.xml")
@public
@cacheable
def sitemap() -> Response:
    """Addresses for search engines."""
    with read_session() as session:
        text = render_template("portal/sitemap.xml", **service.sitemap(session))
    return Response(text, mimetype="application/xml")


@bp.get("/robots.txt")
@public
@cacheable
def robots() -> Response:
    """Return robots.txt: search engines may read all public pages."""
    return Response(render_template("portal/robots.txt"), mimetype="text/plain")
