"""Ties, ratings and regimes of named trusts, from the raw tables: the cases that analysts found wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.features.profiles import profiles
from matchmaker.models.assignment.triage import need_known
from matchmaker.models.engine import Matchmaker
from matchmaker.models.scoring.records import helping, interventions_on, relations
from matchmaker.models.ties import ties
from matchmaker.sectors.nhs.sources import (
    board,
    cqc_ratings,
    oversight_framework,
    oversight_framework_mental_health,
    oversight_framework_press,
    pairings,
    special_measures,
    support_programme,
)
from matchmaker.snapshot import Snapshot, checks
from matchmaker.snapshot.schema import schemas

TODAY = date(2026, 8, 22)
MENTAL_HEALTH = (
    "raw/nof-mh-community-q4-2025-26/nhs-oversight-framework-mental-health-and-community-trust-data.csv"
)
OVERSIGHT = {
    "oversight_framework": (oversight_framework.read_profiles, "raw/trustpulse-2026/trust_profiles.csv"),
    "oversight_framework_acute": (oversight_framework.read_acute, "raw/intuita-tracker/feature_table.csv"),
    "oversight_framework_mental_health": (oversight_framework_mental_health.read, MENTAL_HEALTH),
    "oversight_framework_press": (
        oversight_framework_press.read,
        "raw/ambulance-nof-press/DERIVED_ambulance_nof_facts.csv",
    ),
    "cqc_ratings_latest": (cqc_ratings.read_latest, "raw/cqc-provider-ratings-2026/cqc.json"),
    "cqc_ratings_2019": (cqc_ratings.read_history, "raw/lse-hospital-management/CQC_ratings.csv"),
}


@pytest.fixture(scope="module")
def as_read(snapshot: Snapshot, raw_data: Path, changed: Callable[..., Snapshot]) -> Snapshot:
    """The bundled snapshot with pairings, boards, regimes, ratings and segments as the raw files have
    them."""
    spells = special_measures.read(raw_data / "pairings/special_measures.csv")
    programme = support_programme.read(raw_data / "raw/rsp-npip/DERIVED_rsp_npip_facts.csv")
    figures = [
        read(raw_data / path).with_columns(source=pl.lit(source))
        for source, (read, path) in OVERSIGHT.items()
    ]
    other = ~pl.col("source").is_in(list(OVERSIGHT)) & ~pl.col("measure").is_in(["cqc_overall", "cqc_safe"])
    tables = {
        "pairings": pairings.read(raw_data / "pairings/pairings.csv"),
        "board_tenure": board.read_tenure(raw_data / "board/board_tenure_facts.csv"),
        "groups": board.read_groups(raw_data / "board/group_boards.csv"),
        "interventions": pl.concat([spells, programme], how="diagonal_relaxed"),
        "measures": pl.concat([snapshot.measures.filter(other), *figures], how="diagonal_relaxed"),
    }
    return changed(snapshot, **{name: _typed(snapshot, name, frame) for name, frame in tables.items()})


def _typed(snapshot: Snapshot, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    columns = {column: of.dtype for column, of in schemas(snapshot.sector)[name].columns().items()}
    whole = frame.with_columns(
        pl.lit(None).alias(column) for column in columns.keys() - set(frame.columns)
    ).with_columns(pl.col("unit", "file").fill_null("") if name == "measures" else [])
    return whole.select(list(columns)).cast(columns).sort(pl.all())  # type: ignore[arg-type]


class TestOneChiefExecutive:
    @pytest.mark.parametrize(
        ("one", "other", "sentence"),
        [
            ("RPA", "RN7", "One chief executive leads both since 1 April 2025."),
            (
                "RHU",
                "R1F",
                "One chief executive leads both (Isle of Wight and Portsmouth), last reported by "
                "December 2023.",
            ),
            (
                "RD1",
                "RNZ",
                "One chief executive leads both since November 2024 (Great Western, RUH Bath, Salisbury).",
            ),
            # Neither leads the other: only the facts of boards and groups know of it.
            (
                "RN3",
                "RNZ",
                "One chief executive leads both since 1 November 2024 (Great Western, RUH Bath, Salisbury), "
                "last reported by November 2024.",
            ),
        ],
    )
    def test_is_known_of_both(self, as_read: Snapshot, one: str, other: str, sentence: str) -> None:
        known = ties(as_read, TODAY)
        for pair in ((one, other), (other, one)):
            first = known[pair][0]
            assert (first.kind, first.state) == ("shared_chief_executive", "in_force")
        assert relations(as_read, TODAY)[frozenset((one, other))] == sentence

    def test_is_not_known_before_it_began(self, as_read: Snapshot) -> None:
        assert ("RPA", "RN7") not in ties(as_read, date(2025, 3, 31))
        assert ("RPA", "RN7") in ties(as_read, date(2025, 4, 1))

    def test_and_ends_where_a_later_source_ends_it(self, as_read: Snapshot) -> None:
        """Barts and Barking: listed as a group in 2022, with separate chairs again since August 2024."""
        during, after = (ties(as_read, day)["R1H", "RF4"] for day in (date(2023, 6, 1), TODAY))
        assert {tie.state for tie in during if tie.kind == "shared_chair"} == {"in_force"}
        assert {tie.state for tie in after if tie.is_joint} == {"ended"}


class TestAskedWhy:
    """What a list says beside the criteria is said where one candidate is asked about, too."""

    @pytest.mark.parametrize(("recipient", "candidate"), [("RPA", "RN7"), ("RN7", "RPA"), ("RD1", "RNZ")])
    def test_one_chief_executive_is_told(self, engine: Matchmaker, recipient: str, candidate: str) -> None:
        notes = engine.why_not(recipient, candidate).notes
        assert any(
            "The two are already one in all but name. One chief executive leads both" in one for one in notes
        )

    def test_a_shared_chair_is_told(self, engine: Matchmaker) -> None:
        assert "One chair serves both since 2024." in engine.why_not("RPA", "RYY").notes

    def test_a_programme_that_could_not_be_checked_is_told(self, engine: Matchmaker) -> None:
        answer = engine.why_not("RPA", "RXR")
        assert answer.excluded is None
        assert any(
            note.startswith("Could not be checked: not in special measures. It was reported to be in the")
            and note.endswith(
                "in the quarter to 31 December 2025 is 3, which speaks against its still being so."
            )
            for note in answer.notes
        )


@pytest.mark.parametrize(
    ("partner", "absorbed", "on"), [("RA7", "RVJ", "2026-07-01"), ("RWW", "RY2", "2026-04-01")]
)
def test_nobody_helps_a_trust_that_it_has_absorbed(
    as_read: Snapshot, changed: Callable[..., Snapshot], partner: str, absorbed: str, on: str
) -> None:
    assert absorbed not in helping(as_read, TODAY).get(partner, [])
    # Nor where the file still has it as going on.
    row = (pl.col("recipient") == absorbed) & (pl.col("kind") == "shared_leadership")
    still = as_read.pairings.with_columns(
        status=pl.when(row).then(pl.lit("ongoing")).otherwise("status"),
        end=pl.when(~row).then("end"),
        end_precision=pl.when(~row).then("end_precision"),
    )
    unended = changed(as_read, pairings=still)
    assert absorbed not in helping(unended, TODAY).get(partner, [])
    assert absorbed in helping(unended, date(2026, 3, 1))[partner]
    # And the build ends it, and says so.
    ended, said = checks.ended_by_closing(still, as_read.organisations, TODAY)
    assert len(said) == 1
    assert ended.filter(row)["end"].to_list() == [date.fromisoformat(on)]


def test_every_pairing_by_joint_leadership_says_what_was_shared_or_is_known_not_to(as_read: Snapshot) -> None:
    joint = as_read.pairings.filter(pl.col("kind") == "shared_leadership")
    assert joint.height == 68
    assert set(joint.filter(pl.col("leadership").is_null())["pairing_id"]) == {
        *("SHL-R1F-RHU-2020", "SHL-RAP-RAL-2016", "SHL-RCC-RCB-2011", "SHL-RH5-RBA-2017", "SHL-RR1-RRF-2015"),
        *("SHL-RRF-RM3-2015", "SHL-RVJ-RA7-2025", "SHL-RWD-RY5-2019", "SHL-RYE-RYD-2025"),
    }
    assert pairings.joint_leadership().keys() <= set(as_read.pairings["pairing_id"])


class TestRegimes:
    @pytest.mark.parametrize("code", ["RXR", "RJZ", "RA9"])
    def test_a_later_low_segment_puts_a_spell_in_doubt(self, as_read: Snapshot, code: str) -> None:
        before = interventions_on(as_read, date(2026, 3, 30))[code]
        assert before.state == "active"  # the segment came out on 31 March
        found = interventions_on(as_read, TODAY)[code]
        assert (found.state, found.judgement) == ("doubted", (3.0, date(2025, 12, 31)))

    def test_which_excludes_nobody_and_is_told(self, as_read: Snapshot) -> None:
        engine = Matchmaker(as_read)
        answer = engine.shortlist("RXN", limit=50, n_draws=0)
        (option,) = [one for one in answer.options if one.organisation.code == "RXR"]
        assert option.unchecked == ("not_in_special_measures",)
        assert option.unchecked_reasons == (
            "Could not be checked: not in special measures. It was reported to be in the Recovery Support "
            "Programme since 2025 (burnleyexpress.net; its end, if it has ended, is not known). Its "
            "oversight "
            "segment in the quarter to 31 December 2025 is 3, which speaks against its still being so.",
        )
        assert any(fact.sentence in option.unchecked_reasons[0] for fact in engine.overview("RXR").facts)

    def test_what_excludes_is_a_report_with_its_source_and_day(self, as_read: Snapshot) -> None:
        found = Matchmaker(as_read).why_not("RXR", "RK9").excluded
        assert found is not None
        assert (
            "It was reported to be in the Recovery Support Programme since 2022 (bbci.co.uk, 1 "
            "September 2025; "
            "its end, if it has ended, is not known)." in found.reasons
        )

    def test_two_trusts_were_in_the_programme_with_a_low_segment(self, as_read: Snapshot) -> None:
        """So a segment alone does not end a spell: Hampshire stood in segment 3 by its scores."""
        scores = as_read.measures.filter(
            (pl.col("code") == "RW1")
            & (pl.col("period_end") == date(2025, 9, 30))
            & (pl.col("source") == "oversight_framework_mental_health")
        )
        values = dict(scores.select("measure", "value").iter_rows())
        assert (values["oversight_segment"], values["oversight_unadjusted_segment"]) == (5, 3)
        found = interventions_on(as_read, TODAY)["RW1"]
        assert (found.state, found.shown, found.judgement) == (
            "doubted",
            date(2025, 9, 30),
            (1.0, date(2026, 3, 31)),
        )

    def test_the_successor_programme_is_named(self, as_read: Snapshot) -> None:
        engine = Matchmaker(as_read)
        assert interventions_on(as_read, TODAY)["RCX"].regime == "PIP"
        text = " ".join(fact.sentence for fact in engine.overview("RCX").facts)
        assert "NHS Provider Improvement Programme since 2025 (jameswild.org.uk" in text

    def test_nothing_of_it_is_known_before_it_came_out(self, as_read: Snapshot) -> None:
        assert "RHA" not in interventions_on(as_read, date(2026, 6, 20))
        assert interventions_on(as_read, date(2026, 6, 21))["RHA"].state == "active"


def test_of_how_many_trusts_of_each_type_the_segment_is_known(as_read: Snapshot) -> None:
    """As the files hold them: 134 acute, 61 mental health and community, 4 ambulance trusts, less the
    closed."""
    segments = as_read.measures.filter(pl.col("measure") == "oversight_segment")
    by_source = segments.group_by("source").agg(pl.col("code").n_unique())
    assert dict(by_source.iter_rows()) == {
        "oversight_framework": 150,
        "oversight_framework_acute": 134,
        "oversight_framework_mental_health": 61,
        "oversight_framework_press": 3,
    }
    on_day = profiles(as_read, TODAY)
    held = set(segments["code"])
    known = {one.type: (one.known, one.total) for one in need_known(on_day)}
    for org_type, (count, total) in known.items():
        own = on_day.organisations.filter(pl.col("type") == org_type)["code"]
        assert (count, total) == (len(held & set(own)), len(own)), org_type
    assert known["mental_health"] == (47, 47)
    assert known["community"] == (11, 11)
    assert known["ambulance"] == (4, 10)
    assert known["acute"][0] + known["acute_specialist"][0] == 133


class TestRatings:
    def test_a_trust_rated_on_well_led_alone_keeps_its_aggregate(self, as_read: Snapshot) -> None:
        """Mid and South Essex: inadequate on well-led in November 2025, never overall."""
        engine = Matchmaker(as_read)
        found = engine.why_not("RPA", "RAJ").excluded
        assert found is not None
        assert not any("inadequate" in reason for reason in found.reasons)
        facts = [fact.sentence for fact in engine.overview("RAJ").facts if fact.topic == "judgement"]
        assert any(
            text.startswith("CQC trust-level assessment (well-led alone): Inadequate, of 5 November 2025")
            and text.endswith("resting on well-led alone.")
            for text in facts
        )
        column = profiles(as_read, TODAY).column
        assert {"cqc_overall", "cqc_trust_assessment"} <= column.keys()

    def test_a_rating_of_before_a_merger_says_so(self, as_read: Snapshot) -> None:
        (fact,) = [one for one in Matchmaker(as_read).overview("RAX").facts if one.topic == "judgement"]
        assert fact.sentence == (
            "CQC overall rating: Outstanding, of 30 August 2018 (8 years old), resting on the ratings of the "
            "whole trust for the key questions, not of one hospital. It is of before Hounslow and Richmond "
            "Community Healthcare NHS Trust (RY9) joined on 1 November 2024."
        )

    def test_a_new_body_shows_the_ratings_of_those_that_it_followed(self, as_read: Snapshot) -> None:
        """University Hospitals Dorset has none of its own."""
        facts = [
            one.sentence for one in Matchmaker(as_read).overview("R0D").facts if one.topic == "judgement"
        ]
        assert len(facts) == 2
        assert (
            "Poole Hospital NHS Foundation Trust (RD3), which it followed, had Good of 26 January 2018"
            in facts[0]
        )
        option = next(
            one
            for one in Matchmaker(as_read).shortlist("RHU", n_draws=0).options
            if one.organisation.code == "R0D"
        )
        assert option.unchecked == ("rated_good_or_better",)

    def test_an_edition_is_no_history(self, as_read: Snapshot) -> None:
        """Of the ratings that stood in March 2019 none is known before."""
        listed = as_read.measures.filter(pl.col("source").is_in(["cqc_ratings_2019", "cqc_ratings_latest"]))
        days = dict(listed.group_by("source").agg(pl.col("known_from").min()).iter_rows())
        assert days == {"cqc_ratings_2019": date(2019, 3, 31), "cqc_ratings_latest": date(2026, 7, 31)}
