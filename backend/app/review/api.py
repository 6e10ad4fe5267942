"""Deciding as JSON, for programs and for tests that drive the whole loop."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ..platform.access import current_actor, requires
from ..platform.json_api import Blueprint
from . import service
from .schemas import DecisionSchema, Revision, SendBack

bp = Blueprint("review_api", __name__, url_prefix="/api/v1/reviews")


@bp.post("/<uuid:visit_id>/confirm")
@requires("review.decide", step_up=True)
@bp.arguments(Revision)
@bp.response(200, DecisionSchema)
def confirm(command: dict[str, Any], visit_id: UUID) -> service.DecisionView:
    """Confirm the result 确认检查结果 and publish it."""
    return service.confirm(current_actor(), visit_id, **command)


@bp.post("/<uuid:visit_id>/send-back")
@requires("review.decide")
@bp.arguments(SendBack)
@bp.response(200, DecisionSchema)
def send_back(command: dict[str, Any], visit_id: UUID) -> service.DecisionView:
    """Send the record back 退回补充 with reasons."""
    return service.send_back(current_actor(), visit_id, **command)
