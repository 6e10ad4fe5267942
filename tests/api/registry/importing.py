"""What the tests of the import do through the office pages, and how they look at it."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.app.platform import ids
from backend.app.platform.database import db
from backend.app.registry.models import (
    ImportBatch,
    ImportPair,
    ImportProblem,
)
from tests.factories.registry import sound_code

IMPORTS = "/office/registry/imports"
HEAD = ("企业名称", "统一社会信用代码", "行政区划代码", "风险等级", "联系电话", "监管标签")


def row(number: int, **changes: str) -> list[str]:
    """A sound row of an enterprise file."""
    values = {
        "name": f"桓水{number}号店",
        "code": sound_code(number),
        "region": "370399",
        "risk": "B",
        "phone": "13800000000",
        "tags": "重点监管",
    }
    return list((values | changes).values())


def upload(client: Any, kind: str, data: bytes, batch: UUID | None = None) -> str:
    """Upload a file; gives the address of the import."""
    form = {
        "kind": kind,
        "batch": str(batch or ids.new_id()),
        "file": (io.BytesIO(data), "register.csv"),
    }
    reply = client.post(f"{IMPORTS}/new", data=form, content_type="multipart/form-data")
    assert reply.status_code == 303, reply.get_data(as_text=True)
    return str(reply.location)


def batch_at(address: str) -> ImportBatch:
    """The batch of an import's address."""
    with Session(db.engine) as session:
        return session.get_one(ImportBatch, UUID(address.rsplit("/", 1)[1]))


def check(client: Any, address: str, **more: str) -> ImportBatch:
    """Confirm the guessed columns and check."""
    mapping = {f"m-{name}": str(at) for name, at in batch_at(address).mapping.items()}
    reply = client.post(f"{address}/check", data=mapping | more)
    assert reply.status_code == 303, reply.get_data(as_text=True)
    return batch_at(address)


def write(client: Any, address: str, **form: str) -> ImportBatch:
    """Order the import."""
    assert client.post(f"{address}/import", data=form).status_code == 303
    return batch_at(address)


def findings(address: str) -> list[tuple[int, str]]:
    """(row, code) of the findings kept with the batch."""
    with Session(db.engine) as session:
        batch_id = UUID(address.rsplit("/", 1)[1])
        query = select(ImportProblem.row, ImportProblem.code).where(
            ImportProblem.batch_id == batch_id
        )
        return [(found[0], found[1]) for found in session.execute(query.order_by(ImportProblem.id))]


def pair_keys(address: str) -> list[str]:
    """The keys of the pairs of firms that the last check found."""
    with Session(db.engine) as session:
        batch_id = UUID(address.rsplit("/", 1)[1])
        return list(session.scalars(select(ImportPair.key).where(ImportPair.batch_id == batch_id)))


def count(model: Any) -> int:
    """How many rows a register has."""
    with Session(db.engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0
