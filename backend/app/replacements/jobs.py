"""The job that draws waiting seats at the daily cut-off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ..platform import jobs
from . import service


@jobs.handler(service.CUT_OFF)
def draw_at_cut_off(_job_id: UUID, payload: dict[str, Any]) -> None:
    """Draw the waiting seats of one draw. The first job of the day draws them all; later ones find
    nothing."""
    service.cut_off(UUID(payload["draw"]))
