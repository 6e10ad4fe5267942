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
from typing import Any, Literal, TypeVar
from urllib.parse import quote
from uuid import UUID

from flask import Flask, current_app, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from . import clock, ids
from .errors import CrossSite, Problem, respond, wants_json
from .forms import identity, kept, sent
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
    "role.agree": frozenset({DEPARTMENT_ADMIN, OVERSIGHT, SYSTEM_ADMIN}),
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
        """Return the id of the session for Flask-Login's cookie; a session can be revoked."""
        return str(self.session_id)

    @cached_property
    def scope(self) -> frozenset[UUID]:
        """Ids of the departments whose objects this person may see: their own and those below,
        or all for oversight and system administrators. Asked of the database on first use."""
        return self.find_scope()

    def may(self, permission: str) -> bool:
        """Return True if one of this person's roles carries ``permission``."""
        return not self.roles.isdisjoint(PERMISSIONS[permission])

    @property
    def sees_all(self) -> bool:
        """Tell whether this person sees every department."""
        return not self.roles.isdisjoint(WIDE_ROLES)

    def stepped_up(self, seconds: int) -> bool:
        """Return True if a passkey or password was given within the last ``seconds``."""
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
    """Return the signed-in person; raises :class:`SignInRequired` if nobody is."""
    if not current_user.is_authenticated:
        raise SignInRequired
    actor: Actor = current_user._get_current_object()
    return actor


def public(view: View) -> View:
    """Mark an endpoint that anyone may call."""
    view.__dict__["access"] = "public"
    return view


Keep = Literal["form", "secret", "nothing"]
"""What is kept of a posted form when its author has to sign in: the form; nothing, because it
holds passwords or secrets; nothing, because there is nothing to go on with."""


def requires(
    permission: str, *, step_up: bool = False, keep: Keep = "form"
) -> Callable[[View], View]:
    """Mark an endpoint for holders of ``permission``; with ``step_up``, freshly proven."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            refusal = _refusal(permission, step_up=step_up, keep=keep)
            if refusal is not None:
                return refusal
            if keep != "form" or not _is_page_form() or identity.author() is None:
                return view(*args, **kwargs)
            return _taken_once(lambda: view(*args, **kwargs))

        guarded.__dict__.update(access=permission, keep=keep)
        return guarded  # type: ignore[return-value]

    return mark


def _refusal(permission: str, *, step_up: bool, keep: Keep) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return _send_to("/sign-in", SignInRequired(), keep, identity.author())
    actor = current_actor()
    g.actor_id = str(actor.account_id)
    author = identity.author() if _is_page_form() else None
    if author is not None and author.account_id != actor.account_id:
        return _lead_to_kept(author) if keep == "form" else respond(CrossSite())
    if not actor.may(permission):
        raise Forbidden
    if step_up and not actor.stepped_up(current_settings().step_up_seconds):
        author = author or identity.Author(ids.new_id(), actor.account_id)
        return _send_to("/office/step-up", StepUpRequired(), keep, author)
    return None


def _is_page_form() -> bool:
    """Return True if a page's form was posted: neither a program nor a part of a page asks."""
    return request.method == "POST" and not wants_json() and not _is_part_of_page()


def _is_part_of_page() -> bool:
    return "HX-Request" in request.headers


def _taken_once(view: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Answer a form that was taken already as it was answered then; else let ``view`` take it."""
    again = sent.answer_again()
    if again is not None:
        return again
    kept.arrived(current_actor().account_id)
    response = make_response(view())
    if response.status_code == 303:
        sent.note_answer(response.location or "/office/")
    return response


def _send_to(
    address: str, problem: Problem, keep: Keep, author: identity.Author | None
) -> ResponseReturnValue:
    """Programs get the problem; people the page where it is mended, and then come back to what
    they wanted to see or to send."""
    if wants_json():
        raise problem
    if _is_part_of_page():
        page = render_template("signed_out.html", problem=problem, address=address)
        return Response(page, headers={"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"})
    if request.method != "POST":
        return _ask_at(address, request.full_path.rstrip("?"))
    if keep == "form" and author is not None:
        return _ask_at(address, _kept_address(author))
    return _ask_at(address, _referring_path(), lost="secret" if keep == "secret" else "")


def _ask_at(address: str, back: str, lost: str = "") -> Response:
    more = f"&lost={lost}" if lost else ""
    return redirect(f"{address}?next={quote(back, safe='')}{more}", code=303)


def _kept_address(author: identity.Author) -> str:
    return f"/office/kept/{kept.keep(author)}"


def _lead_to_kept(author: identity.Author) -> Response:
    return redirect(_kept_address(author), code=303)


def install(app: Flask) -> None:
    """Give templates the marks of forms; keep a form that came without the token of its session,
    such as from yesterday's page."""
    app.register_error_handler(CSRFError, _page_too_old)
    app.jinja_env.globals.update(form_token=identity.form_token, unsent_form=unsent_form)


@dataclass(frozen=True, slots=True)
class UnsentForm:
    """A posted form that was refused: where it went, what it holds, what of it a person wrote."""

    address: str
    fields: list[tuple[str, str]]
    texts: list[str]


def unsent_form() -> UnsentForm | None:
    """Return the form that the present request could not take, to be shown on a problem's page.

    None when there is no form, or when it is not the signed-in person's, or holds secrets.
    """
    author = identity.author() if _is_page_form() and current_user.is_authenticated else None
    if author is None or author.account_id != current_actor().account_id or not _keeps_form():
        return None
    pairs = identity.fields()
    marked = [*pairs, (identity.MARK, identity.mark())]
    return UnsentForm(request.full_path.rstrip("?"), marked, identity.texts(pairs))


def _keeps_form() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "__dict__", {}).get("keep") == "form"


def _page_too_old(_error: CSRFError) -> ResponseReturnValue:
    author = identity.author() if _is_page_form() and _keeps_form() else None
    if author is None:
        return respond(CrossSite())
    return _lead_to_kept(author)


def _referring_path() -> str:
    """Return the path of the page that held the form, or the overview if it is not of this site."""
    origin = current_settings().origin
    referrer = request.referrer or ""
    return referrer[len(origin) :] if referrer.startswith(origin + "/") else "/office/"


def unmarked_endpoints(app: Flask) -> list[str]:
    """Return the names of endpoints without an access mark; with any, nothing starts."""
    return sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not _marked(app.view_functions[rule.endpoint])
    )


def _marked(view: Callable[..., Any]) -> bool:
    return "access" in getattr(view, "__dict__", {})
