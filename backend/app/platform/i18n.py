"""Languages: Simplified Chinese first, English complete.

Message ids are the English source; every feature keeps its Chinese catalogue in its own
``translations`` folder, and this module joins them. The language of a request: the explicit
choice (cookie ``lang``), else the account's, else Chinese, since that is who uses it.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, LazyString
from flask_babel import get_locale as _get_locale
from flask_babel import gettext as _gettext
from flask_babel import lazy_gettext as _lazy
from flask_babel import ngettext as _ngettext
from werkzeug import Response

LOCALES = ("zh_Hans_CN", "en")
HTML_LANG = {"zh_Hans_CN": "zh-CN", "en": "en"}
_FROM_HTML = {"zh-CN": "zh_Hans_CN", "zh": "zh_Hans_CN", "en": "en"}

babel = Babel()

YEAR_SECONDS = 365 * 24 * 3600


def gettext(message: str, **variables: object) -> str:
    """``message`` in the language of the request."""
    return str(_gettext(message, **variables))


def ngettext(one: str, many: str, n: int, **variables: object) -> str:
    """The form of a message that fits the number ``n``."""
    return str(_ngettext(one, many, n, **variables))


def lazy_gettext(message: str, **variables: object) -> LazyString:
    """A message that finds its language when it is shown."""
    return _lazy(message, **variables)


def html_lang() -> str:
    """The request's language as HTML writes it."""
    return HTML_LANG[str(_get_locale() or LOCALES[0])]


def choose_locale() -> str:
    """The locale of this request: cookie, then account, then Chinese."""
    if not has_request_context():
        return LOCALES[0]
    wanted = request.cookies.get("lang") or request.headers.get("X-Lang") or g.get("account_locale")
    return _FROM_HTML.get(wanted or "", LOCALES[0])


def remember_language(response: Response, lang: str) -> None:
    """Keep ``lang``, as HTML writes it, for a year in the browser that gets ``response``.

    The cookie is as secure as the session's: over TLS only, where the site is reached over TLS.
    """
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie("lang", lang, max_age=YEAR_SECONDS, samesite="Lax", secure=secure)


def catalogues(root: Path) -> list[Path]:
    """Every ``translations`` folder below ``root``."""
    return sorted(path for path in root.glob("*/translations") if path.is_dir())


def compile_catalogues(root: Path) -> int:
    """Write the binary catalogue beside every text one that is newer; returns how many."""
    made = 0
    for source in root.glob("*/translations/*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text)
        part = target.with_suffix(f".{id(catalogue)}.part")
        with part.open("wb") as binary:
            write_mo(binary, catalogue)
        part.replace(target)
        made += 1
    return made


def install(app: Flask) -> None:
    """Join the features' catalogues and choose the locale of each request."""
    root = Path(__file__).resolve().parents[1]
    compile_catalogues(root)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(map(str, catalogues(root)))
    babel.init_app(
        app,
        default_locale=LOCALES[0],
        default_timezone="Asia/Shanghai",
        locale_selector=choose_locale,
    )
    app.jinja_env.globals.update(html_lang=html_lang)
