"""The words of code lists in the reader's language."""

from __future__ import annotations

from flask_babel import LazyString

from .code_lists import CodeList
from .i18n import html_lang


def word(listed: CodeList, code: str) -> str:
    """Return what a code is called; a code that the list does not have is returned as it is."""
    words = listed.codes.get(code)
    if words is None:
        return code
    return words.zh if html_lang() == "zh-CN" else words.en


def choices(listed: CodeList) -> dict[str, LazyString]:
    """Return the codes that can be chosen, each with its word, which is put into the reader's
    language when it is shown."""
    return {code: LazyString(word, listed, code) for code in listed.chosen}
