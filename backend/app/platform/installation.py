"""Facts about this installation's database that outlive the process: its epoch.

The epoch names one unbroken history. Restoring a backup starts a new one, and phones then offer
again everything they hold a receipt for.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import ids
from .database import Base
from .transactions import unit_of_work

EPOCH_HEADER = "Evenhand-Epoch"


class Installation(Base):
    """One fact: its name and its value, a text."""

    __tablename__ = "installation"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


def epoch() -> str:
    """Return the id of the database's present history; made on first use, kept by the process."""
    known = current_app.extensions.get("evenhand.epoch")
    if known is None:
        with unit_of_work() as session:
            row = session.get(Installation, "epoch")
            if row is None:
                row = Installation(name="epoch", value=str(ids.new_id()))
                session.add(row)
            known = current_app.extensions["evenhand.epoch"] = row.value
    return str(known)


def start_new_epoch(session: Session) -> None:
    """Forget the epoch after a restore; the next process makes a new one."""
    session.execute(delete(Installation).where(Installation.name == "epoch"))
    current_app.extensions.pop("evenhand.epoch", None)


def install(app: Flask) -> None:
    """Put the epoch on every reply of the API, so that a phone knows the reply is ours."""

    @app.after_request
    def _header(response: Response) -> Response:
        if request.path.startswith("/api/"):
            response.headers[EPOCH_HEADER] = epoch()
        return response
