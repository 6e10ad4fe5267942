"""A signed-in inspector with an enrolled phone, and a visit to work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend.app.accounts.models import Account, Device
from backend.app.platform.database import db
from tests.factories.visits import Team, make_team, make_visit, passing_points
from tests.fakes.phone import Phone


@dataclass
class Field:
    """An officer in the field: browser, phone, account, and the visit both officers share."""

    client: Any
    phone: Phone
    account: Account
    officer: str
    team: Team
    visit: UUID
    session: Session
    package: dict[str, Any] = field(default_factory=dict)

    def sync(self, **changes: Any) -> Any:
        """One call with what is in the phone's outbox; the reply.

        What the test has looked at is let go first: on SQLite a look holds the write lock.
        """
        self.session.rollback()
        return self.client.post("/api/v1/sync", json=self.phone.call(**changes))

    def send(self, **changes: Any) -> dict[str, Any]:
        """A call that succeeds; the outbox is empty afterwards."""
        reply = self.sync(**changes)
        assert reply.status_code == 200, reply.get_data(as_text=True)
        self.phone.outbox.clear()
        answer: dict[str, Any] = reply.get_json()
        return answer


def enrol(phone: Phone, account: Account) -> None:
    """Register the phone's key for the account."""
    with Session(db.engine) as session:
        session.add(
            Device(id=phone.device, account_id=account.id, public_key=phone.public_key, name="手机")
        )
        session.commit()


@pytest.fixture
def in_field(app: Flask, client: Any, sign_in: Any, session: Session) -> Callable[..., Field]:
    """``in_field(seat=0, team=None, visit=None)`` → an officer of the team with a phone."""

    def make(seat: int = 0, team: Team | None = None, visit: UUID | None = None) -> Field:
        known = team or make_team(passing_points(3))
        where = visit or make_visit(known)
        account = known.accounts[seat]
        own = app.test_client() if team else client
        sign_in(own, account=account)
        phone = Phone()
        enrol(phone, account)
        made = Field(own, phone, account, str(known.officers[seat].id), known, where, session)
        first = made.send()
        made.package = next(v["package"] for v in first["visits"] if v["visit"] == str(where))
        return made

    return make
