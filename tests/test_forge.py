"""What the forge is given: workflows that call our own commands, and files that it knows by name."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FORGE = ROOT / ".github"
WORKFLOWS = sorted((FORGE / "workflows").glob("*.yml"))
FORMS = [path for path in sorted((FORGE / "ISSUE_TEMPLATE").glob("*.yml")) if path.name != "config.yml"]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
TOOLS = Path(sys.executable).parent


def run(tool: str, *arguments: str | Path) -> None:
    """A checker of `requirements/dev.txt`; it is missing only in an environment older than they are."""
    if not (TOOLS / tool).exists():
        pytest.skip(f"{tool} is not installed: run make test")
    done = subprocess.run([TOOLS / tool, *arguments], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def jobs(path: Path) -> dict[str, dict[str, object]]:
    return yaml.safe_load(path.read_text("utf-8"))["jobs"]


def test_workflows_have_the_form_that_the_forge_reads() -> None:
    run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)


def test_dependabot_has_the_form_that_the_forge_reads() -> None:
    run("check-jsonschema", "--builtin-schema", "vendor.dependabot", FORGE / "dependabot.yml")


def test_issue_forms_have_the_form_that_the_forge_reads() -> None:
    run("check-jsonschema", "--builtin-schema", "vendor.github-issue-forms", *FORMS)


def test_workflows_have_no_known_weakness() -> None:
    run("zizmor", "--offline", "--quiet", FORGE)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_calls_our_own_commands(path: Path) -> None:
    for job in jobs(path).values():
        assert job["timeout-minutes"] and job["permissions"] == {"contents": "read"}
        for step in job["steps"]:
            if "run" in step:
                command, what, *_ = step["run"].split()
                assert (command == "make" and what in TARGETS) or (
                    command == "sudo" and (ROOT / what).stat().st_mode & 0o100
                ), step
            else:
                assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), step


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_names_no_host(path: Path) -> None:
    assert "://" not in path.read_text("utf-8")


def test_the_pythons_of_the_check_are_those_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = [one.rpartition(" ")[2] for one in project["classifiers"] if "Python :: 3." in one]
    assert jobs(FORGE / "workflows/check.yml")["test"]["strategy"]["matrix"]["python"] == [
        one.rpartition(":: ")[2] for one in named
    ]


def test_dependabot_looks_where_there_is_something() -> None:
    for update in yaml.safe_load((FORGE / "dependabot.yml").read_text("utf-8"))["updates"]:
        folder = ROOT / update["directory"].strip("/")
        found = {"pip": "*.txt", "npm": "package-lock.json", "github-actions": ".github/workflows/*.yml"}
        assert list(folder.glob(found[update["package-ecosystem"]]))


def test_every_place_has_an_owner() -> None:
    lines = [
        line.split()
        for line in (FORGE / "CODEOWNERS").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert lines[0][0] == "*" and all(len(line) > 1 and line[1].startswith("@") for line in lines)
    assert all((ROOT / line[0].strip("/")).exists() for line in lines[1:])


def test_hooks_are_quick() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    commands = {one["entry"].removeprefix("make ") for one in hooks}
    assert commands <= TARGETS and not commands & {"test", "pytest"}


def test_the_addresses_of_the_project_are_of_one_host() -> None:
    hosts = {
        re.match(r"https://([^/]+)", url)[1]
        for file in ("pyproject.toml", "packages/client/pyproject.toml")
        for url in tomllib.loads((ROOT / file).read_text("utf-8"))["project"]["urls"].values()
    }
    assert len(hosts) == 1
