"""The start leads to the sectors, and the home page of each names those in need."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from matchmaker import Matchmaker
from matchmaker.api.settings import Settings
from matchmaker.features.formatting import join_and
from matchmaker.models.assignment.triage import in_need, need_known
from matchmaker.models.scoring.records import interventions_on
from matchmaker.web.app import create_app
from matchmaker.web.routes import home


def test_the_only_sector_is_home(harbours_client: TestClient) -> None:
    answer = harbours_client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/harbours")


@pytest.mark.slow
@pytest.mark.snapshot
def test_several_sectors_are_to_be_chosen_from(harbour_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_SECTORS", str(harbour_folder))
    with TestClient(create_app(Settings())) as client:
        start = client.get("/").text
        assert 'href="/harbours"' in start and 'href="/nhs"' in start
        assert "/harbours/organisations" not in start
        page = client.get("/harbours/organisations/EEL").text
        assert 'href="/">Other public services</a>' in page
        for path, status in (
            ("/", 200),
            ("/api", 200),
            ("/nothing", 404),
            ("/harbours/organisations/X", 404),
        ):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (
                status,
                "text/html; charset=utf-8",
            )
        assert "harbour" not in client.get("/nothing").text.casefold()


def needy(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/harbours/organisations/(\w+)"', page)


def test_those_in_need_can_be_cut_down_to_those_under_an_intervention(
    harbours_client: TestClient, harbour_engine: Matchmaker
) -> None:
    profiles = harbour_engine.profiles()
    regimes = harbour_engine.sector.interventions.regimes
    of_each: dict[str, list[str]] = {}
    on_record = interventions_on(harbour_engine.snapshot, profiles.as_of)
    for one in in_need(profiles):
        found = on_record.get(one.organisation.code)
        if found is not None and found.state == "active":
            of_each.setdefault(regimes[found.regime].label, []).append(one.organisation.code)
    assert of_each
    for label, codes in of_each.items():
        assert needy(harbours_client.get("/harbours", params={"intervention": label}).text) == codes
    assert needy(harbours_client.get("/harbours", params={"intervention": "none such"}).text) == []


def test_of_many_in_need_the_first_are_shown_until_all_are_asked_for(
    harbours_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "MOST_SHOWN", 1)
    page = harbours_client.get("/harbours").text
    assert needy(page) == ["OSP"] and "1 of 3 shown, the first of 3" in page
    assert needy(harbours_client.get("/harbours?every=true").text) == ["OSP", "EEL", "INK"]


def test_those_in_need_are_named_and_no_other(
    harbours_client: TestClient, harbour_engine: Matchmaker
) -> None:
    page = harbours_client.get("/harbours").text
    named = re.findall(r'<th scope="row"><a href="/harbours/organisations/(\w+)"', page)
    assert (
        named
        == [one.organisation.code for one in in_need(harbour_engine.profiles())]
        == ["OSP", "EEL", "INK"]
    )
    assert "3 of 15 harbours are on watch level 4 or 5" in page
    for heading in ("Watch level", "Inspection grade"):
        assert f'<th scope="col">{heading}</th>' in page


def test_of_how_many_it_could_not_be_checked(harbours_client: TestClient, harbour_engine: Matchmaker) -> None:
    unknown = [one for one in need_known(harbour_engine.profiles()) if one.unknown]
    assert unknown
    counts = [
        f"{one.unknown} of {one.total} {harbour_engine.sector.type_plural(one.type)}" for one in unknown
    ]
    page = harbours_client.get("/harbours").text
    total = sum(one.unknown for one in unknown)
    assert f"For {total} of 15 no recent enough figure is known: {join_and(counts)}." in page


@pytest.mark.snapshot
def test_those_in_need_are_filtered_and_say_their_periods(client: TestClient) -> None:
    page = unescape(client.get("/nhs?region=South+East").text)
    found = re.findall(r'<th scope="row"><a href="/nhs/organisations/(\w+)"', page)
    every = re.findall(r'<th scope="row"><a href="/nhs/organisations/(\w+)"', client.get("/nhs").text)
    assert "RPA" in found and set(found) < set(every)
    assert f"{len(found)} of {len(every)} shown." in page
    assert "<option selected>South East</option>" in page
    assert "October to December 2025" in page
    assert "Not every trust can be on this list." in page
    assert re.search(r"For \d+ of \d+ no recent enough figure is known: \d+ of \d+ [a-z ]+ trusts", page)


@pytest.mark.snapshot
def test_what_changed_is_told_with_both_sides(client: TestClient) -> None:
    page = client.get("/nhs/changes?since=2025-01-01").text
    assert "What changed since 1 January 2025" in page
    assert re.search(r"NHS oversight segment: \d+ trusts", page)
    assert client.get("/nhs/changes?since=never").status_code == 422
    assert "/nhs/changes" in client.get("/nhs").text
