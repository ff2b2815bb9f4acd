"""New figures unlike what was published before: whole periods, single ones, and parts above their wholes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from made_up import HARBOURS

from matchmaker.sector import Sector, read_sector
from matchmaker.snapshot.editions import editions
from matchmaker.snapshot.quarantine import confirmed, doubt_name
from matchmaker.snapshot.unlikely import FIGURE, fresh, unlikely

QUARTERS = [date(2023 + at // 4, 3 * (at % 4) + 1, 1) for at in range(8)]
BODIES = [f"H{at:02}" for at in range(60)]
LAST = len(QUARTERS) - 1
NOBODY = pl.DataFrame(schema={"new": pl.String, "date": pl.Date})


@pytest.fixture(scope="module")
def sector(tmp_path_factory: pytest.TempPathFactory) -> Sector:
    """The harbours, with berths that are taken."""
    folder = Path(shutil.copytree(HARBOURS, tmp_path_factory.mktemp("sector") / "harbours"))
    size = folder / "measures" / "size.toml"
    text = '\n[berths_taken]\nlabel = "Berths taken"\nunit = "berths"\nminimum = 0\nat_most = "berths"\n'
    size.write_text(size.read_text("utf-8") + text, "utf-8")
    return read_sector(folder)


def size(body: int, quarter: int) -> float:
    return 50 + 11 * body + (3 * body + 5 * quarter) % 4


def returns(
    measure: str = "berths", value: Callable[[int, int], float] = size, quarters: range = range(LAST + 1)
) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "code": code,
                "measure": measure,
                "period_start": QUARTERS[quarter],
                "period_end": (QUARTERS[quarter] + timedelta(days=93)).replace(day=1) - timedelta(days=1),
                "value": float(value(body, quarter)),
                "source": "returns",
                "file": f"{quarter}.csv",
                "known_from": QUARTERS[quarter] + timedelta(days=150),
                "standing": 1,
            }
            for body, code in enumerate(BODIES)
            for quarter in quarters
        ]
    )


def judged(
    sector: Sector, last: Callable[[int, int], float], joined: pl.DataFrame = NOBODY
) -> dict[str, str]:
    """Body -> reason, where the last quarter is new and is as said."""
    before = returns(quarters=range(LAST))
    figures = pl.concat([before, returns(value=last, quarters=range(LAST, LAST + 1))])
    found = unlikely(figures, fresh(figures, before), before, joined, sector)
    return dict(found.select("code", "reason").iter_rows())


def test_a_quarter_like_the_others_is_believed(sector: Sector) -> None:
    assert judged(sector, size) == {}


@pytest.mark.parametrize("factor", [0.01, 0.5, 2, 1000])
def test_a_quarter_in_another_unit(sector: Sector, factor: float) -> None:
    found = judged(sector, lambda body, quarter: factor * size(body, quarter))
    assert len(found) == len(BODIES)
    assert all("figures typically" in reason for reason in found.values())


def test_codes_that_stand_beside_other_rows(sector: Sector) -> None:
    found = judged(sector, lambda body, quarter: size((7 * body + 3) % 60, quarter))
    assert len(found) == len(BODIES)
    assert "may be in disorder" in found["H07"]


@pytest.mark.parametrize("factor", [0.1, 3, 10])
def test_one_body_that_jumps(sector: Sector, factor: float) -> None:
    def last(body: int, quarter: int) -> float:
        return size(body, quarter) * (factor if body == 30 else 1)

    found = judged(sector, last)
    assert list(found) == ["H30"] and "unlike the organisation's own: 38" in found["H30"]
    merged = pl.DataFrame({"new": ["H30"], "date": [QUARTERS[LAST]]})
    assert judged(sector, last, merged) == {}


def test_noughts_where_there_were_none(sector: Sector) -> None:
    # A body without figures so far has no jump: a blank that became a nought shows by the others.
    before = returns(quarters=range(LAST)).filter(~pl.col("code").is_in(["H58", "H59"]))
    last = returns(value=lambda b, q: 0 if b >= 58 else size(b, q), quarters=range(LAST, LAST + 1))
    figures = pl.concat([before, last])
    found = unlikely(figures, fresh(figures, before), before, NOBODY, sector)
    reason = "a nought, as are 2 of 60 in this period; of all others published so far 0 of 406 are"
    assert found.select("code", "reason").sort("code").rows() == [("H58", reason), ("H59", reason)]


def test_noughts_among_many_are_believed(sector: Sector) -> None:
    def often(body: int, quarter: int) -> float:
        return 0 if body % 12 == 11 else size(body, quarter)

    before = returns(value=often, quarters=range(LAST)).filter(pl.col("code") != "H59")
    figures = pl.concat([before, returns(value=often, quarters=range(LAST, LAST + 1))])
    assert unlikely(figures, fresh(figures, before), before, NOBODY, sector).is_empty()


def test_most_figures_other_than_they_were(sector: Sector) -> None:
    before = returns()
    figures = pl.concat(
        [returns(quarters=range(LAST)), returns(value=lambda b, q: size(b, q) + 20, quarters=range(LAST, 8))]
    )
    found = unlikely(figures, fresh(figures, before), before, NOBODY, sector)
    assert found.height == len(BODIES)
    assert set(found["reason"]) == {"other figures than the snapshot in use has, for 60 of 60 organisations"}


def test_a_part_above_its_whole(sector: Sector) -> None:
    whole = returns()
    taken = returns(
        "berths_taken",
        lambda body, quarter: size(body, quarter) * (1.2 if (body, quarter) == (9, 3) else 0.9),
    )
    figures = pl.concat([whole, taken])
    found = unlikely(figures, figures, figures.clear(), NOBODY, sector)
    reasons = found.filter(pl.col("reason").str.contains("of which it is a part"))
    assert reasons.select("code", "measure").rows() == [("H09", "berths_taken")]


def test_names_confirm_one_figure_or_all_that_begin_so() -> None:
    figures = returns(quarters=range(1)).select(FIGURE)
    (first, *_) = figures.select(doubt_name()).to_series()
    assert first == "returns/berths/2023-03-31/H00"

    def count(*names: str) -> int:
        return figures.filter(confirmed(doubt_name(), names)).height

    assert count() == count("returns/ber") == count("H00") == 0
    assert count(first) == 1
    assert count("returns/berths/2023-03-31") == count("returns") == len(BODIES)


def test_the_edition_before_is_the_last_alike_of_the_same_publication_or_of_any() -> None:
    def period(source: str, start: date, end: date) -> dict[str, object]:
        return {"source": source, "measure": "berths", "period_start": start, "period_end": end}

    spring, summer = (date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 9, 30))
    before = pl.DataFrame(
        [
            period("returns", date(2026, 1, 1), date(2026, 3, 31)),
            period("census", *spring),
            period("census", date(2025, 7, 1), date(2026, 6, 30)),  # a year is not like a quarter
            period("returns", *summer),
        ]
    )
    asked = pl.DataFrame([period(source, *summer) for source in ("returns", "pilots")])
    found = editions(asked, before).sort("source").select("source", "source_old", "period_end_old").rows()
    assert found == [("pilots", "census", spring[1]), ("returns", "returns", date(2026, 3, 31))]


def test_inspections_on_thousands_of_days_have_each_the_day_before_as_their_edition() -> None:
    days = [date(2000, 1, 1) + timedelta(days=at) for at in range(9000)]
    inspections = pl.DataFrame(
        {"source": "inspectors", "measure": "grade", "period_start": days}
    ).with_columns(period_end="period_start")
    found = editions(inspections, inspections)
    assert found.height == len(days) - 1
    assert (found["period_end"] - found["period_end_old"]).unique().to_list() == [timedelta(days=1)]
