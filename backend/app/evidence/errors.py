"""What can go wrong with evidence. Whatever it is, the record stays as it is."""

from __future__ import annotations

from ..platform.errors import Problem
from ..platform.i18n import lazy_gettext as _l


class BadUpload(Problem):
    """A tus request whose headers say nothing usable; ``wrong`` names them."""

    code = "evidence.bad_upload"
    status = 400
    title = _l("The upload cannot start: something in its description is missing or wrong")


class WrongProtocol(Problem):
    """Another version of tus than 1.0.0."""

    code = "evidence.wrong_protocol"
    status = 412
    title = _l("This server speaks tus 1.0.0")


class TooLarge(Problem):
    """The file is larger than the installation takes."""

    code = "evidence.too_large"
    status = 413
    title = _l("This file is larger than allowed. The record itself is not affected")


class OverQuota(Problem):
    """The files of this visit together are larger than the installation takes."""

    code = "evidence.over_quota"
    status = 413
    title = _l("The files of this visit are together larger than allowed")


class Differs(Problem):
    """The id is known with another hash, size or visit."""

    code = "evidence.differs"
    status = 409
    title = _l("Another file was announced under this id")


class WrongOffset(Problem):
    """The bytes do not continue what is stored; ``offset`` says where to go on."""

    code = "evidence.wrong_offset"
    status = 409
    title = _l("The upload goes on from another place")


class UploadGone(Problem):
    """The attempt is over: it expired, or what arrived was damaged. Start a new one."""

    code = "evidence.upload_gone"
    status = 410
    title = _l("This upload has ended. The file is sent again from the beginning")


class Damaged(Problem):
    """What is stored has another SHA-256 than announced."""

    code = "evidence.damaged"
    status = 422
    title = _l("The file arrived damaged and is sent again")


class WrongType(Problem):
    """The bytes are of no kind that evidence may be."""

    code = "evidence.wrong_type"
    status = 415
    title = _l("This kind of file is not taken as evidence. The record itself is not affected")


class TooManyPixels(Problem):
    """The picture is larger than the program unpacks."""

    code = "evidence.too_many_pixels"
    status = 422
    title = _l("This picture has too many pixels. The record itself is not affected")


class StorageFull(Problem):
    """No room for more bytes; what was received stays and the upload can go on later."""

    code = "evidence.storage_full"
    status = 507
    title = _l(
        "The server has no room for files now. The file stays on the phone and is sent later"
    )


class StorageUnavailable(Problem):
    """The store did not take the bytes."""

    code = "evidence.storage_unavailable"
    status = 503
    title = _l("The server cannot store files now. The file stays on the phone and is sent later")


class CannotDelete(Problem):
    """tus termination is refused."""

    code = "evidence.cannot_delete"
    status = 405
    title = _l("Evidence cannot be deleted, only withdrawn with a reason")
