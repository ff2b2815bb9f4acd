"""Headers that are made from what a caller sent hold nothing that a caller could misuse."""

from __future__ import annotations

import re
from email.message import Message

import pytest
from fastapi import Request
from pydantic import BaseModel

from matchmaker.api.responses import attachment, render

from .conftest import Served

NAMES = [
    "King’s College Hospital",
    "Medway\r\nX-Injected: 1",
    'a"; filename="b',
    "../../etc/passwd",
    "\x9b31m",
]


@pytest.mark.parametrize("name", ["shortlist-RPA.csv", *NAMES])
def test_names_of_files_hold_no_other_header_and_no_path(name: str) -> None:
    told = attachment(name)
    assert told.isascii() and "\r" not in told and "\n" not in told
    read = Message()
    read["Content-Disposition"] = told
    found = read.get_filename()
    assert found is not None
    assert not set(found) & set('"\\/\r\n:')
    assert read.get_content_disposition() == "attachment"
    assert (found == name) is (name in ("shortlist-RPA.csv", NAMES[0]))


@pytest.mark.snapshot
@pytest.mark.parametrize("name", ["King’s College Hospital", "Medway\r\nNHS Foundation Trust"])
def test_a_name_as_people_type_it_gives_a_table(served: Served, name: str) -> None:
    from urllib.parse import quote

    answer = served().get(
        f"/v1/nhs/organisations/{quote(name)}/shortlist?limit=1&n_draws=0", headers={"Accept": "text/csv"}
    )
    assert answer.status_code in (200, 404)
    if answer.status_code == 200:
        assert re.fullmatch(
            r'attachment; filename="shortlist-R\w\w\.csv"', answer.headers["content-disposition"]
        )


@pytest.mark.snapshot
@pytest.mark.parametrize(
    "path",
    [
        "/v1/nhs/organisations",
        "/v1/nhs/organisations/RPA/shortlist",
        "/v1/nhs/organisations/RPA/candidates/RAX",
    ],
)
def test_an_address_in_a_link_can_not_end_it(served: Served, path: str) -> None:
    evil = ">;rel=x,<https://evil.example>;rel=next"
    name = "search" if path.endswith("organisations") else "service"
    answer = served().get(f"{path}?{name}=kent{evil}", headers={"Accept": "application/json"})
    for address in re.findall(r"<([^<>]*)>", answer.headers.get("link", "")):
        assert address.startswith("/v1/")
    assert "evil.example>" not in answer.headers.get("link", "")


def test_parts_that_are_written_one_by_one_are_the_same_to_the_byte() -> None:
    class Part(BaseModel):
        name: str
        more: int = 1

    class Whole(BaseModel):
        links: dict[str, str] = {"self": '/"parts":[]'}
        parts: list[Part]
        last: str = '"parts":[]'

    request = Request({"type": "http", "headers": []})
    for names in ([], ["one"], ["one", '"parts":[]', "é"]):
        whole = Whole(parts=[Part(name=name) for name in names])
        pieces = render(request, whole, exclude={"more": True}, each="parts")
        assert pieces.body == render(request, whole, exclude={"parts": {"__all__": {"more": True}}}).body
