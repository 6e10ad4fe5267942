"""What the registers refuse, each with its name."""

from __future__ import annotations

from backend.app.platform.errors import Problem
from backend.app.platform.i18n import lazy_gettext as _l


class ChangedMeanwhile(Problem):
    """Somebody saved the same object since the form was opened."""

    code = "registry.changed_meanwhile"
    status = 409
    title = _l("Somebody else has changed this since you opened it. Nothing was overwritten")


class CodeTaken(Problem):
    """Another object of the register has this code."""

    code = "registry.code_taken"
    status = 409
    title = _l("Another entry already has this code")
    fields = ("code", "certificate")


class UnknownEnterprise(Problem):
    """No enterprise of the register has the code somebody typed."""

    code = "registry.unknown_enterprise"
    status = 422
    title = _l("No enterprise in the register has this code")
    fields = ("enterprise_code",)


class UnknownAccount(Problem):
    """No account signs in with the name somebody typed, or another officer has it."""

    code = "registry.unknown_account"
    status = 422
    title = _l("No free account of your departments has this sign-in name")
    fields = ("login",)


class OutsideYourDepartment(Problem):
    """The object belongs to a department or region this person does not keep."""

    code = "registry.outside_department"
    status = 403
    title = _l("This belongs to a department or region you do not keep")


class NotFit(Problem):
    """A checklist whose points contradict each other; `detail` names the point."""

    code = "registry.checklist_unfit"
    status = 422
    title = _l("The points of this checklist do not fit together")


class ItemNotPublished(Problem):
    """An item that is not on the published list cannot be drawn on or inspected."""

    code = "registry.item_not_published"
    status = 409
    title = _l("An item that is not on the published list cannot be drawn on")


class ChecklistMissing(Problem):
    """An item without a checklist cannot be inspected."""

    code = "registry.checklist_missing"
    status = 409
    title = _l("This item has no checklist yet")


class FileUnreadable(Problem):
    """The uploaded file is not a table that can be read."""

    code = "registry.file_unreadable"
    status = 422
    title = _l("This file cannot be read as a table")


class WrongStep(Problem):
    """The import is not in the state this order needs."""

    code = "registry.import_wrong_step"
    status = 409
    title = _l("This import is already further on. Reload the page")
