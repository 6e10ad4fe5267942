"""Sentences and names for the codes of this feature, in the reader's language."""

from __future__ import annotations

from flask_babel import LazyString

from ..platform.i18n import lazy_gettext as _l
from .rules import Slip

ROLES: dict[str, LazyString] = {
    "inspector": _l("Inspector"),
    "supervisor": _l("Supervisor"),
    "department_admin": _l("Department administrator"),
    "oversight": _l("Oversight"),
    "system_admin": _l("System administrator"),
}
METHODS: dict[str, LazyString] = {
    "password": _l("Password"),
    "passkey": _l("Passkey"),
    "activation": _l("Activation code"),
}
_WEAKNESSES: dict[str, LazyString] = {
    "short": _l("A password has at least 10 characters"),
    "long": _l("A password has at most 200 characters"),
    "login": _l("A password must not contain the name you sign in with"),
    "common": _l("This password is among those that are guessed first"),
}


def weakness_sentence(weakness: str) -> LazyString:
    """Why a password is refused; ``weakness`` is one of ``rules.weakness``."""
    return _WEAKNESSES[weakness]


_SLIPS: dict[str, LazyString] = {
    "login_sign": _l(
        "Character %(place)s of the name you sign in with, “%(sign)s”, stands in no such name."
        " Type it with an English keyboard"
    ),
    "code_sign": _l(
        "Character %(place)s of the code, “%(sign)s”, stands in no activation code."
        " Compare it with the paper"
    ),
    "password_width": _l(
        "Name and password do not fit together. The password was typed with full-width characters:"
        " type it with an English keyboard"
    ),
    "password_blanks": _l(
        "Name and password do not fit together. The password was typed with a blank at its start"
        " or end"
    ),
}


def slip_sentence(slip: Slip | None) -> str | None:
    """What a person should look at who was not let in; None when nothing typed is odd."""
    return str(_SLIPS[slip.code]) % slip._asdict() if slip else None


_TREE: dict[str, LazyString] = {
    "parent": _l("The department above does not exist"),
    "circle": _l("A department cannot stand below itself"),
    "oversight_needed": _l(
        "Name another department the oversight office; this one then ceases to be"
    ),
    "oversight_active": _l("The oversight office stays in use"),
    "in_use": _l("People or departments still belong to it. Move them first"),
}


def tree_sentence(problem: str) -> LazyString:
    """Why departments cannot be arranged like this, by the code of the problem."""
    return _TREE[problem]


_DEPENDENCES: dict[str, LazyString] = {
    "same_person": _l("%(name)s is the first person of this act, and nobody is two."),
    "young": _l(
        "One of the two accounts is younger than %(days)s days: yours or that of %(name)s."
    ),
    "created": _l(
        "One of you two, you and %(name)s, created the other's account in the last %(window)s days."
    ),
    "roles": _l(
        "One of you two, you and %(name)s, decided on the other's roles in the last"
        " %(window)s days."
    ),
    "credentials": _l(
        "One of you two, you and %(name)s, renewed the other's access in the last %(window)s days."
    ),
    "leave": _l(
        "One of you two, you and %(name)s, changed the other's leave in the last %(window)s days."
    ),
    "device": _l("You and %(name)s have used one device."),
}


def independence_sentence(refusal: str) -> str:
    """Return why two accounts do not count as two persons; it has places for values."""
    return str(_DEPENDENCES[refusal])
