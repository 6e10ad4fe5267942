"""One English sentence has one Chinese one: catalogues are joined, so two would fight unseen."""

from __future__ import annotations

from collections import defaultdict

from babel.messages.pofile import read_po

from tests.conftest import ROOT


def test_no_message_has_two_chinese_sentences():
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in (ROOT / "backend/app").glob("*/translations/zh_Hans_CN/LC_MESSAGES/messages.po"):
        with path.open("rb") as text:
            for message in read_po(text, locale="zh_Hans_CN"):
                if message.id and message.string:
                    found[str(message.id)][str(message.string)] = path.parts[-5]
    fighting = {source: said for source, said in found.items() if len(said) > 1}
    assert fighting == {}
