"""What any request may hold, looked at before a route reads it: text that a column can store, JSON
that every language reads alike, numbers that fit in 53 bits.

A request that breaks this is refused here once, as :class:`Unreadable`, for every route there is.
What a field may mean is said by the schema of its feature.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from flask import Flask, Request, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import FileStorage
from werkzeug.formparser import FormDataParser
from werkzeug.routing import IntegerConverter

from .errors import Problem
from .i18n import lazy_gettext as _l

MOST_JSON_BYTES = 1 << 20
DEEPEST_JSON = 32
MOST_DIGITS = 16
LARGEST_INTEGER = 2**53 - 1
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Unreadable(Problem):
    """Bytes that are no text, JSON that is no JSON; ``where`` names the part of the request."""

    code = "request.unreadable"
    status = 400
    title = _l("Something in this request cannot be read. Nothing was saved")


class NotJson(ValueError):
    """A text that is not JSON as :func:`read_json` takes it."""


def read_json(text: str | bytes) -> Any:
    """Return the value of a JSON text.

    Raises :class:`NotJson` for what readers understand differently or cannot keep: a name twice
    in one object, NaN, whole numbers beyond 53 bits, lone surrogates, U+0000, arrays and objects
    nested deeper than ``DEEPEST_JSON``.
    """
    try:
        plain = text.decode("utf-8") if isinstance(text, bytes) else text
        value = json.loads(
            plain,
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_int=_whole_number,
        )
    except (ValueError, RecursionError) as error:
        raise NotJson from error
    _look_inside(value)
    return value


def is_storable(text: str) -> bool:
    """Return True if databases can keep ``text``: no U+0000, no half of a surrogate pair."""
    if "\0" in text:
        return False
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJson
    return members


def _refuse_constant(_name: str) -> NoReturn:
    raise NotJson


def _whole_number(digits: str) -> int:
    number = int(digits) if len(digits) <= MOST_DIGITS + 1 else LARGEST_INTEGER + 1
    if abs(number) > LARGEST_INTEGER:
        raise NotJson
    return number


def _look_inside(value: Any) -> None:
    """Raise NotJson if ``value`` is too deep or holds text that no column keeps."""
    level = [value]
    for _depth in range(DEEPEST_JSON + 1):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += one.keys()
                inner += one.values()
            elif isinstance(one, list):
                inner += one
            elif isinstance(one, str) and not is_storable(one):
                raise NotJson
        if not inner:
            return
        level = inner
    raise NotJson


class StrictJson(DefaultJSONProvider):
    """The application's JSON: ``request.get_json`` reads as :func:`read_json` does."""

    ensure_ascii = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return the value of ``s``; raises NotJson."""
        del kwargs
        return read_json(s)


class _StrictForm(FormDataParser):
    """Werkzeug's reader of forms, which would take a broken form for an empty one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "silent": False})


class StrictRequest(Request):
    """The application's request: a form that cannot be read is an error."""

    form_data_parser_class = _StrictForm


class SafeInteger(IntegerConverter):
    """A whole number in an address, of at most fifteen digits: what is longer names nothing."""

    regex = r"[0-9]{1,15}"


def install(app: Flask) -> None:
    """Read requests strictly from now on; called before the routes are registered."""
    app.request_class = StrictRequest
    app.json = StrictJson(app)
    app.url_map.converters["int"] = SafeInteger

    @app.before_request
    def _refuse_what_is_no_text() -> None:
        _check_address()
        _check_headers()
        _check_form()


def _check_address() -> None:
    path = str(request.environ.get("PATH_INFO", "")).encode("latin-1", "replace")
    if not _is_text(path):
        raise Unreadable(where=["path"])
    if not _is_text(unquote_to_bytes(request.query_string)):
        raise Unreadable(where=["query"])


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _check_headers() -> None:
    wrong = [
        name
        for name, value in request.headers
        if not value.isprintable()
        and any(character < " " for character in value if character != "\t")
    ]
    if wrong:
        raise Unreadable(where=sorted(wrong))


def _check_form() -> None:
    try:
        sent = [*_texts(request.form.items(multi=True)), *_texts(request.files.items(multi=True))]
    except ValueError as error:
        raise Unreadable(where=["form"]) from error
    wrong = {name for name, value in sent if not (is_storable(name) and is_storable(value))}
    if wrong:
        raise Unreadable(where=["form"], fields=sorted(filter(is_storable, wrong)))


def _texts(pairs: Iterable[tuple[str, str | FileStorage]]) -> Iterable[tuple[str, str]]:
    """The names and the texts of a form; of a file, its name."""
    for name, value in pairs:
        yield name, (value.filename or "") if isinstance(value, FileStorage) else value
