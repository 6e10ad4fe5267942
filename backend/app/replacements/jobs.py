"""Work of replacements that begins at a time of day: the daily cut-off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ..platform import jobs
from . import service


@jobs.handler(service.CUT_OFF)
def draw_at_cut_off(_job_id: UUID, payload: dict[str, Any]) -> None:
    """Draw what waits; the first job of the day finds it all, the others nothing."""
    service.cut_off(UUID(payload["draw"]))
