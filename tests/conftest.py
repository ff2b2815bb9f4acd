"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from matchmaker import Matchmaker, Snapshot
    from matchmaker.evaluation.evaluate import Evaluation

RAW = Path(os.environ.get("MATCHMAKER_RAW_DATA", Path(__file__).parents[2] / "shared" / "data"))

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def raw_data() -> Path:
    """The folder of official files; tests that need it are skipped where it does not exist."""
    if not RAW.is_dir():
        pytest.skip("the official files are not here; set MATCHMAKER_RAW_DATA to their folder")
    return RAW


@pytest.fixture(scope="session")
def engine() -> Matchmaker:
    """A matchmaker on the bundled snapshot."""
    from matchmaker.models.engine import Matchmaker
    from matchmaker.snapshot.store import bundled

    return Matchmaker(bundled())


@pytest.fixture(scope="session")
def snapshot(engine: Matchmaker) -> Snapshot:
    """The bundled snapshot."""
    return engine.snapshot


@pytest.fixture(scope="session")
def evaluation(engine: Matchmaker) -> Evaluation:
    """The whole evaluation of the bundled snapshot, made once: half a minute."""
    from matchmaker.evaluation.evaluate import evaluate

    return evaluate(engine)
