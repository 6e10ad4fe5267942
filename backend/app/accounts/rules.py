"""What a login, a password and a grant of roles must be like. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from ..platform.text import compact, look_form

LOGIN_SIGNS = r"0-9a-z._@\-"
"""What a login is made of, as inside a regular expression's brackets."""

_FOREIGN = re.compile(f"[^{LOGIN_SIGNS}]")
_WIDE = re.compile("[\uff01-\uff5e]")


class Slip(NamedTuple):
    """What is odd about something typed at sign-in: login_sign, code_sign, password_width or
    password_blanks; for the first two which ``sign`` at which ``place`` (from 1)."""

    code: str
    sign: str = ""
    place: int = 0


def slip_in_login(login: str) -> Slip | None:
    """The first sign that no login has, such as a Cyrillic letter that looks Latin, or None."""
    found = _FOREIGN.search(plain_login(login))
    return Slip("login_sign", found[0], found.start() + 1) if found else None


def slip_in_password(password: str) -> Slip | None:
    """How the keyboard may have spoiled a password, or None: it counts as it was typed."""
    if _WIDE.search(password):
        return Slip("password_width")
    return Slip("password_blanks") if password != password.strip() else None


def slip_in_code(code: str) -> Slip | None:
    """The first sign that no activation code has, or None."""
    signs = enumerate(plain_code(code), start=1)
    return next(
        (Slip("code_sign", sign, n) for n, sign in signs if sign not in CODE_ALPHABET), None
    )


def plain_login(login: str) -> str:
    """Return a login as it is stored and compared: half width, lower case, no blanks."""
    return compact(login).lower()


def plain_number(number: str) -> str:
    """Return an employee number as it is stored and compared: half width, upper case, no blanks."""
    return compact(number).upper()


def look_the_same(login: str, other: str) -> bool:
    """Return True if two logins differ at most in characters that look alike, as O and 0 do."""
    return look_form(login) == look_form(other)


def with_those_below(parents: Mapping[UUID, UUID | None], own: Collection[UUID]) -> frozenset[UUID]:
    """``own`` departments and all below them; ``parents`` maps each department to the one above."""
    seen = set(own)
    below = seen
    while below:
        below = {child for child, above in parents.items() if above in seen} - seen
        seen |= below
    return frozenset(seen)


def role_token(role: str, department_code: str) -> str:
    """How the ledger names who acted (``supervisor:370399-03``): a role and an office."""
    return f"{role}:{department_code}"


CODE_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
CODE_LENGTH = 12
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
COMMON_PASSWORDS = frozenset(
    {
        "1234567890",
        "0123456789",
        "0987654321",
        "1234567891",
        "12345678910",
        "123123123123",
        "qwertyuiop",
        "q1w2e3r4t5",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "qazwsxedcrfv",
        "abcd123456",
        "abc1234567",
        "a123456789",
        "123456789a",
        "aa123456789",
        "woaini1314",
        "woaini520",
        "5201314520",
        "1314520520",
        "password123",
        "password1234",
        "passw0rd123",
        "admin12345",
        "administrator",
        "admin123456",
        "iloveyou123",
        "letmein123",
        "welcome123",
        "changeme123",
        "zhongguo123",
        "88888888888",
        "66666666666",
        "beijing2008",
        "jiancha123",
        "shichangjianguan",
        "evenhand123",
        "binggong123",
    }
)


def weakness(login: str, password: str) -> str | None:
    """Why a password is refused: ``short``, ``long``, ``login``, ``common``; None when it is not.

    Length is what counts (NIST SP 800-63B): no rules about kinds of characters.
    """
    plain = password.strip().lower()
    if len(password.strip()) < SHORTEST_PASSWORD:
        return "short"
    if len(password) > LONGEST_PASSWORD:
        return "long"
    if login and plain_login(login) in plain and len(plain) - len(login) < SHORTEST_PASSWORD:
        return "login"
    if plain in COMMON_PASSWORDS or len(set(plain)) <= 2:
        return "common"
    return None


def plain_code(code: str) -> str:
    """Return an activation code as it is compared, however it was typed."""
    return "".join(sign for sign in compact(code).upper() if sign.isalnum())


def grouped_code(code: str) -> str:
    """A code in groups of four, as it is printed."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def browser_name(agent: str) -> str:
    """A short name of a browser and its system from what it says about itself."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return " · ".join(part for part in (browser, system) if part) or agent[:40] or "—"


_BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("Edg", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


Grant = tuple[str, UUID]
"""A role and the department it is held in."""


def refused_grants(
    *,
    changed: Collection[Grant],
    grantor_roles: Collection[str],
    admin_scope: Collection[UUID],
    oversight_office: UUID | None,
) -> list[Grant]:
    """Those of the ``changed`` grants (given or taken) that the grantor may not touch.

    A system administrator may touch all; a department administrator the narrow roles within
    ``admin_scope``, the departments they administer and those below. The wide role ``oversight``
    exists in the oversight office only.
    """
    misplaced = [
        grant for grant in changed if grant[0] == "oversight" and grant[1] != oversight_office
    ]
    if "system_admin" in grantor_roles:
        return misplaced
    beyond = [(role, place) for role, place in changed if role in WIDE or place not in admin_scope]
    return misplaced + [grant for grant in beyond if grant not in misplaced]


DECIDING = frozenset({"supervisor", "department_admin", "oversight", "system_admin"})
"""Roles that decide about others' work or roles: two persons give them."""
WIDE = frozenset({"oversight", "system_admin"})


def tree_problem(
    parents: Mapping[UUID, UUID | None], moved: UUID | None, parent: UUID | None
) -> str | None:
    """Why ``moved`` (None for a new one) may not hang below ``parent``: ``parent``, ``circle``."""
    if parent is None:
        return None
    if parent not in parents:
        return "parent"
    if moved is not None and parent in with_those_below(parents, {moved}):
        return "circle"
    return None
