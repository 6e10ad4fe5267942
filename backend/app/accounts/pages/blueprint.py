"""The blueprint that the office pages of people hang on, and who acted in words."""

from __future__ import annotations

from flask import Blueprint, g

from ...platform.i18n import gettext as _
from ...platform.transactions import read_session
from .. import service
from ..wording import ROLES

PROGRAM = "system"
"""The actor of what the program does by itself."""

bp = Blueprint("accounts", __name__, template_folder="../templates")


@bp.app_template_filter("acting_as")
def acting_as(token: str) -> str:
    """Return in words who acts in an entry of the ledger: a role and its department's name."""
    role, _colon, code = token.partition(":")
    if role not in ROLES:
        return _("The program") if token == PROGRAM else token
    return f"{ROLES[role]} · {_department_names().get(code, code)}"


def _department_names() -> dict[str, str]:
    """Return the departments' names by code, read once in a request."""
    if "department_names" not in g:
        with read_session() as session:
            g.department_names = {one.code: one.name for one in service.departments(session)}
    names: dict[str, str] = g.department_names
    return names
