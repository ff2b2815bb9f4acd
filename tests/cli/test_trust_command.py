"""The commands `trust` and `signs`, and the page they write."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from matchmaker import Matchmaker, cli
from matchmaker.cli.terminal.organisation import show_trust
from matchmaker.features.comparison import compare
from matchmaker.features.profiles import STALE, UNKNOWN
from matchmaker.models.overview import OrganisationOverview
from matchmaker.reports import trust_page

HOSTILE = '</title><script>alert("x")</script> [red]& [/nothing]'
VOID = {"meta", "br", "img", "input", "link"}


def run(*arguments: str, columns: int = 80, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "matchmaker", *arguments]
    own = {name: value for name, value in os.environ.items() if name != "MATCHMAKER_SNAPSHOT"}
    own |= {"COLUMNS": str(columns), "NO_COLOR": "1", **env}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=own)


Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(engine: Matchmaker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs a command in this process: exit code, output, errors."""
    monkeypatch.setattr(cli.trusts, "engine_with", lambda data=None: engine)

    def said(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["matchmaker", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return said


@pytest.fixture(scope="module")
def portrait(engine: Matchmaker) -> OrganisationOverview:
    return engine.overview("RPA")


@pytest.fixture(scope="module")
def page(engine: Matchmaker, portrait: OrganisationOverview) -> str:
    return trust_page(portrait, compare([portrait.profile, engine.overview("RVV").profile]))


@pytest.mark.parametrize("columns", [80, 120])
def test_it_fits_the_terminal(columns: int, portrait: OrganisationOverview) -> None:
    done = run("trust", "Medway", columns=columns)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= columns
    assert lines[0] == "Medway NHS Foundation Trust (RPA)"
    assert "…" not in done.stdout  # nothing is cut off
    assert ("kh03_beds" in done.stdout) == (columns == 120)


def test_unknown_and_old_figures_stand_at_the_end(portrait: OrganisationOverview) -> None:
    told = run("trust", "RPA", columns=200).stdout
    old, unknown = told.index("Too old to use"), told.index("\nUnknown (")
    assert old < unknown
    for cell in portrait.profile.in_state(STALE):
        assert cell.label in told[old:unknown]
    for cell in portrait.profile.in_state(UNKNOWN):
        assert cell.label in told[unknown:]
    assert "unknown" not in told[:old]
    assert "Deprivation in the local system" not in told  # does not apply to acute trusts


def test_signs_are_told_with_how_often_they_were_false(say: Say, portrait: OrganisationOverview) -> None:
    told = " ".join(say("trust", "RPA")[1].split())
    for sentence in portrait.meaning:
        assert sentence in told
    shown = sum(reading.shown is True for reading in portrait.signs)
    worth = portrait.outlook.at_least[shown]
    assert shown and worth.share is not None
    assert f"{round(100 - 100 * worth.share)} in 100 were false alarms." in told


def test_a_day_before_anything_was_learnt_says_so(say: Say) -> None:
    told = " ".join(say("trust", "RPA", "--as-of", "2013-07-15")[1].split())
    assert "By 15 July 2013 too little time had passed to say what signs mean." in told
    assert "in 100 (95% interval" not in told and "2021" not in told


def test_the_first_days_of_the_data_can_be_asked_about(say: Say) -> None:
    code, out, _ = say("trust", "RPA", "--as-of", "2010-01-04")
    assert code == 0
    assert "Too few are known to say what that means." in " ".join(out.split())


def test_a_closed_trust_is_answered_through_its_successor(say: Say) -> None:
    told = " ".join(say("trust", "Yeovil")[1].split())
    assert "Yeovil District Hospital NHS Foundation Trust (RA4) has closed" in told
    assert "Somerset NHS Foundation Trust (RH5)" in told


def test_side_by_side() -> None:
    done = run("trust", "RPA", "--compare", "Maidstone, RVV")
    assert done.returncode == 0, done.stderr
    assert [line[:3] for line in done.stdout.splitlines()[:3]] == ["RPA", "RWF", "RVV"]
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("trust", "RPA", "--compare", "XYZ9"), "No organisation has the code or name 'XYZ9'."),
        (("trust", "RPA", "--compare", "RPA"), "RPA is named more than once."),
        (("trust", "RPA", "--compare", "RWF,RVV,RN7,RXC,RYR"), "Compare 2 to 5 trusts in all."),
        (("trust", "RPA", "--csv", "--json"), "Choose one of --html, --csv and --json."),
        (("trust", "RPA", "--html", "no-such-folder/a.html"), "no-such-folder/a.html can't be written"),
        (("trust", "RPA", "--as-of", "1999-01-01"), "Nothing was known yet on 1 January 1999"),
        (("signs", "--kind", "dental"), "No trust of the kind 'dental' is open."),
    ],
)
def test_bad_input_is_one_sentence_and_the_next_step(say: Say, arguments: tuple[str, ...], said: str) -> None:
    code, out, errors = say(*arguments)
    assert code == 1
    assert said in errors
    assert out == ""


def test_csv_has_one_row_for_each_feature(say: Say, portrait: OrganisationOverview) -> None:
    code, out, _ = say("trust", "RPA", "--csv", "--compare", "RYD")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    own = [row for row in rows if row["code"] == "RPA"]
    assert [row["feature"] for row in own] == [row["feature"] for row in portrait.profile.rows()]
    assert {row["code"] for row in rows} == {"RPA", "RYD"}
    for row, cell in zip(own, portrait.profile.rows(), strict=True):
        assert row["value"] == ("" if cell["value"] is None else str(cell["value"]))
        assert row["source"] == (cell["source"] or "")


def test_json_is_the_whole_portrait(say: Say, portrait: OrganisationOverview) -> None:
    said = json.loads(say("trust", "RPA", "--json")[1])
    assert said["profile"]["code"] == "RPA"
    assert len(said["profile"]["cells"]) == len(portrait.profile.cells)
    assert [peer["trust"]["code"] for peer in said["peers"]] == [peer.trust.code for peer in portrait.peers]
    assert said["outlook"]["at_least"][1]["of"] == portrait.outlook.at_least[1].of
    assert tuple(said["meaning"]) == portrait.meaning


def test_the_list_of_signs_warns_first_and_counts_the_false() -> None:
    done = run("signs", "--limit", "3", "--kind", "acute")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[1].startswith("Most of these are false alarms.")
    assert max(map(len, lines)) <= 80
    numbers = [int(found[1]) for line in lines if (found := re.match(r" *(\d) of \d  \S", line))]
    assert len(numbers) == 3 and numbers == sorted(numbers, reverse=True)
    assert "What signs were worth: special measures for quality" in done.stdout
    assert "What signs were worth: the Recovery Support Programme" in done.stdout


def test_the_list_of_signs_as_json(say: Say, engine: Matchmaker) -> None:
    said = json.loads(say("signs", "--json")[1])
    seen = engine.signs()
    assert [one["trust"]["code"] for one in said["trusts"]] == [one.trust.code for one in seen.trusts]
    assert len(seen.trusts) == len(engine.profiles().organisations)
    assert {one["regime"] for one in said["records"]} == {"quality", "finance", "RSP"}


def test_printing_leaves_heavy_libraries_alone() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "matchmaker", "trust", "RPA"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    packages = {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert not packages & {"pandas", "sklearn", "scipy", "fastapi", "altair", "jinja2", "dataframely"}


def test_the_same_question_gives_the_same_page(tmp_path: Path) -> None:
    pages = []
    for seed in ("1", "2"):
        file = tmp_path / f"{seed}.html"
        assert run("trust", "RPA", "--html", str(file), PYTHONHASHSEED=seed).returncode == 0
        pages.append(file.read_bytes())
    assert pages[0] == pages[1]


def test_the_page_asks_the_network_for_nothing(page: str) -> None:
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|img|iframe|object|embed|base|form)\b", page, re.IGNORECASE)
    assert not re.search(r"\b(src|srcset|style|on\w+)\s*=", page)
    assert "url(" not in page and "@import" not in page


class Outline(HTMLParser):
    """Collects what a page is made of; a tag that is closed out of turn is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    made = Outline()
    made.feed(page)
    made.close()
    return made


def test_the_page_is_well_formed(outline: Outline) -> None:
    assert outline.open == []
    assert len(set(outline.ids)) == len(outline.ids)
    links = [attrs["href"] or "" for tag, attrs in outline.found if tag == "a"]
    assert {link[1:] for link in links if link.startswith("#")} <= set(outline.ids)
    assert all(link.startswith(("#", "https://")) for link in links)
    for _, attrs in outline.found:
        for part in (attrs.get("aria-labelledby") or "").split():
            assert part in outline.ids


def test_headings_go_down_one_step_at_a_time(outline: Outline) -> None:
    levels = [int(tag[1]) for tag, _ in outline.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_chart_has_a_table_twin(page: str, portrait: OrganisationOverview) -> None:
    figures = re.findall(r"<figure>.*?</figure>", page, re.DOTALL)
    assert len(figures) == len(portrait.trends) > 4
    for drawn, trend in zip(figures, portrait.trends, strict=True):
        assert drawn.count("<circle") == len(trend.points)
        assert drawn.count('<th scope="row">') == len(trend.points)
        assert 'role="img"' in drawn and "<figcaption" in drawn


def test_every_column_and_row_has_a_heading(page: str) -> None:
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        assert 'scope="col"' in table
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]:
            assert 'scope="row"' in row


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_stands_out_from_its_ground(page: str) -> None:
    """WCAG 2.2 AA: 4.5 to 1 for text, on white and on the page's grey; 3 to 1 for lines of charts."""
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", page))
    for name in ("ink", "quiet", "blue", "weak", "strong"):
        for ground in ("#ffffff", "#f0f4f5"):
            light, dark = luminance(ground) + 0.05, luminance(colours[name]) + 0.05
            assert light / dark >= 4.5, name
    assert 1.05 / (luminance("#768692") + 0.05) >= 3


def test_hostile_names_are_only_text(engine: Matchmaker, portrait: OrganisationOverview) -> None:
    evil = replace(
        portrait,
        profile=replace(portrait.profile, name=HOSTILE, region=HOSTILE, locality=HOSTILE),
        peers=tuple(
            replace(peer, trust=replace(peer.trust, name=HOSTILE, region=HOSTILE)) for peer in portrait.peers
        ),
        sources=tuple(
            replace(source, title=HOSTILE, page="javascript:alert(1)") for source in portrait.sources
        ),
    )
    made = trust_page(evil, compare([evil.profile, engine.overview("RVV").profile]))
    assert "<script" not in made and "javascript:" not in made
    assert "&lt;/title&gt;&lt;script&gt;" in made
    checked = Outline()
    checked.feed(made)
    assert checked.open == []


def test_hostile_names_in_a_terminal_are_only_text(
    portrait: OrganisationOverview, capsys: pytest.CaptureFixture[str]
) -> None:
    show_trust(replace(portrait, profile=replace(portrait.profile, name=HOSTILE, region=HOSTILE)))
    assert "[red]& [/nothing]" in " ".join(capsys.readouterr().out.split())
