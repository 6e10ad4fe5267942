"""What the program does when a role calls an endpoint: how far the call gets, and where.

Everything goes through HTTP. After a call that changed something the database is put back, so
that no call sees what another one did.
"""

from __future__ import annotations

import contextvars
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from backend.app.platform.access import ROLES
from backend.app.platform.database import db
from backend.app.platform.settings import current_settings
from tests.api.access.calls import BY_EFFECT, Endpoint, address, endpoints, form
from tests.api.access.world import PLACES, World, arrange
from tests.factories.accounts import PASSWORD

NOBODY = "nobody"
CALLERS = (NOBODY, *ROLES)
REFUSED, YES, PROOF = "–", "yes", "proof"
_CHANGE = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) \"?(\w+)")
_BESIDE = frozenset({"challenge"})
"""Tables that a call may touch without having done anything."""


@dataclass
class Changes:
    """The tables that committed transactions have written to."""

    pending: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)

    def take(self) -> set[str]:
        """Return what was written since the last call."""
        taken, self.done = self.done, set()
        self.pending.clear()
        return taken


@dataclass
class Bench:
    """The world with a way to call it and a way to put it back."""

    app: Flask
    world: World
    browsers: dict[tuple[str, bool], FlaskClient]
    tokens: dict[tuple[str, bool], str]
    cookies: dict[tuple[str, bool], str]
    changes: Changes
    restore: Callable[[], None]

    def put_back(self, key: tuple[str, bool]) -> None:
        """Undo what the last call did, a sign-out of its browser included."""
        self.restore()
        self.browsers[key].set_cookie("evenhand", self.cookies[key])


class Unexpected(AssertionError):
    """A reply that the table has no word for."""


@contextmanager
def bench(app: Flask) -> Iterator[Bench]:
    """Arrange the world in ``app``'s database and sign every role in, with and without a proof."""
    with app.app_context():
        world = arrange()
        browsers = {(role, fresh): app.test_client() for role in CALLERS for fresh in (False, True)}
        tokens = {key: _sign_in(browser, world, *key) for key, browser in browsers.items()}
        cookies = {key: _cookie(browser) for key, browser in browsers.items()}
        changes = Changes()
        with _snapshot() as restore, _listening(changes):
            yield Bench(app, world, browsers, tokens, cookies, changes, restore)
        db.engine.dispose()


def _sign_in(browser: FlaskClient, world: World, role: str, fresh: bool) -> str:
    """Sign a browser in and return its CSRF token; without ``fresh`` the proof is forgotten."""
    from tests.conftest import _forget_step_up

    token = send(browser, "GET", "/api/v1/csrf").get_json()["csrf_token"]
    if role == NOBODY:
        return str(token)
    account = world.accounts[role]
    body = {"login": account.login, "password": PASSWORD}
    me = send(browser, "POST", "/api/v1/session", token, json=body).get_json()
    if not fresh:
        _forget_step_up(account.id)
    return str(me["csrf_token"])


def _cookie(browser: FlaskClient) -> str:
    kept = browser.get_cookie("evenhand")
    assert kept is not None
    return str(kept.value)


def send(browser: FlaskClient, method: str, path: str, token: str = "", **more: Any) -> Any:
    """Send one request in an empty context, as a program that reads JSON."""
    headers = {"Accept": "application/json", "X-CSRF-Token": token, "Tus-Resumable": "1.0.0"}
    call = partial(browser.open, path, method=method, headers=headers, **more)
    return contextvars.Context().run(call)


@contextmanager
def _snapshot() -> Iterator[Callable[[], None]]:
    """Keep the database and the stored files as they are now; gives what puts them back."""
    store = Path(current_settings().evidence_url.removeprefix("file://"))
    kept_files = store.with_name("kept")
    shutil.copytree(store, kept_files)
    kept = sqlite3.connect(":memory:")
    raw = db.engine.raw_connection()
    raw.driver_connection.backup(kept)  # type: ignore[union-attr]

    def put_back() -> None:
        kept.backup(raw.driver_connection)  # type: ignore[arg-type]
        shutil.rmtree(store)
        shutil.copytree(kept_files, store)

    yield put_back
    raw.close()
    kept.close()


@contextmanager
def _listening(changes: Changes) -> Iterator[None]:
    engine = db.engine

    def written(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        changes.pending.update(_CHANGE.findall(statement[:200]))

    def committed(_conn: Any) -> None:
        changes.done |= changes.pending - _BESIDE
        changes.pending.clear()

    def rolled_back(_conn: Any) -> None:
        changes.pending.clear()

    hooks = {"after_cursor_execute": written, "commit": committed, "rollback": rolled_back}
    for name, hook in hooks.items():
        event.listen(engine, name, hook)
    yield
    for name, hook in hooks.items():
        event.remove(engine, name, hook)


def observe(bench: Bench, caller: str) -> dict[str, str]:
    """Return the caller's cell of the table for every endpoint, by its name."""
    return {endpoint.name: _cell(bench, endpoint, caller) for endpoint in endpoints(bench.app)}


def _cell(bench: Bench, endpoint: Endpoint, caller: str) -> str:
    first = _call(bench, endpoint, caller, fresh=False, objects=_first(bench, endpoint, caller))
    proof = first == PROOF
    if proof:
        first = _call(bench, endpoint, caller, fresh=True, objects=_first(bench, endpoint, caller))
    if first == REFUSED and (not endpoint.scope or caller == NOBODY):
        return REFUSED
    reach = YES if not endpoint.scope else _reach(bench, endpoint, caller, fresh=proof, first=first)
    return f"{reach} · {PROOF}" if proof else reach


def _first(bench: Bench, endpoint: Endpoint, caller: str) -> Mapping[str, Any]:
    own = bench.world.objects["own"]
    return own | bench.world.mine.get(caller, bench.world.mine["inspector"])


def _reach(bench: Bench, endpoint: Endpoint, caller: str, *, fresh: bool, first: str) -> str:
    """Return the places whose objects the caller gets at."""
    if endpoint.scope == "account":
        another = bench.world.mine["inspector" if caller != "inspector" else "supervisor"]
        there = _call(bench, endpoint, caller, fresh=fresh, objects=another)
        found = [name for name, got in (("mine", first), ("another's", there)) if got != REFUSED]
        return ", ".join(found) or REFUSED
    found = ["own"] if first != REFUSED else []
    for place in PLACES[1:]:
        objects = bench.world.objects[place]
        if _call(bench, endpoint, caller, fresh=fresh, objects=objects) != REFUSED:
            found.append(place)
    return "all" if len(found) == len(PLACES) else ", ".join(found) or REFUSED


def _call(
    bench: Bench, endpoint: Endpoint, caller: str, *, fresh: bool, objects: Mapping[str, Any]
) -> str:
    """Call once and return how far it got: ``–``, ``proof`` or ``yes``."""
    key = (caller, fresh)
    sent: dict[str, Any] = {}
    if endpoint.method in {"POST", "PATCH", "DELETE"}:
        json_api = endpoint.rule.rule.startswith("/api/")
        sent = {"json" if json_api else "data": form(endpoint, objects)}
    bench.changes.take()
    path = address(endpoint, objects)
    reply = send(bench.browsers[key], endpoint.method, path, bench.tokens[key], **sent)
    changed = bench.changes.take()
    got = _how_far(endpoint, reply, changed)
    reply.close()
    if changed:
        bench.put_back(key)
    return got


def _how_far(endpoint: Endpoint, reply: Any, changed: set[str]) -> str:
    code = (reply.get_json(silent=True) or {}) if "json" in (reply.mimetype or "") else {}
    code = code.get("code", "") if isinstance(code, dict) else ""
    if reply.status_code >= 500:
        raise Unexpected(f"{endpoint.name} answered {reply.status_code}")
    if code == "access.step_up_required":
        return PROOF
    if reply.status_code in {401, 403, 404} and code not in _SELF:
        return REFUSED
    if endpoint.rule.endpoint in BY_EFFECT and not changed:
        return REFUSED
    if endpoint.scope and code == "invalid":
        raise Unexpected(f"{endpoint.name} is not reached with this form: {reply.get_json()}")
    return YES


_SELF = frozenset({"accounts.sign_in_failed"})
"""Refusals that are an endpoint's own word and not one about who may call it."""
