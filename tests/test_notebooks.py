"""Every notebook runs from top to bottom, and is kept without outputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
PATIENCE = 600
"""Seconds after which a cell is taken to hang."""


@pytest.mark.slow
@pytest.mark.snapshot
@pytest.mark.usefixtures("kept_results")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
# What the kernel's own machinery warns of is not ours to mend.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_it_runs(path: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=PATIENCE, resources={"metadata": {"path": path.parent}}).execute()
    drawn = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    ]
    assert drawn, "a notebook that tells a story has charts"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_without_outputs(path: Path) -> None:
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


def test_no_day_is_written_in_a_way_that_windows_refuses() -> None:
    for folder, pattern in (("notebooks", "*.ipynb"), ("src", "*.py")):
        for file in sorted((Path(__file__).parents[1] / folder).rglob(pattern)):
            assert "%-d" not in file.read_text("utf-8"), file
