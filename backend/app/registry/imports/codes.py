"""The code an enterprise is known by, and whether it can be right.

Checks the 18-character unified social credit code 统一社会信用代码 (GB 32100) and the 15-digit
registration number 注册号 (GS 15). Older numbers are named as what they are. A failing code is
named together with its likely reading; it is never changed here.
"""

from __future__ import annotations

import re
from itertools import product
from typing import NamedTuple

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from backend.app.registry.imports.cells import half_width

_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d*)?[eE]\+?\d{1,3}")
_SHAPE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}")
_SEPARATORS = re.compile(r"[\s\-‐-―]+")
_MIX_UPS = {"O": "0", "I": "1", "Q": "0", "S": "5", "Z": "2", "L": "1", "B": "8"}
_CO_OPERATIVE = re.compile(r"\d{6}N[AB]\d{6}[0-9X]")
_OLD_LENGTHS = (13, 14)
_ORGANISATION = re.compile(r"[0-9A-Z]{8}-?[0-9X]")
_MOST_MIX_UPS = 4  # more doubtful characters than this leave nothing likely


class CodeReading(NamedTuple):
    """`value` is the code when it is sound; otherwise `problem` names what is wrong.

    kind: uscc | registration | "" (neither).
    likely: the one reading that would be sound, when there is exactly one.
    tidied: whether spaces or full-width characters were taken off.
    """

    value: str | None
    kind: str
    problem: str | None = None
    likely: str | None = None
    tidied: bool = False


def read_code(text: str) -> CodeReading:
    """Judge a code as written in a register.

    Problems: code_damaged (a spreadsheet made a number of it), code_rounded, code_lowercase,
    code_mix_up, code_check_digit, code_alphabet, code_length, code_old_number (13 or 14 digits,
    in use before 2007), code_cooperative, code_organisation.
    """
    half = half_width(text).strip()
    if _SCIENTIFIC.fullmatch(half):
        return CodeReading(None, "", "code_damaged")
    plain = _SEPARATORS.sub("", half)
    tidied = plain != text.strip()
    if len(plain) == 18:
        return _read_uscc(plain, tidied)
    if len(plain) == 15 and plain.isdecimal():
        return _read_registration(plain, tidied)
    return CodeReading(None, "", _shorter(plain.upper()))


def _shorter(plain: str) -> str:
    """What a code of another length is: an old number is named as one."""
    if plain.isdecimal() and len(plain) in _OLD_LENGTHS:
        return "code_old_number"
    if _CO_OPERATIVE.fullmatch(plain):
        return "code_cooperative"
    if _ORGANISATION.fullmatch(plain) and not plain.isalpha():
        return "code_organisation"
    return "code_length"


def organisation_of(code: str) -> str:
    """The organisation code inside a social credit code, "" in any other: it stays with the firm
    when another office registers it anew."""
    return code[8:17] if len(code) == 18 else ""


def _read_uscc(plain: str, tidied: bool) -> CodeReading:
    if _sound(plain):
        return CodeReading(plain, "uscc", tidied=tidied)
    if plain.isdecimal() and plain.endswith("000"):
        return CodeReading(None, "", "code_rounded")
    upper = plain.upper()
    if upper != plain and _sound(upper):
        return CodeReading(None, "uscc", "code_lowercase", upper)
    likely = _likely(plain)
    if likely:
        return CodeReading(None, "uscc", "code_mix_up", likely)
    if not _SHAPE.fullmatch(upper):
        return CodeReading(None, "", "code_alphabet")
    return CodeReading(None, "", "code_check_digit")


def _read_registration(plain: str, tidied: bool) -> CodeReading:
    if mod_11_10.is_valid(plain):
        return CodeReading(plain, "registration", tidied=tidied)
    return CodeReading(None, "", "code_check_digit")


def _sound(code: str) -> bool:
    return bool(_SHAPE.fullmatch(code)) and uscc.calc_check_digit(code[:-1]) == code[-1]


def _likely(plain: str) -> str | None:
    """The single sound code reachable by swapping look-alike characters, fewest swaps first."""
    upper = plain.upper()
    doubtful = [place for place, char in enumerate(upper) if char in _MIX_UPS]
    if not doubtful or len(doubtful) > _MOST_MIX_UPS:
        return None
    sound: dict[str, int] = {}
    for swaps in product((False, True), repeat=len(doubtful)):
        chars = list(upper)
        for place, swap in zip(doubtful, swaps, strict=True):
            if swap:
                chars[place] = _MIX_UPS[chars[place]]
        candidate = "".join(chars)
        if _sound(candidate):
            sound[candidate] = sum(swaps)
    if not sound:
        return None
    fewest = min(sound.values())
    best = [code for code, count in sound.items() if count == fewest]
    return best[0] if len(best) == 1 else None
