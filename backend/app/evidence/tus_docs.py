"""How the interface's description tells of tus: its headers and bodies, as ``tus`` reads them."""

from __future__ import annotations

from typing import Any

from . import tus

_BYTES = {"schema": {"type": "string", "contentMediaType": tus.BYTES}}


def _sent(name: str, schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    return {"in": "header", "name": name, "required": required, "schema": schema}


def _answered(*names: str) -> dict[str, Any]:
    return {name: {"schema": {"type": "string"}} for name in names}


_COUNT = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
VERSION = [_sent("Tus-Resumable", {"type": "string", "enum": [tus.VERSION]})]
CREATION = [
    *VERSION,
    _sent("Upload-Length", {**_COUNT, "minimum": 1}),
    _sent(
        "Upload-Metadata",
        {
            "type": "string",
            "description": "evidence, visit, sha256, mime, filename: names with values in base64",
        },
    ),
]
APPENDING = [*VERSION, _sent("Upload-Offset", _COUNT)]
PART = {"required": True, "content": {tus.BYTES: _BYTES}}
FIRST_PART = {"required": False, "content": {tus.BYTES: _BYTES}}
PROGRESS = _answered("Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Expires")
LOCATION = _answered("Location")
ABILITIES = _answered("Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size")
