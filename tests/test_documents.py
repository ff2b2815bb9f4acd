"""Generated documents and pasted output are those of the data and the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from matchmaker import Snapshot
from matchmaker.docgen import documents
from matchmaker.evaluation.published import Figure, published_evaluation
from matchmaker.evaluation.report.document import markdown_table
from matchmaker.evaluation.report.labels import METRIC_LABELS, with_limits
from matchmaker.features import features
from matchmaker.models.arrangement import arrangements
from matchmaker.models.evidence import findings

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def shortlist() -> str:
    """What the README shows, from a run."""
    command = [sys.executable, "-m", "matchmaker", "shortlist", "RPA", "--for", "buddying", "--limit", "3"]
    env = {name: value for name, value in os.environ.items() if name != "MATCHMAKER_SNAPSHOT"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**env, "COLUMNS": "110", "NO_COLOR": "1"}
    )
    lines = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    return f"\n```text\n{lines}\n```\n\n"


def evaluation() -> str:
    """The main figures of the bundled evaluation: what predicts past choices, and how well."""
    found = published_evaluation()
    told = {(one.family, one.label, one.metric): one for one in found.figures if one.organisations >= 8}
    heading = ("Past pairings", "Method", *(METRIC_LABELS[metric] for metric in ("hit@5", "hit@10")))
    rows = tuple(
        (
            f"{family}, {one.queries}",
            label,
            *(_share(told[family, label, metric]) for metric in ("hit@5", "hit@10")),
        )
        for (family, label, metric), one in told.items()
        if metric == "hit@5" and not one.method.endswith("-forward")
    )
    outcome = (found.outcome or "").removeprefix("In short: ")
    asked = "Did trusts with a buddy in a more similar context leave special measures sooner, as E1 suggests?"
    table = markdown_table(heading, rows, (2, 3))
    left = sum(found.left_out.values())
    lines = (
        f"{found.replayed} past pairings are replayed; {left} do not count (part of a trust, never came "
        "about, or not certain).",
        table,
        f"95% intervals in brackets. {asked} {outcome[:1].upper()}{outcome[1:]}",
    )
    return "\n" + "\n\n".join(lines) + "\n\n"


def _share(one: Figure) -> str:
    return with_limits({"value": one.value, "low": one.low, "high": one.high})


BLOCKS: dict[str, Callable[[], str]] = {"shortlist": shortlist, "evaluation": evaluation}
"""What the README shows between `<!-- name -->` and `<!-- /name -->`, and what makes it."""


def block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n).*(?=<!-- /{name} -->)", re.DOTALL)


@pytest.mark.parametrize("name", ["data-dictionary.md", "data-quality.md", "evidence.md"])
def test_documents_are_those_of_the_snapshot(snapshot: Snapshot, name: str) -> None:
    written = (ROOT / "docs" / name).read_text("utf-8")
    assert written == documents(snapshot)[name], "run 'make documents'"


@pytest.mark.parametrize("name", BLOCKS)
def test_the_readme_shows_a_real_run(name: str) -> None:
    found = block(name).search(README.read_text("utf-8"))
    assert found is not None
    assert found[0] == BLOCKS[name](), "run 'make documents'"


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
    text = README.read_text("utf-8")
    for name, made in BLOCKS.items():
        text = block(name).sub(lambda _: made(), text)  # noqa: B023 - called at once
    README.write_text(text, "utf-8")
