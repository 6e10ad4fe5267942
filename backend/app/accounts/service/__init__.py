"""Use cases of people. Other features use what is listed here and nothing behind it."""

from .devices import enrol as enrol_device
from .devices import of_account as devices_of_account
from .devices import revoke as revoke_device
from .directory import (
    account,
    account_by_login,
    department,
    department_by_code,
    departments,
    device,
)
from .own import (
    activate,
    change_password,
    choose_language,
    end_session,
    issue_code,
    live_sessions,
)
from .passkeys import of_account as passkeys_of_account
from .passkeys import register as register_passkey
from .passkeys import registration_options as passkey_registration_options
from .passkeys import remove as remove_passkey
from .passkeys import rename as rename_passkey
from .passkeys import sign_in as sign_in_with_passkey
from .passkeys import sign_in_options as passkey_sign_in_options
from .passkeys import step_up as step_up_with_passkey
from .passkeys import step_up_options
from .proof import sign_in_with_password, sign_out, step_up_with_password

__all__ = [
    "account",
    "account_by_login",
    "activate",
    "change_password",
    "choose_language",
    "department",
    "department_by_code",
    "departments",
    "device",
    "devices_of_account",
    "end_session",
    "enrol_device",
    "issue_code",
    "live_sessions",
    "passkey_registration_options",
    "passkey_sign_in_options",
    "passkeys_of_account",
    "register_passkey",
    "remove_passkey",
    "rename_passkey",
    "revoke_device",
    "sign_in_with_passkey",
    "sign_in_with_password",
    "sign_out",
    "step_up_options",
    "step_up_with_passkey",
    "step_up_with_password",
]
