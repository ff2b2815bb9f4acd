"""Key facts: the row that every option is shown with, as the bundled snapshot has it."""

from __future__ import annotations

from datetime import date

import pytest

from matchmaker.errors import BadFile
from matchmaker.models.engine import Matchmaker
from matchmaker.models.fact_rows import fact_rows
from matchmaker.models.key_facts import KeyFact, fact_columns, fact_definitions
from matchmaker.models.types import Shortlist


@pytest.fixture(scope="module")
def engine() -> Matchmaker:
    return Matchmaker(sector="nhs")


@pytest.fixture(scope="module")
def answer(engine: Matchmaker) -> Shortlist:
    return engine.shortlist("RPA", n_draws=0)


def by_key(facts: tuple[KeyFact, ...]) -> dict[str, KeyFact]:
    return {fact.key: fact for fact in facts}


def test_every_option_and_the_recipient_have_the_facts_that_the_sector_names(
    engine: Matchmaker, answer: Shortlist
) -> None:
    named = list(fact_definitions(engine.sector))
    for facts in (answer.recipient_facts, *(option.facts for option in answer.options)):
        assert [fact.key for fact in facts] == named
        assert all(fact.text for fact in facts if fact.state != "not_applicable")


def test_a_figure_says_its_period_its_age_and_who_published_it(answer: Shortlist) -> None:
    mortality = by_key(answer.recipient_facts)["mortality"]
    assert (mortality.text, mortality.period) == (
        "1.30, higher than expected",
        "January to December 2025",
    )
    assert (mortality.source, mortality.publisher, mortality.months_old) == ("shmi_2025", "NHS England", 7)
    assert mortality.band == "higher than 98 in 100 acute trusts"


def test_the_publishers_band_is_told_only_beside_the_figure_that_it_is_of(engine: Matchmaker) -> None:
    milton_keynes, dartford = fact_rows(engine.profiles(), None, ["RD8", "RN7"])
    assert by_key(milton_keynes.facts)["mortality"].text.endswith(", as expected")
    assert by_key(dartford.facts)["mortality"].text == "1.02, as expected"
    earlier = fact_rows(engine.profiles(date(2018, 12, 31)), None, ["RN7"])[0]
    assert "expected" not in by_key(earlier.facts)["mortality"].text


def test_money_has_a_true_minus_and_what_it_rests_on(answer: Shortlist) -> None:
    plan = by_key(answer.recipient_facts)["planned_surplus"]
    assert plan.text == "\u22129.1%"
    assert "before deficit support" in plan.basis


def test_who_shares_a_chief_executive_with_the_recipient_stands_in_its_row(engine: Matchmaker) -> None:
    own, dartford, kingston = fact_rows(engine.profiles(), "RPA", ["RN7", "RAX"])
    assert by_key(dartford.facts)["ties"].text.startswith("One chief executive leads both since 1 April 2025")
    assert by_key(kingston.facts)["ties"].text == "none with it on record"
    assert "Dartford" in by_key(own.facts)["ties"].text


def test_what_is_about_a_pair_is_not_asked_of_the_recipient(answer: Shortlist) -> None:
    own = by_key(answer.recipient_facts)
    assert own["distance"].state == own["lists"].state == "not_applicable"
    assert all(by_key(option.facts)["distance"].value == option.distance_km for option in answer.options)


def test_a_later_judgement_on_another_basis_is_shown_with_the_one_before(engine: Matchmaker) -> None:
    # Mid and South Essex was rated on well-led alone in 2025, and has no aggregate since
    (row,) = fact_rows(engine.profiles(), None, ["RAJ"])
    rating = by_key(row.facts)["cqc_rating"]
    assert rating.basis == "well-led alone"
    assert rating.note.startswith("CQC overall rating:")


def test_what_could_not_be_checked_is_named(answer: Shortlist) -> None:
    for option in answer.options:
        fact = by_key(option.facts)["unchecked"]
        assert fact.value == len(option.unchecked)


def test_an_unknown_figure_says_so_and_has_no_number(engine: Matchmaker) -> None:
    on_day = engine.profiles()
    rows = fact_rows(on_day, None, on_day.organisations["code"].to_list())
    unknown = [fact for row in rows for fact in row.facts if fact.state == "unknown"]
    assert unknown
    assert all(fact.value is None and fact.text for fact in unknown)


def test_nothing_later_than_the_day_is_in_a_row(engine: Matchmaker) -> None:
    on_day = engine.profiles(engine.snapshot.as_of.replace(year=2019))
    rows = fact_rows(on_day, "RPA", ["RN7"])
    ends = [fact.period_end for row in rows for fact in row.facts if fact.period_end is not None]
    assert ends
    assert max(ends) <= on_day.as_of


def test_a_table_has_the_words_the_number_and_the_period_of_each_fact(answer: Shortlist) -> None:
    row = answer.to_rows()[0]
    assert row["fact_oversight_segment"] == "3 of 5"
    assert row["fact_oversight_segment_value"] == 3
    assert row["fact_oversight_segment_period"] == "October to December 2025"
    assert fact_columns(answer.options[0].facts).items() <= row.items()


def test_a_list_of_facts_that_breaks_its_form_names_the_fault() -> None:
    from matchmaker.models.key_facts import FactDefinition
    from matchmaker.sector import parse_definition

    with pytest.raises(BadFile, match="form"):
        parse_definition(FactDefinition, {"label": "Beds", "form": "guess"}, "facts.toml [beds]")
