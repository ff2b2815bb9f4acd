"""Successions: the ODS archive, and the project's own record against the ODS list's close dates."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pyreadr
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import ods_successions
from matchmaker.snapshot import Snapshot


def test_the_archive(raw_data: Path) -> None:
    frame = ods_successions.read(raw_data / "raw" / "geographr" / "lookup_trust_trust.rda")
    assert frame.filter(old="RR1").select("new", "date", "part").rows() == [("RRK", date(2018, 4, 1), False)]
    assert frame.filter(old="RGQ")["new"].to_list() == ["RDE"]
    assert frame["date"].min() >= ods_successions.SINCE


def test_services_that_went_to_several_are_marked(raw_data: Path) -> None:
    frame = ods_successions.read(raw_data / "raw" / "geographr" / "lookup_trust_trust.rda")
    several = frame.group_by("old", "date").agg(pl.len(), pl.col("part").all()).filter(pl.col("len") > 1)
    assert several.height > 0
    assert several["part"].all()


def test_an_archive_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lookup_trust_trust.rda"
    pyreadr.write_rdata(path, pl.DataFrame({"old_code": ["RR1"], "date": ["2018"]}).to_pandas(), "lookup")
    with pytest.raises(BadFile, match=r"the columns \['new_code'\]"):
        ods_successions.read(path)


def test_the_own_record_agrees_with_the_days_on_which_trusts_closed(snapshot: Snapshot) -> None:
    own = ods_successions.curated().join(
        snapshot.organisations.select(old="code", closed="closed"), on="old", how="left"
    )
    assert own["basis"].str.len_chars().min() > 20
    assert own["closed"].null_count() == 0
    # Mid Staffordshire's code stayed in the list for three years after its services had gone.
    late = own.filter(pl.col("closed") > pl.col("date") + timedelta(days=31))["old"].unique().to_list()
    assert late == ["RJD"]


def test_successors_are_trusts_of_the_list_and_lead_nowhere_in_a_circle(snapshot: Snapshot) -> None:
    follows = dict(snapshot.successions.filter(~pl.col("part")).select("old", "new").iter_rows())
    codes = set(snapshot.organisations["code"])
    assert set(follows) <= codes
    for start in follows:
        seen = {start}
        at = start
        while at in follows:
            at = follows[at]
            assert at not in seen
            seen.add(at)
        assert at in codes


def test_every_trust_that_closed_has_a_successor_but_two(snapshot: Snapshot) -> None:
    closed = snapshot.organisations.filter(pl.col("closed") < snapshot.as_of)
    without = closed.join(snapshot.successions, left_on="code", right_on="old", how="anti")
    # The Nightingale hospital of 2020 and NHS Direct left none.
    assert without["code"].sort().to_list() == ["R0C", "RYH"]
