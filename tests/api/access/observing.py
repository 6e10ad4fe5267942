"""The county with everybody signed in: how it is called, and how it is put back.

Everything goes through HTTP. After a call that changed something the database is put back, so
that no call sees what another one did.
"""

from __future__ import annotations

import contextvars
import os
import re
from collections.abc import Callable, Iterator
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
from tests.api.access.world import World, arrange
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
    headers |= more.pop("headers", {})
    call = partial(browser.open, path, method=method, headers=headers, **more)
    return contextvars.Context().run(call)


@contextmanager
def _snapshot() -> Iterator[Callable[[], None]]:
    """Keep the database's file and the stored files as they are now; gives what puts them back."""
    database = Path(str(db.engine.url.database))
    store = Path(current_settings().evidence_url.removeprefix("file://"))
    db.engine.dispose()
    rows, files = database.read_bytes(), {path: path.read_bytes() for path in _files(store)}
    marks = _files(store)

    def put_back() -> None:
        db.engine.dispose()
        database.write_bytes(rows)
        present = _files(store)
        for path in present.keys() - files.keys():
            path.unlink()
        for path, mark in marks.items():
            if present.get(path) != mark:
                path.write_bytes(files[path])
                marks[path] = _mark(path)

    yield put_back


def _files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return the files below a folder with their marks."""
    paths = (Path(place, name) for place, _folders, names in os.walk(folder) for name in names)
    return {path: _mark(path) for path in paths}


def _mark(path: Path) -> tuple[int, int]:
    """Return a file's size and when it was written."""
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


@contextmanager
def _listening(changes: Changes) -> Iterator[None]:
    engine = db.engine

    def written(_conn: Any, cursor: Any, statement: str, *_more: Any) -> None:
        if cursor.rowcount:
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


def code_of(reply: Any) -> str:
    """Return the code of the problem that a reply tells of, or nothing."""
    told = reply.get_json(silent=True) if "json" in (reply.mimetype or "") else None
    return str(told.get("code", "")) if isinstance(told, dict) else ""
