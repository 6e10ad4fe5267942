"""Folding in steps: the reducer's accumulator, kept between pushes and taken up again.

Pure. ``resume(package, saved, later)`` gives what ``fold(package, all)`` gives, as long as
``later`` holds the events after the snapshot; a property test holds that. Must not import Flask,
the ORM, a clock, randomness or the network.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backend.app.visits.reducer import _apply, _finish, _Fold, _order
from backend.app.visits.shapes import Event, Package, VisitState

VERSION = 1
"""Of the reducer and of what ``Folding.saved`` holds. Raise it whenever either changes: a snapshot
of another version is never taken up, its visit is folded anew from the events."""


class Folding:
    """A fold that can be added to: feed events in order, look at the state, save it."""

    def __init__(self, package: Package, saved: dict[str, Any] | None = None) -> None:
        points = (p["key"] for item in package["items"] for p in item["checklist"]["points"])
        self._fold = _Fold(frozenset(points))
        self._state: VisitState | None = None
        if saved is not None:
            self._fold.candidates = saved["candidates"]
            self._fold.notes = {
                point: [(device, note) for device, note in notes]
                for point, notes in saved["notes"].items()
            }
            self._fold.outcomes = [(device, outcome) for device, outcome in saved["outcomes"]]
            self._fold.withdrawn = saved["withdrawn"]
            self._fold.state = saved["state"]

    @property
    def points(self) -> frozenset[str]:
        """Keys of the points the package has."""
        return self._fold.points

    @property
    def sealed(self) -> bool:
        """Whether the record is handed in and not sent back."""
        return self._fold.state["seal"] is not None

    def feed(self, events: Iterable[Event]) -> None:
        """Apply events that come after everything fed before; they are put in order."""
        for event in sorted(events, key=_order):
            self.add(event)

    def add(self, event: Event) -> None:
        """Apply one event that comes after everything fed before."""
        _apply(self._fold, event)
        self._state = None

    def state(self) -> VisitState:
        """The state now; it is a view of this fold and changes with it."""
        if self._state is None:
            self._state = _finish(self._fold)
        return self._state

    def saved(self) -> dict[str, Any]:
        """Everything needed to go on later, as JSON values."""
        fold = self._fold
        return {
            "candidates": fold.candidates,
            "notes": fold.notes,
            "outcomes": fold.outcomes,
            "withdrawn": fold.withdrawn,
            "state": {**fold.state, "answers": {}, "result": None},
        }
