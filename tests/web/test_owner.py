"""Who runs a copy: the statutory pages say what its settings say, the operator hears what is missing."""

from __future__ import annotations

import html
import tomllib
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from matchmaker.api.settings import Settings
from matchmaker.cli import app as command
from matchmaker.errors import InvalidParameter
from matchmaker.sector import load_sector
from matchmaker.web.app import create_app
from matchmaker.web.owner import Owner, href
from matchmaker.web.presenters.atrs import record_of
from matchmaker.web.presenters.owner import left_to_owner, owner_of

SAID = {
    "organisation": "Example Integrated Care Board",
    "team": "Provider support",
    "contact": "partners@example.org",
    "senior_owner": "Director of provider support",
    "accessibility_contact": "020 7946 0000",
    "privacy_contact": "dpo@example.org",
    "retention": "Logs are kept for 30 days, decisions for 8 years.",
    "website": "https://example.org/matchmaker",
    "phase": "Pilot",
}
STATUTORY = ("about", "about/transparency", "accessibility", "privacy")
NHS = load_sector("nhs")
TEMPLATE = (
    *("Name", "Description", "Website", "Contact email"),
    *("Organisation or department", "Team", "Senior responsible owner", "Third party involvement"),
    *("Third party data access terms", "Detailed description", "Scope", "Benefit", "Previous process"),
    *("Alternatives considered", "Process integration", "Provided information"),
    *("Frequency and scale of usage", "Human decisions and review", "Required training"),
    *("Appeals and review", "System architecture", "System-level input", "System-level output", "Phase"),
    *("Maintenance", "Models", "Model name", "Model version", "Model task", "Model input", "Model output"),
    *("Model architecture", "Model performance", "Datasets and their purposes"),
    *("Development data description", "Data modality", "Data quantities", "Sensitive attributes"),
    *("Data completeness and representativeness", "Source data URL", "Data collection", "Data cleaning"),
    *("Data sharing agreements", "Data access and storage", "Operational data: sources"),
    *("Operational data: sensitive attributes", "Operational data: processing methods"),
    *("Operational data: access and storage", "Operational data: sharing agreements"),
    *("Impact assessments", "Risk", "Standard version"),
)
"""The fields of the template of the standard, by the names of the record."""


def pages(**settings: Any) -> dict[str, str]:
    app = create_app(Settings(serve_sectors=("nhs",), **settings))
    with TestClient(app) as client:
        return {name: html.unescape(client.get(f"/nhs/{name}").text) for name in STATUTORY}


def test_every_page_says_what_the_owner_says_of_itself() -> None:
    found = pages(**{f"owner_{name}": text for name, text in SAID.items()})
    for name, text in SAID.items():
        assert any(text in page for page in found.values()), name
    assert all("Run by Example Integrated Care Board" in page for page in found.values())
    assert all('href="mailto:partners@example.org"' in page for page in found.values())
    assert "<h1>Accessibility statement for matchmaker</h1>" in found["accessibility"]
    assert "Enforcement procedure" in found["accessibility"]
    for name in ("organisation", "team", "contact", "senior_owner", "website", "phase", "retention"):
        assert SAID[name] in found["about/transparency"], name


def test_without_settings_no_page_shows_a_gap_or_claims_to_be_a_statement() -> None:
    found = pages()
    for page in found.values():
        assert "To be filled in" not in page
        assert "Run by" not in page
    assert "<h1>Accessibility of matchmaker</h1>" in found["accessibility"]
    assert "Feedback and contact" not in found["accessibility"]
    assert "Senior responsible owner" not in found["about/transparency"]


def test_the_operator_hears_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(command, ["owner", "check"])
    assert result.exit_code == 1
    assert "MATCHMAKER_OWNER_ACCESSIBILITY_CONTACT is not set" in result.output
    assert "'Previous process'" in result.output
    for name, text in SAID.items():
        monkeypatch.setenv(f"MATCHMAKER_OWNER_{name.upper()}", text)
    result = CliRunner().invoke(command, ["owner", "check"])
    assert "is not set" not in result.output
    assert result.exit_code == 1  # the record still has gaps


def test_the_template_filled_in_fills_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in SAID.items():
        monkeypatch.setenv(f"MATCHMAKER_OWNER_{name.upper()}", text)
    template = CliRunner().invoke(command, ["owner", "template"]).output
    file = tmp_path / "record.toml"
    file.write_text(template.replace('= ""', '= "As agreed by the board."'), "utf-8")
    settings = Settings(owner_record=file, **{f"owner_{name}": text for name, text in SAID.items()})
    owner = owner_of(settings, [NHS])
    assert left_to_owner(owner, NHS) == []
    assert {name for name, _ in owner.record} == set(tomllib.loads(template))
    monkeypatch.setenv("MATCHMAKER_OWNER_RECORD", str(file))
    assert "Nothing is missing" in CliRunner().invoke(command, ["owner", "check"]).output


def test_the_record_has_every_field_of_the_template() -> None:
    record = record_of(NHS)
    assert record is not None
    fields = [one for section in record.sections for one in section.fields]
    names = [one.name.partition(":")[0] if one.name.startswith("Risk") else one.name for one in fields]
    assert [name for name in TEMPLATE if name not in names] == []
    assert all(one.says or one.derived or one.yours for one in fields)


@pytest.mark.parametrize("content", ['"No such field" = "x"', '"Team" = 3', "not toml", b"\xff"])
def test_a_record_that_can_not_be_used_is_refused_at_the_start(tmp_path: Path, content: str | bytes) -> None:
    file = tmp_path / "record.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidParameter, match="MATCHMAKER_OWNER_RECORD"):
        owner_of(Settings(owner_record=file), [NHS])


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("a@example.org", "mailto:a@example.org"),
        ("https://example.org", "https://example.org"),
        ("020 7946 0000", ""),
        ("javascript:alert(1)", ""),
        ("x <a@example.org>", ""),
    ],
)
def test_a_contact_is_a_link_where_it_can_be_one(contact: str, address: str) -> None:
    assert href(contact) == address


def test_what_is_missing_names_the_pages() -> None:
    missing = dict(Owner(organisation="x").missing)
    assert missing["MATCHMAKER_OWNER_PRIVACY_CONTACT"] == "Privacy"
    assert "MATCHMAKER_OWNER_ORGANISATION" not in missing
