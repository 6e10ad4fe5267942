"""Signed notes: an independent reader agrees, and nothing spoilt passes."""

from __future__ import annotations

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from backend.app.ledger import note
from tests.pure.ledger import note_reader

LOG = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
WITNESS = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
NAME = "qinghe.example/ledger/370399"
CHECKPOINT = note.Checkpoint(NAME, 20852163, b"\x07" * 32)
TEXT = CHECKPOINT.text()
SIGNED = TEXT + "\n" + note.sign(TEXT, NAME, LOG)
KEY = note.verifier_of(NAME, LOG)

SUMDB_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


def test_a_verifier_key_of_a_log_in_the_wild_is_read_and_written_back() -> None:
    assert note.parse_key(SUMDB_KEY).text() == SUMDB_KEY


def test_an_independent_reader_accepts_the_checkpoint() -> None:
    lines = note_reader.read(SIGNED.encode(), KEY.text())
    assert lines == [NAME, "20852163", b64encode(b"\x07" * 32).decode()]


def test_an_independent_reader_accepts_a_cosignature() -> None:
    cosigned = SIGNED + note.cosign(TEXT, "witness.example/w1", WITNESS, 1679315147)
    key = note.verifier_of("witness.example/w1", WITNESS, note.COSIGNATURE)
    assert note_reader.read(cosigned.encode(), key.text())[0] == NAME
    assert note.cosigned_at(note.parse(cosigned), key) == 1679315147


def test_a_checkpoint_is_opened_with_the_key_of_its_log() -> None:
    assert note.open_checkpoint(SIGNED, KEY) == CHECKPOINT


@given(st.integers(0, len(TEXT.encode()) - 1), st.integers(1, 255))
def test_a_note_with_any_changed_byte_is_refused(at: int, change: int) -> None:
    data = bytearray(SIGNED.encode())
    data[at] ^= change
    with pytest.raises((note.BadNote, UnicodeDecodeError)):
        note.open_checkpoint(data.decode(), KEY)


@pytest.mark.parametrize(
    "spoilt",
    [
        "",
        TEXT,
        TEXT + "\n",
        SIGNED[:-1],
        SIGNED.replace("—", "-"),
        SIGNED.replace(" ", "\t"),
        SIGNED + "— \n",
        SIGNED + "— somebody AAAA\n",
        SIGNED + "— somebody not*base64\n",
        "\n" + SIGNED,
    ],
)
def test_what_is_not_a_note_of_this_log_is_refused(spoilt: str) -> None:
    with pytest.raises(note.BadNote):
        note.open_checkpoint(spoilt, KEY)


def test_signatures_of_unknown_keys_are_ignored() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(b"\x03" * 32)
    assert note.open_checkpoint(SIGNED + note.sign(TEXT, NAME, stranger), KEY) == CHECKPOINT
    only_stranger = TEXT + "\n" + note.sign(TEXT, NAME, stranger)
    with pytest.raises(note.BadNote):
        note.open_checkpoint(only_stranger, KEY)


def test_a_checkpoint_of_another_log_under_the_same_key_is_refused() -> None:
    other = note.Checkpoint("other.example/ledger", 1, b"\x07" * 32).text()
    with pytest.raises(note.BadNote, match="another log"):
        note.open_checkpoint(other + "\n" + note.sign(other, NAME, LOG), KEY)


def test_a_cosignature_of_another_moment_does_not_verify() -> None:
    line = note.cosign(TEXT, "w", WITNESS, 1000)
    key = note.verifier_of("w", WITNESS, note.COSIGNATURE)
    name, raw = line.split(" ")[1], note.decode(line.split(" ")[2].strip())
    moved = note.encode(raw[:4] + (2000).to_bytes(8, "big") + raw[12:])
    forged = note.parse(f"{TEXT}\n— {name} {moved}\n")
    assert note.cosigned_at(forged, key) is None
    assert note.verified_line(forged, key) is None


@pytest.mark.parametrize("size", ["-1", "01", "", "1.0", "９", "99999999999999999999"])
def test_a_size_that_is_no_plain_number_is_refused(size: str) -> None:
    with pytest.raises(note.BadNote):
        note.parse_checkpoint(f"{NAME}\n{size}\n{note.encode(bytes(32))}\n")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "name",
        "name+00000000+AAAA",
        SUMDB_KEY.replace("033de0ae", "033de0af"),
        SUMDB_KEY.replace("sum.", "sun."),
        "a b" + SUMDB_KEY[3:],
    ],
)
def test_a_verifier_key_whose_id_does_not_fit_is_refused(key: str) -> None:
    with pytest.raises(note.BadNote):
        note.parse_key(key)
