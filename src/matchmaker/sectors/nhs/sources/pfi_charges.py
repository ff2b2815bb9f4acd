"""Charges for private finance (PFI and LIFT) that trusts carry, 2022/23."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.provider_accounts import LAG_DAYS, PAGE, entries, rows
from matchmaker.sources.publication import Publication, Standing

SECTOR = "nhs_provider_sector"
CHARGES = {"EXP0370", "EXP0375"}
"""The accounts' lines for schemes on and off the balance sheet; interest is not among them."""


def read(path: Path) -> pl.DataFrame:
    """The tree of accounts: sector, kind of trust, trust, group of costs, line."""
    sector = next((node for node in entries(path).get("children", []) if node.get("id") == SECTOR), None)
    if sector is None:
        raise BadFile([Issue(path.name, f"a branch named {SECTOR}")], "Check the edition.")
    trusts = [trust for kind in sector["children"] for trust in kind["children"]]
    return rows(path, {trust["name"]: {"pfi_charges": _charges(trust)} for trust in trusts})


def _charges(trust: dict[str, Any]) -> float:
    # The tree has no line of nil anywhere, so a trust without this line was charged nothing. All
    # but two trusts with a scheme in the estates return of 2016/17 have the line.
    lines = [line for group in trust["children"] for line in group.get("children", [])]
    return float(sum(line["value"] for line in lines if CHARGES & set(line.get("_exp_codes", []))))


PUBLICATIONS = (
    Publication(
        id="provider_accounts_pfi",
        publisher="NHS England",
        title="NHS provider accounts (trust accounts consolidation): PFI and LIFT charges",
        page=PAGE,
        files=("budget-galaxy-tac/uk_budget_tree_2023.json",),
        lag_days=LAG_DAYS,
        read=read,
        standing=Standing.COMPILED,
        compiled_by="Budget Galaxy",
    ),
)
