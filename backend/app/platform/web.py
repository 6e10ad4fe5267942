"""What pages share: template filters, static files, the phone app's shell, the verifier."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request, send_from_directory
from flask_babel import format_date
from flask_login import current_user
from werkzeug.exceptions import NotFound as NoSuchFile

from backend.version import VERSION

from . import clock
from .access import public
from .forms import load_value
from .i18n import remember_language
from .regions import region_name
from .security import VERIFIER_POLICY
from .settings import Settings
from .verifier import offline_page

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
OFFLINE_PAGE = "verify-offline.html"


def show_date(value: date | datetime | None) -> str:
    """A day in China, ISO order, as every register writes it."""
    if value is None:
        return "—"
    return clock.local(value).date().isoformat() if isinstance(value, datetime) else str(value)


def show_datetime(value: datetime | None) -> str:
    """A moment as clocks in China show it, to the minute."""
    return "—" if value is None else clock.local(value).strftime("%Y-%m-%d %H:%M")


def show_clock_time(value: datetime | None) -> str:
    """The time of day as clocks in China show it, to the minute."""
    return "—" if value is None else clock.local(value).strftime("%H:%M")


def show_long_date(value: date | None) -> str:
    """A day in the reader's language."""
    return "—" if value is None else str(format_date(value, "long"))


def thousands(value: int) -> str:
    """A count with thin groups of three, as the statistics tables print it."""
    return f"{value:,}".replace(",", "\u2009")


def mask_phone(value: str | None) -> str:
    """A telephone number with its middle hidden."""
    if not value:
        return "—"
    return value if len(value) < 7 else value[:3] + "****" + value[-4:]


def short_hash(value: str, groups: int = 4) -> str:
    """The first hex digits of a digest in groups of four."""
    return " ".join(value[i : i + 4] for i in range(0, 4 * groups, 4)) + " …"


def grouped_hash(value: str) -> str:
    """A whole digest in groups of four."""
    return " ".join(value[i : i + 4] for i in range(0, len(value), 4))


def page_address(number: int) -> str:
    """The present address with another page number, every filter kept."""
    query = [(k, v) for k, v in request.args.items(multi=True) if k != "page"]
    return f"{request.path}?{urlencode([*query, ('page', str(number))])}"


def install(app: Flask, settings: Settings) -> None:
    """Register filters and the addresses of files."""
    app.jinja_env.filters.update(
        date=show_date,
        datetime=show_datetime,
        clock_time=show_clock_time,
        long_date=show_long_date,
        thousands=thousands,
        region=lambda code: region_name(settings.regions, code),
        mask_phone=mask_phone,
        short_hash=short_hash,
        grouped_hash=grouped_hash,
    )
    version = _look_version(settings.frontend_dir / "look")
    app.jinja_env.globals.update(
        look=lambda name: f"/look/{name}?v={version}", page_address=page_address, version=VERSION
    )

    @app.context_processor
    def _context() -> dict[str, Any]:
        signed_in = current_user.is_authenticated
        return {"actor": current_user if signed_in else None, "settings": settings}

    _serve_look(app, settings.frontend_dir)
    _serve_phone_app(app, settings.frontend_dir / "dist")
    _serve_language(app)
    app.jinja_env.globals.update(county=lambda: settings.county_name)


def _look_version(folder: Path) -> str:
    newest = max((path.stat().st_mtime_ns for path in folder.glob("*")), default=0)
    return f"{newest:x}"[-8:]


def _serve_look(app: Flask, frontend: Path) -> None:
    @app.get("/look/<path:name>")
    @public
    def look_file(name: str) -> Response:
        """Style and script of office and portal."""
        response = send_from_directory(frontend / "look", name)
        response.headers["Cache-Control"] = IMMUTABLE if request.args.get("v") else REVALIDATE
        return response

    @app.get(f"/verify/{OFFLINE_PAGE}")
    @public
    def offline_verifier() -> Response:
        """The verifier as one file to keep, made from the modules that are served beside it."""
        response = Response(offline_page(frontend / "verify"), mimetype="text/html")
        response.headers["Content-Security-Policy"] = VERIFIER_POLICY
        response.headers["Cache-Control"] = REVALIDATE
        response.add_etag()
        response.make_conditional(request)
        return response

    @app.get("/verify/", defaults={"name": "index.html"})
    @app.get("/verify/<path:name>")
    @public
    def verifier_file(name: str) -> Response:
        """The public verifier, as written."""
        response = send_from_directory(frontend / "verify", name)
        response.headers["Content-Security-Policy"] = VERIFIER_POLICY
        response.headers["Cache-Control"] = REVALIDATE
        return response


def _serve_phone_app(app: Flask, dist: Path) -> None:
    @app.get("/app/", defaults={"name": "index.html"})
    @app.get("/app/<path:name>")
    @public
    def phone_app(name: str) -> Response:
        """The phone app; addresses inside the app get its shell."""
        try:
            response = send_from_directory(dist, name)
        except NoSuchFile:
            if name.startswith("assets/") or "." in name:
                raise
            response = send_from_directory(dist, "index.html")
            name = "index.html"
        hashed = name.startswith("assets/")
        response.headers["Cache-Control"] = IMMUTABLE if hashed else REVALIDATE
        return response

    @app.get("/app")
    @public
    def phone_app_root() -> Any:
        """The address people type without its last stroke."""
        return redirect("/app/", code=308)


def _serve_language(app: Flask) -> None:
    @app.post("/language/<lang>")
    @public
    def choose_language(lang: str) -> Any:
        """Keep the language this browser wants for a year."""
        back = load_value("next", "/")
        response = redirect(back if is_local_address(back) else "/", code=303)
        if lang in {"zh-CN", "en"}:
            remember_language(response, lang)
        return response


def is_local_address(address: str) -> bool:
    """Return True if an address stays on this site: it begins with one stroke and holds neither a
    backslash nor a control character."""
    return (
        address.startswith("/")
        and not address.startswith("//")
        and "\\" not in address
        and address.isprintable()
    )
