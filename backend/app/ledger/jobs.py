"""The ledger's work after a commit: index and publish, then ask the witnesses and the clock."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ..platform import jobs
from ..platform.transactions import unit_of_work
from . import sequencer, stamping, witnesses


@jobs.handler(sequencer.SEQUENCE)
def run_sequencer(_job_id: UUID, _payload: dict[str, Any]) -> None:
    """Give an index to every waiting entry, and publish them."""
    sequencer.sequence()


@jobs.handler(sequencer.COSIGN)
def ask_witnesses(_job_id: UUID, _payload: dict[str, Any]) -> None:
    """Have the newest checkpoint co-signed."""
    witnesses.ask_all()


@jobs.handler(stamping.STAMP)
def stamp(_job_id: UUID, _payload: dict[str, Any]) -> None:
    """Have the newest checkpoint time-stamped; a failure is tried again later."""
    made = stamping.stamp_newest()
    if made is not None:
        with unit_of_work() as session:
            stamping.plan_next(session, made)
