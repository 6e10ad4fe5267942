"""The ledger's work after a commit: index and publish, then ask the witnesses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ..platform import jobs
from . import sequencer, witnesses


@jobs.handler(sequencer.SEQUENCE)
def run_sequencer(_job_id: UUID, _payload: dict[str, Any]) -> None:
    """Index and publish whatever waits."""
    sequencer.sequence()


@jobs.handler(sequencer.COSIGN)
def ask_witnesses(_job_id: UUID, _payload: dict[str, Any]) -> None:
    """Have the newest checkpoint co-signed."""
    witnesses.ask_all()
