"""Fields of the office's forms: what each may hold, read alike however it was typed.

Forms send text; an empty field is absent. An error says what is wrong with what was typed, the
character and its place where one is to blame; whether a value fits its register is the service's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from marshmallow import EXCLUDE, Schema, ValidationError, fields

from .i18n import gettext as _
from .i18n import lazy_gettext as _l
from .text import LOOK_ALIKES, clean, compact, one_line, plain_decimal

Choices = Mapping[str, Any]
NEEDED = _l("This field is needed")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_LIST = re.compile(r"[\r\n;；、,，|]+")


class Words(fields.Field[Any]):
    """Text trimmed and in NFC. `lines` keeps line breaks; `needed` refuses an empty one."""

    def __init__(
        self, longest: int = 4000, *, needed: bool = False, lines: bool = False, **more: Any
    ) -> None:
        if needed:
            super().__init__(required=True, error_messages={"required": str(NEEDED)}, **more)
        else:
            super().__init__(load_default=lambda: self.read(""), **more)
        self.longest, self.needed, self.lines = longest, needed, lines

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> Any:
        del attr, data
        text, _notes = clean(str(value), keep_lines=True)
        text = text if self.lines else text.replace("\n", "")
        if self.needed and not text:
            raise ValidationError(str(NEEDED))
        if len(text) > self.longest:
            raise ValidationError(
                _(
                    "%(count)s characters; at most %(longest)s fit",
                    count=len(text),
                    longest=self.longest,
                )
            )
        return self.read(text)

    def read(self, text: str) -> Any:
        """The value of a cleaned text; raises ValidationError."""
        return text


class Line(fields.String):
    """One line of text for schemas that say themselves what is needed and how long it may be:
    cleaned, with breaks and blanks as single blanks."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        return one_line(super()._deserialize(value, attr, data, **more))


class OneOf(Words):
    """One of a closed list; empty gives the first unless needed."""

    def __init__(self, choices: Choices, default: str) -> None:
        super().__init__(60)
        self.choices, self.default = choices, default

    def read(self, text: str) -> str:
        """The value when the list has it."""
        value = text or self.default
        if value not in self.choices:
            raise ValidationError(_("Choose one of the list"))
        return value


class Day(Words):
    """A day as a date field sends it, or None."""

    def __init__(self, *, needed: bool = False) -> None:
        super().__init__(40, needed=needed)

    def read(self, text: str) -> date | None:
        """2026-11-23 as a date."""
        if not text:
            return None
        parts = _DAY.fullmatch(compact(text))
        if parts is None:
            raise ValidationError(_("“%(text)s” is not a date: write it as 2026-11-23", text=text))
        try:
            return date(*map(int, parts.groups()))
        except ValueError:
            raise ValidationError(_("There is no such day: %(text)s", text=text)) from None


class Tick(Words):
    """A check box: there or not."""

    def read(self, text: str) -> bool:
        """Any text is a tick."""
        return bool(text)


class Several(Words):
    """A list written with line breaks or marks between; duplicates once."""

    def __init__(self, *, separators: re.Pattern[str] = _LIST, each: int = 400) -> None:
        super().__init__(8000, lines=True)
        self.separators, self.each = separators, each

    def read(self, text: str) -> list[str]:
        """The parts in order."""
        parts = (part.strip() for part in self.separators.split(text))
        listed = list(dict.fromkeys(part for part in parts if part))
        if any(len(part) > self.each for part in listed):
            raise ValidationError(_("At most %(longest)s characters", longest=self.each))
        return listed


class Number(Words):
    """A plain decimal number, kept as text; None when empty."""

    def __init__(self, low: str | None = None, high: str | None = None) -> None:
        super().__init__(40)
        self.low, self.high = low, high

    def read(self, text: str) -> str | None:
        """The number in plain notation."""
        if not text:
            return None
        number = plain_decimal(text)
        if number is None:
            raise ValidationError(_("“%(text)s” is not a number", text=text))
        above = self.low is not None and number < Decimal(self.low)
        if above or (self.high is not None and number > Decimal(self.high)):
            raise ValidationError(
                _("Between %(low)s and %(high)s", low=self.low or "", high=self.high or "")
            )
        return format(number, "f")


class Identity(Words):
    """An id chosen from a list; None when nothing is chosen."""

    def __init__(self, *, needed: bool = False) -> None:
        super().__init__(36, needed=needed)

    def read(self, text: str) -> UUID | None:
        """The id."""
        if not text:
            return None
        try:
            return UUID(text)
        except ValueError:
            raise ValidationError(_("Choose one of the list")) from None


class Code(Words):
    """A code of letters, digits and a few marks; width, blanks and invisible marks do not count.

    ``signs``: the characters it may hold, as inside a regular expression's brackets. ``lengths``:
    how many of them. ``case``: ``upper`` or ``lower`` when only one is kept. ``shape``: what the
    whole must also match.
    """

    def __init__(
        self,
        signs: str,
        lengths: range | tuple[int, ...],
        hint: LazyString,
        *,
        case: str = "",
        shape: str = "",
        needed: bool = False,
    ) -> None:
        super().__init__(200, needed=needed)
        self.sign, self.lengths, self.hint, self.case = (
            re.compile(f"[{signs}]"),
            lengths,
            hint,
            case,
        )
        self.shape = re.compile(shape) if shape else None

    def read(self, text: str) -> str:
        """Return the code as it is kept; "" when the field is empty."""
        code = compact(text)
        code = code.upper() if self.case == "upper" else code.lower() if self.case else code
        if code:
            self._refuse(code)
        return code

    def _refuse(self, code: str) -> None:
        for place, sign in enumerate(code, start=1):
            if not self.sign.fullmatch(sign):
                raise ValidationError(self._about(sign, place))
        if len(code) not in self.lengths:
            raise ValidationError(
                _("%(count)s characters. %(hint)s", count=len(code), hint=str(self.hint))
            )
        if self.shape is not None and not self.shape.fullmatch(code):
            raise ValidationError(str(self.hint))

    def _about(self, sign: str, place: int) -> str:
        meant = LOOK_ALIKES.get(sign.lower(), "")
        if meant and self.sign.fullmatch(meant):
            return _(
                "Character %(place)s is the letter %(sign)s: is it a %(meant)s?",
                place=place,
                sign=sign,
                meant=meant,
            )
        return _(
            "Character %(place)s, “%(sign)s”, does not belong here. %(hint)s",
            place=place,
            sign=sign,
            hint=str(self.hint),
        )


class Whole(Words):
    """A whole number that the page itself sends; anything else counts as -1, which nothing has."""

    def __init__(self) -> None:
        super().__init__(9)

    def read(self, text: str) -> int:
        """The number."""
        return int(text) if text.isdecimal() else -1


class Form(Schema):
    """Base of all forms: unknown fields (the token, buttons) are let be."""

    class Meta:
        """Forms carry more than their fields."""

        unknown = EXCLUDE
