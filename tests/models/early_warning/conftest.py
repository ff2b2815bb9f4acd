"""A sector with early-warning signs: the harbours, with a file of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from made_up import HARBOURS

from matchmaker.sector import Sector, read_sector

SIGNS = """
warning = "Most of these are false alarms."

[signs.groundings]
label = "Many groundings"
from = ["groundings"]
why = "A harbour that loses ships is in trouble."

[signs.lateness]
label = "Few calls on time"
from = ["on_time"]
why = "Ships wait where nobody is in charge."

[signs.deficit]
label = "A large deficit, or else a large debt"
from = ["surplus_share", "debt_share"]
why = "Money runs out before ships do."

[signs.inspection]
label = "A poor inspection"
from = ["inspection"]
why = "Inspectors saw it first."

[validation]
base_rates = "notice"
within_years = 2
index_dates = [2020-06-30, 2022-06-30]

[validation.regimes]
notice = ["notice"]
administration = ["notice", "administration"]

[validation.ended]
on = 2024-01-01
says = "Safety notices ended in 2024."
"""


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Sector:
    """Harbours with four signs."""
    return harbours_with(SIGNS, tmp_path_factory.mktemp("watched"))


def harbours_with(signs: str, folder: Path) -> Sector:
    """The harbours with a file of signs."""
    copy = Path(shutil.copytree(HARBOURS, folder / "harbours"))
    (copy / "early_warning.toml").write_text(signs, "utf-8")
    return read_sector(copy)
