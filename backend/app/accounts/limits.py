"""How often one may fail to prove who one is: by address, by name, by account.

Only failures count, so that an office behind one address signs in freely in the morning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Response, request
from flask_login import current_user

from ..platform.forms import load_value
from ..platform.security import caller, limiter
from . import rules

FAILURES = frozenset({401, 403, 422})
View = TypeVar("View", bound=Callable[..., object])


def _failed(response: Response) -> bool:
    return response.status_code in FAILURES


def _login() -> str:
    """The name somebody tries, from a form or from JSON, or the address when none is given."""
    if request.is_json:
        sent = request.get_json(silent=True)
        login = sent.get("login") if isinstance(sent, dict) else ""
    else:
        login = load_value("login")
    return rules.plain_login(str(login or ""))[:64] or caller()


def _login_here() -> str:
    """The name together with the address, so that a stranger elsewhere locks nobody out soon."""
    return f"{caller()} {_login()}"


def _account() -> str:
    if not current_user.is_authenticated:
        return caller()
    return str(current_user.account_id)


_by_address = limiter.shared_limit(
    "30 per minute; 200 per hour", scope="proof-address", deduct_when=_failed
)
_by_login_here = limiter.shared_limit(
    "6 per minute; 40 per hour", scope="proof-here", key_func=_login_here, deduct_when=_failed
)
_by_login = limiter.shared_limit(
    "100 per hour", scope="proof-login", key_func=_login, deduct_when=_failed
)
_by_account = limiter.shared_limit(
    "6 per minute; 40 per hour", scope="proof-account", key_func=_account, deduct_when=_failed
)


_asking = limiter.shared_limit("120 per minute", scope="proof-asking")


def limit_asking(view: View) -> View:
    """Bound how often one address asks for a challenge."""
    return _asking(view)  # type: ignore[return-value]


def limit_sign_in(view: View) -> View:
    """Bound the failures of one address and of one name."""
    return _by_address(_by_login(_by_login_here(view)))  # type: ignore[return-value]


def limit_passkey_sign_in(view: View) -> View:
    """Bound the failures of one address; a passkey's answer gives no name and is not guessed."""
    return _by_address(view)  # type: ignore[return-value]


def limit_proof(view: View) -> View:
    """Bound the failures of the signed-in person."""
    return _by_account(view)  # type: ignore[return-value]
