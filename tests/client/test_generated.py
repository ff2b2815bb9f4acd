"""A client generated from the served description by another tool completes a full round."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matchmaker import Matchmaker

CONFIG = "post_hooks: []\nproject_name_override: generated\npackage_name_override: generated\n"


@pytest.fixture
def client(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The client of a package that is made anew."""
    (tmp_path / "config.yaml").write_text(CONFIG)
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--url", f"{address}/openapi.json"]
    command += ["--meta", "none", "--output-path", str(tmp_path / "generated"), "--config", "config.yaml"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stdout + made.stderr
    # This tool knows no bodies in CSV; own figures can be sent as rows with POST /v1/{sector}/shortlists.
    said = " ".join((made.stdout + made.stderr).split())
    assert (
        said.count("will not be generated")
        == said.count("parsing POST /v1/{sector}/organisations/{code}/shortlist")
        == 1
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with importlib.import_module("generated").Client(base_url=address, timeout=60) as client:
        yield client


@pytest.mark.slow
def test_a_full_round(client: Any, engine: Matchmaker) -> None:
    models = importlib.import_module("generated.models")

    def ask(operation: str, *args: Any, **more: Any) -> Any:
        return importlib.import_module(f"generated.api.{operation}").sync(*args, client=client, **more)

    found = ask("organisations.list_organisations", "nhs", search="medway")
    medway = next(trust for trust in found.organisations if trust.name.startswith("Medway"))

    shortlist = ask("shortlists.get_shortlist", "nhs", medway.code, limit=3, weights=["proximity=0.3"])
    own = engine.shortlist("RPA", limit=3, weights={"proximity": 0.3})
    assert [(one.rank, one.organisation.code, one.fit) for one in shortlist.options] == [
        (one.rank, one.organisation.code, one.fit) for one in own.options
    ]
    assert shortlist.options[0].reasons_for == list(own.options[0].reasons_for)

    second = shortlist.options[1].organisation.code
    explained = ask("shortlists.get_candidate", "nhs", "RPA", second, weights=["proximity=0.3"])
    assert explained.rank == 2
    assert explained.to_first

    pairs = [
        models.PairRequest(recipient="RPA", candidate=one.organisation.code) for one in shortlist.options
    ]
    weights = models.ScoresRequestWeights.from_dict({"proximity": 0.3})
    scores = ask("scores.create_scores", "nhs", body=models.ScoresRequest(pairs=pairs, weights=weights))
    assert [score.fit for score in scores.scores] == [one.fit for one in own.options]

    asked = models.AssignmentRequest(recipients=["RPA", "RVV"], n_draws=0)
    assignment = ask("scores.create_assignment", "nhs", body=asked)
    assert {pair.recipient.code for pair in assignment.pairs} <= {"RPA", "RVV"}
    assert assignment.pairs

    decided = models.DecisionRequest(
        recipient="RPA", who="A region", chosen=second, reason="Both are willing"
    )
    assert ask("decisions.create_decision", body=decided).decision.choice == "option"

    assert {one.name for one in ask("catalogue.list_features", "nhs").features} >= {"beds"}
    problem = ask("organisations.get_organisation", "nhs", "XYZ9")
    assert isinstance(problem, models.Problem)
    assert (problem.status, problem.type_) == (404, "/problems/unknown-organisation")
    refused = ask("shortlists.get_shortlist", "nhs", "RPA", weights=["charm=1"])
    assert [fault.pointer for fault in refused.errors] == ["/weights"]
