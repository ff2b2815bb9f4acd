"""What is shipped in `deploy/` runs: the unit under its own filter, the proxy, the container's parts."""

from __future__ import annotations

import ctypes.util
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
import seccomp_exec

from .conftest import running

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "matchmaker.service"
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
SHORTLIST = "/v1/nhs/organisations/RPA/shortlist?limit=1&n_draws=100"

needs_filters = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None or ctypes.util.find_library("seccomp") is None,
    reason="systemd-analyze and libseccomp are not here",
)


@needs_filters
@pytest.mark.slow
@pytest.mark.service
@pytest.mark.snapshot
def test_the_service_starts_and_answers_under_the_filter_of_its_unit(tmp_path: Path) -> None:
    through = (sys.executable, seccomp_exec.__file__, str(UNIT))
    with running(tmp_path, workers=2, through=through) as service:
        assert service.get(SHORTLIST).status_code == 200
        assert service.stop() in (0, -15)


@needs_filters
def test_the_filter_of_the_unit_fails_calls_and_kills_nobody() -> None:
    calls, error = seccomp_exec.allowed(UNIT.read_text("utf-8"))
    assert error == "EPERM"
    assert {"read", "openat", "socket", "accept4", "execve"} <= calls
    assert not {"mbind", "setuid", "mount", "ptrace"} & calls  # numpy asks for mbind, and does without


def test_the_unit_has_a_user_to_whom_files_can_be_given() -> None:
    unit, users = UNIT.read_text("utf-8"), (ROOT / "deploy" / "matchmaker.sysusers").read_text("utf-8")
    assert "DynamicUser" not in unit
    user = re.search(r"^User=(\w+)$", unit, re.M)
    assert user is not None and f"u {user[1]} " in users


def test_the_container_has_what_pages_papers_and_postgresql_need() -> None:
    pinned = (ROOT / "requirements" / "runtime.txt").read_text("utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for wanted in (*extras["papers"], *extras["postgresql"]):
        name = re.split(r"[\[>=]", wanted)[0]
        if name == "matchmaker":  # another of its extras
            continue
        assert re.search(rf"^{name}==", pinned, re.M | re.I), name
    assert "COPY --from=assets" in CONTAINER and "make assets" in CONTAINER
    assert "libpangoft2-1.0-0" in CONTAINER


def test_the_context_of_the_container_holds_all_that_it_copies_and_no_more() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines
    copied = {
        word for line in re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINER, re.M) for word in line.split()
    }
    assert copied == kept
    for name in copied:
        assert (ROOT / name).exists()
