"""The report of a shortlist: whole, self-contained, honest, and the same for the same question."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.types import ExplanationRow, Shortlist
from matchmaker.reports.shortlist import shortlist_report

from .outline import Outline, check_document, words_of

HOSTILE = '</title><script>alert("x")</script> & {{ 1234567 + 7654321 }}'
QUERIES: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "a rule relaxed": {"arrangement": "takeover", "relax": ["within_km"]},
    "another method": {"method": "most-berths", "compare_with": ["nearest"]},
    "nobody eligible": {"within_km": 1},
    "own weights": {"arrangement": "takeover", "weights": {"nearness": 0.9}, "limit": 40},
}
Made = tuple[Shortlist, Arrangement, str]


def make(engine: Matchmaker, code: str = "EEL", **fields: Any) -> Made:
    query = ShortlistQuery.parse({"n_draws": 500, **fields}, engine.sector)
    answer, arrangement = engine.answer(code, query), engine.recommender_for(query).arrangement
    return answer, arrangement, shortlist_report(answer, arrangement, engine.snapshot)


@pytest.fixture(scope="module", params=QUERIES, ids=str)
def made(request: pytest.FixtureRequest, harbour_engine: Matchmaker) -> Made:
    return make(harbour_engine, **QUERIES[request.param])


def test_the_document_is_sound(made: Made) -> None:
    check_document(made[2])


def texts_of(answer: Shortlist, arrangement: Arrangement) -> Iterator[str]:
    """Everything that a reader of the answer must find."""
    yield from answer.notes
    yield from answer.checklist
    yield answer.first_step
    if answer.ties:
        yield answer.ties
    for option in answer.options:
        yield f"{option.rank}. {option.organisation.name} ({option.organisation.code})"
        yield f"{option.fit:.2f}"
        yield from option.reasons_for
        yield from option.reasons_against
        yield from option.unknowns
        yield from map(str, option.ranks_by_method.values())
    for one in answer.excluded:
        if one.organisation.type == answer.recipient.type:
            yield f"{one.organisation.name} ({one.organisation.code})"
            yield from one.reasons
    for rule in answer.rule_effects:
        yield rule.why
    for criterion in arrangement.criteria:
        yield criterion.why
    yield answer.attribution
    yield answer.snapshot[:12]
    yield answer.version


def test_nothing_of_the_answer_is_kept_back(made: Made) -> None:
    answer, arrangement, page = made
    words = words_of(page)
    for text in texts_of(answer, arrangement):
        assert " ".join(text.replace("_", " ").split()) in words.replace("_", " ")


def test_sums_stand_side_by_side_and_add_up(made: Made) -> None:
    answer, _, page = made
    table = re.search(r'<table class="mm-table mm-table--small mm-sums">.*?</table>', page, re.DOTALL)
    assert bool(table) == bool(answer.options)
    if table is None:
        return
    rows = [
        [words_of(cell).replace("\u2212", "-") for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)][1:]
        for row in re.findall(r"<tr.*?</tr>", table[0], re.DOTALL)[1:]
    ]
    assert len(rows) == len(answer.options[0].rows)
    for option, *parts in zip(answer.options, *rows, strict=True):
        numbers = [0.0 if part == "unknown" else float(part) for part in parts]
        assert numbers[-1] == pytest.approx(option.fit, abs=6e-4)
        assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1e-3 * len(numbers))
        unknown = [row.value is None for row in option.rows[1:-1]]
        assert [part == "unknown" for part in parts[1:-1]] == unknown


def test_every_figure_names_a_source_that_is_listed(made: Made, harbour_snapshot: Snapshot) -> None:
    answer, _, page = made
    used = {f.source for option in answer.options for row in option.rows for f in row.figures if f.source}
    listed = {id_.removeprefix("source-") for id_ in Outline(page).every("id") if id_.startswith("source-")}
    assert listed == used & harbour_snapshot.sources.keys()
    assert bool(listed) == (bool(answer.options) and answer.method == "evidence")


def test_the_evidence_named_is_explained(made: Made) -> None:
    named = set(re.findall(r"\bE\d+\b", words_of(made[2])))
    assert named
    for one in named:
        assert f"<dt>{one}</dt>" in made[2]


def test_the_weights_are_those_of_the_query(harbour_engine: Matchmaker) -> None:
    _, arrangement, page = make(harbour_engine, **QUERIES["own weights"])
    share = 0.9 / sum(criterion.weight for criterion in arrangement.criteria)
    label = next(one.label for one in arrangement.criteria if one.name == "nearness")
    words = words_of(page)
    assert re.search(rf"Criterion {label} .*? Weight {100 * share:.0f}%", words)
    assert words.count(f"{100 * share:.0f}%") >= 2  # in the sums as well


def test_ages_count_each_figure_once(harbour_engine: Matchmaker) -> None:
    answer, _, page = make(harbour_engine, limit=1)
    figures = {f.feature: f for row in answer.options[0].rows for f in row.figures}.values()
    table = re.search(r"How old the figures are</caption>.*?</table>", page, re.DOTALL)
    assert table
    counts = [int(n) for n in re.findall(r"Figures </span>(\d+)<", table[0])]
    assert sum(counts) == sum(figure.state == "known" for figure in figures) > 3
    assert "5 months" in table[0]  # the survey of 2024, seen in June 2025


def test_figures_are_left_out_on_paper(harbour_engine: Matchmaker) -> None:
    answer, arrangement, page = make(harbour_engine)
    paper = shortlist_report(answer, arrangement, harbour_engine.snapshot, figures=False)
    assert "figures behind this" in page and "figures behind this" not in paper
    check_document(paper)


def test_hostile_names_are_only_text(harbour_engine: Matchmaker) -> None:
    answer, arrangement, _ = make(harbour_engine, compare_with=["nearest"])

    def bad(row: ExplanationRow) -> ExplanationRow:
        evil = tuple(replace(figure, label=HOSTILE, unit=HOSTILE, source=HOSTILE) for figure in row.figures)
        return replace(row, label=HOSTILE, sentence=HOSTILE, figures=evil)

    organisation = replace(answer.recipient, name=HOSTILE, region=HOSTILE, locality=HOSTILE)
    options = tuple(
        replace(
            option,
            organisation=organisation,
            rows=tuple(map(bad, option.rows)),
            reasons_for=(HOSTILE,),
            reasons_against=(HOSTILE,),
            unknowns=(HOSTILE,),
            violated_rules=(HOSTILE,),
        )
        for option in answer.options
    )
    evil = replace(
        answer,
        recipient=organisation,
        via=(organisation,),
        focus=(HOSTILE,),
        options=options,
        excluded=tuple(
            replace(one, organisation=organisation, reasons=(HOSTILE,)) for one in answer.excluded
        ),
        rule_effects=tuple(replace(one, rule=HOSTILE, why=HOSTILE) for one in answer.rule_effects),
        agreements=tuple(replace(one, first=organisation) for one in answer.agreements),
        notes=(HOSTILE,),
        checklist=(HOSTILE,),
        first_step=HOSTILE,
        ties=HOSTILE,
        attribution=HOSTILE,
        version=HOSTILE,
    )
    source = dict.fromkeys(("id", "publisher", "title", "licence"), HOSTILE) | {"page": "javascript:alert(1)"}
    manifest = {**harbour_engine.snapshot.manifest, "sources": [source]}
    tables = {
        name: harbour_engine.snapshot.table(name) for name in harbour_engine.snapshot.manifest["tables"]
    }
    snapshot = Snapshot.of(tables, manifest, harbour_engine.sector)
    page = shortlist_report(evil, arrangement.model_copy(update={"label": HOSTILE}), snapshot)
    assert "<script" not in page and "javascript:" not in page and "8888888" not in page
    assert page.count("&lt;/title&gt;&lt;script&gt;") > 40
    assert Outline(page).open == []


@pytest.mark.snapshot
def test_a_real_list_is_a_sound_document(engine: Matchmaker) -> None:
    answer, _, page = make(engine, "RPA", compare_with=engine.sector.display.compare_with)
    check_document(page)
    assert "NHS Trust Peer Finder" in page
    for option in answer.options:
        assert option.organisation.name in words_of(page)


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name != "MATCHMAKER_SNAPSHOT"}
    command = [sys.executable, "-m", "matchmaker", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=own | env)


@pytest.mark.slow
@pytest.mark.snapshot
def test_the_same_query_gives_the_same_bytes(tmp_path: Path) -> None:
    pages = []
    for seed in ("1", "2"):
        file = tmp_path / f"{seed}.html"
        done = run("shortlist", "RPA", "--limit", "3", "--report", str(file), PYTHONHASHSEED=seed)
        assert (done.returncode, done.stdout) == (0, f"Wrote {file}\n")
        pages.append(file.read_bytes())
    assert pages[0] == pages[1]


@pytest.mark.slow
@pytest.mark.snapshot
def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    done = run("shortlist", "RPA", "--report", str(tmp_path / "none" / "out.html"))
    assert done.returncode == 1
    assert "can't be written" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.snapshot
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_command_writes_a_pdf(tmp_path: Path) -> None:
    pytest.importorskip("weasyprint", exc_type=ImportError)
    file = tmp_path / "medway.pdf"
    command = [sys.executable, "-m", "matchmaker", "shortlist", "RPA", "--limit", "2", "--report", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(content) > 20_000


def test_who_carried_the_file_stands_beside_the_figure(engine: Matchmaker) -> None:
    answer, _, page = make(engine, "RPA")
    sources, words = engine.snapshot.sources, words_of(page)
    figures = [figure for option in answer.options for row in option.rows for figure in row.figures]
    used = {figure.source for figure in figures if figure.source and figure.candidate is not None}
    carried = [sources[id_] for id_ in used if id_ in sources and sources[id_]["compiled_by"]]
    assert carried
    for one in carried:
        assert f"{one['publisher']} , carried by {one['compiled_by']}" in words
