"""What can go wrong when people prove who they are."""

from __future__ import annotations

from ..platform.errors import Problem
from ..platform.i18n import lazy_gettext as _l


class WrongCredentials(Problem):
    """Unknown name, wrong password, disabled account: one sentence for all of them."""

    code = "accounts.wrong_credentials"
    status = 401
    title = _l("Name and password do not fit together")


class WrongPassword(Problem):
    """The signed-in person's password does not fit."""

    code = "accounts.wrong_password"
    status = 403
    title = _l("This is not your password")
