"""Work of replacements after a commit: recusals that phones sent, the daily cut-off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ..platform import jobs
from ..registry import service as registry
from ..visits import service as visits
from . import service


@jobs.handler(visits.RECUSAL_REQUESTED)
def take_recusal(_job_id: UUID, payload: dict[str, Any]) -> None:
    """Let the seat of an officer who asked for recusal wait for the next batch."""
    service.recuse(UUID(payload["event"]))


@jobs.handler(registry.OFFICER_LIMITED)
def look_again(_job_id: UUID, payload: dict[str, Any]) -> None:
    """Let the seats of an officer wait who was deactivated or lost the certificate."""
    service.recheck(UUID(payload["officer"]))


@jobs.handler(service.CUT_OFF)
def draw_at_cut_off(_job_id: UUID, payload: dict[str, Any]) -> None:
    """Draw what waits; the first job of the day finds it all, the others nothing."""
    service.cut_off(UUID(payload["draw"]))
