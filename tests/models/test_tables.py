"""Answers as tables: one row a mapping, the same columns for all, CSV that no spreadsheet runs."""

from __future__ import annotations

from datetime import date

import pytest

from matchmaker import Matchmaker
from matchmaker.models.tables import Row, Tabular, to_csv


class Answer(Tabular):
    """Two rows with every kind of value."""

    def to_rows(self) -> list[Row]:
        return [
            {"code": "EEL", "fit": 0.25, "day": date(2025, 6, 30), "reasons": ("near", "safe"), "none": None},
            {"code": "<b>", "fit": 1.0, "day": date(2025, 7, 1), "reasons": (), "none": None},
        ]

    def __repr__(self) -> str:
        return "<Answer of 2>"


def test_frames() -> None:
    frame, other = Answer().to_polars(), Answer().to_pandas()
    assert frame["reasons"].to_list() == [["near", "safe"], []]
    assert frame["day"].to_list() == [date(2025, 6, 30), date(2025, 7, 1)]
    assert other["reasons"].tolist() == ["near | safe", ""]
    assert list(other) == frame.columns == ["code", "fit", "day", "reasons", "none"]


def test_as_notebooks_show_it() -> None:
    html = Answer()._repr_html_()
    assert html.startswith("<p>&lt;Answer of 2&gt;</p><table><thead><tr><th>code</th>")
    assert "<td>EEL</td><td>0.25</td><td>2025-06-30</td><td>near | safe</td><td></td>" in html
    assert "<b>" not in html


def test_only_the_first_rows_are_shown() -> None:
    class Many(Answer):
        def to_rows(self) -> list[Row]:
            return [{"n": at} for at in range(100)]

    assert Many()._repr_html_().count("<tr>") == 21


def test_csv() -> None:
    assert "".join(to_csv(Answer().to_rows())).splitlines() == [
        "code,fit,day,reasons,none",
        "EEL,0.25,2025-06-30,near | safe,",
        "<b>,1.0,2025-07-01,,",
    ]
    assert "".join(to_csv(Answer().to_rows(), ("fit", "code"))) == "fit,code\r\n0.25,EEL\r\n1.0,<b>\r\n"
    assert "".join(to_csv([], ("fit", "code"))) == "fit,code\r\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_starts_a_formula(start: str) -> None:
    (heading, line) = to_csv([{"name": f"{start}1+1", "number": -1}])
    assert heading == "name,number\r\n"
    assert f"'{start}1+1" in line
    assert line.endswith(",-1\r\n")


def test_main_answers_are_tables_with_a_short_repr(harbour_engine: Matchmaker) -> None:
    answers = (
        harbour_engine.shortlist("EEL", n_draws=10),
        harbour_engine.why_not("EEL", "GUL"),
        harbour_engine.assign(n_draws=0),
        harbour_engine.overview("EEL"),
    )
    for answer in answers:
        rows = answer.to_rows()
        assert rows
        assert {tuple(row) for row in rows} == {tuple(rows[0])}
        assert len(repr(answer)) < 200 and "\n" not in repr(answer)
        assert "<table>" in answer._repr_html_()
        assert answer.to_polars().height == len(answer.to_pandas()) == len(rows)
