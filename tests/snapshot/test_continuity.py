"""What a build tells and holds of lists that changed against the snapshot in use."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.snapshot import Snapshot, continuity
from matchmaker.snapshot.ingest import ReadFile
from matchmaker.sources.publication import Publication


def names(doubts: list[continuity.Held]) -> list[str]:
    return [one.name for one in doubts]


def test_the_same_list_says_nothing(harbour_snapshot: Snapshot) -> None:
    assert continuity.organisations(harbour_snapshot.organisations, harbour_snapshot) == ([], [])
    tables = {name: harbour_snapshot.table(name) for name in harbour_snapshot.manifest["tables"]}
    assert continuity.tables(tables, harbour_snapshot) == ([], [])
    figures = pl.concat(
        [harbour_snapshot.measures, harbour_snapshot.quarantine.select(harbour_snapshot.measures.columns)]
    )
    assert continuity.figures(figures, harbour_snapshot, harbour_snapshot.organisations) == []


def test_one_region_is_told_and_many_are_held(harbour_snapshot: Snapshot) -> None:
    was = harbour_snapshot.organisations
    first = was.with_columns(
        region=pl.when(pl.col("code") == was["code"][0]).then(pl.lit("Elsewhere")).otherwise("region")
    )
    doubts, notes = continuity.organisations(first, harbour_snapshot)
    assert not doubts and "Another region" in notes[0] and was["code"][0] in notes[0]
    doubts, _ = continuity.organisations(was.with_columns(region=pl.lit("Elsewhere")), harbour_snapshot)
    assert names(doubts) == ["organisations/region"]
    issues, notes = continuity.sort_out(doubts, ["organisations"])
    assert not issues and "was confirmed" in notes[0]
    (issue,), _ = continuity.sort_out(doubts, [])
    assert "--accept organisations/region" in issue.remedy


def test_much_of_one_type_is_held_where_it_is_little_of_all(harbour_snapshot: Snapshot) -> None:
    (one,) = harbour_snapshot.organisations.head(1).iter_rows(named=True)
    many = pl.DataFrame(
        [one | {"code": f"P{at:03}", "name": f"Port {at}", "type": "port"} for at in range(500)]
        + [one | {"code": f"M{at:03}", "name": f"Marina {at}", "type": "marina"} for at in range(40)],
        schema=harbour_snapshot.organisations.schema,
    )
    before = Snapshot.of({"organisations": many}, {}, harbour_snapshot.sector)

    def retyped(n: int) -> list[str]:
        some = pl.col("code").is_in([f"M{at:03}" for at in range(n)])
        return names(
            continuity.organisations(
                many.with_columns(type=pl.when(some).then(pl.lit("port")).otherwise("type")), before
            )[0]
        )

    assert retyped(10) == []
    assert retyped(11) == ["organisations/type/marina"]


def test_names_that_move_and_bodies_that_open_again(harbour_snapshot: Snapshot) -> None:
    was = harbour_snapshot.organisations
    standing = was.filter(pl.col("closed").is_null())
    one, other = standing["code"][0], standing["name"][1]
    moved = was.with_columns(name=pl.when(pl.col("code") == one).then(pl.lit(other)).otherwise("name"))
    assert names(continuity.organisations(moved, harbour_snapshot)[0]) == [f"organisations/name/{one}"]
    again = was.with_columns(closed=pl.lit(None, pl.Date))
    shut = was.filter(pl.col("closed").is_not_null())["code"].sort().to_list()
    assert shut
    held = names(continuity.organisations(again, harbour_snapshot)[0])
    assert [f"organisations/closed/{code}" for code in shut] == [one for one in held if "/closed/" in one]


def test_a_body_that_a_list_closes_long_before_its_figures(harbour_snapshot: Snapshot) -> None:
    was = harbour_snapshot.organisations
    assert not continuity.closed_with_later_figures(was, harbour_snapshot.measures, harbour_snapshot)
    code = (
        harbour_snapshot.measures.group_by("code")
        .agg(pl.col("measure").n_unique())
        .sort("measure", "code")["code"][-1]
    )
    shut = was.with_columns(
        closed=pl.when(pl.col("code") == code).then(pl.lit(date(2012, 1, 1))).otherwise("closed")
    )
    found = continuity.closed_with_later_figures(shut, harbour_snapshot.measures, harbour_snapshot)
    assert names(found) == [f"organisations/figures/{code}"]


def test_a_table_of_which_much_is_gone_is_held(harbour_snapshot: Snapshot) -> None:
    pairings = harbour_snapshot.pairings
    doubts, notes = continuity.tables({"pairings": pairings.head(2)}, harbour_snapshot)
    assert names(doubts) == ["pairings"] and notes
    doubts, notes = continuity.tables({"pairings": pairings.slice(1)}, harbour_snapshot)
    assert not doubts and "1 rows gone or changed" in notes[0]


def test_figures_that_are_gone_changed_or_lack_somebody(harbour_snapshot: Snapshot) -> None:
    held = harbour_snapshot.measures
    some = held.with_columns(
        value=pl.when(pl.int_range(pl.len()) == 0).then(pl.col("value") + 1).otherwise("value")
    )
    notes = continuity.figures(
        some.slice(0, held.height - 1), harbour_snapshot, harbour_snapshot.organisations
    )
    assert any("are gone" in note for note in notes)
    assert any("are other ones" in note and held["code"][0] in note for note in notes)


def test_what_rules_rest_on_must_be_there(tmp_path: Path) -> None:
    publication = Publication(
        "measures_taken", "Office", "", "", ("lists/taken.csv",), 0, lambda _: pl.DataFrame(), required=True
    )
    path = tmp_path / "lists" / "taken.csv"
    full = ReadFile(publication, path, "taken.csv", pl.DataFrame({"code": ["EEL"]}))
    empty = ReadFile(publication, path, "taken.csv", pl.DataFrame({"code": []}))
    assert not continuity.required([full], [publication], tmp_path)
    assert len(continuity.required([empty], [publication], tmp_path)) == 1
    path.parent.mkdir()
    path.with_name("taken_2026.csv").touch()
    (issue,) = continuity.required([], [publication], tmp_path)
    assert "taken_2026.csv" in str(issue) and "measures_taken" in issue.expected
    (note,) = continuity.unread(tmp_path, {path}, ["lists/taken.csv"])
    assert "taken_2026.csv" in note
    assert "There is no file of measures_taken" in continuity.without_a_file([], [publication])[0]
