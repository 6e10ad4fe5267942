"""What the verdict on an equal bundle of version 2 says: its grade, marked strata, and limits."""

from __future__ import annotations

from ..case import Case
from . import shape
from .grading import ALL_ROWS, stratum_marks

FEW_DIGITS = 5
"""With fewer digits the verdict says how few numbers a lottery could come to."""
_GRADES = {
    shape.OPEN: "grade open: witnessed by several parties, or a public lottery came last",
    shape.OTHER_BODY: "grade other_body: a witness of another body took part",
    shape.OWN_BODY: "grade own_body: only persons of the body itself took part",
}
_MARKS = {
    True: "all of its rows were drawn, so no chance was involved",
    False: "fewer than 10 rows",
}


def praise(case: Case) -> str:
    """Return what follows the number of the draw: its grade and what its strata are marked with."""
    said = [_GRADES[case.grade]]
    for code, marks in stratum_marks(case.strata).items():
        words = " and ".join(_MARKS[mark == ALL_ROWS] for mark in marks)
        said.append(f"stratum {code}: {words}")
    return f" ({'; '.join(said)})"


def limits(case: Case) -> list[str]:
    """Return what the bundle does not prove, a phrase each."""
    freeze = case.freeze
    found = ["that the register was complete, that witnesses are from where they say"]
    found += _limits_of_source(case)
    if freeze["sup_keeper"] == shape.SERVER:
        found.append(
            "that later rounds were unknown to whoever holds the server, which keeps both chains"
        )
    if case.grade == shape.OWN_BODY:
        found.append("that anybody from outside was there")
    if freeze["filed_plan"] is None:
        found.append("that the draw belongs to a filed plan: it names none")
    if case.anchored and not case.cosigners:
        found.append("the times: they are the clock of the ledger's keeper, no cosigner was asked")
    return found


def _limits_of_source(case: Case) -> list[str]:
    public = case.freeze["public"]
    if public["type"] != shape.LOTTERY:
        parties = len(case.commits["witnesses"]) + 1
        return [f"anything if all {parties} who put in a number acted together"]
    if public["fictional"]:
        return ["anything to the public: the lottery is a fictional one for trying out"]
    where = f"look up {public['name']}, issue {public['issue']}"
    found = [f"that {case.transcript['public']['value']} is the number that was drawn: {where}"]
    if public["digits"] < FEW_DIGITS:
        found.append(
            f"with {public['digits']} digits, that those who acted together did not choose secrets"
            " that are lucky for somebody in more of the few numbers possible"
        )
    return found
