"""Facts on record of an organisation: judgements with their age and basis, interventions and ties."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from made_up import HARBOURS, made_up_snapshot

from matchmaker import Matchmaker
from matchmaker.models.arrangement import Rule
from matchmaker.models.eligibility.rules import apply_rule
from matchmaker.sector import Sector, read_sector

DAY = date(2020, 6, 30)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Sector:
    """The harbours, whose inspection grades rest on something."""
    folder = Path(shutil.copytree(HARBOURS, tmp_path_factory.mktemp("facts") / "harbours"))
    path = folder / "features" / "safety.toml"
    text = path.read_text("utf-8")
    heading = 'label = "Inspection grade"\n'
    assert heading in text
    path.write_text(text.replace(heading, f'{heading}basis = "two days on site"\n'), "utf-8")
    return read_sector(folder)


def told(sector: Sector, code: str = "AAA", **tables: Any) -> list[tuple[str, str]]:
    figures = {"AAA": {"inspection": 3.0}, "BBB": {}, "CCC": {"inspection": 2.0}, "DDD": {}}
    engine = Matchmaker(made_up_snapshot(figures, sector=sector, **tables))
    return [(fact.topic, fact.sentence) for fact in engine.overview(code, DAY).facts]


def test_a_judgement_has_its_day_its_age_and_its_basis(judged: Sector) -> None:
    text = "Inspection grade: Sound, of 31 December 2019 (5 months old), resting on two days on site."
    assert told(judged) == [("judgement", text)]


def test_one_of_before_another_joined_says_so(judged: Sector) -> None:
    closed = {"CCC": date(2020, 3, 31)}
    (fact,) = told(judged, closed=closed, successions=[("CCC", "AAA")])
    assert fact[1].endswith("two days on site. It is of before CCC Harbour (CCC) joined on 31 March 2020.")
    earlier = told(judged, closed={"CCC": date(2019, 6, 30)}, successions=[("CCC", "AAA")])
    assert "joined" not in earlier[0][1]


def test_a_new_body_shows_those_of_the_bodies_that_it_followed(judged: Sector) -> None:
    tables: dict[str, Any] = {"closed": {"CCC": date(2020, 3, 31)}, "successions": [("CCC", "BBB")]}
    assert told(judged, "BBB", **tables) == [
        (
            "judgement",
            "Inspection grade: none known of its own. CCC Harbour (CCC), which it followed, had Lacking of "
            "31 December 2019, resting on two days on site.",
        )
    ]
    assert told(judged, "DDD", **tables) == []


def test_interventions_and_ties_in_force_are_told(judged: Sector) -> None:
    tables: dict[str, Any] = {
        "interventions": [{"code": "DDD", "entry": date(2020, 1, 1), "source": "https://www.a.org/b"}],
        "pairings": [
            {"recipient": "DDD", "partner": "AAA", "start": date(2020, 2, 1), "start_precision": "month"},
            {"recipient": "DDD", "partner": "CCC", "start": date(2015, 1, 1), "end": date(2016, 1, 1)},
        ],
    }
    assert told(judged, "DDD", **tables) == [
        (
            "intervention",
            "It was reported to be in a safety notice since 1 January 2020 "
            "(a.org; its end, if it has ended, is not known).",
        ),
        ("tie", "Is helped by AAA Harbour (AAA) since February 2020 (mentoring, register)."),
    ]
    assert told(judged, "AAA", **tables)[1] == (
        "tie",
        "Helps DDD Harbour (DDD) since February 2020 (mentoring, register).",
    )


def test_a_rule_on_a_judgement_says_of_what_body_it_is(judged: Sector) -> None:
    figures = {"AAA": {"inspection": 3.0}, "BBB": {"inspection": 2.0}, "CCC": {}}
    snapshot = made_up_snapshot(
        figures, sector=judged, closed={"CCC": date(2020, 3, 31)}, successions=[("CCC", "BBB")]
    )
    on_day = Matchmaker(snapshot).profiles(DAY)
    rule = Rule(name="inspected_sound", parameters={}, why="")
    found = apply_rule(rule, on_day, on_day.position["AAA"])
    assert found.reason(on_day.position["BBB"]) == (
        "Inspectors found it lacking on 31 December 2019. It is of before CCC Harbour (CCC) joined on "
        "31 March 2020."
    )
