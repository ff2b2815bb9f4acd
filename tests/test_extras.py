"""Each extra works by itself, and where one is missing, one sentence names it.

A process imports only what the extra requires, with all that this requires in turn: other packages that
happen to be installed are hidden from it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from matchmaker.extras import EXTRA_OF, MODULES

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CLIENT = tomllib.loads((ROOT / "packages/client/pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
HIDE = """
import sys
hidden = set({hidden!r})
class Hiding:
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in hidden else self.finder.find_spec(name, path, target)
    def __getattr__(self, name):
        return getattr(self.finder, name)
sys.meta_path = [Hiding(finder) for finder in sys.meta_path]
"""
IN_TURN = """
import contextlib, io, json, traceback
told = []
for code in {codes!r}:
    status, said = 0, io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        try:
            exec(code, {{"__name__": "__main__"}})
        except SystemExit as end:
            status = end.code or 0
        except BaseException:
            status = 1
            traceback.print_exc()
    told.append((status, said.getvalue()))
print(json.dumps(told))
"""


class Done(NamedTuple):
    """How a piece of code ended, and what it said of it."""

    returncode: int
    stderr: str


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(*requirements: str) -> set[str]:
    """The distributions that some requirements bring, with all that those require in turn."""
    found: set[str] = set()
    waiting = [Requirement(one) for one in requirements]
    seen: set[tuple[str, str]] = set()
    while waiting:
        one = waiting.pop()
        name = normal(one.name)
        for extra in ("", *sorted(one.extras)):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            if name == "matchmaker":
                waiting += [Requirement(other) for other in EXTRAS[extra]] if extra else []
                continue
            found.add(name)
            try:
                listed = [Requirement(other) for other in requires(name) or ()]
            except PackageNotFoundError:
                continue
            waiting += [
                other for other in listed if not other.marker or other.marker.evaluate({"extra": extra})
            ]
    return found


@cache
def owners() -> dict[str, set[str]]:
    """Module -> the distributions that have it."""
    return {module: {normal(one) for one in found} for module, found in packages_distributions().items()}


def with_only(code: str, *requirements: str) -> subprocess.CompletedProcess[str]:
    """Run Python with these packages and what they need."""
    allowed = closure(*requirements)
    hidden = {
        module
        for module, found in owners().items()
        if not allowed & found and module not in ("matchmaker", "_virtualenv")
    }
    env = {name: value for name, value in os.environ.items() if name != "MATCHMAKER_SECTORS"}
    return subprocess.run(
        [sys.executable, "-c", HIDE.format(hidden=sorted(hidden)) + code],
        capture_output=True,
        text=True,
        env={**env, "MATCHMAKER_SECTOR": "nhs", "PYTHONPATH": str(ROOT / "src")},
    )


def command(*words: str) -> str:
    return f"import sys\nsys.argv = {['matchmaker', *words]!r}\nfrom matchmaker.cli import main\nmain()\n"


def with_extra(name: str, code: str) -> subprocess.CompletedProcess[str]:
    return with_only(code, *PROJECT["dependencies"], *([f"matchmaker[{name}]"] if name else []))


def with_the_core(codes: Iterable[str]) -> list[Done]:
    """Run several pieces of code with the core alone, one after another in one process."""
    done = with_extra("", IN_TURN.format(codes=list(codes)))
    assert done.returncode == 0, done.stderr
    return [Done(*one) for one in json.loads(done.stdout)]


CORE = [
    ("shortlist", "Medway", "--limit", "2", "--draws", "50"),
    ("shortlist", "Medway", "--method", "practice", "--limit", "2", "--json"),
    ("why-not", "Medway", "RXC"),
    ("organisation", "RPA", "--compare", "RWF"),
    ("organisations", "kent", "--csv"),
    ("snapshot", "verify"),
]
WORKS = {
    "assign": command("assign", "--recipients", "RPA,RVV", "--draws", "0"),
    "client": "from matchmaker.client import Client\nClient('http://127.0.0.1:1').close()",
    "decisions": command("decisions", "--help"),
    "pandas": "from matchmaker import Matchmaker\nassert len(Matchmaker().profiles().to_pandas()) > 150",
    "papers": command("shortlist", "Medway", "--limit", "2", "--draws", "0", "--out", "OUT.docx"),
    "server": "from matchmaker.api.settings import Settings\nfrom matchmaker.web.app import create_app\n"
    "assert create_app(Settings(serve_sectors=('nhs',))).routes",
    "tables": command("template", "OUT.csv", "--organisation", "Medway"),
    "train": "import matchmaker.training.train, matchmaker.evaluation.evaluate",
    "studies": "import matchmaker.evaluation.effect.regression, matchmaker.evaluation.effect.doubly_robust",
}
"""Extra -> what works with it and the core alone."""
REFUSED = {
    "assign": command("assign", "--recipients", "RPA,RVV", "--draws", "0"),
    "client": "from matchmaker.extras import named_if_missing\n"
    "with named_if_missing():\n    import matchmaker.client",
    "decisions": command("decisions", "verify"),
    "pandas": "from matchmaker import Matchmaker\nMatchmaker().profiles().to_pandas()",
    "papers": command("shortlist", "Medway", "--limit", "2", "--draws", "0", "--out", "OUT.docx"),
    "server": command("serve"),
    "tables": command("shortlist", "Medway", "--data", "OWN.csv"),
    "train": command("evaluate", "--out", "FOLDER"),
    "build": command("snapshot", "build", "--from", "FOLDER"),
}
"""Extra -> what asks for it with the core alone."""


def filled(code: str, folder: Path) -> str:
    """Names of files, in a folder of this test."""
    (folder / "OWN.csv").write_text("code,beds\nRPA,700\n", "utf-8")
    (folder / "FOLDER").mkdir(exist_ok=True)
    for name in ("OUT.docx", "OUT.csv", "OWN.csv", "FOLDER"):
        code = code.replace(f"'{name}'", repr(str(folder / name)))
    return code


@pytest.mark.slow
@pytest.mark.snapshot
def test_the_core_answers_by_itself() -> None:
    for words, done in zip(CORE, with_the_core(command(*words) for words in CORE), strict=True):
        assert done.returncode == 0, (words, done.stderr)


@pytest.mark.slow
@pytest.mark.snapshot
@pytest.mark.parametrize("extra", WORKS)
def test_an_extra_works_with_the_core_alone(extra: str, tmp_path: Path) -> None:
    done = with_extra(extra, filled(WORKS[extra], tmp_path))
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.snapshot
def test_an_extra_that_is_missing_is_named_in_one_sentence(tmp_path: Path) -> None:
    codes = [filled(code, tmp_path) for code in REFUSED.values()]
    for (extra, code), done in zip(REFUSED.items(), with_the_core(codes), strict=True):
        assert done.returncode == 1, extra
        last = done.stderr.strip().splitlines()[-1]
        assert f"pip install 'matchmaker[{extra}]'" in last, (extra, done.stderr)
        if "sys.argv" in code:
            assert "Traceback" not in done.stderr and "needs" in last, (extra, done.stderr)


def test_the_client_needs_httpx2_and_pydantic_alone() -> None:
    assert {Requirement(one).name for one in CLIENT["dependencies"]} == {"httpx2", "pydantic"}
    code = "from matchmaker.client import Client, AsyncClient, ApiProblem, ConnectionFailed, endpoints"
    done = with_only(code, *CLIENT["dependencies"])
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_client_is_a_package_by_itself(tmp_path: Path) -> None:
    """The wheel, unpacked: every request can be made, and every answer read."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT / "packages" / "client", check=True, capture_output=True)
    with ZipFile(next(tmp_path.glob("matchmaker_client-*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    modules = {path.name for path in (tmp_path / "site" / "matchmaker").rglob("*.py")}
    assert "clients.py" in modules and not {"engine.py", "profiles.py", "store.py"} & modules
    code = f"""
sys.path.insert(0, {str(tmp_path / "site")!r})
import inspect
import typing
import matchmaker.client as client
from pydantic import TypeAdapter
assert client.__file__.startswith({str(tmp_path)!r})
public = [name for name in vars(client.AsyncClient) if not name.startswith("_")]
asked = [name for name in public if hasattr(client.endpoints, name)]
for name in asked:
    (answer,) = typing.get_args(typing.get_type_hints(getattr(client.endpoints, name))["return"])
    assert TypeAdapter(answer).json_schema(mode="serialization"), name
print(*asked)
"""
    done = with_only(code, *CLIENT["dependencies"])
    assert done.returncode == 0, done.stderr
    assert {"shortlist", "profile", "overview", "comparison", "evaluation"} <= set(done.stdout.split())


def test_the_table_of_modules_is_that_of_the_extras() -> None:
    """Every extra is in the table, each module comes with its extra, and no module is in the core."""
    assert MODULES.keys() == EXTRAS.keys() - {"all"}
    core = closure(*PROJECT["dependencies"])
    for module, extra in EXTRA_OF.items():
        if found := owners().get(module):
            assert found & closure(f"matchmaker[{extra}]"), module
            assert not found & core, module


def test_all_is_all_but_what_only_a_build_needs() -> None:
    assert closure("matchmaker[all]") >= set().union(
        *(closure(f"matchmaker[{extra}]") for extra in EXTRAS.keys() - {"all", "build"})
    )
    assert "pyreadr" not in closure("matchmaker[all]")
