"""Use cases of people. Other features use what is listed here and nothing behind it."""

from .devices import enrol as enrol_device
from .devices import of_account as devices_of_account
from .devices import revoke as revoke_device
from .directory import (
    account,
    account_by_login,
    acting_token,
    department,
    department_by_code,
    departments,
    device,
    names,
    permitted,
    role_scope,
    role_token,
)
from .independence import note_act, refusal_between, require_independent
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
from .people import (
    Wanted,
    add_person,
    admin_scope,
    change_person,
    may_edit,
    new_code,
    order_reset,
    oversight_office,
    people,
    person,
    set_active,
    set_roles,
    was_used,
)
from .proof import sign_in_with_password, sign_out, step_up_with_password
from .proposals import LIFETIME as PROPOSAL_LIFETIME
from .proposals import ProposalView
from .proposals import agree as agree_to_role
from .proposals import of_account as proposals_of_account
from .proposals import refuse as refuse_role
from .proposals import waiting as waiting_roles
from .proposals import withdraw as withdraw_role
from .resets import OwnReset
from .resets import agree as agree_to_reset
from .resets import make_code as make_reset_code
from .resets import object_to as object_to_reset
from .resets import of_owner as reset_of_owner
from .resets import open_of_account as open_reset
from .resets import read as read_resets
from .resets import waiting as waiting_resets
from .resets import withdraw as withdraw_reset
from .tree import DepartmentFacts, add_department, change_department, tree
from .tree import in_scope as department_in_scope

__all__ = [
    "PROPOSAL_LIFETIME",
    "DepartmentFacts",
    "OwnReset",
    "ProposalView",
    "Wanted",
    "account",
    "account_by_login",
    "acting_token",
    "activate",
    "add_department",
    "add_person",
    "admin_scope",
    "agree_to_reset",
    "agree_to_role",
    "change_department",
    "change_password",
    "change_person",
    "choose_language",
    "department",
    "department_by_code",
    "department_in_scope",
    "departments",
    "device",
    "devices_of_account",
    "end_session",
    "enrol_device",
    "issue_code",
    "live_sessions",
    "make_reset_code",
    "may_edit",
    "names",
    "new_code",
    "note_act",
    "object_to_reset",
    "open_reset",
    "order_reset",
    "oversight_office",
    "passkey_registration_options",
    "passkey_sign_in_options",
    "passkeys_of_account",
    "people",
    "permitted",
    "person",
    "proposals_of_account",
    "read_resets",
    "refusal_between",
    "refuse_role",
    "register_passkey",
    "remove_passkey",
    "rename_passkey",
    "require_independent",
    "reset_of_owner",
    "revoke_device",
    "role_scope",
    "role_token",
    "set_active",
    "set_roles",
    "sign_in_with_passkey",
    "sign_in_with_password",
    "sign_out",
    "step_up_options",
    "step_up_with_passkey",
    "step_up_with_password",
    "tree",
    "waiting_resets",
    "waiting_roles",
    "was_used",
    "withdraw_reset",
    "withdraw_role",
]
