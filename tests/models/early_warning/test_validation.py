"""What early signs were worth: counted again by hand, without hindsight, with the right intervals."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from matchmaker import Snapshot
from matchmaker.errors import InvalidParameter
from matchmaker.features import profiles
from matchmaker.models.early_warning.signs import counts, features_read, readings, signs
from matchmaker.models.early_warning.validation import (
    INDEX_DATES,
    REGIMES,
    BaseRates,
    SignValidation,
    base_rates,
    entries_to,
    rate,
    record,
    validations,
)


def two_years_after(day: date) -> date:
    return day.replace(year=day.year + 2)


@pytest.fixture(scope="module")
def finance(snapshot: Snapshot) -> SignValidation:
    return record(snapshot, "finance")


@pytest.fixture(scope="module")
def acute(snapshot: Snapshot) -> BaseRates:
    return base_rates(snapshot, "acute")


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


def test_the_record_counted_again_trust_by_trust(snapshot: Snapshot, finance: SignValidation) -> None:
    spells = list(snapshot.interventions.iter_rows(named=True))
    enters = {
        (one["code"], one["entry"]) for one in spells if one["entry"] and one["regime"] in {"finance", "both"}
    }
    closes = dict(snapshot.organisations.select("code", "closed").iter_rows())
    at = [sign.name for sign in signs()].index("emergency")
    entering: list[float] = []
    others: dict[str, list[float]] = {}
    for entry in sorted({entry for _, entry in enters}):
        day = entry - timedelta(days=1)
        seen = profiles(snapshot, day, features_read())
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
    assert (found.entering.hits, found.entering.of) == (sum(entering), len(entering))
    assert found.others.of == len(others)
    assert found.others.hits == pytest.approx(sum(np.mean(days) for days in others.values()))


def test_trusts_about_to_enter_are_not_among_the_others(snapshot: Snapshot, finance: SignValidation) -> None:
    assert finance.entries == entries_to(snapshot, "finance").height
    trusts = snapshot.organisations.height
    for worth in (*finance.signs, *finance.counts):
        assert worth.entering.of <= finance.entries
        assert worth.others.of <= trusts


def test_what_happened_later_changes_no_record_of_an_earlier_day(snapshot: Snapshot) -> None:
    """Entries whose 2 years had not passed by a day are not counted on it; nor is any later one used."""
    day = date(2016, 1, 1)
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    tables["interventions"] = tables["interventions"].filter(
        (pl.col("entry") <= day) | pl.col("entry").is_null()
    )
    assert tables["interventions"].height < snapshot.interventions.height
    said = {key: snapshot.manifest[key] for key in ("as_of", "known_since", "sources", "attribution")}
    cut = Snapshot.of(tables, said)
    early = record(snapshot, "quality", day)
    assert early == record(cut, "quality", day)
    assert two_years_after(early.last) <= day
    assert base_rates(snapshot, "acute", day) == base_rates(cut, "acute", day)
    assert [one.regime for one in validations(snapshot, day)] == ["quality"]


def test_before_any_window_has_passed_nothing_is_said(snapshot: Snapshot) -> None:
    assert base_rates(snapshot, "acute", date(2015, 7, 14)).days == ()
    assert base_rates(snapshot, "acute", date(2015, 7, 15)).days == INDEX_DATES[:1]
    assert validations(snapshot, date(2014, 1, 1)) == ()
    with pytest.raises(InvalidParameter, match="Ask about a later day"):
        record(snapshot, "quality", date(2014, 1, 1))
    with pytest.raises(InvalidParameter, match="Choose one of"):
        record(snapshot, "detention")


def test_every_entry_falls_into_one_window(snapshot: Snapshot) -> None:
    for entry in entries_to(snapshot, "quality")["entry"]:
        assert sum(day < entry <= two_years_after(day) for day in INDEX_DATES) == 1


def test_the_outlook_counted_again(snapshot: Snapshot, acute: BaseRates) -> None:
    spells = list(snapshot.interventions.iter_rows(named=True))
    closes = dict(snapshot.organisations.select("code", "closed").iter_rows())
    hits, of = np.zeros(9), np.zeros(9)
    for day in INDEX_DATES:
        end = two_years_after(day)
        seen = profiles(snapshot, day, features_read())
        number = counts(seen)
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
    for side in ("entering", "others"):
        shares = [getattr(worth, side).share for worth in finance.counts]
        assert shares == sorted(shares, reverse=True)


def test_most_signs_are_false_alarms(snapshot: Snapshot) -> None:
    """What the words on every page claim: more than half of those with any number of signs stayed out."""
    for org_type in ("acute", "mental_health", "ambulance"):
        for one in base_rates(snapshot, org_type).at_least[1:]:
            if one.of >= 5:
                assert one.share is not None and one.share < 0.5


def test_about_one_trust_in_five_shows_each_sign(snapshot: Snapshot) -> None:
    for regime in REGIMES:
        for worth in record(snapshot, regime).signs:
            if worth.others.of > 100:
                assert worth.others.share == pytest.approx(0.2, abs=0.06)
