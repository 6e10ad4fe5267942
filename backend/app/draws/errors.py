"""The refusals of draws, each with its name."""

from __future__ import annotations

from ..platform.errors import Problem
from ..platform.i18n import lazy_gettext as _l


class WrongState(Problem):
    """The step does not follow from the draw's state; ``state`` names it."""

    code = "draws.wrong_state"
    status = 409
    title = _l("This step is not possible where the draw stands now")


class ChangedMeanwhile(Problem):
    """Somebody saved the plan since the page was opened."""

    code = "draws.changed_meanwhile"
    status = 409
    title = _l("Somebody else has changed this draw since you opened it. Nothing was overwritten")


class CannotFreeze(Problem):
    """The plan breaks rules; ``reasons`` holds their codes, the detail their sentences."""

    code = "draws.cannot_freeze"
    status = 422
    title = _l("This draw cannot be frozen yet")


class OutsideYourDepartment(Problem):
    """Only the leading department and those above it can run a draw."""

    code = "draws.outside_department"
    status = 403
    title = _l("This draw is led by a department you do not keep")


class TookPart(Problem):
    """A person who took a step of a draw cannot declare it void."""

    code = "draws.took_part"
    status = 403
    title = _l("You took a step of this draw yourself. Somebody else has to declare it void")


class NotYourPart(Problem):
    """Only an administrator of the invited department can answer for it."""

    code = "draws.not_your_part"
    status = 403
    title = _l("Only an administrator of the invited department can answer for it")


class SeatOutsideTheDraw(Problem):
    """A seat, or the leading role, is given to a department that is unknown or does not take
    part."""

    code = "draws.seat_outside_the_draw"
    status = 422
    title = _l("A seat is set for a department that does not take part in this draw")


class ItemNotDrawable(Problem):
    """An item is not on the published list, has no checklist, or belongs to another department."""

    code = "draws.item_not_drawable"
    status = 422
    title = _l(
        "An item cannot be drawn on: it is not on the published list, has no checklist, or "
        "belongs to another department"
    )


class WitnessNotIndependent(Problem):
    """A person who runs the draw cannot witness it, and a witness cannot run it."""

    code = "draws.witness_not_independent"
    status = 403
    title = _l("The person who runs the draw and the witness must be two different people")


class NoWitnessPlace(Problem):
    """Every place for a witness is taken, or this person has taken none."""

    code = "draws.no_witness_place"
    status = 409
    title = _l("There is no place for you as a witness of this draw")


class RevealDiffers(Problem):
    """The revealed text and random bytes do not give the commitment."""

    code = "draws.reveal_differs"
    status = 422
    title = _l("This is not what the witness committed to. Copy text and digits exactly")


class RosterDiffers(Problem):
    """A stored table is not the frozen one, so nothing was computed; ``file`` says which table."""

    code = "draws.roster_differs"
    status = 409
    title = _l("A stored register is not the one that was frozen. Nothing was drawn")


class NothingToDispatch(Problem):
    """No unsent visit has a full team."""

    code = "draws.nothing_to_dispatch"
    status = 409
    title = _l("No visit can be sent: every team has a vacant seat")


class ChainUsedUp(Problem):
    """Every link of the chains that the freeze committed to has been revealed."""

    code = "draws.chain_used_up"
    status = 409
    title = _l("This draw has had as many batches of replacements as its freeze provided for")


class LastDayPassed(Problem):
    """The visits' last day has passed, so visits added now would be late at once."""

    code = "draws.last_day_passed"
    status = 409
    title = _l("The visits' last day has passed. Prepare a new draw instead")


class TooFewLeft(Problem):
    """An extension adds no rows, or more than a stratum has left."""

    code = "draws.too_few_left"
    status = 422
    title = _l("Add at least one enterprise, and no more than a stratum has left")


class ReasonMissing(Problem):
    """Cancelling and voiding need a reason in words, which the public can read."""

    code = "draws.reason_missing"
    status = 422
    title = _l("Give a reason that the public can read")


class CommitmentMalformed(Problem):
    """A commitment must be 32 bytes in lower-case hex."""

    code = "draws.commitment_malformed"
    status = 422
    title = _l("The commitment is not 64 hexadecimal digits")


class TextNotPlain(Problem):
    """A witness's text has more than one form or line, is too long, or contains something
    invisible."""

    code = "draws.text_not_plain"
    status = 422
    title = _l(
        "The text must be one line of at most 200 characters in Unicode's usual form (NFC), "
        "without control and direction marks or others that nobody sees"
    )


class LeadTimeRuns(Problem):
    """The ceremony may not begin yet; ``opens_at`` says when."""

    code = "draws.lead_time_runs"
    status = 409
    title = _l("The time between freeze and ceremony has not passed yet")


class FreezeNotInLedger(Problem):
    """The ledger has not given the freeze its index yet."""

    code = "draws.freeze_not_in_ledger"
    status = 409
    title = _l("The freeze is not in the ledger yet. Try again in a moment")


class LedgerStandsStill(Problem):
    """The step before is not in the ledger, or the ledger takes no entries: the draw does not
    move."""

    code = "draws.ledger_stands_still"
    status = 503
    title = _l("The ledger cannot take this step, so nothing has moved. Try again in a moment")


class TranscriptNotInLedger(Problem):
    """The ledger has not given the transcript its index yet; no lot is computed before."""

    code = "draws.transcript_not_in_ledger"
    status = 409
    title = _l("The transcript is not in the ledger yet. Try again in a moment")


class RunsTheDraw(Problem):
    """A person who took a step of the draw tries to join it as a witness, in a browser signed in to
    the office."""

    code = "draws.runs_the_draw"
    status = 403
    title = _l(
        "This browser is signed in to the office as somebody who took a step of this draw. "
        "Witnesses are other people"
    )


class JoiningOver(Problem):
    """The code lets no more witnesses in: the list is closed or the hours are over."""

    code = "draws.joining_over"
    status = 409
    title = _l("Witnesses can no longer join with this code")


class NameMalformed(Problem):
    """Name or office is missing, too long, or more than one line."""

    code = "draws.name_malformed"
    status = 422
    title = _l("Write name and office, each in one line of 2 to 60 characters")


class NotYourPlace(Problem):
    """This phone has no place in this draw, or none that may do this step."""

    code = "draws.not_your_place"
    status = 403
    title = _l("This phone has no place as a witness of this draw")


class QuorumNotMet(Problem):
    """Fewer witnesses have committed than the freeze demands; ``have`` and ``need`` are counts."""

    code = "draws.quorum_not_met"
    status = 409
    title = _l("The list cannot be closed yet: too few witnesses have committed")


class ThrowMalformed(Problem):
    """The throw has not exactly one digit for each die; ``dice`` says how many there are."""

    code = "draws.throw_malformed"
    status = 422
    title = _l("Type one digit for each die of the throw, in the order they fell")


class ThrowOutOfTurn(Problem):
    """The throw that was sent or looked at is not the one at hand."""

    code = "draws.throw_out_of_turn"
    status = 409
    title = _l("This is not the throw that is at hand now. Look at the screen again")


class ThrowWaits(Problem):
    """Other digits were typed for this throw before and wait for the second person."""

    code = "draws.throw_waits"
    status = 409
    title = _l("This throw was typed already and waits for the second person")


class SecondPersonNeeded(Problem):
    """The person who typed a throw cannot confirm it."""

    code = "draws.second_person_needed"
    status = 403
    title = _l("Another person than the one who typed the throw has to confirm it")


class NotTheWitness(Problem):
    """The throws of a routine draw are confirmed by its witness alone."""

    code = "draws.not_the_witness"
    status = 409
    title = _l("The throws of this draw are confirmed by its witness alone")


class RefusedBefore(Problem):
    """This person has refused the same digits of the throw before."""

    code = "draws.refused_before"
    status = 409
    title = _l("You have refused these digits of this throw before. Another person has to look now")


class ShapeMalformed(Problem):
    """The numbers of places, quorum and dice do not fit each other."""

    code = "draws.shape_malformed"
    status = 422
    title = _l("Witnesses: at least one, and the quorum no larger than the places")


class OnlyARehearsal(Problem):
    """A rehearsal cannot be dispatched, published or extended."""

    code = "draws.only_a_rehearsal"
    status = 409
    title = _l("This was a rehearsal. It is not a draw, and nothing follows from it")
