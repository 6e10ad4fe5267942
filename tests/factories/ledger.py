"""Ledger entries for tests, written through the service as every feature writes them."""

from __future__ import annotations

from pathlib import Path

from backend.app.ledger import fsck, service
from backend.app.platform.settings import current_settings
from backend.app.platform.transactions import read_session, unit_of_work


def append(*subjects: str, entry_type: str = "visit.dispatched", body: object = None) -> None:
    """One entry for each subject, in one transaction."""
    with unit_of_work() as session:
        for subject in subjects:
            service.append(
                session, entry_type, actor="system", subject=subject, body={"about": body or "x"}
            )


def fill(count: int, start: int = 0) -> None:
    """``count`` entries with subjects ``n-<number>``, in one transaction."""
    append(*(f"n-{number}" for number in range(start, start + count)))


def finding() -> fsck.Finding | None:
    """The first thing that is wrong with the log."""
    with read_session() as session:
        return fsck.check(session).finding


def public_file(name: str) -> Path:
    """A published file of the log on this machine's disk."""
    return Path(current_settings().evidence_url.removeprefix("file://")) / "ledger" / name
