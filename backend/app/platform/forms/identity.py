"""The mark in every form of the office: an id of the form, and whose page it was made for.

It is signed, so that a form which arrives without a session still has an author, and nobody can
send a form in another person's name.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from flask import request
from flask_login import current_user

from .. import ids, keys

MARK = "form_id"
KEPT = "kept_id"
OURS = frozenset({"csrf_token", MARK, KEPT})
"""Hidden fields of every form; they say nothing that a person typed."""

_HEX = 32
_SEAL = 40


@dataclass(frozen=True, slots=True)
class Author:
    """Whose form it is: the id of the form and of the account whose page held it."""

    form_id: UUID
    account_id: UUID


def form_token() -> str:
    """Return the mark for a form on a page of the signed-in person, "" when there is nobody."""
    if not current_user.is_authenticated:
        return ""
    made = Author(ids.new_id(), current_user.account_id)
    return made.form_id.hex + made.account_id.hex + _seal(made)


def _seal(author: Author) -> str:
    key = keys.derive("author of a form")
    names = author.form_id.bytes + author.account_id.bytes
    return hmac.new(key, names, hashlib.sha256).hexdigest()[:_SEAL]


def mark() -> str:
    """Return the mark of the posted form, "" when it has none."""
    return request.form.get(MARK, "")


def author() -> Author | None:
    """Return the author of the posted form, or None if its mark is missing or not ours."""
    text = mark()
    try:
        found = Author(UUID(hex=text[:_HEX]), UUID(hex=text[_HEX : 2 * _HEX]))
    except ValueError:
        return None
    return found if hmac.compare_digest(_seal(found).encode(), text[2 * _HEX :].encode()) else None


def kept_id() -> UUID | None:
    """Return the id of the kept form from which the posted one was taken up, or None."""
    try:
        return UUID(request.form.get(KEPT, ""))
    except ValueError:
        return None


def fields() -> list[tuple[str, str]]:
    """Return what the posted form holds as (name, text) pairs, its hidden marks left out."""
    return [pair for pair in request.form.items(multi=True) if pair[0] not in OURS]


def texts(pairs: list[tuple[str, str]]) -> list[str]:
    """Return those texts of a form that a person has written: no ids, ticks or numbers."""
    written = (text.strip() for _name, text in pairs)
    return [text for text in written if len(text) > 1 and not _is_machine_text(text)]


def _is_machine_text(text: str) -> bool:
    plain = text.replace("-", "").replace("_", "")
    return plain.isascii() and (plain.islower() or plain.isdecimal()) and " " not in plain
