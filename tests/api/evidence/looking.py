"""What tests of evidence look at: the one row, the pieces on the disk, a visit that waits."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.evidence.models import Evidence
from backend.app.platform import storage
from tests.api.sync.conftest import Field


def the_evidence(session: Session) -> Evidence:
    session.rollback()
    return session.scalars(select(Evidence)).one()


def pieces_on_disk(app: Flask) -> list[Path]:
    root = Path(storage.store().prefix)  # type: ignore[attr-defined]
    return [path for path in (root / "pieces").rglob("*") if path.is_file()]


def hand_in_with_photo(officer: Field, data: bytes) -> str:
    """Fill, photograph, hand in; the id of the photo."""
    officer.phone.fills(officer.package)
    photo = officer.phone.photographs(officer.visit, data)
    officer.phone.seals(officer.package, officer.officer)
    receipts = officer.send()["receipts"]
    assert {receipt["state"] for receipt in receipts} == {"applied"}
    return str(photo["body"]["evidence"])
