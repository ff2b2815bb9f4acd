"""What an assignment comes to in sentences, each at the limit where it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from matchmaker.models.assignment.summary import (
    all_taken,
    below_floor,
    notes,
    only_recipients,
    summary,
    too_little_known,
)
from matchmaker.models.assignment.types import Assignment, BlockingPair, NeedKnown, Pair, Unmatched
from matchmaker.models.types import Organisation
from matchmaker.sector import Sector, load_sector

A, B, C, D = (
    Organisation(code, f"{code} Harbour", "fishing", None, None) for code in ("HAA", "HBB", "HCC", "HDD")
)
PAIR = Pair(A, C, 0.7, 1.0, 0.5, 5.0, 1, C, 0.7, 0.0, (), (), (), (), ())
OTHER = replace(PAIR, recipient=B, partner=D, rank=3, first_choice_fit=0.9, regret=0.2)
UNMATCHED = Unmatched(B, "below_floor", "None fits.", 3, C, 0.4, ())
ANSWER = Assignment(
    "mentoring", date(2020, 6, 30), "", "", 1, 0.5, (), (PAIR, OTHER), (), (), 1.4, 2, 2, 1.4, (), "", ""
)


def test_all_of_them(harbours: Sector) -> None:
    blocking = BlockingPair(A, D, 0.8, C, 0.7, B, 0.7, 0.25)
    answer = replace(
        ANSWER,
        unmatched=(UNMATCHED,),
        max_pairs=3,
        greedy_pairs=3,
        greedy_total=1.1,
        blocking_pairs=(blocking,),
    )
    assert summary(answer, harbours) == (
        "2 of 3 harbours have an option to consider, with a mean fit of 0.70. "
        "As many as 3 could have one, at the cost of the total.",
        "1 of these have the first option of their own shortlist. The others give up 0.20 of fit on average, "
        "and 0.20 at most (HBB Harbour).",
        "If each in turn, in order of need, took its first free option, 1 more would have one and the fits "
        "would add up to 1.10 rather than 1.40.",
        "1 other pair would fit better than what both its sides got; "
        "making it would lower the total by 0.25.",
        "2 of the 2 pairs hold in at least half of the draws of other reasonable weights.",
    )
    assert summary(replace(ANSWER, pairs=()), harbours) == ("No pair can be made: each recipient says why.",)


def test_how_many_could_not_be_checked(harbours: Sector) -> None:
    counts = (NeedKnown("fishing", 5, 7), NeedKnown("ferry", 2, 2), NeedKnown("marina", 0, 3))
    unsure = replace(PAIR, unchecked=("inspected_sound",), unchecked_reasons=("It is unknown.",))
    lines = notes(replace(ANSWER, need_known=counts, pairs=(unsure, OTHER)), harbours)
    assert (
        "Whether they are on watch level 4 or 5 could not be checked for 2 of 7 fishing harbours and 3 of 3 "
        "marinas: it is unknown of them, so they are recipients only where they are named." in lines
    )
    assert "In 1 of the pairs a rule could not be checked, because a fact is unknown of the partner." in lines
    assert "could not be checked" not in " ".join(notes(ANSWER, harbours))


@pytest.mark.parametrize(("frequency", "steady"), [(0.5, 2), (0.495, 1)])
def test_a_pair_is_steady_from_half_of_the_draws_on(harbours: Sector, frequency: float, steady: int) -> None:
    answer = replace(ANSWER, pairs=(PAIR, replace(OTHER, selection_frequency=frequency)))
    assert summary(answer, harbours)[-1].startswith(f"{steady} of the 2 pairs hold")


def test_without_draws_nothing_is_said_of_them(harbours: Sector) -> None:
    pairs = tuple(replace(pair, selection_frequency=None) for pair in ANSWER.pairs)
    assert "draws" not in " ".join(summary(replace(ANSWER, pairs=pairs), harbours))


@pytest.mark.parametrize(("less", "same"), [(0.0049, True), (0.0051, False)])
def test_a_difference_that_would_read_as_none_is_no_difference(
    harbours: Sector, less: float, same: bool
) -> None:
    text = summary(replace(ANSWER, greedy_total=ANSWER.total - less), harbours)[2]
    assert text.startswith("Taking turns") is same


def test_notes(harbours: Sector) -> None:
    broken = replace(PAIR, violated_rules=("within_km",), helped_by=(D,))
    lines = notes(replace(ANSWER, capacity=2, pairs=(broken, OTHER)), harbours)
    assert lines[0].endswith("shows whether two harbours would get on.")
    assert "at most 2 recipients for each partner, and no pair with a fit below 0.50" in lines[1]
    assert lines[2].startswith("Harbours were not asked.")
    assert lines[3] == "1 of the pairs break rules that were relaxed: within_km."
    assert lines[4].startswith("Already helped by another harbour on record: HAA Harbour.")
    assert len(notes(ANSWER, harbours)) == 3


def test_notes_name_the_findings_of_the_sector() -> None:
    lines = notes(replace(ANSWER, pairs=(replace(PAIR, helped_by=(D,)),)), load_sector("nhs"))
    assert "One partner for each recipient (E10), at most 1 recipient for each partner (E9), and" in lines[1]
    assert lines[-1].endswith("may be too much (E10).")


def test_why_nobody_is_proposed(harbours: Sector) -> None:
    assert only_recipients(4, harbours) == "The eligible harbours (4) are all recipients themselves."
    assert too_little_known(3, harbours).startswith("Of none of the 3 harbours that could help is half")
    assert below_floor(C, 0.456) == "None fits well enough: HCC Harbour comes closest, with a fit of 0.45."
    assert all_taken(1, C, [A], harbours) == (
        "All are taken: the 1 harbour that fits well enough adds more to the total elsewhere. "
        "HCC Harbour is proposed for HAA Harbour."
    )
    assert all_taken(2, C, [], harbours).endswith(
        "fit well enough add more to the total elsewhere. HCC Harbour is not free."
    )
