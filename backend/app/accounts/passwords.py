"""Passwords: argon2id with the cost the settings name."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from ..platform.settings import current_settings


@cache
def _hasher(time_cost: int, memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)


@cache
def _nobody(time_cost: int, memory_kib: int) -> str:
    """A hash to verify against when there is no account, so that both take as long."""
    return _hasher(time_cost, memory_kib).hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    settings = current_settings()
    return _hasher(settings.argon2_time_cost, settings.argon2_memory_kib).hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether ``password`` fits; takes as long when there is nothing to compare with."""
    settings = current_settings()
    cost = settings.argon2_time_cost, settings.argon2_memory_kib
    try:
        _hasher(*cost).verify(stored or _nobody(*cost), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether ``stored`` was made at another cost than the settings ask for today."""
    settings = current_settings()
    return _hasher(settings.argon2_time_cost, settings.argon2_memory_kib).check_needs_rehash(stored)
