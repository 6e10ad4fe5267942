"""Published results as pages and feeds read them: plain values, no database behind them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from .models import Publication, PublishedResult


@dataclass(frozen=True, slots=True)
class Document:
    """A publication: ``text`` is the canonical JSON whose SHA-256 is ``sha256``."""

    id: UUID
    kind: str
    subject: str
    text: str
    sha256: str
    published_at: datetime
    corrects: UUID | None

    @property
    def body(self) -> dict[str, Any]:
        """Return the document as parsed JSON."""
        body: dict[str, Any] = json.loads(self.text)
        return body


@dataclass(frozen=True, slots=True)
class PublicResult:
    """A published inspection result; all of it stands in the public document too.

    ``end_source``: "phone" when the officers' phone named the day on which the visit ended,
    "receipt" when that claim cannot be true and the day of the server's receipt stands instead.
    """

    id: UUID
    enterprise_code: str
    enterprise_name: str
    draw_number: str
    draw_name: str
    lot_number: int
    department: str
    items: Sequence[dict[str, str]]
    category_code: str
    category_label: str
    follow_up: dict[str, str | None]
    ended_on: date
    end_source: str
    due_on: date
    late: bool
    published_at: datetime
    document: Document

    @property
    def item_names(self) -> str:
        """Return the names of the items, joined as Chinese lists are."""
        return "、".join(item["name"] for item in self.items)


@dataclass(frozen=True, slots=True)
class PublicDraw:
    """A draw as its publication tells it. ``drawn`` is empty while identities are sealed."""

    draw_id: UUID
    number: str
    name: str
    department: str
    drawn_on: date
    pool_rows: int
    seed: str
    digests: Mapping[str, str]
    strata: Sequence[Mapping[str, Any]]
    items: Sequence[Mapping[str, str]]
    rows: Sequence[Mapping[str, Any]]
    drawn: int
    seats: int
    vacant: int
    officers: int
    witnesses: int
    document: Document


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of the home page; ``median_minutes`` is null before the first result."""

    results: int
    late: int
    median_minutes: int | None

    @property
    def median_days(self) -> str | None:
        """Return the median from visit to publication in days, one decimal."""
        return None if self.median_minutes is None else f"{self.median_minutes / 1440:.1f}"


def document_of(row: Publication) -> Document:
    """Return the view of a publication row."""
    return Document(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        text=row.body,
        sha256=row.sha256,
        published_at=row.published_at,
        corrects=row.corrects_id,
    )


def result_of(row: PublishedResult) -> PublicResult:
    """Return the view of a result row with its publication."""
    document = document_of(row.publication)
    body = document.body
    return PublicResult(
        id=row.publication_id,
        enterprise_code=row.enterprise_code,
        enterprise_name=row.enterprise_name,
        draw_number=body["draw"]["number"],
        draw_name=body["draw"]["name"],
        lot_number=body["draw"]["lot_number"],
        department=body["department"],
        items=body["items"],
        category_code=row.category_code,
        category_label=body["result"]["label"],
        follow_up=body["follow_up"],
        ended_on=row.ended_on,
        end_source=body.get("end_source", "phone"),
        due_on=row.due_on,
        late=row.late,
        published_at=row.published_at,
        document=document,
    )


def draw_of(row: Publication) -> PublicDraw:
    """Return the view of a draw's publication; a constraint of the database ensures that it names
    its draw."""
    document = document_of(row)
    body = document.body
    if row.draw_id is None:
        raise ValueError("a draw's publication without its draw")
    return PublicDraw(
        draw_id=row.draw_id,
        number=body["number"],
        name=body["name"],
        department=body["department"],
        drawn_on=date.fromisoformat(body["drawn_on"]),
        pool_rows=body["pool_rows"],
        seed=body["seed"],
        digests=body["digests"],
        strata=body["strata"],
        items=body["items"],
        rows=body["drawn"],
        drawn=sum(stratum["k"] for stratum in body["strata"]),
        seats=body["seats"],
        vacant=body["vacant"],
        officers=body["officers"],
        witnesses=body["witnesses"],
        document=document,
    )
