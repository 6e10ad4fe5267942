"""One arranged county in which every endpoint is called as every role.

Five departments hold one object of every kind each. The caller holds the role that is looked at
in ``own`` and belongs to ``home`` without a role there: reading reaches ``home``, acting must not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.app.accounts.models import (
    Account,
    CredentialReset,
    Department,
    Device,
    LoginSession,
    Passkey,
    RoleGrant,
    RoleProposal,
)
from backend.app.draws.service import drawing as results
from backend.app.evidence.models import Evidence, Upload
from backend.app.platform import clock, ids
from backend.app.platform.access import INSPECTOR, ROLES
from backend.app.platform.database import db
from backend.app.platform.forms.kept import KeptForm
from backend.app.platform.transactions import unit_of_work
from backend.app.registry.models import Enterprise, Officer, OfficerLeave, RecusalGround
from backend.app.registry.service import importing
from backend.app.replacements.models import ReplacementCall, Vacancy
from backend.app.sync.models import QuarantinedEvent
from backend.app.visits.models import Visit
from tests.api.access.fields import Fields, arrange_fields
from tests.factories import draws as drawing
from tests.factories import field as fields
from tests.factories import replacements as sending
from tests.factories.accounts import make_account, make_department
from tests.factories.disclosure import Place, make_draw, publish
from tests.factories.registry import sound_code

PLACES = ("own", "below", "above", "home", "other")
"""Arranged from the last to the first: a draw of ``above`` takes officers of departments below it,
and a visit is also theirs to see. There are none yet when it is held."""
SHARED = frozenset(
    {
        "department_id",
        "enterprise_code",
        "enterprise_id",
        "item_id",
        "known_code",
        "region_code",
    }
)
"""What everybody in the office may read of: departments, the county's enterprises, published
items."""
MORE_PAGES = 3
"""How many pages the longest list of the county has."""
Objects = dict[str, Any]
_codes = count(900_000)


@dataclass
class World:
    """``objects[place]`` holds an id by the name that routes have for it, and ids for forms;
    ``mine[role]`` the objects that belong to the caller's account; ``fields`` the visits around
    the inspector."""

    departments: dict[str, Department]
    accounts: dict[str, Account]
    objects: dict[str, Objects]
    mine: dict[str, Objects]
    fields: Fields


def arrange() -> World:
    """Make the county, committed."""
    departments = _departments()
    accounts = {role: _caller(role, departments) for role in ROLES}
    objects = {place: _objects(departments[place]) for place in reversed(PLACES)}
    mine = {role: _belongings(account) for role, account in accounts.items()}
    around = arrange_fields(accounts[INSPECTOR], departments["own"], departments["other"])
    return World(departments, accounts, objects, mine, around)


def _departments() -> dict[str, Department]:
    above = make_department("上级", region_code="370300")
    own = make_department("本级", parent=above, region_code="370321")
    return {
        "own": own,
        "below": make_department("下级", parent=own, region_code="370321"),
        "above": above,
        "home": make_department("所在", region_code="370322"),
        "other": make_department("别的", region_code="370323"),
    }


def _caller(role: str, departments: dict[str, Department]) -> Account:
    account = make_account(role=None, department=departments["home"])
    with Session(db.engine) as session:
        place = departments["own"].id
        session.add(RoleGrant(account_id=account.id, department_id=place, role=role))
        session.commit()
    return account


def _objects(department: Department) -> Objects:
    """Ids of one object of every kind, all of ``department``."""
    county = drawing.make_county(department=department, officers=4, risks="AAAABB")
    _settle(county)
    accounts = sending.give_accounts(county)
    partner = drawing.make_county(officers=1, risks="")
    frozen = drawing.frozen(county)
    held = drawing.drawn(county)
    sent = drawing.drawn(county)
    results.dispatch(sent, county.operator)
    field, digest = fields.handed_in(department=department)
    found: Objects = {
        "department_id": department.id,
        "account_id": make_account(role=None, department=department).id,
        "item_id": county.item.id,
        "draft_id": _draft(department),
        "officer_id": county.officers[0].id,
        "certificate": county.officers[0].certificate,
        "enterprise_id": county.enterprises[0].id,
        "enterprise_code": sound_code(next(_codes)),
        "known_code": _sound(county.enterprises[0].id),
        "region_code": department.region_code,
        "plan": drawing.plan(county),
        "invited": _invited(county, partner),
        "frozen": frozen,
        "drawn": held,
        "sent": sent,
        "visit_id": field.visit,
        "digest": digest,
        "publication_id": _published(department),
    }
    inspector = next(iter(accounts.values()))
    return found | _rows(found, field, inspector, county)


def _published(department: Department) -> UUID:
    """A result of a draw of the department that the public may read."""
    supervisor = make_account(department=department)
    with unit_of_work() as session:
        draw = make_draw(session, department)
        place = Place(department, supervisor, draw.id, str(draw.number))
    return publish(place, "公示企业").id


def _settle(county: drawing.County) -> None:
    """Move the county's enterprises into its department's region, and name its officers so that
    no name begins another one."""
    moved = Enterprise.id.in_([one.id for one in county.enterprises])
    with Session(db.engine) as session:
        region = county.department.region_code
        session.execute(update(Enterprise).where(moved).values(region_code=region))
        mine = Officer.department_id == county.department.id
        session.execute(update(Officer).where(mine).values(name="执法员" + Officer.certificate))
        session.commit()


def _sound(enterprise_id: UUID) -> str:
    """Give an enterprise a code that the forms of the office take; the code."""
    code = sound_code(next(_codes))
    with Session(db.engine) as session:
        session.execute(update(Enterprise).where(Enterprise.id == enterprise_id).values(code=code))
        session.commit()
    return code


def _draft(department: Department) -> UUID:
    """An item that is not on the published list."""
    with Session(db.engine) as session:
        item = drawing.make_item(session, department, published=False)
        session.commit()
        return item.id


def _invited(county: drawing.County, partner: drawing.County) -> UUID:
    """A joint draw of another department that ``county`` is invited to."""
    return drawing.plan(partner, department_ids=[county.department.id])


def _rows(
    found: Objects, field: fields.Field, inspector: Account, county: drawing.County
) -> Objects:
    """Objects that are made as rows: what waits, what was uploaded, what was imported."""
    batch_id = ids.new_id()
    file = iter(["企业名称,统一社会信用代码\n".encode()])
    importing.receive(batch_id, "enterprises", "register.csv", file, county.operator)
    with Session(db.engine, expire_on_commit=False) as session:
        visit = session.scalars(
            select(Visit).where(Visit.draw_id == found["sent"]).order_by(Visit.lot_number)
        ).first()
        evidence = session.scalars(select(Evidence).where(Evidence.visit_id == field.visit)).first()
        assert visit is not None
        assert evidence is not None
        made = {
            "vacancy_id": _vacancy(visit, county, 0, "waiting"),
            "asked": _vacancy(visit, county, 1, "asked"),
            "closed": _vacancy(visit, county, 0, "withdrawn"),
            "call_id": ReplacementCall(
                draw_id=visit.draw_id, asked_by=county.operator_account.id, asked_at=clock.now()
            ),
            "leave_id": OfficerLeave(
                officer_id=found["officer_id"], starts_on=clock.today(), ends_on=clock.today()
            ),
            "proposal_id": RoleProposal(
                account_id=inspector.id,
                role="supervisor",
                department_id=county.department.id,
                proposed_by=county.operator_account.id,
                proposed_at=clock.now(),
                state="waiting",
                words="",
            ),
            "reset_id": CredentialReset(
                account_id=inspector.id,
                ordered_by=county.operator_account.id,
                ordered_at=clock.now(),
                kept_passkeys=[],
                state="ordered",
            ),
            "ground_id": RecusalGround(
                officer_id=found["officer_id"],
                enterprise_id=found["enterprise_id"],
                ground="interest",
            ),
        }
        session.add_all(made.values())
        kept = _kept(session, visit, inspector)
        session.commit()
        rows = {name: row.id for name, row in made.items()}
        return rows | {"batch_id": batch_id, "evidence_id": evidence.id, "kept": kept}


def _vacancy(visit: Visit, county: drawing.County, seat: int, state: str) -> Vacancy:
    return Vacancy(
        draw_id=visit.draw_id,
        visit_id=visit.id,
        row=visit.pool_row,
        seat_no=seat,
        officer_id=county.officers[seat].id,
        department_id=county.department.id,
        cause="absence",
        reason="leave",
        state=state,
    )


def _kept(session: Session, visit: Visit, inspector: Account) -> UUID:
    """An entry that waits in quarantine; its id."""
    device = Device(id=ids.new_id(), account_id=inspector.id, public_key=b"1", name="手机")
    session.add(device)
    session.flush()
    kept_id = ids.new_id()
    body = {"point": str(kept_id), "value": None, "note": None, "base": None}
    kept = QuarantinedEvent(
        id=kept_id,
        device_id=device.id,
        account_id=inspector.id,
        department_id=visit.department_id,
        visit_id=visit.id,
        seq=1,
        prev="0" * 64,
        kind="answer.set",
        sent=json.dumps({"at": clock.rfc3339(clock.now()), "body": body}),
        hash="1" * 64,
        receipt_reason="gap",
        reason="gap",
        received_at=clock.now(),
    )
    session.add(kept)
    return kept_id


def _belongings(account: Account) -> Objects:
    """Objects of the account itself."""
    now = clock.now()
    with Session(db.engine, expire_on_commit=False) as session:
        device = Device(id=ids.new_id(), account_id=account.id, public_key=b"1", name="手机")
        passkey = Passkey(
            id=ids.new_id(),
            account_id=account.id,
            credential_id=ids.new_id().bytes,
            public_key=b"1",
            sign_count=0,
            transports=[],
            name="钥匙",
            created_at=now,
        )
        row = LoginSession(
            id=ids.new_id(),
            account_id=account.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(hours=1),
            browser="",
            method="password",
        )
        kept = KeptForm(
            id=ids.new_id(), account_id=account.id, address="/office/x", fields=[], files=[]
        )
        session.add_all([device, passkey, row, kept])
        evidence = session.scalars(select(Evidence)).first()
        assert evidence is not None
        upload = Upload(
            evidence_id=evidence.id,
            account_id=account.id,
            attempt=_attempts(session, evidence.id),
            length=10,
            expires_at=now + timedelta(hours=1),
        )
        session.add(upload)
        session.commit()
        return {
            "device_id": device.id,
            "kept_id": kept.id,
            "passkey_id": passkey.id,
            "session_id": row.id,
            "upload_id": upload.id,
        }


def _attempts(session: Session, evidence_id: UUID) -> int:
    """A number that no upload of this evidence has yet."""
    numbers = session.scalars(select(Upload.attempt).where(Upload.evidence_id == evidence_id))
    return max(numbers, default=0) + 1
