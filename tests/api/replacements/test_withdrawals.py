"""A recusal that is taken back ends what it declared, and nothing that others declared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from backend.app.platform.transactions import unit_of_work
from backend.app.registry import service as registry
from backend.app.registry.models import RecusalGround
from backend.app.replacements import service
from backend.app.replacements.models import Vacancy
from tests.api.replacements.test_office import BOARD, Phones, all_of
from tests.factories.replacements import dispatched


def standing(officer: UUID, enterprise: UUID) -> list[RecusalGround]:
    return [
        one
        for one in all_of(RecusalGround)
        if (one.officer_id, one.enterprise_id, one.revoked_at) == (officer, enterprise, None)
    ]


@pytest.mark.parametrize("first", ["register", "phone"])
def test_a_recusal_taken_back_ends_no_ground_that_was_declared_in_the_register(
    app: Flask, desk: Any, phone_of: Phones, first: str
) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    leaver = sent.team(visit)[0]
    admin = desk(sent.county.operator_account)

    def declare() -> None:
        code, by = visit.enterprise_code, sent.county.operator
        with unit_of_work() as session:
            registry.add_ground(session, leaver, code, "party_or_relative", "", by=by)

    if first == "register":
        declare()
    phone_of(sent, leaver).recuses(visit.id)
    if first == "phone":
        declare()
    assert len(standing(leaver, visit.enterprise_id)) == 2

    [waiting] = all_of(Vacancy)
    address = f"{BOARD}/seats/{waiting.id}/withdraw"
    json = {"Accept": "application/json"}
    reply = admin.post(address, data={"words": "误按"}, headers=json)
    assert (reply.status_code, reply.get_json()["code"]) == (409, "replacements.ground_stands")
    assert len(standing(leaver, visit.enterprise_id)) == 2

    declared = next(one for one in standing(leaver, visit.enterprise_id) if one.event_id is None)
    admin.post(f"/office/registry/officers/{leaver}/recusals/{declared.id}/revoke")
    assert admin.post(address, data={"words": "误按"}).status_code == 303
    assert standing(leaver, visit.enterprise_id) == []
    assert service.cut_off(sent.draw_id) is None
    assert leaver in sent.team(visit)
