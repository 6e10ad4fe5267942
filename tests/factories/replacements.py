"""A dispatched draw whose officers have accounts and phones, for replacing some of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.accounts.models import Account, Device
from backend.app.draws.models import DrawSeat
from backend.app.draws.service import drawing, holding
from backend.app.platform import clock
from backend.app.platform.access import INSPECTOR
from backend.app.platform.database import db
from backend.app.registry.models import Officer
from backend.app.visits.models import Visit, VisitOfficer
from tests.factories import draws as make
from tests.factories.accounts import make_account
from tests.fakes.phone import Phone


@dataclass
class Sent:
    """A draw that was dispatched: its county, and accounts by officer."""

    county: make.County
    draw_id: UUID
    accounts: dict[UUID, Account]

    def visits(self) -> list[Visit]:
        """The visits in draw order."""
        with Session(db.engine, expire_on_commit=False) as session:
            query = select(Visit).where(Visit.draw_id == self.draw_id)
            return list(session.scalars(query.order_by(Visit.lot_number)))

    def team(self, visit: Visit) -> list[UUID]:
        """Officers of a visit by seat, as they are now."""
        with Session(db.engine) as session:
            query = select(VisitOfficer.officer_id).where(VisitOfficer.visit_id == visit.id)
            return list(session.scalars(query.order_by(VisitOfficer.seat)))

    def seats(self, row: int) -> list[DrawSeat]:
        """Seats of a drawn row, as they are now."""
        with Session(db.engine, expire_on_commit=False) as session:
            query = select(DrawSeat).where(DrawSeat.draw_id == self.draw_id, DrawSeat.row == row)
            return list(session.scalars(query.order_by(DrawSeat.seat_no)))


def give_accounts(*counties: make.County) -> dict[UUID, Account]:
    """Accounts for all officers of these departments, by officer."""
    accounts = {
        officer.id: make_account(role=INSPECTOR, department=county.department)
        for county in counties
        for officer in county.officers
    }
    with Session(db.engine) as session:
        for officer_id, account in accounts.items():
            session.get_one(Officer, officer_id).account_id = account.id
        session.commit()
    return accounts


def drawn_with_accounts(*, officers: int = 4, days: int = 30) -> Sent:
    """A draw with its result whose officers can sign in; its visits are due in ``days``."""
    county = make.make_county(officers=officers)
    accounts = give_accounts(county)
    draw_id = make.drawn(county) if days == 30 else _drawn(county, days)
    return Sent(county, draw_id, accounts)


def _drawn(county: make.County, days: int) -> UUID:
    draw_id = make.plan(county, last_day=clock.today() + timedelta(days=days))
    holding.freeze(draw_id, 2, county.operator)
    drawing.run_routine(
        draw_id,
        county.operator,
        county.witness,
        text=make.TEXT,
        rand=make.RAND,
        dice=make.DICE,
    )
    return draw_id


def dispatched(*, officers: int = 4, days: int = 30) -> Sent:
    """A dispatched draw: two officers a visit, out of ``officers``."""
    sent = drawn_with_accounts(officers=officers, days=days)
    drawing.dispatch(sent.draw_id, sent.county.operator)
    return sent


@dataclass
class Hand:
    """An officer with a phone: signed in, enrolled, in step with the server."""

    client: Any
    phone: Phone
    account: Account
    officer: UUID

    def send(self, **changes: Any) -> dict[str, Any]:
        """One call that succeeds; the outbox is empty afterwards."""
        reply = self.client.post("/api/v1/sync", json=self.phone.call(**changes))
        assert reply.status_code == 200, reply.get_data(as_text=True)
        self.phone.outbox.clear()
        answer: dict[str, Any] = reply.get_json()
        return answer

    def recuses(self, visit: UUID, ground: str = "interest", words: str = "") -> dict[str, Any]:
        """Ask for recusal and send it; the receipt."""
        self.phone.does(visit, "recusal.requested", {"ground": ground, "words": words})
        receipt: dict[str, Any] = self.send()["receipts"][-1]
        return receipt


Phones = Callable[[Sent, UUID], Hand]
"""The fixture ``phone_of``: the phone of an officer of a dispatched draw."""


def recused(phone_of: Phones) -> tuple[Sent, Visit, UUID]:
    """A dispatched draw, its first visit, and the officer of it who has asked for recusal."""
    sent = dispatched()
    visit = sent.visits()[0]
    leaver = sent.team(visit)[0]
    phone_of(sent, leaver).recuses(visit.id)
    return sent, visit, leaver


def hand(app: Any, sign_in: Any, sent: Sent, officer: UUID) -> Hand:
    """The officer's phone, enrolled and signed in."""
    account = sent.accounts[officer]
    client = app.test_client()
    sign_in(client, account=account)
    phone = Phone()
    with Session(db.engine) as session:
        session.add(
            Device(id=phone.device, account_id=account.id, public_key=phone.public_key, name="手机")
        )
        session.commit()
    return Hand(client, phone, account, officer)
