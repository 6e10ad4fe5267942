"""What sync refuses: only garbage and strangers; everything well-formed is kept."""

from __future__ import annotations

from ..platform.errors import Problem
from ..platform.i18n import lazy_gettext as _l


class Malformed(Problem):
    """Not JSON, or not of the shape of sync/1. ``wrong`` names the parts, ``events`` by id."""

    code = "sync.malformed"
    status = 422
    title = _l("The server does not understand this message. Nothing was taken from it")


class TooLarge(Problem):
    """More bytes or events than one call may carry."""

    code = "sync.too_large"
    status = 413
    title = _l("This is more than one call may carry. Send half")


class UnknownDevice(Problem):
    """The device is not enrolled, or belongs to another account."""

    code = "sync.unknown_device"
    status = 403
    title = _l("This phone is not registered for your account. Register it and try again")


class DeviceRevoked(Problem):
    """A revoked phone asks for visits. What it still sends is kept, in quarantine."""

    code = "sync.device_revoked"
    status = 403
    title = _l("This phone has been revoked and gets no visits. What it sends is still kept")


class AlteredEvent(Problem):
    """A known id with other content. The incident is kept; nothing of the call was taken."""

    code = "sync.altered_event"
    status = 409
    title = _l("This item was received earlier with different content. Both are kept")


class CannotAdopt(Problem):
    """The event would not change the visit, or the visit cannot take it now."""

    code = "sync.cannot_adopt"
    status = 409
    title = _l("This entry cannot be adopted as the visit stands")


class OwnVisit(Problem):
    """Who took part in a visit decides nothing about it, neither to let an entry in nor to leave
    one out."""

    code = "sync.own_visit"
    status = 403
    title = _l("You took part in this inspection. Another supervisor must decide")


class AlreadyDecided(Problem):
    """Somebody decided about this entry meanwhile."""

    code = "sync.already_decided"
    status = 409
    title = _l("Somebody has decided about this entry already")
