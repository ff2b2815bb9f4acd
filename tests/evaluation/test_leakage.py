"""Leaks: none in the replays as they are, and planted ones are caught."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from made_up import made_up_snapshot

from matchmaker import Matchmaker, Snapshot
from matchmaker.evaluation.evaluate import all_learners
from matchmaker.evaluation.leakage import find_leaks, truncate_snapshot
from matchmaker.evaluation.replay import EvaluatedMethod, evaluated_method
from matchmaker.features.profiles import profiles
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.registry import methods
from matchmaker.typing import Floats

DAY = date(2020, 6, 30)


def peeks(choice: ChoiceSituation) -> tuple[Floats, Floats]:
    """Looks the partner up in the table of pairings, forgetting to ask from when it was known."""
    table = choice.profiles.snapshot.pairings
    partners = set(table.filter(pl.col("recipient") == choice.recipient)["partner"])
    codes = choice.profiles.organisations["code"].to_list()
    return np.array([float(code in partners) for code in codes]), np.ones(len(codes))


PEEKING = EvaluatedMethod("peeking", "Peeking", "Looks at what came later.", "baseline", peeks)


def test_no_replay_knows_what_came_later(
    past: list[ChoiceSituation], by_name: dict[str, EvaluatedMethod]
) -> None:
    assert find_leaks(past, list(by_name.values())) == []


def test_a_method_that_looks_at_later_pairings_is_caught(
    mentors: list[ChoiceSituation], by_name: dict[str, EvaluatedMethod]
) -> None:
    found = find_leaks(mentors[:3], [PEEKING, by_name["evidence"]])
    assert {leak.what for leak in found} == {"peeking"}
    assert found[0].differs == 2  # the partner then, and the one of 2022


def test_an_edition_known_from_before_it_came_out_is_caught(
    mentors: list[ChoiceSituation], by_name: dict[str, EvaluatedMethod]
) -> None:
    """The check by `known_from` can't see a wrong one: grades of a later list, stamped as known in 2012."""
    choice = mentors[0]
    snapshot = choice.profiles.snapshot
    listed = snapshot.measures.filter(pl.col("measure") == "inspection").head(8)
    period = pl.lit(date(2012, 1, 1))
    planted = listed.with_columns(
        source=pl.lit("list"), period_start=period, period_end=period, known_from=period
    )
    entry = snapshot.manifest["sources"][0] | {"id": "list", "as_at": "2026-07-31"}
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    manifest = snapshot.manifest | {"sources": [*snapshot.manifest["sources"], entry]}

    def of(figures: pl.DataFrame) -> ChoiceSituation:
        whole = pl.concat([snapshot.measures, figures])
        changed = Snapshot.of(tables | {"measures": whole}, manifest, snapshot.sector)
        return replace(choice, profiles=profiles(changed, choice.day, choice.profiles.features))

    (leak,) = [one for one in find_leaks([of(planted)], [by_name["evidence"]]) if one.what == "editions"]
    assert (leak.pairing_id, leak.day, leak.differs) == (choice.pairing_id, choice.day, 8)
    # Known from its own day, it is of no use to a replay of before, and no leak.
    right = planted.with_columns(known_from=pl.lit(date(2026, 7, 31)))
    assert find_leaks([of(right)], [by_name["evidence"]]) == []


def test_one_rating_published_later_is_caught(
    mentors: list[ChoiceSituation], by_name: dict[str, EvaluatedMethod]
) -> None:
    choice = mentors[0]
    assert choice.partner_row is not None
    at = choice.partner_row * len(choice.profiles.features) + choice.profiles.column["inspection"]
    cells = choice.profiles.cells.with_row_index("at").with_columns(
        value=pl.when(pl.col("at") == at).then(4.0).otherwise("value")
    )
    planted = replace(choice, profiles=replace(choice.profiles, cells=cells.drop("at")))
    found = {leak.what: leak.differs for leak in find_leaks([planted], [by_name["best-inspected"]])}
    assert found == {"profiles": 1, "best-inspected": 1}


def test_an_organisation_that_opened_later_is_caught(mentors: list[ChoiceSituation]) -> None:
    choice = mentors[0]
    snapshot = choice.profiles.snapshot
    opened = pl.when(pl.col("code") == "YAR").then(pl.lit(date(2024, 1, 1))).otherwise("opened")
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    tables["organisations"] = tables["organisations"].with_columns(opened=opened)
    other = Snapshot.of(tables, snapshot.manifest, snapshot.sector)
    planted = replace(choice, profiles=replace(choice.profiles, snapshot=other))
    assert [(leak.what, leak.differs) for leak in find_leaks([planted], [])] == [("organisations", 1)]


def test_a_pairing_that_goes_on_had_no_end_then() -> None:
    start, end = date(2019, 1, 1), date(2021, 1, 1)
    rows = [
        {"recipient": "A", "partner": "B", "start": start, "end": end, "rating_after": "Good"},
        {"recipient": "A", "partner": "B", "start": start, "end": date(2020, 6, 30)},
        {"recipient": "A", "partner": "B", "start": date(2020, 7, 1)},
        {"recipient": "A", "partner": "B", "start": date(2020, 1, 1), "start_precision": "year"},
    ]
    ended = truncate_snapshot(made_up_snapshot({"A": {}, "B": {}}, pairings=rows), DAY).pairings
    assert ended.sort("pairing_id").select("pairing_id", "status", "end", "rating_after").rows() == [
        ("P0", "ongoing", None, None),
        ("P1", "completed", date(2020, 6, 30), None),
    ]


def test_a_spell_that_goes_on_was_seen_running_then() -> None:
    rows = [
        {"code": "A", "entry": date(2019, 1, 1), "exit": date(2020, 7, 1)},
        {"code": "A", "entry": date(2018, 1, 1), "exit": date(2020, 6, 30)},
        {"code": "A", "entry": date(2020, 7, 1)},
        {"code": "A", "entry": date(2019, 1, 1), "seen": date(2021, 1, 1)},
    ]
    ended = truncate_snapshot(made_up_snapshot({"A": {}}, interventions=rows), DAY).interventions
    assert ended.sort("spell_id").select("spell_id", "exit", "exit_known", "seen").rows() == [
        ("N0", None, False, DAY),
        ("N1", date(2020, 6, 30), True, None),
        ("N3", None, False, None),
    ]


def test_figures_successions_and_closures_end_on_the_day() -> None:
    known = {"code": "A", "measure": "berths", "value": 5.0, "known_from": date(2020, 7, 1)}
    snapshot = made_up_snapshot(
        {code: {"berths": 10} for code in "ABCD"},
        closed={"A": DAY, "B": date(2020, 7, 1)},
        successions=[("A", "C"), ("B", "D")],
        measures=[known | {"period_start": date(2020, 1, 1), "period_end": date(2020, 6, 30)}],
    )
    ended = truncate_snapshot(snapshot, DAY)
    assert ended.measures.height == snapshot.measures.height - 1 == 4
    assert dict(ended.organisations.select("code", "closed").rows()) == {
        "A": DAY,
        "B": None,
        "C": None,
        "D": None,
    }
    assert ended.successions["old"].to_list() == ["A"]
    assert ended.as_of == DAY


def test_places_of_later_lists_are_cut_but_for_the_first() -> None:
    first, later = date(2020, 7, 1), date(2021, 1, 1)
    places = [
        ("A", "main", DAY, 0.0),
        ("A", "main", first, 5.0),
        ("B", "main", first, 1.0),
        ("B", "main", later, 2.0),
    ]
    ended = truncate_snapshot(made_up_snapshot({"A": {}, "B": {}}, places=places), DAY).places
    assert ended.select("code", "known_from").rows() == [("A", DAY), ("B", first)]


@pytest.mark.slow
def test_the_sectors_own_tables_end_on_the_day_too(snapshot: Snapshot) -> None:
    """As `sector.toml` says of each: by a column, or whole from a day on."""
    before, after = (truncate_snapshot(snapshot, day) for day in (date(2020, 3, 30), date(2020, 3, 31)))
    assert before.table("official_peers").is_empty()
    assert after.table("official_peers").equals(snapshot.table("official_peers"))
    assert 0 < before.table("board_tenure").height < snapshot.table("board_tenure").height
    assert (before.table("board_tenure")["as_of"] <= date(2020, 3, 30)).all()


@pytest.mark.slow
def test_no_replay_of_the_snapshot_knows_what_came_later(
    engine: Matchmaker, real_past: list[ChoiceSituation]
) -> None:
    learned = {learner.name for learner in all_learners(engine)}
    known = methods(engine.sector)
    assert {name for name, method in known.items() if method.role == "practice"} <= learned
    plain = [evaluated_method(one) for name, one in known.items() if name not in learned]
    assert find_leaks(real_past[::20], plain) == []


def test_the_real_ratings_of_2026_stamped_as_known_in_2012_are_caught(
    engine: Matchmaker, real_past: list[ChoiceSituation]
) -> None:
    """A file that holds only what stood on its day is known from that day, whatever its rows claim."""
    choice = next(one for one in real_past if one.kind == "buddying" and one.chosen is not None)
    snapshot = engine.snapshot
    later = {name for name, day in snapshot.as_at.items() if day.year == 2026}
    stamped = (pl.col("source").is_in(sorted(later))) & (pl.col("measure") == "cqc_overall")
    n = snapshot.measures.filter(stamped).height
    assert n > 100
    early = pl.when(stamped).then(pl.lit(date(2012, 1, 1))).otherwise("known_from")
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    tables["measures"] = snapshot.measures.with_columns(known_from=early)
    wrong = Snapshot.of(tables, snapshot.manifest, snapshot.sector)
    planted = replace(choice, profiles=profiles(wrong, choice.day, choice.profiles.features))
    found = {leak.what: leak.differs for leak in find_leaks([planted], [])}
    assert found["editions"] == n
    assert find_leaks([choice], []) == []
