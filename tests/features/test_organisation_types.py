"""The type of an organisation as of a day, on made-up harbours whose types were published."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from made_up import HARBOURS, made_up_snapshot

from matchmaker.errors import BadFile
from matchmaker.features.organisation_types import type_rules, types_on
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot

RULES = """
precedence = ["old_list", "survey", "register"]
coarse = ["old_list"]
words = [["ferry", "ferry"], ["fish", "fishing"], ["pleasure", "marina"]]
ignore = "non-ferry"

[[mistaken]]
code = "AMB"
attribute = "register"
known_from = 2018-01-01
value = "Pleasure boats"
why = "All others say fishing."
"""
Published = tuple[str, str, str, date]


def snapshot_with(folder: Path, rules: str | None, *published: Published, **types: str) -> Snapshot:
    """Harbours with these published types (code, attribute, value, known_from)."""
    (folder / "sector.toml").write_text((HARBOURS / "sector.toml").read_text("utf-8"), "utf-8")
    if rules is not None:
        (folder / "types.toml").write_text(rules, "utf-8")
    made = made_up_snapshot({code: {} for code in types or {"AMB": ""}}, types=types or {"AMB": "fishing"})
    names = ("code", "attribute", "value", "known_from")
    rows = [dict(zip(names, row, strict=True)) | {"source": "survey"} for row in published]
    tables = {name: made.table(name) for name in made.manifest["tables"]}
    tables["attributes"] = pl.DataFrame(rows, schema=tables["attributes"].schema)
    return Snapshot.of(tables, made.manifest, Sector("harbours", folder))


def type_on(snapshot: Snapshot, day: date, code: str = "AMB") -> tuple[str, str | None]:
    row = types_on(snapshot, day).row(by_predicate=pl.col("code") == code, named=True)
    return row["type"], row["type_basis"]


def test_the_latest_type_known_on_the_day_counts_and_before_the_first_the_earliest(tmp_path: Path) -> None:
    snapshot = snapshot_with(
        tmp_path,
        RULES,
        ("AMB", "survey", "Fishing harbour", date(2015, 1, 1)),
        ("AMB", "survey", "Ferry port", date(2019, 1, 1)),
    )
    assert type_on(snapshot, date(2010, 1, 1)) == ("fishing", "survey: Fishing harbour")
    assert type_on(snapshot, date(2018, 12, 31))[0] == "fishing"
    assert type_on(snapshot, date(2019, 1, 1)) == ("ferry", "survey: Ferry port")


def test_of_types_known_from_one_day_the_last_attribute_in_the_precedence_counts(tmp_path: Path) -> None:
    snapshot = snapshot_with(
        tmp_path,
        RULES,
        ("AMB", "register", "Ferry port", date(2015, 1, 1)),
        ("AMB", "survey", "Fishing harbour", date(2015, 1, 1)),
        ("AMB", "gossip", "Pleasure boats", date(2015, 1, 1)),
    )
    assert type_on(snapshot, date(2016, 1, 1))[0] == "ferry"


def test_a_coarse_list_counts_only_where_no_other_type_is_known(tmp_path: Path) -> None:
    snapshot = snapshot_with(
        tmp_path,
        RULES,
        ("AMB", "survey", "Fishing harbour", date(2015, 1, 1)),
        ("AMB", "old_list", "Ferry port", date(2017, 1, 1)),
        ("BRI", "old_list", "Ferry port", date(2017, 1, 1)),
        AMB="marina",
        BRI="marina",
    )
    assert type_on(snapshot, date(2018, 1, 1), "AMB")[0] == "fishing"
    assert type_on(snapshot, date(2018, 1, 1), "BRI")[0] == "ferry"


def test_mistaken_types_are_not_believed(tmp_path: Path) -> None:
    published = (
        ("AMB", "survey", "Fishing harbour", date(2015, 1, 1)),
        ("AMB", "register", "Pleasure boats", date(2018, 1, 1)),
    )
    assert type_on(snapshot_with(tmp_path, RULES, *published), date(2020, 1, 1))[0] == "fishing"
    believed = RULES[: RULES.index("[[mistaken]]")]
    assert type_on(snapshot_with(tmp_path, believed, *published), date(2020, 1, 1))[0] == "marina"


def test_a_type_that_names_none_and_no_type_at_all_leave_that_of_the_table(tmp_path: Path) -> None:
    snapshot = snapshot_with(tmp_path, RULES, ("AMB", "survey", "Lighthouse", date(2015, 1, 1)))
    assert type_on(snapshot, date(2020, 1, 1)) == ("fishing", None)


def test_without_types_toml_the_table_says(tmp_path: Path) -> None:
    snapshot = snapshot_with(tmp_path, None, ("AMB", "survey", "Ferry port", date(2015, 1, 1)))
    assert type_on(snapshot, date(2020, 1, 1)) == ("fishing", None)


def test_a_user_s_own_type_is_kept(tmp_path: Path) -> None:
    snapshot = snapshot_with(tmp_path, RULES, ("AMB", "survey", "Ferry port", date(2015, 1, 1)))
    own = snapshot.organisations.with_columns(type=pl.lit("marina"), type_basis=pl.lit("own data: mine.csv"))
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    mine = Snapshot.of(tables | {"organisations": own}, snapshot.manifest, snapshot.sector)
    assert type_on(mine, date(2020, 1, 1)) == ("marina", "own data: mine.csv")


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("FERRY PORT", "ferry"),
        ("Fishing and ferry", "ferry"),
        ("Fishing (non-ferry)", "fishing"),
        ("Lighthouse", None),
    ],
)
def test_the_first_word_found_decides(tmp_path: Path, published: str, expected: str | None) -> None:
    assert type_rules(snapshot_with(tmp_path, RULES).sector).type_of(published) == expected


def test_a_file_that_breaks_its_form_is_named(tmp_path: Path) -> None:
    snapshot = snapshot_with(tmp_path, 'precedence = "survey"\nfirst = 1\n')
    with pytest.raises(BadFile, match=r"types\.toml, column precedence: .*types\.toml, column first"):
        types_on(snapshot, date(2020, 1, 1))
