"""A bundle has one reading: a ZIP that two programs could read as two draws is none, in both
verifiers."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable

import pytest

from backend import drawkit as kit
from tests.pure.drawkit.test_js_agrees import answers
from tests.pure.drawkit.test_verify import finished

UNREADABLE = {"status": "unreadable", "failed": "files"}


def zipped(
    files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, begun: bytes = b"", **entry: bytes
) -> bytes:
    """A ZIP of files in order of their names, behind ``begun``; ``entry`` sets fields of each."""
    buffer = io.BytesIO(begun)
    with zipfile.ZipFile(buffer, "a" if begun else "w", method) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = method
            for field, value in entry.items():
                setattr(info, field, value)
            archive.writestr(info, files[name])
    return buffer.getvalue()


def streamed(files: dict[str, bytes]) -> bytes:
    """A ZIP whose sizes stand behind the data, as one writes to a pipe."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.written = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.written += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name in sorted(files):
            archive.writestr(name, files[name])
    return bytes(pipe.written)


def twice(files: dict[str, bytes]) -> bytes:
    """A ZIP with two entries of one name: some programs take the first, some the last."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore", UserWarning)
        for name in sorted([*files, "result.tsv"]):
            archive.writestr(name, files[name])
    return buffer.getvalue()


def unordered(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files, reverse=True):
            archive.writestr(name, files[name])
    return buffer.getvalue()


def patched(data: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """Bytes written over a field of the first record with this mark."""
    at = data.index(mark) + offset
    return data[:at] + value + data[at + len(value) :]


def with_gap(data: bytes) -> bytes:
    """Bytes between the last entry and the directory, which the end record allows for."""
    end = len(data) - 22
    start = struct.unpack_from("<L", data, end + 16)[0]
    moved = data[:start] + b"another draw" + data[start:end] + data[end : end + 16]
    return moved + struct.pack("<LH", start + 12, 0)


Twist = Callable[[dict[str, bytes], bytes], bytes]
TWISTS: dict[str, Twist] = {
    "something before": lambda files, _: zipped(files, begun=b"#!/bin/sh\n"),
    "something before, unknown to the directory": lambda _, whole: b"#!/bin/sh\n" + whole,
    "something behind": lambda _, whole: whole + b"\n",
    "two zips": lambda _, whole: whole + whole,
    "a comment": lambda _, whole: whole[:-2] + struct.pack("<H", 4) + b"draw",
    "a comment that holds a zip": lambda _, whole: (
        whole[:-2] + struct.pack("<H", len(whole)) + whole
    ),
    "a comment of an entry": lambda files, _: zipped(files, comment=b"x"),
    "an extra field": lambda files, _: zipped(files, extra=struct.pack("<HHB", 0x9999, 1, 7)),
    "bzip2": lambda files, _: zipped(files, zipfile.ZIP_BZIP2),
    "lzma": lambda files, _: zipped(files, zipfile.ZIP_LZMA),
    "sizes behind the data": lambda files, _: streamed(files),
    "a name twice": lambda files, _: twice(files),
    "names out of order": lambda files, _: unordered(files),
    "a folder": lambda files, _: zipped({**files, "proofs/": b""}),
    "a name that is not ASCII": lambda files, _: zipped({**files, "说明.txt": b""}),
    "a gap before the directory": lambda _, whole: with_gap(whole),
    "encrypted by its flag": lambda _, whole: patched(whole, b"PK\1\2", 8, b"\1\0"),
    "another name in the head": lambda _, whole: patched(whole, b"PK\3\4", 30, b"C"),
    "another size in the head": lambda _, whole: patched(whole, b"PK\3\4", 22, b"\1\0\0\0"),
    "another checksum in the head": lambda _, whole: patched(whole, b"PK\3\4", 14, b"\1\0\0\0"),
    "another method in the head": lambda _, whole: patched(whole, b"PK\3\4", 8, b"\0\0"),
    "another place in the directory": lambda _, whole: patched(whole, b"PK\1\2", 42, b"\1\0\0\0"),
    "one entry fewer in the end record": lambda _, whole: patched(whole, b"PK\5\6", 8, b"\1\0\1\0"),
    "another disk": lambda _, whole: patched(whole, b"PK\5\6", 4, b"\1\0"),
    "cut short": lambda _, whole: whole[: len(whole) // 2],
    "shorter than an end record": lambda _, whole: whole[-20:],
    "nothing": lambda _files, _whole: b"",
}


@pytest.fixture(scope="module")
def twisted() -> dict[str, bytes]:
    """Every ZIP that is none, by what is wrong with it."""
    files, whole = finished().files, finished().zip()
    return {name: twist(files, whole) for name, twist in TWISTS.items()}


def test_a_zip_with_two_readings_is_no_bundle(twisted: dict[str, bytes]) -> None:
    reports = {name: kit.verify_bundle(data) for name, data in twisted.items()}
    assert {name for name, report in reports.items() if report.status != kit.UNREADABLE} == set()
    assert all([line.name for line in report.lines] == ["files"] for report in reports.values())


def test_nor_is_it_one_for_the_page(twisted: dict[str, bytes]) -> None:
    said = dict(zip(twisted, answers(list(twisted.values())), strict=True))
    told = {name: {key: answer[key] for key in UNREADABLE} for name, answer in said.items()}
    assert {name: answer for name, answer in told.items() if answer != UNREADABLE} == {}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_stored_and_deflated_files_are_read_alike(method: int) -> None:
    whole = zipped(finished().files, method)
    assert kit.verify_bundle(whole).status == kit.EQUAL
    assert [answer["status"] for answer in answers([whole])] == ["equal"]


def test_a_number_of_five_thousand_digits_is_told_and_no_traceback() -> None:
    files = dict(finished().files)
    files["plan.json"] = files["plan.json"].replace(b'"seq":1', b'"seq":' + b"1" * 5000)
    whole = kit.write_bundle(files)
    report = kit.verify_bundle(whole)
    assert report.status == kit.DIFFERS
    assert report.lines[-1].name == "form"
    assert [answer["failed"] for answer in answers([whole])] == ["form"]
