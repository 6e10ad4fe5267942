"""What draws refuse, each with its name."""

from __future__ import annotations

from ..platform.errors import Problem
from ..platform.i18n import lazy_gettext as _l


class WrongState(Problem):
    """The step does not follow from where the draw stands; ``state`` says where."""

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
    """Only the leading department and those above it run a draw."""

    code = "draws.outside_department"
    status = 403
    title = _l("This draw is led by a department you do not keep")


class NotYourPart(Problem):
    """Only an administrator of the invited department answers for it."""

    code = "draws.not_your_part"
    status = 403
    title = _l("Only an administrator of the invited department can answer for it")


class SeatOutsideTheDraw(Problem):
    """A seat, or the leading role, for a department that is unknown or does not take part."""

    code = "draws.seat_outside_the_draw"
    status = 422
    title = _l("A seat is set for a department that does not take part in this draw")


class ItemNotDrawable(Problem):
    """An item is not on the published list, has no checklist, or is another department's."""

    code = "draws.item_not_drawable"
    status = 422
    title = _l(
        "An item cannot be drawn on: it is not on the published list, has no checklist, or "
        "belongs to another department"
    )


class WitnessNotIndependent(Problem):
    """Who runs the draw cannot witness it, and the other way round."""

    code = "draws.witness_not_independent"
    status = 403
    title = _l("The person who runs the draw and the witness must be two different people")


class NoWitnessPlace(Problem):
    """Every place for a witness is taken, or this person took none."""

    code = "draws.no_witness_place"
    status = 409
    title = _l("There is no place for you as a witness of this draw")


class RevealDiffers(Problem):
    """Text and random bytes do not give the commitment."""

    code = "draws.reveal_differs"
    status = 422
    title = _l("This is not what the witness committed to. Copy text and digits exactly")


class DiceNotEnough(Problem):
    """Fewer digits than the rule demands, or something else than digits."""

    code = "draws.dice_not_enough"
    status = 422
    title = _l("Type at least 20 decimal digits, as the dice fell")


class RosterDiffers(Problem):
    """A stored table is not the frozen one: nothing was computed; ``file`` says which."""

    code = "draws.roster_differs"
    status = 409
    title = _l("A stored register is not the one that was frozen. Nothing was drawn")


class NothingToDispatch(Problem):
    """No visit has a full team."""

    code = "draws.nothing_to_dispatch"
    status = 409
    title = _l("No visit can be sent: every team has a vacant seat")


class ChainUsedUp(Problem):
    """Every link of the chains that the freeze committed to has been revealed."""

    code = "draws.chain_used_up"
    status = 409
    title = _l("This draw has had as many batches of replacements as its freeze provided for")


class ReasonMissing(Problem):
    """Cancelling and voiding need words the public can read."""

    code = "draws.reason_missing"
    status = 422
    title = _l("Give a reason that the public can read")


class CommitmentMalformed(Problem):
    """A commitment is 32 bytes in lower-case hex."""

    code = "draws.commitment_malformed"
    status = 422
    title = _l("The commitment is not 64 hexadecimal digits")
