"""The service, the pages and the command on the sector without Python."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sector_words import PATTERN

from matchmaker import Matchmaker
from matchmaker.api.settings import Settings
from matchmaker.web.app import create_app

PAGES = (
    "/harbours",
    "/harbours/organisations",
    "/harbours/organisations/EEL",
    "/harbours/organisations/EEL/shortlist",
    "/harbours/organisations/EEL/shortlist?arrangement=takeover&method=nearest",
    "/harbours/assign",
    "/harbours/method",
    "/harbours/data",
    "/harbours/data/features",
    "/harbours/data/sources",
    "/harbours/about",
    "/harbours/privacy",
    "/harbours/accessibility",
    "/harbours/sitemap",
)


@pytest.fixture(scope="module")
def caller(harbour_folder: Path) -> Iterator[TestClient]:
    """The service with its pages, on the harbours alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MATCHMAKER_SECTORS", str(harbour_folder))
        with TestClient(create_app(Settings(serve_sectors=("harbours",)))) as one:
            yield one


def test_the_service_names_its_sector(caller: TestClient) -> None:
    (sector,) = caller.get("/v1/sectors").json()["sectors"]
    assert (sector["name"], sector["label"]) == ("harbours", "Harbours")


def test_a_shortlist_is_that_of_the_engine(caller: TestClient, harbour_engine: Matchmaker) -> None:
    answer = caller.get("/v1/harbours/organisations/eel/shortlist?limit=3").json()
    assert [option["organisation"]["code"] for option in answer["options"]] == ["FAR", "GUL", "COR"]
    expected = harbour_engine.shortlist("EEL", limit=3)
    assert [option["fit"] for option in answer["options"]] == [option.fit for option in expected.options]
    assert answer["snapshot"] == expected.snapshot


def test_why_not_and_an_assignment(caller: TestClient, harbour_engine: Matchmaker) -> None:
    why = caller.get("/v1/harbours/organisations/EEL/candidates/GUL").json()
    assert [(one["name"], one["to"]) for one in why["to_first"]] == [("safety_standing", 0.84)]
    answer = caller.post("/v1/harbours/assignments", json={"n_draws": 0}).json()
    expected = harbour_engine.assign(n_draws=0)
    assert [pair["partner"]["code"] for pair in answer["pairs"]] == [
        pair.partner.code for pair in expected.pairs
    ]


def test_what_it_does_not_have_is_empty_or_not_found(caller: TestClient) -> None:
    signs = caller.get("/v1/harbours/early-warning").json()
    assert signs["organisations"] == []
    assert caller.get("/v1/harbours/evaluation").status_code == 404
    assert caller.get("/v1/nhs/organisations/RPA/shortlist").status_code == 404


def test_a_code_of_no_form_of_the_sector_is_refused_in_its_words(caller: TestClient) -> None:
    problem = caller.get("/v1/harbours/organisations/XYZ/shortlist").json()
    assert problem["status"] == 404
    assert "XYZ" in problem["detail"]
    problem = caller.get("/v1/harbours/organisations/EEL/shortlist?region=Atlantis").json()
    assert problem["status"] == 422
    assert "There is no coast 'Atlantis'" in json.dumps(problem)


def test_the_same_table_from_the_service_and_the_page(caller: TestClient, harbour_engine: Matchmaker) -> None:
    path = "/organisations/EEL/shortlist"
    by_api = caller.get(f"/v1/harbours{path}", headers={"accept": "text/csv"}).text
    by_page = caller.get(f"/harbours{path}.csv").text
    rows, others = (list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")))) for text in (by_api, by_page))
    assert list(rows[0]) == list(others[0]) == list(harbour_engine.shortlist("EEL").to_rows()[0])
    assert [row["code"] for row in rows] == [row["code"] for row in others] == ["FAR", "GUL", "COR", "BRI"]


def test_the_root_leads_to_the_only_sector(caller: TestClient) -> None:
    answer = caller.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/harbours")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_of_harbours_and_of_no_other_sector(caller: TestClient, path: str) -> None:
    answer = caller.get(path)
    assert answer.status_code == 200
    shown = re.sub(r"nhsuk[\w./*-]*|time, trust|\(E[1-4]\)", "", answer.text)
    assert not [match[0] for match in PATTERN.finditer(shown)]
    assert "harbour" in shown.casefold()
    assert shown.count("<h1") == 1


def test_the_page_of_a_shortlist_shows_the_options(caller: TestClient) -> None:
    page = caller.get("/harbours/organisations/EEL/shortlist").text
    places = [page.index(name) for name in ("Farrowness", "Gullstead", "Corvesand", "Brineham")]
    assert places == sorted(places)
    assert "It already helps INK." in page
    assert "harbour office to harbour office" in page


@pytest.mark.slow
def test_the_command_answers_the_same(harbour_folder: Path, harbour_engine: Matchmaker) -> None:
    environment = os.environ | {"MATCHMAKER_SECTORS": str(harbour_folder)}
    command = [sys.executable, "-m", "matchmaker", "--sector", "harbours", "shortlist", "Eelhythe", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    answer = json.loads(done.stdout)
    expected = harbour_engine.shortlist("EEL")
    assert [option["fit"] for option in answer["options"]] == [option.fit for option in expected.options]


def test_what_led_to_a_harbour_is_in_the_answer(caller: TestClient) -> None:
    def matched(asked: str) -> dict[str, str]:
        answer: dict[str, str] = caller.get(f"/v1/harbours/organisations/{asked}").json()["matched"]
        return answer

    assert matched("EEL") == {"kind": "code", "name": "EEL", "sentence": ""}
    assert matched("Eelhythe") == {"kind": "official", "name": "Eelhythe Harbour Board", "sentence": ""}
    pier = matched("FAR02")
    assert (pier["kind"], pier["name"]) == ("site", "Ness Pier")
    assert pier["sentence"] == "Ness Pier (FAR02) is a pier of Farrowness Harbour Board (FAR)."


def test_a_search_says_what_a_name_is(caller: TestClient) -> None:
    page = caller.get("/harbours/organisations?search=Ness Pier", follow_redirects=True).text
    assert "Ness Pier (FAR02) is a pier of Farrowness Harbour Board (FAR)." in page
