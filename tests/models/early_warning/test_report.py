"""The signs of all organisations of a day."""

from __future__ import annotations

import pickle

import pytest
from made_up import made_up_profiles

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles
from matchmaker.models.early_warning.report import early_warning_report
from matchmaker.sector import Sector


@pytest.fixture(scope="module")
def six(watched: Sector) -> Profiles:
    """HEE is the worst in both; of HFF only one sign is known; HZZ is a marina, with none to compare with."""
    figures = {
        f"H{letter}{letter}": {"groundings": at, "on_time": 0.9 - 0.1 * at}
        for at, letter in enumerate("ABCDE")
    }
    figures |= {"HFF": {"on_time": 0.5}, "HZZ": {"on_time": 0.1, "groundings": 9}}
    return made_up_profiles(figures, sector=watched, types={"HZZ": "marina"})


def test_the_most_signs_first_then_by_code_and_the_uncounted_last(six: Profiles) -> None:
    report = early_warning_report(six)
    assert [(one.organisation.code, one.n_shown) for one in report.organisations] == [
        ("HEE", 2),
        ("HAA", 0),
        ("HBB", 0),
        ("HCC", 0),
        ("HDD", 0),
        ("HFF", None),
        ("HZZ", None),
    ]
    assert report.warning == "Most of these are false alarms."
    assert [rates.type for rates in report.base_rates] == ["fishing", "marina"]
    assert report.validations == ()


def test_one_type_only(six: Profiles) -> None:
    report = early_warning_report(six, "marina")
    assert [one.organisation.code for one in report.organisations] == ["HZZ"]
    assert [rates.type for rates in report.base_rates] == ["marina"]
    with pytest.raises(InvalidParameter, match="No harbour of the type 'ferry' is open"):
        early_warning_report(six, "ferry")


def test_a_table_of_it(six: Profiles) -> None:
    rows = early_warning_report(six).to_rows()
    assert {tuple(row) for row in rows} == {
        ("code", "name", "type", "n_shown", "n_known", "shown", "unknown", "as_of", "snapshot")
    }
    assert rows[0]["code"] == "HEE"
    assert rows[0]["shown"] == ("groundings", "lateness")
    assert rows[0]["unknown"] == ("deficit", "inspection")
    assert [row["n_known"] for row in rows[-2:]] == [1, 0]


def test_a_sector_without_signs_says_so(harbour_engine: Matchmaker) -> None:
    report = harbour_engine.signs()
    assert (report.organisations, report.validations, report.base_rates) == ((), (), ())
    assert report.warning == "No early-warning signs are defined for Harbours."
    assert report.to_rows() == []


def test_it_can_be_pickled_and_has_one_line(six: Profiles) -> None:
    report = early_warning_report(six)
    assert pickle.loads(pickle.dumps(report)) == report
    assert repr(report) == "<EarlyWarningReport of 7 organisations, as of 2020-06-30>"
