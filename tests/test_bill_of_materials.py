"""The bill of materials names every package of the runtime, with its licence, and no host of a registry."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REGISTRIES = re.compile(r"//[^/\s]*(pypi|pythonhosted|npmjs|yarnpkg)[^/\s]*")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    pytest.importorskip("cyclonedx")
    command = [sys.executable, str(ROOT / "deploy" / "bill_of_materials.py"), "--to", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def test_it_names_every_pinned_package_by_its_url(written: Path) -> None:
    made = json.loads((written / "sbom.cdx.json").read_text("utf-8"))
    pins = re.findall(
        r"^([a-z0-9-]+)==([^ \\]+) \\$", (ROOT / "requirements" / "runtime.txt").read_text("utf-8"), re.M
    )
    assert len(pins) > 40
    by_url = {one["purl"]: one for one in made["components"]}
    assert {f"pkg:pypi/{name}@{version}" for name, version in pins} <= by_url.keys()
    assert made["specVersion"] == "1.6" and "serialNumber" not in made
    assert all(one["licenses"] for one in made["components"])
    assert by_url["pkg:npm/nhsuk-frontend@10.6.1"]["licenses"] == [{"license": {"id": "MIT"}}]
    needs = {one["ref"]: one.get("dependsOn", []) for one in made["dependencies"]}
    assert "starlette" in needs["fastapi"] and "fastapi" in needs["matchmaker"]


def test_licences_come_with_their_texts(written: Path) -> None:
    text = (written / "third-party-licences.md").read_text("utf-8")
    assert "| numpy | " in text and "Redistribution and use in source and binary forms" in text
    assert "not stated" not in text


def test_no_registry_is_named_and_the_bytes_are_the_same_again(written: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "deploy" / "bill_of_materials.py"), "--to", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    for name in ("sbom.cdx.json", "third-party-licences.md"):
        text = (written / name).read_text("utf-8")
        assert not REGISTRIES.search(text), name
        assert (tmp_path / name).read_text("utf-8") == text
