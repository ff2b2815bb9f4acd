"""What options take: days, names and labels as people write them, and nothing that a method ignores."""

from __future__ import annotations

from datetime import date

import pytest
from command_line import Run

from matchmaker.cli.options import parse_date
from matchmaker.errors import InvalidParameter
from matchmaker.models.registry import methods
from matchmaker.sector import Sector


@pytest.mark.parametrize(
    "text",
    [
        *("2016-07-01", "01/07/2016", "1/7/2016", "01.07.2016", "01-07-2016"),
        *("1 July 2016", "1 Jul 2016", "1st July 2016", "July 1, 2016", " 1  july 2016 ", "1-Jul-2016"),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert parse_date(text) == date(2016, 7, 1)


@pytest.mark.parametrize("text", ["July 2016", "2016", "31/02/2016", "07/31/2016", "yesterday", "1/7/16", ""])
def test_what_is_no_day_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(InvalidParameter, match="2016-07-01, 01/07/2016"):
        parse_date(text)


def test_candidates_are_left_out_by_name(ask: Run) -> None:
    codes = [one["organisation"]["code"] for one in ask("shortlist", "EEL", "--json").json["options"]]
    asked = (
        "shortlist",
        "EEL",
        "--json",
        "--exclude",
        "Farrowness, cor",
        "--exclude",
        "Gullstead Harbour Board",
    )
    left = [one["organisation"]["code"] for one in ask(*asked).json["options"]]
    assert left == [code for code in codes if code not in {"FAR", "COR", "GUL"}]
    done = ask("shortlist", "EEL", "--exclude", "Farownes")
    assert done.code == 1
    assert done.err.startswith("--exclude: ") and "Farrowness Harbour Board (FAR)" in done.err


@pytest.mark.snapshot
def test_two_words_of_a_name_are_no_two_codes(run: Run) -> None:
    asked = ("--sector", "nhs", "shortlist", "RPA", "--exclude", "Royal Free, RKE", "--draws", "0", "--json")
    answer = run(*asked).json
    left_out = {one["organisation"]["code"] for one in answer["excluded"] if "leave_out" in one["rules"]}
    assert left_out == {"RAL", "RKE"}


@pytest.mark.snapshot
def test_labels_are_taken_where_names_are(run: Run) -> None:
    named = ("--weight", "proximity=0.3", "--relax", "rated_good_or_better", "--focus", "mortality")
    labels = ("--weight", "Distance=0.3", "--relax", "Rated good or better")
    focus = ("--focus", "Summary hospital-level mortality (SHMI)", "--for", "Buddying")
    asked = ("--sector", "nhs", "shortlist", "RPA", "--draws", "0", "--limit", "2", "--json")
    assert run(*asked, *labels, *focus).json == run(*asked, *named).json


@pytest.mark.snapshot
def test_focus_areas_stand_in_one_text_or_in_several(run: Run) -> None:
    asked = ("--sector", "nhs", "shortlist", "RPA", "--draws", "0", "--limit", "1", "--json")
    several = run(*asked, "--focus", "mortality", "--focus", "occupancy").json
    assert len(several["focus"]) == 2
    assert run(*asked, "--focus", "mortality, occupancy").json == several
    done = run(*asked, "--focus", "mortality,luck")
    assert done.err.startswith("--focus: 'luck' can't be a focus area.")


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [("--weight", "setting=1", "weights"), ("--focus", "debt", "focus areas"), ("--draws", "10", "draws")],
)
def test_what_a_method_ignores_is_refused(ask: Run, option: str, value: str, word: str) -> None:
    done = ask("shortlist", "EEL", "--method", "nearest", option, value)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"{option}: The method nearest ranks without {word}")
    assert ask("shortlist", "EEL", "--method", "nearest").code == 0


def test_a_method_is_named_by_its_label(ask: Run, harbours: Sector) -> None:
    asked = ("shortlist", "EEL", "--limit", "1", "--json", "--method")
    assert ask(*asked, methods(harbours)["nearest"].label).json["method"] == "nearest"
