"""Who may call what: deny by default.

Every endpoint carries ``@requires("permission")`` or ``@public``; the program refuses to start
when one carries neither. Permissions hang on roles, roles are held within a department, and what
a person may see is that department and those below it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, wraps
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from flask import Flask, g, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from . import clock
from .errors import Problem, wants_json
from .i18n import lazy_gettext as _l
from .settings import current_settings

INSPECTOR = "inspector"
SUPERVISOR = "supervisor"
DEPARTMENT_ADMIN = "department_admin"
OVERSIGHT = "oversight"
SYSTEM_ADMIN = "system_admin"
ROLES = (INSPECTOR, SUPERVISOR, DEPARTMENT_ADMIN, OVERSIGHT, SYSTEM_ADMIN)
WIDE_ROLES = frozenset({OVERSIGHT, SYSTEM_ADMIN})

_ANY = frozenset(ROLES)
_OFFICE = frozenset({SUPERVISOR, DEPARTMENT_ADMIN, OVERSIGHT, SYSTEM_ADMIN})
PERMISSIONS: dict[str, frozenset[str]] = {
    "account.own": _ANY,
    "office.read": _OFFICE,
    "people.read": frozenset({DEPARTMENT_ADMIN, OVERSIGHT, SYSTEM_ADMIN}),
    "people.edit": frozenset({DEPARTMENT_ADMIN, SYSTEM_ADMIN}),
    "department.edit": frozenset({SYSTEM_ADMIN}),
    "registry.read": _OFFICE,
    "registry.edit": frozenset({DEPARTMENT_ADMIN, SYSTEM_ADMIN}),
    "registry.import": frozenset({DEPARTMENT_ADMIN, SYSTEM_ADMIN}),
    "draw.read": _OFFICE,
    "draw.prepare": frozenset({DEPARTMENT_ADMIN, OVERSIGHT}),
    "draw.run": frozenset({DEPARTMENT_ADMIN, OVERSIGHT}),
    "draw.void": frozenset({OVERSIGHT}),
    "draw.audit": frozenset({OVERSIGHT}),
    "replacement.read": frozenset({SUPERVISOR, DEPARTMENT_ADMIN, OVERSIGHT}),
    "replacement.edit": frozenset({DEPARTMENT_ADMIN}),
    "replacement.release": frozenset({SUPERVISOR, OVERSIGHT}),
    "visit.read": _OFFICE,
    "visit.field": frozenset({INSPECTOR}),
    "review.read": frozenset({SUPERVISOR, DEPARTMENT_ADMIN, OVERSIGHT}),
    "review.decide": frozenset({SUPERVISOR}),
    "evidence.read": frozenset({SUPERVISOR, DEPARTMENT_ADMIN, OVERSIGHT}),
    "disclosure.read": _OFFICE,
    "disclosure.calendar": frozenset({OVERSIGHT, SYSTEM_ADMIN}),
    "ledger.read": _OFFICE,
    "system.read": frozenset({SYSTEM_ADMIN, OVERSIGHT}),
}


@dataclass(frozen=True)
class Actor:
    """The person (or nobody) on whose behalf a request runs."""

    account_id: UUID
    login: str
    name: str
    department_id: UUID
    department_name: str
    roles: frozenset[str]
    find_scope: Callable[[], frozenset[UUID]]
    session_id: UUID
    step_up_at: datetime | None = None
    locale: str = "zh-CN"
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the id of the session, which can be revoked."""
        return str(self.session_id)

    @cached_property
    def scope(self) -> frozenset[UUID]:
        """Ids of the departments whose objects this person may see: their own and those below,
        or all for oversight and system administrators. Asked of the database on first use."""
        return self.find_scope()

    def may(self, permission: str) -> bool:
        """Whether one of this person's roles carries ``permission``."""
        return not self.roles.isdisjoint(PERMISSIONS[permission])

    @property
    def sees_all(self) -> bool:
        """Whether no department is hidden from this person."""
        return not self.roles.isdisjoint(WIDE_ROLES)

    def stepped_up(self, seconds: int) -> bool:
        """Whether a passkey or password was given within the last ``seconds``."""
        if self.step_up_at is None:
            return False
        return clock.now() - self.step_up_at <= timedelta(seconds=seconds)


class SignInRequired(Problem):
    """No session, or one that has ended."""

    code = "access.sign_in_required"
    status = 401
    title = _l("Sign in to go on. What you saved on this device stays there")


class Forbidden(Problem):
    """Signed in, but the roles do not carry the permission."""

    code = "access.forbidden"
    status = 403
    title = _l("Your role does not allow this")


class StepUpRequired(Problem):
    """The act needs a passkey or password given just now."""

    code = "access.step_up_required"
    status = 403
    title = _l("Confirm with your passkey or password that it is you")


View = TypeVar("View", bound=Callable[..., Any])


def current_actor() -> Actor:
    """The signed-in person; raises :class:`SignInRequired` for nobody."""
    if not current_user.is_authenticated:
        raise SignInRequired
    actor: Actor = current_user._get_current_object()
    return actor


def public(view: View) -> View:
    """Mark an endpoint that anyone may call."""
    view.__dict__["access"] = "public"
    return view


def requires(permission: str, *, step_up: bool = False) -> Callable[[View], View]:
    """Mark an endpoint for holders of ``permission``; with ``step_up``, freshly proven."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            refusal = _refusal(permission, step_up=step_up)
            return view(*args, **kwargs) if refusal is None else refusal

        guarded.__dict__["access"] = permission
        return guarded  # type: ignore[return-value]

    return mark


def _refusal(permission: str, *, step_up: bool) -> Response | None:
    if not current_user.is_authenticated:
        return _send_to("/sign-in", SignInRequired())
    actor = current_actor()
    g.actor_id = str(actor.account_id)
    if not actor.may(permission):
        raise Forbidden
    if step_up and not actor.stepped_up(current_settings().step_up_seconds):
        return _ask_again()
    return None


def _ask_again() -> Response:
    """Send a person to prove who they are; a form that was posted goes along and is not lost."""
    plain_form = request.method == "POST" and not request.headers.get("HX-Request")
    if wants_json() or not plain_form:
        return _send_to("/office/step-up", StepUpRequired())
    back = quote(_referring_path(), safe="")
    resume = quote(request.full_path.rstrip("?"), safe="")
    return redirect(f"/office/step-up?resume={resume}&next={back}", code=307)


def _send_to(address: str, problem: Problem) -> Response:
    """Programs get the problem, people the page where it is mended, then come back."""
    if wants_json():
        raise problem
    back = request.full_path.rstrip("?") if request.method == "GET" else _referring_path()
    target = f"{address}?next={quote(back, safe='')}"
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, code=303)


def _referring_path() -> str:
    """The path of the page that held the form, when it is ours."""
    origin = current_settings().origin
    referrer = request.referrer or ""
    return referrer[len(origin) :] if referrer.startswith(origin + "/") else "/office/"


def unmarked_endpoints(app: Flask) -> list[str]:
    """Names of the endpoints that declare no access: there must be none."""
    return sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not _marked(app.view_functions[rule.endpoint])
    )


def _marked(view: Callable[..., Any]) -> bool:
    return "access" in getattr(view, "__dict__", {})
