"""What a release consists of: its version in one place, its licence, its containers closed in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib

import pytest
import yaml

from backend.version import VERSION
from tests.architecture.source import ROOT

COMPOSE = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))
EXACT = re.compile(r"\$\{([A-Z]+)_IMAGE:-([a-z]+):(\d+\.\d+\.\d+|1?\d\.\d+)-[a-z-]+\}")


def test_the_version_is_the_projects():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION
    assert f"\n## {VERSION}\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_command_line_knows_its_version():
    command = [sys.executable, "-m", "backend.app.cli", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"Evenhand, version {VERSION}"


def test_the_licence_named_is_the_licence_given():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["license"], project["license-files"]) == ("MIT", ["LICENSE"])
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_a_container_has_no_capability_no_root_and_no_place_to_write(name):
    service = COMPOSE["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    if service["image"] == "evenhand":
        dockerfile = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
        assert re.findall(r"^USER (\w+)$", dockerfile, re.MULTILINE) == ["evenhand"]
    else:
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])


def test_every_image_has_an_exact_version():
    named = [service["image"] for service in COMPOSE["services"].values()]
    foreign = {image for image in named if image != "evenhand"}
    assert len(foreign) == 2
    assert [image for image in foreign if not EXACT.fullmatch(image)] == []
    python = COMPOSE["x-program"]["build"]["args"]["PYTHON_IMAGE"]
    assert EXACT.fullmatch(python)
    dockerfile = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    assert (
        f"ARG PYTHON_IMAGE={python.removeprefix('${PYTHON_IMAGE:-').removesuffix('}')}\n"
        in dockerfile
    )
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"${PYTHON_IMAGE}"}


def _pin(folder, answer: str) -> subprocess.CompletedProcess[str]:
    """Run the pinning script with a ``docker`` that answers each question with ``answer``."""
    docker = folder / "docker"
    docker.write_text(f'#!/bin/sh\necho "$4" >> "{folder}/asked"\n{answer}\n', encoding="ascii")
    docker.chmod(0o755)
    environ = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    script = ROOT / "deploy/pin-images.sh"
    return subprocess.run(
        ["sh", str(script)], env=environ, capture_output=True, text=True, check=False
    )


def test_pinning_writes_a_line_for_each_image(tmp_path):
    digest = "sha256:" + "0123456789abcdef" * 4
    done = _pin(tmp_path, f"echo {digest}")
    assert done.returncode == 0, done.stderr
    lines = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert sorted(lines) == ["NGINX_IMAGE", "POSTGRES_IMAGE", "PYTHON_IMAGE"]
    asked = (tmp_path / "asked").read_text(encoding="ascii").split()
    assert sorted(lines.values()) == sorted(f"{image}@{digest}" for image in asked)


@pytest.mark.parametrize("answer", ["exit 1", "echo unknown"])
def test_pinning_without_an_answer_of_the_registry_fails_in_words(tmp_path, answer):
    done = _pin(tmp_path, answer)
    assert done.returncode == 1
    assert "pin-images: " in done.stderr
