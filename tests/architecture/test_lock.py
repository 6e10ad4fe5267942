"""The lock installs for ever: whatever a package asks of another one is pinned, extras included.

pip's hash mode goes looking for a newer release as soon as something asks for an extra that the
lock does not name. So the lock names it, and pip is told to resolve nothing.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

LOCKS = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")
UNRESOLVED = ("--no-deps", "--only-binary :all:", "--require-hashes")


def locked(text: str) -> dict[str, Requirement]:
    """The pinned requirements of a lock by canonical name, those for this Python and system."""
    joined = re.sub(r"\\\n", " ", text)
    lines = [line.split(" --hash")[0] for line in joined.splitlines() if re.match(r"\w", line)]
    found = [Requirement(line.strip()) for line in lines]
    here = [pin for pin in found if pin.marker is None or pin.marker.evaluate()]
    return {canonicalize_name(pin.name): pin for pin in here}


def asked(name: str, extras: set[str]) -> list[Requirement]:
    """What the installed package ``name``, taken with ``extras``, asks for on this machine."""
    wanted = [Requirement(line) for line in distribution(name).requires or ()]
    tried = [{"extra": extra} for extra in extras] or [{"extra": ""}]
    return [
        one
        for one in wanted
        if one.marker is None or any(one.marker.evaluate(extra) for extra in tried)
    ]


def missing(pins: dict[str, Requirement]) -> list[str]:
    """What the packages of a lock ask for and the lock does not pin."""
    found = []
    for name, pin in pins.items():
        for wanted in asked(name, pin.extras):
            other = pins.get(canonicalize_name(wanted.name))
            version = str(other.specifier).removeprefix("==") if other else ""
            if other is None or not wanted.specifier.contains(version, prereleases=True):
                found.append(f"{name} asks for {wanted}, the lock has {other}")
            elif wanted.extras - other.extras:
                found.append(f"{name} asks for {wanted}, the lock has no extra at {other}")
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_extra_that_a_locked_package_asks_for_is_locked(name):
    pins = locked((ROOT / name).read_text(encoding="utf-8"))
    assert pins
    try:
        assert not missing(pins)
    except PackageNotFoundError as error:
        raise AssertionError(f"{error} is in {name} and not installed: run make setup") from error


def test_an_extra_that_the_lock_lost_is_found():
    pins = locked((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    assert pins["apispec"].extras == {"marshmallow"}
    stripped = pins | {"apispec": Requirement(str(pins["apispec"]).replace("[marshmallow]", ""))}
    assert [line for line in missing(stripped) if line.startswith("flask-smorest asks for apispec")]


def test_what_the_program_needs_has_one_version_in_both_locks():
    run, dev = (locked((ROOT / name).read_text(encoding="utf-8")) for name in (LOCKS[0], LOCKS[2]))
    assert {name: str(pin.specifier) for name, pin in run.items()}.items() <= {
        name: str(pin.specifier) for name, pin in dev.items()
    }.items()


@pytest.mark.parametrize("name", ["Makefile", "deploy/Dockerfile"])
def test_whoever_installs_the_lock_lets_pip_resolve_nothing(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    commands = [line for line in text.splitlines() if re.search("pip install .*-hashes", line)]
    assert commands
    assert [line for line in commands if not all(flag in line for flag in UNRESOLVED)] == []


def test_the_lock_is_made_with_its_extras_and_changes_only_what_is_asked():
    told = _make("-n", "lock")
    assert told.count("--no-strip-extras") == 3
    assert "--upgrade" not in told
    assert _make("-n", "lock", "PACKAGE=flask").count("--upgrade-package flask") == 3
    assert len(re.findall(r"--upgrade ", _make("-n", "lock", "UPGRADE=1"))) == 3


def test_a_lock_installs_while_newer_releases_exist(tmp_path):
    """Two small packages, one asking for the other with an extra; a newer one appears later."""
    index, target, lock = tmp_path / "index", tmp_path / "target", tmp_path / "lock.txt"
    index.mkdir()
    first = _wheel(index, "asking", "1.0", "Requires-Dist: asked[more]>=1\n")
    second = _wheel(
        index, "asked", "1.0", 'Provides-Extra: more\nRequires-Dist: third; extra == "more"\n'
    )
    third = _wheel(index, "third", "1.0", "")
    _wheel(index, "asked", "2.0", 'Provides-Extra: more\nRequires-Dist: third; extra == "more"\n')
    lines = [f"asking==1.0 --hash=sha256:{first}", f"asked[more]==1.0 --hash=sha256:{second}"]
    lock.write_text("\n".join([*lines, f"third==1.0 --hash=sha256:{third}"]), encoding="utf-8")
    command = [
        *_install_command(),
        "--no-index",
        "--find-links",
        str(index),
        "--target",
        str(target),
    ]
    done = subprocess.run([*command, "-r", str(lock)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in target.glob("*.dist-info")) == [
        "asked-1.0.dist-info",
        "asking-1.0.dist-info",
        "third-1.0.dist-info",
    ]


def test_readme_makefile_and_project_name_the_same_pythons():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    low, high = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"]).groups()
    minors = [f"3.{minor}" for minor in range(int(low), int(high))]
    named = f"{', '.join(minors[:-1])} or {minors[-1]}"
    for name in ("README.md", "CONTRIBUTING.md", "Makefile", "docs/operations.md"):
        assert f"Python {named}" in (ROOT / name).read_text(encoding="utf-8"), name
    chinese = f"Python {'、'.join(minors[:-1])} 或 {minors[-1]}"
    assert chinese in (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    assert f"(3, {low}) <= sys.version_info < (3, {high})" in (ROOT / "Makefile").read_text("utf-8")


def _make(*words: str) -> str:
    """What ``make`` would run, with every stamp taken as made."""
    done = subprocess.run(["make", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return "\n".join(
        line for line in done.stdout.splitlines() if " pip compile " in line or "--" in line
    )


def _install_command() -> list[str]:
    """The pip command of the Makefile, run by this Python."""
    line = next(
        line
        for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
        if line.startswith("INSTALL := $(BIN)/pip ")
    )
    words = line.removeprefix("INSTALL := $(BIN)/pip ").split()
    return [sys.executable, "-m", "pip", "--isolated", *words, "--no-cache-dir"]


def _wheel(folder: Path, name: str, version: str, more: str) -> str:
    """Write an empty wheel; returns its SHA-256."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}"
        )
        wheel.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{info}/RECORD", f"{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()
