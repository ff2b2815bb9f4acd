"""The code in the client's document runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "client.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.S)
SAID = (
    "1 Dartford and Gravesham NHS Trust",
    "Medway NHS Foundation Trust",
    "recipient,arrangement,rank",
    "Requires improvement (30 July 2021) 1",
    "unknown-organisation",
)


def test_every_block_is_tested() -> None:
    assert len(BLOCKS) == len(SAID)


@pytest.mark.parametrize(("block", "said"), list(zip(BLOCKS, SAID, strict=False)))
def test_it_runs_and_prints(block: str, said: str, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block.replace("http://127.0.0.1:8000", address), "client.md", "exec"), {})
    assert said in capsys.readouterr().out
