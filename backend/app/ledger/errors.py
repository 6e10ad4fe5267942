"""What can be wrong with the log, named; none of it is ever mended silently."""

from __future__ import annotations

from ..platform.errors import Problem
from ..platform.i18n import lazy_gettext as _l


class LogRefuses(Problem):
    """The log cannot be carried on without contradicting what it has published.

    ``index`` is the first entry concerned, ``length`` how many entries the database knows.
    """

    code = "ledger.refuses"
    status = 503
    title = _l("The ledger does not match what it has published, so it signs nothing")

    def __init__(self, index: int, length: int) -> None:
        self.index, self.length = index, length
        super().__init__(index=index, length=length)


class ShorterLog(LogRefuses):
    """The database has fewer entries than were published: an older backup was restored."""

    code = "ledger.shorter"
    title = _l("The database has fewer ledger entries than were published")


class DivergedLog(LogRefuses):
    """An entry of the database is not the published one."""

    code = "ledger.diverged"
    title = _l("A ledger entry in the database differs from the published one")


class DamagedFiles(LogRefuses):
    """Tiles or checkpoint are missing or altered; the database can write them again."""

    code = "ledger.damaged"
    title = _l("Published ledger files are missing or altered")


class WitnessAhead(LogRefuses):
    """A witness has co-signed a longer log than this one."""

    code = "ledger.witness_ahead"
    title = _l("A witness has seen a longer ledger than this one")


class UnknownWitness(Problem):
    """The key or the address of a witness cannot be used."""

    code = "ledger.witness_unusable"
    status = 422
    title = _l("This is not a cosignature key with an https address")


class NoTimestamp(Problem):
    """The time stamping authority did not answer, or its answer does not verify."""

    code = "ledger.no_timestamp"
    status = 502
    title = _l("The time stamping authority gave no valid time stamp")
