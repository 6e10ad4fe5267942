"""What a witness writes is public as it was typed: all of it has to be seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from backend.app.draws import rules
from backend.app.draws.errors import NameMalformed, TextNotPlain
from backend.app.draws.rules import is_name
from backend.app.draws.service import holding
from tests.factories import ceremony as hold
from tests.factories import draws as make
from tests.service.draws.test_ceremony import county

__all__ = ["county"]

EXAMPLES = json.loads(
    (Path(__file__).parents[2] / "vectors" / "witness_texts.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("text", EXAMPLES["seen"])
def test_a_text_of_any_script_and_with_pictures_may_be_written(text: str) -> None:
    assert rules.is_plain_text(text)


@pytest.mark.parametrize("text", EXAMPLES["hidden"])
def test_a_text_that_hides_something_is_not_plain(text: str) -> None:
    assert not rules.is_plain_text(text)
    assert not is_name(f"县人大{text}", 60)


def test_a_phone_that_commits_to_hidden_marks_all_the_same_is_refused_at_the_reveal(
    app: Flask, county: make.County
) -> None:
    draw_id = hold.begun(county)
    phones = hold.committed(draw_id, 2)
    sly = hold.Phone(hold.code_of(draw_id), text="正\u202e反")
    sly.join()
    sly.commit(draw_id)
    holding.close_list(draw_id, county.operator)
    holding.open_operator(draw_id, county.operator)
    phones[0].reveal()
    with pytest.raises(TextNotPlain):
        sly.reveal()


def test_an_office_with_a_direction_mark_takes_no_place(app: Flask, county: make.County) -> None:
    phone = hold.Phone(hold.code_of(hold.begun(county)), office="县人大\u202e代表")
    with pytest.raises(NameMalformed):
        phone.join()
