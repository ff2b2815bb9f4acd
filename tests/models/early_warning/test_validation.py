"""Validation of signs: counted by hand, counted again on the NHS, and never with hindsight."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_up import made_up_snapshot

from matchmaker import Snapshot
from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import profiles
from matchmaker.models.early_warning.definition import early_warning, signs
from matchmaker.models.early_warning.signs import readings, sign_counts, sign_features
from matchmaker.models.early_warning.types import BaseRates, SignValidation
from matchmaker.models.early_warning.validation import (
    base_rates,
    entries_to,
    interventions_not_left,
    rate,
    validate,
    validations,
)
from matchmaker.sector import Sector

from .conftest import SIGNS, harbours_with

QUALITY = ("quality", "both")
FINANCE = ("finance", "both")
INDEX_DATES = tuple(date(year, 7, 15) for year in (2013, 2015, 2017, 2019))


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [  # Newcombe (1998), Stat Med 17:857, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_the_paper(hits: int, of: int, low: float, high: float) -> None:
    found = rate(hits, of)
    assert found.share == hits / of
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_of_nothing_there_is_no_share() -> None:
    assert (rate(0, 0).share, rate(0, 0).low, rate(0, 0).high) == (None, None, None)


HARBOURS = [f"H{letter}{letter}" for letter in "ABCDEFGHIJK"]
LATER = date(2023, 1, 1)


def figures() -> dict[str, dict[str, float]]:
    """Calls on time grow from one harbour to the next: HAA, HBB and HCC are late. No other sign is shown."""
    return {code: {"on_time": 0.1 + 0.05 * at, "groundings": 5} for at, code in enumerate(HARBOURS)}


@pytest.fixture(scope="module")
def by_hand(watched: Sector) -> Snapshot:
    """Two enter on 1 July 2020, one on 1 September; HBB becomes punctual in between.

    HKK, having entered, closes. Of the others, HCC closes within 2 years, HDD enters on the last day of the
    2 years and HEE on the day after; HFF is under a notice that has not ended.
    """
    entries = {
        "HAA": date(2020, 7, 1),
        "HKK": date(2020, 7, 1),
        "HJJ": date(2020, 9, 1),
        "HDD": date(2022, 6, 30),
        "HEE": date(2022, 7, 1),
        "HFF": date(2018, 3, 1),
    }
    punctual = {"code": "HBB", "measure": "on_time", "value": 0.99, "known_from": date(2020, 8, 1)}
    longer_ago = {"code": "HGG", "entry": date(2009, 5, 1), "exit": date(2009, 12, 31)}
    return made_up_snapshot(
        figures(),
        sector=watched,
        closed={"HCC": date(2021, 3, 31), "HKK": date(2021, 12, 31)},
        interventions=[{"code": code, "entry": day} for code, day in entries.items()] + [longer_ago],
        measures=[punctual | {"period_end": date(2020, 6, 30)}],
        as_of=LATER,
    )


def test_sensitivity_and_false_positive_rate_by_hand(by_hand: Snapshot) -> None:
    """HFF entered before its figures were known. HBB, HEE, HGG, HHH and HII did not enter within 2 years."""
    found = validate(by_hand, "notice")
    assert (found.entries, found.first, found.last) == (4, date(2018, 3, 1), date(2020, 9, 1))
    groundings, lateness, deficit, _ = found.signs
    assert (lateness.sensitivity.hits, lateness.sensitivity.of) == (1, 3)  # HAA of HAA, HKK, HJJ
    assert (lateness.false_positive_rate.hits, lateness.false_positive_rate.of) == (0.5, 5)  # HBB on one of 2
    assert (groundings.sensitivity.hits, groundings.false_positive_rate.hits) == (0, 0)
    assert (deficit.sensitivity.of, deficit.sensitivity.share) == (0, None)
    assert (found.counts[0].sensitivity, found.counts[0].false_positive_rate) == (
        lateness.sensitivity,
        lateness.false_positive_rate,
    )
    assert found.counts[1].sensitivity.hits == 0
    assert [one.label for one in found.counts] == [f"{n} or more signs" for n in (1, 2, 3, 4)]


def test_base_rates_by_hand(by_hand: Snapshot) -> None:
    """Of 9 under no notice that stayed open for 2 years or entered, 4 entered; HAA and HBB showed a sign."""
    found = base_rates(by_hand, "fishing", LATER)
    assert found is not None
    assert found.index_dates == (date(2020, 6, 30),)
    assert [(one.hits, one.of) for one in found.at_least] == [(4, 9), (1, 2), (0, 0), (0, 0), (0, 0)]
    assert found.n_excluded == 1  # HCC


def test_follow_up_ends_on_the_day(by_hand: Snapshot) -> None:
    before, on_it = (base_rates(by_hand, "fishing", date(2022, 6, day)) for day in (29, 30))
    assert before is not None and before.index_dates == ()
    assert on_it is not None and on_it.index_dates == (date(2020, 6, 30),)
    assert validate(by_hand, "notice", date(2022, 6, 30)).entries == 1
    assert validate(by_hand, "notice", date(2022, 7, 1)).entries == 3


def test_regimes_that_count_as_one(by_hand: Snapshot, watched: Sector) -> None:
    assert [one.regime for one in validations(by_hand, LATER)] == ["notice", "administration"]
    assert [one.regime for one in validations(by_hand, date(2019, 12, 31))] == []
    other = made_up_snapshot(
        figures(), sector=watched, interventions=[{"code": "HAA", "regime": "administration", "entry": LATER}]
    )
    assert entries_to(other, ("notice",)).is_empty()
    assert entries_to(other, ("notice", "administration"))["code"].to_list() == ["HAA"]


def test_index_dates_before_anything_was_known_are_left_out(tmp_path: Path) -> None:
    text = SIGNS.replace("index_dates = [2020-06-30,", "index_dates = [2005-06-30, 2020-06-30,")
    found = base_rates(
        made_up_snapshot(figures(), sector=harbours_with(text, tmp_path), as_of=LATER), "fishing", LATER
    )
    assert found is not None and found.index_dates == (date(2020, 6, 30),)


def test_signs_without_a_validation(tmp_path: Path) -> None:
    sector = harbours_with(SIGNS[: SIGNS.index("[validation]")], tmp_path)
    snapshot = made_up_snapshot(figures(), sector=sector)
    assert base_rates(snapshot, "fishing", snapshot.as_of) is None
    assert validations(snapshot, snapshot.as_of) == ()
    with pytest.raises(InvalidParameter, match="no regime 'notice'"):
        validate(snapshot, "notice")


def test_an_intervention_is_not_left_until_its_exit(watched: Sector) -> None:
    rows = [
        {"code": "HAA", "entry": date(2019, 1, 1), "exit": date(2020, 1, 1)},
        {"code": "HBB", "seen": date(2019, 6, 1)},
    ]
    snapshot = made_up_snapshot(figures(), sector=watched, interventions=rows)
    for day, under in (
        (date(2018, 12, 31), []),
        (date(2019, 1, 1), ["HAA"]),
        (date(2019, 12, 31), ["HAA", "HBB"]),
        (date(2020, 1, 1), ["HBB"]),
    ):
        assert interventions_not_left(snapshot, day)["code"].to_list() == under


# On the figures of the NHS


def two_years_after(day: date) -> date:
    return day.replace(year=day.year + 2)


@pytest.fixture(scope="module")
def finance(snapshot: Snapshot) -> SignValidation:
    return validate(snapshot, "finance")


@pytest.fixture(scope="module")
def acute(snapshot: Snapshot) -> BaseRates:
    found = base_rates(snapshot, "acute", snapshot.as_of)
    assert found is not None
    return found


def test_the_validation_counted_again_trust_by_trust(snapshot: Snapshot, finance: SignValidation) -> None:
    spells = list(snapshot.interventions.iter_rows(named=True))
    enters = {
        (one["code"], one["entry"]) for one in spells if one["entry"] and one["regime"] in {"finance", "both"}
    }
    closes = dict(snapshot.organisations.select("code", "closed").iter_rows())
    at = [sign.name for sign in signs(snapshot.sector)].index("emergency")
    entering: list[float] = []
    others: dict[str, list[float]] = {}
    for entry in sorted({entry for _, entry in enters}):
        day = entry - timedelta(days=1)
        seen = profiles(snapshot, day, sign_features(snapshot.sector))
        read = readings(seen)[:, at]
        cases = [seen.position[code] for code, when in sorted(enters) if when == entry]
        entering += [read[row] for row in cases if not np.isnan(read[row])]
        for row, code in enumerate(seen.organisations["code"]):
            in_one = any(
                one["code"] == code
                and (one["entry"] or one["seen"] or date.max) <= day
                and (one["exit"] is None or one["exit"] > day)
                for one in spells
            )
            soon = any(who == code and day < when <= two_years_after(day) for who, when in enters)
            closing = closes[code] is not None and closes[code] <= two_years_after(day)
            alike = seen.types[row] in {seen.types[case] for case in cases}
            if alike and not (in_one or soon or closing) and not np.isnan(read[row]):
                others.setdefault(code, []).append(read[row])
    found = finance.signs[at]
    assert (found.sensitivity.hits, found.sensitivity.of) == (sum(entering), len(entering))
    assert found.false_positive_rate.of == len(others)
    assert found.false_positive_rate.hits == pytest.approx(sum(np.mean(days) for days in others.values()))


def test_trusts_about_to_enter_are_not_among_the_others(snapshot: Snapshot, finance: SignValidation) -> None:
    assert finance.entries == entries_to(snapshot, FINANCE).height
    trusts = snapshot.organisations.height
    for accuracy in (*finance.signs, *finance.counts):
        assert accuracy.sensitivity.of <= finance.entries
        assert accuracy.false_positive_rate.of <= trusts


def test_what_happened_later_changes_no_validation_of_an_earlier_day(snapshot: Snapshot) -> None:
    """Entries whose 2 years had not passed by a day are not counted on it; nor is any later one used."""
    day = date(2016, 1, 1)
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    tables["interventions"] = tables["interventions"].filter(
        (pl.col("entry") <= day) | pl.col("entry").is_null()
    )
    assert tables["interventions"].height < snapshot.interventions.height
    said = {key: snapshot.manifest[key] for key in ("as_of", "known_since", "sources", "attribution")}
    cut = Snapshot.of(tables, said, snapshot.sector)
    early = validate(snapshot, "quality", day)
    assert early == validate(cut, "quality", day)
    assert two_years_after(early.last) <= day
    assert base_rates(snapshot, "acute", day) == base_rates(cut, "acute", day)
    assert [one.regime for one in validations(snapshot, day)] == ["quality"]


def test_before_any_window_has_passed_nothing_is_said(snapshot: Snapshot) -> None:
    assert base_rates(snapshot, "acute", date(2015, 7, 14)).index_dates == ()
    assert base_rates(snapshot, "acute", date(2015, 7, 15)).index_dates == INDEX_DATES[:1]
    assert validations(snapshot, date(2014, 1, 1)) == ()
    with pytest.raises(InvalidParameter, match="Ask about a later day"):
        validate(snapshot, "quality", date(2014, 1, 1))
    with pytest.raises(InvalidParameter, match="Choose one of"):
        validate(snapshot, "detention")


def test_index_dates_are_those_of_the_file(snapshot: Snapshot) -> None:
    defined = early_warning(snapshot.sector)
    assert defined is not None and defined.validation is not None
    assert defined.validation.index_dates == INDEX_DATES
    assert defined.validation.within_years == 2


def test_every_entry_falls_into_one_window(snapshot: Snapshot) -> None:
    for entry in entries_to(snapshot, QUALITY)["entry"]:
        assert sum(day < entry <= two_years_after(day) for day in INDEX_DATES) == 1


def test_base_rates_counted_again(snapshot: Snapshot, acute: BaseRates) -> None:
    spells = list(snapshot.interventions.iter_rows(named=True))
    closes = dict(snapshot.organisations.select("code", "closed").iter_rows())
    hits, of = np.zeros(9), np.zeros(9)
    for day in INDEX_DATES:
        end = two_years_after(day)
        seen = profiles(snapshot, day, sign_features(snapshot.sector))
        number = sign_counts(seen)
        for row, code in enumerate(seen.organisations["code"]):
            own = [one for one in spells if one["code"] == code]
            running = [
                one
                for one in own
                if (one["entry"] or one["seen"] or date.max) <= day
                and (one["exit"] is None or one["exit"] > day)
            ]
            entered = any(
                one["regime"] in {"quality", "both"} and one["entry"] and day < one["entry"] <= end
                for one in own
            )
            closed = closes[code] is not None and closes[code] <= end
            if seen.types[row] != "acute" or running or np.isnan(number[row]) or (closed and not entered):
                continue
            reached = slice(0, int(number[row]) + 1)
            of[reached] += 1
            hits[reached] += entered
    assert [one.of for one in acute.at_least] == of[: len(acute.at_least)].tolist()
    assert [one.hits for one in acute.at_least] == hits[: len(acute.at_least)].tolist()
    assert of[0] > 400 and hits[0] > 20


def test_more_signs_are_shown_by_fewer(acute: BaseRates, finance: SignValidation) -> None:
    levels = [one.of for one in acute.at_least]
    assert levels == sorted(levels, reverse=True)
    for side in ("sensitivity", "false_positive_rate"):
        shares = [getattr(accuracy, side).share for accuracy in finance.counts]
        assert shares == sorted(shares, reverse=True)


def test_most_signs_are_false_alarms(snapshot: Snapshot) -> None:
    """What the words on every page claim: half or more of those with any number of signs stayed out."""
    for org_type in ("acute", "mental_health", "ambulance"):
        for one in base_rates(snapshot, org_type, snapshot.as_of).at_least[1:]:
            if one.of >= 5:
                assert one.share is not None and one.share <= 0.5


def test_about_one_trust_in_five_shows_each_sign(snapshot: Snapshot) -> None:
    for regime in ("quality", "finance", "RSP"):
        for accuracy in validate(snapshot, regime).signs:
            found = accuracy.false_positive_rate
            if found.of > 100:
                assert found.share == pytest.approx(0.2, abs=0.08)
                assert found.low < 0.2 < found.high
