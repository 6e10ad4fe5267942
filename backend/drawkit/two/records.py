"""The records that a ceremony of version 2 makes, one after the other, and its commitments.

Each step's record goes into the ledger by its digest; the verifier makes the same records from a
bundle (``two/ledger.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from .. import forms
from ..commitment import freeze_hash, need_secret
from ..encoding import Malformed, canonical, digest
from ..names import TWO
from . import shape
from .grading import grade

Record = dict[str, Any]


def witness_commitment(
    freeze: bytes, witness_id: str, institution: str | None, secret: bytes
) -> str:
    """Hex commitment c_w of a witness to ``secret`` (:func:`drawkit.witness_secret`) and to the
    institution stated, under freeze hash ``freeze``."""
    need_secret(secret)
    stated = (institution or "").encode("utf-8")
    head = TWO.label("commit") + freeze + witness_id.encode("ascii") + b"\x00"
    return sha256(head + len(stated).to_bytes(4, "big") + stated + secret).hexdigest()


def committed(
    freeze: Mapping[str, Any], witness_id: str, institution: str | None, commitment: str
) -> Record:
    """What the ledger records of one commitment (``draw.committed``)."""
    return _head(freeze) | {
        "freeze": freeze_hash(dict(freeze)).hex(),
        "id": witness_id,
        "institution": institution,
        "commitment": commitment,
    }


def closed_list(
    freeze: Mapping[str, Any],
    plan: Mapping[str, Any],
    witnesses: Sequence[Mapping[str, Any]],
    ground: str | None = None,
) -> Record:
    """commits.json: the closed list with its grade. ``witnesses``: [{id, institution, commitment}]
    in any order; ``ground``: why nobody from outside took part, for the grade ``own_body``.

    Raises :class:`Malformed` below the quorum and where the ground is missing or out of place.
    """
    if len(witnesses) < freeze["quorum"]:
        raise Malformed(f"{len(witnesses)} witnesses committed, the quorum is {freeze['quorum']}")
    found = grade(freeze, plan, witnesses)
    if (found == shape.OWN_BODY) != (ground is not None):
        raise Malformed("a ground is needed exactly where only the own body took part")
    record = _head(freeze) | {
        "freeze": freeze_hash(dict(freeze)).hex(),
        "witnesses": sorted(({**one} for one in witnesses), key=lambda one: str(one["id"])),
        "grade": found,
        "ground": ground,
    }
    forms.check("commits.json", record, shape.COMMITS)
    return record


def thrown(freeze: Mapping[str, Any], number: int, digits: str, confirmed_by: str) -> Record:
    """What the ledger records of throw ``number`` (from 1) once a witness has confirmed it
    (``draw.thrown``)."""
    return _head(freeze) | {"throw": number, "digits": digits, "confirmed_by": confirmed_by}


def revealed(freeze: Mapping[str, Any], witness_id: str, text: str, rand: str) -> Record:
    """What the ledger records of one reveal (``draw.revealed``). ``rand``: hex. The operator's is
    ``revealed(freeze, shape.OPERATOR, "", number)``."""
    return _head(freeze) | {"id": witness_id, "text": text, "rand": rand}


def numbered(freeze: Mapping[str, Any], by: str, digits: str) -> Record:
    """What the ledger records of a lottery's number as one side typed it (``draw.numbered``)."""
    return _head(freeze) | {"by": by, "digits": digits}


def thrown_source(freeze: Mapping[str, Any], throws: Sequence[tuple[str, str]]) -> Record:
    """``public`` of a transcript from the confirmed throws [(digits, id of who confirmed)]."""
    return {
        "type": freeze["public"]["type"],
        "throws": [{"digits": digits, "confirmed_by": by} for digits, by in throws],
        "value": "".join(digits for digits, _ in throws),
    }


def lottery_source(freeze: Mapping[str, Any], by_operator: str, witness: tuple[str, str]) -> Record:
    """``public`` of a transcript from the digits that the operator's side typed, and a witness
    (id, digits). Raises :class:`Malformed` where they do not agree."""
    if by_operator != witness[1]:
        raise Malformed("the two sides typed different numbers")
    return {
        "type": freeze["public"]["type"],
        "entries": [
            {"by": shape.OPERATOR, "digits": by_operator},
            {"by": witness[0], "digits": witness[1]},
        ],
        "value": by_operator,
    }


def transcript(
    freeze: Mapping[str, Any],
    commits: Mapping[str, Any],
    operator: bytes,
    witnesses: Sequence[Mapping[str, str]],
    public: Mapping[str, Any],
) -> Record:
    """T, from which :func:`drawkit.seed` makes the seed. ``operator``: 32 bytes; ``witnesses``:
    [{id, text, rand (hex)}] in any order; ``public``: of :func:`thrown_source` or
    :func:`lottery_source`. Raises :class:`Malformed` for what no verifier takes."""
    need_secret(operator)
    record = _head(freeze) | {
        "freeze": freeze_hash(dict(freeze)).hex(),
        "commits": digest(canonical(dict(commits))),
        "operator": operator.hex(),
        "witnesses": sorted(({**one} for one in witnesses), key=lambda one: str(one["id"])),
        "public": dict(public),
    }
    forms.check("transcript.json", record, shape.TRANSCRIPT)
    if len(record["public"]["value"]) != freeze["public"]["digits"]:
        raise Malformed("the last source has another number of digits than was frozen")
    return record


def replacement_request(
    freeze: Mapping[str, Any],
    number: int,
    asked_by: str,
    vacated: Sequence[tuple[int, str]],
    recused: Sequence[tuple[str, str]],
    absent: Sequence[str],
) -> Record:
    """The request of a replacement as round ``number``, recorded (``draw.replacement_asked``)
    before the round's links are revealed."""
    return _head(freeze) | {
        "round": number,
        "kind": shape.REPLACEMENT,
        "asked_by": asked_by,
        "vacated": [{"seat": seat, "reason": reason} for seat, reason in sorted(vacated)],
        "recused": [list(pair) for pair in sorted(recused)],
        "absent": sorted(absent),
    }


def extension_request(
    freeze: Mapping[str, Any],
    number: int,
    asked_by: str,
    more: Sequence[tuple[str, int]],
    reason: str,
) -> Record:
    """The request of an extension as round ``number``, recorded (``draw.extension_asked``) before
    the round's links are revealed. ``more``: [(stratum, how many)]."""
    return _head(freeze) | {
        "round": number,
        "kind": shape.EXTENSION,
        "asked_by": asked_by,
        "more": [{"stratum": code, "n": count} for code, count in sorted(more)],
        "reason": reason,
    }


def request_of(freeze: Mapping[str, Any], entry: Mapping[str, Any]) -> Record:
    """The request that must have been recorded before a round's ``entry`` of rounds.json."""
    if entry["kind"] == shape.EXTENSION:
        more = [(one["stratum"], one["n"]) for one in entry["more"]]
        return extension_request(freeze, entry["round"], entry["asked_by"], more, entry["reason"])
    vacated = [(one["seat"], one["reason"]) for one in entry["vacated"]]
    recused = [(pair[0], pair[1]) for pair in entry["recused"]]
    return replacement_request(
        freeze, entry["round"], entry["asked_by"], vacated, recused, entry["absent"]
    )


def rounds(freeze: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Record:
    """rounds.json."""
    return _head(freeze) | {"rounds": [dict(entry) for entry in entries]}


def _head(freeze: Mapping[str, Any]) -> Record:
    return {"v": freeze["v"], "draw": freeze["draw"]}
