"""Figures that can't be right: noughts that are no return, and lone outliers."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from made_up import HARBOURS

from matchmaker.sector import Sector, read_sector
from matchmaker.snapshot.quarantine import NOT_SUBMITTED, quarantine
from matchmaker.sources.publication import measures

QUARTERS = [date(2023 + at // 4, 3 * (at % 4) + 1, 1) for at in range(8)]
Figure = tuple[str, str, int, float]


@pytest.fixture(scope="module")
def sector(tmp_path_factory: pytest.TempPathFactory) -> Sector:
    """The harbours, whose berths neither jump and come back nor are ever none."""
    folder = Path(shutil.copytree(HARBOURS, tmp_path_factory.mktemp("sector") / "harbours"))
    size = folder / "measures" / "size.toml"
    text = size.read_text("utf-8")
    text = text.replace("maximum = 2000\n", 'maximum = 2000\nzero = "not submitted"\nlone_ratio = 1.35\n')
    text += '\n[dry_berths]\nlabel = "Dry berths"\nunit = "berths"\nzero = "none"\npart_of = "berths"\n'
    size.write_text(text, "utf-8")
    service = folder / "measures" / "service.toml"
    service.write_text(service.read_text("utf-8") + "lone_step = 0.3\n", "utf-8")
    return read_sector(folder)


def frame(rows: list[Figure], source: str = "returns", standing: int = 1) -> pl.DataFrame:
    """Figures of quarters, by their number."""
    return pl.DataFrame(
        [
            {
                "code": code,
                "measure": measure,
                "period_start": QUARTERS[at],
                "period_end": (QUARTERS[at] + timedelta(days=93)).replace(day=1) - timedelta(days=1),
                "value": float(value),
                "unit": "berths",
                "source": source,
                "file": "a.csv",
                "known_from": QUARTERS[at] + timedelta(days=150),
                "standing": standing,
            }
            for code, measure, at, value in rows
        ]
    )


def series(code: str, values: list[float], measure: str = "berths") -> list[Figure]:
    return [(code, measure, at, value) for at, value in enumerate(values)]


def apart(figures: pl.DataFrame, sector: Sector) -> list[tuple[str, float]]:
    kept, found = quarantine(figures, sector)
    assert kept.height + found.height == figures.height
    assert kept.join(found, on=["code", "measure", "period_end", "source", "value"], how="semi").is_empty()
    return [(code, value) for code, value in found.sort("period_end").select("code", "value").iter_rows()]


def test_a_jump_that_comes_back_is_kept_apart_with_its_reason(sector: Sector) -> None:
    figures = frame(series("AMB", [308, 2582, 309, 305]))
    kept, found = quarantine(figures, sector)
    assert found["reason"].to_list() == ["a lone figure between 308 before and 309 after"]
    assert kept["value"].to_list() == [308, 309, 305]


@pytest.mark.parametrize("factor", [1.47, 0.38])
def test_half_as_much_again_and_a_third_are_jumps(sector: Sector, factor: float) -> None:
    assert apart(frame(series("AMB", [1281, 1281 * factor, 1298])), sector) == [("AMB", 1281 * factor)]


def test_growth_a_step_and_a_small_jump_are_kept(sector: Sector) -> None:
    for values in ([300, 500, 700], [300, 300, 900, 900], [300, 390, 300], [5, 9, 4]):
        assert apart(frame(series("AMB", values)), sector) == []


def test_the_latest_figure_cannot_be_judged(sector: Sector) -> None:
    assert apart(frame(series("AMB", [300, 300, 3000])), sector) == []


def test_what_happened_to_everybody_is_no_outlier_nor_who_was_spared(sector: Sector) -> None:
    codes = [f"H{at:02}" for at in range(12)]
    halved = [figure for code in codes for figure in series(code, [400, 200, 400])]
    assert apart(frame([*halved, *series("AMB", [400, 400, 400])]), sector) == []
    assert apart(frame([*halved, *series("AMB", [400, 70, 400])]), sector) == [("AMB", 70)]


def test_another_source_with_the_right_figure_stays(sector: Sector) -> None:
    first = frame(series("RA7", [721, 216, 812]))
    revised = frame([("RA7", "berths", 1, 664)], source="revision", standing=2)
    kept, found = quarantine(pl.concat([first, revised]), sector)
    assert found.select("source", "value").rows() == [("returns", 216)]
    assert kept.filter(source="revision")["value"].to_list() == [664]


def test_a_share_that_falls_and_is_the_last_while_others_go_on(sector: Sector) -> None:
    stops = series("AMB", [0.99, 0.98, 0.2], "on_time")
    others = series("BRI", [0.9, 0.9, 0.9, 0.9], "on_time")
    kept, found = quarantine(frame([*stops, *others]), sector)
    assert found["reason"].to_list() == ["a lone figure after 0.98, and the last one"]
    assert quarantine(frame(stops), sector)[1].is_empty()  # all series stop there
    assert kept.height == 6


def test_noughts_that_are_no_return_go_with_their_parts(sector: Sector) -> None:
    rows = [
        *(("AMB", name, at, 0.0) for name in ("berths", "dry_berths") for at in (0, 1)),
        ("BRI", "berths", 0, 40.0),
        ("BRI", "dry_berths", 0, 0.0),  # it has none
    ]
    kept, found = quarantine(frame(rows), sector)
    assert found["reason"].unique().to_list() == [NOT_SUBMITTED]
    assert found.height == 4
    assert kept.select("code", "measure").rows() == [("BRI", "berths"), ("BRI", "dry_berths")]


def test_nothing_is_kept_apart_where_no_measure_says_how(harbours: Sector) -> None:
    figures = frame(series("AMB", [308, 2582, 309]))
    assert quarantine(figures, harbours)[1].is_empty()


def test_a_definition_with_an_unknown_zero_is_refused(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(HARBOURS, tmp_path / "harbours"))
    path = folder / "measures" / "size.toml"
    path.write_text(path.read_text("utf-8").replace("[staff]\n", '[staff]\nzero = "maybe"\n'), "utf-8")
    with pytest.raises(ValueError, match="zero of measure staff"):
        measures(read_sector(folder))
