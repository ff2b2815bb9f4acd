"""The cases of the seed documents, on the days on which they happened.

The documents name no trust; public facts suggest these. Places are bounds, not single numbers: weights and
rules may change for good reasons, but not so far that a case that went well falls off the list.
"""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter


def place(engine: Matchmaker, recipient: str, partner: str, how: str, day: date) -> int | None:
    return engine.why_not(recipient, partner, how, day).rank


def test_case_a_a_specialist_centre_can_help_a_district_hospital_with_one_service(engine: Matchmaker) -> None:
    """A respiratory centre (Royal Brompton) beside a district hospital next door (Chelsea and Westminster).

    On that day only planned care as a whole was published, in which the centre was no better than the middle:
    it must not be left out for its type, and being next door must keep it in the upper quarter.
    """
    day = date(2016, 1, 1)
    answer = engine.why_not("RQM", "RT3", "service", day, service="planned_care")
    assert answer.excluded is None
    eligible = engine.shortlist("RQM", "service", day, 1, service="planned_care", n_draws=0).eligible
    assert answer.rank is not None and answer.rank <= eligible / 4
    distance = next(row for row in answer.rows if row.name == "proximity")
    assert distance.value is not None and distance.value > 0.9


def test_case_b_a_buddy_unlike_in_size_stands_far_down(engine: Matchmaker) -> None:
    """The buddy of case B is on no record. A real one of the same kind: Birmingham, 2.9 times Burton's size.

    From outside the fit was doubted because of size, scale and performance (E2), so it stands in the lower
    half, or a rule on size leaves it out.
    """
    day = date(2013, 9, 18)
    rank = place(engine, "RJF", "RRK", "buddying", day)
    eligible = engine.shortlist("RJF", "buddying", day, 1, n_draws=0).eligible
    assert rank is None or rank > eligible / 2


@pytest.mark.parametrize(
    ("how", "day", "within"),
    # The acquirer was strong, steady and next door; as a buddy, others were as strong.
    [("acquisition", date(2014, 9, 30), 3), ("buddying", date(2014, 4, 30), 10)],
)
def test_case_c_the_acquirer_that_turned_a_trust_round(
    engine: Matchmaker, how: str, day: date, within: int
) -> None:
    """Frimley Park for Heatherwood and Wexham Park: buddying from May 2014, acquisition in October."""
    rank = place(engine, "RD7", "RDU", how, day)
    assert rank is not None and rank <= within


def test_case_d_a_contract_with_a_company(engine: Matchmaker) -> None:
    """A specialist centre (perhaps the Christie) and a company that images for it, which no figures hold.

    Without a service or a candidate nothing can be ranked; with the company in own data it is the option.
    """
    with pytest.raises(InvalidParameter, match="no service and no candidates are named"):
        engine.shortlist("RBV", "contract")
    company = pl.DataFrame({"ods": ["X99"], "name": ["Diagnostic UK"], "type": ["other"], "cqc_overall": [3]})
    answer = engine.with_data(company).shortlist("RBV", "contract", n_draws=0)
    assert [option.organisation.name for option in answer.options] == ["Diagnostic UK"]
    kinds = {
        option.organisation.type
        for option in engine.shortlist("RBV", "contract", limit=1000, n_draws=0, service="imaging").options
    }
    assert "ambulance" not in kinds


@pytest.mark.parametrize(
    ("day", "within"),
    # Two specialist trusts of one city; in May 2015 there was no joint chief executive yet.
    [(date(2017, 1, 31), 3), (date(2015, 5, 31), 5)],
)
def test_case_e_two_specialist_trusts_that_merged(engine: Matchmaker, day: date, within: int) -> None:
    """Birmingham Women's and Birmingham Children's, one trust from February 2017."""
    rank = place(engine, "RLU", "RQ3", "merger", day)
    assert rank is not None and rank <= within
