"""Use cases of people. Other features use what is listed here and nothing behind it."""

from .directory import (
    account,
    account_by_login,
    department,
    department_by_code,
    departments,
    device,
)
from .proof import sign_in_with_password, sign_out, step_up_with_password

__all__ = [
    "account",
    "account_by_login",
    "department",
    "department_by_code",
    "departments",
    "device",
    "sign_in_with_password",
    "sign_out",
    "step_up_with_password",
]
