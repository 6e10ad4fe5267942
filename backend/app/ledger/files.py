"""Where the log's public files live, and under which name and key it speaks.

Everything below ``ledger/`` in the store is public and served as it is. The checkpoint there is
also the log's memory of how long it once was: it is replaced, never removed.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..platform import keys, storage
from ..platform.settings import current_settings
from . import note
from .tiles import Tile

CHECKPOINT = "ledger/checkpoint"
_TILES = "ledger/tile/"


def origin() -> str:
    """The log's name: its address without the scheme, and whose log it is."""
    settings = current_settings()
    return f"{settings.hostname}/ledger/{settings.authority}"


def signing_key() -> Ed25519PrivateKey:
    """The key that signs checkpoints and nothing else."""
    return keys.signing_key("ledger")


def verifier_key() -> note.VerifierKey:
    """Return the key with which anyone verifies checkpoints."""
    return note.verifier_of(origin(), signing_key())


def read_checkpoint() -> str | None:
    """The published checkpoint with all its signatures, or None before the first."""
    try:
        return storage.get_bytes(CHECKPOINT).decode("utf-8", errors="replace")
    except storage.MissingObject:
        return None


def write_checkpoint(text: str) -> None:
    """Publish a checkpoint; its tiles must already be there."""
    storage.put_bytes(CHECKPOINT, text.encode())


def fetch_tile(name: str) -> bytes:
    """Bytes of a tile; raises KeyError when there is none."""
    try:
        return storage.get_bytes(_TILES + name)
    except storage.MissingObject as error:
        raise KeyError(name) from error


def write_tile(tile: Tile) -> None:
    """Store a tile; the same name always gets the same bytes."""
    storage.put_bytes(_TILES + tile.name, tile.data)


def delete_tiles(names: list[str]) -> None:
    """Clear away partial tiles whose full tile is published."""
    storage.delete([_TILES + name for name in names])
