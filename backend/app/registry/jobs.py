"""Jobs of the registers; the work itself is in `service.import_work`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.app.platform import jobs
from backend.app.registry.service import import_work
from backend.app.registry.service.importing import CHECK, IMPORT


@jobs.handler(CHECK)
def check(_job_id: UUID, payload: dict[str, Any]) -> None:
    """Check an uploaded file."""
    import_work.run_check(payload)


@jobs.handler(IMPORT)
def write(_job_id: UUID, payload: dict[str, Any]) -> None:
    """Write a checked file into its register."""
    import_work.run_import(payload)
