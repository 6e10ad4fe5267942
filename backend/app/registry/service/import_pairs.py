"""One firm under two codes: finding it in the register, and what a person decided about it.

A new code is compared with the register by registration number, by the organisation code inside
social credit codes, then by name and address. The row is held back until somebody says "one firm"
(the register's entry takes the row's data and keeps its history) or "two firms". Decisions are
kept with the import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.orm import Session

from backend.app.platform.pagination import Page, paginate
from backend.app.registry.imports.cells import alike
from backend.app.registry.imports.codes import organisation_of
from backend.app.registry.imports.model import Entry, Firm, Pair, pair_key
from backend.app.registry.models import Enterprise, ImportBatch, ImportPair

MERGE, APART = "merge", "apart"
PAIRS_KEPT = 2000

_TABLE = Enterprise.__table__
_WIDE, _NARROW = str.maketrans("()", "（）"), str.maketrans("（）", "()")


def register_matches(session: Session, entries: Sequence[Entry]) -> dict[str, tuple[str, Any]]:
    """Entry code -> (reason, the register's row) for entries whose firm the register seems to
    hold under another code; the entries' own codes are not in the register."""
    firms = [_firm(entry) for entry in entries]
    if not firms:
        return {}
    rows = session.execute(select(_TABLE).where(or_(*_conditions(firms)))).mappings().all()
    if not rows:
        return {}
    index = _Index(rows)
    found = {firm.code: index.match(firm) for firm in firms}
    return {code: match for code, match in found.items() if match is not None}


def _firm(entry: Entry) -> Firm:
    values = entry.values
    return Firm(
        entry.rows[0],
        entry.key,
        values["name"],
        values["address"],
        values["registration_number"],
    )


def _conditions(firms: Iterable[Firm]) -> list[Any]:
    numbers: set[str] = set()
    organisations: set[str] = set()
    names: set[str] = set()
    for firm in firms:
        numbers.update(filter(None, (firm.number, firm.code)))
        organisations.add(organisation_of(firm.code))
        if firm.address:
            names.update((firm.name, firm.name.translate(_WIDE), firm.name.translate(_NARROW)))
    organisations.discard("")
    conditions = [_TABLE.c.code.in_(numbers), _TABLE.c.registration_number.in_(numbers)]
    if names:
        conditions.append(_TABLE.c.name.in_(names))
    if organisations:
        conditions.append(func.substr(_TABLE.c.code, 9, 9).in_(organisations))
    return conditions


class _Index:
    """Rows of the register by everything a firm is recognised by."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._numbers: dict[str, Any] = {}
        self._organisations: dict[str, Any] = {}
        self._places: dict[tuple[str, str], Any] = {}
        for row in rows:
            for number in filter(None, (row["code"], row["registration_number"])):
                self._numbers.setdefault(number, row)
            if organisation := organisation_of(row["code"]):
                self._organisations.setdefault(organisation, row)
            self._places.setdefault((alike(row["name"]), alike(row["address"])), row)

    def match(self, firm: Firm) -> tuple[str, Any] | None:
        """(reason, row) of the firm in the register, the surest reason first; or None."""
        for number in filter(None, (firm.number, firm.code)):
            if number in self._numbers:
                return "number", self._numbers[number]
        organisation = organisation_of(firm.code)
        if organisation and organisation in self._organisations:
            return "organisation", self._organisations[organisation]
        place = (alike(firm.name), alike(firm.address))
        if firm.address and place in self._places:
            return "name_address", self._places[place]
        return None


def pair_with_register(entry: Entry, reason: str, row: Any) -> Pair:
    """The pair of a row of the file and an enterprise of the register."""
    number = row["registration_number"]
    return Pair(reason, _firm(entry), Firm(0, row["code"], row["name"], row["address"], number))


def merged_entry(entry: Entry, row: Any) -> Entry:
    """The entry as a change to the register's enterprise: the longer code counts, the other one
    stays as the registration number; between two of one length the file's is the newer."""
    values = dict(entry.values)
    kept, other = entry.key, row["code"]
    if len(kept) < len(other):
        kept, other = other, kept
    given = entry.given | {"code"}
    if len(other) < len(kept) and not values["registration_number"]:
        values["registration_number"] = other
        given |= {"registration_number"}
    values["code"] = kept
    return replace(entry, key=kept, values=values, given=given)


def keep_pairs(session: Session, batch_id: UUID, pairs: Sequence[Pair]) -> None:
    """Replace the pairs of a batch by those of its last check."""
    session.execute(delete(ImportPair).where(ImportPair.batch_id == batch_id))
    rows = [
        {
            "batch_id": batch_id,
            "key": pair.key,
            "reason": pair.reason,
            "ours": pair.ours._asdict(),
            "other": pair.other._asdict(),
        }
        for pair in pairs
    ]
    if rows:
        session.execute(insert(ImportPair), rows)


def list_pairs(session: Session, batch_id: UUID, page: int) -> Page[ImportPair]:
    """The pairs of a batch in the order of the file."""
    query = select(ImportPair).where(ImportPair.batch_id == batch_id)
    return paginate(session, query.order_by(ImportPair.id), page)


def decisions(
    session: Session, batch: ImportBatch, chosen: Mapping[str, str], rest: str
) -> dict[str, dict[str, str]]:
    """The batch's decisions about pairs with these added: key -> {act, kept, dropped,
    where: file | register}.

    chosen: key -> merge | apart. rest: the act for every pair that has none yet, "" for none.
    """
    decided: dict[str, dict[str, str]] = dict(batch.options.get("pairs", {}))
    for pair in session.scalars(select(ImportPair).where(ImportPair.batch_id == batch.id)):
        act = chosen.get(pair.key) or rest
        if act not in {MERGE, APART}:
            continue
        ours, other = pair.ours["code"], pair.other["code"]
        kept, dropped = (ours, other) if len(ours) > len(other) else (other, ours)
        where = "file" if pair.other["row"] else "register"
        decided[pair.key] = {"act": act, "kept": kept, "dropped": dropped, "where": where}
    return decided


def joined_codes(batch: ImportBatch) -> dict[str, str]:
    """Code -> the code of the other row that stands for the same firm, for pairs of rows decided
    to be one."""
    decided = batch.options.get("pairs", {}).values()
    return {
        one["dropped"]: one["kept"]
        for one in decided
        if one["act"] == MERGE and one["where"] == "file"
    }


def apart_keys(batch: ImportBatch) -> frozenset[str]:
    """The pairs decided to be two firms."""
    decided = batch.options.get("pairs", {}).items()
    return frozenset(key for key, one in decided if one["act"] == APART)


def merged_keys(batch: ImportBatch) -> frozenset[str]:
    """The pairs decided to be one firm."""
    decided = batch.options.get("pairs", {}).items()
    return frozenset(key for key, one in decided if one["act"] == MERGE)


def decided_act(entry: Entry, row: Any, merged: frozenset[str], apart: frozenset[str]) -> str:
    """What was decided about an entry and the register's row: merge, apart, or "" for nothing."""
    key = pair_key(entry.key, row["code"])
    return MERGE if key in merged else APART if key in apart else ""


def decided_pairs(batch: ImportBatch) -> list[dict[str, str]]:
    """The decisions about firms kept with the import: {act, kept, dropped, where}."""
    return [dict(one) for _key, one in sorted(batch.options.get("pairs", {}).items())]
