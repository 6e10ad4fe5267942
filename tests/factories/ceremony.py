"""A ceremony in code: phones that join, commit and reveal as the page's script does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from secrets import token_hex
from uuid import UUID

from backend import drawkit
from backend.app.draws import ceremony_rules
from backend.app.draws.service import holding
from tests.factories import draws as make

OFFICES = ("县人大代表", "县政协委员", "县融媒体中心记者", "检查对象代表")
SHAPE = ceremony_rules.Shape(form="ceremony", places=4, quorum=3, dice=5)


@dataclass
class Phone:
    """A witness's phone: its key, its secret, its place."""

    code: str
    office: str = OFFICES[0]
    name: str = "张见证"
    text: str = "骰子 4163"
    key: str = field(default_factory=lambda: token_hex(32))
    rand: bytes = field(default_factory=lambda: bytes.fromhex(token_hex(32)))
    place: str = ""

    def join(self) -> str:
        """Take a place."""
        self.place = holding.join(self.code, self.key, self.name, self.office)
        return self.place

    def commitment(self, draw_id: UUID) -> str:
        """The commitment of this phone's secret."""
        freeze = json.loads(make.stored(draw_id).freeze_json or "")
        secret = drawkit.witness_secret(self.text, self.rand)
        return drawkit.witness_commitment(drawkit.freeze_hash(freeze), self.place, secret)

    def commit(self, draw_id: UUID) -> None:
        """Send it."""
        holding.commit_by_phone(self.code, self.key, self.commitment(draw_id))

    def reveal(self) -> None:
        """Send the secret."""
        holding.reveal_by_phone(self.code, self.key, self.text, self.rand.hex())


def frozen(county: make.County, shape: ceremony_rules.Shape = SHAPE) -> UUID:
    """A plan frozen for a ceremony."""
    draw_id = make.plan(county)
    holding.freeze(draw_id, 2, county.operator, shape=shape)
    return draw_id


def code_of(draw_id: UUID) -> str:
    """The code that lets witnesses in."""
    return make.stored(draw_id).join_token or ""


def begun(county: make.County, shape: ceremony_rules.Shape = SHAPE) -> UUID:
    """A ceremony that lets witnesses in."""
    draw_id = frozen(county, shape)
    holding.begin(draw_id, county.operator)
    return draw_id


def committed(draw_id: UUID, count: int = 3) -> list[Phone]:
    """Phones that have joined and committed."""
    phones = [Phone(code_of(draw_id), office) for office in OFFICES[:count]]
    for phone in phones:
        phone.join()
        phone.commit(draw_id)
    return phones


def opened(county: make.County, count: int = 3) -> tuple[UUID, list[Phone]]:
    """The list is closed and the operator has revealed."""
    draw_id = begun(county)
    phones = committed(draw_id, count)
    holding.close_list(draw_id, county.operator)
    holding.open_operator(draw_id, county.operator)
    return draw_id, phones


def revealed(county: make.County, count: int = 3) -> tuple[UUID, list[Phone]]:
    """Every witness has revealed; the dice are next."""
    draw_id, phones = opened(county, count)
    for phone in phones:
        phone.reveal()
    return draw_id, phones


def throw_all(draw_id: UUID, county: make.County, phones: list[Phone]) -> None:
    """Every throw, each confirmed by a witness's phone."""
    for number in range(1, 5):
        digits = make.DICE[5 * number - 5 : 5 * number]
        holding.type_throw(draw_id, number, digits, county.operator)
        seen = holding.Seen(number, 1, digits)
        holding.confirm_by_phone(phones[0].code, phones[number % len(phones)].key, seen)
