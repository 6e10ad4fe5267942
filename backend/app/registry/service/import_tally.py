"""Counting a check so that it adds up: every row of the file has one fate and is counted once.

Pure. The counts are kept with the batch and shown as its reconciliation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.app.registry.imports.model import Entry, Problem
from backend.app.registry.imports.run import Unit
from backend.app.registry.service.import_words import word_rows

TAKEN = ("new", "changed", "unchanged")
WORDS_KEPT = 300

WITH_OTHERS = "kept_out_with_others"
"""Why a sound row is left out: another row of the same item, checklist or officer is not."""


@dataclass(slots=True)
class Tally:
    """What a check has counted so far.

    rows: judged. fates: rows not judged or without an entry of their own, by why. effects,
    effect_rows: sound entries and their rows by what they do. left_out: rows by the finding that
    keeps them out.
    """

    rows: int = 0
    entries: int = 0
    good_entries: int = 0
    parts: int = 0
    problems: Counter[tuple[str, str]] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    effect_rows: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    words: Counter[tuple[str, str]] = field(default_factory=Counter)
    pairs: int = 0
    _first_error: dict[int, str] = field(default_factory=dict)

    def read(self, unit: Unit, refused: Iterable[Problem]) -> None:
        """Count a unit's rows and findings, and the findings that planning added."""
        self.rows += unit.rows
        self.entries += len(unit.entries)
        self.fates.update(unit.fates)
        self.words.update(unit.words)
        for problem in (*unit.problems, *refused):
            self.problems[problem.severity, problem.code] += 1
            if problem.severity == "error":
                self._first_error.setdefault(problem.row, problem.code)

    def take(self, entry: Entry, effect: str) -> None:
        """Count a sound entry."""
        self.good_entries += 1
        self.effects[effect] += 1
        self.effect_rows[effect] += len(entry.rows)

    def leave_out(self, entry: Entry) -> None:
        """Count the rows of an entry that is not taken, each under its own first error."""
        for row in entry.rows:
            self.left_out[self._first_error.get(row, WITH_OTHERS)] += 1

    def document(self) -> dict[str, Any]:
        """The counts as the batch keeps them."""
        severities: Counter[str] = Counter()
        for (severity, _code), count in self.problems.items():
            severities[severity] += count
        return {
            "rows": self.rows,
            "parts": self.parts,
            "bad_rows": len(self._first_error),
            "entries": self.entries,
            "good_entries": self.good_entries,
            "bad_entries": self.entries - self.good_entries,
            "errors": severities["error"],
            "warnings": severities["warning"],
            "notes": severities["note"],
            "of": [[*key, count] for key, count in sorted(self.problems.items())],
            **{effect: self.effects[effect] for effect in TAKEN},
            "words": word_rows(self.words, WORDS_KEPT),
            "pairs": self.pairs,
            "fates": dict(sorted(self.fates.items())),
            "effect_rows": {effect: self.effect_rows[effect] for effect in TAKEN},
            "left_out": dict(sorted(self.left_out.items())),
        }


_JUDGED_WITHOUT_ENTRY = frozenset({"repeated_row", "joined_firm"})


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Where every row of the file went.

    apart: (fate, rows) of rows that are no entries. taken: (effect, rows). left_out: (finding,
    rows), the most frequent first. other_sheets: [{name, rows, hidden}], not part of the sum.
    """

    rows: int
    apart: Sequence[tuple[str, int]]
    taken: Sequence[tuple[str, int]]
    left_out: Sequence[tuple[str, int]]
    other_sheets: Sequence[Mapping[str, Any]]

    @property
    def accounted(self) -> int:
        """The sum of all parts; equal to `rows`, or the program lost one."""
        return sum(
            count for part in (self.apart, self.taken, self.left_out) for _name, count in part
        )


def reconcile(
    counts: Mapping[str, Any], summary: Mapping[str, Any], survey: Mapping[str, Any]
) -> Reconciliation | None:
    """The reconciliation of a check, or of the import once `summary` tells what it did; None for
    a batch of before there was one."""
    if "fates" not in counts:
        return None
    fates = counts["fates"]
    apart = [(name, count) for name, count in fates.items() if count]
    beside = sum(count for name, count in fates.items() if name not in _JUDGED_WITHOUT_ENTRY)
    effects = summary.get("effect_rows", counts["effect_rows"])
    left_out = sorted(counts["left_out"].items(), key=lambda one: (-one[1], one[0]))
    return Reconciliation(
        counts["rows"] + beside,
        apart,
        [(effect, effects[effect]) for effect in TAKEN],
        left_out,
        survey.get("other_sheets", ()),
    )
