"""A second reader of signed notes, written from the format's text and not from our code.

It shares nothing with ``backend.app.ledger.note`` but the standard library and the curve.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def read(note: bytes, vkey: str) -> list[str]:
    """Lines of the text of ``note`` when ``vkey`` signed it; raises otherwise."""
    name, wanted_id, material = vkey.split("+", 2)
    key = b64decode(material)
    end = note.rindex(b"\n\n") + 1
    text, lines = note[:end], note[end + 1 :].decode().splitlines()
    assert hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] == wanted_id
    for line in lines:
        dash, signer, signature = line.split(" ")
        raw = b64decode(signature)
        assert dash == "\u2014"
        if signer == name and raw[:4].hex() == wanted_id:
            message = text
            if key[0] == 4:
                time = int.from_bytes(raw[4:12], "big")
                message, raw = b"cosignature/v1\ntime %d\n" % time + text, raw[8:]
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], message)
            return text.decode().splitlines()
    raise LookupError(name)
