"""The interface's description is true: schemathesis reads it, calls every operation of it signed
out and as each role, and finds nothing.

Bounded and with a fixed seed, so that a run finds the same each time.
"""

from __future__ import annotations

import contextvars
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.app.accounts.models import LoginSession
from backend.app.openapi import describe
from backend.app.platform.access import PERMISSIONS, ROLES
from backend.app.platform.database import db
from backend.app.platform.security import limiter
from tests.conftest import make_settings
from tests.factories.accounts import PASSWORD, make_account


@schemathesis.serializer("application/offset+octet-stream")
def _bytes_of_an_upload(_context: Any, value: Any) -> bytes:
    """The body of a part of a file: bytes, or a text's bytes where wrong data is made up."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


SEED = 20261130
EXAMPLES = 3


class Door:
    """The application as schemathesis calls it, as one person whose session never ends."""

    def __init__(self, app: Flask, session_id: Any = None) -> None:
        self.app, self.session_id = app, session_id

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if self.session_id is not None:
            self._open_again()
        call = partial(self.app.wsgi_app, environ, start_response)
        return contextvars.Context().run(call)

    def _open_again(self) -> None:
        """A case may sign out, or end its own session: the next one is signed in again."""
        with self.app.app_context(), Session(db.engine) as session:
            row = session.get(LoginSession, self.session_id)
            if row is not None and row.revoked_at is not None:
                row.revoked_at = None
                session.commit()


@pytest.fixture(scope="module")
def described(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a database of its own, without the limits on how often one asks."""
    folder = tmp_path_factory.mktemp("described")
    shutil.copy(sqlite_template, folder / "evenhand.db")
    app = create_app(make_settings(folder))
    limiter.enabled = False
    yield app
    limiter.enabled = True
    with app.app_context():
        db.engine.dispose()


def door_of(app: Flask, role: str) -> tuple[Door, dict[str, str]]:
    """The application for a role, and the headers of a browser that is signed in with it."""
    browser = app.test_client()
    token = browser.get("/api/v1/csrf").get_json()["csrf_token"]
    if role == "nobody":
        return Door(app), {"X-CSRF-Token": token, "Cookie": _cookie(browser)}
    with app.app_context():
        account = make_account(role=role)
    body = {"login": account.login, "password": PASSWORD}
    me = browser.post("/api/v1/session", json=body, headers={"X-CSRF-Token": token}).get_json()
    with app.app_context(), Session(db.engine) as session:
        row = session.query(LoginSession).filter_by(account_id=account.id).one()
        return Door(app, row.id), {"X-CSRF-Token": me["csrf_token"], "Cookie": _cookie(browser)}


def _cookie(browser: Any) -> str:
    kept = browser.get_cookie("evenhand")
    return f"evenhand={kept.value}"


def config_of(
    headers: dict[str, str], left_out: list[str], *, thorough: bool
) -> SchemathesisConfig:
    """Every check is on. A cursor is a token that the feed gave out: no pattern tells one that it
    gave out from one that it did not, so 422 is an answer to a well-formed one too."""
    accepted = ["2xx", "401", "403", "404", "409", "422"]
    only = {name: {"enabled": thorough} for name in ("examples", "coverage", "stateful")}
    return SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "headers": headers,
            "phases": only,
            "generation": {"max-examples": EXAMPLES, "deterministic": True},
            "operations": [
                {"include-operation-id": left_out, "enabled": False},
                {
                    "include-name": "GET /open/v1/results",
                    "checks": {"positive_data_acceptance": {"expected-statuses": accepted}},
                },
            ],
        }
    )


def judge_of(app: Flask) -> dict[str, str]:
    """Who calls an operation with every boundary value, by operationId: the first role that its
    mark lets in. The others call it with a few values each."""
    judges = {"public": "nobody"} | {
        name: next(role for role in ROLES if role in roles) for name, roles in PERMISSIONS.items()
    }
    described = {
        operation["operationId"]
        for path in describe(app)["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    }
    marks = {
        endpoint.replace(".", "_"): view.__dict__["access"]
        for endpoint, view in app.view_functions.items()
    }
    return {name: judges[marks[name]] for name in described}


def failures(event: ScenarioFinished) -> list[str]:
    """What the checks of one scenario found, each with the call that shows it."""
    checks = [check for one in event.recorder.checks.values() for check in one]
    return [
        f"{check.failure_info.failure}\n{check.failure_info.code_sample}"
        for check in checks
        if check.failure_info is not None
    ]


@pytest.mark.parametrize("thorough", [True, False], ids=["its own", "all the others"])
@pytest.mark.parametrize("role", ["nobody", *ROLES])
def test_every_reply_is_as_described(role: str, thorough: bool, described: Flask) -> None:
    judges = judge_of(described)
    left_out = [name for name, judge in judges.items() if (judge == role) is not thorough]
    if thorough and role not in judges.values():
        return  # another role calls first whatever this one may call
    door, headers = door_of(described, role)
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", door, config=config_of(headers, left_out, thorough=thorough)
    )
    called: set[str] = set()
    found: list[str] = []
    for event in from_schema(schema).execute():
        if isinstance(event, ScenarioFinished):
            called.add(event.recorder.label)
            found += failures(event)
        elif isinstance(event, NonFatalError):
            found.append(repr(event.value))
    assert found == [], "\n\n".join(found)
    assert called
