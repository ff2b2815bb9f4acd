"""Accounts of all trusts for 2022/23 and 2023/24: operating cost, staff cost, agency, staff."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from matchmaker.errors import BadFile, Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing

PAGE = "https://www.england.nhs.uk/financial-accounting-and-reporting/nhs-providers-tac-data-publications/"
LAG_DAYS = 330
"""The consolidated accounts are laid before Parliament 240 to 300 days after the year."""

PART_YEARS = {("RVY", 2024)}
"""Closed on 1 July 2023: its last figures are for three months and would stand as a year's."""


def entries(path: Path) -> dict[str, Any]:
    """The entries of a JSON file, by the name of the trust.

    Raises:
        BadFile: the file is missing, damaged or no list of named entries.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        issue = Issue(path.name, f"a JSON file that opens ({str(error)[:160]})")
        raise BadFile([issue], "Download it again or leave it out.") from error
    if not isinstance(content, dict) or not content:
        raise BadFile([Issue(path.name, "entries under the names of trusts")], "Check the edition.")
    return content


def trust_codes(folder: Path, year: int) -> dict[str, str]:
    """The code of every trust by its name in the files of that year."""
    path = folder / f"nhs_trust_breakdown_{year}.json"
    return {name: str(entry.get("nhs_code", "")).strip().upper() for name, entry in entries(path).items()}


def end_year(path: Path) -> int:
    """The year in which the financial year of a file ends, which is the one in its name."""
    found = re.search(r"_(20\d\d)\.json$", path.name)
    if found is None:
        raise BadFile([Issue(path.name, "a file name that ends in the year")], "Keep the original name.")
    return int(found.group(1))


def rows(path: Path, figures: Mapping[str, Mapping[str, object]]) -> pl.DataFrame:
    """Figures by the name of the trust and the name of the measure, to rows.

    Raises:
        BadFile: names without a code, or figures that are not numbers, all together.
    """
    year, issues = end_year(path), IssueList()
    codes = trust_codes(path.parent, year)
    kept: list[dict[str, Any]] = []
    for at, (name, values) in enumerate(figures.items(), start=1):
        code = codes.get(name, "")
        if not re.match(TRUST_CODE, code):
            issues.add(Issue(path.name, "a trust with a code in the file of operating costs", name, row=at))
        for measure, value in values.items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                issues.add(Issue(path.name, "a number", repr(value), row=at, column=measure))
        if (code, year) not in PART_YEARS:
            kept.append({"code": code, "row": at, **values})
    issues.raise_if_any()
    frame = pl.DataFrame(kept, infer_schema_length=None, schema_overrides={"row": pl.UInt32})
    measures = [name for name in frame.columns if name not in ("code", "row")]
    return tabular.long(frame, measures, financial_year(year - 1))


def read_cost(path: Path) -> pl.DataFrame:
    """Operating cost (all of it) and staff cost of each trust."""
    return rows(
        path,
        {
            name: {"operating_cost": entry.get("total"), "staff_cost": entry.get("staff_costs")}
            for name, entry in entries(path).items()
        },
    )


def read_staff(path: Path) -> pl.DataFrame:
    """Agency spend and the year's average number of staff, whoever employed them."""
    return rows(
        path,
        {
            name: {"agency_spend": _agency(entry), "staff_wte_average": entry.get("workforce_total_wte")}
            for name, entry in entries(path).items()
        },
    )


def _agency(entry: Mapping[str, Any]) -> object:
    # The compiler joins two lines of the accounts, agency or contract staff and external bank, which
    # is why the total for England stands above the agency spend that NHS England quotes.
    groups = [group for group in entry.get("cost_groups", []) if "STA0300" in group.get("sta_codes", [])]
    return groups[0].get("value") if len(groups) == 1 else None


PUBLICATIONS = tuple(
    Publication(
        id=name,
        publisher="NHS England",
        title=title,
        page=PAGE,
        files=(pattern,),
        lag_days=LAG_DAYS,
        read=read,
        standing=Standing.COMPILED,
        compiled_by="Budget Galaxy",
    )
    for name, title, pattern, read in (
        (
            "provider_accounts_cost",
            "NHS provider accounts (trust accounts consolidation): operating cost",
            "budget-galaxy-tac/nhs_trust_breakdown_*.json",
            read_cost,
        ),
        (
            "provider_accounts_staff",
            "NHS provider accounts (trust accounts consolidation): agency spend and average staff",
            "budget-galaxy-tac/nhs_staff_breakdown_*.json",
            read_staff,
        ),
    )
)
