"""What can go wrong when people prove who they are, and when others look after their accounts."""

from __future__ import annotations

from ..platform.errors import Problem
from ..platform.i18n import lazy_gettext as _l


class WrongCredentials(Problem):
    """Unknown name, wrong password, disabled account: one sentence for all of them."""

    code = "accounts.wrong_credentials"
    status = 401
    title = _l("Name and password do not fit together")


class WrongPassword(Problem):
    """The signed-in person's password does not fit."""

    code = "accounts.wrong_password"
    status = 403
    title = _l("This is not your password")


class WrongCode(Problem):
    """No such person, a wrong, used or expired activation code: one sentence for all of them."""

    code = "accounts.wrong_code"
    status = 401
    title = _l("Name and activation code do not fit together, or the code is used or too old")


class WeakPassword(Problem):
    """A new password that the rules refuse; ``detail`` says why."""

    code = "accounts.weak_password"
    status = 422
    title = _l("Choose another password")


class PasskeyRefused(Problem):
    """The answer of a passkey does not prove anything. One sentence, whatever was wrong."""

    code = "accounts.passkey_refused"
    status = 403
    title = _l("The passkey was not accepted. Try again or use your password")


class BadDeviceKey(Problem):
    """The bytes are not a P-256 public key in its standard form."""

    code = "accounts.bad_device_key"
    status = 422
    title = _l("This is not a device key that can be enrolled")


class DeviceOfAnother(Problem):
    """The device id belongs to another account."""

    code = "accounts.device_of_another"
    status = 409
    title = _l("This device is enrolled by somebody else")


class DeviceKeyDiffers(Problem):
    """The device id is enrolled with another key."""

    code = "accounts.device_key_differs"
    status = 409
    title = _l("This device is enrolled with another key")


class DeviceRevoked(Problem):
    """The device id was revoked and stays so."""

    code = "accounts.device_revoked"
    status = 409
    title = _l("This device was revoked. Enrol it as a new one")


class TooManyDevices(Problem):
    """More live devices than one person carries."""

    code = "accounts.too_many_devices"
    status = 409
    title = _l("Too many devices are enrolled. Revoke one that you no longer use")


class LoginTaken(Problem):
    """Another account signs in under this name."""

    code = "accounts.login_taken"
    status = 409
    title = _l("Somebody else signs in under this name")
    fields = ("login",)


class CodeTaken(Problem):
    """Another department has this code."""

    code = "accounts.department_code_taken"
    status = 409
    title = _l("Another department has this code")
    fields = ("code",)


class RoleNotYours(Problem):
    """The roles asked for are beyond what this person may give or take."""

    code = "accounts.role_not_yours"
    status = 403
    title = _l("You may not give or take this role there")


class NotYourself(Problem):
    """Own roles and the own account are changed by somebody else."""

    code = "accounts.not_yourself"
    status = 409
    title = _l("Somebody else must change your own roles or account")


class BadTree(Problem):
    """The change would bend the tree of departments; ``detail`` says how."""

    code = "accounts.bad_tree"
    status = 422
    title = _l("The departments cannot be arranged like this")


class NotIndependent(Problem):
    """The second person of an act depends on the first; ``detail`` says why and who could act."""

    code = "accounts.not_independent"
    status = 409
    title = _l("This needs a second person who is independent of the first")


class NumberTaken(Problem):
    """Another account has this employee number; ``detail`` says whose it is."""

    code = "accounts.number_taken"
    status = 409
    title = _l("This employee number belongs to another account: one person has one account")
    fields = ("employee_number",)


class ProposalSettled(Problem):
    """The proposed role was agreed to, refused or withdrawn, or its time is over."""

    code = "accounts.proposal_settled"
    status = 409
    title = _l("This has been settled meanwhile, or its time is over. Reload the page")


class OtherDepartmentAgrees(Problem):
    """A role over all departments is agreed to by somebody of another department."""

    code = "accounts.other_department_agrees"
    status = 403
    title = _l("Somebody of another department than who proposed it has to agree to this role")


class ReasonNeeded(Problem):
    """A refusal says why."""

    code = "accounts.reason_needed"
    status = 422
    title = _l("Say why, in a few words")


class ResetOpen(Problem):
    """Another reset of this account is ordered or agreed to."""

    code = "accounts.reset_open"
    status = 409
    title = _l("A renewal of this access is under way already")


class ResetSettled(Problem):
    """The reset was stopped, used, or its time is over."""

    code = "accounts.reset_settled"
    status = 409
    title = _l("This renewal was settled meanwhile, or its time is over. Reload the page")


class ResetTooEarly(Problem):
    """The day in which the owner can object is not over."""

    code = "accounts.reset_too_early"
    status = 409
    title = _l("The owner can still object: the code can be made a day after the agreement")


class ResetNeeded(Problem):
    """The access of an account that was in use is renewed by two persons."""

    code = "accounts.reset_needed"
    status = 409
    title = _l("This account was in use: its access is renewed by two persons")
