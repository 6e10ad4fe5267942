"""JSON endpoints of the phones a person has enrolled."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from ...platform.access import current_actor, requires
from ...platform.i18n import gettext as _
from ...platform.transactions import read_session
from .. import service
from ..schemas import DeviceView, NewDevice
from .blueprint import bp


@bp.post("/devices")
@requires("account.own")
@bp.arguments(NewDevice)
@bp.response(200, DeviceView)
def enrol_device(command: dict[str, Any]) -> Any:
    """Enrol this phone's key; the same again changes nothing."""
    name = command.pop("name").strip() or _("Phone")
    return service.enrol_device(current_actor(), name=name, **command)


@bp.get("/devices")
@requires("account.own")
@bp.response(200, DeviceView(many=True))
def list_devices() -> Response:
    """The own devices, revoked ones among them."""
    with read_session() as session:
        rows = service.devices_of_account(session, current_actor().account_id)
        return jsonify(DeviceView(many=True).dump(rows))


@bp.delete("/devices/<uuid:device_id>")
@requires("account.own")
@bp.response(204)
def revoke_device(device_id: UUID) -> None:
    """End an own device's right to send."""
    service.revoke_device(current_actor(), device_id)
