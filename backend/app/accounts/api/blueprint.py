"""The blueprint that the JSON endpoints of people hang on."""

from __future__ import annotations

from ...platform.json_api import Blueprint

bp = Blueprint("accounts_api", __name__, url_prefix="/api/v1")
