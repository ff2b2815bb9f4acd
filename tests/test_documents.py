"""Generated documents and pasted output are those of the data and the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from matchmaker import Snapshot
from matchmaker.features import features
from matchmaker.models.arrangement import arrangements
from matchmaker.models.documents import documents
from matchmaker.models.evidence import findings

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=<!-- shortlist -->\n).*(?=<!-- /shortlist -->)", re.DOTALL)


def shortlist() -> str:
    """What the README shows, from a run."""
    command = [sys.executable, "-m", "matchmaker", "shortlist", "RPA", "--for", "buddying", "--limit", "3"]
    env = {name: value for name, value in os.environ.items() if name != "MATCHMAKER_SNAPSHOT"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**env, "COLUMNS": "110", "NO_COLOR": "1"}
    )
    lines = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    return f"\n```text\n{lines}\n```\n\n"


@pytest.mark.parametrize("name", ["data-dictionary.md", "data-quality.md", "evidence.md"])
def test_documents_are_those_of_the_snapshot(snapshot: Snapshot, name: str) -> None:
    written = (ROOT / "docs" / name).read_text("utf-8")
    assert written == documents(snapshot)[name], "run 'make documents'"


def test_the_readme_shows_a_real_run() -> None:
    found = BLOCK.search(README.read_text("utf-8"))
    assert found is not None
    assert found[0] == shortlist(), "run 'make documents'"


def test_every_finding_named_exists() -> None:
    named = {id_ for feature in features() for id_ in feature.evidence}
    for arrangement in arrangements().values():
        named |= {id_ for part in (*arrangement.criteria, *arrangement.rules) for id_ in part.evidence}
    assert named <= findings().keys()


def test_links_in_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README.read_text("utf-8")):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target


if __name__ == "__main__":
    README.write_text(BLOCK.sub(lambda _: shortlist(), README.read_text("utf-8")), "utf-8")
