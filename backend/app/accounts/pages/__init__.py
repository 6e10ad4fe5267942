"""Office pages of people."""

from . import account, departments, kept_forms, overview, people, resets, roles, signing_in
from .blueprint import bp

__all__ = [
    "account",
    "bp",
    "departments",
    "kept_forms",
    "overview",
    "people",
    "resets",
    "roles",
    "signing_in",
]
