"""Why a candidate has its rank, what would change it, and how several compare."""

from __future__ import annotations

import re
from html import unescape

from fastapi.testclient import TestClient

from matchmaker import Matchmaker
from matchmaker.web.presenters.compare import by_dimension, describe_rank, differences, most_different

HERE = "/harbours/organisations/EEL"


def test_an_excluded_one_can_be_brought_back(harbours_client: TestClient, harbour_engine: Matchmaker) -> None:
    page = harbours_client.get(f"{HERE}/candidates/DUN").text
    answer = harbour_engine.why_not("EEL", "DUN")
    assert answer.excluded and "Why Dunlinmouth Harbour Board is left out" in page
    assert f"its rank would be {answer.unrestricted_rank}" in page
    link = re.search(r'href="([^"]+)">See the list without', page)
    assert link
    assert 'value="DUN"' in harbours_client.get(unescape(link[1])).text


def test_a_change_that_is_tried_does_what_it_says(harbours_client: TestClient) -> None:
    page = harbours_client.get(f"{HERE}/candidates/GUL").text
    link = re.search(r'href="([^"]+)">Try it', page)
    assert link, "no single weight would bring it to the first rank"
    assert ">1. <a" in (changed := harbours_client.get(unescape(link[1])).text)
    assert re.search(r'1\. <a href="[^"]*/GUL">Gullstead', changed)


def test_a_name_leads_to_the_page_of_the_candidate(harbours_client: TestClient) -> None:
    answer = harbours_client.get(f"{HERE}/candidates?candidate=gullstead&limit=3")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{HERE}/candidates/GUL?arrangement=mentoring&limit=3"


def test_a_comparison_shows_every_figure_once(
    harbours_client: TestClient, harbour_engine: Matchmaker
) -> None:
    from matchmaker.features.comparison import compare

    comparison = compare([harbour_engine.profile(code) for code in ("EEL", "FAR", "DUN")])
    grouped = by_dimension(comparison, harbour_engine.sector)
    assert sorted(row.feature for _, rows in grouped for row in rows) == sorted(
        row.feature for row in comparison.rows
    )
    gaps = [row.gap for row in most_different(comparison)]
    assert gaps == sorted(gaps, key=lambda gap: -(gap or 0.0)) != []
    page = harbours_client.get(f"{HERE}/compare?with=FAR&with=DUN").text
    for label, rows in grouped:
        assert f"<summary>{label}: {len(rows)} figure" in page
    assert "Rank 1" in page and "Left out; its rank would be" in page


def test_ranks_are_described(harbour_engine: Matchmaker) -> None:
    assert describe_rank(harbour_engine.why_not("EEL", "FAR")) == "Rank 1"
    assert describe_rank(harbour_engine.why_not("EEL", "DUN")).startswith("Left out; its rank would be ")


def test_seven_options_and_an_own_set_are_compared_and_kept_in_the_address(client: TestClient) -> None:
    options = ("RN7", "RKE", "RJ6", "RWF", "RTP", "RQX", "RJ2")
    address = "/nhs/organisations/RPA/compare?" + "&".join(f"with={code}" for code in options)
    page = client.get(f"{address}&set=oversight_segment%3D1&set=RX9").text
    assert 'value="oversight_segment=1" selected' in page and 'value="RX9"' in page
    assert "own set: NHS oversight segment 1; RX9" in page
    assert page.count('class="mm-spine"') == 10 and "◆" in page
    assert client.get(f"{address}&with=RAX").status_code == 422
    assert "There is no region" in client.get(f"{address}&set=region%3DAtlantis").text


def test_what_a_difference_counts_for_is_told_with_what_it_adds(engine: Matchmaker) -> None:
    from matchmaker.models.query import ShortlistQuery

    query = ShortlistQuery.parse({}, engine.sector)
    answers = [engine.explain("RPA", code, query) for code in ("RN7", "RKE")]
    found = differences(engine.compare(["RPA", "RN7", "RKE"]), answers)
    counted = [one for one in found if one.counts]
    assert counted
    for one in counted:
        for label, added in one.counts:
            (rows,) = ([row for row in answer.rows if row.label == label] for answer in answers[:1])
            assert rows[0].contribution == added[0] and len(added) == 2
